"""P1 defects: the integration note's §8 and every reason for quarantine and hold.

Exchanged numbers are simulated only where the contract lets a reader see them: behind an applied
revision of the task. In a first event nobody can.
"""

import unicodedata

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


def _swapped(dice: Dice, step: Step, steps: list[Step]) -> bool:
    place = steps.index(step)
    if place == 0:
        return False
    before, row = steps[place - 1], step.row
    pair = ("dmndBrno", "splyBrno")
    if not before.sound or any(before.row[name] != row[name] for name in pair):
        return False
    step.row = {**row, "dmndBrno": row["splyBrno"], "splyBrno": row["dmndBrno"]}
    mark(step, "PARTIES_SWAPPED")
    return True


def _agreed(row: Row, changes: Row) -> Row | None:
    return changes if row["agreeDt"] and row["taskStat"] != "협약해지" else None


def _decomposed(row: Row) -> Row:
    """Hangul as one client writes it, in pieces."""
    return {name: unicodedata.normalize("NFD", row[name]) for name in ("dmndCorpNm", "dmndAddr")}


DEFECTS: tuple[Defect, ...] = (
    *wire_defects(5, wire.confluent_head(2_000_000_013)),
    field_defect("KEY_MISSING", QUARANTINED, lambda dice, row: {"taskNo": "   "}),
    field_defect(
        "ORDERING_UNREADABLE",
        QUARANTINED,
        lambda dice, row: {"updDtm": dice.pick((None, "2026-05-12", "2026-05-12T25:00:00"))},
    ),
    field_defect(
        "STATUS_UNKNOWN",
        QUARANTINED,
        lambda dice, row: {"taskStat": dice.pick((None, "보류", "협약 체결"))},
    ),
    conflict(lambda dice, row: {"solutionNm": "다른 서버의 기록"}),
    field_defect(
        "IDENTITY_MISSING",
        HELD,
        lambda dice, row: {"dmndBrno": dice.pick((None, "", "000-00-00000"))},
    ),
    field_defect("BRN_MASKED", HELD, lambda dice, row: {"dmndBrno": masked(row["dmndBrno"])}),
    field_defect(
        "BRN_CHECKSUM", HELD, lambda dice, row: {"dmndBrno": wrong_check(row["dmndBrno"])}
    ),
    field_defect("BRN_MALFORMED", HELD, lambda dice, row: {"dmndBrno": row["dmndBrno"][:-1]}),
    field_defect("PARTIES_SAME", HELD, lambda dice, row: {"splyBrno": row["dmndBrno"]}),
    Defect("PARTIES_SWAPPED", HELD, _swapped),
    field_defect(
        "FULL_WIDTH", APPLIED, lambda dice, row: {"dmndBrno": full_width(row["dmndBrno"]) + "\n"}
    ),
    field_defect("DECOMPOSED_HANGUL", APPLIED, lambda dice, row: _decomposed(row)),
    field_defect(
        "DATE_ORDER",
        APPLIED,
        lambda dice, row: _agreed(
            row, {"taskBgnDt": row["taskEndDt"], "taskEndDt": row["taskBgnDt"]}
        ),
    ),
    field_defect(
        "DATE_UNREADABLE",
        APPLIED,
        lambda dice, row: _agreed(row, {"agreeDt": dice.pick(("2026-02-30", "20260415"))}),
    ),
    field_defect("FIELD_MISSING", APPLIED, lambda dice, row: {"dmndCorpScale": None}),
    field_defect("FIELD_MISSING", APPLIED, lambda dice, row: _agreed(row, {"vchrAmt": None})),
    field_defect(
        "NUMBER_OUT_OF_RANGE", APPLIED, lambda dice, row: _agreed(row, {"vchrAmt": 150_000_000})
    ),
    field_defect(
        "CODE_UNKNOWN",
        APPLIED,
        lambda dice, row: dice.pick(({"voucherType": "특별"}, {"dmndCorpScale": "대기업"})),
    ),
    field_defect(
        "REGION_ASSUMED",
        APPLIED,
        lambda dice, row: {"dmndAddr": dice.pick(("가평군 가상로 12", "경남 창원시 가상로 7"))},
    ),
    field_defect("REGION_UNRESOLVED", APPLIED, lambda dice, row: {"dmndAddr": "고성군 가상로 3"}),
    field_defect(
        "CONSENT_UNCLEAR",
        APPLIED,
        lambda dice, row: {"infoAgreeYn": True, "infoAgreeDt": dice.pick((None, "2025-12-31"))},
    ),
    field_defect("ID_UNREADABLE", APPLIED, lambda dice, row: {"splyBrno": "999-86"}),
    field_defect(
        "TEXT_CLEANED", APPLIED, lambda dice, row: {"dmndCorpNm": with_control(row["dmndCorpNm"])}
    ),
)
