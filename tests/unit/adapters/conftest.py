"""A worker's queue with a connector that reads what its test says."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from connectors.base import Reading, Refusal, Source, Statement, Writers
from services.adapters.assigned import Partition
from services.adapters.failpoints import Failpoints
from services.adapters.intake_queue import Backlog
from services.adapters.kafka.reader import Received, TopicPartition
from services.adapters.postgres.partitions import Claim
from services.adapters.postgres.schemas import Registered
from services.adapters.writers import WriterSchemas

SOURCE = Source(
    folder="test",
    programme="P3",
    topic="src.test.v1",
    feedback_topic="feedback.test.v1",
    wire="avro-confluent",
    schema_file="",
    record=None,
    single=True,
    key_field="KEY",
    operator_ko="",
    operator_en="",
)
SCHEMA = '{"type":"record","name":"R","fields":[{"name":"x","type":"string"}]}'


def as_it_is(value: bytes | None) -> bytes | None:
    """What most contracts allow to keep."""
    return value


@dataclass
class Scripted:
    """A connector: value → what reading it gives, or raises."""

    source: Source = SOURCE
    raises: set[bytes] = field(default_factory=set)
    keeps: Callable[[bytes | None], bytes | None] = as_it_is

    def keep(self, value: bytes | None, writers: Writers) -> bytes | None:
        return self.keeps(value)

    def read(self, key: bytes | None, value: bytes | None, writers: Writers) -> Reading:
        if value in self.raises:
            raise RuntimeError("a defect of the connector")
        if value and value[0] == 0 and int.from_bytes(value[1:5]) not in writers:
            return Refusal(("SCHEMA_UNKNOWN",), {}, None)
        name = (key or b"").decode()
        return Statement((name,), name, None)


@dataclass
class Queue:
    """A backlog and what its test may turn."""

    backlog: Backlog
    connector: Scripted
    registered: list[Registered]
    looks: int = 0

    def assign(self, number: int, start: int = 0, **claim: int) -> TopicPartition:
        """Partition `number` as claimed; its stream has the same number."""
        tp = TopicPartition(SOURCE.topic, number)
        held = Claim(number, 1, start, claim.get("batch_cap", 0), claim.get("deaths", 0), None)
        self.backlog.add(tp, Partition(self.connector, held, start))
        return tp

    def receive(self, tp: TopicPartition, *values: bytes | None, first: int = 0) -> None:
        """Messages of a partition from an offset on; key = k<offset>."""
        self.backlog.receive(
            tp,
            [
                Received(offset, 1000, f"k{offset}".encode(), value, 0.0)
                for offset, value in enumerate(values, first)
            ],
        )

    def claim(self, tp: TopicPartition) -> Claim:
        return self.backlog.partitions[tp].claim

    def reclaim(self, tp: TopicPartition, **changes: int) -> None:
        """The same partition under other circumstances."""
        self.backlog.partitions[tp].claim = replace(self.claim(tp), **changes)


@pytest.fixture
def make() -> Callable[..., Queue]:
    def made(
        batch_events: int = 100,
        batch_bytes: int = 1_000_000,
        wait_s: float = 60,
        failpoint: str = "",
    ) -> Queue:
        registered: list[Registered] = []

        async def load() -> list[Registered]:
            queue.looks += 1
            return list(registered)

        schemas = WriterSchemas(load, wait_s)
        backlog = Backlog(batch_events, batch_bytes, schemas, Failpoints.parse(failpoint))
        queue = Queue(backlog, Scripted(), registered)
        return queue

    return made


def schema(number: int, text: str = SCHEMA, subject: str = "src.test.v1-value") -> Registered:
    """A registered version of the test topic's subject."""
    return Registered(number, subject, number, text)
