"""Looking at Postgres and Kafka on request: at most every second, one look at a time, every await
with a timeout, so that a broken part is shown quickly and a recovered one too (F76)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from services.adapters.kafka.ends import Ends
from services.adapters.kafka.unread import Unread
from services.adapters.postgres.connect import Connection, close, ours
from services.adapters.postgres.status import Live, Totals, read_live, read_totals
from services.errors import NaruError
from services.web.observation import Dependency, Observation, Place
from services.web.parts import WebParts

_FRESH_S = 1.0
_LOOK_S = 2.0
_KEEP_S = 3.0
_UNREAD_S = 0.4
_TOTALS_LEAST_S = 2.0
_TOTALS_MOST_S = 60.0
_TOTALS_SHARE = 30
_TOTALS_TIMEOUT_S = 25.0

log = structlog.get_logger("web")

T = TypeVar("T")


class Asker:
    """One database connection, opened when it is needed, dropped when anything goes wrong and
    renewed after keep_s: a server that lets nobody in any more may go on answering old friends."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], keep_s: float) -> None:
        self._connect = connect
        self._keep_s = keep_s
        self._connection: Connection | None = None
        self._opened = 0.0
        self.took_ms = 0.0

    async def ask(self, question: Callable[[Connection], Awaitable[T]], timeout_s: float) -> T:
        """The answer; took_ms is its time without connecting. Raises NaruError or TimeoutError;
        the next question opens a new connection."""
        try:
            async with asyncio.timeout(timeout_s):
                connection = await self._ready()
                started = time.monotonic()
                found = await question(connection)
                self.took_ms = _ms(started)
                return found
        except BaseException:
            self.drop()
            raise

    async def _ready(self) -> Connection:
        if time.monotonic() - self._opened > self._keep_s:
            await close(self._connection)
            self._connection = None
        if self._connection is None or self._connection.is_closed():
            async with ours():
                self._connection = await self._connect()
            self._opened = time.monotonic()
        return self._connection

    def drop(self) -> None:
        """Lets go of the connection without a farewell."""
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            connection.terminate()


class Watcher:
    """The broker's side: where the source topics end, and since when messages wait."""

    def __init__(self, servers: str, topics: set[str]) -> None:
        self._servers, self._topics = servers, topics
        self._ends: Ends | None = None
        self._unread: Unread | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self.took_ms = 0.0

    async def ends(self) -> dict[Place, tuple[int, int]]:
        """(log start, log end) of every source partition; took_ms is the time of the answer
        without connecting. Raises NaruError or TimeoutError."""
        try:
            async with asyncio.timeout(_LOOK_S):
                if self._ends is None:
                    self._ends = Ends(self._servers)
                    await self._ends.start()
                started = time.monotonic()
                found = await self._ends.of(self._topics)
                self.took_ms = _ms(started)
                return found
        except BaseException:
            self.drop()
            raise

    async def unread(self, places: dict[Place, int]) -> dict[Place, datetime]:
        """Since when each place's first unread message waits; what is not known is left out."""
        try:
            async with asyncio.timeout(_LOOK_S):
                if self._unread is None:
                    self._unread = Unread(self._servers)
                    await self._unread.start()
                return await self._unread.since(places, _UNREAD_S)
        except Exception as error:
            log.warning("status.unread", error=_failure(error)[1])
            self.drop()
            return {}

    def drop(self) -> None:
        """Lets go of both clients; they end in the background."""
        for client in (self._ends, self._unread):
            if client is not None:
                task = asyncio.create_task(client.stop())
                self._leaving.add(task)
                task.add_done_callback(self._leaving.discard)
        self._ends = self._unread = None

    async def close(self) -> None:
        """Ends both clients and waits for it."""
        self.drop()
        await asyncio.gather(*self._leaving, return_exceptions=True)


