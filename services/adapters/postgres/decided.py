"""Reading the decisions taken, in one pass and without holding them in memory.

Everything happens in one read-only transaction over one snapshot: what runs beside it is not
disturbed, nothing can be written.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from services.adapters.postgres.connect import Connection, ours
from services.domain.laboratory.replay import Stored

_ROWS = 2_000
_FETCH_S = 600.0
_COLUMNS = """
select l.establishment_id, l.version, l.as_of, l.decision_id, d.policy_hash, d.blocks, l.facts,
       s.topic, s.partition, l.kafka_offset
from decision_log l left join decision d using (decision_id)
     left join source_partition s using (stream)
where ($1::date is null or l.as_of >= $1) and ($2::date is null or l.as_of <= $2)
"""
_BY_WORKPLACE = " order by l.establishment_id, l.version, l.decided_at, l.stream, l.kafka_offset"
_BLOCKS = "select block_id, name, body from decision_block"


@asynccontextmanager
async def snapshot(connection: Connection) -> AsyncIterator[None]:
    """One state of the database for as long as the block takes; writing is refused."""
    async with ours(), connection.transaction(isolation="repeatable_read", readonly=True):
        # The cursors run for as long as there is something to decide.
        await connection.execute("set local statement_timeout = 0")
        await connection.execute("set local idle_in_transaction_session_timeout = 0")
        yield


async def decided(
    connection: Connection, first: date | None, last: date | None, by_workplace: bool = False
) -> AsyncIterator[list[Stored]]:
    """Decisions whose deciding day lies between first and last (both included; None: no limit), in
    portions. by_workplace: a workplace's decisions stand together, the oldest first."""
    sql = _COLUMNS + (_BY_WORKPLACE if by_workplace else "")
    async with ours():
        cursor = await connection.cursor(sql, first, last)
        while rows := await cursor.fetch(_ROWS, timeout=_FETCH_S):
            yield [
                Stored(
                    str(row[0]),
                    row[1],
                    row[2].isoformat(),
                    row[3],
                    row[4],
                    row[5],
                    row[6],
                    (row[7] or "-", row[8] if row[8] is not None else -1, row[9]),
                )
                for row in rows
            ]


async def blocks(connection: Connection) -> AsyncIterator[list[tuple[bytes, str, bytes]]]:
    """(id, name, body) of every stored block, in portions."""
    async with ours():
        cursor = await connection.cursor(_BLOCKS)
        while rows := await cursor.fetch(_ROWS, timeout=_FETCH_S):
            yield [(row[0], row[1], row[2]) for row in rows]


async def count(connection: Connection, first: date | None, last: date | None) -> int:
    """How many decisions lie between first and last."""
    async with ours():
        found: int = await connection.fetchval(
            "select count(*) from decision_log l"
            " where ($1::date is null or l.as_of >= $1) and ($2::date is null or l.as_of <= $2)",
            first,
            last,
        )
    return found
