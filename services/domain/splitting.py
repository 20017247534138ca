"""Writing a large record from parts that many records share.

An Avro record's body is its fields' bodies one after the other, so a group of neighbouring fields
that is the same in many records is encoded once and its bytes are joined (a test compares with
fastavro's own writing of the whole record).
"""

import json
from collections.abc import Mapping
from typing import Any

from schemas.codec import frame, schema_text
from schemas.writer import Write, compile_writer

CACHE_LIMIT = 50_000


class SplitEncoder:
    """Writes records of one hub schema as groups of fields, each group in the schema's order."""

    def __init__(self, name: str, schema_id: int, groups: tuple[tuple[str, ...], ...]) -> None:
        schema = json.loads(schema_text(name))
        self._frame = frame(schema_id)
        self._writers = [_part(schema, fields) for fields in groups]
        self._cache: dict[tuple[int, bytes], bytes] = {}
        names = [field["name"] for field in schema["fields"]]
        if [field for fields in groups for field in fields] != names:
            raise ValueError(f"the groups of {name} are not its fields in order")

    def part(self, group: int, record: Mapping[str, Any]) -> bytes:
        """The bytes of one group of fields."""
        out: list[bytes] = []
        self._writers[group](record, out)
        return b"".join(out)

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


def _part(schema: Mapping[str, Any], fields: tuple[str, ...]) -> Write:
    """A writer of some fields of the record."""
    chosen = [field for field in schema["fields"] if field["name"] in fields]
    return compile_writer({"type": "record", "name": schema["name"], "fields": chosen})
