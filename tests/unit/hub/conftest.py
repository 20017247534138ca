"""A hub without Kafka and Postgres: messages, a desk, and tables in memory."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from connectors import CONNECTORS
from schemas.codec import Encoder, rabin_fingerprint, schema_text
from schemas.strict import compile_schema
from services.domain.account import Account, Moved
from services.domain.applying import Applying
from services.domain.changes import Changes
from services.domain.citations import citations
from services.domain.deciding import Deciding
from services.domain.decision.engine import Engine
from services.domain.desk import Desk
from services.domain.draft import Draft
from services.domain.firms import Firms
from services.domain.following import Following
from services.domain.identity import Identifier, Link
from services.domain.judging import Message, Scopes, judge_batch
from services.domain.referral_record import GROUPS
from services.domain.splitting import SplitEncoder
from services.domain.writes import Writes
from services.simulation.plan import SimulationPlan
from services.simulation.stream import simulate

CLOCK = (datetime(2026, 4, 15, 3, tzinfo=UTC), date(2026, 4, 15))
FOLDERS = ("smart-factory", "ai-voucher", "robot")


def _writers(connector: Any) -> dict[Any, Any]:
    source = connector.source
    if source.wire == "json":
        return {}
    schema = orjson.loads(schema_text(f"source/{source.folder}"))
    name = rabin_fingerprint(schema) if source.wire == "avro-single-object" else 1
    return {name: compile_schema(schema)}


@dataclass
class Memory:
    """The tables that a draft reads."""

    connectors: dict[int, Any]
    desk: Desk
    states: dict[tuple[str, str], tuple[bytes, int]] = field(default_factory=dict)
    aliases: dict[tuple[str, str], str] = field(default_factory=dict)
    links: dict[Identifier, Link] = field(default_factory=dict)
    participations: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    referrals: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    inbox: dict[str, Moved] = field(default_factory=dict)
    records: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    merging: frozenset[str] = frozenset({"robot"})

    def following(self) -> Following | None:
        """What is known of messages that wait for other inputs'."""
        return None

    def draft(self, messages: list[Message]) -> Draft:
        """What the adapter's drafting does, on these tables."""
        scopes = {
            c.source.folder: Scopes(
                {n: s for (f, n), (s, _) in self.states.items() if f == c.source.folder},
                {n: s for (f, n), s in self.aliases.items() if f == c.source.folder},
                {n: v for (f, n), (_, v) in self.states.items() if f == c.source.folder},
            )
            for c in self.connectors.values()
        }
        following = self.following()
        judged = judge_batch(self.connectors, scopes, messages, following)
        account = Account(messages, judged, self.connectors, CLOCK, self.desk.seal)
        account.know({ref: self.inbox[ref] for ref in account.moved_refs()})
        changes = Changes(self.desk)
        ids = changes.collect(judged)
        owners = {i: self.participations[i][3] for i in ids if i in self.participations}
        owners |= {i: self.records[i][3] for i in changes.record_ids if i in self.records}
        wanted = changes.identifiers()
        enterprises = changes.resolve({i: self.links[i] for i in wanted if i in self.links})
        enterprises |= set(owners.values())
        firms = Firms()
        firms.load(
            [
                (r[0], r[3], r[4], r[5], r[7], r[8], r[9])
                for r in self.participations.values()
                if r[3] in enterprises
            ],
            [(*r[:8], r[9], r[12]) for r in self.referrals.values() if r[1] in enterprises],
            [
                (r[0], r[3], r[4], r[5], r[1], r[6])
                for r in self.records.values()
                if r[3] in enterprises
            ],
        )
        return Draft(
            messages=messages,
            judged=judged,
            scopes=scopes,
            merging=set(self.merging),
            changes=changes,
            owners=owners,
            enterprises=enterprises,
            versions={i: self.versions[i] for i in enterprises if i in self.versions},
            effects=Applying(Deciding(firms, self.desk, CLOCK)).apply_all(judged, changes),
            account=account,
            connectors=self.connectors,
            following=following,
        )

    def keep(self, writes: Writes, learnt: dict[Identifier, Link]) -> None:
        """Stores what a batch writes."""
        self.states |= {(r[0], r[1]): (r[2], r[3]) for r in writes.states}
        self.aliases |= {(r[0], r[1]): r[2] for r in writes.aliases}
        self.links |= learnt
        for row in writes.participations:
            self.participations[row[0]] = row
            self.versions[row[3]] = self.versions.get(row[3], 0) + 1
        self.records |= {row[0]: row for row in writes.records}
        self.referrals |= {r[0]: r for r in writes.referrals}
        for row in writes.inbox:
            self.inbox[f"{row[0]}:{row[1]}"] = Moved(row[0], row[1], row[3], row[6], row[5])
        for row in writes.moved:
            before = self.inbox[f"{row[0]}:{row[1]}"]
            self.inbox[f"{row[0]}:{row[1]}"] = Moved(
                row[0], row[1], before.day, row[2], before.source_key
            )


@dataclass
class Office:
    """The desk, and messages as a worker has read them."""

    connectors: dict[int, Any]
    desk: Desk

    def messages(self, events: int, seed: int, **plan: Any) -> list[Message]:
        """Simulated messages of several programmes, one stream each."""
        streams = {c.source.topic: n for n, c in self.connectors.items()}
        writers = {n: _writers(c) for n, c in self.connectors.items()}
        found = []
        asked = SimulationPlan(events=events, seed=seed, programmes=FOLDERS, **plan)
        for offset, event in enumerate(simulate(asked)):
            n = streams[event.topic]
            reading = self.connectors[n].read(event.key, event.value, writers[n])
            found.append(Message(n, offset, 0, event.key, event.value, lambda v: v, reading))
        return found

    def memory(self) -> Memory:
        """Empty tables."""
        return Memory(self.connectors, self.desk)


def opened(engine: Engine) -> Office:
    """A desk with that engine, one stream an input."""
    connectors = dict(enumerate(CONNECTORS, 1))
    desk = Desk(
        engine=engine,
        sources={n: (c.source, 0) for n, c in connectors.items()},
        all_sources=tuple(c.source for c in CONNECTORS),
        participation_encoder=Encoder("participation", 1),
        feedback_encoder=Encoder("feedback", 2),
        referral_encoder=SplitEncoder("referral", 3, GROUPS),
        seal=lambda value: value,
        facts_json=orjson.dumps,
        citations=citations(engine.policy),
    )
    return Office(connectors, desk)


@pytest.fixture(scope="session")
def office(engine: Engine) -> Office:
    return opened(engine)


__all__ = ["Memory", "Office"]
