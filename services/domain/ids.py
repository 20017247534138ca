"""Deterministic ids: UUIDv5 over what a thing is, never random (architecture, decision 7).

Ids are kept as text: they are compared, hashed and written far more often than taken apart, and a
UUID object costs ten times a string at each of these.
"""

from hashlib import sha1
from typing import TypeAlias
from uuid import UUID

from connectors.base import Participation

Id: TypeAlias = str

_NARU = UUID("5b0ff5f2-0b1c-5d58-9a35-6e61727521aa").bytes
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def uid(*parts: str | int) -> Id:
    """The UUIDv5 of the parts in Naru's name space; equal parts give equal ids everywhere."""
    name = "\x1f".join(map(str, parts)).encode()
    x = sha1(_NARU + name, usedforsecurity=False).hexdigest()
    return f"{x[:8]}-{x[8:12]}-5{x[13:16]}-{_VARIANT[x[16]]}{x[17:20]}-{x[20:32]}"


def participation_id(p: Participation, per_firm: bool) -> Id:
    """The id of a participation. per_firm: a source key has one for each of its firms."""
    member = () if not per_firm else (p.brn or p.crn or p.ei_workplace_no or "",)
    return uid("participation", p.programme, p.source_key, *member)
