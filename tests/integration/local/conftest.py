"""Options of a local stack for one test, and something to keep in its two servers."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.adapters.local.options import LocalOptions
from services.settings import Settings

TOPIC = "kept"


def options_for(data_dir: Path) -> LocalOptions:
    """A fast stack in its own folder; downloads stay in the user's cache."""
    given: dict[str, Any] = {}
    known = Settings(**given)
    return LocalOptions(
        data_dir=data_dir,
        cache_dir=known.cache_dir,
        java=known.java,
        java_home=known.java_home,
        search_path=known.search_path,
        fast=True,
    )


@dataclass(frozen=True, slots=True)
class Contents:
    """Puts a word into the database and the broker, and reads back what they hold."""

    dsn: str
    kafka: str

    def put(self, word: str) -> None:
        asyncio.run(self._put(word))

    def words(self) -> tuple[list[str], list[str]]:
        """What the database holds, and what the broker holds."""
        return asyncio.run(self._rows()), asyncio.run(self._messages())

    async def _put(self, word: str) -> None:
        connection = await asyncpg.connect(self.dsn, timeout=10)
        await connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        await connection.execute("INSERT INTO kept VALUES ($1)", word)
        await connection.close()
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka)
        await admin.start()
        await admin.create_topics([NewTopic(TOPIC, 1, 1)])
        await admin.close()
        async with AIOKafkaProducer(bootstrap_servers=self.kafka, acks="all") as producer:
            await producer.send_and_wait(TOPIC, word.encode())

    async def _rows(self) -> list[str]:
        connection = await asyncpg.connect(self.dsn, timeout=10)
        rows = await connection.fetch("SELECT word FROM kept ORDER BY word")
        await connection.close()
        return [row["word"] for row in rows]

    async def _messages(self) -> list[str]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka, auto_offset_reset="earliest")
        async with consumer:
            place = TopicPartition(TOPIC, 0)
            consumer.assign([place])
            end = (await consumer.end_offsets([place]))[place]
            found = []
            while await consumer.position(place) < end:
                found.append((await consumer.getone()).value.decode())
        return sorted(found)


@pytest.fixture
def contents() -> type[Contents]:
    return Contents


@pytest.fixture
def options(tmp_path: Path) -> LocalOptions:
    return options_for(tmp_path / "data")


@pytest.fixture(scope="module")
def module_options(tmp_path_factory: pytest.TempPathFactory) -> LocalOptions:
    return options_for(tmp_path_factory.mktemp("stack") / "data")
