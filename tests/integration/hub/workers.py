"""A worker's hands in this process: single messages, each written in a transaction of its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg

from connectors.base import Connector
from services import wiring
from services.adapters.failpoints import Failpoints
from services.adapters.postgres.batch import Batch, Written, write_batch
from services.adapters.postgres.partitions import Advance
from services.adapters.postgres.schemas import registered
from services.adapters.writers import WriterSchemas
from services.domain import exchange
from services.domain.desk import Desk
from services.domain.judging import Message
from tests.integration.hub.harness import TODAY, Hub


@dataclass
class Worker:
    """places: (stream, topic, partition, next offset) of every source partition."""

    connection: Any
    desk: Desk
    places: list[tuple[int, str, int, int]]
    by_stream: Mapping[int, Connector]
    writers: WriterSchemas

    async def write(self, message: Message) -> Written:
        """Writes everything of the message's partition up to it."""
        [start] = [place[3] for place in self.places if place[0] == message.stream]
        return await write_batch(
            self.connection,
            Batch([message], [Advance(message.stream, 0, start, message.offset + 1)]),
            self.by_stream,
            self.desk,
            (datetime.now(UTC), TODAY),
            "test",
            Failpoints(),
        )


@asynccontextmanager
async def worker(hub: Hub) -> AsyncIterator[Worker]:
    """A worker over a connection of its own."""
    connection = await asyncpg.connect(hub.settings.postgres.get_secret_value())
    try:
        schemas = await registered(connection)
        rows = await connection.fetch(
            "select stream, topic, partition, next_offset from source_partition"
        )
        places = [tuple(row) for row in rows]
        connectors = exchange.by_topic()
        desk = wiring.desk(hub.settings, schemas)
        for stream, topic, partition, _ in places:
            desk.sources[stream] = (connectors[topic].source, partition)

        async def load() -> Any:
            return schemas

        writers = WriterSchemas(load, 1)
        await writers.refresh(connectors)
        by_stream = {place[0]: connectors[place[1]] for place in places}
        yield Worker(connection, desk, places, by_stream, writers)
    finally:
        await connection.close()
