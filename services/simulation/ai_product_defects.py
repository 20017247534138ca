"""P4 defects: lists without a member, old habits of typing, and every reason to hold or refuse."""

from collections.abc import Callable

from services.simulation import wire
from services.simulation.blemishes import (
    APPLIED,
    HELD,
    QUARANTINED,
    conflict,
    field_defect,
    masked,
    wire_defects,
    with_control,
    wrong_check,
)
from services.simulation.story import Defect, Row


def _lead(row: Row, change: Callable[[Row], Row]) -> Row | None:
    """The row with its first member changed; None where it lists none."""
    if not row["members"]:
        return None
    first, *others = row["members"]
    return {"members": [{**first, **change(first)}, *others]}


def _fewer(row: Row) -> Row | None:
    """A list that is sent again without one of its firms."""
    members = row["members"] or []
    kept = [one for one in members if one["role"] != "DEMAND"]
    if row["event"] == "project_selected" or len(kept) == len(members):
        return None
    return {"members": kept}


def _consent(row: Row, change: Row) -> Row | None:
    given = row["consents"]
    if not given or given[0]["granted_at"] is None:
        return None
    return {"consents": [{**given[0], **change}, *given[1:]]}


def _strange_role(row: Row) -> Row | None:
    return _lead(row, lambda first: {"role": "UNKNOWN"})


_UNORDERED: tuple[Row, ...] = (
    {"event_no": 0},
    {"occurred_at": "2026-05-02T09:30:00"},
    {"occurred_at": "20260502"},
)

DEFECTS: tuple[Defect, ...] = (
    *wire_defects(5, wire.confluent_head(2_000_000_014)),
    field_defect("KEY_MISSING", QUARANTINED, lambda dice, row: {"project_id": "   "}),
    field_defect(
        "ORDERING_UNREADABLE",
        QUARANTINED,
        lambda dice, row: dice.pick(_UNORDERED),
    ),
    field_defect("STATUS_UNKNOWN", QUARANTINED, lambda dice, row: {"event": "project_paused"}),
    conflict(lambda dice, row: {"product_name": "다른 담당자의 기록"}),
    field_defect(
        "IDENTITY_MISSING", HELD, lambda dice, row: _lead(row, lambda first: {"brn": None})
    ),
    field_defect(
        "BRN_MASKED",
        HELD,
        lambda dice, row: _lead(row, lambda first: {"brn": masked(first["brn"])}),
    ),
    field_defect(
        "BRN_CHECKSUM",
        HELD,
        lambda dice, row: _lead(row, lambda first: {"brn": wrong_check(first["brn"])}),
    ),
    field_defect(
        "BRN_MALFORMED",
        HELD,
        lambda dice, row: _lead(row, lambda first: {"brn": first["brn"][:-1]}),
    ),
    field_defect("ROLE_UNKNOWN", HELD, lambda dice, row: _strange_role(row)),
    field_defect("MEMBER_LEFT_OUT", APPLIED, lambda dice, row: _fewer(row)),
    field_defect(
        "NUMBER_OUT_OF_RANGE",
        APPLIED,
        lambda dice, row: None if row["gov_rate"] is None else {"gov_rate": 0.9},
    ),
    field_defect(
        "REGION_UNRESOLVED",
        APPLIED,
        lambda dice, row: _lead(row, lambda first: {"sigungu_cd": dice.pick((None, "4812"))}),
    ),
    field_defect(
        "INDUSTRY_NOT_KSIC",
        APPLIED,
        lambda dice, row: _lead(row, lambda first: {"ksic": "291201"}),
    ),
    field_defect(
        "CODE_UNKNOWN", APPLIED, lambda dice, row: _lead(row, lambda first: {"ksic": "A26"})
    ),
    field_defect(
        "CONSENT_UNCLEAR", APPLIED, lambda dice, row: _consent(row, {"recipients": ["ALL"]})
    ),
    field_defect(
        "DATE_UNREADABLE",
        APPLIED,
        lambda dice, row: None if row["agreement_at"] is None else {"agreement_at": "2026-05-02"},
    ),
    field_defect("MINISTRY_OTHER", APPLIED, lambda dice, row: {"ministry": "MOTIR"}),
    field_defect(
        "TEXT_CLEANED",
        APPLIED,
        lambda dice, row: _lead(row, lambda first: {"name": with_control(first["name"])}),
    ),
)
