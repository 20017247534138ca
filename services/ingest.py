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

from connectors.base import Connector
from services.adapters.assigned import Partition
from services.adapters.batch_writer import BatchWriter
from services.adapters.claims import Claims
from services.adapters.failpoints import Failpoints
from services.adapters.fetching import Fetching, tell_stopped
from services.adapters.intake_queue import Backlog
from services.adapters.kafka.ends import Ends
from services.adapters.kafka.reader import Reader, TopicPartition
from services.adapters.loaded import Loaded
from services.adapters.postgres.connect import Connection
from services.adapters.retrying import again
from services.adapters.watchdog import Watchdog
from services.domain.desk import Desk
from services.errors import FencedOff, NaruError, Regrouping, ServiceMissing, Transient

_SETTLE_WAIT_S = 0.005
_STALLED = 70
_END_S = 40.0

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
    redone: int = 0
    waiting: str = ""


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
    ends: Ends
    facts: IngestFacts = field(default_factory=IngestFacts)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _fault: Exception | None = None
    _claims: Claims = field(init=False)
    _writer: BatchWriter = field(init=False)
    _watchdog: Watchdog = field(init=False)
    _fetching: Fetching = field(init=False)

    def __post_init__(self) -> None:
        self._claims = Claims(self.owner, self.batch_events, self.connect, self._failed)
        self._writer = BatchWriter(
            self.owner,
            self.connect,
            self.backlog.by_stream,
            self.desk,
            self.clock,
            self.failpoints,
            self._failed,
        )
        topics = set(self.connectors)
        self._watchdog = Watchdog(
            self.backlog, self.reader, self.ends, self._claims, topics, self.watchdog_s
        )
        self._fetching = Fetching(
            self.reader, self.backlog, self._claims, self._watchdog, self._failed
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Until stop is set; then finishes the batch in hand and gives the partitions back."""
        await self._writer.open()
        ready: asyncio.Queue[Loaded] = asyncio.Queue(1)
        orderly = False
        try:
            await self.reader.start(list(self.connectors), self._assigned, self._revoked)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._take(ready, stop))
                tasks.create_task(self._write(ready, stop))
                tasks.create_task(self._watch(stop))
            orderly = True
        except* (FencedOff, Regrouping) as group:
            orderly = True
            raise group.exceptions[0] from group
        finally:
            await self._leave(orderly)

    async def _leave(self, orderly: bool) -> None:
        """Gives the partitions back. Those of a worker that failed stay suspect (F2): a message
        may be the cause, and the next owner would fail over it for ever."""
        if orderly:
            await self._release(self.backlog.held(self.backlog.partitions))
        await self.reader.stop()
        await self._watchdog.stop()
        await self._writer.close()
        await self._claims.close()

    # Assignment

    async def _assigned(self, tps: set[TopicPartition]) -> None:
        self.failpoints.reach("ingest:rebalance")
        try:
            await self._learn_numbers()
            ends = await again(lambda: self.reader.ends(tps), self._failed)
            for tp in sorted(tps):
                await self._claim(tp, *ends[tp])
        except Exception as error:
            # aiokafka would only log it, and nobody would ever read these partitions.
            self._fault = error
            raise

    async def _learn_numbers(self) -> None:
        """Other workers' partitions too: a message may change the state of one of theirs."""
        known = await self._claims.numbers(self.reader.places(self.connectors))
        for stream, (topic, partition) in known.items():
            if topic in self.connectors:
                self.desk.sources[stream] = (self.connectors[topic].source, partition)

    async def _claim(self, tp: TopicPartition, first: int, end: int) -> None:
        entry = await self._claims.enter(tp, first, end)
        self.reader.seek(tp, entry.start)
        connector = self.connectors[tp.topic]
        self.backlog.add(tp, Partition(connector, entry.claim, entry.start, entry.stopped))
        if entry.stopped:
            self.reader.pause(tp)
            tell_stopped(tp, entry.stopped)

    async def _revoked(self, tps: set[TopicPartition]) -> None:
        """Waits for the transaction in hand, then forgets what was read ahead (F24)."""
        async with self._writing:
            held = self.backlog.held(tps)
            self.backlog.drop(tps)
        if held:
            await self._release(held)

    async def _release(self, held: dict[int, int]) -> None:
        try:
            await self._claims.release(held)
        except NaruError as error:
            log.warning("ingest.release", error=str(error))

    # Taking and reading

    async def _take(self, ready: asyncio.Queue[Loaded], stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._fetching.fetch()
            loaded = await self._next()
            self.facts.waiting = self.backlog.waits()
            if loaded is None:
                continue
            self.failpoints.reach("ingest:fetched")
            while not stop.is_set():
                try:
                    await asyncio.wait_for(ready.put(loaded), 0.5)
                    break
                except TimeoutError:
                    continue

    async def _next(self) -> Loaded | None:
        try:
            await self.backlog.wake()
        except (Transient, ServiceMissing) as error:
            self._failed(error)
        suspect = self.backlog.suspect()
        if suspect is None:
            loaded = await self.backlog.next_batch()
            idle = self.backlog.idle() if loaded is None else {}
            return self.backlog.skip(await self.reader.positions(idle), idle) if idle else loaded
        if not self.backlog.settled():
            await asyncio.sleep(_SETTLE_WAIT_S)
            return None
        tp, partition = suspect
        await self._claims.trying(partition.claim, partition.position)
        return await self.backlog.next_batch(tp)

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
        started = time.monotonic()
        try:
            async for piece in self._writer.write(loaded):
                await self._written(piece, started)
                started = time.monotonic()
        except FencedOff:
            self.facts.fenced += 1
            log.warning("ingest.fenced", streams=[a.stream for a in loaded.advances])
            raise

    async def _written(self, loaded: Loaded, started: float) -> None:
        self._watchdog.moved()
        self.facts.batches += 1
        self.facts.events += len(loaded.messages)
        self.facts.last_batch = len(loaded.messages)
        self.facts.redone = self._writer.redone
        self.facts.last_ms = round((time.monotonic() - started) * 1000, 1)
        offsets = self.backlog.written(loaded)
        free = self.backlog.acquit(loaded)
        if free:
            await self._claims.acquit(free)
        await self.reader.tell(offsets)

    def _failed(self, error: BaseException) -> None:
        self.facts.failures += 1
        self.facts.last_failure = str(error)
        log.warning("ingest.retry", error=str(error))

    # Watching

    async def _watch(self, stop: asyncio.Event) -> None:
        """Ends the process when messages wait, or the consumer only fails, and nothing has moved
        (F27): the supervisor starts it anew."""
        try:
            while not stop.is_set():
                if self._fault is not None:
                    raise self._fault
                if self.reader.grown(self.connectors):
                    raise Regrouping("토픽의 파티션이 늘었습니다.", "topics have more partitions.")
                stalled = await self._watchdog.stalled()
                if stalled:
                    log.error("ingest.stalled", what=stalled, seconds=self.watchdog_s)
                    os._exit(_STALLED)
                try:
                    await asyncio.wait_for(stop.wait(), 1.0)
                except TimeoutError:
                    continue
        finally:
            # From here on nobody watches: an end that hangs would be a stall for ever.
            asyncio.get_running_loop().call_later(_END_S, os._exit, _STALLED)
