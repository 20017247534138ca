"""P3 defects: the integration note's §7 and every reason for quarantine and hold."""

from services.simulation import wire
from services.simulation.blemishes import (
    APPLIED,
    HELD,
    QUARANTINED,
    conflict,
    field_defect,
    full_width,
    mark,
    masked,
    wire_defects,
    with_control,
    wrong_check,
)
from services.simulation.chance import Dice
from services.simulation.story import Defect, Row, Step

_ZEROS = {"BIZR_NO": "0" * 10, "BPL_NO": "0" * 11, "JURIRNO": "0" * 13}


def _number(row: Row, value: str) -> Row | None:
    return {"BIZR_NO": value} if row["BIZR_NO"] else None


def _agreed(row: Row, changes: Row) -> Row | None:
    return changes if row["AGRM_DE"].strip("0") and row["ENDDE"] else None


def _delete_only(dice: Dice, step: Step, steps: list[Step]) -> bool:
    if step is not steps[0]:
        return False
    keys = {"TASK_SN": step.row["TASK_SN"], "CHG_SE": "D", "LAST_CHG_DT": step.row["LAST_CHG_DT"]}
    step.row = {**dict.fromkeys(step.row, ""), **keys}
    mark(step, "DELETE_WITHOUT_CREATE")
    steps[:] = [step]
    return True


def _update_only(dice: Dice, step: Step, steps: list[Step]) -> bool:
    if step is not steps[0]:
        return False
    step.row = {**step.row, "CHG_SE": "U"}
    mark(step, "UPDATE_WITHOUT_CREATE")
    return True


def _create_twice(dice: Dice, step: Step, steps: list[Step]) -> bool:
    if step is steps[0]:
        return False
    step.row = {**step.row, "CHG_SE": "C"}
    mark(step, "CREATE_TWICE")
    return True


def _one_second(dice: Dice, step: Step, steps: list[Step]) -> bool:
    """An update in the second of the create."""
    if step is not steps[0]:
        return False
    twin = Step(step.at, {**step.row, "CHG_SE": "U", "DX_MENTOR_CNT": "1"}, "")
    mark(twin, "ONE_SECOND")
    steps.insert(1, twin)
    return True


def _commas(dice: Dice, row: Row) -> Row | None:
    amount = row["GOVSPRT_AMT"]
    return {"GOVSPRT_AMT": f"{int(amount):,}"} if amount else None


def _hyphens(dice: Dice, row: Row) -> Row | None:
    brn = row["BIZR_NO"]
    return _number(row, f"{brn[:3]}-{brn[3:5]}-{brn[5:]}")


def _text_only(dice: Dice, row: Row) -> Row | None:
    return {"LDONG_CD": "", "RDNM_ADRES": "가상로 77"}


