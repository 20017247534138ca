"""P5 defects: branch offices' remarks, branch numbers, and what a JSON exporter gets wrong."""

from services.simulation.blemishes import (
    APPLIED,
    HELD,
    QUARANTINED,
    conflict,
    field_defect,
    full_width,
    json_defects,
    masked,
    with_control,
    wrong_check,
)
from services.simulation.story import Defect, Row

_UNORDERED: tuple[Row, ...] = ({"base_dt": 0}, {"seq": 0}, {"seq": "1"})

DEFECTS: tuple[Defect, ...] = (
    *json_defects(b'"seq"'),
    field_defect("KEY_MISSING", QUARANTINED, lambda dice, row: {"loan_ref": "KS 26/1"}),
    field_defect(
        "ORDERING_UNREADABLE",
        QUARANTINED,
        lambda dice, row: dice.pick(_UNORDERED),
    ),
    field_defect(
        "STATUS_UNKNOWN", QUARANTINED, lambda dice, row: {"st": dice.pick(("보류", "승인취소"))}
    ),
    conflict(lambda dice, row: {"nm": "다른 지점의 기록"}),
    field_defect("IDENTITY_MISSING", HELD, lambda dice, row: {"bzno": "0", "corpno": 0}),
    field_defect("BRN_MASKED", HELD, lambda dice, row: {"bzno": masked(row["bzno"])}),
    field_defect("BRN_CHECKSUM", HELD, lambda dice, row: {"bzno": wrong_check(row["bzno"])}),
    field_defect(
        "BRN_MALFORMED",
        HELD,
        lambda dice, row: {"bzno": dice.pick((row["bzno"][:-1], int(row["bzno"])))},
    ),
    field_defect(
        "SENSITIVE_DROPPED",
        APPLIED,
        lambda dice, row: {"st": f"{row['st']}({dice.pick(('신용등급 미달', '한도 300'))})"},
    ),
    field_defect("FULL_WIDTH", APPLIED, lambda dice, row: {"bzno": full_width(row["bzno"])}),
    field_defect("DATE_UNREADABLE", APPLIED, lambda dice, row: {"appl_ts": 1_767_538}),
    field_defect("CODE_UNKNOWN", APPLIED, lambda dice, row: {"promo_ok": 7}),
    field_defect("UNKNOWN_FIELD", APPLIED, lambda dice, row: {"memo_x": "지점 메모"}),
    field_defect("FIELD_MISSING", APPLIED, lambda dice, row: {"nm": ""}),
    field_defect("TEXT_CLEANED", APPLIED, lambda dice, row: {"nm": with_control(row["nm"])}),
)
