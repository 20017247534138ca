"""Replaying a key's events in any order, or twice, gives the same state (handbook 6, no. 10).

Two events of one revision with different content are left out (the first to arrive stands), and
exchanged parties of P1 (they are told from the last applied revision only).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import EndState

MASKED = "999810****"


@dataclass(frozen=True)
class Event:
    """One event of a partner and a word for it, by which its end is compared."""

    word: str
    key: str
    record: dict[str, Any]


def row(second: int, kind: str, number: str, status: str) -> Callable[..., Event]:
    def event(sample: Callable[..., dict[str, Any]]) -> Event:
        moment = f"202606150930{second:02}"
        changes = {
            "LAST_CHG_DT": moment,
            "CHG_SE": kind,
            "BIZR_NO": number,
            "STTUS_CD": status,
            "ORDTM_LABRR_CNT": str(second),
        }
        record = sample("smart-factory", "contracted", **changes)
        return Event(moment + kind, record["TASK_SN"], record)

    return event


def task(second: int, number: str, status: str) -> Callable[..., Event]:
    def event(sample: Callable[..., dict[str, Any]]) -> Event:
        moment = f"2026-05-12T10:20:{second:02}Z"
        changes = {"updDtm": moment, "dmndBrno": number, "taskStat": status, "dmndEmpCnt": second}
        record = sample("ai-voucher", "contracted", **changes)
        return Event(moment, record["taskNo"], record)

    return event


def message(place: int, target: int | None, number: str, status: str) -> Callable[..., Event]:
    def event(sample: Callable[..., dict[str, Any]]) -> Event:
        seq = f"{26_800_010 + place}"
        corrects = "" if target is None else f"{26_800_010 + target}"
        changes = {"seq": seq, "corr_of": corrects, "dmd_bizno": number, "stt": status}
        record = sample("robot", "agreement", **changes, robot_kind=f"로봇 {place}")
        return Event(seq, seq, record)

    return event


rows = st.lists(
    st.builds(
        row,
        st.integers(0, 4),
        st.sampled_from("CUD"),
        st.sampled_from(["9998101014", "9998101014", MASKED]),
        st.sampled_from(["ST30", "ST40", "ST20", "ST99"]),
    ),
    min_size=1,
    max_size=7,
)
tasks = st.lists(
    st.builds(
        task,
        st.integers(0, 9),
        st.sampled_from(["999-81-04122", "999-81-04133", MASKED]),
        st.sampled_from(["협약체결", "완료", "보류"]),
    ),
    min_size=1,
    max_size=7,
)


@st.composite
def chains(draw: st.DrawFn) -> list[Callable[..., Event]]:
    """Messages of a few projects; a target may be missing, or a message quarantined."""
    found = []
    for place in sorted(draw(st.sets(st.integers(0, 9), min_size=1, max_size=7))):
        target = draw(st.none() | st.integers(-1, place - 1))
        number = draw(st.sampled_from(["999 81 01014", "999 81 01014", MASKED, ""]))
        found.append(message(place, target, number, draw(st.sampled_from("ABCXZ"))))
    return found


CASES = {"smart-factory": rows, "ai-voucher": tasks, "robot": chains()}


@pytest.mark.parametrize("folder", CASES)
@given(data=st.data())
def test_invariant_10_any_order_any_repetition(
    folder: str,
    data: st.DataObject,
    hub_of: Callable[[str], Any],
    sample: Callable[..., dict[str, Any]],
    encoded: Callable[..., bytes],
) -> None:
    events = {event.word: event for make in data.draw(CASES[folder]) if (event := make(sample))}
    in_order = list(events.values())
    shuffled = data.draw(st.permutations(in_order + data.draw(st.lists(st.sampled_from(in_order)))))
    ends = []
    for events_in_turn in (in_order, shuffled):
        hub = hub_of(folder)
        for place, event in enumerate(events_in_turn):
            ref = f"{place} {event.word}"
            hub.take(ref, event.key.encode(), encoded(folder, event.record))
        waiting = {
            (ref.split(" ", 1)[1], outcome.reasons)
            for ref, outcome in hub.outcomes.items()
            if outcome.end_state is EndState.HELD
        }
        ends.append((hub.participations, waiting))
    assert ends[0] == ends[1]
