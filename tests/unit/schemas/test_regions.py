"""The table of 시군구 codes and its conversions (READING-AVRO §5)."""

import pytest

from schemas.regions import (
    converted,
    era,
    is_city_with_gu,
    linked,
    parent_of,
    regions,
)


def test_the_table() -> None:
    table = regions()
    assert len(table.by_code) == 334
    assert table.by_code["12790"].name == "해남군"
    assert table.by_code["28110"].successors == ("28125", "28155")
    assert table.by_code["11110"].capital


def test_eras_begin_where_the_table_changes() -> None:
    starts = ("2023-06-11", "2023-07-01", "2024-01-18", "2026-02-01", "2026-07-01")
    assert regions().eras == ("", *starts)
    assert era("2023-06-10") == ""
    assert era("2023-06-11") == "2023-06-11"
    assert era("2026-06-30") == "2026-02-01"
    assert era("2099-12-31") == "2026-07-01"


@pytest.mark.parametrize(
    ("code", "day", "expected"),
    [
        ("11110", "2026-05-01", "11110"),
        ("46820", "2026-06-30", "46820"),
        ("46820", "2026-07-01", "12790"),
        ("12790", "2026-06-30", "46820"),
        ("29110", "2026-07-01", "12210"),
        ("47720", "2023-06-30", "47720"),
        ("47720", "2023-07-01", "27720"),
        ("27720", "2023-06-30", "47720"),
        ("41590", "2026-01-31", "41590"),
        ("41590", "2026-02-01", None),
        ("41597", "2026-01-31", "41590"),
        ("28110", "2026-07-01", None),
        ("28140", "2026-07-01", "28125"),
        ("28125", "2026-06-30", None),
        ("28155", "2026-06-30", "28110"),
        ("28290", "2026-06-30", "28260"),
        ("45111", "2024-01-17", "45111"),
        ("45111", "2024-01-18", "52111"),
        ("51820", "2023-06-10", "42820"),
        ("99999", "2026-05-01", None),
    ],
)
def test_conversion(code: str, day: str, expected: str | None) -> None:
    assert converted(code, era(day)) == expected


def test_cities_with_gu() -> None:
    assert is_city_with_gu("48120", era("2026-05-01"))
    assert not is_city_with_gu("48123", era("2026-05-01"))
    assert not is_city_with_gu("41590", era("2026-01-31"))
    assert is_city_with_gu("41590", era("2026-02-01"))
    assert not is_city_with_gu("45110", era("2024-01-17"))
    assert is_city_with_gu("52110", era("2024-01-18"))


def test_links_go_both_ways() -> None:
    assert linked("41590") == {"41591", "41593", "41595", "41597"}
    assert linked("28125") == {"28110", "28140"}
    assert linked("11110") == frozenset()
    assert parent_of("48123") == "48120"
    assert parent_of("48120") == ""
    assert parent_of("00000") == ""
