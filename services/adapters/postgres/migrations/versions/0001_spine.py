"""The spine's tables."""

from importlib.resources import files

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Creates them; forward only."""
    sql = files("services.adapters.postgres.migrations").joinpath("0001_spine.sql")
    for statement in sql.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
