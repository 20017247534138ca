"""P4 AI응용제품 신속 상용화 (TIPA with KBIZ for MSS): facts about projects, in any order.

Contract: the partners' ai-product note, cited as P4 §n. A fact states what it concerns; null is
"not stated", never "erased".
"""

from typing import Any, NamedTuple

from connectors.avro_values import Record, flag, fraction, nested, records, text, whole
from connectors.base import (
    Outcome,
    Reading,
    Refusal,
    Source,
    State,
    Statement,
    Writers,
)
from connectors.fields import in_order, ordering_faults, separated_day
from connectors.frames import confluent_record, key_text, refused
from connectors.instants import day_with_offset
from connectors.json_values import Cell, content_digest, ordered
from connectors.project_judging import NOTHING_READ, judged_fact
from connectors.project_members import (
    consents_content,
    consents_of,
    members_content,
    members_of,
)

STATUSES = {
    "project_selected": "SELECTED",
    "agreement_signed": "CONTRACTED",
    "member_changed": None,
    "milestone_reached": "IN_PROGRESS",
    "product_released": "COMPLETED",
    "project_closed": "SETTLED",
    "project_cancelled": "TERMINATED",
}
CANCELLED, GIVEN_UP = "project_cancelled", "WITHDRAWN"
TRACKS = frozenset({"AGILE", "BUILD_UP"})
MINISTRY = "MSS"
RATE_BOUND = 0.7
SHARES = {"gov_share_krw": "gov_amount_krw", "private_share_krw": "private_cash_krw"}
KEPT_FLAGS = ("incentive_requested", "joint_consulting_requested")
TEXTS = (
    "event",
    "occurred_at",
    "project_id",
    "ministry",
    "track",
    "agreement_at",
    "product_name",
    "cancel_kind",
)


class Fact(NamedTuple):
    """A decoded fact: cleaned texts, numbers, and its lists as they came."""

    texts: dict[str, Cell]
    number: int
    day: str | None
    period: tuple[Cell, Cell]
    shares: dict[str, int | None]
    rate: float | None
    flags: dict[str, bool | None]
    members: list[Record] | None
    consents: list[Record]

    def said(self, name: str) -> str:
        """A cleaned text."""
        return self.texts[name].text


class AiProduct:
    """The connector of P4."""

    source = Source(
        folder="ai-product",
        programme="P4",
        topic="src.mss.ai-product.v1",
        feedback_topic="feedback.mss.ai-product.v1",
        wire="avro-confluent",
        schema_file="avro/source/ai-product.avsc",
        record="kr.go.mss.axsprint.AiProductFact",
        single=False,
        key_field="project_id",
        operator_ko="스마트제조혁신추진단·중소기업중앙회",
        operator_en="Smart Manufacturing Innovation Office with KBIZ (for MSS)",
        per_firm=True,
    )

    def keep(self, value: bytes | None, writers: Writers) -> bytes | None:
        return value

    def read(self, key: bytes | None, value: bytes | None, writers: Writers) -> Reading:
        record = confluent_record(value, writers)
        if isinstance(record, str):
            return refused(key, record)
        kafka_key = key_text(key)
        try:
            fact = _fact(record)
            project = fact.said("project_id")
            faults = _head_faults(kafka_key, fact)
            if faults:
                return Refusal(tuple(faults), faults, project or kafka_key or None)
            return Statement((project,), project, _body(fact))
        except TypeError:
            return refused(key, "BYTES_UNDECODABLE")

    def judge(
        self, states: tuple[State, ...], ref: str, statement: Statement
    ) -> tuple[State, tuple[Outcome, ...]]:
        state = states[0] if states else NOTHING_READ
        return judged_fact(state, ref, statement.source_key, statement.body)


def _fact(record: Record) -> Fact:
    period = nested(record, "period") or {}
    occurred_at = text(record, "occurred_at")
    return Fact(
        {name: text(record, name) for name in TEXTS},
        whole(record, "event_no") or 0,
        day_with_offset(occurred_at.text),
        (text(period, "from"), text(period, "to")),
        {name: whole(record, name) for name in SHARES},
        fraction(record, "gov_rate"),
        {name: flag(record, name) for name in KEPT_FLAGS},
        records(record, "members"),
        records(record, "consents") or [],
    )


