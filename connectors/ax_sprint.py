"""P5 AX 스프린트 우대 트랙 (KOSMES for MSS): loan cases, promotion only.

Contract: the partners' ax-sprint note, cited as P5 §n. What the track's exporter cannot filter
(limits, amounts, rates, grades, reasons) is credit information: it is taken out before anything
is kept, compared or hashed, and so is every key that the contract does not list.
"""

import json
import re

from connectors.base import (
    EndState,
    Outcome,
    Participation,
    Reading,
    Refusal,
    Source,
    State,
    Statement,
    Writers,
)
from connectors.fields import clean, ordering_faults
from connectors.frames import key_text
from connectors.json_text import Number, Value, json_document
from connectors.loan_cases import (
    LISTED,
    STATUSES,
    Case,
    case_body,
    case_of,
    day_of,
    first_word,
    positive,
)
from connectors.memory import judged_before_content, memory_of, with_applied

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
        case = case_of(document)
        faults = _head_faults(kafka_key, case)
        loan_ref = case.cells["loan_ref"].text
        if faults:
            return Refusal(tuple(faults), faults, _if_loan_ref(loan_ref) or _if_loan_ref(kafka_key))
        return Statement((loan_ref,), loan_ref, case_body(document, case))

    def judge(
        self, states: tuple[State, ...], ref: str, statement: Statement
    ) -> tuple[State, tuple[Outcome, ...]]:
        memory = memory_of(states)
        body = statement.body
        hold = None if body["hold"] is None else (body["hold"], "bzno")
        ended = judged_before_content(memory, ref, body, "seq", hold)
        if ended is not None:
            return ended
        participation = Participation(
            "P5", statement.source_key, STATED, event_on=body["day"], **body["facts"]
        )
        applied = Outcome(
            ref,
            EndState.APPLIED,
            warnings=tuple(dict.fromkeys(body["warnings"])),
            participations=(participation,),
        )
        new, passed = with_applied(memory, body["revision"], body["content"])
        return new, (applied, *passed)


def _kept(name: str, value: Value) -> str:
    """What of a listed field may be kept, as JSON: a nested value could hold anything, and of the
    status only a word of the contract is surely none of the reason behind it."""
    if isinstance(value, Number):
        return value.written
    if isinstance(value, list | dict):
        return "null"
    if name == "st" and isinstance(value, str):
        word = first_word(clean(value))[0]
        return json.dumps(word if word in STATUSES else None, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)


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
    day, number = day_of(case.cells["base_dt"])[0], positive(case.cells["seq"])
    faults |= ordering_faults({"base_dt": day is not None, "seq": number is not None})
    if case.word not in STATUSES:
        faults["STATUS_UNKNOWN"] = "st"
    return faults
