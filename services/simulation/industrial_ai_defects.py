"""P6 defects: what people type into free text."""

from services.simulation.blemishes import (
    APPLIED,
    HELD,
    QUARANTINED,
    conflict,
    field_defect,
    json_defects,
    with_control,
)
from services.simulation.story import Defect, Row


def _lead(row: Row, **changes: object) -> Row:
    consortium = row["컨소시엄"]
    return {"컨소시엄": {**consortium, "주관기업": {**consortium["주관기업"], **changes}}}


def _head(row: Row, **changes: object) -> Row:
    return {"문서정보": {**row["문서정보"], **changes}}


def _agreed(row: Row, changes: Row) -> Row | None:
    retracted = row["문서정보"]["구분"] == "철회"
    return None if row["협약일"] == "미정" or retracted else changes


def _unusable(row: Row) -> Row:
    consent = {"기업정보제공": "있음", "담당자제공": "없음", "제공받는자": ["관계 기관 등"]}
    return _lead(row, 동의={**consent, "동의일": "미정"})


def _strange(row: Row) -> Row:
    consortium = row["컨소시엄"]
    members = [*consortium["참여기관"], {"기관명": "가상기관", "기관구분": "기타기관"}]
    return {"컨소시엄": {**consortium, "참여기관": members}}


def _staged(row: Row, phrase: str) -> Row | None:
    return None if row["문서정보"]["구분"] == "철회" else {"단계": phrase}


DEFECTS: tuple[Defect, ...] = (
    *json_defects('"단계"'.encode()),
    field_defect(
        "KEY_MISSING",
        QUARANTINED,
        lambda dice, row: {"컨소시엄": {**row["컨소시엄"], "번호": " "}},
    ),
    field_defect(
        "ORDERING_UNREADABLE",
        QUARANTINED,
        lambda dice, row: dice.pick((_head(row, 차수="3"), _head(row, 작성일="2026-04-15"))),
    ),
    field_defect("MESSAGE_KIND_UNKNOWN", QUARANTINED, lambda dice, row: _head(row, 구분="임시")),
    field_defect(
        "STATUS_UNKNOWN", QUARANTINED, lambda dice, row: _staged(row, "실증 완료, 확산 준비")
    ),
    conflict(lambda dice, row: {"솔루션": "다른 담당자의 기록"}),
    field_defect("IDENTITY_MISSING", HELD, lambda dice, row: _lead(row, 등록정보="미정")),
    field_defect(
        "BRN_MASKED", HELD, lambda dice, row: _lead(row, 등록정보="사업자등록번호: 999-81-0****")
    ),
    field_defect(
        "BRN_CHECKSUM", HELD, lambda dice, row: _lead(row, 등록정보="사업자등록번호: 999-81-00016")
    ),
    field_defect(
        "BRN_MALFORMED",
        HELD,
        lambda dice, row: _lead(row, 등록정보="사업자등록번호: 999-81-00015 010-0000-0000"),
    ),
    field_defect(
        "BRN_AMBIGUOUS", HELD, lambda dice, row: _lead(row, 등록정보="999-81-00015, 999-86-00121")
    ),
    field_defect("ROLE_UNKNOWN", HELD, lambda dice, row: _strange(row)),
    field_defect("CONSENT_UNCLEAR", APPLIED, lambda dice, row: _unusable(row)),
    field_defect("NUMBER_UNREADABLE", APPLIED, lambda dice, row: _lead(row, 상시근로자="약 600명")),
    field_defect("DATE_UNREADABLE", APPLIED, lambda dice, row: _agreed(row, {"협약일": "4월 중"})),
    field_defect("DATE_PRECISION", APPLIED, lambda dice, row: _agreed(row, {"협약일": "'26.4월"})),
    field_defect("CODE_UNKNOWN", APPLIED, lambda dice, row: _lead(row, 기업구분="유망기업")),
    field_defect(
        "REGION_UNRESOLVED", APPLIED, lambda dice, row: _lead(row, 실증사업장="고성군 가상로 3")
    ),
    field_defect(
        "REGION_ASSUMED", APPLIED, lambda dice, row: _lead(row, 실증사업장="경남 창원시 가상로 7")
    ),
    field_defect("UNKNOWN_FIELD", APPLIED, lambda dice, row: _lead(row, 메모="담당 변경 예정")),
    field_defect("FIELD_MISSING", APPLIED, lambda dice, row: _lead(row, 기업명=" ")),
    field_defect(
        "TEXT_CLEANED",
        APPLIED,
        lambda dice, row: _lead(row, 기업명=with_control(row["컨소시엄"]["주관기업"]["기업명"])),
    ),
)
