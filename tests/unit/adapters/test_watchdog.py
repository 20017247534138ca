"""When a worker is to end because nothing moves any more (F27), and when it is not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.adapters.kafka.reader import TopicPartition
from services.adapters.watchdog import Watchdog
from services.errors import Transient
from tests.unit.adapters.conftest import SOURCE, Queue

PATIENCE = 30.0
GOOD = b"good"
Make = Callable[..., Queue]
Place = tuple[str, int]


@dataclass
class World:
    """Broker, database and clock as their test says. seen: by the worker's own consumer."""

    now: float = 1000.0
    ends: dict[Place, tuple[int, int]] = field(default_factory=dict)
    seen: dict[TopicPartition, int] = field(default_factory=dict)
    hub: dict[Place, int | None] = field(default_factory=dict)
    broker: bool = True

    async def start(self) -> None: ...
    async def stop(self) -> None: ...

    async def of(self, topics: set[str]) -> dict[Place, tuple[int, int]]:
        if not self.broker:
            raise Transient("없음", "gone")
        return self.ends

    async def standing(self) -> dict[Place, int | None]:
        return dict(self.hub)

    def seen_ends(self, tp: TopicPartition) -> tuple[int, int]:
        return self.seen.get(tp, 0), self.seen.get(tp, 0)

    async def after(self, dog: Watchdog, seconds: float) -> str:
        """What it says while so many seconds pass, one at a time."""
        for _ in range(int(seconds)):
            self.now += 1
            said = await dog.stalled()
            if said:
                return said
        return ""


@pytest.fixture
def world() -> World:
    return World()


def watching(world: World, queue: Queue) -> Watchdog:
    parts: Any = world
    return Watchdog(queue.backlog, parts, parts, parts, {SOURCE.topic}, PATIENCE, lambda: world.now)


async def test_messages_that_wait_while_nothing_is_written(world: World, make: Make) -> None:
    """Only the broker knows of them: the worker's consumer has stopped fetching."""
    queue = make()
    tp = queue.assign(1)
    dog = watching(world, queue)
    assert await world.after(dog, 100) == ""
    world.ends = {(tp.topic, 1): (0, 5)}
    assert await world.after(dog, PATIENCE - 5) == ""
    assert await world.after(dog, PATIENCE) == "5 messages"


async def test_a_broker_that_is_gone_is_no_reason_to_end(world: World, make: Make) -> None:
    queue = make()
    queue.assign(1)
    world.broker = False
    assert await world.after(watching(world, queue), 600) == ""


async def test_a_consumer_that_only_fails(world: World, make: Make) -> None:
    dog = watching(world, make())
    dog.deaf = True
    assert await world.after(dog, PATIENCE + 2) == "0 messages"


async def test_one_partition_that_stands_while_another_moves(world: World, make: Make) -> None:
    queue = make()
    moving, standing = queue.assign(1), queue.assign(2)
    dog = watching(world, queue)
    world.seen = {moving: 10_000, standing: 3}
    said = ""
    for _ in range(70):
        queue.backlog.partitions[moving].written += 1
        dog.moved()
        said = said or await world.after(dog, 1)
    assert said == f"{standing.topic}/2"


async def test_what_has_a_reason_to_wait_does_not_stall(world: World, make: Make) -> None:
    queue = make()
    tp = queue.assign(1)
    world.seen = {tp: 10}
    queue.backlog.partitions[tp].stopped = "OFFSET_GONE"
    assert await world.after(watching(world, queue), 300) == ""


async def test_a_worker_without_partitions_while_nobody_reads(world: World, make: Make) -> None:
    """It may have lost its group without a word; as long as somebody reads it may be in reserve."""
    dog = watching(world, make())
    world.hub = {(SOURCE.topic, 1): 0}
    world.ends = {(SOURCE.topic, 1): (0, 500)}
    for offset in range(1, 10):
        assert await world.after(dog, 30) == ""
        world.hub = {(SOURCE.topic, 1): offset}
    assert await world.after(dog, 5 * PATIENCE) == "no partition"
    world.hub = {(SOURCE.topic, 1): 500}
    assert await world.after(watching(world, make()), 300) == ""
