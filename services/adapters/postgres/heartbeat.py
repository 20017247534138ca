"""Each process tells the database once a second what it is and how it fares."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from services.adapters.postgres.connect import Connection, close, ours
from services.errors import NaruError

_EVERY_S = 1.0

log = structlog.get_logger("heartbeat")

_BEAT = """
insert into process (role, pid, version, started_at, seen_at, facts)
values ($1, $2, $3, $4, now(), $5)
on conflict (role) do update set pid = excluded.pid, version = excluded.version,
    started_at = excluded.started_at, seen_at = excluded.seen_at, facts = excluded.facts
"""


async def beat(
    role: str,
    version: str,
    facts: Callable[[], Mapping[str, Any]],
    connect: Callable[[], Awaitable[Connection]],
    stop: asyncio.Event,
) -> None:
    """Until stop is set. A database that does not answer is no reason to end."""
    started = datetime.now(UTC)
    connection: Connection | None = None
    while not stop.is_set():
        try:
            if connection is None:
                connection = await connect()
            async with ours():
                body = orjson.dumps(dict(facts())).decode()
                await connection.execute(_BEAT, role, os.getpid(), version, started, body)
        except NaruError as error:
            log.info("heartbeat.missed", error=str(error))
            await close(connection)
            connection = None
        try:
            await asyncio.wait_for(stop.wait(), _EVERY_S)
        except TimeoutError:
            continue
    await close(connection)
