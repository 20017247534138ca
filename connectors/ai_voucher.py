"""P1 AI 통합 바우처 (NIPA for MSIT): the whole task as it stands, last write wins by `updDtm`.

Contract: the partners' ai-voucher note, cited as P1 §n. The participant is the demand firm; an
omitted field is not known now. `picNm` and `picTel` never enter a statement or a memory: `contact`
reads them from the bytes, and only where the same event proves the consent.
"""

from typing import Any, NamedTuple

from connectors.base import (
    Consent,
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
from connectors.contacts import Contact
from connectors.fields import (
    WORKERS_BOUND,
    bounded,
    coded,
    digest,
    in_order,
    joined,
    remembered,
    separated_day,
    texts_of,
)
from connectors.frames import confluent_record, key_text, refused, without_fields
from connectors.identifiers import brn
from connectors.instants import Instant, instant
from connectors.memory import judged_before_content, memory_of, with_applied
from connectors.names import firm_name
from connectors.neutral import neutral_without
from connectors.places import from_text

TEXTS = (
    "taskNo",
    "voucherType",
    "dmndCorpNm",
    "dmndBrno",
    "dmndCorpScale",
    "dmndAddr",
    "splyCorpNm",
    "splyBrno",
    "solutionNm",
    "solutionField",
    "agreeDt",
    "taskBgnDt",
    "taskEndDt",
    "taskStat",
    "picNm",
    "picTel",
    "infoAgreeDt",
    "updDtm",
)
"""The text fields of the contract, the ordering value last."""

MARKED = frozenset({"dmndCorpNm", "solutionNm"})
NUMBERS = ("bizYear", "dmndEmpCnt", "vchrAmt", "selfCashAmt", "selfInKindAmt")
CONTACT_FIELDS = frozenset({"picNm", "picTel"})

STATUSES = {
    "접수": "APPLIED",
    "선정": "SELECTED",
    "협약체결": "CONTRACTED",
    "수행중": "IN_PROGRESS",
    "중간점검": "INTERIM_CHECK",
    "완료": "COMPLETED",
    "정산완료": "SETTLED",
    "협약해지": "TERMINATED",
    "포기": "WITHDRAWN",
}
AGREED = frozenset({"협약체결", "수행중", "중간점검", "완료", "정산완료"})
VOUCHERS = dict.fromkeys(("일반", "소상공인", "의료", "AI반도체", "글로벌"))
SIZES = {"소상공인": "MICRO", "중소": "SME", "중견": "MIDSIZE", "의료기관": "UNKNOWN"}
AMOUNT_BOUND = 1_000_000
WON = 1_000

STATED = neutral_without(
    "crn", "ei_workplace_no", "ksic_code", "ksic_revision", "level_goal", "ai_applied"
)

FORM_2025, FORM_2026_1, FORM_2026_2 = "P1-2025", "P1-2026-1", "P1-2026-2"
AGENCIES = ("HRDK", "AI_CENTER", "JOINT_CENTER", "POLYTECH")
RECIPIENTS = {FORM_2026_1: AGENCIES, FORM_2026_2: (*AGENCIES, "OPERATOR:P1")}
CONTACT_RECIPIENTS = ("HRDK", "AI_CENTER")


class Consents(NamedTuple):
    """The one box of the form as the two consents, its text, and the warning."""

    enterprise: Tri
    contact: Tri
    form: str
    warning: str | None


class Task(NamedTuple):
    """A decoded task: cleaned texts, numbers, and what cleaning found."""

    texts: dict[str, str]
    numbers: dict[str, int | None]
    agreed: Tri
    marked: bool
    content: str


class AiVoucher:
    """The connector of P1."""

    source = Source(
        folder="ai-voucher",
        programme="P1",
        topic="src.msit.ai-voucher.v1",
        feedback_topic="feedback.msit.ai-voucher.v1",
        wire="avro-confluent",
        schema_file="avro/source/ai-voucher.avsc",
        record="kr.go.msit.nipa.AiVoucherTask",
        single=True,
        redacts=True,
        key_field="taskNo",
        operator_ko="정보통신산업진흥원",
        operator_en="National IT Industry Promotion Agency (NIPA, for MSIT)",
        told_daily=("daily_count",),
    )

    def keep(self, value: bytes | None, writers: Writers) -> bytes | None:
        record = confluent_record(value, writers)
        if value is None or isinstance(record, str):
            return value
        task = _task(record)
        if task is not None and (not _has_contact(task) or _contact_allowed(task)):
            return value
        return without_fields(value, writers, CONTACT_FIELDS)

    def contact(self, value: bytes | None, writers: Writers) -> Contact | None:
        """The contact person of a task, where this very event says that it may be passed on."""
        task = _task(confluent_record(value, writers))
        if task is None or not _has_contact(task) or not _contact_allowed(task):
            return None
        name, telephone = task.texts["picNm"], task.texts["picTel"]
        return Contact(name or None, telephone or None, CONTACT_RECIPIENTS)

    def read(self, key: bytes | None, value: bytes | None, writers: Writers) -> Reading:
        record = confluent_record(value, writers)
        task = _task(record)
        if task is None:
            return refused(key, record if isinstance(record, str) else "BYTES_UNDECODABLE")
        kafka_key, number = key_text(key), task.texts["taskNo"]
        faults = _head_faults(kafka_key, task)
        moment = instant(task.texts["updDtm"])
        if faults or moment is None:
            return Refusal(tuple(faults), faults, number or kafka_key or None)
        return Statement((number,), number, _body(task, moment))

    def judge(
        self, states: tuple[State, ...], ref: str, statement: Statement
    ) -> tuple[State, tuple[Outcome, ...]]:
        memory = memory_of(states)
        body = statement.body
        reason, parties = body["hold"], body["parties"]
        if reason is None and None not in parties and memory.get("parties") == parties[::-1]:
            reason = "PARTIES_SWAPPED"
        hold = None if reason is None else (reason, "dmndBrno")
        ended = judged_before_content(memory, ref, body, "updDtm", hold)
        if ended is not None:
            return ended
        applied = Outcome(
            ref,
            EndState.APPLIED,
            warnings=tuple(dict.fromkeys(body["warnings"])),
            participations=(_participation(statement.source_key, body),),
        )
        new, passed = with_applied(memory, body["revision"], body["content"], parties=parties)
        return new, (applied, *passed)


def _task(record: dict[str, Any] | str) -> Task | None:
    """A decoded record as task; None where there is none, or the writer's schema gave a field
    another type."""
    if isinstance(record, str):
        return None
    try:
        texts = texts_of(record, TEXTS)
    except TypeError:
        return None
    numbers = {name: record.get(name) for name in NUMBERS}
    agreed = record.get("infoAgreeYn")
    if not all(number is None or type(number) is int for number in numbers.values()):
        return None
    if agreed is not None and type(agreed) is not bool:
        return None
    said = ["" if number is None else str(number) for number in (*numbers.values(), agreed)]
    content = digest(joined([*texts.values[:-1], *said]))
    marked = not MARKED.isdisjoint(texts.marked)
    return Task(dict(zip(TEXTS, texts.values, strict=True)), numbers, agreed, marked, content)


def _head_faults(kafka_key: str, task: Task) -> dict[str, str]:
    """Step 2: all reasons with the field that gave each."""
    faults: dict[str, str] = {}
    number = task.texts["taskNo"]
    if not kafka_key or not number:
        faults["KEY_MISSING"] = "taskNo"
    elif kafka_key != number:
        faults["KEY_MISMATCH"] = "taskNo"
    if instant(task.texts["updDtm"]) is None:
        faults["ORDERING_UNREADABLE"] = "updDtm"
    if task.texts["taskStat"] not in STATUSES:
        faults["STATUS_UNKNOWN"] = "taskStat"
    return faults


def _body(task: Task, moment: Instant) -> dict[str, Any]:
    texts = task.texts
    own, fault = brn(texts["dmndBrno"])
    supplier, supplier_fault = brn(texts["splyBrno"])
    body = {
        "revision": moment.order,
        "day": moment.day,
        "content": task.content,
        "parties": [own, supplier],
        "hold": None,
    }
    if fault is None and own is None:
        fault = "IDENTITY_MISSING"
    elif own is not None and own == supplier:
        fault = "PARTIES_SAME"
    if fault is not None:
        return {**body, "hold": fault}
    warnings = ["ID_UNREADABLE"] if supplier_fault is not None else []
    if task.marked:
        warnings.append("TEXT_CLEANED")
    facts = {**_firm(task, moment.day, own, warnings), **_project(task, warnings)}
    consents = _consents(texts["infoAgreeDt"], task.agreed, moment.day)
    if consents.warning is not None:
        warnings.append(consents.warning)
    facts["consent_enterprise_info"] = consents.enterprise
    facts["consent_contact"] = consents.contact
    return {**body, "facts": facts, "warnings": warnings, "form": consents.form}


def _firm(task: Task, day: str, own: str | None, warnings: list[str]) -> dict[str, Any]:
    texts = task.texts
    if not texts["dmndCorpNm"] or not texts["dmndCorpScale"]:
        warnings.append("FIELD_MISSING")
    place = from_text(texts["dmndAddr"], day)
    size, size_doubt = coded(texts["dmndCorpScale"], SIZES)
    workers, workers_doubt = bounded(task.numbers["dmndEmpCnt"], WORKERS_BOUND)
    name, legal_form = firm_name(texts["dmndCorpNm"], own)
    doubts = (place.warning, size_doubt, workers_doubt)
    warnings += filter(None, doubts)
    return {
        "brn": own,
        "name": name,
        "legal_form": legal_form,
        "sigungu": place.sigungu,
        "region_confidence": place.confidence,
        "size_class": size or "UNKNOWN",
        "regular_workers": workers,
    }


def _project(task: Task, warnings: list[str]) -> dict[str, Any]:
    texts, numbers = task.texts, task.numbers
    dates = (texts["agreeDt"], texts["taskBgnDt"], texts["taskEndDt"])
    if texts["taskStat"] in AGREED and (numbers["vchrAmt"] is None or "" in dates):
        warnings.append("FIELD_MISSING")
    read = [_day(text) for text in dates]
    days = in_order(*(day for day, _ in read))
    granted, granted_doubt = _won(numbers["vchrAmt"])
    cash, cash_doubt = _won(numbers["selfCashAmt"])
    doubts = (
        *(doubt for _, doubt in read),
        days.warning,
        granted_doubt,
        cash_doubt,
        _won(numbers["selfInKindAmt"])[1],
        coded(texts["voucherType"], VOUCHERS)[1],
    )
    warnings += filter(None, doubts)
    return {
        "status": STATUSES[texts["taskStat"]],
        "status_raw": texts["taskStat"],
        "agreement_on": days.agreement,
        "starts_on": days.start,
        "ends_on": days.end,
        "gov_amount_krw": granted,
        "private_cash_krw": cash,
        "solution": texts["solutionNm"] or None,
    }


def _participation(source_key: str, body: dict[str, Any]) -> Participation:
    facts, form = body["facts"], body["form"]
    granted = facts["consent_enterprise_info"]
    return Participation(
        "P1",
        source_key,
        STATED,
        role="DEMAND",
        event_on=body["day"],
        consent=Consent(granted, RECIPIENTS[form] if granted else None),
        consent_form=form,
        **facts,
    )


@remembered
def _day(text: str) -> tuple[str | None, str | None]:
    """`YYYY-MM-DD`, or `YYYY.MM.DD` from the old portal."""
    day = separated_day(text, "-") or separated_day(text, ".")
    return day, "DATE_UNREADABLE" if text and day is None else None


def _won(thousands: int | None) -> tuple[int | None, str | None]:
    amount, doubt = bounded(thousands, AMOUNT_BOUND)
    return None if amount is None else amount * WON, doubt


def _consents(signed: str, agreed: Tri, event_day: str) -> Consents:
    """The two consents by the text in use on the day of signing (P1 §6)."""
    if agreed is None:
        return Consents(None, None, _form(event_day), None)
    if not agreed:
        return Consents(False, False, _form(event_day), None)
    day = _day(signed)[0]
    if day is None or day > event_day or _form(day) == FORM_2025:
        return Consents(None, None, _form(event_day), "CONSENT_UNCLEAR")
    form = _form(day)
    return Consents(True, True if form == FORM_2026_2 else None, form, None)


def _form(day: str) -> str:
    """The consent text in use on a day."""
    if day < "2026-01-01":
        return FORM_2025
    return FORM_2026_1 if day < "2026-03-01" else FORM_2026_2


def _has_contact(task: Task) -> bool:
    return any(task.texts[name] for name in CONTACT_FIELDS)


def _contact_allowed(task: Task) -> bool:
    moment = instant(task.texts["updDtm"])
    if moment is None:
        return False
    return _consents(task.texts["infoAgreeDt"], task.agreed, moment.day).contact is True
