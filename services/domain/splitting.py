"""Writing a large record from parts that many records share.

An Avro record's body is its fields' bodies one after the other, so a group of neighbouring fields
that is the same in many records is encoded once and its bytes are joined (a test compares with
fastavro's own writing of the whole record).
"""

import io
from collections.abc import Mapping
from typing import Any

import fastavro

from schemas.codec import frame, parsed_schema

CACHE_LIMIT = 50_000


class SplitEncoder:
    """Writes records of one hub schema as groups of fields, each group in the schema's order."""

    def __init__(self, name: str, schema_id: int, groups: tuple[tuple[str, ...], ...]) -> None:
        schema = parsed_schema(name)
        self._frame = frame(schema_id)
        self._schemas = [_part(schema, fields, place) for place, fields in enumerate(groups)]
        self._cache: dict[tuple[int, bytes], bytes] = {}
        names = [field["name"] for field in schema["fields"]]
        if [field for fields in groups for field in fields] != names:
            raise ValueError(f"the groups of {name} are not its fields in order")

    def part(self, group: int, record: Mapping[str, Any]) -> bytes:
        """The bytes of one group of fields."""
        out = io.BytesIO()
        fastavro.schemaless_writer(out, self._schemas[group], record)
        return out.getvalue()

    def known(self, group: int, key: bytes) -> bytes | None:
        """The bytes kept under a key, for groups that repeat."""
        return self._cache.get((group, key))

    def keep(self, group: int, key: bytes, record: Mapping[str, Any]) -> bytes:
        """Encodes a group and keeps its bytes under the key."""
        if len(self._cache) >= CACHE_LIMIT:
            self._cache.clear()
        encoded = self._cache[group, key] = self.part(group, record)
        return encoded

    def join(self, *parts: bytes) -> bytes:
        """The framed record."""
        return b"".join((self._frame, *parts))


def _part(schema: Mapping[str, Any], fields: tuple[str, ...], place: int) -> Any:
    """A record schema of some fields; named types keep their full definitions, which these groups
    do not share."""
    chosen = [field for field in schema["fields"] if field["name"] in fields]
    return fastavro.parse_schema(
        {"type": "record", "name": f"{schema['name']}Part{place}", "fields": chosen}
    )
