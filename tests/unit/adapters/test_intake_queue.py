"""Batches: fair, in order, small where a process died, and nobody else's message is blamed."""

import asyncio
from collections.abc import Callable

import pytest

from connectors.base import Refusal
from services.adapters.assigned import ALONE_SPAN
from services.adapters.kafka.reader import TopicPartition
from services.adapters.loaded import FAILED, KILLER, Loaded
from services.adapters.postgres.partitions import Advance
from tests.unit.adapters.conftest import Queue

Make = Callable[..., Queue]
GOOD = b"good"


def offsets(loaded: Loaded | None) -> list[tuple[int, int]]:
    """(stream, offset) of a batch's messages."""
    return [] if loaded is None else [(m.stream, m.offset) for m in loaded.messages]


def reasons(loaded: Loaded | None) -> list[str]:
    """Why messages of a batch are refused."""
    assert loaded is not None
    return [r for m in loaded.messages if isinstance(m.reading, Refusal) for r in m.reading.reasons]


async def test_a_batch_takes_a_fair_share_of_every_partition(make: Make) -> None:
    queue = make(batch_events=10)
    one, two = queue.assign(1), queue.assign(2)
    queue.receive(one, *[GOOD] * 50)
    queue.receive(two, *[GOOD] * 3)
    loaded = await queue.backlog.next_batch()
    assert loaded is not None
    assert offsets(loaded) == [(1, n) for n in range(6)] + [(2, n) for n in range(3)]
    assert loaded.advances == [Advance(1, 1, 0, 6), Advance(2, 1, 0, 3)]
    assert loaded.taken == {one: 6, two: 3}


async def test_bytes_are_bounded_but_one_message_always_goes(make: Make) -> None:
    queue = make(batch_bytes=10)
    tp = queue.assign(1)
    queue.receive(tp, b"x" * 8, b"y" * 8, b"z" * 100)
    assert [offsets(await queue.backlog.next_batch()) for _ in range(2)] == [
        [(1, 0), (1, 1)],
        [(1, 2)],
    ]


async def test_gaps_in_offsets_are_passed(make: Make) -> None:
    queue = make()
    tp = queue.assign(1, start=5)
    queue.receive(tp, GOOD, first=7)
    loaded = await queue.backlog.next_batch()
    assert loaded is not None and loaded.advances == [Advance(1, 1, 5, 8)]
    seen = queue.backlog.idle()
    assert queue.backlog.skip({tp: 8}, seen) is None
    skipped = queue.backlog.skip({tp: 10}, seen)
    assert skipped is not None and skipped.advances == [Advance(1, 1, 8, 10)]
    assert skipped.messages == [] and skipped.taken == {tp: 10}


async def test_nothing_is_skipped_that_waits(make: Make) -> None:
    queue = make()
    tp = queue.assign(1)
    seen = queue.backlog.idle()
    queue.receive(tp, GOOD)
    assert queue.backlog.skip({tp: 5, TopicPartition("other", 0): 9}, seen) is None


async def test_nothing_is_skipped_that_came_back_meanwhile(make: Make) -> None:
    """The position that was asked for belongs to the time before the partition went and came."""
    queue = make()
    tp = queue.assign(1, start=5)
    seen = queue.backlog.idle()
    queue.backlog.drop({tp})
    queue.assign(1, start=5)
    assert queue.backlog.skip({tp: 9}, seen) is None


async def test_what_goes_away_while_it_is_read_is_in_no_batch(make: Make) -> None:
    """Else it would be written without moving the offset, and a second time by its new owner,
    who would fail over it for ever."""
    queue = make(batch_events=400)
    one, two = queue.assign(1), queue.assign(2)
    queue.receive(one, GOOD)
    queue.receive(two, *[GOOD] * 200)
    batch = asyncio.create_task(queue.backlog.next_batch())
    await asyncio.sleep(0)  # it reads a hundred messages of the second and lets others work
    queue.backlog.drop({two})
    loaded = await batch
    assert offsets(loaded) == [(1, 0)]


async def test_what_is_read_ahead_is_bounded(make: Make) -> None:
    """F36: no more is fetched at the high-water mark, and again below it."""
    queue = make(batch_events=10)
    one, two = queue.assign(1), queue.assign(2)
    assert queue.backlog.wanting() == {one, two} and queue.backlog.room() == 30
    queue.receive(one, *[GOOD] * 20)
    assert queue.backlog.wanting() == {two} and queue.backlog.room() == 10
    queue.receive(two, *[GOOD] * 10)
    assert queue.backlog.wanting() == set()
    await queue.backlog.next_batch()
    assert two in queue.backlog.wanting()


