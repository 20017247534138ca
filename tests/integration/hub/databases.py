"""A test's own database, a copy of one that is migrated once."""

import asyncpg
from pydantic import SecretStr

from services.adapters.local.stack import Stack
from services.commands.stack import prepare
from services.domain import exchange
from services.settings import Settings
from tests.integration.hub.broker import ends_of


def database(dsn: str, name: str) -> str:
    """The same server's DSN for another database."""
    return dsn.rsplit("/", 1)[0] + "/" + name


async def make_template(stack: Stack) -> None:
    """A migrated database from which every test's is copied, and all topics."""
    admin = await asyncpg.connect(stack.dsn)
    await admin.execute("create database template_hub")
    await admin.close()
    dsn = database(stack.dsn, "template_hub")
    await prepare(Settings(kafka=stack.kafka, postgres=SecretStr(dsn)))


async def begin(
    stack: Stack, name: str, begun: dict[tuple[str, int], int] | None
) -> dict[tuple[str, int], int]:
    """Makes the database; returns where each topic begins for this hub. begun: where its source
    topics begin; the present ends where not given."""
    admin = await asyncpg.connect(stack.dsn)
    await admin.execute(f"create database {name} template template_hub")
    await admin.close()
    topics = {t.name for t in exchange.topics(Settings().source_partitions)}
    now = await ends_of(stack.kafka, topics)
    starts = {**now, **(begun or {})}
    if begun is not None:
        starts = {
            place: begun[place] if place[0].startswith("src.") else now[place] for place in now
        }
    connection = await asyncpg.connect(database(stack.dsn, name))
    await connection.executemany(
        "insert into source_partition (topic, partition, first_offset, next_offset, start_offset)"
        " values ($1, $2, $3, $3, $3)",
        [(t, p, offset) for (t, p), offset in sorted(starts.items()) if t.startswith("src.")],
    )
    await connection.close()
    return starts
