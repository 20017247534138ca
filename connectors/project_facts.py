"""The state of a P4 project: what its facts say together, whatever the order in which they came
(P4 "How the facts become one state").

Every stated value is kept with the number of the newest fact that states it, and replaced by
newer ones only. Nothing here changes what it is given.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from connectors.base import Consent, Participation
from connectors.project_members import CONTACT, ENTERPRISE, PARTICIPANTS

Facts: TypeAlias = dict[str, Any]
"""`fields`, `members`, `consents`: name → [fact number, value]; `listed`: whether a list of
members was read. Fact numbers are texts that compare as they are ordered."""

NO_FACTS: Facts = {"fields": {}, "members": {}, "consents": {}, "listed": False}
STATE_FIELDS = (
    "status",
    "track",
    "solution",
    "agreement_on",
    "starts_on",
    "ends_on",
    "gov_amount_krw",
    "private_cash_krw",
)
"""The fields whose change makes a late fact count; the others are kept beside them."""

LEFT, LEFT_RAW = "LEFT", "left_on"
BEFORE_SUMS = (
    "programme",
    "source_key",
    "role",
    "status",
    "status_raw",
    "brn",
    "name",
    "legal_form",
    "sigungu",
    "region_confidence",
    "size_class",
    "ksic_code",
    "ksic_revision",
    "agreement_on",
    "starts_on",
    "ends_on",
)
SUMS = ("gov_amount_krw", "private_cash_krw")
BEHIND_SUMS = ("solution", "consent_enterprise_info", "consent_contact", "ended_by")
NO_PARTICIPANT = ("programme", "source_key", "brn", "is_deleted")


def merged(facts: Facts, body: Mapping[str, Any]) -> Facts:
    """The state with one more fact."""
    number = body["revision"]
    members = body["members"]
    return {
        "fields": _newer(facts["fields"], body["fields"], number),
        "members": _newer(facts["members"], members or {}, number),
        "consents": _newer(facts["consents"], body["consents"], number),
        "listed": facts["listed"] or members is not None,
    }


def _newer(
    known: Mapping[str, list[Any]], stated: Mapping[str, Any], number: str
) -> dict[str, list[Any]]:
    newer = {
        name: [number, value]
        for name, value in stated.items()
        if name not in known or known[name][0] < number
    }
    return {**known, **newer}


def changes(before: Facts, after: Facts) -> bool:
    """Whether the state of the project, its members and consents differs."""
    return _state(before) != _state(after)


def _state(facts: Facts) -> list[Any]:
    return [
        {name: facts["fields"][name][1] for name in STATE_FIELDS if name in facts["fields"]},
        {
            number: {name: value for name, value in block.items() if name != "day"}
            for number, (_, block) in facts["members"].items()
        },
        {key: entry for key, (_, entry) in facts["consents"].items()},
        facts["listed"],
    ]


def pending(facts: Facts) -> tuple[str, ...]:
    """What has not been read yet."""
    reasons = ("STATUS_PENDING",) if "status" not in facts["fields"] else ()
    return reasons if facts["listed"] else (*reasons, "MEMBERS_PENDING")


def live_participants(facts: Facts) -> set[str]:
    """The numbers of the LEAD and DEMAND firms that have not left."""
    return {
        number
        for number, (_, block) in facts["members"].items()
        if block["role"] in PARTICIPANTS and not block["has_left"]
    }


def participations(project: str, facts: Facts) -> dict[str, Participation]:
    """Every LEAD and DEMAND firm of the project as it now stands, the LEAD first."""
    if pending(facts):
        return {}
    numbers = [
        number
        for role in PARTICIPANTS
        for number, (_, block) in facts["members"].items()
        if block["role"] == role
    ]
    return {number: _participation(project, number, facts) for number in numbers}


def gone(project: str, numbers: Iterable[str]) -> tuple[Participation, ...]:
    """Firms that took part by what was known before and are no participants by what is known."""
    return tuple(
        Participation("P4", project, NO_PARTICIPANT, brn=number, is_deleted=True)
        for number in numbers
    )


def _participation(project: str, number: str, facts: Facts) -> Participation:
    fields = {name: value for name, (_, value) in facts["fields"].items()}
    status, status_raw = fields.pop("status")
    block = dict(facts["members"][number][1])
    day, has_left, role = block.pop("day"), block.pop("has_left"), block["role"]
    if has_left:
        status, status_raw = "WITHDRAWN", LEFT_RAW
    sums = SUMS if role == "LEAD" else ()
    consents = {
        kind: facts["consents"].get(f"{number} {kind}", [None, None])[1]
        for kind in (ENTERPRISE, CONTACT)
    }
    enterprise, contact = consents[ENTERPRISE], consents[CONTACT]
    return Participation(
        "P4",
        project,
        (*BEFORE_SUMS, *sums, *BEHIND_SUMS),
        status=status,
        status_raw=status_raw,
        brn=number,
        consent_enterprise_info=enterprise and enterprise["granted"],
        consent_contact=contact and contact["granted"],
        consent=_consent(enterprise),
        ended_by=LEFT if has_left else None,
        event_on=day,
        **block,
        **{name: value for name, value in fields.items() if name not in SUMS or name in sums},
    )


def _consent(entry: Mapping[str, Any] | None) -> Consent | None:
    if entry is None:
        return None
    recipients = entry["recipients"]
    return Consent(entry["granted"], None if recipients is None else tuple(recipients))