async def test_long_backlogs_leave_room_for_the_others(make: Make) -> None:
    """Whatever the client would hand over first: it is asked for what is short."""
    queue = make(batch_events=10)
    one, two, three = queue.assign(1), queue.assign(2), queue.assign(3)
    queue.receive(one, *[GOOD] * 9)
    assert queue.backlog.wanting() == {one, two, three}, "not even a batch is at hand"
    queue.receive(one, *[GOOD] * 6)
    assert queue.backlog.wanting() == {two, three}
    queue.receive(two, *[GOOD] * 10)
    assert queue.backlog.wanting() == {three}
    queue.receive(three, *[GOOD] * 5)
    assert queue.backlog.wanting() == set()


async def test_every_partition_gets_its_share_before_any_gets_more(make: Make) -> None:
    """However much a client has read ahead of some partitions, all move with every few batches."""
    queue = make(batch_events=10)
    partitions = [queue.assign(number) for number in range(1, 7)]
    left = dict.fromkeys(partitions, 100)  # what the broker has
    for _ in range(6):
        for tp, most in queue.backlog.shares():
            taken = min(most, left[tp])
            queue.receive(tp, *[GOOD] * taken, first=100 - left[tp])
            left[tp] -= taken
        assert sum(len(p.waiting) for p in queue.backlog.partitions.values()) <= 30
        await queue.backlog.next_batch()
    assert min(p.position for p in queue.backlog.partitions.values()) >= 8


async def test_a_share_that_the_broker_has_not_goes_to_others(make: Make) -> None:
    queue = make(batch_events=10)
    one, two, three = queue.assign(1), queue.assign(2), queue.assign(3)
    queue.receive(one, *[GOOD] * 15)
    assert list(queue.backlog.shares()) == [(two, 10), (three, 10)]
    asked = queue.backlog.shares()
    assert next(asked) == (two, 10)
    queue.receive(two, *[GOOD] * 10)
    assert next(asked) == (three, 5)


async def test_a_partition_that_may_not_be_read_takes_no_room_from_the_others(make: Make) -> None:
    """F31, F4: else two that wait would stop all."""
    queue = make(batch_events=10)
    stopped, two, three = (queue.assign(n) for n in (1, 2, 3))
    for tp in (stopped, two):
        queue.receive(tp, *[GOOD] * 20)
    queue.backlog.partitions[stopped].stopped = "OFFSET_GONE"
    assert queue.backlog.wanting() == {three} and queue.backlog.room() == 10
    assert {stream for stream, _ in offsets(await queue.backlog.next_batch())} == {2}
    assert queue.backlog.lag(lambda tp: 100) == 2 * 100


async def test_a_connector_that_raises_costs_its_message_only(make: Make) -> None:
    """F1"""
    queue = make()
    queue.connector.raises = {b"bad"}
    queue.receive(queue.assign(1), GOOD, b"bad", GOOD)
    loaded = await queue.backlog.next_batch()
    assert len(offsets(loaded)) == 3 and reasons(loaded) == [FAILED]
    assert loaded is not None and loaded.messages[1].reading.source_key == "k1"


async def test_parked_messages_survive_a_rule_that_fails(make: Make) -> None:
    """F49: what may be kept of a value is the contract's rule, and it may be what fails."""

    def keeps(value: bytes | None) -> bytes | None:
        raise RuntimeError("a defect of the connector")

    queue = make()
    queue.connector.keeps = keeps
    queue.receive(queue.assign(1), GOOD)
    loaded = await queue.backlog.next_batch()
    assert loaded is not None
    with pytest.raises(RuntimeError):
        loaded.messages[0].kept()
    (parked,) = loaded.parked(FAILED).messages
    assert parked.kept() is None and parked.reading.source_key == "k0"


@pytest.mark.parametrize("at", [-1, -(2**62), 2**62, 253_402_300_800_000])
async def test_a_time_that_no_calendar_has_is_no_time(make: Make, at: int) -> None:
    """F21: producers set it as they like."""
    queue = make()
    tp = queue.assign(1)
    queue.receive(tp, GOOD)
    waiting = queue.backlog.partitions[tp].waiting
    waiting[0] = type(waiting[0])(0, at, b"k0", GOOD, 0.0)
    loaded = await queue.backlog.next_batch()
    assert loaded is not None and loaded.messages[0].at_ms == -1


