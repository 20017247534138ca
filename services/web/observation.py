"""One look at the hub: what was seen, and what could not be seen (None). Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.adapters.postgres.status import Live, Totals

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Dependency:
    """A service the hub needs. failure: (Korean, English), None when it answered."""

    name: str
    latency_ms: float | None
    version: str | None
    failure: tuple[str, str] | None

    @property
    def answers(self) -> bool:
        """Whether it answered in time."""
        return self.failure is None


@dataclass(frozen=True, slots=True)
class Observation:
    """ends: (log start, log end) of every source partition. unread: when the first unread message
    of a partition was written. at: this process's clock, UTC. skew: the database's clock minus
    this process's, both read at the same moment."""

    at: datetime
    today: date
    postgres: Dependency
    kafka: Dependency
    live: Live | None
    totals: Totals | None
    ends: Mapping[Place, tuple[int, int]] | None
    unread: Mapping[Place, datetime]
    skew: timedelta | None

    @property
    def now(self) -> datetime:
        """The clock for ages: the database's where it answers, because it wrote the times."""
        return self.live.now if self.live is not None else self.at

    def age(self, since: datetime | None) -> float | None:
        """Seconds since then, never negative; None for unknown."""
        return None if since is None else max((self.now - since).total_seconds(), 0.0)
