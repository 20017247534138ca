"""Texts, numbers and days as READING-AVRO §2 and §6 read them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.fields import (
    clean,
    clean_marked,
    coded,
    in_order,
    joined,
    ksic_revision,
    number,
    real_day,
    separated_day,
    stated_day,
    texts_of,
)

awkward = st.text(
    st.characters(codec="utf-8") | st.sampled_from("\t\n\x00\x1f\x7f\x85\u200b\ufeff\u00ad\u3000 ")
)


def cleaned_by_the_letter(raw: str) -> tuple[str, bool]:
    """READING-AVRO §2, one step after the other."""
    text = unicodedata.normalize("NFKC", raw)
    found = any(unicodedata.category(c) in ("Cc", "Cf") for c in text)
    text = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    words, word = [], ""
    for c in text:
        if c.isspace():
            words.append(word)
            word = ""
        else:
            word += c
    return " ".join(filter(None, [*words, word])), found


@given(raw=awkward)
def test_cleaning(raw: str) -> None:
    assert clean_marked(raw) == cleaned_by_the_letter(raw)
    assert clean(raw) == cleaned_by_the_letter(raw)[0]


@given(raws=st.lists(st.none() | awkward, min_size=3, max_size=3))
def test_many_texts_at_once(raws: list[str | None]) -> None:
    """The short cut for texts that are clean already says the same as cleaning each."""
    names = ("a", "b", "c")
    read = texts_of(dict(zip(names, raws, strict=True)), names)
    cleaned = [cleaned_by_the_letter(raw or "") for raw in raws]
    assert read.values == [text for text, _ in cleaned]
    assert set(read.marked) == {
        name for name, (_, found) in zip(names, cleaned, strict=True) if found
    }
    assert read.together == joined(read.values)


def test_texts_of_another_order_and_missing_ones() -> None:
    assert texts_of({"b": "2", "x": "9", "a": "1"}, ("a", "b", "c")).values == ["1", "2", ""]


def test_texts_of_other_types() -> None:
    with pytest.raises(TypeError):
        texts_of({"a": 1}, ("a",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (None, None)),
        ("0", (0, None)),
        ("-0", (0, None)),
        ("007", (7, None)),
        ("1,000", (1000, None)),
        ("1 000", (1000, None)),
        ("1,00,0", (1000, None)),
        ("1001", (None, "NUMBER_OUT_OF_RANGE")),
        ("-1", (None, "NUMBER_OUT_OF_RANGE")),
        ("- 1", (None, "NUMBER_OUT_OF_RANGE")),
        ("9" * 5_000, (None, "NUMBER_OUT_OF_RANGE")),
        ("-" + "9" * 5_000, (None, "NUMBER_OUT_OF_RANGE")),
        ("+1", (None, "NUMBER_UNREADABLE")),
        ("--1", (None, "NUMBER_UNREADABLE")),
        ("1-", (None, "NUMBER_UNREADABLE")),
        ("-", (None, "NUMBER_UNREADABLE")),
        (",", (None, "NUMBER_UNREADABLE")),
        ("1.0", (None, "NUMBER_UNREADABLE")),
        ("1e3", (None, "NUMBER_UNREADABLE")),
        ("٣", (None, "NUMBER_UNREADABLE")),
        ("1_0", (None, "NUMBER_UNREADABLE")),
    ],
)
def test_number(text: str, expected: tuple[int | None, str | None]) -> None:
    assert number(text, 1000) == expected


def test_days() -> None:
    assert real_day(2024, 2, 29) == "2024-02-29"
    assert real_day(2026, 2, 29) is None
    assert real_day(0, 1, 1) is None
    assert real_day(999, 1, 1) == "0999-01-01"
    assert stated_day(1999, 12, 31) is None
    assert stated_day(2000, 1, 1) == "2000-01-01"
    assert stated_day(2099, 12, 31) == "2099-12-31"
    assert stated_day(2100, 1, 1) is None
    assert separated_day("2026-04-15", "-") == "2026-04-15"
    assert separated_day("2026.04.15", "-") is None
    assert separated_day("2026-4-15", "-") is None
    assert separated_day("٢026-04-15", "-") is None


@pytest.mark.parametrize(
    ("agreement", "start", "end", "expected"),
    [
        (
            "2026-01-01",
            "2026-02-01",
            "2026-03-01",
            ("2026-01-01", "2026-02-01", "2026-03-01", None),
        ),
        (
            "2026-02-15",
            "2026-02-01",
            "2026-03-01",
            ("2026-02-15", "2026-02-01", "2026-03-01", None),
        ),
        ("2026-01-01", "2026-04-01", "2026-03-01", ("2026-01-01", None, None, "DATE_ORDER")),
        ("2026-05-01", "2026-04-01", "2026-03-01", ("2026-05-01", None, None, "DATE_ORDER")),
        (
            "2026-05-01",
            "2026-02-01",
            "2026-03-01",
            (None, "2026-02-01", "2026-03-01", "DATE_ORDER"),
        ),
        ("2026-05-01", None, "2026-03-01", (None, None, "2026-03-01", "DATE_ORDER")),
        ("2026-05-01", "2026-06-01", None, ("2026-05-01", "2026-06-01", None, None)),
        (None, None, None, (None, None, None, None)),
    ],
)
def test_order_of_days(
    agreement: str | None, start: str | None, end: str | None, expected: tuple[str | None, ...]
) -> None:
    assert in_order(agreement, start, end) == expected


def test_codes_are_exact() -> None:
    table = {"Y": True, "N": False}
    assert coded("Y", table) == (True, None)
    assert coded("N", table) == (False, None)
    assert coded("", table) == (None, None)
    assert coded("y", table) == (None, "CODE_UNKNOWN")


def test_industry_revision() -> None:
    assert ksic_revision("26", "2024-06-30") == 10
    assert ksic_revision("26", "2024-07-01") == 11
    assert ksic_revision(None, "2026-01-01") is None
