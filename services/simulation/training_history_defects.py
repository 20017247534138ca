"""Defects of the training register: old codes, unreadable days, counts that cannot be."""

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


def _course(row: Row, **changes: object) -> Row | None:
    if not row["courses"] or row["rec_stat"] != "NORMAL":
        return None
    first, *others = row["courses"]
    return {"courses": [{**first, **changes}, *others]}


def _order(row: Row) -> Row | None:
    return _course(row, starts_on=row["courses"][0]["ends_on"] + 9) if row["courses"] else None


_UNORDERED: tuple[Row, ...] = (
    {"rev": 0},
    {"issued_at": datetime(1999, 5, 1, tzinfo=UTC)},
    {"period_ym": "202613"},
)

DEFECTS: tuple[Defect, ...] = (
    *wire_defects(5, wire.confluent_head(2_000_000_015)),
    field_defect("KEY_MISSING", QUARANTINED, lambda dice, row: {"hist_key": "9998100015-202605"}),
    field_defect(
        "ORDERING_UNREADABLE",
        QUARANTINED,
        lambda dice, row: dice.pick(_UNORDERED),
    ),
    field_defect("STATUS_UNKNOWN", QUARANTINED, lambda dice, row: {"rec_stat": "UNKNOWN"}),
    conflict(lambda dice, row: {"insured_cnt": row["insured_cnt"] + 50}),
    field_defect("BRN_MASKED", HELD, lambda dice, row: {"brn": masked(row["brn"])}),
    field_defect("BRN_CHECKSUM", HELD, lambda dice, row: {"brn": wrong_check(row["brn"])}),
    field_defect("BRN_MALFORMED", HELD, lambda dice, row: {"brn": row["brn"][:-1]}),
    field_defect("FIELD_MISSING", APPLIED, lambda dice, row: {"wkpl_nm": " "}),
    field_defect(
        "LEGAL_FORM_CONFLICT",
        APPLIED,
        lambda dice, row: {"wkpl_nm": "가상협동조합", "ent_kind": "CORP"},
    ),
    field_defect("REGION_UNRESOLVED", APPLIED, lambda dice, row: {"ldong_cd": "48123"}),
    field_defect("INDUSTRY_NOT_KSIC", APPLIED, lambda dice, row: {"ind_cd": "291201"}),
    field_defect("CODE_UNKNOWN", APPLIED, lambda dice, row: {"ind_cd": "제조업"}),
    field_defect("NUMBER_OUT_OF_RANGE", APPLIED, lambda dice, row: {"insured_cnt": 123_456}),
    field_defect("DATE_ORDER", APPLIED, lambda dice, row: _order(row)),
    field_defect("COURSE_OUTSIDE_PERIOD", APPLIED, lambda dice, row: _course(row, ends_on=20_700)),
    field_defect("CRN_CHECK", APPLIED, lambda dice, row: {"crn": "9999110000012"}),
    field_defect("ID_UNREADABLE", APPLIED, lambda dice, row: {"crn": "99991100"}),
    field_defect(
        "TEXT_CLEANED", APPLIED, lambda dice, row: {"wkpl_nm": with_control(row["wkpl_nm"])}
    ),
)
