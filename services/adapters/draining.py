"""Waiting until everything that was published has gone all the way."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from services.adapters.kafka.ends import Ends
from services.adapters.postgres.connect import Connection, close
from services.adapters.postgres.totals import Totals, outbox_backlog, positions, totals
from services.errors import NaruError, ServiceMissing, Transient

_LOOK_S = 0.1
_SELDOM_S = 1.0
_FAR = 10_000
"""Messages left: more than all workers get through between two seldom looks."""


class NotDrained(NaruError):
    """Something is still on its way after the allowed time."""

    code = "NOT_DRAINED"


async def drain(
    kafka: str, connect: Callable[[], Awaitable[Connection]], topics: set[str], timeout_s: float
) -> Totals:
    """The totals, once every source offset is consumed and the outbox is empty.

    Survives restarts of broker and database while it waits. Raises NotDrained after timeout_s.
    """
    deadline = time.monotonic() + timeout_s
    ends = Ends(kafka)
    connection: Connection | None = None
    left = "?"
    try:
        while True:
            lag = 0
            try:
                if connection is None:
                    connection = await connect()
                    await ends.stop()
                    await ends.start()
                lag, waiting = await _left(ends, connection, topics)
                if not lag and not waiting:
                    return await totals(connection)
                left = f"{lag} messages" if lag else f"{waiting} outbox rows"
            except (Transient, ServiceMissing) as error:
                left = str(error)
                await close(connection)
                connection = None
            if time.monotonic() > deadline:
                raise NotDrained(
                    f"{timeout_s:g}초 안에 처리되지 않았습니다: {left}",
                    f"not drained within {timeout_s:g} s: {left}",
                )
            await asyncio.sleep(_SELDOM_S if lag > _FAR else _LOOK_S)
    finally:
        await ends.stop()
        await close(connection)


async def _left(ends: Ends, connection: Connection, topics: set[str]) -> tuple[int, int]:
    """What is still on its way: source messages, and rows of the outbox once those are read."""
    where = await ends.of(topics)
    standing = await positions(connection)
    lag = 0
    for place, (first, last) in where.items():
        at = standing.get(place)
        lag += max(last - max(first if at is None else at, first), 0)
    return lag, 0 if lag else await outbox_backlog(connection)