DEFECTS: tuple[Defect, ...] = (
    *wire_defects(5, wire.confluent_head(2_000_000_011)),
    field_defect("KEY_MISSING", QUARANTINED, lambda dice, row: {"TASK_SN": "   "}),
    field_defect(
        "ORDERING_UNREADABLE",
        QUARANTINED,
        lambda dice, row: {
            "LAST_CHG_DT": dice.pick(("", row["LAST_CHG_DT"][:12], "2026063125610"))
        },
    ),
    field_defect(
        "STATUS_UNKNOWN",
        QUARANTINED,
        lambda dice, row: {"STTUS_CD": dice.pick(("", "ST99", "st30", "ST 30"))},
    ),
    field_defect(
        "CHANGE_KIND_UNKNOWN", QUARANTINED, lambda dice, row: {"CHG_SE": dice.pick(("I", "", "u"))}
    ),
    conflict(lambda dice, row: {"ORDTM_LABRR_CNT": str(int(row["ORDTM_LABRR_CNT"]) + 1)}),
    field_defect("IDENTITY_MISSING", HELD, lambda dice, row: dict.fromkeys(_ZEROS, "")),
    field_defect("IDENTITY_MISSING", HELD, lambda dice, row: _ZEROS),
    field_defect("BRN_MASKED", HELD, lambda dice, row: _number(row, masked(row["BIZR_NO"]))),
    field_defect("BRN_CHECKSUM", HELD, lambda dice, row: _number(row, wrong_check(row["BIZR_NO"]))),
    field_defect("BRN_MALFORMED", HELD, lambda dice, row: _number(row, row["BIZR_NO"][:9])),
    field_defect("PARTIES_SAME", HELD, lambda dice, row: {"SPLY_BIZR_NO": row["BIZR_NO"]}),
    Defect("DELETE_WITHOUT_CREATE", APPLIED, _delete_only),
    Defect("UPDATE_WITHOUT_CREATE", APPLIED, _update_only),
    Defect("CREATE_TWICE", APPLIED, _create_twice),
    Defect("ONE_SECOND", APPLIED, _one_second),
    field_defect("BRN_BLANK", APPLIED, lambda dice, row: {"BIZR_NO": ""}),
    field_defect("ZEROS", APPLIED, lambda dice, row: {"JURIRNO": "0" * 13, "BPL_NO": "0" * 11}),
    field_defect("HYPHENS", APPLIED, _hyphens),
    field_defect("FULL_WIDTH", APPLIED, lambda dice, row: _number(row, full_width(row["BIZR_NO"]))),
    field_defect("COMMAS", APPLIED, _commas),
    field_defect(
        "SHORT_CODES",
        APPLIED,
        lambda dice, row: {
            name: row[name][-1:] for name in ("ENTRPRS_SCALE_CD", "NOW_LVL_CD", "GOAL_LVL_CD")
        },
    ),
    field_defect(
        "CODE_UNKNOWN",
        APPLIED,
        lambda dice, row: dice.pick(({"INDUTY_CD": "264210"}, {"GOAL_LVL_CD": "05"})),
    ),
    field_defect("FIELD_MISSING", APPLIED, lambda dice, row: {"ORDTM_LABRR_CNT": ""}),
    field_defect("FIELD_MISSING", APPLIED, lambda dice, row: {"ENTRPRS_SCALE_CD": ""}),
    field_defect(
        "NUMBER_UNREADABLE", APPLIED, lambda dice, row: _agreed(row, {"GOVSPRT_AMT": "1.5억"})
    ),
    field_defect(
        "NUMBER_OUT_OF_RANGE",
        APPLIED,
        lambda dice, row: _agreed(row, {"GOVSPRT_AMT": "200000000000"}),
    ),
    field_defect(
        "DATE_UNREADABLE", APPLIED, lambda dice, row: _agreed(row, {"AGRM_DE": "20260231"})
    ),
    field_defect(
        "DATE_ORDER",
        APPLIED,
        lambda dice, row: _agreed(row, {"BGNDE": row["ENDDE"], "ENDDE": row["BGNDE"]}),
    ),
    field_defect("REGION_UNRESOLVED", APPLIED, _text_only),
    field_defect(
        "REGION_ASSUMED",
        APPLIED,
        lambda dice, row: {"LDONG_CD": "4812000000", "RDNM_ADRES": "경상남도 창원시 가상로 3"},
    ),
    field_defect(
        "REGION_CONFLICT",
        APPLIED,
        lambda dice, row: {"LDONG_CD": "4311110100", "RDNM_ADRES": "경기도 가평군 가상로 12"},
    ),
    field_defect("ID_UNREADABLE", APPLIED, lambda dice, row: {"BPL_NO": row["BPL_NO"][:8]}),
    field_defect(
        "CRN_CHECK",
        APPLIED,
        lambda dice, row: {"JURIRNO": wrong_check(row["JURIRNO"])} if row["JURIRNO"] else None,
    ),
    field_defect(
        "TEXT_CLEANED", APPLIED, lambda dice, row: {"ENTRPRS_NM": with_control(row["ENTRPRS_NM"])}
    ),
)
