"""P5 AX 스프린트 우대 트랙 (KOSMES for MSS): loan cases, promotion only.

Contract: the partners' ax-sprint note, cited as P5 §n. What the track's exporter cannot filter
(limits, amounts, rates, grades, reasons) is credit information: it is taken out before anything
is kept, compared or hashed, and so is every key that the contract does not list.
"""

import json
import re
from typing import Any, NamedTuple

from connectors.base import (
    EndState,
    Outcome,
    Participation,
    Reading,
    Refusal,
    Source,
    State,
    Statement,
    Tri,
    Writers,
)
from connectors.fields import clean
from connectors.frames import key_text
from connectors.identifiers import brn, crn
from connectors.instants import day_of_milliseconds
from connectors.json_text import Document, Number, Value, json_document
from connectors.json_values import Cell, cell, content_digest, ordered, text_of, unknown_fields
from connectors.memory import held_for, judged_before_identity, memory_of, with_applied, with_held
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

STATED = (
    "programme",
    "source_key",
    "role",
    "status",
    "status_raw",
    "brn",
    "crn",
    "name",
    "legal_form",
    "sigungu",
    "region_confidence",
    "ksic_code",
    "applied_on",
    "selected_on",
    "promo_ok",
    "consent_enterprise_info",
    "consent_contact",
)

_LOAN_REF = re.compile(r"[A-Z0-9-]{8,40}")
_ZERO = re.compile(r"-?0")
_FIRST_WORD = re.compile(r"[^ ()\[\]{}<>〈〉《》「」『』【】〔〕]*")


class Case(NamedTuple):
    """A loan case: its fields as read, and the first word of its status."""

    cells: dict[str, Cell]
    word: str
    has_more: bool


class AxSprint:
    """The connector of P5."""

    source = Source(
        folder="ax-sprint",
        programme="P5",
        topic="src.mss.ax-sprint.v1",
        feedback_topic="feedback.mss.ax-sprint.v1",
        wire="json",
        schema_file="json/source/ax-sprint.json",
        record=None,
        single=False,
        key_field="loan_ref",
        operator_ko="중소벤처기업진흥공단",
        operator_en="Korea SMEs and Startups Agency (KOSMES, for MSS)",
        redacts=True,
    )

    def keep(self, value: bytes | None, writers: Writers) -> bytes | None:
        document = json_document(value)
        if isinstance(document, str):
            return None
        members = (
            f"{json.dumps(name)}:{_kept(name, document.root[name])}"
            for name in LISTED
            if name in document.root
        )
        return f"{{{','.join(members)}}}".encode()

    def read(self, key: bytes | None, value: bytes | None, writers: Writers) -> Reading:
        kafka_key = key_text(key)
        document = json_document(value)
        if isinstance(document, str):
            return Refusal((document,), {}, _if_loan_ref(kafka_key))
        case = _case(document)
        faults = _head_faults(kafka_key, case)
        loan_ref = case.cells["loan_ref"].text
        if faults:
            return Refusal(tuple(faults), faults, _if_loan_ref(loan_ref) or _if_loan_ref(kafka_key))
        return Statement((loan_ref,), loan_ref, _body(document, case))

    def judge(
        self, states: tuple[State, ...], ref: str, statement: Statement
    ) -> tuple[State, tuple[Outcome, ...]]:
        memory = memory_of(states)
        body = statement.body
        revision, content = body["revision"], body["content"]
        early = judged_before_identity(memory, ref, revision, content, "seq")
        if early is not None:
            return early[0], (early[1],)
        if body["hold"] is not None:
            return with_held(memory, ref, revision, content), (held_for(body["hold"], "bzno", ref),)
        participation = Participation(
            "P5", statement.source_key, STATED, event_on=body["day"], **body["facts"]
        )
        applied = Outcome(
            ref,
            EndState.APPLIED,
            warnings=tuple(dict.fromkeys(body["warnings"])),
            participations=(participation,),
        )
        new, passed = with_applied(memory, revision, content)
        return new, (applied, *passed)


def _kept(name: str, value: Value) -> str:
    """What of a listed field may be kept, as JSON: a nested value could hold anything, and of the
    status only a word of the contract is surely none of the reason behind it."""
    if isinstance(value, Number):
        return value.written
    if isinstance(value, list | dict):
        return "null"
    if name == "st" and isinstance(value, str):
        word = _first_word(clean(value))[0]
        return json.dumps(word if word in STATUSES else None, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)


def _case(document: Document) -> Case:
    cells = {name: _cell(name, document.root.get(name)) for name in READ}
    return Case(cells, *_first_word(cells["st"].text))


def _cell(name: str, value: Value) -> Cell:
    """A field; `0` as number or text states nothing, but for two fields."""
    if name in WITHOUT_NULL:
        return cell(value, ())
    is_zero = isinstance(value, Number) and _ZERO.fullmatch(value.written)
    return Cell() if is_zero else cell(value, ("0",))


def _first_word(text: str) -> tuple[str, bool]:
    """The status up to the first space or bracket, and whether something stands behind it."""
    found = _FIRST_WORD.match(text)
    word = found.group() if found is not None else ""
    return word, word != text


def _if_loan_ref(text: str) -> str | None:
    return text if _LOAN_REF.fullmatch(text) else None


def _head_faults(kafka_key: str, case: Case) -> dict[str, str]:
    """Step 2: all reasons with the field that gave each."""
    faults: dict[str, str] = {}
    loan_ref = case.cells["loan_ref"].text
    if _if_loan_ref(kafka_key) is None or _if_loan_ref(loan_ref) is None:
        faults["KEY_MISSING"] = "loan_ref"
    elif kafka_key != loan_ref:
        faults["KEY_MISMATCH"] = "loan_ref"
    unreadable = [
        name
        for name, value in (
            ("base_dt", _day(case.cells["base_dt"])[0]),
            ("seq", _positive(case.cells["seq"])),
        )
        if value is None
    ]
    if unreadable:
        faults["ORDERING_UNREADABLE"] = ", ".join(unreadable)
    if case.word not in STATUSES:
        faults["STATUS_UNKNOWN"] = "st"
    return faults


def _body(document: Document, case: Case) -> dict[str, Any]:
    cells = case.cells
    day = _day(cells["base_dt"])[0] or ""
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
    if cells["nm"].is_blank:
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
    applied_on, applied_doubt = _day(cells["appl_ts"])
    selected_on, selected_doubt = _day(cells["appr_ts"])
    warnings += (code for code in (applied_doubt, selected_doubt) if code is not None)
    if cells["appl_ts"].is_blank:
        warnings.append("FIELD_MISSING")
    return {"applied_on": applied_on, "selected_on": selected_on}


def _integer(field: Cell) -> str | None:
    """The digits of a JSON number without fraction and exponent."""
    return field.other if Number(field.other).is_integer else None


def _positive(field: Cell) -> str | None:
    digits = _integer(field)
    return digits if digits is not None and digits[0] != "-" and digits != "0" else None


def _day(field: Cell) -> tuple[str | None, str | None]:
    """The Korean day of epoch milliseconds; whatever else stands there is unreadable."""
    if field.is_blank:
        return None, None
    digits = _integer(field)
    day = day_of_milliseconds(int(digits)) if digits is not None and len(digits) < 18 else None
    return day, "DATE_UNREADABLE" if day is None else None


def _promo_ok(field: Cell) -> Tri:
    return PROMO.get(field.other)
