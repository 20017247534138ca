"""Reasons and addressees of earlier versions of a referral."""

from importlib.resources import files

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds them; forward only."""
    sql = files("services.adapters.postgres.migrations").joinpath("0006_versions.sql")
    for statement in sql.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
