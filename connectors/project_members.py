"""Members and consents of one P4 fact, as read.

Contract: the partners' ai-product note, cited as P4 §n. Of a SUPPLY or RESEARCH member only the
number is read: to know that it is no participant, and whose consents there may be.
"""

from typing import Any, NamedTuple

from connectors.avro_values import Record, text, texts
from connectors.base import Tri
from connectors.fields import clean, ksic_revision, separated_day
from connectors.identifiers import brn
from connectors.instants import day_with_offset
from connectors.json_values import Cell
from connectors.ksic_codes import ksic_with_section
from connectors.names import firm_name
from connectors.places import UNRESOLVED, Place, from_code
from connectors.recipients import usable_recipients

PARTICIPANTS = ("LEAD", "DEMAND")
OTHERS = ("SUPPLY", "RESEARCH")
SIZES = {"SME": "SME", "MID": "MIDSIZE", "LARGE": "LARGE"}
SIGUNGU_DIGITS = 5
BLOCK_TEXTS = ("role", "brn", "name", "size", "sigungu_cd", "ksic", "left_on")

ENTERPRISE, CONTACT = "ENTERPRISE_INFO", "PERSONAL_3RD"
KEPT_KINDS = ("MARKETING", "SURVEY")
CONSENT_TEXTS = ("member_brn", "kind", "granted_at", "revoked_at")


class Members(NamedTuple):
    """A stated list: the blocks by business number, and the reasons of members that wait."""

    blocks: dict[str, dict[str, Any]]
    doubts: tuple[str, ...]
    warnings: tuple[str, ...]


class Consents(NamedTuple):
    """Stated consents, by business number and kind with a space between."""

    entries: dict[str, dict[str, Any]]
    warnings: tuple[str, ...]


def members_of(listed: list[Record], day: str) -> Members:
    """The members of a list on the fact's day (ISO). Raises TypeError."""
    doubts: list[str] = []
    chosen: dict[str, dict[str, Cell]] = {}
    for record in listed:
        block = {name: text(record, name) for name in BLOCK_TEXTS}
        number, fault = brn(block["brn"].text)
        is_known = block["role"].text in (*PARTICIPANTS, *OTHERS)
        if number is not None:
            standing = chosen.get(number)
            if standing is None or _rank(block) < _rank(standing):
                chosen[number] = block
        elif not is_known:
            doubts += ("ROLE_UNKNOWN", *((fault,) if fault is not None else ()))
        elif block["role"].text in PARTICIPANTS:
            doubts.append(fault or "IDENTITY_MISSING")
    warnings: list[str] = []
    blocks = {}
    for number, block in chosen.items():
        role = block["role"].text
        if role in PARTICIPANTS:
            blocks[number] = _participant(block, number, day, warnings)
        elif role in OTHERS:
            blocks[number] = {"role": role}
        else:
            doubts.append("ROLE_UNKNOWN")
    return Members(blocks, tuple(dict.fromkeys(doubts)), tuple(warnings))


def _rank(block: dict[str, Cell]) -> int:
    """LEAD before DEMAND before the rest; of the rest a role that cannot be read first."""
    role = block["role"].text
    return PARTICIPANTS.index(role) if role in PARTICIPANTS else 3 if role in OTHERS else 2


def _participant(
    block: dict[str, Cell], number: str, day: str, warnings: list[str]
) -> dict[str, Any]:
    name, legal_form = firm_name(block["name"].text, number)
    place = _place(block["sigungu_cd"].text, day)
    industry, industry_doubt = ksic_with_section(block["ksic"].text)
    left_on = block["left_on"].text
    if name is None:
        warnings.append("FIELD_MISSING")
    if block["name"].marked:
        warnings.append("TEXT_CLEANED")
    if left_on and separated_day(left_on, "-") is None:
        warnings.append("DATE_UNREADABLE")
    warnings += (code for code in (place.warning, industry_doubt) if code is not None)
    return {
        "role": block["role"].text,
        "name": name,
        "legal_form": legal_form,
        "sigungu": place.sigungu,
        "region_confidence": place.confidence,
        "size_class": SIZES.get(block["size"].text, "UNKNOWN"),
        "ksic_code": industry,
        "ksic_revision": ksic_revision(industry, day),
        "has_left": bool(left_on),
    }


def _place(code: str, day: str) -> Place:
    return from_code(code, day) if len(code) == SIGUNGU_DIGITS else UNRESOLVED


def members_content(listed: list[Record] | None) -> Any:
    """What of a list counts when two facts are compared. Raises TypeError."""
    if listed is None:
        return None
    return sorted(
        [
            text(record, name).text
            for name in (BLOCK_TEXTS[:2] if _is_other(record) else BLOCK_TEXTS)
        ]
        for record in listed
    )


def _is_other(record: Record) -> bool:
    return text(record, "role").text in OTHERS


def consents_of(stated: list[Record]) -> Consents:
    """The consents of a fact. Raises TypeError."""
    entries: dict[str, dict[str, Any]] = {}
    warnings: list[str] = []
    for record in stated:
        said = {name: text(record, name).text for name in CONSENT_TEXTS}
        number, kind = brn(said["member_brn"])[0], said["kind"]
        if kind not in (ENTERPRISE, CONTACT, *KEPT_KINDS) or number is None:
            warnings += ("CONSENT_UNCLEAR",) if kind not in KEPT_KINDS else ()
            continue
        key = f"{number} {kind}"
        granted, recipients = _granted(said, texts(record, "recipients"))
        if key in entries:
            granted, recipients = None, None
        entries[key] = {"granted": granted, "recipients": recipients}
        if granted is None and kind not in KEPT_KINDS:
            warnings.append("CONSENT_UNCLEAR")
    return Consents(entries, tuple(warnings))


def _granted(said: dict[str, str], recipients: list[str]) -> tuple[Tri, list[str] | None]:
    """Whether a consent was given, and to whom; None is stated, but not provable."""
    if said["revoked_at"] or not said["granted_at"]:
        return False, None
    named = usable_recipients(recipients)
    if named is None or day_with_offset(said["granted_at"]) is None:
        return None, None
    return True, list(named)


def consents_content(stated: list[Record]) -> list[Any]:
    """What of the consents counts when two facts are compared. Raises TypeError."""
    return sorted(
        [
            [text(record, name).text for name in CONSENT_TEXTS],
            sorted(map(clean, texts(record, "recipients"))),
        ]
        for record in stated
    )
