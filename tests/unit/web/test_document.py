"""The status document and the page made of it: unknown stays unknown."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from schemas.reasons import CODES
from services.domain.referral import Status
from services.web import page
from services.web.definitions import DEFINITIONS
from services.web.document import document, reason_of
from services.web.observation import Observation
from services.web.parts import WebParts
from services.web.states import Alive, State
from services.web.words import WORDS

from .conftest import TOPIC, Scene, process

TEMPLATES = Path(page.__file__).parent / "templates"


def rendered(found: Any, language: Any) -> str:
    return page.status_page(page.environment(), found, language)


@pytest.fixture
def healthy(scene: Scene) -> Observation:
    return scene.look()


def test_the_document_is_json_and_has_every_part(healthy: Observation, parts: WebParts) -> None:
    found = orjson.loads(orjson.dumps(document(healthy, parts)))
    assert found["status"] == "pass"
    assert found["today"] == "2026-04-15"
    assert {
        "connectors",
        "pipeline",
        "quarantine",
        "policy",
        "agencies",
        "funnel",
        "dependencies",
        "processes",
        "version",
        "schema_version",
        "definitions",
    } <= found.keys()


def test_a_connector_with_its_counts_reasons_and_schema_versions(
    healthy: Observation, parts: WebParts
) -> None:
    (flow,) = document(healthy, parts)["connectors"]
    assert flow["topic"] == TOPIC
    assert flow["end_states"] == {
        "received": 100,
        "applied": 80,
        "duplicate": 10,
        "superseded": 5,
        "held": 3,
        "quarantined": 2,
    }
    assert [(r["code"], r["count"], r["end_state"]) for r in flow["reasons"]] == [
        ("DUPLICATE_REVISION", 10, "duplicate"),
        ("KEY_MISSING", 2, "quarantined"),
    ]
    assert flow["schema_versions"] == [1, 2]
    assert flow["rate_per_s"] == 1.0
    assert flow["partitions"][0]["owner"] == "ingest-0@host:41"


def test_without_the_database_nothing_is_zero(scene: Scene, parts: WebParts) -> None:
    scene.postgres = False
    found = document(scene.look(), parts)
    (flow,) = found["connectors"]
    assert flow["end_states"] is flow["reasons"] is flow["rate_per_s"] is None
    assert flow["lag"] == {"messages": None, "seconds": None}
    assert found["quarantine"] == {"count": None, "oldest_s": None, "by_reason": None}
    assert found["pipeline"]["outbox"]["backlog"] is None
    assert {v for k, v in found["funnel"].items()} == {None}
    assert found["agencies"] is found["processes"] is found["schema_version"] is None


def test_without_the_totals_the_live_part_stands(scene: Scene, parts: WebParts) -> None:
    scene.counted = False
    found = document(scene.look(), parts)
    assert found["funnel"]["received"] == 100 and found["funnel"]["referrals"] is None
    assert found["connectors"][0]["schema_versions"] is None


def test_agencies_are_shown_with_what_is_a_placeholder(
    healthy: Observation, parts: WebParts
) -> None:
    seoul, operator = document(healthy, parts)["agencies"]
    assert (seoul["code"], seoul["issued"], seoul["unacknowledged"]) == ("HRDK-SEOUL", 8, 8)
    assert seoul["oldest_unacknowledged_s"] == 300.0
    assert (seoul["name_confirmed"], seoul["area_confirmed"]) == (True, False)
    assert (operator["code"], operator["issued"]) == ("OPERATOR:P3", 1)
    assert operator["name"]["ko"] != "OPERATOR:P3"


def test_the_funnel_counts_referrals_once(healthy: Observation, parts: WebParts) -> None:
    funnel = document(healthy, parts)["funnel"]
    assert (funnel["referrals"], funnel["handed_over"]) == (12, 8)
    assert funnel["by_status"] == {"held": 4, "requested": 8}


def test_failures_are_shown_without_numbers_of_firms_or_passwords(
    scene: Scene, parts: WebParts
) -> None:
    failure = "postgresql://naru:geheim@db/1 refused 123-45-67890"
    facts = orjson.dumps({"last_failure": failure, "failures": 2}).decode()
    scene.processes[0] = process("ingest-0", facts=facts)
    text = orjson.dumps(document(scene.look(), parts)).decode()
    assert "geheim" not in text and "67890" not in text and "refused" in text


def test_every_reason_code_has_a_state_and_a_meaning() -> None:
    for code in (*CODES, "PROCESSING_FAILED", "PROCESS_KILLED"):
        found = reason_of(code, 1)
        assert found["ko"] != code and (found["end_state"] or code in CODES)
    assert reason_of("SOMETHING_NEW", 1)["ko"] == "SOMETHING_NEW"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("state", ["healthy", "database", "broker", "uncounted", "empty"])
def test_the_page_renders_whatever_is_unknown(
    scene: Scene, parts: WebParts, language: str, state: str
) -> None:
    scene.postgres, scene.kafka = state != "database", state != "broker"
    scene.counted = state != "uncounted"
    if state == "empty":
        scene = Scene([], [], [], [], [], [], {}, {})
    html = rendered(document(scene.look(), parts), language)
    assert f'<html lang="{language}">' in html
    assert (WORDS["unknown"][0 if language == "ko" else 1] in html) is True
    assert "None" not in html and "undefined" not in html


def test_the_page_says_when_the_day_is_fixed(scene: Scene, parts: WebParts) -> None:
    fixed = document(scene.look(), replace(parts, today_fixed=True))
    assert fixed["today_fixed"] is True
    assert "설정으로 고정" in rendered(fixed, "ko")
    assert "fixed by a setting" in rendered(fixed, "en")
    assert "설정으로 고정" not in rendered(document(scene.look(), parts), "ko")


def test_the_page_escapes_what_it_shows(scene: Scene, parts: WebParts) -> None:
    facts = orjson.dumps({"last_failure": "<script>alert(1)</script>"}).decode()
    scene.processes[0] = process("ingest-0", facts=facts)
    html = rendered(document(scene.look(), parts), "ko")
    assert "<script>alert" not in html and "&lt;script&gt;" in html


def test_the_page_shows_korean_time_with_utc_beside(healthy: Observation, parts: WebParts) -> None:
    html = rendered(document(healthy, parts), "ko")
    assert re.search(r'title="2026-04-15 03:00:00 UTC">2026-04-15 12:00:00</time> KST', html)


def test_nothing_comes_from_another_host_and_nothing_is_inline(
    healthy: Observation, parts: WebParts
) -> None:
    html = rendered(document(healthy, parts), "ko")
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)", html)


def test_every_table_has_a_caption_and_column_headers(
    healthy: Observation, parts: WebParts
) -> None:
    tables = re.findall(r"<table.*?</table>", rendered(document(healthy, parts), "en"), re.DOTALL)
    assert tables
    assert all("<caption>" in table and 'scope="col"' in table for table in tables)


def test_every_definition_is_used_and_every_number_has_one() -> None:
    used = set(re.findall(r"tip\('([^']+)'\)", "".join(t.read_text() for t in TEMPLATES.iterdir())))
    assert used <= DEFINITIONS.keys()
    assert all(ko and en for ko, en in DEFINITIONS.values())


def test_every_word_of_a_state_is_there() -> None:
    states = {*State, *Alive, *Status} - {State.UNKNOWN}
    assert {state.value for state in states} <= WORDS.keys()


def test_rules_in_force_coming_and_ended_on_a_day(scene: Scene, parts: WebParts) -> None:
    def on(day: date) -> Any:
        scene.today = day
        return document(scene.look(), parts)["policy"]

    spring, autumn = on(date(2026, 4, 15)), on(date(2026, 11, 1))
    coming = {rule["id"] for rule in spring["coming"]}
    assert "EN-9" in coming and "act-L1-online-free" not in coming
    assert autumn["counts"]["coming"] == 0
    assert autumn["overdue"] == len(autumn["reviews"]) > 0 == spring["overdue"]
    online = [r for r in autumn["in_force"] if r["id"] == "EN-1"]
    assert [(r["from"], r["to"]) for r in online] == [("2026-03-01", None)]
