"""A loan case of P5 as read: its fields, its status word, its firm.

Contract: the partners' ax-sprint note, cited as P5 §n. What stands behind the first word of the
status is credit information and goes no further than this module.
"""

import re
from typing import Any, NamedTuple

from connectors.base import Tri
from connectors.identifiers import brn, crn
from connectors.instants import day_of_milliseconds
from connectors.json_text import Document, Number, Value
from connectors.json_values import Cell, cell, content_digest, ordered, text_of, unknown_fields
from connectors.names import firm_name
from connectors.places import PROVINCES, SEJONG, SEJONG_CODE, UNRESOLVED, Place

READ = (
    "loan_ref",
    "base_dt",
    "seq",
    "bzno",
    "corpno",
    "nm",
    "sido",
    "appl_ts",
    "appr_ts",
    "st",
    "promo_ok",
)
NOT_READ = ("fund", "track", "elig", "indcd")
DROPPED = frozenset({"lmt_mm", "exec_mm", "int_rt", "crd_gr", "rej_rsn"})
"""Credit facts, removed without a warning (P5 "Must be dropped at the edge")."""

LISTED = (*READ, *NOT_READ)
KNOWN = frozenset(LISTED) | DROPPED
COMPARED = ("bzno", "corpno", "nm", "sido", "appl_ts", "appr_ts")
WITHOUT_NULL = frozenset({"promo_ok", "seq"})

STATUSES = {
    "신청": "APPLIED",
    "심사": "APPLIED",
    "승인": "SELECTED",
    "대출실행": "IN_PROGRESS",
    "거절": "REJECTED",
}
PROMO = {"1": True, "0": False}
SEJONG_WORDS = frozenset(word for word, codes in PROVINCES.items() if codes == SEJONG)

_ZERO = re.compile(r"-?0")
_FIRST_WORD = re.compile(r"[^ ()\[\]{}<>〈〉《》「」『』【】〔〕]*")


class Case(NamedTuple):
    """A loan case: its fields as read, and the first word of its status."""

    cells: dict[str, Cell]
    word: str
    has_more: bool


def case_of(document: Document) -> Case:
    """The case that a document describes."""
    cells = {name: _cell(name, document.root.get(name)) for name in READ}
    return Case(cells, *first_word(cells["st"].text))


def _cell(name: str, value: Value) -> Cell:
    """A field; `0` as number or text states nothing, but for two fields."""
    if name in WITHOUT_NULL:
        return cell(value, ())
    is_zero = isinstance(value, Number) and _ZERO.fullmatch(value.written)
    return Cell() if is_zero else cell(value, ("0",))


def first_word(text: str) -> tuple[str, bool]:
    """The status up to the first space or bracket, and whether something stands behind it."""
    found = _FIRST_WORD.match(text)
    word = found.group() if found is not None else ""
    return word, word != text


def case_body(document: Document, case: Case) -> dict[str, Any]:
    """What a case says (steps 4 and 5): `hold`, or else `facts` and `warnings`."""
    cells = case.cells
    day = day_of(cells["base_dt"])[0] or ""
    compared = [cells[name].content for name in COMPARED]
    body = {
        "revision": f"{day}.{ordered(cells['seq'].other)}",
        "content": content_digest([*compared, case.word, cells["promo_ok"].content]),
        "day": day,
        "hold": None,
    }
    warnings = [*unknown_fields(document.root, KNOWN)]
    if document.has_bom:
        warnings.append("BOM_REMOVED")
    if case.has_more:
        warnings.append("SENSITIVE_DROPPED")
    own, fault = _identity(cells, warnings)
    if fault is not None:
        return {**body, "hold": fault}
    facts = {
        "role": "BORROWER",
        "status": STATUSES[case.word],
        "status_raw": case.word,
        **_firm(cells, own, warnings),
        **_dates(cells, warnings),
    }
    facts["promo_ok"] = promo_ok = _promo_ok(cells["promo_ok"])
    if promo_ok is None:
        warnings.append("CODE_UNKNOWN")
    return {**body, "facts": facts, "warnings": warnings}


def _identity(cells: dict[str, Cell], warnings: list[str]) -> tuple[str | None, str | None]:
    """Step 4 (P5 "Identity"): the business number, or the reason that holds the case."""
    if cells["bzno"].other:
        return None, "BRN_MALFORMED"
    own, fault = brn(cells["bzno"].text)
    if fault is not None:
        return None, fault
    if own is not None:
        if own[3:5] == "85":
            warnings.append("BRN_BRANCH")
        return own, None
    corporate, doubt = crn(cells["corpno"].text)
    if corporate is None or doubt is not None:
        return None, "IDENTITY_MISSING"
    warnings.append("FIELD_MISSING")
    return None, None


def _firm(cells: dict[str, Cell], own: str | None, warnings: list[str]) -> dict[str, Any]:
    corporate, doubt = crn(cells["corpno"].text)
    if cells["corpno"].other:
        doubt = "ID_UNREADABLE"
    place = _place(cells["sido"])
    text, mismatch = text_of(cells["nm"])
    name, legal_form = firm_name(text or "", own)
    warnings += (code for code in (doubt, place.warning, mismatch) if code is not None)
    if name is None and mismatch is None:
        warnings.append("FIELD_MISSING")
    if cells["nm"].marked:
        warnings.append("TEXT_CLEANED")
    return {
        "brn": own,
        "crn": corporate,
        "name": name,
        "legal_form": legal_form,
        "sigungu": place.sigungu,
        "region_confidence": place.confidence,
    }


def _place(sido: Cell) -> Place:
    """Only of 세종 does the name of the province name the 시군구."""
    return Place(SEJONG_CODE, "PARSED", None) if sido.text in SEJONG_WORDS else UNRESOLVED


def _dates(cells: dict[str, Cell], warnings: list[str]) -> dict[str, Any]:
    applied_on, applied_doubt = day_of(cells["appl_ts"])
    selected_on, selected_doubt = day_of(cells["appr_ts"])
    warnings += (code for code in (applied_doubt, selected_doubt) if code is not None)
    if cells["appl_ts"].is_blank:
        warnings.append("FIELD_MISSING")
    return {"applied_on": applied_on, "selected_on": selected_on}


def _integer(field: Cell) -> str | None:
    """The digits of a JSON number without fraction and exponent."""
    return field.other if Number(field.other).is_integer else None


def positive(field: Cell) -> str | None:
    """The digits of a JSON number that is whole and at least 1."""
    digits = _integer(field)
    return digits if digits is not None and digits[0] != "-" and digits != "0" else None


def day_of(field: Cell) -> tuple[str | None, str | None]:
    """The Korean day of epoch milliseconds; whatever else stands there is unreadable."""
    if field.is_blank:
        return None, None
    digits = _integer(field)
    day = day_of_milliseconds(int(digits)) if digits is not None and len(digits) < 18 else None
    return day, "DATE_UNREADABLE" if day is None else None


def _promo_ok(field: Cell) -> Tri:
    return PROMO.get(field.other)
