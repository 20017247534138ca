"""COPY of plain rows, for the bench's comparison."""

import time

from services.adapters.postgres.connect import Connection, ours

_CHUNK = 2000


async def copy_rows(connection: Connection, rows: list[tuple[str, bytes | None, bytes]]) -> float:
    """Seconds for writing the rows into a table of their own, 2,000 a transaction."""
    async with ours():
        await connection.execute("create table bench_copy (topic text, key bytea, value bytea)")
        started = time.monotonic()
        for at in range(0, len(rows), _CHUNK):
            await connection.copy_records_to_table("bench_copy", records=rows[at : at + _CHUNK])
        seconds = time.monotonic() - started
        await connection.execute("drop table bench_copy")
    return seconds
