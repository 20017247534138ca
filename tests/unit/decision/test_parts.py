"""The small parts: three-valued logic, calendar, places."""

import pytest

from schemas.tables import Tables
from services.domain.decision.calendar import Calendar, shifted, years_after
from services.domain.decision.region import Place, places_of
from services.domain.decision.values import (
    NO,
    UNDETERMINED,
    YES,
    Tri,
    all_of,
    any_of,
    known,
    negated,
)

ALL: tuple[Tri, ...] = (YES, NO, UNDETERMINED)


@pytest.fixture(scope="module")
def places(tables: Tables) -> dict[str, Place]:
    return places_of(tables)


def test_and_or_not() -> None:
    assert any_of(()) == NO
    assert all_of(()) == YES
    for a in ALL:
        assert any_of((a, YES)) == YES
        assert all_of((a, NO)) == NO
        for b in ALL:
            assert negated(any_of((a, b))) == all_of((negated(a), negated(b)))
    assert any_of((NO, UNDETERMINED)) == all_of((YES, UNDETERMINED)) == UNDETERMINED
    assert [known(flag) for flag in (True, False, None)] == [YES, NO, UNDETERMINED]


def test_floor_is_the_last_turning_day() -> None:
    calendar = Calendar(["2026-03-01", "2026-01-01"])
    assert calendar.floor("2025-12-31") == "0001-01-01"
    assert calendar.floor("2026-01-01") == calendar.floor("2026-02-28") == "2026-01-01"
    assert calendar.floor("9999-12-31") == "2026-03-01"


def test_days_and_years() -> None:
    assert shifted("2026-03-01", -1) == "2026-02-28"
    assert shifted("0001-01-05", -90) == "0001-01-01"
    assert shifted("9999-12-30", 120) == "9999-12-31"
    assert years_after("2025-04-10", 1) == "2026-04-10"
    assert years_after("2028-02-29", 1) == "2029-02-28"
    assert years_after("2024-02-29", 4) == "2028-02-29"
    assert years_after("9999-01-01", 1) == "9999-12-31"


def test_every_code_is_a_place(places: dict[str, Place], tables: Tables) -> None:
    assert set(places) == {row.code for row in tables.regions}
    assert all(place.units for place in places.values())
    assert all(place.capital != UNDETERMINED for place in places.values())


def test_every_place_has_one_branch(places: dict[str, Place]) -> None:
    """A-28: all units of a place agree on their HRDK branch, so that AG-1 always names one."""
    assert all(place.agency("HRDK_BRANCH", "2026-04-15") for place in places.values())


@pytest.mark.parametrize(
    ("code", "units"),
    [("46820", 1), ("12790", 1), ("28125", 2), ("41590", 4), ("41110", 4), ("45110", 2)],
)
def test_mapping(code: str, units: int, places: dict[str, Place]) -> None:
    assert len(places[code].units) == units


def test_invariant_6_successors_are_decline_areas(places: dict[str, Place], tables: Tables) -> None:
    """Invariant 6."""
    decline = {row.code for row in tables.designations if row.kind == "DECLINE"}
    after = [s for row in tables.regions if row.code in decline for s in row.successors]
    assert len(after) == 16
    assert {places[code].designated("DECLINE", "2026-08-01") for code in after} == {YES}


def test_designation_begins_on_its_day(places: dict[str, Place]) -> None:
    assert places["26140"].designated("DECLINE", "2021-10-18") == NO
    assert places["26140"].designated("DECLINE", "2021-10-19") == YES
    assert places["26140"].designated("DECLINE", "2030-01-01") == YES


def test_tiers(places: dict[str, Place]) -> None:
    """Q3: decline before capital."""
    assert places["28710"].tier("2026-06-01") == "DECLINE"
    assert places["11680"].tier("2026-06-01") == "CAPITAL"
    assert places["48123"].tier("2026-06-01") == "NON_CAPITAL"
    assert places["41250"].tier("2026-06-01") == "CAPITAL"


def test_centres_open_in_february_lowest_code_first(places: dict[str, Place]) -> None:
    assert places["41820"].agency("AI_CENTER", "2026-01-31") is None
    assert places["41820"].agency("AI_CENTER", "2026-02-01") == "AIC-GYEONGIN"
