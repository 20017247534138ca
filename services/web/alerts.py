"""What an operator must know now: alerts, the overall status and its one sentence. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from schemas.policies import Policy
from schemas.tables import Tables
from services.web.observation import Observation
from services.web.outbox import Outbox
from services.web.spans import span
from services.web.states import Alive, Connector, Process, State

LAG_TARGET_S = 600.0
OUTBOX_LATE_S = 10.0
OUTBOX_FAIL_S = 60.0
STALLED_FAIL_S = 75.0  # a late schema may hold a partition back for a minute (F4)
QUARANTINE_WAIT_S = 3600.0
REVIEW_WAIT_S = 5 * 86_400.0
SKEW_S = 2.0
REVIEW_ALARM = "DESIGNATION_REVIEW_OVERDUE"
ROLES = {
    "ingest": ("수집 처리기", "ingest worker"),
    "relay": ("중계기", "relay"),
    "clock": ("시계", "clock"),
}


class Status(StrEnum):
    """Of health+json."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that is not as it should be. kind: `operation` is the machinery's, `duty` waits
    for a person although the machinery works."""

    code: str
    severity: Status
    kind: Literal["operation", "duty"]
    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """operation: the status without duties. sentence: (Korean, English)."""

    status: Status
    operation: Status
    sentence: tuple[str, str]
    alerts: tuple[Alert, ...]


def verdict(
    seen: Observation,
    running: tuple[Process, ...] | None,
    flows: tuple[Connector, ...],
    outbox: Outbox,
    policy: Policy,
    tables: Tables,
) -> Verdict:
    """The worst alert decides; none means pass."""
    found = [
        *_dependencies(seen),
        *(_processes(running) if running is not None else ()),
        *_clock(running or ()),
        *_unowned(flows, running or ()),
        *_connectors(flows, seen),
        *_outbox(outbox),
        *_balance(seen),
        *_skew(seen),
        *_quarantine(seen),
        *_identities(seen),
        *_reviews(policy, tables, seen.today),
    ]
    found.sort(key=_rank)
    machinery = [a for a in found if a.kind == "operation"]
    return Verdict(_worst(found), _worst(machinery), sentence(found, flows), tuple(found))


def _rank(alert: Alert) -> tuple[bool, bool]:
    return alert.severity is not Status.FAIL, alert.kind == "duty"


def _worst(found: list[Alert]) -> Status:
    severities = {alert.severity for alert in found}
    return next((s for s in (Status.FAIL, Status.WARN) if s in severities), Status.PASS)


def sentence(found: list[Alert], flows: tuple[Connector, ...]) -> tuple[str, str]:
    """The first two alerts and how many more there are; or that all is well."""
    if not found:
        lag = sum(flow.lag or 0 for flow in flows)
        if lag:
            return (
                f"정상입니다. 전문 {lag:,}건을 처리하고 있습니다.",
                f"All is well; {lag:,} messages are being worked through.",
            )
        return (
            "정상입니다. 밀린 전문이 없습니다.",
            "All is well; no message is waiting.",
        )
    more = len(found) - 2
    ko, en = " ".join(a.ko for a in found[:2]), " ".join(a.en for a in found[:2])
    return (
        (f"{ko} 그 밖에 {more}건이 더 있습니다.", f"{en} And {more} more.")
        if more > 0
        else (ko, en)
    )


def _fail(code: str, ko: str, en: str) -> Alert:
    return Alert(code, Status.FAIL, "operation", ko, en)


def _warn(code: str, ko: str, en: str) -> Alert:
    return Alert(code, Status.WARN, "operation", ko, en)


def _duty(code: str, ko: str, en: str) -> Alert:
    return Alert(code, Status.WARN, "duty", ko, en)


def _dependencies(seen: Observation) -> Iterator[Alert]:
    if not seen.postgres.answers:
        yield _fail(
            "POSTGRES_DOWN", "데이터베이스가 응답하지 않습니다.", "The database does not answer."
        )
    if not seen.kafka.answers:
        yield _fail("KAFKA_DOWN", "Kafka가 응답하지 않습니다.", "Kafka does not answer.")


def _processes(running: tuple[Process, ...]) -> Iterator[Alert]:
    for kind, (ko, en) in ROLES.items():
        if not any(p.works for p in running if p.kind == kind):
            yield _fail(
                f"{kind.upper()}_ABSENT",
                f"{ko}가 실행되고 있지 않습니다.",
                f"No {en} is running.",
            )
    for process in running:
        role, seconds = process.row.role, round(process.age_s)
        if process.state in (Alive.LATE, Alive.STALE):
            yield _warn(
                "PROCESS_LATE",
                f"프로세스 {role}의 신호가 {seconds}초 동안 없습니다.",
                f"The process {role} has not reported for {seconds} s.",
            )


def _clock(running: tuple[Process, ...]) -> Iterator[Alert]:
    """Firms that the clock has passed over because they could not be decided."""
    failed = sum(int(p.facts.get("failed") or 0) for p in running if p.kind == "clock" and p.works)
    if failed:
        yield _duty(
            "CLOCK_FIRMS_FAILED",
            f"시계가 판단하지 못하고 지나간 기업이 {failed:,}곳 있습니다.",
            f"{failed:,} firms could not be decided by the clock and were passed over.",
        )


def _connectors(flows: tuple[Connector, ...], seen: Observation) -> Iterator[Alert]:
    for flow in flows:
        topic = flow.source.topic
        stops = {p.why for p in flow.partitions if p.row is not None and p.row.stopped}
        if stops:
            why = ", ".join(sorted(str(stop) for stop in stops))
            yield _fail(
                "PARTITION_STOPPED",
                f"{topic} 수집이 멈춰 있습니다({why}).",
                f"{topic} has been stopped ({why}).",
            )
        elif flow.state is State.STALLED and seen.kafka.answers:
            still = max((p.still_s or 0 for p in flow.partitions if p.lag), default=0.0)
            yield (_fail if still > STALLED_FAIL_S else _warn)(
                "CONNECTOR_STALLED",
                f"{topic} 수집이 진행되지 않습니다.",
                f"{topic} is not moving although messages wait.",
            )
        elif flow.state is State.PAUSED:
            yield _warn(
                "SCHEMA_AWAITED",
                f"{topic}에 등록되지 않은 스키마의 전문이 있어 등록을 기다립니다.",
                f"{topic} waits for a schema that is not registered yet.",
            )
        elif flow.state is State.STOPPED and not flow.partitions:
            yield _fail(
                "TOPIC_MISSING", f"토픽 {topic}이 없습니다.", f"The topic {topic} does not exist."
            )
        elif flow.lag_s is not None and flow.lag_s > LAG_TARGET_S:
            ko, en = span(flow.lag_s)
            yield _warn("LAG_HIGH", f"{topic} 처리가 {ko} 늦습니다.", f"{topic} is {en} behind.")


def _unowned(flows: tuple[Connector, ...], running: tuple[Process, ...]) -> Iterator[Alert]:
    """One alert for all partitions that no live worker holds, where there are workers at all."""
    count = sum(p.why == "NO_OWNER" for flow in flows for p in flow.partitions)
    if count and any(p.works for p in running if p.kind == "ingest"):
        yield _fail(
            "PARTITION_UNOWNED",
            f"파티션 {count}개를 맡은 수집 처리기가 없습니다.",
            f"{count} partitions have no live ingest worker.",
        )


def _outbox(outbox: Outbox) -> Iterator[Alert]:
    if outbox.age_s is None or outbox.age_s <= OUTBOX_LATE_S:
        return
    ko, en = span(outbox.age_s)
    make = _fail if outbox.age_s > OUTBOX_FAIL_S else _warn
    yield make(
        "OUTBOX_LATE",
        f"발신 대기 전문이 {ko}째 나가지 못하고 있습니다.",
        f"Outgoing messages have been waiting for {en}.",
    )


def _balance(seen: Observation) -> Iterator[Alert]:
    for row in seen.live.states if seen.live is not None else ():
        ended = row.applied + row.duplicate + row.superseded + row.held + row.quarantined
        if row.received != ended:
            yield _fail(
                "BALANCE_BROKEN",
                f"{row.topic}: 수신 {row.received:,}건과 종료상태 합계 {ended:,}건이 다릅니다.",
                f"{row.topic}: {row.received:,} received, but {ended:,} in an end state.",
            )


def _skew(seen: Observation) -> Iterator[Alert]:
    if seen.skew is not None and abs(seen.skew.total_seconds()) > SKEW_S:
        seconds = round(seen.skew.total_seconds(), 1)
        yield _warn(
            "CLOCK_SKEW",
            f"데이터베이스 시계가 이 서버와 {seconds}초 다릅니다.",
            f"The database's clock differs from this server's by {seconds} s.",
        )


def _quarantine(seen: Observation) -> Iterator[Alert]:
    parked = seen.totals.parked if seen.totals is not None else ()
    age = seen.age(min((since for _, _, since in parked), default=None))
    if age is not None and age > QUARANTINE_WAIT_S:
        ko, en = span(age)
        count = sum(n for _, n, _ in parked)
        yield _duty(
            "QUARANTINE_WAITING",
            f"격리된 전문 {count:,}건이 최장 {ko}째 확인을 기다립니다.",
            f"{count:,} quarantined messages wait for a person, the oldest for {en}.",
        )


def _identities(seen: Observation) -> Iterator[Alert]:
    """Doubts about firms that nobody has decided for five days."""
    totals = seen.totals
    age = None if totals is None else seen.age(totals.reviews_since)
    if totals is not None and age is not None and age > REVIEW_WAIT_S:
        ko, en = span(age)
        yield _duty(
            "IDENTITY_REVIEWS_WAITING",
            f"기업 식별 검토 {totals.reviews:,}건이 최장 {ko}째 결정을 기다립니다.",
            f"{totals.reviews:,} doubts about firms wait for a person, the oldest for {en}.",
        )


def _reviews(policy: Policy, tables: Tables, today: date) -> Iterator[Alert]:
    """Overdue from the day after the review was due; the old list stays in use."""
    due = {d.review_by for d in tables.designations if d.review_by and d.valid_to is None}
    if any(day < today.isoformat() for day in due):
        alarm = policy.rules.alarms[REVIEW_ALARM]
        yield _duty(REVIEW_ALARM, alarm.ko, alarm.en)
