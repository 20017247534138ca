"""Where a firm is: a 시군구 code in force on the event date, from a text or from a code
(READING-AVRO §5, READING-FACTS-AND-JSON §5)."""

from functools import lru_cache
from typing import NamedTuple

from schemas.regions import Region, converted, era, is_city_with_gu, regions

PROVINCES: dict[str, tuple[str, ...]] = {
    word: codes
    for codes, words in (
        (("11",), "서울특별시 서울시 서울"),
        (("26",), "부산광역시 부산시 부산"),
        (("27",), "대구광역시 대구시 대구"),
        (("28",), "인천광역시 인천시 인천"),
        (("30",), "대전광역시 대전시 대전"),
        (("31",), "울산광역시 울산시 울산"),
        (("29",), "광주광역시 광주"),
        (("36",), "세종특별자치시 세종시 세종"),
        (("41",), "경기도 경기"),
        (("43",), "충청북도 충북"),
        (("44",), "충청남도 충남"),
        (("47",), "경상북도 경북"),
        (("48",), "경상남도 경남"),
        (("42", "51"), "강원특별자치도 강원도 강원"),
        (("45", "52"), "전북특별자치도 전라북도 전북"),
        (("46",), "전라남도 전남"),
        (("12",), "전남광주통합특별시 전남광주"),
        (("50",), "제주특별자치도 제주도 제주"),
    )
    for word in words.split()
}
"""The first word of an address → the 시도 codes of the rows to search."""

GWANGJU = "광주시"
GWANGJU_GU = frozenset({"동구", "서구", "남구", "북구", "광산구"})
SEJONG = ("36",)
SEJONG_CODE = "36110"

_HEAD_WORDS = 3
_REMEMBERED_HEADS = 16_384
_HEAD_LENGTH = 20


class Place(NamedTuple):
    """A place as read: 시군구 code or None, its confidence, and the warning that comes with it."""

    sigungu: str | None
    confidence: str
    warning: str | None


UNRESOLVED = Place(None, "UNRESOLVED", "REGION_UNRESOLVED")


def assumed(code: str) -> Place:
    """A place known only to the city, or whose province is taken from elsewhere."""
    return Place(code, "ASSUMED", "REGION_ASSUMED")


def from_text(address: str, day: str) -> Place:
    """The place that a cleaned free address names on `day` (ISO)."""
    return from_head(head_of(address), era(day))


def from_text_within(address: str, provinces: tuple[str, ...], day: str) -> Place:
    """The place of an address without a province word, in the rows of these 시도 only (P7)."""
    return _within(head_of(address), provinces, era(day))


def from_code(code: str, day: str) -> Place:
    """The place of a five-digit code of any generation, converted to `day`."""
    first_day = era(day)
    now = converted(code, first_day)
    if now is None:
        return UNRESOLVED
    return assumed(now) if is_city_with_gu(now, first_day) else Place(now, "CODE", None)


def head_of(address: str) -> tuple[str, ...]:
    """The words of a cleaned address that can name its place, behind a leading postcode."""
    first = address[:1]
    if first == "(":
        if address[6:7] == ")" and _is_postcode(address[1:6]):
            address = address[7:].lstrip(" ")
    elif first.isdigit() and _is_postcode(address[:5]) and address[5:6] in ("", " "):
        address = address[6:]
    words = address.split(" ", _HEAD_WORDS)[:_HEAD_WORDS]
    return tuple(word[:_HEAD_LENGTH] for word in words)


@lru_cache(maxsize=_REMEMBERED_HEADS)
def provinces_of(head: tuple[str, ...]) -> tuple[str, ...]:
    """The 시도 codes of the first word, or () where it is no province word."""
    if head[0] == GWANGJU:
        return ("29",) if head[1:2] and head[1] in GWANGJU_GU else ()
    return PROVINCES.get(head[0], ())


@lru_cache(maxsize=_REMEMBERED_HEADS)
def from_head(head: tuple[str, ...], first_day: str) -> Place:
    """`from_text` for the words of `head_of` and the first day of an era."""
    provinces = provinces_of(head)
    if provinces == SEJONG:
        return Place(SEJONG_CODE, "PARSED", None)
    if provinces:
        code = _single(_named(head[1:], provinces), first_day)
        if code is None:
            return UNRESOLVED
        return assumed(code) if is_city_with_gu(code, first_day) else Place(code, "PARSED", None)
    if head[0] == GWANGJU:
        return UNRESOLVED
    code = _single(_named(head, ()), first_day)
    return UNRESOLVED if code is None else assumed(code)


@lru_cache(maxsize=_REMEMBERED_HEADS)
def _within(head: tuple[str, ...], provinces: tuple[str, ...], first_day: str) -> Place:
    code = _single(_named(head, provinces), first_day)
    return UNRESOLVED if code is None else assumed(code)


def _named(words: tuple[str, ...], provinces: tuple[str, ...]) -> list[Region]:
    """The rows that the next two words name, else the next one; () = all provinces."""
    by_name = regions().by_name
    for count in (2, 1):
        rows = [
            row
            for row in by_name.get(" ".join(words[:count]), ())
            if not provinces or row.sido in provinces
        ]
        if rows:
            return rows
    return []


def _single(rows: list[Region], first_day: str) -> str | None:
    codes = {converted(row.code, first_day) for row in rows} - {None}
    return codes.pop() if len(codes) == 1 else None


def _is_postcode(text: str) -> bool:
    return len(text) == 5 and text.isascii() and text.isdigit()
