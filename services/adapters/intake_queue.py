"""What a worker has read ahead: messages per partition, read by their connectors, cut to batches.

Keeps, per partition, where the next batch begins, what still waits, and why it may have to wait:
an unknown schema id pauses its own partition for a while (F4), a stopped one is left alone (F31).
A partition whose owners died gets smaller and smaller batches, and at last its messages one at a
time with nothing else in the process's hands, so that nobody else's message is blamed (F2).
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import structlog

from connectors.base import Connector, Reading, Refusal, Writers
from connectors.frames import key_text
from services.adapters.assigned import Partition
from services.adapters.failpoints import Failpoints
from services.adapters.kafka.reader import Received, TopicPartition
from services.adapters.loaded import FAILED, KILLER, Loaded
from services.adapters.postgres.partitions import Advance
from services.adapters.writers import Wait, WriterSchemas
from services.domain.judging import Message

NO_TIME = -1
NEVER_MS = 253_402_300_800_000
"""The year 10000: producers may write what no calendar holds (F21)."""
_AHEAD = 3
_YIELD_EVERY = 100

log = structlog.get_logger("intake")


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

    def held(self, tps: Collection[TopicPartition]) -> dict[int, int]:
        """Those of these partitions that this worker has, as stream → epoch."""
        mine = (p for tp, p in self.partitions.items() if tp in tps)
        return {p.claim.stream: p.claim.epoch for p in mine}

    def suspect(self) -> tuple[TopicPartition, Partition] | None:
        """The next partition whose message must be read alone (F2)."""
        for tp, partition in self.partitions.items():
            if partition.alone and partition.waiting and not partition.blocked:
                return tp, partition
        return None

    def settled(self) -> bool:
        """Whether everything that was read is in the database."""
        return all(p.position == p.written for p in self.partitions.values())

    def acquit(self, loaded: Loaded) -> dict[int, int]:
        """After a batch: the partitions (stream → epoch) that are suspected no more, because the
        killer has been found or lies not where it could have."""
        found = loaded.holds_killer()
        free = [
            p for p in self.partitions.values() if p.cleared or (found and p.claim.batch_cap > 0)
        ]
        for partition in free:
            partition.claim = replace(partition.claim, batch_cap=0, deaths=0)
        return {p.claim.stream: p.claim.epoch for p in free}

    def _total(self) -> int:
        """What is at hand; a partition that may not be read takes no place from the others."""
        return sum(len(p.waiting) for p in self.partitions.values() if not p.blocked)

    def has_ready(self) -> bool:
        """Whether a batch could be made now."""
        return any(p.waiting and not p.blocked for p in self.partitions.values())

    def room(self) -> int:
        """How many messages may be fetched now."""
        return max(self.batch_events * _AHEAD - self._total(), 1)

    def wanting(self) -> set[TopicPartition]:
        """Partitions from which more may be fetched (F36). The client hands over first what came
        first: once a batch is at hand, only those are asked that have less than their share, or
        the longest backlogs would leave the others no room for as long as they last."""
        total, full = self._total(), self.batch_events * _AHEAD
        if total >= full:
            return set()
        counts = {tp: len(p.waiting) for tp, p in self.partitions.items() if not p.blocked}
        if total >= self.batch_events:
            share = full // max(len(counts), 1)
            short = {tp for tp, count in counts.items() if count < share}
            if short:
                return short
        return {tp for tp, count in counts.items() if count < self.batch_events * 2}

    def shares(self) -> Iterator[tuple[TopicPartition, int]]:
        """Partitions that have less than their share of what may be at hand, the emptiest first,
        and how many of each may be fetched now. Asked for all at once, the client would hand over
        one partition's to the last message, and come to the last one after minutes."""
        counts = {tp: len(p.waiting) for tp, p in self.partitions.items() if not p.blocked}
        full = self.batch_events * _AHEAD
        share = max(full // max(len(counts), 1), 1)
        for tp, count in sorted(counts.items(), key=lambda pair: pair[1]):
            most = min(share - count, full - self._total())
            if most > 0:
                yield tp, most

    def receive(self, tp: TopicPartition, records: list[Received]) -> None:
        """Messages that came in; those of a partition given away meanwhile are dropped."""
        partition = self.partitions.get(tp)
        if partition is not None:
            partition.waiting.extend(records)

    async def wake(self) -> None:
        """Looks again for schemas that partitions wait for."""
        now = time.monotonic()
        due = [p for p in self.partitions.values() if p.schema and p.schema.next_look <= now]
        if due or self.schemas.overdue(now):
            every = self.partitions.values()
            await self.schemas.refresh({p.connector.source.topic: p.connector for p in every})
        for partition in due:
            wait = partition.schema
            if wait and not self.schemas.still_waiting(partition.connector, wait, now):
                partition.schema = None

    async def next_batch(self, only: TopicPartition | None = None) -> Loaded | None:
        """A fair share of every partition's waiting messages, read by its connector."""
        ready = [
            (tp, p)
            for tp, p in self.partitions.items()
            if p.waiting and not p.blocked and only in (None, tp)
        ]
        if not ready:
            return None
        count, size = self.batch_events // len(ready) + 1, self.batch_bytes // len(ready)
        messages: list[Message] = []
        advances: list[Advance] = []
        taken: dict[TopicPartition, int] = {}
        for tp, partition in ready:
            before = partition.position
            read = await self._read(partition, partition.share(count), size)
            # Meanwhile it may have gone to another worker, who will write these messages.
            if partition.position > before and self.partitions.get(tp) is partition:
                messages += read
                claim = partition.claim
                advances.append(Advance(claim.stream, claim.epoch, before, partition.position))
                taken[tp] = partition.position
        return Loaded(messages, advances, taken) if advances else None

    def idle(self) -> dict[TopicPartition, Partition]:
        """Partitions of which nothing waits to be read."""
        return {tp: p for tp, p in self.partitions.items() if not p.waiting and not p.blocked}

    def waits(self) -> str:
        """Partitions that wait for a late schema, as `topic/partition`, for the status page."""
        paused = sorted(tp for tp, p in self.partitions.items() if p.schema is not None)
        return " ".join(f"{tp.topic}/{tp.partition}" for tp in paused)

    def skip(
        self, positions: Mapping[TopicPartition, int], seen: Mapping[TopicPartition, Partition]
    ) -> Loaded | None:
        """A batch without messages that moves idle partitions over what is no message.

        seen: the partitions as they were before their positions were asked for."""
        advances: list[Advance] = []
        taken: dict[TopicPartition, int] = {}
        for tp, position in positions.items():
            partition = self.partitions.get(tp)
            if partition is None or partition is not seen.get(tp):
                continue
            if partition.waiting or position <= partition.position:
                continue
            claim = partition.claim
            advances.append(Advance(claim.stream, claim.epoch, partition.position, position))
            partition.position = taken[tp] = position
        return Loaded([], advances, taken) if advances else None

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
                    received.timestamp if 0 <= received.timestamp < NEVER_MS else NO_TIME,
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
            return Refusal((KILLER,), {}, None)
        try:
            self.failpoints.reads(received.value)
            reading = partition.connector.read(received.key, received.value, writers)
        except Exception as error:
            # Connectors promise not to raise; should one do so, it is this message alone (F1).
            place = f"{partition.claim.stream}:{received.offset}"
            log.error("message.unreadable", ref=place, error=type(error).__name__)
            return Refusal((FAILED,), {}, key_text(received.key) or None)
        if isinstance(reading, Refusal) and reading.reasons == ("SCHEMA_UNKNOWN",):
            missing = self.schemas.missing(partition.connector, received.value)
            if missing is not None:
                # What has waited behind another unknown id need not wait its time again.
                partition.schema = Wait(missing, received.arrived, time.monotonic())
                return None
        return reading

    def still_ours(self, loaded: Loaded) -> Loaded:
        """The batch without what was given away since it was read."""
        held = {(p.claim.stream, p.claim.epoch) for p in self.partitions.values()}
        advances = [a for a in loaded.advances if (a.stream, a.epoch) in held]
        if len(advances) == len(loaded.advances):
            return loaded
        streams = {a.stream for a in advances}
        ours = {tp for tp, p in self.partitions.items() if p.claim.stream in streams}
        return Loaded(
            [m for m in loaded.messages if m.stream in streams],
            advances,
            {tp: end for tp, end in loaded.taken.items() if tp in ours},
        )

    def written(self, loaded: Loaded) -> dict[TopicPartition, int]:
        """Notes what is in the database now; returns it for Kafka's lag tools."""
        for tp, end in loaded.taken.items():
            if tp in self.partitions:
                self.partitions[tp].written = end
        return {tp: end for tp, end in loaded.taken.items() if tp in self.partitions}

    def lag(self, end: Callable[[TopicPartition], int]) -> int:
        """Messages on the broker that are not in the database and that nothing keeps waiting.

        end: where a partition ends, as far as is known.
        """
        return sum(
            max(end(tp) - p.written, 0) for tp, p in self.partitions.items() if not p.blocked
        )
