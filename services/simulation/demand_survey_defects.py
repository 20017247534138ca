"""Defects of the survey desk: questionnaires typed off paper, and every reason to hold."""

from datetime import UTC, datetime

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

_CONTACT = {"name": "가상담당", "phone": "000-0000-0000", "email": None}


def _answered(row: Row, changes: Row) -> Row | None:
    return changes if row["answer_state"] == "ANSWERED" else None


def _silent(row: Row, changes: Row) -> Row | None:
    return changes if row["answer_state"] in ("REFUSED", "NO_RESPONSE") else None


def _consent(row: Row, changes: Row) -> Row | None:
    """The enterprise consent of a version, changed; None where it was not given."""
    given = row["consents"]
    if not given or given[0]["kind"] != "ENTERPRISE_INFO" or not given[0]["granted"]:
        return None
    return {"consents": [{**given[0], **changes}, *given[1:]]}


def _uncalled(row: Row) -> Row | None:
    """A contact person in an answer that does not say that it may be passed on."""
    others = [one for one in row["consents"] if one["kind"] != "PERSONAL_3RD"]
    if row["answer_version"] != 1 or row["answer_state"] == "RETRACTED":
        return None
    return {"consents": others, "contact": _CONTACT}


_UNORDERED: tuple[Row, ...] = (
    {"answer_version": 0},
    {"answered_at": datetime(1999, 5, 1, tzinfo=UTC)},
)

DEFECTS: tuple[Defect, ...] = (
    *wire_defects(5, wire.confluent_head(2_000_000_016)),
    field_defect("KEY_MISSING", QUARANTINED, lambda dice, row: {"survey_id": "   "}),
    field_defect(
        "ORDERING_UNREADABLE",
        QUARANTINED,
        lambda dice, row: dice.pick(_UNORDERED),
    ),
    field_defect("STATUS_UNKNOWN", QUARANTINED, lambda dice, row: {"answer_state": "UNKNOWN"}),
    field_defect(
        "PROGRAM_NOT_SURVEYED",
        QUARANTINED,
        lambda dice, row: {"program": "P5", "part_key": "KS-26-0000417"},
    ),
    conflict(lambda dice, row: {"firm_nm": "다른 상담원의 기록"}),
    field_defect(
        "IDENTITY_MISSING",
        HELD,
        lambda dice, row: (
            None if row["program"] else {"brn": None, "crn": None, "wkpl_mng_no": None}
        ),
    ),
    field_defect("BRN_MASKED", HELD, lambda dice, row: {"brn": masked(row["brn"])}),
    field_defect("BRN_CHECKSUM", HELD, lambda dice, row: {"brn": wrong_check(row["brn"])}),
    field_defect("BRN_MALFORMED", HELD, lambda dice, row: {"brn": row["brn"][:-1]}),
    field_defect(
        "PARTICIPATION_UNKNOWN",
        HELD,
        lambda dice, row: {"program": "P3", "part_key": "1999999999"},
    ),
    field_defect("FIELD_MISSING", APPLIED, lambda dice, row: {"firm_nm": " "}),
    field_defect("CODE_UNKNOWN", APPLIED, lambda dice, row: _answered(row, {"fields": [2, 9]})),
    field_defect(
        "NUMBER_OUT_OF_RANGE", APPLIED, lambda dice, row: _answered(row, {"trainee_count": 123_456})
    ),
    field_defect("ANSWER_IGNORED", APPLIED, lambda dice, row: _silent(row, {"wishes": True})),
    field_defect("CONSENT_UNCLEAR", APPLIED, lambda dice, row: _consent(row, {"items": []})),
    field_defect("CONTACT_DROPPED", APPLIED, lambda dice, row: _uncalled(row)),
    field_defect("ID_UNREADABLE", APPLIED, lambda dice, row: {"wkpl_mng_no": "9998100"}),
    field_defect(
        "TEXT_CLEANED", APPLIED, lambda dice, row: {"firm_nm": with_control(row["firm_nm"])}
    ),
)
