"""One value per fact from several participations (ruling A-91)."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Participation
from services.domain.merge import establishment_of, facts_for, firm_of, latest

P = Participation("P3", "1", ())
DAYS = st.sampled_from(["2026-03-01", "2026-03-02", None])
SIZES = st.sampled_from(["MICRO", "SMALL", "MEDIUM", "SME", "MIDSIZE", "LARGE", "UNKNOWN", None])


def said(day: str | None, **facts: object) -> Participation:
    return replace(P, event_on=day, **facts)  # type: ignore[arg-type]


def size(*said_so: tuple[int, str]) -> str | None:
    return firm_of([said(f"2026-03-0{day}", size_class=value) for day, value in said_so]).size_class


def test_the_latest_day_counts() -> None:
    firm = firm_of([said("2026-03-02", regular_workers=9), said("2026-03-01", regular_workers=8)])
    assert firm.regular_workers == 9


def test_two_values_of_one_day_are_unknown() -> None:
    day = "2026-03-02"
    assert firm_of([said(day, ksic_code="26421"), said(day, ksic_code="26422")]).ksic is None
    assert firm_of([said(day, ksic_code="26421"), said(day, ksic_code="26421")]).ksic == "26421"


def test_an_older_conflict_is_settled_by_a_newer_day() -> None:
    one, two = said("2026-03-01", ksic_code="1"), said("2026-03-01", ksic_code="2")
    newer = said("2026-03-02", ksic_code="3")
    for order in permutations([one, two, newer]):
        assert firm_of(list(order)).ksic == "3"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([(2, "SME"), (1, "SMALL")], "SMALL"),
        ([(1, "SME"), (2, "SMALL")], "SMALL"),
        ([(2, "SME"), (2, "SMALL")], "SMALL"),
        ([(2, "SME"), (2, "SMALL"), (2, "MEDIUM")], None),
        ([(2, "SMALL"), (2, "MEDIUM")], None),
        ([(2, "SME"), (1, "SMALL"), (1, "MEDIUM")], "SME"),
        ([(2, "SME"), (2, "MIDSIZE")], None),
        ([(2, "SME"), (2, "MIDSIZE"), (1, "SMALL")], None),
        ([(2, "MIDSIZE"), (1, "SME")], "MIDSIZE"),
        ([(2, "SME"), (1, "MIDSIZE")], "SME"),
        ([(2, "UNKNOWN"), (1, "MICRO")], "MICRO"),
        ([], None),
    ],
)
def test_sme_yields_to_what_is_more_exact(
    statements: list[tuple[int, str]], expected: str | None
) -> None:
    for order in permutations(statements):
        assert size(*order) == expected


def test_one_place_known_in_two_ways_is_no_conflict() -> None:
    """A-91, A-13: the 시군구 is the fact; how it was found is not."""
    day = "2026-03-02"
    code = said(day, sigungu="48123", region_confidence="CODE")
    text = said(day, sigungu="48123", region_confidence="PARSED")
    city = said(day, sigungu="48120", region_confidence="ASSUMED")
    for order in permutations([code, text]):
        found = establishment_of(list(order))
        assert (found.sigungu, found.region_confidence) == ("48123", "CODE")
    assert establishment_of([code, city]).region_confidence == "UNRESOLVED"
    assert establishment_of([]).region_confidence == "UNRESOLVED"


@given(st.lists(st.tuples(DAYS, SIZES), max_size=5), st.randoms())
def test_any_order_gives_the_same(
    statements: list[tuple[str | None, str | None]], dice: object
) -> None:
    ps = [
        said(day, size_class=value, regular_workers=len(value or "")) for day, value in statements
    ]
    expected = firm_of(ps)
    dice.shuffle(ps)  # type: ignore[attr-defined]
    assert firm_of(ps) == expected
    assert latest(ps, lambda p: p.size_class) == latest(ps[::-1], lambda p: p.size_class)


def test_deleted_rows_say_nothing() -> None:
    live = said("2026-03-01", size_class="SMALL", sigungu="48123", region_confidence="CODE")
    gone = said("2026-03-05", size_class="LARGE", sigungu="11110", is_deleted=True)
    facts = facts_for("2026-04-15", [live, gone], [live, gone])
    assert facts.firm.size_class == "SMALL"
    assert facts.establishment.sigungu == "48123"
    assert len(facts.participations) == 1
