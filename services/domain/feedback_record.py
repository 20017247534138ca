"""The record of a message to a partner, and its way into the outbox."""

from datetime import datetime
from typing import Any

from connectors.base import Source
from services.domain.codes import meaning
from services.domain.desk import Desk
from services.domain.ids import Id, uid
from services.domain.outgoing import Cause, Outbox

TYPE = "kr.naru.feedback.v1"


def error_of(code: str, field: str | None) -> dict[str, Any]:
    """One reason in both languages, with the partner's own name of the field."""
    ko, en = meaning(code)
    return {"code": code, "field": field, "message_ko": ko, "message_en": en}


def feedback_record(
    kind: str,
    source: Source,
    cause: Cause,
    source_key: str | None,
    ko: str,
    en: str,
    now: datetime,
    **more: Any,
) -> dict[str, Any]:
    """A record of the schema `feedback`, still without its id. kind: one of the schema's kinds;
    cause: the source message it goes back to; now: UTC; more: what this kind has besides."""
    return {
        "feedback_id": "",
        "kind": kind,
        "programme": source.programme,
        "source_key": source_key,
        "source_topic": cause.topic,
        "source_partition": cause.partition,
        "source_offset": cause.offset,
        "message_ko": ko,
        "message_en": en,
        "issued_at": now,
        **more,
    }


def feedback_id(kind: str, source: Source, *identity: str | int) -> Id:
    """The id of a message to a partner: the same whenever the same is told."""
    return uid("feedback", kind, source.topic, *identity)


def send_feedback(
    desk: Desk,
    outbox: Outbox,
    cause: Cause,
    source: Source,
    key: str | None,
    record: dict[str, Any],
    *identity: str | int,
) -> None:
    """Puts a record into the outbox. key: of the Kafka message; identity: what makes it the same
    message when it is made again."""
    own = feedback_id(record["kind"], source, *identity)
    record["feedback_id"] = own
    outbox.add(
        cause,
        source.feedback_topic,
        key or "",
        desk.encode_feedback(record),
        TYPE,
        own,
    )
