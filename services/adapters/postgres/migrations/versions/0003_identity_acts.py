"""What people decide about firms, with what takes it back."""

from importlib.resources import files

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds them; forward only."""
    sql = files("services.adapters.postgres.migrations").joinpath("0003_identity_acts.sql")
    for statement in sql.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
