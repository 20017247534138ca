"""What the driver and the database say, as our errors."""

import asyncio
from typing import Any

import asyncpg
import pytest

from services.adapters.postgres.connect import ours, poison
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