def _head_faults(kafka_key: str, fact: Fact) -> dict[str, str]:
    """Step 2: all reasons with the field that gave each."""
    faults: dict[str, str] = {}
    if not kafka_key or not fact.said("project_id"):
        faults["KEY_MISSING"] = "project_id"
    elif kafka_key != fact.said("project_id"):
        faults["KEY_MISMATCH"] = "project_id"
    faults |= ordering_faults({"event_no": fact.number >= 1, "occurred_at": fact.day is not None})
    if fact.said("event") not in STATUSES:
        faults["STATUS_UNKNOWN"] = "event"
    return faults


def _body(fact: Fact) -> dict[str, Any]:
    """What a fact states; what it does not state, or cannot be read, is left out."""
    day = fact.day or ""
    warnings: list[str] = []
    fields = _fields(fact, warnings)
    consents = consents_of(fact.consents)
    warnings += consents.warnings
    body: dict[str, Any] = {
        "revision": ordered(str(fact.number)),
        "content": _content(fact),
        "fields": fields,
        "consents": consents.entries,
        "members": None,
        "doubts": [],
        "has_members": bool(fact.members),
    }
    if fact.members is not None:
        members = members_of(fact.members, day)
        warnings += members.warnings
        body["members"] = {
            number: {**block, "day": day} for number, block in members.blocks.items()
        }
        body["doubts"] = list(members.doubts)
    return {**body, "warnings": list(dict.fromkeys(warnings))}


def _fields(fact: Fact, warnings: list[str]) -> dict[str, Any]:
    agreement, agreement_doubt = _read(fact.said("agreement_at"), day_with_offset)
    start, start_doubt = _read(fact.period[0].text, _day)
    end, end_doubt = _read(fact.period[1].text, _day)
    days = in_order(agreement, start, end)
    ministry, track = fact.said("ministry"), fact.said("track")
    doubts = [agreement_doubt, start_doubt, end_doubt, days.warning]
    if ministry not in ("", MINISTRY):
        doubts.append("MINISTRY_OTHER")
    if fact.texts["product_name"].marked:
        doubts.append("TEXT_CLEANED")
    numbers = [value for value in fact.shares.values() if value is not None]
    rate_stands = fact.rate is None or 0 <= fact.rate <= RATE_BOUND
    if not rate_stands or any(value < 0 for value in numbers):
        doubts.append("NUMBER_OUT_OF_RANGE")
    warnings += (code for code in doubts if code is not None)
    stated = {
        "status": _status(fact),
        "ministry": ministry or None,
        "track": track if track in TRACKS else None,
        "solution": fact.said("product_name") or None,
        "agreement_on": days.agreement,
        "starts_on": days.start,
        "ends_on": days.end,
        **{name: _share(fact.shares[share]) for share, name in SHARES.items()},
        **fact.flags,
    }
    return {name: value for name, value in stated.items() if value is not None}


def _status(fact: Fact) -> list[str] | None:
    """Status and word of a fact that states one."""
    event = fact.said("event")
    status = STATUSES[event]
    if event == CANCELLED and fact.said("cancel_kind") == GIVEN_UP:
        status = GIVEN_UP
    return None if status is None else [status, event]


def _share(won: int | None) -> int | None:
    return won if won is not None and won >= 0 else None


def _read(said: str, read: Any) -> tuple[str | None, str | None]:
    day = read(said) if said else None
    return day, "DATE_UNREADABLE" if said and day is None else None


def _day(said: str) -> str | None:
    return separated_day(said, "-") or day_with_offset(said)


def _content(fact: Fact) -> str:
    """What counts when two facts of one number are compared."""
    said = [fact.said(name) for name in TEXTS if name != "project_id"]
    period = [side.text for side in fact.period]
    numbers = [*fact.shares.values(), repr(fact.rate), *fact.flags.values()]
    members, consents = members_content(fact.members), consents_content(fact.consents)
    return content_digest([said, period, numbers, members, consents])
