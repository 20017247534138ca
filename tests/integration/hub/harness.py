"""Drives real processes of the hub: publish, start, hurt, drain, compare."""

import asyncio
import itertools
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
from pydantic import SecretStr

from schemas.codec import decode
from services import wiring
from services.adapters.draining import drain
from services.adapters.kafka.publisher import Outgoing, Publisher
from services.adapters.local.stack import Stack
from services.adapters.postgres.totals import Totals
from services.adapters.sealing import Sealer, new_key
from services.commands.process import command
from services.commands.publishing import with_schema_ids
from services.domain import exchange
from services.domain.account import STATES
from services.settings import Settings
from services.simulation.plan import SimulatedEvent, SimulationPlan
from services.simulation.stream import simulate
from tests.integration.hub.broker import messages_of
from tests.integration.hub.databases import begin, database

TODAY = date(2026, 4, 15)
_ALONE = "select enterprise_id from participation group by 1 having count(*) = 1"
_numbers = itertools.count(1)


@dataclass
class Hub:
    """One test's hub."""

    stack: Stack
    settings: Settings
    folder: Path
    begun: dict[tuple[str, int], int]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def create(
        cls, stack: Stack, folder: Path, begun: dict[tuple[str, int], int] | None = None
    ) -> Iterator["Hub"]:
        """begun: where its source partitions begin; the present ends where not given."""
        name = f"hub_{os.getpid()}_{next(_numbers)}"
        settings = Settings(
            kafka=stack.kafka,
            postgres=SecretStr(database(stack.dsn, name)),
            group=name,
            quarantine_key=SecretStr(new_key()),
            today=TODAY,
            schema_wait_s=0.5,
            session_timeout_ms=6000,
            batch_events=200,
        )
        one = cls(stack, settings, folder, asyncio.run(begin(stack, name, begun)))
        try:
            yield one
        finally:
            for process in one.processes.values():
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait(10)

    def again(self) -> Any:
        """Another empty hub that will read the same messages."""
        return Hub.create(self.stack, self.folder, self.begun)

    # Events

    def simulated(self, events: int, seed: int, **plan: Any) -> list[SimulatedEvent]:
        """Simulated events framed with the registered schema ids."""
        asked = SimulationPlan(events=events, seed=seed, **plan)
        return list(simulate(asyncio.run(with_schema_ids(self.settings, asked))))

    def publish(self, events: Iterable[SimulatedEvent | Outgoing]) -> None:
        """Puts events onto their topics in order."""
        messages = [
            e if isinstance(e, Outgoing) else Outgoing(e.topic, e.key, e.value, []) for e in events
        ]

        async def send() -> None:
            publisher = Publisher(self.settings.kafka)
            await publisher.start()
            try:
                await publisher.publish(messages)
            finally:
                await publisher.stop()

        asyncio.run(send())

    # Processes

    def start(self, name: str, role: str = "", **changes: Any) -> subprocess.Popen[bytes]:
        """Starts a process; name: ingest, ingest-1, relay …"""
        role = role or name.split("-")[0]
        env = {**os.environ, **self.settings.environment(**changes)}
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            process = subprocess.Popen(command(role), env=env, stderr=log)
        self.processes[name] = process
        return process

    def until_killed(self, name: str, timeout: float = 60, **changes: Any) -> None:
        """Starts a process with a failpoint and waits until it has killed itself."""
        process = self.start(name, **changes)
        assert process.wait(timeout) == -signal.SIGKILL, self.log(name)

    def stop(self, name: str) -> int:
        """Asks a process to end in good order."""
        process = self.processes.pop(name)
        process.terminate()
        return process.wait(40)

    def log(self, name: str) -> str:
        """What a process has said."""
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")[-4000:]

    def drain(self, timeout: float = 90) -> Totals:
        """Waits until everything is consumed and published."""
        topics = set(exchange.by_topic())
        connect = wiring.connecting(self.settings)
        return asyncio.run(drain(self.settings.kafka, connect, topics, timeout))

    def run(self, timeout: float = 90) -> Totals:
        """Ingest and relay until everything is through, then stops them."""
        self.start("ingest")
        self.start("relay")
        found = self.drain(timeout)
        assert self.stop("ingest") == 0, self.log("ingest")
        assert self.stop("relay") == 0, self.log("relay")
        return found

    # Looking

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The answer of the test's database."""

        async def ask() -> list[tuple[Any, ...]]:
            connection = await asyncpg.connect(self.settings.postgres.get_secret_value())
            try:
                return [tuple(row) for row in await connection.fetch(sql, *values)]
            finally:
                await connection.close()

        return asyncio.run(ask())

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """What must be equal after any disturbance: everything but times, owners and ids of rows
        that the database numbers. The steps on the way (decisions, messages) are compared for
        firms with one participation: those of others come from several partitions, which no one
        promises to meet in the same order twice; what these firms end with is compared for all."""
        streams = "join source_partition s using (stream)"
        return {
            "offsets": self.rows(
                "select topic, partition, next_offset from source_partition order by 1, 2"
            ),
            "inbox": self.rows(
                f"select s.topic, s.partition, kafka_offset, source_key, end_state, reasons,"
                f" warnings from inbox {streams} order by 1, 2, 3"
            ),
            "participation": self.rows(
                "select participation_id, enterprise_id, establishment_id, version, status, doc,"
                " consent_asked, promotion_asked from participation order by 1"
            ),
            "identifier": self.rows(
                "select kind, value, enterprise_id, establishment_id from identifier order by 1, 2"
            ),
            "referral": self.rows(
                "select referral_id, version, status, stage, reasons, addressees, level, priority,"
                " handed_over, decision_id from referral order by 1"
            ),
            "referral_version": self.rows(
                "select v.referral_id, v.version, v.status, v.decision_id from referral_version v"
                f" join referral using (referral_id) where enterprise_id in ({_ALONE})"
                " order by 1, 2"
            ),
            "decided": self.rows(
                "select establishment_id, version, decision_id, facts from decision_log"
                f" where enterprise_id in ({_ALONE}) order by 1, 2, 3"
            ),
            "outbox": self.rows(
                "select topic, key, count(*) from outbox where convert_from(key, 'utf8') in ("
                "select participation_id::text from participation"
                f" where enterprise_id in ({_ALONE})"
                " union all select referral_id::text from referral"
                f" where enterprise_id in ({_ALONE})"
                ") group by 1, 2 order by 1, 2"
            ),
        }

    def sound(self) -> None:
        """Every message is in exactly one state, no reference is broken."""
        assert self.rows("select * from intake_balance where difference <> 0") == []
        assert self.rows("select * from integrity_breaks") == []

    def referrals(self) -> list[tuple[dict[str, str], dict[str, Any]]]:
        """(headers, record) of every referral message that this hub has published."""
        return [(headers, record) for _, headers, record in self.published("agency.", "referral")]

    def feedback(self, topic: str) -> list[dict[str, Any]]:
        """Every message to one partner, in order."""
        return [record for _, _, record in self.published(topic, "feedback")]

    def no_doubles(self) -> None:
        """One message per agency, referral and version; a repeat has the same id and bytes."""
        contents: dict[str, object] = {}
        ids: dict[tuple[Any, ...], str] = {}
        for topic, headers, record in self.published("agency.", "referral"):
            assert contents.setdefault(headers["ce_id"], record) == record
            version = (topic, record["referral_id"], record["version"])
            assert ids.setdefault(version, headers["ce_id"]) == headers["ce_id"]

    def published(self, topics: str, name: str) -> list[tuple[str, dict[str, str], dict[str, Any]]]:
        """(topic, headers, record) of every message that this hub has published on topics with
        that beginning. name: of the messages' schema."""
        wanted = {t for t, _ in self.begun if t.startswith(topics)}
        return [
            (topic, headers, decode(name, value))
            for topic, headers, value in asyncio.run(
                messages_of(self.settings.kafka, wanted, self.begun)
            )
        ]

    def opened(self, sealed: bytes | None) -> bytes | None:
        """What lies sealed in this hub's quarantine."""
        return Sealer(self.settings.quarantine_key.get_secret_value()).open(sealed)

    def quarantine(self) -> dict[tuple[str, int, int], tuple[str, bytes | None, bytes | None]]:
        """(topic, partition, offset) → reasons, key, value of everything in quarantine."""
        rows = self.rows(
            "select p.topic, p.partition, kafka_offset, reasons, raw_key, raw_value"
            " from quarantine join source_partition p using (stream)"
        )
        return {
            (row[0], row[1], row[2]): (row[3], self.opened(row[4]), self.opened(row[5]))
            for row in rows
        }

    def states(self) -> dict[str, list[tuple[str, str]]]:
        """Source key → (end state, reasons) of its messages, in order."""
        found: dict[str, list[tuple[str, str]]] = {}
        for key, state, reasons in self.rows(
            "select source_key, end_state, coalesce(reasons, '') from inbox"
            " order by stream, kafka_offset"
        ):
            found.setdefault(key, []).append((STATES[state].value, reasons))
        return found


def eventually(check: Any, timeout: float = 30) -> None:
    """Waits until check() is true."""
    deadline = time.monotonic() + timeout
    while not check():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)
