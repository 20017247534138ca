"""Whether a worker gets on (F27): asked of broker and database, because what has stalled does not
say so. aiokafka may stop fetching without an error, or wait for a group that it has left."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from services.adapters.claims import Claims
from services.adapters.intake_queue import Backlog
from services.adapters.kafka.ends import Ends
from services.adapters.kafka.reader import Reader, TopicPartition
from services.errors import ServiceMissing, Transient

_ALONE = 2
_IDLE = 4
"""In terms of the patience: how long one partition may stand while others move, and how long the
whole hub while this worker owns none."""

log = structlog.get_logger("watchdog")


@dataclass(slots=True)
class Watchdog:
    """One worker's. ends: a client of its own, so that it can be trusted when the worker's has
    stalled. patience_s: how long messages may wait while nothing moves. now: the clock. deaf:
    whether taking messages fails."""

    backlog: Backlog
    reader: Reader
    ends: Ends
    claims: Claims
    topics: set[str]
    patience_s: float
    now: Callable[[], float] = time.monotonic
    deaf: bool = False
    _moved_at: float = field(init=False)
    _asked_at: float = field(init=False)
    _connected: bool = False
    _ends: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    _stands: dict[TopicPartition, tuple[int, float]] = field(default_factory=dict)
    _hub: tuple[dict[tuple[str, int], int | None], float] = ({}, 0.0)

    def __post_init__(self) -> None:
        self._moved_at = self._asked_at = self.now()

    def moved(self) -> None:
        """A batch has been written."""
        self._moved_at = self.now()

    async def stalled(self) -> str:
        """What has stood still for too long, or nothing. Asks the broker now and then."""
        now = self.now()
        if now - self._asked_at > self.patience_s / 3:
            await self._ask()
            self._asked_at = now = self.now()
        if not self.backlog.partitions and not self.deaf:
            self._moved_at = now
            return self._hub_stands(now)
        lag = self.backlog.lag(self._end_of)
        if lag == 0 and not self.deaf:
            self._moved_at = now
        if now - self._moved_at > self.patience_s:
            return f"{lag} messages"
        return self._one_stands(now)

    async def stop(self) -> None:
        """Closes its client."""
        await self.ends.stop()

    async def _ask(self) -> None:
        try:
            if not self._connected:
                await self.ends.stop()
                await self.ends.start()
                self._connected = True
            self._ends = await self.ends.of(self.topics)
        except (Transient, ServiceMissing):
            self._connected = False
            return
        if not self.backlog.partitions:
            with suppress(Transient, ServiceMissing):
                standing = await self.claims.standing()
                if standing != self._hub[0]:
                    self._hub = standing, self.now()

    def _one_stands(self, now: float) -> str:
        """A single partition that has stopped while others keep the worker busy."""
        held = self.backlog.partitions
        self._stands = {tp: at for tp, at in self._stands.items() if tp in held}
        for tp, partition in held.items():
            place = self._stands.get(tp)
            waits = not partition.blocked and self._end_of(tp) > partition.written
            if place is None or not waits or place[0] != partition.written:
                self._stands[tp] = partition.written, now
            elif now - place[1] > _ALONE * self.patience_s:
                return f"{tp.topic}/{tp.partition}"
        return ""

    def _hub_stands(self, now: float) -> str:
        """A worker that owns nothing may have lost its group without a word."""
        standing, since = self._hub
        waiting = [
            place
            for place, at in standing.items()
            if place in self._ends and self._ends[place][1] > max(at or 0, self._ends[place][0])
        ]
        if not waiting:
            self._hub = standing, now
            return ""
        return "no partition" if now - since > _IDLE * self.patience_s else ""

    def _end_of(self, tp: TopicPartition) -> int:
        readable, end = self.reader.seen_ends(tp)
        asked = self._ends.get((tp.topic, tp.partition), (0, 0))[1]
        return asked if asked > end else readable