async def test_halves_do_the_same_one_after_the_other(make: Make) -> None:
    queue = make()
    one, two = queue.assign(1), queue.assign(2)
    queue.receive(one, *[GOOD] * 3)
    queue.receive(two, *[GOOD] * 2)
    loaded = await queue.backlog.next_batch()
    assert loaded is not None
    first, second = loaded.halves()
    assert offsets(first) + offsets(second) == offsets(loaded)
    assert first.advances == [Advance(1, 1, 0, 2)]
    assert second.advances == [Advance(1, 1, 2, 3), Advance(2, 1, 0, 2)]
    assert first.taken == {} and second.taken == {one: 3, two: 2}


async def test_what_went_to_another_worker_is_not_written(make: Make) -> None:
    """F24"""
    queue = make()
    one, two = queue.assign(1), queue.assign(2)
    for tp in (one, two):
        queue.receive(tp, GOOD)
    loaded = await queue.backlog.next_batch()
    assert loaded is not None
    assert queue.backlog.still_ours(loaded) is loaded
    queue.backlog.drop({one})
    ours = queue.backlog.still_ours(loaded)
    assert offsets(ours) == [(2, 0)] and ours.taken == {two: 1}
    queue.receive(one, GOOD)
    assert not queue.backlog.has_ready()


async def test_what_came_back_meanwhile_is_read_anew(make: Make) -> None:
    """F24: revoked and assigned again, the batch that was read before counts no more."""
    queue = make()
    tp = queue.assign(1)
    queue.receive(tp, GOOD)
    loaded = await queue.backlog.next_batch()
    assert loaded is not None
    queue.backlog.drop({tp})
    queue.assign(1)
    queue.reclaim(tp, epoch=2)
    ours = queue.backlog.still_ours(loaded)
    assert (ours.messages, ours.advances, ours.taken) == ([], [], {})
    assert queue.backlog.settled()


# F2


async def test_small_batches_where_an_owner_died(make: Make) -> None:
    queue = make()
    suspect, calm = queue.assign(1, batch_cap=4), queue.assign(2)
    for tp in (suspect, calm):
        queue.receive(tp, *[GOOD] * 10)
    streams = [stream for stream, _ in offsets(await queue.backlog.next_batch())]
    assert (streams.count(1), streams.count(2)) == (4, 10)
    assert queue.backlog.suspect() is None


async def test_at_last_one_message_with_nothing_else_at_hand(make: Make) -> None:
    queue = make()
    one, two = queue.assign(1, batch_cap=1), queue.assign(2, batch_cap=1)
    for tp in (one, two):
        queue.receive(tp, *[GOOD] * 3)
    found = queue.backlog.suspect()
    assert found is not None and found[0] == one
    loaded = await queue.backlog.next_batch(one)
    assert loaded is not None and offsets(loaded) == [(1, 0)]
    assert not queue.backlog.settled(), "the next waits until this one is written"
    queue.backlog.written(loaded)
    assert queue.backlog.settled()


async def test_after_three_deaths_alone_it_is_parked_unread(make: Make) -> None:
    queue = make()
    queue.connector.raises = {b"killer"}
    one, two = queue.assign(1, start=7, batch_cap=1, deaths=3), queue.assign(2, batch_cap=1)
    queue.receive(one, b"killer", GOOD, first=7)
    loaded = await queue.backlog.next_batch(one)
    assert reasons(loaded) == [KILLER]
    assert loaded is not None
    queue.backlog.written(loaded)
    assert queue.backlog.acquit(loaded) == {1: 1, 2: 1}, "nobody else is suspected any more"
    assert queue.claim(one).batch_cap == queue.claim(two).batch_cap == 0
    assert reasons(await queue.backlog.next_batch()) == []


async def test_two_deaths_are_not_enough(make: Make) -> None:
    queue = make()
    tp = queue.assign(1, batch_cap=1, deaths=2)
    queue.receive(tp, GOOD)
    assert reasons(await queue.backlog.next_batch(tp)) == []


async def test_only_the_message_at_which_they_died(make: Make) -> None:
    queue = make()
    tp = queue.assign(1, batch_cap=1, deaths=3)
    queue.receive(tp, GOOD, first=1)
    assert reasons(await queue.backlog.next_batch(tp)) == []


async def test_past_the_suspects_all_is_as_before(make: Make) -> None:
    queue = make()
    tp = queue.assign(1, batch_cap=1)
    queue.receive(tp, *[GOOD] * (ALONE_SPAN + 5))
    for number in range(ALONE_SPAN):
        assert queue.backlog.suspect() is not None, number
        loaded = await queue.backlog.next_batch(tp)
        assert loaded is not None
        queue.backlog.written(loaded)
        acquitted = queue.backlog.acquit(loaded)
    assert acquitted == {1: 1}
    assert queue.backlog.suspect() is None
    assert len(offsets(await queue.backlog.next_batch())) == 5
