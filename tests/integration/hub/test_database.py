"""What the driver and the database say, as our errors."""

import asyncio
import re
from typing import Any

import asyncpg
import pytest

from services.adapters.postgres.connect import ours, poison
from services.adapters.postgres.explaining_events import OF_KEY, PLANNED, events_of_key
from services.adapters.postgres.partitions import claim
from services.errors import Poison
from tests.integration.hub.harness import Hub


async def _argument(connection: Any) -> None:
    await connection.fetchval("select $1::int", 1 << 40)


async def _column(connection: Any) -> None:
    await connection.execute("insert into scope_alias values ($1, 'a', 'b')", "\ud800")


async def _copied(connection: Any) -> None:
    rows = [("00000000-0000-5000-8000-000000000000", 1 << 40, "requested", None, b"")]
    columns = ["referral_id", "version", "status", "at", "decision_id"]
    await connection.copy_records_to_table("referral_version", records=rows, columns=columns)


@pytest.mark.parametrize("work", [_argument, _column, _copied])
def test_a_value_that_cannot_be_encoded_is_the_messages_fault(hub: Hub, work: Any) -> None:
    """Trying it again would never end."""

    async def run() -> None:
        connection = await asyncpg.connect(hub.settings.postgres.get_secret_value())
        try:
            async with ours(), poison(), connection.transaction():
                await work(connection)
        finally:
            await connection.close()

    with pytest.raises(Poison):
        asyncio.run(run())


def test_claims_use_up_no_stream_numbers(hub: Hub) -> None:
    """A hub that is started often enough would else come to the end of them and stand still."""

    async def run() -> tuple[list[tuple[int, int]], int]:
        connection = await asyncpg.connect(hub.settings.postgres.get_secret_value())
        try:
            found = [await claim(connection, "src.new", 0, f"w{n}", 100) for n in range(5)]
            last = await connection.fetchval(
                "select last_value from pg_sequences where sequencename like 'source_partition%'"
            )
            return [(one.stream, one.epoch) for one in found], last
        finally:
            await connection.close()

    claims, last = asyncio.run(run())
    assert claims == [(last, epoch) for epoch in range(1, 6)]


def test_a_search_by_source_key_reads_few_pages_of_a_large_inbox(hub: Hub) -> None:
    """However the keys are mixed."""

    async def run() -> tuple[str, int]:
        connection = await asyncpg.connect(hub.settings.postgres.get_secret_value())
        try:
            stream = (await claim(connection, "src.new", 0, "w", 100)).stream
            await connection.execute(
                "insert into inbox (stream, kafka_offset, received_at, received_on, source_key,"
                f" end_state, raw) select {stream}, n, now(), current_date,"
                " 'KEY-' || n * 7919 % 33333, 0, decode(repeat('00', 300), 'hex')"
                " from generate_series(0, 99998) n"
            )
            await connection.execute("vacuum analyze inbox")
            async with connection.transaction():
                await connection.execute(PLANNED)
                plan = await connection.fetchval(
                    f"explain (analyze, format json) {OF_KEY}", "KEY-7000", 20
                )
                return plan, len(await events_of_key(connection, "KEY-7000"))
        finally:
            await connection.close()

    plan, found = asyncio.run(run())
    assert '"inbox_source_key"' in plan, plan
    passed = max(map(int, re.findall(r'"Rows Removed by Index Recheck": (\d+)', plan)))
    assert (passed < 30_000, found) == (True, 3)