class Observer:
    """Looks when asked; callers that come at the same time share one look."""

    def __init__(self, parts: WebParts) -> None:
        self._parts = parts
        self._topics = {source.topic for source in parts.sources}
        self._watcher = Watcher(parts.kafka, self._topics)
        self._quick = Asker(parts.connect, _KEEP_S)
        self._slow = Asker(parts.connect, _KEEP_S)
        self._lock = asyncio.Lock()
        self._last: tuple[float, Observation] | None = None
        self._totals: Totals | None = None
        self._totals_due = 0.0
        self._counting: asyncio.Task[None] | None = None

    async def look(self) -> Observation:
        """What stands now: a look that began at most a second before it was asked for, found
        within about two."""
        asked = time.monotonic()
        async with self._lock:
            if self._last is None or self._last[0] < asked - _FRESH_S:
                began = time.monotonic()
                self._last = (began, await self._look())
            return self._last[1]

    async def close(self) -> None:
        """Lets go of everything."""
        if self._counting is not None:
            self._counting.cancel()
            await asyncio.gather(self._counting, return_exceptions=True)
        self._quick.drop()
        self._slow.drop()
        await self._watcher.close()

    async def _look(self) -> Observation:
        (postgres, live, skew), (kafka, ends), _ = await asyncio.gather(
            self._postgres(), self._kafka(), self._count()
        )
        at, today = self._parts.clock()
        unread = await self._watcher.unread(behind(live, ends)) if live and ends else {}
        totals = self._totals if live is not None else None
        return Observation(at, today, postgres, kafka, live, totals, ends, unread, skew)

    async def _postgres(self) -> tuple[Dependency, Live | None, timedelta | None]:
        try:
            live = await self._quick.ask(read_live, _LOOK_S)
        except Exception as error:
            return Dependency("postgres", None, None, _failure(error)), None, None
        took = self._quick.took_ms
        began = self._parts.clock()[0] - timedelta(milliseconds=took)
        return Dependency("postgres", took, live.server_version, None), live, live.now - began

    async def _kafka(self) -> tuple[Dependency, dict[Place, tuple[int, int]] | None]:
        try:
            ends = await self._watcher.ends()
        except Exception as error:
            return Dependency("kafka", None, None, _failure(error)), None
        return Dependency("kafka", self._watcher.took_ms, None, None), ends

    async def _count(self) -> None:
        """Renews the totals when they are due; waits a look's time for them, then goes on with
        the former ones while they are still being counted."""
        if self._counting is None and time.monotonic() >= self._totals_due:
            self._counting = asyncio.create_task(self._renew())
        if self._counting is not None:
            await asyncio.wait({self._counting}, timeout=_LOOK_S)

    async def _renew(self) -> None:
        started = time.monotonic()
        try:
            self._totals = await self._slow.ask(read_totals, _TOTALS_TIMEOUT_S)
        except Exception as error:
            log.warning("status.uncounted", error=_failure(error)[1])
            self._totals = None
        finally:
            took = time.monotonic() - started
            pause = min(max(took * _TOTALS_SHARE, _TOTALS_LEAST_S), _TOTALS_MOST_S)
            self._totals_due = time.monotonic() + pause
            self._counting = None


def behind(live: Live, ends: dict[Place, tuple[int, int]]) -> dict[Place, int]:
    """The offset of the first unread message of every partition that has one."""
    read = {(row.topic, row.partition): row.next_offset for row in live.partitions}
    found = {}
    for place, (first, end) in ends.items():
        offset = max(read.get(place) or first, first)
        if offset < end:
            found[place] = offset
    return found


def _ms(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)


def _failure(error: Exception) -> tuple[str, str]:
    """(Korean, English). Whatever goes wrong while looking is shown, never thrown at the reader."""
    if isinstance(error, NaruError):
        return error.message_ko, error.message_en
    if not isinstance(error, TimeoutError):
        text = f"{type(error).__name__}: {error}"
        return f"상태를 볼 수 없습니다: {text}", f"it cannot be looked at: {text}"
    return f"{_LOOK_S:g}초 안에 응답하지 않았습니다.", f"no answer within {_LOOK_S:g} s."
