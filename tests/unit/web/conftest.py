"""Observations of a hub, made by hand: what the pure parts of the web process are given."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connectors import CONNECTORS
from schemas.policies import load_policy
from schemas.tables import load_tables
from services import wiring
from services.adapters.explained import Explained
from services.adapters.postgres.status import (
    Live,
    PartitionRow,
    ProcessRow,
    ReferralGroup,
    StateCounts,
    Totals,
)
from services.settings import Settings
from services.web.observation import Dependency, Observation
from services.web.parts import WebParts
from services.web.register import placeholders

NOW = datetime(2026, 4, 15, 3, 0, tzinfo=UTC)
TOPIC = "src.mss.smart-factory.v1"
SOURCE = next(c.source for c in CONNECTORS if c.source.topic == TOPIC)


def ago(seconds: float) -> datetime:
    """That long before the observation."""
    return NOW - timedelta(seconds=seconds)


def partition(**changes: Any) -> PartitionRow:
    """A partition of the smart-factory topic that is read to its end at 100."""
    row = PartitionRow(
        topic=TOPIC,
        partition=0,
        epoch=3,
        owner="ingest-0@host:41",
        next_offset=100,
        batch_cap=0,
        deaths=0,
        stopped=None,
        updated_at=ago(1),
        last_source_at=ago(2),
        last_received_at=ago(1),
        advanced=60,
        pending=0,
        pending_since=None,
    )
    return replace(row, **changes)


def process(role: str, pid: int = 41, seen: float = 0.5, facts: str = "{}") -> ProcessRow:
    """A process that reported itself `seen` seconds ago."""
    return ProcessRow(role, pid, "0.1.0", ago(3600), ago(seen), facts)


@dataclass
class Scene:
    """A healthy hub with one partition; change what the test is about, then look."""

    partitions: list[PartitionRow] = field(default_factory=lambda: [partition()])
    processes: list[ProcessRow] = field(
        default_factory=lambda: [
            process("ingest-0"),
            process("relay", 42),
            process("web", 43),
            process("clock", 44),
        ]
    )
    states: list[StateCounts] = field(
        default_factory=lambda: [StateCounts(TOPIC, 100, 80, 10, 5, 3, 2)]
    )
    reasons: list[tuple[str, str, int]] = field(
        default_factory=lambda: [(TOPIC, "DUPLICATE_REVISION", 10), (TOPIC, "KEY_MISSING", 2)]
    )
    parked: list[tuple[str, int, datetime]] = field(
        default_factory=lambda: [("KEY_MISSING", 2, ago(30))]
    )
    referrals: list[ReferralGroup] = field(
        default_factory=lambda: [
            ReferralGroup(("HRDK-SEOUL",), "requested", True, 7, ago(120)),
            ReferralGroup(("HRDK-SEOUL", "OPERATOR:P3"), "requested", True, 1, ago(300)),
            ReferralGroup((), "held", False, 4, ago(60)),
        ]
    )
    ends: dict[tuple[str, int], tuple[int, int]] = field(
        default_factory=lambda: {(TOPIC, 0): (0, 100)}
    )
    unread: dict[tuple[str, int], datetime] = field(default_factory=dict)
    today: date = date(2026, 4, 15)
    skew: float = 0.01
    postgres: bool = True
    kafka: bool = True
    counted: bool = True
    doubt_since: Any = None

    def look(self) -> Observation:
        failure = ("응답 없음", "no answer")
        live = Live(
            NOW,
            "18.4",
            "0001",
            tuple(self.partitions),
            tuple(self.processes),
            tuple(self.states),
            tuple(self.reasons),
        )
        totals = Totals(
            at=NOW,
            enterprises=9,
            establishments=10,
            participations=12,
            reviews=1,
            reviews_since=self.doubt_since,
            decisions=20,
            referrals=tuple(self.referrals),
            parked=tuple(self.parked),
            policies=(("ab" * 32, ago(9000)),),
            subjects=((f"{TOPIC}-value", (1, 2)),),
            delays=(0.1, 0.4, 1.2),
        )
        return Observation(
            at=NOW,
            today=self.today,
            postgres=Dependency("postgres", 2.0, "18.4", None)
            if self.postgres
            else Dependency("postgres", None, None, failure),
            kafka=Dependency("kafka", 3.0, None, None)
            if self.kafka
            else Dependency("kafka", None, None, failure),
            live=live if self.postgres else None,
            totals=totals if self.postgres and self.counted else None,
            ends=self.ends if self.kafka else None,
            unread=self.unread if self.kafka else {},
            skew=timedelta(seconds=self.skew) if self.postgres else None,
        )


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture(scope="session")
def parts() -> WebParts:
    """The web process's parts, with one source and no services."""

    async def nowhere() -> Any:
        raise AssertionError("a pure test opens no connection")

    return WebParts(
        version="0.1.0",
        kafka="",
        connect=nowhere,
        clock=lambda: (NOW, date(2026, 4, 15)),
        today_fixed=False,
        sources=(SOURCE,),
        policy=load_policy(),
        policy_hash="cd" * 32,
        tables=load_tables(),
        agencies=placeholders(),
        explained=Explained(nowhere, wiring.explainer(Settings()), lambda _: None, ()),
    )
