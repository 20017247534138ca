"""The ingest worker: source topics in, one transaction a batch, offsets from Postgres.

Two tasks share the work: one takes and reads messages while the other's transaction waits for the
database (decision 5). A partition's messages are written in order; a partition that waits for a
late schema, or that an operator must look at, does not hold up the others.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from connectors.base import Connector
from services.adapters.failpoints import Failpoints
from services.adapters.intake_queue import Backlog, Loaded, Partition
from services.adapters.kafka.reader import OffsetGone, Reader, TopicPartition
from services.adapters.postgres import partitions
from services.adapters.postgres.batch import Batch, Written, write_batch
from services.adapters.postgres.connect import Connection, close
from services.domain.desk import Desk
from services.errors import Fatal, FencedOff, NaruError, Poison, ServiceMissing, Transient

_EMPTY_WAIT_MS = 100
_RETRY_S = 60.0
_BACKEND_GONE = 70

log = structlog.get_logger("ingest")


@dataclass(slots=True)
class IngestFacts:
    """What the status page shows of a worker."""

    batches: int = 0
    events: int = 0
    last_batch: int = 0
    last_ms: float = 0.0
    failures: int = 0
    last_failure: str = ""
    fenced: int = 0


@dataclass(slots=True)
class Ingest:
    """One ingest worker. connect: opens a database connection; clock: (now UTC, Korean day)."""

    owner: str
    reader: Reader
    backlog: Backlog
    desk: Desk
    connectors: dict[str, Connector]
    connect: Callable[[], Awaitable[Connection]]
    clock: Callable[[], tuple[datetime, date]]
    failpoints: Failpoints
    batch_events: int
    watchdog_s: float
    facts: IngestFacts = field(default_factory=IngestFacts)
    _connection: Connection | None = None
    _claims: Connection | None = None
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _moved_at: float = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Until stop is set; then finishes the batch in hand and gives the partitions back."""
        self._connection = await self.connect()
        self._claims = await self.connect()
        self._moved_at = time.monotonic()
        ready: asyncio.Queue[Loaded] = asyncio.Queue(1)
        try:
            await self.reader.start(list(self.connectors), self._assigned, self._revoked)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._take(ready, stop))
                tasks.create_task(self._write(ready, stop))
                tasks.create_task(self._watch(stop))
        except* FencedOff as group:
            raise group.exceptions[0] from group
        finally:
            await self._leave()

    async def _leave(self) -> None:
        held = {p.claim.stream: p.claim.epoch for p in self.backlog.partitions.values()}
        try:
            if self._claims is not None and not self._claims.is_closed():
                await partitions.release(self._claims, held)
        except NaruError as error:
            log.warning("ingest.release", error=str(error))
        await self.reader.stop()
        await close(self._connection)
        await close(self._claims)

    # Assignment

    async def _assigned(self, tps: set[TopicPartition]) -> None:
        self.failpoints.reach("ingest:rebalance")
        for tp in sorted(tps):
            await self._claim(tp)

    async def _claim(self, tp: TopicPartition) -> None:
        async for attempt in _retrying():
            with attempt:
                connection = await self._claims_connection()
                held = await partitions.claim(
                    connection, tp.topic, tp.partition, self.owner, self.batch_events
                )
                first, end = (await self.reader.ends({tp}))[tp]
                held = await partitions.unsuspect(connection, held, end)
                start = first if held.next_offset is None else held.next_offset
                if held.next_offset is None:
                    await partitions.begin_at(connection, held, first)
                stopped = held.stopped or _out_of_range(start, first, end)
                if stopped and not held.stopped:
                    await partitions.stop(connection, held.stream, stopped)
        self.reader.seek(tp, start)
        connector = self.connectors[tp.topic]
        self.backlog.add(tp, Partition(connector, held, start, stopped))
        self.desk.sources[held.stream] = (connector.source, tp.partition)
        if stopped:
            self.reader.pause(tp)
            log.error("partition.stopped", topic=tp.topic, partition=tp.partition, reason=stopped)

    async def _claims_connection(self) -> Connection:
        if self._claims is None or self._claims.is_closed():
            self._claims = await self.connect()
        return self._claims

    async def _revoked(self, tps: set[TopicPartition]) -> None:
        """Waits for the transaction in hand, then forgets what was read ahead (F24)."""
        async with self._writing:
            held = {
                p.claim.stream: p.claim.epoch
                for tp, p in self.backlog.partitions.items()
                if tp in tps
            }
            self.backlog.drop(tps)
        if held:
            try:
                await partitions.release(await self._claims_connection(), held)
            except NaruError as error:
                log.warning("ingest.release", error=str(error))

    # Taking and reading

    async def _take(self, ready: asyncio.Queue[Loaded], stop: asyncio.Event) -> None:
        while not stop.is_set():
            wanted = self.backlog.wanting()
            if wanted:
                await self._fetch(wanted)
            else:
                await asyncio.sleep(_EMPTY_WAIT_MS / 1000)
            await self.backlog.wake()
            loaded = await self.backlog.next_batch()
            if loaded is None:
                continue
            self.failpoints.reach("ingest:fetched")
            while not stop.is_set():
                try:
                    await asyncio.wait_for(ready.put(loaded), 0.5)
                    break
                except TimeoutError:
                    continue

    async def _fetch(self, wanted: set[TopicPartition]) -> None:
        wait = 0 if self.backlog.has_ready() else _EMPTY_WAIT_MS
        try:
            got = await self.reader.take(wait, self.backlog.room(), wanted)
        except OffsetGone as gone:
            for tp in gone.partitions:
                await self._stop_partition(tp, "OFFSET_GONE")
            return
        except Transient as error:
            self._failed(error)
            await asyncio.sleep(0.5)
            return
        for tp, records in got.items():
            self.backlog.receive(tp, records)

    async def _stop_partition(self, tp: TopicPartition, reason: str) -> None:
        held = self.backlog.partitions.get(tp)
        self.reader.pause(tp)
        if held is not None:
            held.stopped = reason
            await partitions.stop(await self._claims_connection(), held.claim.stream, reason)
        log.error("partition.stopped", topic=tp.topic, partition=tp.partition, reason=reason)

    # Writing

    async def _write(self, ready: asyncio.Queue[Loaded], stop: asyncio.Event) -> None:
        while not (stop.is_set() and ready.empty()):
            try:
                loaded = await asyncio.wait_for(ready.get(), 0.5)
            except TimeoutError:
                continue
            async with self._writing:
                loaded = self.backlog.still_ours(loaded)
                if loaded.advances:
                    await self._write_whole(loaded)

    async def _write_whole(self, loaded: Loaded) -> None:
        """One transaction; where a message is poison, halves until it stands alone (F49)."""
        started = time.monotonic()
        try:
            written = await self._transaction(loaded)
        except Poison as error:
            if len(loaded.messages) > 1:
                for half in loaded.halves():
                    await self._write_whole(half)
                return
            log.error("message.poison", ref=loaded.messages[0].ref, error=str(error))
            written = await self._transaction(loaded.parked("PROCESSING_FAILED"))
        except FencedOff:
            self.facts.fenced += 1
            log.warning("ingest.fenced", streams=[a.stream for a in loaded.advances])
            raise
        self._succeeded(loaded, written, started)
        offsets = self.backlog.written(loaded)
        await self.reader.tell(offsets)

    async def _transaction(self, loaded: Loaded) -> Written:
        async for attempt in _retrying(self._failed):
            with attempt:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await self.connect()
                return await write_batch(
                    self._connection,
                    Batch(loaded.messages, loaded.advances),
                    self.backlog.by_stream,
                    self.desk,
                    self.clock(),
                    self.owner,
                    self.failpoints,
                )
        raise AssertionError("tenacity reraises")

    def _succeeded(self, loaded: Loaded, written: Written, started: float) -> None:
        self._moved_at = time.monotonic()
        self.facts.batches += 1
        self.facts.events += len(loaded.messages)
        self.facts.last_batch = len(loaded.messages)
        self.facts.last_ms = round((self._moved_at - started) * 1000, 1)

    def _failed(self, error: BaseException) -> None:
        self.facts.failures += 1
        self.facts.last_failure = str(error)
        log.warning("ingest.retry", error=str(error))

    # Watching

    async def _watch(self, stop: asyncio.Event) -> None:
        """Ends the process when messages wait and nothing has moved (F27): the supervisor starts
        it anew."""
        while not stop.is_set():
            lag = self.backlog.lag(self.reader)
            if lag == 0:
                self._moved_at = time.monotonic()
            if time.monotonic() - self._moved_at > self.watchdog_s:
                log.error("ingest.stalled", lag=lag, seconds=self.watchdog_s)
                os._exit(_BACKEND_GONE)
            try:
                await asyncio.wait_for(stop.wait(), 1.0)
            except TimeoutError:
                continue


def _retrying(before: Callable[[BaseException], None] | None = None) -> AsyncRetrying:
    """A fresh policy for one unit of work (decision 17)."""

    def told(state: object) -> None:
        outcome = getattr(state, "outcome", None)
        if before is not None and outcome is not None and outcome.exception() is not None:
            before(outcome.exception())

    return AsyncRetrying(
        retry=retry_if_exception_type((Transient, ServiceMissing)),
        wait=wait_random_exponential(multiplier=0.1, max=3),
        stop=stop_after_attempt(60) | stop_before_delay(_RETRY_S),
        after=told,
        reraise=True,
    )


def _out_of_range(start: int, first: int, end: int) -> str | None:
    """Why a partition must not be read: the log no longer holds what we need next (F31), or ends
    before it, as after a topic was made anew (F37)."""
    if start < first:
        return "OFFSET_GONE"
    return "TOPIC_RECREATED" if start > end else None


__all__ = ["Fatal", "Ingest", "IngestFacts"]
