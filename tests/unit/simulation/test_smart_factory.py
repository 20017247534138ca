"""P3 lives look like the programme's (handbook 2.5, 2.3; the partner's note)."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import pytest

from services.simulation.numbers import crn_check
from services.simulation.plan import SimulatedEvent

Decode: TypeAlias = Callable[[SimulatedEvent], Mapping[str, Any]]
Run: TypeAlias = Callable[[str], list[SimulatedEvent]]
Rows: TypeAlias = list[tuple[SimulatedEvent, Mapping[str, Any]]]


@pytest.fixture(scope="module")
def rows(run: Run, decode: Decode) -> Rows:
    return [
        (event, decode(event))
        for event in run("smart-factory")
        if not event.kind.startswith("defect:")
    ]


def created(rows: Rows) -> list[Mapping[str, Any]]:
    return [row for event, row in rows if event.kind == "create"]


def test_kinds_stand_as_published(rows: Rows) -> None:
    kinds = Counter(row["BSNS_SE_CD"] for row in created(rows))
    assert kinds["A02"] / kinds["A01"] == pytest.approx(400 / 30, rel=0.5)
    assert set(kinds) == {"A01", "A02", "A03", "A04", "A05", "A06"}


def test_firms_are_makers_of_every_size_and_place(rows: Rows) -> None:
    made = created(rows)
    assert all("10" <= row["INDUTY_CD"].lstrip("C")[:2] <= "34" for row in made)
    assert {row["ENTRPRS_SCALE_CD"] for row in made} == {"01", "02", "03"}
    assert {row["THIRD_PRVD_AGRE_YN"] for row in made} == {"", "Y", "N"}
    assert {row["LDONG_CD"][:2] for row in made} >= {"11", "41", "44", "46", "47", "48", "52"}


def test_five_events_a_task(rows: Rows) -> None:
    assert 4 <= len(rows) / len({event.key for event, _ in rows}) <= 6


def test_corporate_numbers_are_fixtures(rows: Rows) -> None:
    numbers = [row["JURIRNO"] for _, row in rows if row["JURIRNO"]]
    assert numbers
    for number in numbers:
        assert number.startswith("9999") and crn_check(number[:12]) == number[12]


def test_the_workplace_number_is_the_firms_or_its_branchs(rows: Rows) -> None:
    pairs = {(row["BIZR_NO"], row["BPL_NO"][:10]) for row in created(rows)}
    branches = [branch for firm, branch in pairs if firm != branch]
    assert branches and all(branch[3:5] == "85" for branch in branches)


def test_duplicates_repeat_an_event_to_the_byte(run: Run) -> None:
    seen: set[tuple[bytes | None, bytes | None]] = set()
    for event in run("smart-factory"):
        if event.kind == "duplicate":
            assert (event.key, event.value) in seen
        seen.add((event.key, event.value))


def test_a_late_event_comes_after_a_newer_one_of_its_key(rows: Rows) -> None:
    newest: dict[bytes | None, str] = {}
    for event, row in rows:
        if event.kind == "late":
            assert row["LAST_CHG_DT"] < newest[event.key]
        newest[event.key] = max(row["LAST_CHG_DT"], newest.get(event.key, ""))


def test_the_rest_comes_in_order_of_time(rows: Rows) -> None:
    stamps = [row["LAST_CHG_DT"] for event, row in rows if event.kind not in ("late", "duplicate")]
    assert stamps == sorted(stamps)
    assert stamps[0] >= "20260102" and stamps[-1] < "20261001"


def test_a_correction_changes_what_it_is_for_and_lasts(rows: Rows) -> None:
    latest: dict[bytes | None, Mapping[str, Any]] = {}
    changed: Counter[str] = Counter()
    for event, row in rows:
        before = latest.get(event.key)
        if event.kind == "correction" and before is not None:
            names = {name for name in row if row[name] != before[name]}
            assert "LAST_CHG_DT" in names
            changed.update(names)
        if event.kind not in ("late", "duplicate"):
            latest[event.key] = row
    assert changed["ORDTM_LABRR_CNT"] and changed["THIRD_PRVD_AGRE_YN"] and changed["GOVSPRT_AMT"]


def test_both_generations_of_place_codes_occur(rows: Rows) -> None:
    after = Counter(row["LDONG_CD"][:2] for _, row in rows if row["LAST_CHG_DT"] >= "20260701")
    assert after["12"] > after["46"] > 0
    assert after["52"] > after["45"] > 0
    before = {row["LDONG_CD"][:2] for _, row in rows if row["LAST_CHG_DT"] < "20260701"}
    assert "12" not in before
