"""Alembic's entry: runs plain SQL revisions on an asyncpg connection that the caller opened."""

from alembic import context
from sqlalchemy import Connection, text


def _run(connection: Connection) -> None:
    connection.execute(text("set lock_timeout = '10s'"))
    connection.execute(text("set statement_timeout = '120s'"))
    context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])
