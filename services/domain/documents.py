"""A participation as stored JSON and back; only what is stated is kept."""

from dataclasses import fields
from typing import Any

import orjson

from connectors.base import Consent, Participation

_NAMES = tuple(f.name for f in fields(Participation) if f.name != "stated")


def to_document(p: Participation) -> bytes:
    """JSON of the fields that are not null or false."""
    document: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(p, name)
        if value is None or (value is False and name == "is_deleted"):
            continue
        document[name] = value
    if p.consent is not None:
        document["consent"] = [p.consent.granted, p.consent.recipients]
    return orjson.dumps(document)


def from_document(raw: bytes) -> Participation:
    """The participation that `to_document` stored; `stated` is empty."""
    document = orjson.loads(raw)
    consent = document.pop("consent", None)
    if consent is not None:
        granted, recipients = consent
        document["consent"] = Consent(granted, None if recipients is None else tuple(recipients))
    return Participation(stated=(), **document)
