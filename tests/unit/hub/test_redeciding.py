"""A day comes: what it brings to a firm, and that it brings nothing twice (invariants of handbook
§6 that concern time)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from schemas.policies import load_policy
from schemas.tables import load_tables
from services.domain.deciding import Deciding
from services.domain.draft import Drafts
from services.domain.firms import Firms
from services.domain.foreseeing import Foreseen, turning_days, wanted_blocks
from services.domain.outgoing import Cause
from services.domain.redecided import Redecided
from tests.unit.hub.conftest import CLOCK, Memory, Office

PLACE = Cause(99, "hub.clock", 0, 3)


@pytest.fixture(scope="module")
def memory(office: Office) -> Memory:
    """The firms of 300 events, decided on 15 April 2026."""
    found = office.memory()
    messages = office.messages(300, 5)
    for start in range(0, len(messages), 50):
        batch = messages[start : start + 50]
        writes, _, learnt = Drafts([found.draft(batch)]).writes(batch)
        found.keep(writes, learnt)
    return found


def on(memory: Memory, day: date, last: dict[str, bytes]) -> dict[str, Redecided]:
    """What the day brings to all firms."""
    firms = Firms()
    rows = memory.participations.values()
    firms.load(
        [(r[0], r[3], r[4], r[5], r[7], r[8], r[9]) for r in rows],
        [(*r[:8], r[9], r[12]) for r in memory.referrals.values()],
    )
    clock = (datetime(day.year, day.month, day.day, 3, tzinfo=UTC), day)
    return Deciding(firms, memory.desk, clock).redecide(PLACE, sorted({r[3] for r in rows}), last)


def decided(memory: Memory, day: date) -> dict[str, bytes]:
    """The digests of every workplace's decision on a day."""
    found = on(memory, day, {})
    return {m.establishment_id: m.decision.digests for one in found.values() for m in one.moves}


def test_the_same_day_again_brings_nothing(memory: Memory) -> None:
    last = decided(memory, CLOCK[1])
    assert len(last) > 30
    assert on(memory, CLOCK[1], last) == {}


def test_a_new_version_is_higher_and_names_the_clock(memory: Memory) -> None:
    found = on(memory, date(2026, 7, 1), decided(memory, CLOCK[1]))
    moved = [m for one in found.values() for m in one.moves if m.after is not m.before]
    assert moved
    for move in moved:
        assert move.after is not None
        if move.before is not None:
            assert move.after.version > move.before.version
    rows = [row for one in found.values() for row in one.effects.decided]
    assert {row[3] for row in rows} == {date(2026, 7, 1)}
    assert {(row[7], row[8]) for row in rows} == {(PLACE.stream, PLACE.offset)}
    assert {row[0] for one in found.values() for row in one.effects.outbox} <= {PLACE.stream}


def test_only_what_differs_is_written(memory: Memory) -> None:
    last = decided(memory, CLOCK[1])
    then = decided(memory, date(2026, 7, 1))
    found = on(memory, date(2026, 7, 1), last)
    moves = {m.establishment_id for one in found.values() for m in one.moves}
    assert moves == {place for place, digests in then.items() if digests != last[place]}
    assert len(moves) > 0


def test_a_mode_that_a_day_brings_stays(memory: Memory) -> None:
    """Handbook §6, invariant 8 (the day only ever switches on), as the clock meets it."""
    before = _modes(on(memory, date(2026, 2, 28), {}))
    after = _modes(on(memory, date(2026, 3, 1), decided(memory, date(2026, 2, 28))))
    assert any(after[place] - before[place] for place in after)
    assert all(before[place] <= cells for place, cells in after.items())


def _modes(found: dict[str, Redecided]) -> dict[str, set[str]]:
    return {
        move.establishment_id: {
            name
            for name, cell in move.decision.modes.json()["cells"].items()
            if cell["state"] == "YES"
        }
        for one in found.values()
        for move in one.moves
    }


def test_what_is_foreseen_adds_up(memory: Memory) -> None:
    last = decided(memory, CLOCK[1])
    before = on(memory, CLOCK[1], {})
    bodies = {
        block.digest: block.raw
        for one in before.values()
        for move in one.moves
        for block in move.decision.blocks
        if block is not None
    }
    found = on(memory, date(2026, 7, 1), last)
    assert wanted_blocks(found.values()) <= bodies.keys()
    foreseen = Foreseen(5)
    foreseen.add(found, bodies)
    told: dict[str, Any] = foreseen.json()
    assert told["workplaces"] == sum(len(one.moves) for one in found.values())
    assert told["new_versions"] == sum(len(one.effects.referral_versions) for one in found.values())
    assert len(told["list"]) == min(5, told["workplaces"])
    assert sum(told["messages"].values()) == sum(len(o.effects.outbox) for o in found.values())


def test_the_turning_days_are_the_plan_s() -> None:
    """Plan: 2026-03-01 most measures, 2026-07-01 the flag of the second half-year."""
    days = turning_days(load_policy(), load_tables(), date(2026, 2, 1))
    assert {date(2026, 3, 1), date(2026, 7, 1)} <= set(days)
    assert days == sorted(days)
    assert days[0] > date(2026, 2, 1)
