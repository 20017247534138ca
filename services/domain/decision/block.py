"""A part of a decision that many firms share: its JSON bytes, made once, and their digest."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """raw: the block as JSON. digest: blake2b-16 of raw."""

    raw: bytes
    digest: bytes

    def json(self) -> Any:
        """The block as JSON values, freshly made."""
        return orjson.loads(self.raw)


def digest(raw: bytes) -> bytes:
    """Sixteen bytes that stand for raw."""
    return blake2b(raw, digest_size=DIGEST_BYTES).digest()


def seal(value: Any) -> tuple[bytes, bytes]:
    """raw and digest of a JSON value."""
    # orjson keeps its whole buffer behind the bytes, ten times what a remembered block needs.
    raw = memoryview(orjson.dumps(value)).tobytes()
    return raw, digest(raw)
