"""The relay: publishes what the transactions have written, in order, the stored bytes.

A message may be published twice after a crash (same id, same bytes), never skipped (F51 to F53).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from services.adapters.failpoints import Failpoints
from services.adapters.kafka.publisher import Outgoing, Publisher
from services.adapters.postgres import outbox
from services.adapters.postgres.connect import Connection, close
from services.domain.outgoing import headers_of
from services.errors import NaruError, ServiceMissing, Transient

_MOST = 8000
_FULL = 2000
_GATHER_S = 0.05
_IDLE_S = 0.02
_IDLE_MOST_S = 0.2
_KEEP = timedelta(days=7)
_HOUSEKEEPING_S = 60.0
_AGAIN_S = 0.5

log = structlog.get_logger("relay")


@dataclass(slots=True)
class RelayFacts:
    """What the status page shows of the relay."""

    published: int = 0
    batches: int = 0
    last_batch: int = 0
    last_ms: float = 0.0
    failures: int = 0
    last_failure: str = ""
    epoch: int = 0


@dataclass(slots=True)
class Relay:
    """One relay process. connect: opens a database connection."""

    owner: str
    connect: Callable[[], Awaitable[Connection]]
    publisher: Publisher
    failpoints: Failpoints
    facts: RelayFacts = field(default_factory=RelayFacts)
    _connection: Connection | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until stop is set, or FencedOff: another relay has taken over."""
        try:
            await self._loop(stop)
        finally:
            await self.publisher.stop()
            await close(self._connection)

    async def _loop(self, stop: asyncio.Event) -> None:
        idle, tidied = _IDLE_S, 0.0
        while not stop.is_set():
            try:
                if self._connection is None:
                    await self._begin()
                if time.monotonic() - tidied > _HOUSEKEEPING_S:
                    assert self._connection is not None
                    await outbox.keep_partitions(self._connection, _KEEP)
                    tidied = time.monotonic()
                count = await self._round()
            except (Transient, ServiceMissing) as error:
                await self._failed(error)
                await _wait(stop, _AGAIN_S)
                continue
            idle = _IDLE_S if count else min(idle * 2, _IDLE_MOST_S)
            if count < _FULL:
                # Small rounds cost as much as large ones: under load, let rows gather.
                await _wait(stop, _GATHER_S if count else idle)

    async def _round(self) -> int:
        assert self._connection is not None
        rows = await outbox.pending(self._connection, _MOST)
        if not rows:
            return 0
        started = time.monotonic()
        await self.publisher.publish(
            Outgoing(topic, key, value, headers_of(headers))
            for _, _, topic, key, value, headers in rows
        )
        self.failpoints.reach("relay:sent")
        await outbox.published(self._connection, self.facts.epoch, rows)
        self.facts.published += len(rows)
        self.facts.batches += 1
        self.facts.last_batch = len(rows)
        self.facts.last_ms = round((time.monotonic() - started) * 1000, 1)
        return len(rows)

    async def _failed(self, error: NaruError) -> None:
        """Drops producer and connection: the next round begins with new ones (F32)."""
        self.facts.failures += 1
        self.facts.last_failure = str(error)
        log.warning("relay.retry", error=str(error))
        await close(self._connection)
        self._connection = None

    async def _begin(self) -> None:
        await self.publisher.restart()
        self._connection = await self.connect()
        if self.facts.epoch == 0:
            self.facts.epoch = await outbox.take_lease(self._connection, self.owner)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
