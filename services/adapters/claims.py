"""A worker's claims on source partitions: taken, suspected, stopped and given back, over a
connection of its own that is opened again when it breaks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from services.adapters.kafka.reader import TopicPartition
from services.adapters.postgres import partitions
from services.adapters.postgres.connect import Connection, close
from services.adapters.postgres.partitions import Claim
from services.adapters.retrying import Failed, again

T = TypeVar("T")

log = structlog.get_logger("ingest")


@dataclass(frozen=True, slots=True)
class Entry:
    """A partition as claimed: where to begin, and why not, if so."""

    claim: Claim
    start: int
    stopped: str | None


@dataclass(slots=True)
class Claims:
    """owner: the worker's name. batch_events: its full batch. failed: is told of failures that
    are tried again."""

    owner: str
    batch_events: int
    connect: Callable[[], Awaitable[Connection]]
    failed: Failed
    _connection: Connection | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def numbers(self, places: list[tuple[str, int]]) -> dict[int, tuple[str, int]]:
        """Stream → (topic, partition) of all partitions, other workers' too."""
        return await self._retried(lambda books: partitions.numbers(books, places))

    async def enter(self, tp: TopicPartition, first: int, end: int) -> Entry:
        """Claims a partition whose log goes from first to end."""
        return await self._retried(lambda books: self._entered(books, tp, first, end))

    async def _entered(self, books: Connection, tp: TopicPartition, first: int, end: int) -> Entry:
        held = await partitions.claim(books, tp.topic, tp.partition, self.owner, self.batch_events)
        written = held.next_offset
        held = await partitions.ahead(books, held)
        if held.next_offset != written:
            log.warning("partition.moved_back", topic=tp.topic, partition=tp.partition, to=written)
        held = await partitions.unsuspect(books, held, end)
        start = first if held.next_offset is None else held.next_offset
        if held.next_offset is None:
            await partitions.begin_at(books, held, first)
        stopped = held.stopped or _out_of_range(start, first, end)
        if stopped and not held.stopped:
            await partitions.stop(books, held.stream, stopped)
        return Entry(held, start, stopped)

    async def stop(self, stream: int, reason: str) -> None:
        """Marks a partition as stopped."""
        await self._retried(lambda books: partitions.stop(books, stream, reason))

    async def trying(self, claim: Claim, offset: int) -> None:
        """Notes that one message is about to be read alone."""
        await self._retried(
            lambda books: partitions.trying(books, claim.stream, claim.epoch, offset)
        )

    async def acquit(self, held: dict[int, int]) -> None:
        """No message of these partitions (stream → epoch) is suspected any more."""
        await self._retried(lambda books: partitions.acquit(books, held))

    async def standing(self) -> dict[tuple[str, int], int | None]:
        """Where the hub stands in every partition that is not stopped; tried once."""
        return await self._once(partitions.standing)

    async def release(self, held: dict[int, int]) -> None:
        """Gives partitions (stream → epoch) back; tried once."""
        await self._once(lambda books: partitions.release(books, held))

    async def close(self) -> None:
        """Closes the connection."""
        await close(self._connection)

    async def _retried(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        return await again(lambda: self._once(work), self.failed)

    async def _once(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with self._turn:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self.connect()
            return await work(self._connection)


def _out_of_range(start: int, first: int, end: int) -> str | None:
    """Why a partition must not be read: the log no longer holds what we need next (F31), or ends
    before it, as after a topic was made anew (F37)."""
    if start < first:
        return "OFFSET_GONE"
    return "TOPIC_RECREATED" if start > end else None
