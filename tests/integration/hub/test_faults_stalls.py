"""What once made the hub stand still for ever, or would have: each is a silence, not an error."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from services import wiring
from services.adapters.kafka import publisher as publishing
from services.adapters.kafka import reader
from services.adapters.kafka.publisher import Outgoing, Publisher
from services.errors import Transient
from services.ingest import Ingest
from tests.integration.hub.broker import ends_of
from tests.integration.hub.harness import Hub
from tests.integration.hub.tasks import TOPIC, key_on
from tests.integration.hub.test_faults_partitions import tasks_of


def _source_places(hub: Hub) -> set[tuple[str, int]]:
    return {place for place in hub.begun if place[0].startswith("src.")}


def _while_running(hub: Hub, check: Callable[[Ingest], Awaitable[None]]) -> None:
    """Runs a worker in this process, and check as soon as it has its partitions."""

    async def run() -> None:
        worker = await wiring.ingest(hub.settings)
        stop = asyncio.Event()
        running = asyncio.create_task(worker.run(stop))
        try:
            async with asyncio.timeout(30):
                while len(worker.backlog.partitions) < len(_source_places(hub)):
                    await asyncio.sleep(0.05)
                await check(worker)
        finally:
            stop.set()
            await running

    asyncio.run(run())


def test_a_worker_with_nothing_to_read_keeps_its_partitions(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiokafka gives up the membership of a consumer that nobody polls, and joins again only when
    somebody does: a worker whose partitions all wait, or that has none, must go on polling."""

    def made(**settings: Any) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(**{**settings, "max_poll_interval_ms": 1000})

    monkeypatch.setattr(reader, "AIOKafkaConsumer", made)
    hub.rows("update source_partition set stopped = 'OFFSET_GONE'")

    async def check(worker: Ingest) -> None:
        held = set(worker.backlog.partitions)
        await asyncio.sleep(5)
        assert set(worker.backlog.partitions) == held

    _while_running(hub, check)


def test_offsets_moved_back_by_hand_are_read_again_without_harm(hub: Hub) -> None:
    """F18, F70: what is in the inbox already stays as it is; new messages behind it are read."""
    tasks = tasks_of(hub)
    keys = [key_on(n % 2, 700 + n) for n in range(12)]
    hub.publish([tasks.row(key, 700 + n) for n, key in enumerate(keys)])
    assert hub.run().applied == 12
    before = hub.contents()
    hub.rows("update source_partition set next_offset = next_offset - 4 where topic = $1"
             " and next_offset >= first_offset + 4", TOPIC)  # fmt: skip
    hub.start("ingest", batch_events=3)
    hub.start("relay")
    hub.drain(30)
    assert hub.contents() == before
    new = key_on(0, 750)
    hub.publish([tasks.row(new, 750)])
    assert hub.drain(30).applied == 13
    hub.sound()


def test_a_dead_producer_does_not_speak_later(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """F32, F52: an idempotent producer never gives a batch up. One that is replaced must not
    deliver, after the next has gone on, what it still had in hand."""
    monkeypatch.setattr(publishing, "_SEND_TIMEOUT_S", 1.0)
    topic = "hub.participation.v1"
    kafka = hub.settings.kafka

    async def publish(publisher: Publisher, name: bytes) -> None:
        await publisher.publish([Outgoing(topic, b"stall", name, [])])

    async def scene() -> tuple[int, int]:
        old = Publisher(kafka)
        await old.start()
        await publish(old, b"one")
        before = sum((await ends_of(kafka, {topic})).values())
        await asyncio.to_thread(hub.stack.kill, "kafka")
        with pytest.raises(Transient):
            await publish(old, b"two")
        await old.stop()
        await asyncio.to_thread(hub.stack.start, "kafka")
        await asyncio.sleep(3)
        return before, sum((await ends_of(kafka, {topic})).values())

    before, after = asyncio.run(scene())
    assert after == before


def test_topics_that_are_new_since_the_last_start_are_read(hub: Hub) -> None:
    """The broker gives a static member that comes back what it had before: a programme that was
    added meanwhile would not be read by anybody."""
    tasks = tasks_of(hub)

    async def run_without() -> None:
        worker = await wiring.ingest(hub.settings)
        del worker.connectors[TOPIC]
        stop = asyncio.Event()
        running = asyncio.create_task(worker.run(stop))
        async with asyncio.timeout(30):
            while not worker.backlog.partitions:
                await asyncio.sleep(0.05)
        stop.set()
        await running

    asyncio.run(run_without())
    hub.publish([tasks.row(key_on(0, 760), 760)])
    hub.start("ingest")
    hub.start("relay")
    assert hub.drain(60).applied == 1


def test_a_record_of_any_size_leaves(hub: Hub) -> None:
    """A firm that takes part in thousands of projects: the relay would try for ever. From partners
    nothing of that size is taken (F17)."""
    large = os.urandom(3 * 1024 * 1024)
    (agency,) = sorted(t for t, _ in hub.begun if t.startswith("agency."))[:1]
    hub.publish([Outgoing(agency, b"k", large, [])])
    with pytest.raises(Transient):
        hub.publish([Outgoing(TOPIC, b"k", large, [])])
