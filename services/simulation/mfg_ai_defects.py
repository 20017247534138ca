"""P2 defects: stray spaces and digits, spellings that are not ours, head offices elsewhere.

Bytes that nobody can read occur in the first lists only: such a list stays incomplete, and of
later ones absence shall still be told.
"""

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
from services.simulation.chance import Dice
from services.simulation.story import Defect, Row, Step

_UNCOUNTED = frozenset(
    {"VALUE_EMPTY", "VALUE_TOO_LARGE", "BYTES_UNDECODABLE", "JSON_DUPLICATE_KEY", "JSON_TOO_DEEP"}
)
_EARLY_MONTHS = ("12", "01", "02")


def _early(defect: Defect) -> Defect:
    """The defect, in lists of the run's first weeks only."""

    def spoil(dice: Dice, step: Step, steps: list[Step]) -> bool:
        return step.row["목록번호"][5:7] in _EARLY_MONTHS and defect.spoil(dice, step, steps)

    return Defect(defect.code, defect.end_state, spoil)


def _agreed(row: Row, changes: Row) -> Row | None:
    return None if row["협약일자"] == "-" else changes


_BYTES = tuple(
    _early(one) if one.code in _UNCOUNTED else one for one in json_defects('"연번"'.encode())
)

DEFECTS: tuple[Defect, ...] = (
    *_BYTES,
    field_defect("ORDERING_UNREADABLE", QUARANTINED, lambda dice, row: {"기준일": "2026.5."}),
    field_defect(
        "STATUS_UNKNOWN",
        QUARANTINED,
        lambda dice, row: {"진행상태": dice.pick(("협약해지", "중단"))},
    ),
    conflict(lambda dice, row: {"AI솔루션": "다른 기관의 기록"}),
    field_defect("IDENTITY_MISSING", HELD, lambda dice, row: {"사업자번호": "-"}),
    field_defect("BRN_MASKED", HELD, lambda dice, row: {"사업자번호": masked(row["사업자번호"])}),
    field_defect(
        "BRN_CHECKSUM", HELD, lambda dice, row: {"사업자번호": wrong_check(row["사업자번호"])}
    ),
    field_defect("BRN_MALFORMED", HELD, lambda dice, row: {"사업자번호": row["사업자번호"][:-1]}),
    field_defect(
        "FULL_WIDTH", APPLIED, lambda dice, row: {"사업자번호": full_width(row["사업자번호"])}
    ),
    field_defect(
        "DATE_PRECISION", APPLIED, lambda dice, row: _agreed(row, {"협약일자": "2026.4."})
    ),
    field_defect(
        "DATE_UNREADABLE", APPLIED, lambda dice, row: _agreed(row, {"협약일자": "20260401"})
    ),
    field_defect(
        "NUMBER_UNREADABLE", APPLIED, lambda dice, row: _agreed(row, {"국비(백만원)": "2억"})
    ),
    field_defect("CODE_UNKNOWN", APPLIED, lambda dice, row: {"기업정보동의": "예"}),
    field_defect(
        "CONSENT_UNCLEAR",
        APPLIED,
        lambda dice, row: {"담당자동의": "O", "담당자제공기관": "한국산업인력공단 등"},
    ),
    field_defect(
        "CONTACT_DROPPED", APPLIED, lambda dice, row: {"담당자동의": "X", "담당자명": "가상담당"}
    ),
    field_defect("REGION_ASSUMED", APPLIED, lambda dice, row: {"소재지": "경남 창원시"}),
    field_defect("REGION_OUTSIDE_PROGRAMME", APPLIED, lambda dice, row: {"소재지": "서울 강남구"}),
    field_defect("REGION_UNRESOLVED", APPLIED, lambda dice, row: {"소재지": "고성군"}),
    field_defect("FIELD_MISSING", APPLIED, lambda dice, row: {"수요기업명": "-"}),
    field_defect("UNKNOWN_FIELD", APPLIED, lambda dice, row: {"담당부서": "스마트공정팀"}),
    field_defect(
        "TEXT_CLEANED", APPLIED, lambda dice, row: {"수요기업명": with_control(row["수요기업명"])}
    ),
)
