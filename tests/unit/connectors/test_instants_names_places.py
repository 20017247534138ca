"""Instants, names and places beyond what the examples show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.fields import clean
from connectors.instants import instant
from connectors.names import LEGAL_FORMS, bare_name, firm_name
from connectors.places import from_code, from_text, from_text_within


def test_one_instant_in_many_spellings() -> None:
    spellings = (
        "2026-05-12T10:20:30",
        "2026-05-12 10:20:30",
        "2026-05-12T10:20:30+09:00",
        "2026-05-12T01:20:30Z",
        "2026-05-12T01:20:30.000000Z",
        "2026-05-12T01:20:30.0+00:00",
        "2026-05-11T20:20:30-05:00",
        "2026-05-12T06:50:30+05:30",
    )
    read = [instant(text) for text in spellings]
    assert len({one.order for one in read if one is not None}) == 1
    assert all(one is not None and one.day == "2026-05-12" for one in read)


def test_microseconds_order() -> None:
    texts = ("2026-05-12T01:20:29.999999Z", "2026-05-12T10:20:30", "2026-05-12T10:20:30.000001")
    orders = [one.order for text in texts if (one := instant(text)) is not None]
    assert orders == sorted(orders)
    assert len(set(orders)) == 3


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-06-30T14:59:59Z", "2026-06-30"),
        ("2026-06-30T15:00:00Z", "2026-07-01"),
        ("2024-02-28T15:00:00Z", "2024-02-29"),
        ("0001-01-01T00:00:00", "0001-01-01"),
        ("9999-12-31T23:59:59+23:59", "9999-12-31"),
    ],
)
def test_korean_day(text: str, day: str) -> None:
    found = instant(text)
    assert found is not None
    assert found.day == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-05-12",
        "2026-05-12T10:20",
        "2026-05-12T10:20:30,5",
        "2026-05-12T10:20:30+09",
        "2026-05-12T10:20:30 +09:00",
        "2026-05-12T10:20:30+24:00",
        "2026-05-12t10:20:30",
        "2026-05-12T10:20:30Z\n",
        "٢026-05-12T10:20:30",
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:59:59Z",
        "0000-01-01T00:00:00",
    ],
)
def test_no_instant(text: str) -> None:
    assert instant(text) is None


@given(text=st.text("0123456789-T:.Z+ ", max_size=34))
def test_any_text_as_instant(text: str) -> None:
    found = instant(text)
    assert found is None or len(found.order) == 18


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("㈜가상", ("가상", "CORP")),
        ("(주) 가상", ("가상", "CORP")),
        ("（주）가상", ("가상", "CORP")),
        ("가상(주)", ("가상", "CORP")),
        ("가상 유한책임회사", ("가상", "CORP")),
        ("유한회사가상", ("가상", "CORP")),
        ("사회적협동조합 가상", ("가상", "COOP")),
        ("가상협동조합", ("가상", "COOP")),
        ("학교법인 가상학원", ("가상학원", "NONPROFIT")),
        ("재단법인 가상 (주)", ("가상", "NONPROFIT")),
        ("(주)(주)", (None, "CORP")),
        ("주식 회사 가상", ("주식 회사 가상", None)),
        ("( 주 )가상", ("( 주 )가상", None)),
        ("가상(주)정밀", ("가상(주)정밀", None)),
        ("", (None, None)),
    ],
)
def test_name(raw: str, expected: tuple[str | None, str | None]) -> None:
    assert bare_name(clean(raw)) == expected


@given(
    before=st.lists(st.sampled_from(sorted(LEGAL_FORMS)), max_size=3),
    behind=st.lists(st.sampled_from(sorted(LEGAL_FORMS)), max_size=3),
    gap=st.sampled_from(["", " "]),
)
def test_tokens_around_a_name(before: list[str], behind: list[str], gap: str) -> None:
    name, form = bare_name(gap.join([*before, "가상정공", *behind]))
    assert name == "가상정공"
    first = before[0] if before else behind[-1] if behind else None
    assert form == (LEGAL_FORMS[first] if first else None)


def test_form_of_a_name_wins_over_the_kind() -> None:
    assert firm_name("의료법인 가상병원", "9998104156") == ("가상병원", "NONPROFIT")
    assert firm_name("가상병원", "9998104156") == ("가상병원", "CORP")
    assert firm_name("가상병원", None) == ("가상병원", "UNKNOWN")


PROVINCE_WORDS = [
    ("서울", "종로구", "11110"),
    ("서울시", "종로구", "11110"),
    ("서울특별시", "종로구", "11110"),
    ("부산시", "부산진구", "26230"),
    ("대구", "달성군", "27710"),
    ("인천광역시", "강화군", "28710"),
    ("광주", "광산구", "29200"),
    ("광주광역시", "광산구", "29200"),
    ("대전시", "유성구", "30200"),
    ("울산", "울주군", "31710"),
    ("경기", "가평군", "41820"),
    ("강원특별자치도", "춘천시", "51110"),
    ("강원도", "춘천시", "51110"),
    ("강원", "춘천시", "51110"),
    ("충북", "청주시 흥덕구", "43113"),
    ("충청남도", "아산시", "44200"),
    ("전북특별자치도", "군산시", "52130"),
    ("전라북도", "군산시", "52130"),
    ("전북", "군산시", "52130"),
    ("전남", "목포시", "46110"),
    ("경북", "포항시 남구", "47111"),
    ("경남", "진주시", "48170"),
    ("제주", "제주시", "50110"),
    ("제주도", "서귀포시", "50130"),
]


@pytest.mark.parametrize(("word", "name", "code"), PROVINCE_WORDS)
def test_province_words(word: str, name: str, code: str) -> None:
    place = from_text(f"{word} {name} 가상로 1", "2026-05-01")
    assert place == (code, "PARSED", None)


def test_sejong_whatever_follows() -> None:
    for address in ("세종", "세종시 없는곳", "세종특별자치시 한누리대로"):
        assert from_text(address, "1999-01-01") == ("36110", "PARSED", None)


def test_from_code() -> None:
    assert from_code("46820", "2026-07-01") == ("12790", "CODE", None)
    assert from_code("48120", "2026-07-01") == ("48120", "ASSUMED", "REGION_ASSUMED")
    assert from_code("41590", "2026-07-01") == (None, "UNRESOLVED", "REGION_UNRESOLVED")
    assert from_code("4682", "2026-07-01").sigungu is None


def test_within_provinces() -> None:
    assert from_text_within("고성군", ("48",), "2026-05-01").sigungu == "48820"
    assert from_text_within("고성군", ("42", "51"), "2026-05-01").sigungu == "51820"
    assert from_text_within("고성군", ("41",), "2026-05-01").sigungu is None


@given(address=st.text(max_size=60), day=st.dates().map(str))
def test_any_address(address: str, day: str) -> None:
    place = from_text(clean(address), day)
    assert (place.sigungu is None) == (place.confidence == "UNRESOLVED")
