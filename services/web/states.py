"""What state a process, a partition and a connector are in. Pure: an observation in, views out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import orjson

from connectors.base import Source
from services.adapters.postgres.status import PartitionRow, ProcessRow
from services.web.observation import Observation

LATE_S = 4.0
STALE_S = 10.0
GONE_S = 3600.0
STALLED_S = 8.0

Facts = Mapping[str, int | float | str]


class Alive(StrEnum):
    """A process by the age of its last heartbeat (one a second): up to 4 s, 10 s, an hour, more.
    What has been silent for an hour was taken away and is no alarm of its own."""

    ALIVE = "alive"
    LATE = "late"
    STALE = "stale"
    GONE = "gone"


class State(StrEnum):
    """What a connector is doing, the worst first."""

    STOPPED = "stopped"
    STALLED = "stalled"
    UNKNOWN = "unknown"
    PAUSED = "paused"
    RUNNING = "running"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Process:
    """A process and how fresh its heartbeat is."""

    row: ProcessRow
    age_s: float
    state: Alive
    facts: Facts

    @property
    def kind(self) -> str:
        """Its role without the number: `ingest-1` is an ingest."""
        return self.row.role.split("-")[0]

    @property
    def works(self) -> bool:
        """Whether it is taken to be there."""
        return self.state in (Alive.ALIVE, Alive.LATE)

    @property
    def waiting(self) -> frozenset[str]:
        """Partitions (`topic/number`) that it holds back because a schema is not known yet (F4)."""
        return frozenset(str(self.facts.get("waiting") or "").split())

    @property
    def failure(self) -> str | None:
        """Its last failure in its own words."""
        return str(self.facts.get("last_failure") or "") or None


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition. why: code of the reason of a state that is not running. still_s: since when
    it has not moved. None: unknown."""

    number: int
    state: State
    why: str | None
    row: PartitionRow | None
    log: tuple[int, int] | None
    lag: int | None
    lag_s: float | None
    still_s: float | None


@dataclass(frozen=True, slots=True)
class Connector:
    """One source topic with all its partitions; None means unknown throughout."""

    source: Source
    state: State
    partitions: tuple[Partition, ...]
    lag: int | None
    lag_s: float | None
    last_event_at: datetime | None
    last_success_at: datetime | None
    worker: Process | None


def processes(seen: Observation) -> tuple[Process, ...] | None:
    """Every process that ever reported; None where the database does not answer."""
    if seen.live is None:
        return None
    return tuple(_process(seen, row) for row in seen.live.processes)


def _process(seen: Observation, row: ProcessRow) -> Process:
    age = seen.age(row.seen_at) or 0.0
    bounds = ((LATE_S, Alive.ALIVE), (STALE_S, Alive.LATE), (GONE_S, Alive.STALE))
    state = next((alive for bound, alive in bounds if age <= bound), Alive.GONE)
    return Process(row, round(age, 1), state, facts_of(row.facts))


def facts_of(text: str) -> Facts:
    """A process's facts: its JSON's plain values."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, int | float | str)}


def connectors(
    seen: Observation, sources: Iterable[Source], running: tuple[Process, ...] | None
) -> tuple[Connector, ...]:
    """The connectors in the order of the sources."""
    return tuple(_connector(seen, source, running or ()) for source in sources)


def _connector(seen: Observation, source: Source, running: tuple[Process, ...]) -> Connector:
    rows = {
        row.partition: row
        for row in (seen.live.partitions if seen.live is not None else ())
        if row.topic == source.topic
    }
    logs = {place[1]: log for place, log in (seen.ends or {}).items() if place[0] == source.topic}
    partitions = tuple(
        _partition(seen, source.topic, number, rows.get(number), logs.get(number), running)
        for number in sorted(rows.keys() | logs.keys())
    )
    events = [row.last_source_at for row in rows.values() if row.last_source_at is not None]
    successes = [row.last_received_at for row in rows.values() if row.last_received_at is not None]
    return Connector(
        source,
        _together(seen, partitions, bool(successes)),
        partitions,
        _total([p.lag for p in partitions]),
        _oldest([p.lag_s for p in partitions]),
        max(events, default=None),
        max(successes, default=None),
        next((p for p in running if any(_owns(p, row) for row in rows.values())), None),
    )


def _owns(process: Process, row: PartitionRow) -> bool:
    """Owners are named `role@host:pid` (services/wiring.py)."""
    owner = row.owner or ""
    return owner.split("@")[0] == process.row.role and owner.endswith(f":{process.row.pid}")


def _partition(
    seen: Observation,
    topic: str,
    number: int,
    row: PartitionRow | None,
    log: tuple[int, int] | None,
    running: tuple[Process, ...],
) -> Partition:
    lag = lag_of(row, log) if seen.live is not None else None
    since = seen.unread.get((topic, number))
    lag_s = 0.0 if lag == 0 else seen.age(since) if lag is not None else None
    owner = next((p for p in running if row is not None and p.works and _owns(p, row)), None)
    still_s = seen.age(row.updated_at) if row is not None else None
    state, why = _state(seen, row, owner, lag, lag_s)
    return Partition(number, state, why, row, log, lag, lag_s, still_s)


def lag_of(row: PartitionRow | None, log: tuple[int, int] | None) -> int | None:
    """End offset minus max(our offset, log start); None where either side is unknown."""
    if log is None:
        return None
    first, end = log
    ours = first if row is None or row.next_offset is None else row.next_offset
    return max(end - max(ours, first), 0)


def _state(
    seen: Observation,
    row: PartitionRow | None,
    owner: Process | None,
    lag: int | None,
    lag_s: float | None,
) -> tuple[State, str | None]:
    if seen.live is None:
        return State.UNKNOWN, "POSTGRES_DOWN"
    if row is not None and row.stopped:
        return State.STOPPED, row.stopped
    if row is None or owner is None:
        return State.STOPPED, "NO_OWNER"
    if not seen.kafka.answers:
        return State.STALLED, "KAFKA_DOWN"
    if f"{row.topic}/{row.partition}" in owner.waiting:
        return State.PAUSED, "WAITS_FOR_SCHEMA"
    still = (seen.age(row.updated_at) or 0.0) > STALLED_S
    if lag and still and (lag_s is None or lag_s > STALLED_S):
        return State.STALLED, "NO_PROGRESS"
    return State.RUNNING, None


def _together(seen: Observation, partitions: tuple[Partition, ...], received: bool) -> State:
    if not partitions:
        return State.UNKNOWN if seen.ends is None or seen.live is None else State.STOPPED
    worst = min((p.state for p in partitions), key=list(State).index)
    return State.SILENT if worst is State.RUNNING and not received else worst


def _total(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _oldest(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) if known and len(known) == len(values) else None
