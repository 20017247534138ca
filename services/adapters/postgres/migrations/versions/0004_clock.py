"""The clock's runs and the daily lists that partners were sent."""

from importlib.resources import files

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds them; forward only."""
    sql = files("services.adapters.postgres.migrations").joinpath("0004_clock.sql")
    for statement in sql.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
