"""What the web process is made of: given by wiring, never looked up."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from connectors.base import Source
from schemas.policies import Policy
from schemas.tables import Tables
from services.adapters.explained import Explained
from services.adapters.postgres.connect import Connection


@dataclass(slots=True)
class WebFacts:
    """What the heartbeat tells of this process. requests: by (route, method, status)."""

    address: str = ""
    requests: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What of an agency's row in reference/agencies.csv is confirmed."""

    kind: str
    name: str
    name_confirmed: bool
    area_confirmed: bool


@dataclass(frozen=True, slots=True)
class WebParts:
    """connect: opens a database connection. clock: (now in UTC, deciding day in Korea);
    today_fixed: the day was set by hand. policy_hash: as decisions carry it."""

    version: str
    kafka: str
    connect: Callable[[], Awaitable[Connection]]
    clock: Callable[[], tuple[datetime, date]]
    today_fixed: bool
    sources: tuple[Source, ...]
    policy: Policy
    policy_hash: str
    tables: Tables
    agencies: Mapping[str, Placeholder]
    explained: Explained
    facts: WebFacts = field(default_factory=WebFacts)
