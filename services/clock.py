"""The clock: when a Korean day begins, or another policy is in force, every firm is decided anew,
and what differs becomes a new version (lifecycle.md, "The hub's part").

It may end anywhere and goes on where it stood. A day that the hub slept through is not made up
for: what counts is what holds today.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog

from services.adapters.failpoints import Failpoints
from services.adapters.postgres import clock as store
from services.adapters.postgres import redeciding, telling
from services.adapters.postgres.connect import Connection, close, ours
from services.domain.desk import Desk
from services.errors import NaruError, Poison, ServiceMissing, Transient

MOST_FIRMS = 500
"""Firms in one transaction, at most."""
_LOOK_S = 2.0
_AGAIN_S = 0.5

log = structlog.get_logger("clock")


@dataclass(slots=True)
class ClockFacts:
    """What the status page shows of the clock. doing: waiting, deciding or done_fixed (the day is
    fixed by a setting, and decided). firms, changed, referrals: of the run of that day."""

    doing: str = "waiting"
    day: str = ""
    firms: int = 0
    failed: int = 0
    changed: int = 0
    referrals: int = 0
    finished_at: str = ""
    told: int = 0
    batches: int = 0
    failures: int = 0
    last_failure: str = ""
    epoch: int = 0


@dataclass(slots=True)
class Clock:
    """The clock process. clock: (instant, UTC; the day to decide for). fixed: the day is a
    setting's and never ends."""

    owner: str
    connect: Callable[[], Awaitable[Connection]]
    desk: Desk
    clock: Callable[[], tuple[datetime, date]]
    fixed: bool
    failpoints: Failpoints
    facts: ClockFacts = field(default_factory=ClockFacts)
    most: int = MOST_FIRMS
    _connection: Connection | None = None
    _size: int = field(init=False)

    def __post_init__(self) -> None:
        self._size = self.most

    async def run(self, stop: asyncio.Event) -> None:
        """Until stop is set, or FencedOff: another clock has taken over."""
        try:
            while not stop.is_set():
                try:
                    worked = await self._round()
                except (Transient, ServiceMissing) as error:
                    await self._failed(error)
                    await _wait(stop, _AGAIN_S)
                    continue
                if not worked:
                    await _wait(stop, _LOOK_S)
        finally:
            await close(self._connection)

    async def _round(self) -> bool:
        """One step; False where there is nothing to do before the day changes."""
        connection = await self._begun()
        now = self.clock()
        run = await self._due(connection, now)
        if run is None:
            self.facts.doing = "done_fixed" if self.fixed else "waiting"
            return False
        self.facts.doing = "deciding"
        self._show(await self._step(connection, now, run))
        return True

    async def _begun(self) -> Connection:
        if self._connection is None:
            self._connection = await self.connect()
            self.desk.forget()
        if self.facts.epoch == 0:
            self.facts.epoch = await store.take_lease(self._connection, self.owner)
        return self._connection

    async def _due(self, connection: Connection, now: tuple[datetime, date]) -> store.Run | None:
        """The run to go on with; None where the day has been decided under this policy, and for
        a day before one that has been decided."""
        _, day = now
        last = await store.last_run(connection)
        if last is not None and last.day >= day:
            self._show(last)
            same = last.day == day and last.policy_hash == self.desk.policy_hash
            if same or last.day > day:
                return last if same and last.finished_at is None else None
        self.facts.told += await self._tell(connection, now)
        async with ours(), connection.transaction():
            await store.fence(connection, self.facts.epoch)
            run = await store.begin_run(connection, day, self.desk.policy_hash, now[0])
        log.info("clock.day", day=day.isoformat(), run=run.run)
        return run

    async def _tell(self, connection: Connection, now: tuple[datetime, date]) -> int:
        """The daily lists of the days that have ended."""
        return await telling.tell(connection, self.desk, now, self.facts.epoch)

    async def _step(
        self, connection: Connection, now: tuple[datetime, date], run: store.Run
    ) -> store.Run:
        """A portion of the run; where a firm cannot be decided, ever smaller ones until it stands
        alone and is passed over, so that the others get their day."""
        try:
            after = await redeciding.step(
                connection, self.desk, now, run, self.facts.epoch, self._size, self.failpoints
            )
        except Poison as error:
            if self._size > 1:
                self._size //= 2
                return run
            log.error("clock.firm_failed", error=type(error.__cause__ or error).__name__)
            after = await redeciding.pass_over(connection, run, self.facts.epoch)
        self._size = min(self._size * 2, self.most)
        self.facts.batches += 1
        if after.finished_at is not None:
            log.info("clock.done", day=after.day.isoformat(), changed=after.changed)
        return after

    def _show(self, run: store.Run) -> None:
        facts = self.facts
        facts.day, facts.firms, facts.failed = run.day.isoformat(), run.firms, run.failed
        facts.changed, facts.referrals = run.changed, run.referrals
        ended = run.finished_at
        facts.finished_at = "" if ended is None else ended.isoformat(timespec="milliseconds")

    async def _failed(self, error: NaruError) -> None:
        """Drops the connection: the next round begins with a new one."""
        self.facts.failures += 1
        self.facts.last_failure = str(error)
        log.warning("clock.retry", error=str(error))
        await close(self._connection)
        self._connection = None


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
