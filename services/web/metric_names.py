"""Every metric of `/metrics`, once, with its meaning. Labels are bounded: programmes, agencies,
states, codes, roles, route templates; never a firm, an event or a path."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric; a counter's name ends in `_total`, a unit stands in the name."""

    name: str
    kind: Literal["gauge", "counter", "summary"]
    labels: tuple[str, ...]
    ko: str
    en: str


UP = Metric(
    "naru_dependency_up", "gauge", ("dependency",), "응답하면 1", "1 when the service answers"
)
DEPENDENCY_SECONDS = Metric(
    "naru_dependency_seconds",
    "gauge",
    ("dependency",),
    "상태 질의의 응답 시간",
    "how long the status question took",
)
STATUS = Metric(
    "naru_status",
    "gauge",
    ("scope",),
    "0 정상, 1 주의, 2 장애 (scope: all 전체, operation 장비와 흐름만)",
    "0 pass, 1 warn, 2 fail (scope: all, or operation without duties of people)",
)
BUILD = Metric(
    "naru_build_info", "gauge", ("version", "schema_version"), "실행 중인 판", "what is running"
)
RECEIVED = Metric(
    "naru_messages_received_total", "counter", ("programme",), "받은 전문", "messages received"
)
MESSAGES = Metric(
    "naru_messages",
    "gauge",
    ("programme", "end_state"),
    "현재 종료상태별 전문",
    "messages by the end state they are in now",
)
REASONS = Metric(
    "naru_message_reasons_total",
    "counter",
    ("programme", "end_state", "reason"),
    "처음 판정의 사유별 전문",
    "messages by reason of their first judgement",
)
LAG_MESSAGES = Metric(
    "naru_lag_messages", "gauge", ("programme",), "읽지 않은 전문", "messages not read yet"
)
LAG_SECONDS = Metric(
    "naru_lag_seconds",
    "gauge",
    ("programme",),
    "읽지 않은 가장 오래된 전문의 나이",
    "age of the oldest unread message",
)
LAST_EVENT = Metric(
    "naru_last_event_timestamp_seconds",
    "gauge",
    ("programme",),
    "마지막으로 읽은 전문의 브로커 시각",
    "broker's time of the last message read",
)
CONNECTOR = Metric(
    "naru_connector_state",
    "gauge",
    ("programme", "state"),
    "연계원의 현재 상태이면 1",
    "1 for the state the connector is in",
)
QUARANTINED = Metric(
    "naru_quarantine_messages", "gauge", (), "격리 중인 전문", "messages in quarantine"
)
QUARANTINE_AGE = Metric(
    "naru_quarantine_oldest_seconds",
    "gauge",
    (),
    "가장 오래된 격리 전문의 나이",
    "age of the oldest message in quarantine",
)
IDENTITY_REVIEWS = Metric(
    "naru_identity_reviews_open",
    "gauge",
    (),
    "결정을 기다리는 기업 식별 검토",
    "doubts about firms that wait for a person",
)
IDENTITY_REVIEW_AGE = Metric(
    "naru_identity_review_oldest_seconds",
    "gauge",
    (),
    "가장 오래된 기업 식별 검토의 나이",
    "age of the oldest open doubt about firms",
)
OUTBOX = Metric(
    "naru_outbox_backlog_messages",
    "gauge",
    (),
    "발신 대기 전문 (파티션당 1,000까지)",
    "messages not published yet (up to 1,000 a partition)",
)
OUTBOX_AGE = Metric(
    "naru_outbox_oldest_seconds",
    "gauge",
    (),
    "가장 오래된 발신 대기 전문의 나이",
    "age of the oldest unpublished message",
)
ENTERPRISES = Metric("naru_enterprises", "gauge", (), "알려진 기업", "known enterprises")
PARTICIPATIONS = Metric(
    "naru_participations", "gauge", (), "알려진 사업참여", "known participations"
)
REFERRALS = Metric("naru_referrals", "gauge", ("status",), "상태별 연계", "referrals by status")
AGENCY_REFERRALS = Metric(
    "naru_agency_referrals",
    "gauge",
    ("agency", "status"),
    "기관과 상태별 연계",
    "referrals by agency and status",
)
AGENCY_WAIT = Metric(
    "naru_agency_oldest_unacknowledged_seconds",
    "gauge",
    ("agency",),
    "수신이 기록되지 않은 가장 오래된 연계의 나이",
    "age of the oldest referral without a recorded receipt",
)
POLICY = Metric("naru_policy_info", "gauge", ("hash",), "적용 중인 정책", "the policy in use")
REVIEWS = Metric(
    "naru_policy_reviews_overdue",
    "gauge",
    (),
    "재확인 기한이 지난 근거",
    "bases whose review is overdue",
)
PROCESS_UP = Metric(
    "naru_process_up",
    "gauge",
    ("role",),
    "10초 안에 신호가 있으면 1",
    "1 when it reported within 10 s",
)
PROCESS_START = Metric(
    "naru_process_start_timestamp_seconds", "gauge", ("role",), "시작 시각", "when it started"
)
PROCESS_MESSAGES = Metric(
    "naru_process_messages_total",
    "counter",
    ("role",),
    "시작 뒤 처리한 전문",
    "messages handled since it started",
)
PROCESS_BATCHES = Metric(
    "naru_process_batches_total",
    "counter",
    ("role",),
    "시작 뒤 처리한 묶음",
    "batches since it started",
)
PROCESS_FAILURES = Metric(
    "naru_process_failures_total",
    "counter",
    ("role",),
    "시작 뒤 다시 시도한 실패",
    "failures that were tried again since it started",
)
PROCESS_REDONE = Metric(
    "naru_process_redone_messages_total",
    "counter",
    ("role",),
    "다른 처리기가 같은 기업을 바꾸어 다시 판단한 전문",
    "messages decided twice because another worker had changed their firm",
)
PROCESS_BATCH_SECONDS = Metric(
    "naru_process_last_batch_seconds",
    "gauge",
    ("role",),
    "마지막 묶음에 걸린 시간",
    "how long the last batch took",
)
HTTP = Metric(
    "naru_http_requests_total",
    "counter",
    ("route", "method", "status"),
    "이 프로세스가 답한 요청",
    "requests answered by this process",
)
HTTP_SECONDS = Metric(
    "naru_http_request_seconds",
    "summary",
    ("route",),
    "요청에 답하는 데 걸린 시간",
    "how long answers took",
)

METRICS: tuple[Metric, ...] = tuple(
    value for value in tuple(globals().values()) if isinstance(value, Metric)
)
