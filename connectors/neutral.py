"""The neutral form that P1, P3 and P7 share (READING-AVRO §8)."""

NEUTRAL = (
    "programme",
    "source_key",
    "role",
    "status",
    "status_raw",
    "brn",
    "crn",
    "ei_workplace_no",
    "name",
    "legal_form",
    "sigungu",
    "region_confidence",
    "size_class",
    "regular_workers",
    "ksic_code",
    "ksic_revision",
    "agreement_on",
    "starts_on",
    "ends_on",
    "gov_amount_krw",
    "private_cash_krw",
    "level_goal",
    "ai_applied",
    "solution",
    "consent_enterprise_info",
    "consent_contact",
)
"""The fields of a participation in the order of the contract."""

DELETED = ("programme", "source_key", "is_deleted")
"""All that stands for a deleted row."""


def neutral_without(*names: str) -> tuple[str, ...]:
    """The fields that a programme determines: all but these."""
    return tuple(name for name in NEUTRAL if name not in names)
