"""What a partner is told of a day or month that is over (contracts, last section of each): how many
of its messages ended how, which keys it may want to send again, which messages still wait."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from connectors.base import EndState, Source
from services.domain.desk import Desk
from services.domain.feedback_record import TYPE, feedback_id, feedback_record, send_feedback
from services.domain.ids import uid
from services.domain.outgoing import Cause, Outbox

OUT_OF_STEP = "CHANGE_OUT_OF_STEP"
REMINDED = "CORRECTION_TARGET_UNKNOWN"
"""Of what a held message's partner is reminded (P7 §7)."""
KEYS_AT_MOST = 2_000
"""Keys in one message; a longer list comes in several."""


def out_of_step(
    desk: Desk,
    outbox: Outbox,
    cause: Cause,
    source: Source,
    day: date,
    keys: Sequence[str],
    now: datetime,
) -> None:
    """The keys whose changes did not fit what the hub knew (P3 §8). No keys, no message."""
    parts = list(_parts(keys))
    for number, part in enumerate(parts, 1):
        which = f" ({number}/{len(parts)})" if len(parts) > 1 else ""
        ko = f"{day}에 앞뒤가 맞지 않은 변경이 있던 과제 {len(keys):,}건{which}. 다시 보내 주세요."
        en = f"{len(keys):,} keys with a change out of step on {day}{which}: please send again."
        told = {"keys": list(part), "reasons": [OUT_OF_STEP]}
        _send(desk, outbox, cause, source, "out_of_step_list", day, number, (ko, en), told, now)


def daily_count(
    desk: Desk,
    outbox: Outbox,
    cause: Cause,
    source: Source,
    day: date,
    counts: Mapping[str, int],
    now: datetime,
) -> None:
    """The day's messages by end state; received is their sum. counts: by name, as they stand."""
    words = _counted(day.isoformat(), counts)
    _send(desk, outbox, cause, source, "daily_count", day, 1, words, {}, now)


def monthly_count(
    desk: Desk,
    outbox: Outbox,
    cause: Cause,
    source: Source,
    month: date,
    counts: Mapping[str, int],
    now: datetime,
) -> None:
    """A month's messages by end state (training-history note). month: its first day; counts: as
    `daily_count` takes them."""
    words = _counted(f"{month:%Y-%m}", counts)
    _send(desk, outbox, cause, source, "monthly_count", month, 1, words, {}, now)


def _counted(when: str, counts: Mapping[str, int]) -> tuple[str, str]:
    return (
        f"{when} 수신 {counts['received']:,}건: 반영 {counts['applied']:,},"
        f" 중복 {counts['duplicate']:,}, 대체 {counts['superseded']:,},"
        f" 보류 {counts['held']:,}, 격리 {counts['quarantined']:,}",
        f"{when}: {counts['received']:,} received, {counts['applied']:,} applied,"
        f" {counts['duplicate']:,} duplicate, {counts['superseded']:,} superseded,"
        f" {counts['held']:,} held, {counts['quarantined']:,} quarantined",
    )


def first_told(source: Source, stream: int, offset: int) -> str:
    """The `ce_id` of the message that told a partner of a held message when it came."""
    first = feedback_id("refused", source, stream, offset, EndState.HELD.value)
    return uid("message", TYPE, first)


def reminder(
    desk: Desk,
    outbox: Outbox,
    cause: Cause,
    source: Source,
    told: Mapping[str, Any],
    key: bytes,
    now: datetime,
) -> None:
    """Tells a partner once more of a message that still waits (P7 §7). told: what it was told when
    the message came; key: under which."""
    again = uid("feedback", "reminder", told["feedback_id"])
    record = {**told, "feedback_id": again, "issued_at": now}
    value = desk.encode_feedback(record)
    outbox.add(cause, source.feedback_topic, key.decode(), value, TYPE, again)


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), KEYS_AT_MOST):
        yield keys[start : start + KEYS_AT_MOST]


def _send(
    desk: Desk,
    outbox: Outbox,
    cause: Cause,
    source: Source,
    kind: str,
    day: date,
    number: int,
    words: tuple[str, str],
    told: Mapping[str, Any],
    now: datetime,
) -> None:
    record = feedback_record(kind, source, cause, None, *words, now, **told)
    send_feedback(desk, outbox, cause, source, day.isoformat(), record, day.isoformat(), number)
