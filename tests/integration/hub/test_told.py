"""Dated messages and questions to partners on real services (contracts, last section of each)."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from services.adapters.kafka.publisher import Outgoing
from tests.integration.hub.harness import TODAY, Hub, eventually
from tests.integration.hub.partners import SOURCES, Partners

EXAMPLES = Path(__file__).parents[2] / "examples"


def sequence(hub: Hub, folder: str, name: str) -> Iterator[Outgoing]:
    """The messages of one of a programme's examples."""
    partners = Partners.of(hub)
    files = sorted((EXAMPLES / folder).glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    [example] = [one for one in map(json.loads, lines) if one["name"] == name]
    for one in example["sequence"]:
        yield partners.message(folder, one["key"], one["value"])


def tick(hub: Hub, day: date) -> None:
    """Runs the clock for a day, to its end."""
    pid = hub.start("clock", today=day).pid

    def through() -> bool:
        rows = hub.rows("select facts from process where role = 'clock' and pid = $1", pid)
        return bool(rows) and orjson.loads(rows[0][0])["doing"] == "done_fixed"

    eventually(through, 60)
    hub.drain()
    assert hub.stop("clock") == 0, hub.log("clock")


def told(hub: Hub, folder: str, kind: str) -> list[dict[str, Any]]:
    topic = SOURCES[folder].feedback_topic
    return [one for one in hub.feedback(topic) if one["kind"] == kind]


def test_a_project_that_a_complete_list_leaves_out_is_asked_about(hub: Hub) -> None:
    """P2: absence is not withdrawal; a question, once each time it goes missing."""
    messages = list(sequence(hub, "mfg-ai", "absent-at-once"))
    hub.start("ingest")
    hub.start("relay")
    hub.publish([*messages, messages[-1]])
    hub.drain()
    [question] = told(hub, "mfg-ai", "question")
    assert question["source_key"] == "제조AI-경남-26-017"
    assert question["reasons"] == ["ABSENT_FROM_LIST"]
    hub.sound()


def test_a_correction_that_still_waits_is_told_again_after_a_day(hub: Hub) -> None:
    """P7 §7: also the number that is missing, again after one day; training: a month's count."""
    first = next(sequence(hub, "robot", "later-year-corrects-earlier"))
    hub.start("ingest")
    hub.start("relay")
    hub.publish([first, Partners.of(hub).month(1, "2026-03")])
    hub.drain()
    [refused] = told(hub, "robot", "refused")
    assert refused["missing"] == ["26900101"]
    tick(hub, TODAY.replace(day=TODAY.day + 1))
    assert len(told(hub, "robot", "refused")) == 1, "not yet a whole day"
    for _ in range(2):
        tick(hub, TODAY.replace(day=TODAY.day + 2))
    once, again = told(hub, "robot", "refused")
    assert once["feedback_id"] != again["feedback_id"]
    assert again["missing"] == ["26900101"] and again["errors"] == once["errors"]
    assert again["source_offset"] == once["source_offset"]
    counted = "select day from clock_told where kind = 'monthly_count'"
    assert hub.rows(counted) == [], "the month is not over"

    tick(hub, date(2026, 5, 1))
    assert hub.rows(counted) == [(date(2026, 4, 1),)]
    assert len(told(hub, "robot", "refused")) == 2, "once"
    [count] = told(hub, "training-history", "monthly_count")
    assert "2026-04: 1 received, 1 applied" in count["message_en"]


def test_what_was_settled_meanwhile_is_not_told_again(hub: Hub) -> None:
    messages = list(sequence(hub, "robot", "later-year-corrects-earlier"))
    hub.start("ingest")
    hub.start("relay")
    hub.publish(messages[:1])
    hub.drain()
    hub.publish(messages[1:])
    hub.drain()
    tick(hub, TODAY.replace(day=TODAY.day + 2))
    assert len(told(hub, "robot", "refused")) == 1
