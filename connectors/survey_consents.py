"""Consents and contact person of one version of a survey answer (demand-survey note, "Consent").

A consent that is not listed is not stated; one that is stated but cannot be used ends nothing.
The contact person stays in the bytes.
"""

from typing import Any, NamedTuple

from connectors.avro_values import Record, flag, nested, records, text, texts
from connectors.base import Tri
from connectors.contacts import Contact
from connectors.fields import clean
from connectors.recipients import usable_recipients

ENTERPRISE, CONTACT = "ENTERPRISE_INFO", "PERSONAL_3RD"
READ_KINDS = (ENTERPRISE, CONTACT)
KEPT_KINDS = ("MARKETING", "SURVEY")
RETRACTED = "RETRACTED"
CONTACT_FIELDS = ("name", "phone", "email")


class Consents(NamedTuple):
    """What a version says. said: by kind, whether it was given and to whom; unclear: whether one
    is stated without being provable."""

    said: dict[str, tuple[bool, tuple[str, ...] | None]]
    unclear: bool

    def of(self, kind: str) -> Tri:
        """What this version states of a kind."""
        return self.said[kind][0] if kind in self.said else None


def consents_of(record: Record) -> Consents:
    """The consents of a version. Raises TypeError."""
    stated: dict[str, list[tuple[bool, tuple[str, ...] | None] | None]] = {}
    unclear = False
    for one in records(record, "consents") or []:
        kind = text(one, "kind").text
        if kind in (*READ_KINDS, *KEPT_KINDS):
            stated.setdefault(kind, []).append(_consent(one))
        else:
            unclear = True
    said = {}
    retracts = text(record, "answer_state").text == RETRACTED
    for kind, given in stated.items():
        only = given[0] if len(given) == 1 else None
        if only is not None:
            said[kind] = only
        elif kind in READ_KINDS and not retracts:
            unclear = True
    if retracts:
        said |= dict.fromkeys(READ_KINDS, (False, None))
    return Consents(said, unclear)


def _consent(one: Record) -> tuple[bool, tuple[str, ...] | None] | None:
    """Given to whom, or refused; None where it proves nothing."""
    granted = flag(one, "granted")
    if granted is False:
        return False, None
    named = usable_recipients(texts(one, "recipients"))
    has_items = any(map(clean, texts(one, "items")))
    return (True, named) if granted and named is not None and has_items else None


def contact_of(record: Record) -> Contact | None:
    """The contact person that a version names, whoever may know of it. Raises TypeError."""
    block = nested(record, "contact") or {}
    name, phone, email = (text(block, field).text or None for field in CONTACT_FIELDS)
    if name is None and phone is None and email is None:
        return None
    recipients = consents_of(record).said.get(CONTACT, (False, None))[1]
    return Contact(name, phone, recipients or (), email)


def consents_content(record: Record) -> list[Any]:
    """What of consents and contact counts when two versions are compared; the contact only where
    the version itself lets it be kept. Raises TypeError."""
    listed = sorted(
        [
            text(one, "kind").text,
            str(flag(one, "granted")),
            sorted(map(clean, texts(one, "recipients"))),
            sorted(map(clean, texts(one, "items"))),
            text(one, "form_version").text,
        ]
        for one in records(record, "consents") or []
    )
    block = nested(record, "contact") or {}
    kept = CONTACT_FIELDS if consents_of(record).of(CONTACT) else ()
    return [listed, [text(block, field).text for field in kept]]
