"""P7 지능형로봇 보급 및 확산 (KIRIA for MOTIR): numbered messages and their corrections, all fields
padded strings.

Contract: the partners' robot note, cited as P7 §n. The participant is the demand firm; the number
of a project's first message is the project's key for ever. `pic_nm` and `pic_tel` never enter a
statement or a memory: `contact` reads them from the bytes, and only where the same message proves
the consent.
"""

from typing import Any, NamedTuple

from connectors.base import (
    Consent,
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
from connectors.corrections import Corrections
from connectors.fields import (
    Texts,
    coded,
    digest,
    in_order,
    ksic_revision,
    number,
    remembered,
    stated_day,
    texts_of,
)
from connectors.frames import key_text, refused, single_object_record, without_fields
from connectors.identifiers import brn
from connectors.names import firm_name
from connectors.neutral import neutral_without
from connectors.postcodes import from_text_and_postcode


class Message(NamedTuple):
    """A cleaned message; the contract's fields in the order of its schema."""

    seq: str
    corr_of: str
    yr: str
    type: str
    lead_org: str
    dmd_nm: str
    dmd_bizno: str
    dmd_scale: str
    zip: str
    addr: str
    ksic2: str
    proc_model_cd: str
    robot_kind: str
    robot_qty: str
    si_nm: str
    si_bizno: str
    gov_amt: str
    prv_amt: str
    local_amt: str
    match_rate: str
    stt: str
    safe_consult_dt: str
    agree_dt: str
    end_dt: str
    ai_yn: str
    snd_dt: str
    agr_cd: str
    agr_dt: str
    pic_nm: str
    pic_tel: str


FIELDS = Message._fields
MARKED = frozenset({"dmd_nm", "robot_kind"})
CONTACT_FIELDS = frozenset({"pic_nm", "pic_tel"})
NO_NUMBER = "00000000"
NO_DAY = "00-00-00"

STATUSES = {
    "A": "SELECTED",
    "B": "CONTRACTED",
    "C": "IN_PROGRESS",
    "D": "COMPLETED",
    "X": "SUSPENDED",
}
AGREED = frozenset({"B", "C", "D"})
TYPES = dict.fromkeys(("1", "2", "3"))
SIZES = {"1": "SME", "2": "MIDSIZE", "3": "LARGE"}
YES_NO = {"Y": True, "N": False}
AMOUNT_BOUND = 10_000_000
WON = 1_000

CONSENTS: dict[str, tuple[Tri, Tri]] = {
    "": (None, None),
    "0": (False, False),
    "1": (True, False),
    "2": (True, True),
    "9": (False, False),
}
RECIPIENTS = ("HRDK", "AI_CENTER", "JOINT_CENTER", "POLYTECH")
CONTACT_RECIPIENTS = ("HRDK",)
CONSENT_FORM = "P7-2026"

STATED = neutral_without("crn", "ei_workplace_no", "regular_workers", "starts_on", "level_goal")


class Robot:
    """The connector of P7."""

    source = Source(
        folder="robot",
        programme="P7",
        topic="src.motir.robot.v1",
        feedback_topic="feedback.motir.robot.v1",
        wire="avro-single-object",
        schema_file="avro/source/robot.avsc",
        record="kr.go.motir.kiria.RobotProject",
        single=True,
        redacts=True,
        key_field="seq",
        operator_ko="한국로봇산업진흥원",
        operator_en="Korea Institute for Robot Industry Advancement (KIRIA, for MOTIR)",
        merges=True,
        told_daily=("reminder",),
    )

    def keep(self, value: bytes | None, writers: Writers) -> bytes | None:
        record = single_object_record(value, writers)
        if value is None or isinstance(record, str):
            return value
        read = _message(record)
        if read is not None and (not _has_contact(read[0]) or _contact_allowed(read[0])):
            return value
        return without_fields(value, writers, CONTACT_FIELDS)

    def contact(self, value: bytes | None, writers: Writers) -> Contact | None:
        """The contact person of a message, where this very message says that it may be passed
        on."""
        read = _message(single_object_record(value, writers))
        if read is None or not _has_contact(read[0]) or not _contact_allowed(read[0]):
            return None
        return Contact(read[0].pic_nm or None, read[0].pic_tel or None, CONTACT_RECIPIENTS)

    def read(self, key: bytes | None, value: bytes | None, writers: Writers) -> Reading:
        record = single_object_record(value, writers)
        read = _message(record)
        if read is None:
            return refused(key, record if isinstance(record, str) else "BYTES_UNDECODABLE")
        message, texts = read
        kafka_key = key_text(key)
        faults = _number_faults(kafka_key, message)
        unknown = bool(faults)
        if _day(message.snd_dt)[0] is None:
            faults["ORDERING_UNREADABLE"] = "snd_dt"
        if message.stt not in STATUSES:
            faults["STATUS_UNKNOWN"] = "stt"
        if unknown:
            return Refusal(tuple(faults), faults, message.seq or kafka_key or None)
        body = _body(message, texts, faults)
        scopes = (message.seq, body["target"]) if body["target"] else (message.seq,)
        return Statement(scopes, message.seq, body)

    def judge(
        self, states: tuple[State, ...], ref: str, statement: Statement
    ) -> tuple[State, tuple[Outcome, ...]]:
        memory = Corrections(states, _participation)
        outcomes = memory.judge(ref, statement.body)
        return memory.state(), outcomes


def _message(record: dict[str, Any] | str) -> tuple[Message, Texts] | None:
    """A decoded record as message; None where there is none, or the writer's schema gave a field
    another type."""
    if isinstance(record, str):
        return None
    try:
        texts = texts_of(record, FIELDS)
    except TypeError:
        return None
    return Message._make(texts.values), texts


def _number_faults(kafka_key: str, message: Message) -> dict[str, str]:
    """The part of step 2 that decides whether the message's number becomes known (P7 §1)."""
    faults: dict[str, str] = {}
    has_number = _is_number(message.seq)
    if not has_number or not _is_number(kafka_key):
        faults["KEY_MISSING"] = "seq"
    elif kafka_key != message.seq:
        faults["KEY_MISMATCH"] = "seq"
    target = message.corr_of
    if target not in ("", NO_NUMBER) and (
        not _is_number(target) or (has_number and target >= message.seq)
    ):
        faults["CORRECTION_INVALID"] = "corr_of"
    return faults


def _is_number(text: str) -> bool:
    return len(text) == 8 and text.isascii() and text.isdigit() and text != NO_NUMBER


def _body(message: Message, texts: Texts, faults: dict[str, str]) -> dict[str, Any]:
    target = message.corr_of
    day = _day(message.snd_dt)[0]
    body: dict[str, Any] = {
        "number": message.seq,
        "target": "" if target == NO_NUMBER else target,
        "faults": faults or None,
        "hold": None,
        "day": day,
    }
    if day is None or faults:
        return body
    body["content"] = digest(texts.together)
    own, fault = brn(message.dmd_bizno)
    supplier, supplier_fault = brn(message.si_bizno)
    if fault is None and own is None:
        fault = "IDENTITY_MISSING"
    if fault is not None:
        return {**body, "hold": [fault, "dmd_bizno"]}
    if own == supplier:
        return {**body, "hold": ["PARTIES_SAME", "si_bizno"]}
    warnings = ["ID_UNREADABLE"] if supplier_fault is not None else []
    if not MARKED.isdisjoint(texts.marked):
        warnings.append("TEXT_CLEANED")
    facts = {**_firm(message, day, own, warnings), **_project(message, day, warnings)}
    return {**body, "facts": facts, "warnings": warnings}


def _firm(message: Message, day: str, own: str | None, warnings: list[str]) -> dict[str, Any]:
    if "" in (message.dmd_nm, message.dmd_scale, message.ksic2):
        warnings.append("FIELD_MISSING")
    size, size_doubt = coded(message.dmd_scale, SIZES)
    industry, industry_doubt = _division(message.ksic2)
    place, place_doubts = from_text_and_postcode(message.addr, message.zip, day)
    name, legal_form = firm_name(message.dmd_nm, own)
    doubts = (size_doubt, industry_doubt, *place_doubts)
    warnings += filter(None, doubts)
    return {
        "brn": own,
        "name": name,
        "legal_form": legal_form,
        "sigungu": place.sigungu,
        "region_confidence": place.confidence,
        "size_class": size or "UNKNOWN",
        "ksic_code": industry,
        "ksic_revision": ksic_revision(industry, day),
    }


def _project(message: Message, day: str, warnings: list[str]) -> dict[str, Any]:
    needed = (message.gov_amt, message.agree_dt, message.end_dt)
    if message.stt in AGREED and ("" in needed or NO_DAY in needed[1:]):
        warnings.append("FIELD_MISSING")
    agreement, agreement_doubt = _day(message.agree_dt)
    end, end_doubt = _day(message.end_dt)
    days = in_order(agreement, None, end)
    granted, granted_doubt = _won(message.gov_amt)
    cash, cash_doubt = _won(message.prv_amt)
    ai_applied, ai_doubt = coded(message.ai_yn, YES_NO)
    enterprise, contact, consent_doubt = _consents(message.agr_cd, message.agr_dt, day)
    doubts = (agreement_doubt, end_doubt, days.warning, granted_doubt, cash_doubt, ai_doubt)
    others = (consent_doubt, coded(message.type, TYPES)[1])
    warnings += filter(None, (*doubts, *others))
    return {
        "status": STATUSES[message.stt],
        "status_raw": message.stt,
        "agreement_on": days.agreement,
        "ends_on": days.end,
        "gov_amount_krw": granted,
        "private_cash_krw": cash,
        "ai_applied": ai_applied,
        "solution": message.robot_kind or None,
        "consent_enterprise_info": enterprise,
        "consent_contact": contact,
    }


def _participation(project: str, body: dict[str, Any]) -> Participation:
    facts = body["facts"]
    granted = facts["consent_enterprise_info"]
    return Participation(
        "P7",
        project,
        STATED,
        role="DEMAND",
        event_on=body["day"],
        consent=Consent(granted, RECIPIENTS if granted else None),
        consent_form=CONSENT_FORM,
        **facts,
    )


@remembered
def _day(text: str) -> tuple[str | None, str | None]:
    """`YY-MM-DD`, always 20YY; `00-00-00` is blank."""
    if text in ("", NO_DAY):
        return None, None
    parts = (text[:2], text[3:5], text[6:])
    shaped = len(text) == 8 and text.isascii() and text[2] == text[5] == "-"
    if not shaped or not all(part.isdigit() for part in parts):
        return None, "DATE_UNREADABLE"
    day = stated_day(2000 + int(parts[0]), int(parts[1]), int(parts[2]))
    return day, "DATE_UNREADABLE" if day is None else None


def _division(text: str) -> tuple[str | None, str | None]:
    """Exactly two digits."""
    if len(text) == 2 and text.isascii() and text.isdigit():
        return text, None
    return None, "CODE_UNKNOWN" if text else None


def _won(text: str) -> tuple[int | None, str | None]:
    thousands, doubt = number(text, AMOUNT_BOUND)
    return None if thousands is None else thousands * WON, doubt


def _consents(code: str, signed: str, sent: str) -> tuple[Tri, Tri, str | None]:
    """Both consents and the warning (P7 §5). A consent that was given needs its day."""
    if code not in CONSENTS:
        return None, None, "CODE_UNKNOWN"
    enterprise, contact = CONSENTS[code]
    if enterprise:
        day = _day(signed)[0]
        if day is None or day > sent:
            return None, None, "CONSENT_UNCLEAR"
    return enterprise, contact, None


def _has_contact(message: Message) -> bool:
    return bool(message.pic_nm or message.pic_tel)


def _contact_allowed(message: Message) -> bool:
    sent = _day(message.snd_dt)[0]
    return sent is not None and _consents(message.agr_cd, message.agr_dt, sent)[1] is True
