"""Deterministic ids: UUIDv5 over what a thing is, never random (architecture, decision 7)."""

from hashlib import sha1
from uuid import UUID

_NARU = UUID("5b0ff5f2-0b1c-5d58-9a35-6e61727521aa").bytes


def text_uid(*parts: str | int) -> str:
    """The same id as text, without the detour over a UUID object."""
    name = "\x1f".join(map(str, parts)).encode()
    x = sha1(_NARU + name, usedforsecurity=False).hexdigest()
    variant = _VARIANT[x[16]]
    return f"{x[:8]}-{x[8:12]}-5{x[13:16]}-{variant}{x[17:20]}-{x[20:32]}"


_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def uid(*parts: str | int) -> UUID:
    """The UUIDv5 of the parts in Naru's name space; equal parts give equal ids everywhere."""
    name = "\x1f".join(map(str, parts)).encode()
    return UUID(bytes=sha1(_NARU + name, usedforsecurity=False).digest()[:16], version=5)
