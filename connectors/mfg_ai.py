"""P2 제조업 AI 융합기반 조성 (NIPA for MSIT): the monthly list of all projects, row by row.

Contract: the partners' mfg-ai note, cited as P2 §n. Rows and markers of a list have different
keys, and a project is ended by not standing in a list: all share one memory.
"""

import re
from typing import Any

from connectors.base import (
    Outcome,
    Reading,
    Refusal,
    Source,
    State,
    Statement,
    Writers,
)
from connectors.contacts import Contact
from connectors.fields import ordering_faults
from connectors.frames import key_text
from connectors.json_text import Document, json_document, readable_document
from connectors.json_values import Cell, cell, ordered, unknown_fields
from connectors.mfg_ai_judging import NO_STATE, judged_marker, judged_row
from connectors.mfg_ai_rows import (
    CONTACT_COLUMNS,
    cells_of,
    contact,
    has_contact,
    row_content,
    word_of,
)
from connectors.project_list import BEGIN, COMPLETE
from connectors.separated_dates import NULLS, exact_day

PROGRAMME_SCOPE = "P2"
KIND, LIST, DAY, SERIAL, PROJECT, COUNT = (
    "자료구분",
    "목록번호",
    "기준일",
    "연번",
    "과제번호",
    "총건수",
)
ROW = "행"
MARKERS = {"목록시작": BEGIN, "목록완료": COMPLETE}
MARKER_KEYS = (KIND, LIST, DAY, COUNT)
MARKER_PREFIX = "목록:"

_LIST_NUMBER = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])-([0-9]{1,2})")
_COUNTING = re.compile(r"0*[0-9]{1,15}")
"""Row numbers and counts; more than fifteen digits number no row."""


class MfgAi:
    """The connector of P2."""

    source = Source(
        folder="mfg-ai",
        programme="P2",
        topic="src.msit.mfg-ai.v1",
        feedback_topic="feedback.msit.mfg-ai.v1",
        wire="json",
        schema_file="json/source/mfg-ai.json",
        record=None,
        single=False,
        key_field=PROJECT,
        operator_ko="정보통신산업진흥원",
        operator_en="National IT Industry Promotion Agency (NIPA, for MSIT)",
        redacts=True,
        merges=True,
        asks_when_refused=True,
    )

    def keep(self, value: bytes | None, writers: Writers) -> bytes | None:
        document = readable_document(value)
        if document == "VALUE_TOO_LARGE":
            return None
        if isinstance(document, str) or _may_be_kept(document):
            return value
        return document.with_null_at(lambda path: path[-1] in CONTACT_COLUMNS)

    def contact(self, value: bytes | None, writers: Writers) -> Contact | None:
        """The contact person of a row, where this very row says that it may be passed on."""
        document = json_document(value)
        return None if isinstance(document, str) else contact(cells_of(document))

    def read(self, key: bytes | None, value: bytes | None, writers: Writers) -> Reading:
        kafka_key = key_text(key)
        document = json_document(value)
        if isinstance(document, str):
            return Refusal((document,), {}, kafka_key or None)
        kind = cell(document.root.get(KIND), NULLS).text
        if kind == ROW:
            return _row(kafka_key.replace(" ", ""), document)
        if kind in MARKERS:
            return _marker(kafka_key, document, MARKERS[kind])
        return Refusal(("MESSAGE_KIND_UNKNOWN",), {"MESSAGE_KIND_UNKNOWN": KIND}, kafka_key or None)

    def judge(
        self, states: tuple[State, ...], ref: str, statement: Statement
    ) -> tuple[State, tuple[Outcome, ...]]:
        state = states[0] if states else NO_STATE
        body = statement.body
        if body["kind"] == ROW:
            return judged_row(state, ref, statement.source_key, body)
        return judged_marker(state, ref, body)


def _may_be_kept(document: Document) -> bool:
    """Whether a document holds no contact person, or one whose consent can be used."""
    named = [place.path for place in document.places if place.path[-1] in CONTACT_COLUMNS]
    if document.fault is not None or not named:
        return not named
    cells = cells_of(document)
    at_home = all(len(path) == 1 for path in named)
    return at_home and (not has_contact(cells) or contact(cells) is not None)


def _row(kafka_key: str, document: Document) -> Reading:
    cells = cells_of(document)
    project = cells[PROJECT].text.replace(" ", "")
    name, serial = _list_name(cells[LIST]), _counting(cells[SERIAL])
    day = exact_day(cells[DAY].text)
    faults: dict[str, str] = {}
    if not kafka_key or not project:
        faults["KEY_MISSING"] = PROJECT
    elif kafka_key != project:
        faults["KEY_MISMATCH"] = PROJECT
    faults |= ordering_faults(
        {LIST: name is not None, DAY: day is not None, SERIAL: serial is not None}
    )
    if word_of(cells["진행상태"]) is None:
        faults["STATUS_UNKNOWN"] = "진행상태"
    if not project or name is None or serial is None:
        return Refusal(tuple(faults), faults, project or kafka_key or None)
    body: dict[str, Any] = {"kind": ROW, "list": name, "serial": serial, "faults": faults}
    if day is not None and not faults:
        body["revision"] = f"{name}.{ordered(str(serial))}"
        body["day"] = day
        body |= row_content(document, cells, day)
    return Statement((PROGRAMME_SCOPE,), project, body)


def _marker(kafka_key: str, document: Document, kind: str) -> Reading:
    cells = {name: cell(document.root.get(name), NULLS) for name in MARKER_KEYS}
    list_id, name, count = cells[LIST].text, _list_name(cells[LIST]), _counting(cells[COUNT])
    faults: dict[str, str] = {}
    if not kafka_key or not list_id:
        faults["KEY_MISSING"] = LIST
    elif kafka_key != f"{MARKER_PREFIX}{list_id}":
        faults["KEY_MISMATCH"] = LIST
    day = exact_day(cells[DAY].text)
    faults |= ordering_faults({LIST: name is not None, DAY: day is not None})
    if count is None:
        faults["LIST_MARKER_INVALID"] = COUNT
    if faults or name is None or count is None:
        return Refusal(tuple(faults), faults, kafka_key or None)
    warnings = [*unknown_fields(document.root, MARKER_KEYS)]
    if document.has_bom:
        warnings.append("BOM_REMOVED")
    marker = {"kind": kind, "list": name, "list_id": list_id, "count": count}
    return Statement((PROGRAMME_SCOPE,), kafka_key, {**marker, "warnings": warnings})


def _list_name(field: Cell) -> str | None:
    """목록번호 as text that compares as its three numbers do."""
    found = _LIST_NUMBER.fullmatch(field.text)
    return None if found is None else f"{found[1]}-{found[2]}-{int(found[3]):02}"


def _counting(field: Cell) -> int | None:
    return int(field.text) if _COUNTING.fullmatch(field.text) else None
