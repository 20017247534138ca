"""What a worker has read ahead: messages per partition, read by their connectors, cut to batches.

Keeps, per partition, where the next batch begins, what still waits, and why it may have to wait:
an unknown schema id pauses its own partition for a while (F4), a partition whose owners died gets
small batches (F2), a stopped one is left alone (F31).
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from connectors.base import Connector, Reading, Refusal, Writers
from services.adapters.failpoints import Failpoints
from services.adapters.kafka.reader import Reader, Received, TopicPartition
from services.adapters.postgres.partitions import Advance, Claim
from services.adapters.writers import Wait, WriterSchemas
from services.domain.judging import Message

SUSPECT_SPAN = 2000
DEATHS_TO_PARK = 3
_AHEAD = 3
_YIELD_EVERY = 100


@dataclass(slots=True)
class Partition:
    """One assigned partition. position: the offset after the last message put into a batch;
    written: the offset after the last one that is in the database."""

    connector: Connector
    claim: Claim
    position: int
    stopped: str | None = None
    waiting: deque[Received] = field(default_factory=deque)
    schema: Wait | None = None
    written: int = 0

    @property
    def blocked(self) -> bool:
        """Whether nothing may be taken from it now."""
        return self.stopped is not None or self.schema is not None

    def share(self, share: int) -> int:
        """How many messages the next batch may hold of it."""
        begun = self.claim.next_offset
        if self.claim.batch_cap and begun is not None and self.position < begun + SUSPECT_SPAN:
            return min(share, self.claim.batch_cap)
        return share

    def killer(self, offset: int) -> bool:
        """Whether this very message has ended three processes (F2)."""
        return self.claim.deaths >= DEATHS_TO_PARK and offset == self.claim.next_offset


@dataclass(frozen=True, slots=True)
class Loaded:
    """A batch ready to be written. taken: the offset after it, per partition."""

    messages: list[Message]
    advances: list[Advance]
    taken: Mapping[TopicPartition, int]

    def halves(self) -> tuple["Loaded", "Loaded"]:
        """Two batches that do the same one after the other."""
        middle = len(self.messages) // 2
        first, second = self.messages[:middle], self.messages[middle:]
        reach = {message.stream: message.offset + 1 for message in first}
        before = [replace(a, end=reach[a.stream]) for a in self.advances if a.stream in reach]
        after = [replace(a, start=reach.get(a.stream, a.start)) for a in self.advances]
        after = [a for a in after if a.start < a.end]
        return Loaded(first, before, {}), Loaded(second, after, self.taken)

    def parked(self, reason: str) -> "Loaded":
        """The same batch with every message refused for that reason, bytes kept."""
        return replace(
            self,
            messages=[
                replace(m, reading=Refusal((reason,), {}, m.reading.source_key))
                for m in self.messages
            ],
        )


@dataclass(slots=True)
class Backlog:
    """All partitions of one worker."""

    batch_events: int
    batch_bytes: int
    schemas: WriterSchemas
    failpoints: Failpoints
    partitions: dict[TopicPartition, Partition] = field(default_factory=dict)
    by_stream: dict[int, Connector] = field(default_factory=dict)

    def add(self, tp: TopicPartition, partition: Partition) -> None:
        """A partition that this worker has claimed."""
        partition.written = partition.position
        self.partitions[tp] = partition
        self.by_stream[partition.claim.stream] = partition.connector

    def drop(self, tps: set[TopicPartition]) -> None:
        """Forgets partitions that went to another worker, and what was read of them."""
        for tp in tps:
            self.partitions.pop(tp, None)

    def _total(self) -> int:
        return sum(len(p.waiting) for p in self.partitions.values())

    def has_ready(self) -> bool:
        """Whether a batch could be made now."""
        return any(p.waiting and not p.blocked for p in self.partitions.values())

    def room(self) -> int:
        """How many messages may be fetched now."""
        return max(self.batch_events * _AHEAD - self._total(), 1)

    def wanting(self) -> set[TopicPartition]:
        """Partitions from which more may be fetched (F36)."""
        if self._total() >= self.batch_events * _AHEAD:
            return set()
        return {
            tp
            for tp, p in self.partitions.items()
            if not p.blocked and len(p.waiting) < self.batch_events * 2
        }

    def receive(self, tp: TopicPartition, records: list[Received]) -> None:
        """Messages that came in; those of a partition given away meanwhile are dropped."""
        partition = self.partitions.get(tp)
        if partition is not None:
            partition.waiting.extend(records)

    async def wake(self) -> None:
        """Looks again for schemas that partitions wait for."""
        now = time.monotonic()
        due = [p for p in self.partitions.values() if p.schema and p.schema.next_look <= now]
        if due:
            await self.schemas.refresh({p.connector.source.topic: p.connector for p in due})
        for partition in due:
            wait = partition.schema
            if wait and not self.schemas.still_waiting(partition.connector, wait, now):
                partition.schema = None

    async def next_batch(self) -> Loaded | None:
        """A fair share of every partition's waiting messages, read by its connector."""
        ready = [(tp, p) for tp, p in self.partitions.items() if p.waiting and not p.blocked]
        if not ready:
            return None
        count, size = self.batch_events // len(ready) + 1, self.batch_bytes // len(ready)
        messages: list[Message] = []
        advances: list[Advance] = []
        taken: dict[TopicPartition, int] = {}
        for tp, partition in ready:
            before = partition.position
            messages += await self._read(partition, partition.share(count), size)
            if partition.position > before and self.partitions.get(tp) is partition:
                claim = partition.claim
                advances.append(Advance(claim.stream, claim.epoch, before, partition.position))
                taken[tp] = partition.position
        return Loaded(messages, advances, taken) if advances else None

    async def _read(self, partition: Partition, most: int, size: int) -> list[Message]:
        connector, stream = partition.connector, partition.claim.stream
        writers = self.schemas.allowed(connector.source.topic)
        waiting = partition.waiting
        keep = partial(connector.keep, writers=writers)
        messages: list[Message] = []
        while waiting and len(messages) < most and (size > 0 or not messages):
            received = waiting[0]
            reading = self._reading(partition, received, writers)
            if reading is None:
                break
            waiting.popleft()
            size -= len(received.value or b"")
            messages.append(
                Message(
                    stream,
                    received.offset,
                    received.timestamp,
                    received.key,
                    received.value,
                    keep,
                    reading,
                )
            )
            partition.position = received.offset + 1
            if len(messages) % _YIELD_EVERY == 0:
                await asyncio.sleep(0)
        return messages

    def _reading(
        self, partition: Partition, received: Received, writers: Writers
    ) -> Reading | None:
        if partition.killer(received.offset):
            return Refusal(("PROCESS_KILLED",), {}, None)
        self.failpoints.reads(received.value)
        reading = partition.connector.read(received.key, received.value, writers)
        if isinstance(reading, Refusal) and reading.reasons == ("SCHEMA_UNKNOWN",):
            missing = self.schemas.missing(partition.connector, received.value)
            if missing is not None:
                now = time.monotonic()
                partition.schema = Wait(missing, now, now)
                return None
        return reading

    def still_ours(self, loaded: Loaded) -> Loaded:
        """The batch without what was given away since it was read."""
        held = {(p.claim.stream, p.claim.epoch) for p in self.partitions.values()}
        advances = [a for a in loaded.advances if (a.stream, a.epoch) in held]
        if len(advances) == len(loaded.advances):
            return loaded
        streams = {a.stream for a in advances}
        return Loaded(
            [m for m in loaded.messages if m.stream in streams],
            advances,
            {tp: end for tp, end in loaded.taken.items() if tp in self.partitions},
        )

    def written(self, loaded: Loaded) -> dict[TopicPartition, int]:
        """Notes what is in the database now; returns it for Kafka's lag tools."""
        for tp, end in loaded.taken.items():
            if tp in self.partitions:
                self.partitions[tp].written = end
        return {tp: end for tp, end in loaded.taken.items() if tp in self.partitions}

    def lag(self, reader: Reader) -> int:
        """Messages on the broker that are not in the database and that nothing keeps waiting."""
        return sum(
            max((reader.high_water(tp) or 0) - p.written, 0)
            for tp, p in self.partitions.items()
            if not p.blocked
        )
