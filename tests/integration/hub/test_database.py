"""What the driver and the database say, as our errors."""

import asyncio
from typing import Any

import asyncpg
import pytest

from services.adapters.postgres.connect import ours, poison
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
