"""P7 defects: the integration note's §6 and every reason for quarantine and hold."""

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

_NO_DATE = "00-00-00"


def _unknown_target(dice: Dice, step: Step, steps: list[Step]) -> bool:
    """Names a number of 2020, which no simulated message has; nobody else builds on it."""
    number = step.row["seq"]
    if step is steps[0] or any(other.row["corr_of"] == number for other in steps):
        return False
    step.row = {**step.row, "corr_of": "20" + number[2:]}
    mark(step, "CORRECTION_TARGET_UNKNOWN")
    return True


def _agreed(row: Row, changes: Row) -> Row | None:
    return changes if row["stt"] in "BCD" else None


DEFECTS: tuple[Defect, ...] = (
    *wire_defects(10, b"\xc3\x01\x00\x01\x02\x03\x04\x05\x06\x07"),
    field_defect(
        "KEY_MISSING", QUARANTINED, lambda dice, row: {"seq": dice.pick(("00000000", "2690010"))}
    ),
    field_defect(
        "ORDERING_UNREADABLE",
        QUARANTINED,
        lambda dice, row: {"snd_dt": dice.pick((" " * 8, _NO_DATE, "26-13-01", "26-04-00"))},
    ),
    field_defect(
        "STATUS_UNKNOWN", QUARANTINED, lambda dice, row: {"stt": dice.pick((" ", "b", "E"))}
    ),
    field_defect(
        "CORRECTION_INVALID",
        QUARANTINED,
        lambda dice, row: {"corr_of": dice.pick(("2690X101", "2690101 ", "99999999", row["seq"]))},
    ),
    conflict(lambda dice, row: {"robot_qty": "0099"}),
    Defect("CORRECTION_TARGET_UNKNOWN", HELD, _unknown_target),
    field_defect(
        "IDENTITY_MISSING",
        HELD,
        lambda dice, row: {"dmd_bizno": dice.pick((" " * 12, "000 00 00000"))},
    ),
    field_defect("BRN_MASKED", HELD, lambda dice, row: {"dmd_bizno": masked(row["dmd_bizno"])}),
    field_defect(
        "BRN_CHECKSUM", HELD, lambda dice, row: {"dmd_bizno": wrong_check(row["dmd_bizno"])}
    ),
    field_defect("BRN_MALFORMED", HELD, lambda dice, row: {"dmd_bizno": row["dmd_bizno"][:-1]}),
    field_defect("PARTIES_SAME", HELD, lambda dice, row: {"si_bizno": row["dmd_bizno"]}),
    field_defect("ZERO_DATES", APPLIED, lambda dice, row: _agreed(row, {"agree_dt": _NO_DATE})),
    field_defect("AI_BLANK", APPLIED, lambda dice, row: {"ai_yn": " "}),
    field_defect(
        "FULL_WIDTH", APPLIED, lambda dice, row: {"dmd_bizno": full_width(row["dmd_bizno"])}
    ),
    field_defect(
        "OLD_PLACE_NAME",
        APPLIED,
        lambda dice, row: {"zip": "43100", "addr": "경북 군위군 가상로 7"},
    ),
    field_defect(
        "REGION_ASSUMED", APPLIED, lambda dice, row: {"zip": "24747", "addr": "고성군 가상로 2"}
    ),
    field_defect(
        "REGION_UNRESOLVED", APPLIED, lambda dice, row: {"zip": "     ", "addr": "고성군 가상로 2"}
    ),
    field_defect(
        "REGION_CONFLICT",
        APPLIED,
        lambda dice, row: {"zip": "04500", "addr": "경남 창원시 성산구 가상대로 100"},
    ),
    field_defect(
        "DATE_UNREADABLE", APPLIED, lambda dice, row: _agreed(row, {"agree_dt": "26-04-00"})
    ),
    field_defect(
        "DATE_ORDER",
        APPLIED,
        lambda dice, row: _agreed(row, {"agree_dt": row["end_dt"], "end_dt": row["agree_dt"]}),
    ),
    field_defect(
        "NUMBER_UNREADABLE", APPLIED, lambda dice, row: _agreed(row, {"gov_amt": "   350,000.5"})
    ),
    field_defect(
        "NUMBER_OUT_OF_RANGE", APPLIED, lambda dice, row: _agreed(row, {"gov_amt": "350,000,000"})
    ),
    field_defect(
        "CODE_UNKNOWN", APPLIED, lambda dice, row: dice.pick(({"dmd_scale": "9"}, {"ksic2": "C2"}))
    ),
    field_defect("FIELD_MISSING", APPLIED, lambda dice, row: {"dmd_scale": " "}),
    field_defect("CONSENT_UNCLEAR", APPLIED, lambda dice, row: {"agr_cd": "2", "agr_dt": _NO_DATE}),
    field_defect("ID_UNREADABLE", APPLIED, lambda dice, row: {"si_bizno": "999 86      "}),
    field_defect(
        "TEXT_CLEANED", APPLIED, lambda dice, row: {"dmd_nm": with_control(row["dmd_nm"])}
    ),
)
