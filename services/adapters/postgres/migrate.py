"""Bringing a database to the present schema and registering the shipped Avro schemas."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from schemas.registry import Subject
from services.adapters.postgres.connect import connect, ours
from services.errors import Fatal


def _config() -> Config:
    config = Config()
    location = files("services.adapters.postgres").joinpath("migrations")
    config.set_main_option("script_location", str(location).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection, config: Config) -> None:
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        raise Fatal(
            f"데이터베이스가 이 프로그램보다 새 버전입니다 ({current}). 프로그램을 올리세요.",
            f"the database is newer than this program ({current}); upgrade the program.",
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def migrate(dsn: str, subjects: list[Subject]) -> None:
    """Applies missing revisions, forward only, then registers missing schema versions.

    Raises Fatal where the database is newer than this program. Safe to run several at once.
    """
    engine = create_async_engine(
        dsn.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=pool.NullPool
    )
    try:
        async with ours(), engine.connect() as connection:
            await connection.exec_driver_sql("select pg_advisory_lock(727521)")
            await connection.run_sync(_upgrade, _config())
            await connection.commit()
    finally:
        await engine.dispose()
    await register(dsn, subjects)


_REGISTER = """
insert into schema_version (subject, version, schema, fingerprint)
select s.subject, coalesce((select max(version) from schema_version v
                            where v.subject = s.subject), 0) + 1, s.schema, s.fingerprint
from unnest($1::text[], $2::text[], $3::bytea[]) with ordinality
     as s(subject, schema, fingerprint, place)
where not exists (select from schema_version v
                  where v.subject = s.subject and v.fingerprint = s.fingerprint)
order by s.place
"""


async def register(dsn: str, subjects: list[Subject]) -> None:
    """Adds a version for every subject whose shipped text is not registered yet."""
    connection = await connect(dsn)
    try:
        async with ours(), connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(727522)")
            await connection.execute(
                _REGISTER,
                [s.subject for s in subjects],
                [s.text for s in subjects],
                [s.fingerprint for s in subjects],
            )
    finally:
        await connection.close()
