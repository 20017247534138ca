"""One firm of P6's document: its numbers, its place, its consents, its contact person.

Contract: the partners' industrial-ai note, cited as P6 §n.
"""

import re
from typing import Any, NamedTuple

from connectors.base import Tri
from connectors.brackets import without_brackets
from connectors.contacts import Contact
from connectors.fields import WORKERS_BOUND
from connectors.json_text import Value
from connectors.json_values import Cell, cell, object_of, text_of, unknown_fields, written
from connectors.korean_dates import UNDECIDED
from connectors.names import firm_name
from connectors.places import UNRESOLVED, Place, assumed, from_text
from connectors.recipients import usable_recipients
from connectors.registration import registration
from connectors.sizes import size_class

NULLS = frozenset({UNDECIDED})
CONSENT_KEYS = ("기업정보제공", "담당자제공", "제공받는자", "동의일")
CONTACT_KEYS = ("성명", "전화")
FIRM_KEYS = ("기업구분", "등록정보", "본사", "실증사업장", "상시근로자", "동의", "담당자")
YES_NO = {"있음": True, "없음": False}
AS_HEAD_OFFICE = frozenset({"본사와동일", "상동"})

_WORKERS = re.compile(r"(-?) ?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+) ?명?")


class Firm(NamedTuple):
    """A firm as read. fault: the reason that it waits for; then there are no facts."""

    key: str
    fault: str | None
    facts: dict[str, Any]
    warnings: tuple[str, ...]


class Consents(NamedTuple):
    """Both consents of a firm, their recipients, and the warnings."""

    enterprise: Tri
    contact: Tri
    recipients: tuple[str, ...]
    warnings: tuple[str, ...]


def field(block: dict[str, Value], name: str) -> Cell:
    """A field of a block of the document; 미정 states nothing."""
    return cell(block.get(name), NULLS)


def firm_of(block: dict[str, Value], role: str, name_key: str, keys: Any, day: str) -> Firm:
    """A LEAD or DEMAND firm on the document's day (ISO). name_key: the key of its name. keys: all
    that its block may hold."""
    numbers = registration(field(block, "등록정보").text)
    if numbers.fault is not None:
        return Firm("", numbers.fault, {}, ())
    name_cell = field(block, name_key)
    text, mismatch = text_of(name_cell)
    name, legal_form = firm_name(text or "", numbers.brn)
    size, size_doubt = size_class(field(block, "기업구분"))
    place = _place(field(block, "실증사업장"), field(block, "본사"), day)
    workers, workers_doubt = _workers(field(block, "상시근로자"))
    consents = consents_of(block)
    doubts = (mismatch, size_doubt, place.warning, workers_doubt)
    warnings = [*numbers.warnings, *(code for code in doubts if code), *consents.warnings]
    warnings += unknown_fields(block, keys)
    if name is None and mismatch is None:
        warnings.append("FIELD_MISSING")
    if name_cell.marked:
        warnings.append("TEXT_CLEANED")
    facts = {
        "role": role,
        "brn": numbers.brn,
        "crn": numbers.crn,
        "ei_workplace_no": numbers.workplace_no,
        "name": name,
        "legal_form": legal_form,
        "sigungu": place.sigungu,
        "region_confidence": place.confidence,
        "size_class": size,
        "regular_workers": workers,
        "consent_enterprise_info": consents.enterprise,
        "consent_contact": consents.contact,
        "recipients": list(consents.recipients) if consents.enterprise else None,
    }
    key = numbers.brn or numbers.crn or numbers.workplace_no or ""
    return Firm(key, None, facts, tuple(warnings))


def contact_of(block: dict[str, Value]) -> Contact | None:
    """The contact person of a firm whose consent can be used."""
    consents = consents_of(block)
    if consents.contact is not True or not has_contact(block):
        return None
    person = object_of(block.get("담당자"))
    name, telephone = (field(person, key).text for key in CONTACT_KEYS)
    return Contact(name or None, telephone or None, consents.recipients)


def has_contact(block: dict[str, Value]) -> bool:
    """Whether a block names a contact person, in whatever form."""
    person = block.get("담당자")
    if isinstance(person, dict):
        return not all(cell(value, NULLS).is_blank for value in person.values())
    return not cell(person, NULLS).is_blank


def consents_of(block: dict[str, Value]) -> Consents:
    """What a firm agreed to (P6 "Consent")."""
    stated = block.get("동의")
    form = object_of(stated)
    warnings = [*unknown_fields(form, CONSENT_KEYS)]
    if form is not stated and not cell(stated, NULLS).is_blank:
        warnings.append("CODE_UNKNOWN")
    recipients = _recipients(form.get("제공받는자"))
    given: list[Tri] = []
    for name in ("기업정보제공", "담당자제공"):
        answer, doubt = _yes_no(field(form, name))
        if answer and recipients is None:
            answer, doubt = None, "CONSENT_UNCLEAR"
        given.append(answer)
        warnings += (doubt,) if doubt is not None else ()
    if has_contact(block) and given[1] is not True:
        warnings.append("CONTACT_DROPPED")
    warnings += unknown_fields(object_of(block.get("담당자")), CONTACT_KEYS)
    return Consents(given[0], given[1], recipients or (), tuple(warnings))


def firm_content(block: dict[str, Value], name_key: str) -> list[Any]:
    """What of a firm counts when two documents are compared; a contact person only where it may
    be kept."""
    fields = [field(block, name).content for name in (name_key, *FIRM_KEYS[:5])]
    form = object_of(block.get("동의"))
    answers = [field(form, name).content for name in CONSENT_KEYS[:2]]
    named = form.get("제공받는자")
    recipients: Any = written(named)
    if isinstance(named, list):
        recipients = sorted(cell(one, NULLS).content for one in named)
    person = object_of(block.get("담당자")) if contact_of(block) is not None else {}
    return [fields, answers, recipients, [field(person, key).content for key in CONTACT_KEYS]]


def _recipients(value: Value) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    cells = [cell(one, NULLS) for one in value]
    if any(one.other for one in cells):
        return None
    return usable_recipients(one.text for one in cells)


def _yes_no(answer: Cell) -> tuple[Tri, str | None]:
    if answer.is_blank:
        return None, None
    return YES_NO.get(answer.text), None if answer.text in YES_NO else "CODE_UNKNOWN"


def _place(site: Cell, head_office: Cell, day: str) -> Place:
    """The demonstration site; the head office only where the text says so, or assumed where there
    is no text."""
    if site.other:
        return UNRESOLVED
    text = without_brackets(site.text)
    if site.text and text.replace(" ", "") not in AS_HEAD_OFFICE:
        return from_text(text, day)
    place = from_text(without_brackets(head_office.text), day)
    if site.text or place.sigungu is None:
        return place
    return assumed(place.sigungu)


def _workers(count: Cell) -> tuple[int | None, str | None]:
    if count.is_blank:
        return None, None
    found = _WORKERS.fullmatch(count.text)
    if found is None:
        return None, "NUMBER_UNREADABLE"
    digits = found[2].replace(",", "").lstrip("0") or "0"
    if found[1] or len(digits) > len(str(WORKERS_BOUND)) or int(digits) > WORKERS_BOUND:
        return None, "NUMBER_OUT_OF_RANGE"
    return int(digits), None
