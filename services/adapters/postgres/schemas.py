"""Registered schemas: ids by subject, as every process reads them at start and when in doubt."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.adapters.postgres.connect import Connection, ours


@dataclass(frozen=True, slots=True)
class Registered:
    """One schema version of one subject."""

    id: int
    subject: str
    version: int
    schema: str

    @property
    def parsed(self) -> dict[str, Any]:
        """The schema as parsed JSON."""
        value = json.loads(self.schema)
        if not isinstance(value, dict):
            raise ValueError(f"schema {self.id} is not a record")
        return value


async def registered(connection: Connection) -> list[Registered]:
    """All schema versions, by id."""
    async with ours():
        rows = await connection.fetch(
            "select id, subject, version, schema from schema_version order by id"
        )
    return [Registered(*row) for row in rows]


def newest_ids(all_of_them: list[Registered]) -> Mapping[str, int]:
    """The newest schema id of each subject: what the hub writes with."""
    return {r.subject: r.id for r in sorted(all_of_them, key=lambda r: r.version)}
