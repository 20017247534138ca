"""Records of firms beside their participations, and who waits for a participation."""

from importlib.resources import files

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds them; forward only."""
    sql = files("services.adapters.postgres.migrations").joinpath("0002_records.sql")
    for statement in sql.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
