"""`naru simulate`: the simulated events onto the source topics, or onto standard output."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from connectors import CONNECTORS
from schemas.registry import subject_of
from services import wiring
from services.adapters.kafka.publisher import Outgoing, Publisher
from services.adapters.postgres.schemas import newest_ids, registered
from services.settings import Settings
from services.simulation.plan import SimulatedEvent, SimulationPlan

_CHUNK = 2000


async def with_schema_ids(settings: Settings, plan: SimulationPlan) -> SimulationPlan:
    """The plan with the ids under which the partners' schemas are registered."""
    connection = await wiring.connecting(settings)()
    try:
        ids = newest_ids(await registered(connection))
    finally:
        await connection.close()
    by_folder = {
        c.source.folder: ids[subject_of(c.source.topic)]
        for c in CONNECTORS
        if subject_of(c.source.topic) in ids
    }
    return replace(plan, schema_ids=by_folder)


async def publish(
    settings: Settings,
    events: Iterable[SimulatedEvent],
    rate: float,
    told: Callable[[int], None],
) -> int:
    """Publishes in order; rate in events a second, 0 = as fast as it goes. Returns the number."""
    publisher = Publisher(settings.kafka)
    await publisher.start()
    started, sent = time.monotonic(), 0
    chunk: list[Outgoing] = []
    size = _CHUNK if not rate else max(int(rate / 10), 1)
    try:
        for event in events:
            chunk.append(Outgoing(event.topic, event.key, event.value, []))
            if len(chunk) >= size:
                await publisher.publish(chunk)
                sent += len(chunk)
                chunk = []
                told(sent)
                if rate:
                    await asyncio.sleep(max(started + sent / rate - time.monotonic(), 0))
        await publisher.publish(chunk)
        sent += len(chunk)
        told(sent)
    finally:
        await publisher.stop()
    return sent
