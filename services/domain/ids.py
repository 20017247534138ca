"""Deterministic ids: UUIDv5 over what a thing is, never random (architecture, decision 7)."""

from hashlib import sha1
from uuid import UUID

_NARU = UUID("5b0ff5f2-0b1c-5d58-9a35-6e61727521aa").bytes


def uid(*parts: str | int) -> UUID:
    """The UUIDv5 of the parts in Naru's name space; equal parts give equal ids everywhere."""
    name = "\x1f".join(map(str, parts)).encode()
    return UUID(bytes=sha1(_NARU + name, usedforsecurity=False).digest()[:16], version=5)
