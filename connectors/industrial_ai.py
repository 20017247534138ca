"""P6 산업AI솔루션 실증·확산 지원 (MOTIR): one whole document per consortium, sent anew.

Contract: the partners' industrial-ai note, cited as P6 §n. A document may be applied in part: the
doubtful firm waits, the others and the project do not.
"""

from dataclasses import replace

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
from connectors.consortium import participations, read_into, unnamed_since
from connectors.consortium_documents import (
    CONTACT,
    KINDS,
    RETRACTION,
    Head,
    contact_paths,
    document_body,
    head_of,
)
from connectors.consortium_firms import CONTACT_KEYS
from connectors.fields import ordering_faults
from connectors.frames import key_text
from connectors.json_text import Path, json_document, readable_document
from connectors.memory import (
    Memory,
    held_for,
    memory_of,
    repeats,
    superseded,
    with_applied,
    with_held,
    with_seen,
)

FIELDS = {"ROLE_UNKNOWN": "참여기관.기관구분"}
"""The field of a reason, where it is not 등록정보."""


class IndustrialAi:
    """The connector of P6."""

    source = Source(
        folder="industrial-ai",
        programme="P6",
        topic="src.motir.industrial-ai.v1",
        feedback_topic="feedback.motir.industrial-ai.v1",
        wire="json",
        schema_file="json/source/industrial-ai.json",
        record=None,
        single=False,
        key_field="컨소시엄.번호",
        operator_ko="산업통상부",
        operator_en="Ministry of Trade, Industry and Resources (MOTIR)",
        redacts=True,
        per_firm=True,
    )

    def keep(self, value: bytes | None, writers: Writers) -> bytes | None:
        document = readable_document(value)
        if document == "VALUE_TOO_LARGE":
            return None
        if isinstance(document, str):
            return value
        allowed = contact_paths(document)

        def forbidden(path: Path) -> bool:
            if path[-1] == CONTACT:
                return path not in allowed
            return path[-1] in CONTACT_KEYS and path[:-1] not in allowed

        if any(forbidden(place.path) for place in document.places):
            return document.with_null_at(forbidden)
        return value

    def read(self, key: bytes | None, value: bytes | None, writers: Writers) -> Reading:
        kafka_key = key_text(key)
        document = json_document(value)
        if isinstance(document, str):
            return Refusal((document,), {}, kafka_key or None)
        head = head_of(document)
        faults = _head_faults(kafka_key, head)
        if faults:
            return Refusal(tuple(faults), faults, head.number or kafka_key or None)
        return Statement((head.number,), head.number, document_body(document, head))

    def judge(
        self, states: tuple[State, ...], ref: str, statement: Statement
    ) -> tuple[State, tuple[Outcome, ...]]:
        memory = memory_of(states)
        body = statement.body
        revision, content = body["revision"], body["content"]
        match repeats(memory, revision, content):
            case True:
                return memory, (Outcome(ref, EndState.DUPLICATE, ("DUPLICATE_REVISION",)),)
            case False:
                held = held_for("REVISION_CONFLICT", "문서정보.차수", ref)
                return with_held(memory, ref, revision, content), (held,)
        is_late = revision < max(memory.get("documents", ("",)))
        shown = unnamed_since(memory["firms"], body) if is_late else list(body["firms"])
        return _judged(memory, ref, statement, shown, is_late)


def _head_faults(kafka_key: str, head: Head) -> dict[str, str]:
    """Step 2: all reasons with the field that gave each."""
    faults: dict[str, str] = {}
    if not kafka_key or not head.number:
        faults["KEY_MISSING"] = "컨소시엄.번호"
    elif kafka_key != head.number:
        faults["KEY_MISMATCH"] = "컨소시엄.번호"
    faults |= ordering_faults(
        {"문서정보.차수": head.revision is not None, "문서정보.작성일": head.day is not None}
    )
    if head.kind not in KINDS:
        faults["MESSAGE_KIND_UNKNOWN"] = "문서정보.구분"
    if head.kind != RETRACTION and head.stage is None:
        faults["STATUS_UNKNOWN"] = "단계"
    return faults


def _judged(
    memory: Memory, ref: str, statement: Statement, shown: list[str], is_late: bool
) -> tuple[State, tuple[Outcome, ...]]:
    """A document that is no repeat. shown: the firms that are its own. A late one that has none
    is passed, and yet what it says of leaving and staying counts."""
    body, number = statement.body, statement.source_key
    revision, content, doubts = body["revision"], body["content"], body["doubts"]
    before = _all(number, memory)
    if not doubts or body["named"] > 1:
        documents, firms = read_into(memory.get("documents", {}), memory.get("firms", {}), body)
        memory = {**memory, "documents": documents, "firms": firms}
    after = _all(number, memory)
    own = tuple(after[key] for key in shown)
    others = tuple(one for key, one in after.items() if key not in shown and before.get(key) != one)
    if is_late and not own:
        return with_seen(memory, revision, content), (replace(superseded(ref), others=others),)
    if doubts:
        fields = {reason: FIELDS.get(reason, "등록정보") for reason in doubts}
        held = Outcome(ref, EndState.HELD, tuple(doubts), (), own, fields, others=others)
        return with_held(memory, ref, revision, content), (held,)
    warnings = (*body["warnings"], "LATE_FACT") if is_late else tuple(body["warnings"])
    applied = Outcome(ref, EndState.APPLIED, (), warnings, own, others=others)
    newest = max(memory["applied"], revision)
    new, passed = with_applied(memory, revision, content)
    return {**new, "applied": newest}, (applied, *passed)


def _all(number: str, memory: Memory) -> dict[str, Participation]:
    return participations(number, memory.get("documents", {}), memory.get("firms", {}))
