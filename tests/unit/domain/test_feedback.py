"""What a partner is told of one message, and the reason codes that it may be told with."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.base import EndState, Outcome, Refusal, Statement
from schemas import reasons
from schemas.codec import Encoder, decode
from schemas.policies import load_policy
from schemas.tables import load_tables
from services.domain import codes
from services.domain.decision.engine import Engine
from services.domain.desk import Desk
from services.domain.feedback import about_message
from services.domain.judging import Judged, Message
from services.domain.outgoing import Cause, Outbox, headers_of
from services.domain.referral_record import GROUPS
from services.domain.splitting import SplitEncoder
from tests.unit.domain.conftest import STREAMS

NOW = datetime(2026, 4, 15, 3, tzinfo=UTC)
ENGINE = Engine(load_policy(), load_tables())
READ = Message(1, 7, 0, b"k", b"v", lambda v: v, Statement(("k",), "k", None))
REFUSED = replace(READ, reading=Refusal(("KEY_MISSING",), {"KEY_MISSING": "TASK_SN"}, "k"))


@pytest.fixture
def desk() -> Desk:
    return Desk(
        engine=ENGINE,
        sources={n: (c.source, 3) for n, c in STREAMS.items()},
        all_sources=tuple(c.source for c in STREAMS.values()),
        participation_encoder=Encoder("participation", 2),
        feedback_encoder=Encoder("feedback", 1),
        referral_encoder=SplitEncoder("referral", 3, GROUPS),
        seal=lambda value: value,
        facts_json=lambda _: b"",
        citations={},
    )


def told(desk: Desk, message: Message, outcome: Outcome) -> list[tuple[Any, dict[str, Any]]]:
    outbox = Outbox(NOW)
    about_message(desk, outbox, Judged(message, outcome), NOW)
    return [(row, decode("feedback", row[3])) for row in outbox.rows]


def test_a_quarantined_message(desk: Desk) -> None:
    """P3 §8: all reasons, field names, key, topic, partition, offset."""
    both = ("KEY_MISSING", "STATUS_UNKNOWN")
    fields = {"KEY_MISSING": "TASK_SN", "STATUS_UNKNOWN": "STTUS_CD"}
    outcome = Outcome("1:7", EndState.QUARANTINED, both, fields=fields)
    (row, record), *rest = told(desk, REFUSED, outcome)
    assert not rest and row[1] == STREAMS[1].source.feedback_topic
    assert row[2] == b"k" and record["kind"] == "refused" and record["source_key"] == "k"
    assert [(e["code"], e["field"]) for e in record["errors"]] == list(fields.items())
    assert all(e["message_ko"] and e["message_en"] for e in record["errors"])
    place = (record["source_topic"], record["source_partition"], record["source_offset"])
    assert place == (STREAMS[1].source.topic, 3, 7)
    assert record["message_ko"].startswith("격리: ") and record["message_en"].startswith("quar")


def test_a_held_message_names_what_it_waits_for(desk: Desk) -> None:
    outcome = Outcome("1:7", EndState.HELD, ("CORRECTION_TARGET_UNKNOWN",), missing="26000001")
    ((_, record),) = told(desk, READ, outcome)
    assert (record["end_state"], record["missing"]) == ("held", ["26000001"])
    assert record["message_ko"].startswith("보류: ")


def test_a_message_released_by_another(desk: Desk) -> None:
    outcome = Outcome("1:2", EndState.APPLIED, source_key="k2")
    ((_, record),) = told(desk, READ, outcome)
    assert (record["kind"], record["source_key"], record["source_offset"]) == ("released", "k2", 2)


@pytest.mark.parametrize("state", [EndState.APPLIED, EndState.DUPLICATE, EndState.SUPERSEDED])
def test_good_news_about_the_message_itself_is_no_message(desk: Desk, state: EndState) -> None:
    assert told(desk, READ, Outcome("1:7", state)) == []


def test_the_same_message_again_has_the_same_id(desk: Desk) -> None:
    """Decision 7: and another end state another one."""
    held = Outcome("1:7", EndState.HELD, ("REVISION_CONFLICT",))
    ids = {told(desk, READ, held)[0][1]["feedback_id"] for _ in range(2)}
    parked = Outcome("1:7", EndState.QUARANTINED, ("VALUE_EMPTY",))
    assert len(ids | {told(desk, READ, parked)[0][1]["feedback_id"]}) == 2


def test_a_message_that_is_held_again_for_another_reason_has_another_id(desk: Desk) -> None:
    """P7 §1: one that waited is processed as if it came just then, and may be held again; under
    the id of the first refusal its partner would take it for a repeat."""
    first = Outcome("1:7", EndState.HELD, ("CORRECTION_TARGET_UNKNOWN",), missing="26000001")
    again = Outcome("1:7", EndState.HELD, ("IDENTITY_MISSING",))
    target = replace(READ, offset=8)
    ids = [told(desk, m, o)[0][1]["feedback_id"] for m, o in ((READ, first), (target, again))]
    assert ids[0] != ids[1]
    assert told(desk, target, again)[0][1]["feedback_id"] == ids[1]


def test_headers_are_those_of_cloud_events(desk: Desk) -> None:
    ((row, record),) = told(desk, READ, Outcome("1:7", EndState.HELD, ("REVISION_CONFLICT",)))
    headers = {name: value.decode() for name, value in headers_of(row[4])}
    assert headers["ce_type"] == "kr.naru.feedback.v1" and headers["ce_specversion"] == "1.0"
    assert headers["ce_time"] == "2026-04-15T03:00:00.000Z"
    assert headers["ce_subject"] == record["source_key"]
    version, trace, span, flags = headers["traceparent"].split("-")
    assert (version, len(trace), len(span), flags) == ("00", 32, 16, "01")


def test_any_key_comes_through_the_headers() -> None:
    outbox = Outbox(NOW)
    outbox.add(Cause(1, "t", 0, 7), "f", "a\x1fb\x1f", b"", "kr.naru.feedback.v1", "x")
    assert dict(headers_of(outbox.rows[0][4]))["ce_subject"] == b"a\x1fb\x1f"


def test_every_code_has_a_meaning_in_two_languages() -> None:
    lists = (reasons.QUARANTINED, reasons.HELD, reasons.DUPLICATE, reasons.SUPERSEDED)
    for code in [*(c.code for group in lists for c in group), *codes.OWN]:
        korean, english = codes.meaning(code)
        assert korean and english and korean != english
    with pytest.raises(KeyError):
        codes.meaning("NO_SUCH_CODE")
