"""The search for the messages of a source key."""

from importlib.resources import files

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds it; forward only."""
    sql = files("services.adapters.postgres.migrations").joinpath("0005_source_key.sql")
    for statement in sql.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
