"""Late schemas (F4), foreign ones (F6), refused ones (F8)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from connectors.base import Refusal
from services.adapters.loaded import Loaded
from services.adapters.writers import wire_id
from tests.unit.adapters.conftest import SOURCE, Queue, Scripted, schema

Make = Callable[..., Queue]


class Clock:
    """time.monotonic, as far as the queue is concerned."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("services.adapters.intake_queue.time.monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def framed(number: int) -> bytes:
    return b"\x00" + number.to_bytes(4, "big") + b"\x02x"


def receive(queue: Queue, clock: Clock, number: int, *ids: int) -> None:
    """Messages of one partition that arrive now."""
    tp = queue.assign(number)
    queue.receive(tp, *map(framed, ids))
    waiting = queue.backlog.partitions[tp].waiting
    for place, one in enumerate(waiting):
        waiting[place] = type(one)(one.offset, 1000, one.key, one.value, clock.now)


async def step(queue: Queue) -> list[tuple[int, int, str]]:
    """One turn of the worker's loop: (stream, offset, refusal)."""
    await queue.backlog.wake()
    loaded = await queue.backlog.next_batch()
    if loaded is None:
        return []
    assert isinstance(loaded, Loaded)
    queue.backlog.written(loaded)
    return [
        (m.stream, m.offset, m.reading.reasons[0] if isinstance(m.reading, Refusal) else "")
        for m in loaded.messages
    ]


async def test_only_its_own_partition_waits(make: Make, clock: Clock) -> None:
    queue = make()
    queue.registered.append(schema(1))
    await queue.backlog.schemas.refresh({SOURCE.topic: queue.connector})
    receive(queue, clock, 1, 9, 1)
    receive(queue, clock, 2, 1, 1)
    assert await step(queue) == [(2, 0, ""), (2, 1, "")]
    assert await step(queue) == []
    queue.registered.append(schema(9))
    clock.now += 5
    assert await step(queue) == [(1, 0, ""), (1, 1, "")]


async def test_it_looks_with_growing_pauses_and_gives_up_in_time(make: Make, clock: Clock) -> None:
    queue = make(wait_s=60)
    receive(queue, clock, 1, 9, 9)
    begun, looks = clock.now, []
    found: list[tuple[int, int, str]] = []
    while not found:
        before = queue.looks
        found = await step(queue)
        if queue.looks > before:
            looks.append(round(clock.now - begun, 1))
        clock.now += 0.1
    assert looks[:5] == [0.1, 0.6, 1.6, 3.6, 7.6]
    assert looks[-1] == pytest.approx(60, abs=0.2) and len(looks) < 22
    assert found == [(1, 0, "SCHEMA_UNKNOWN"), (1, 1, "SCHEMA_UNKNOWN")], "one wait for one id"


async def test_ids_that_came_together_wait_together(make: Make, clock: Clock) -> None:
    queue = make(wait_s=60)
    receive(queue, clock, 1, 8, 9)
    assert await step(queue) == []
    clock.now += 60
    assert await step(queue) == [(1, 0, "SCHEMA_UNKNOWN")]
    clock.now += 0.1
    assert await step(queue) == [(1, 1, "SCHEMA_UNKNOWN")]


async def test_registered_after_all_it_is_read_from_then_on(make: Make, clock: Clock) -> None:
    queue = make(wait_s=1)
    receive(queue, clock, 1, 9)
    await step(queue)
    clock.now += 2
    assert await step(queue) == [(1, 0, "SCHEMA_UNKNOWN")]
    queue.registered.append(schema(9))
    clock.now += 31
    await step(queue)
    looks = queue.looks
    receive(queue, clock, 2, 9)
    assert await step(queue) == [(2, 0, "")]
    clock.now += 100
    await step(queue)
    assert queue.looks == looks, "nothing is missing any more"


async def test_another_subjects_id_is_not_allowed(make: Make, clock: Clock) -> None:
    """F6"""
    queue = make(wait_s=0)
    queue.registered.append(schema(9, subject="src.other.v1-value"))
    receive(queue, clock, 1, 9)
    await step(queue)
    assert await step(queue) == [(1, 0, "SCHEMA_UNKNOWN")]


async def test_a_schema_that_the_lint_refuses_stops_nobody(make: Make, clock: Clock) -> None:
    """F8, F16: its own messages are unknown, once and for all."""
    queue = make(wait_s=0)
    endless = '{"type":"record","name":"R","fields":[{"name":"r","type":"R"}]}'
    queue.registered += [schema(1), schema(2, endless)]
    await queue.backlog.schemas.refresh({SOURCE.topic: queue.connector})
    receive(queue, clock, 1, 1)
    receive(queue, clock, 2, 2)
    assert await step(queue) == [(1, 0, "")]
    assert await step(queue) == [(2, 0, "SCHEMA_UNKNOWN")]


@pytest.mark.parametrize(
    ("wire", "value", "name"),
    [
        ("avro-confluent", framed(7), 7),
        ("avro-confluent", b"\x00\x00", None),
        ("avro-confluent", None, None),
        ("avro-single-object", b"\xc3\x01" + bytes(range(8)) + b"x", bytes(range(8))),
        ("avro-single-object", b"\xc3\x02" + bytes(8), None),
        ("json", b"{}", None),
    ],
)
def test_what_a_value_names(wire: str, value: bytes | None, name: object) -> None:
    connector = Scripted(replace(SOURCE, wire=wire))  # type: ignore[arg-type]
    assert wire_id(connector, value) == name  # type: ignore[arg-type]
