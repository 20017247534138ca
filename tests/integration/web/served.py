"""One web process for a test: its own database, a loop in a thread, rows put in by SQL."""

import asyncio
import itertools
import os
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import httpx2
from pydantic import SecretStr

from connectors import CONNECTORS
from schemas.policies import load_policy
from schemas.tables import load_tables
from services import wiring
from services.adapters.local.stack import Stack
from services.settings import Settings
from services.web.parts import WebParts
from services.web.register import placeholders
from services.web.server import serve

TODAY = date(2026, 4, 15)
TOPIC = "src.mss.smart-factory.v1"
PID = 41
_numbers = itertools.count(1)


def database(dsn: str, name: str) -> str:
    """The same server's DSN for another database."""
    return dsn.rsplit("/", 1)[0] + "/" + name


def finished(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs it to its end in a thread: Playwright keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(work())).result()


def parts_of(settings: Settings) -> WebParts:
    """What wiring gives to the web process."""
    return WebParts(
        version="0.1.0",
        kafka=settings.kafka,
        connect=wiring.connecting(settings),
        clock=lambda: (datetime.now(UTC), settings.today or TODAY),
        today_fixed=settings.today is not None,
        sources=tuple(c.source for c in CONNECTORS),
        policy=load_policy(),
        policy_hash="cd" * 32,
        tables=load_tables(),
        agencies=placeholders(),
        explained=wiring.explained(settings),
    )


@dataclass
class Web:
    """A running web process and its database."""

    stack: Stack
    settings: Settings
    address: str

    def get(self, path: str, accept: str = "*/*", **more: Any) -> httpx2.Response:
        return httpx2.get(self.address + path, headers={"Accept": accept}, timeout=15, **more)

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("/status").json()
        return found

    def within(self, seconds: float, wanted: str) -> dict[str, Any]:
        """The first status document with that status; fails after so many seconds."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.status()
            if found["status"] == wanted:
                return found
            assert time.monotonic() < deadline, found["sentence"]
            time.sleep(0.3)

    def counted(self) -> dict[str, Any]:
        """The first document with the totals of a populated hub: they are renewed every 2 s."""
        deadline = time.monotonic() + 10
        while (found := self.status())["funnel"]["enterprises"] != 4:
            assert time.monotonic() < deadline, found["funnel"]
            time.sleep(0.3)
        return found

    def execute(self, sql: str, *values: Any) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(self.settings.postgres.get_secret_value())
            try:
                await connection.execute(sql, *values)
            finally:
                await connection.close()

        finished(run)

    def elsewhere(self, sql: str) -> None:
        """Runs a statement in the server's own database."""

        async def run() -> None:
            connection = await asyncpg.connect(self.stack.dsn)
            try:
                await connection.execute(sql)
            finally:
                await connection.close()

        finished(run)

    @contextmanager
    def holding(self, sql: str) -> Iterator[None]:
        """Runs a statement in a transaction that stays open during the block."""
        with asyncio.Runner() as runner:
            connection = runner.run(asyncpg.connect(self.settings.postgres.get_secret_value()))
            try:
                runner.run(connection.execute("begin"))
                runner.run(connection.execute(sql))
                yield
            finally:
                runner.run(connection.close())

    def populate(self) -> None:
        """Live processes, every partition taken and read to its end, and a few messages, firms
        and referrals under the smart-factory topic. Heartbeats lie an hour ahead: nobody beats."""
        for role, pid in (("ingest-0", PID), ("relay", PID + 1), ("clock", PID + 2)):
            self.execute(
                "insert into process values ($1, $2, '0.1.0', now(), now() + interval '1 hour',"
                ' \'{"batches": 3, "events": 9, "last_batch": 4, "last_ms": 7.5}\')',
                role,
                pid,
            )
        for connector in CONNECTORS:
            for number in range(self.settings.source_partitions):
                self.execute(
                    "insert into source_partition (topic, partition, epoch, owner, first_offset,"
                    " next_offset) values ($1, $2, 1, $3, 0, 0)",
                    connector.source.topic,
                    number,
                    f"ingest-0@here:{PID}",
                )
        self.execute(_MESSAGES)


_MESSAGES = """
create temp table s as select stream from source_partition
    where topic = 'src.mss.smart-factory.v1' and partition = 0;
insert into intake_day select stream, current_date, 10, 6, 1, 1, 1, 1 from s;
insert into intake_reason select stream, current_date, r, 1 from s,
    unnest(array['DUPLICATE_REVISION', 'OLDER_REVISION', 'BRN_CHECKSUM', 'KEY_MISSING']) r;
insert into inbox select stream, n, now(), current_date, now() - interval '1 second', 'k' || n, 0
    from s, generate_series(0, 9) n;
insert into audit select stream, 0, 10, now(), 'w', 1, '{}', null, '\\x00' from s;
insert into quarantine select stream, 9, now() - interval '1 minute', 'src.mss.smart-factory.v1',
    'k9', 'KEY_MISSING', null, null, '\\x00' from s;
insert into enterprise select gen_random_uuid(), now() from generate_series(1, 4);
insert into establishment select gen_random_uuid(), enterprise_id, '1' from enterprise;
insert into referral select gen_random_uuid(), e.enterprise_id, b.establishment_id, 0, 1,
    'requested', 'diagnosis', '', 'HRDK-SEOUL', 'HRDK-SEOUL', 'BEGINNER', 500, true, '\\x00',
    current_date, now(), now() from enterprise e join establishment b using (enterprise_id) limit 3;
insert into referral_version select referral_id, 1, 'requested', now() - interval '5 minutes',
    '\\x00' from referral;
"""


@contextmanager
def serving(stack: Stack, template: str, **changes: Any) -> Iterator[Web]:
    """A web process over a copy of the template database."""
    name = f"web_{os.getpid()}_{next(_numbers)}"

    async def copy() -> None:
        admin = await asyncpg.connect(stack.dsn)
        await admin.execute(f"create database {name} template {template}")
        await admin.close()

    finished(copy)
    dsn = SecretStr(database(stack.dsn, name))
    settings = Settings(kafka=stack.kafka, postgres=dsn, **changes)
    parts = parts_of(settings)
    with threaded(settings, parts) as address:
        yield Web(stack, settings, address)


@contextmanager
def threaded(settings: Settings, parts: WebParts) -> Iterator[str]:
    """Serves on a free port in a thread of its own; the address."""
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            loop.run_until_complete(serve(settings, stop, parts))
        except BaseException as error:
            failures.append(error)
        finally:
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while not parts.facts.address and not failures and time.monotonic() < deadline:
            time.sleep(0.02)
        yield parts.facts.address
    finally:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join(15)
    assert not thread.is_alive()
    assert not failures, failures
