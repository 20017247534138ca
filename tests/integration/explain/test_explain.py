"""`/v1/explain` and `naru explain` over a hub that has really read events: a session's Postgres and
Kafka, one ingest worker, the web process and the command."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from playwright.sync_api import Browser

from services import wiring
from services.adapters.draining import drain
from services.adapters.kafka.publisher import Outgoing, Publisher
from services.adapters.local.stack import Stack
from services.adapters.sealing import new_key
from services.commands.checks import available
from services.commands.publishing import with_schema_ids
from services.domain import exchange
from services.settings import Settings
from services.simulation.plan import SimulationPlan
from services.simulation.stream import simulate
from services.web.explain import is_near
from tests.integration.web.conftest import TEMPLATE
from tests.integration.web.served import TODAY, Web, finished, serving
from tests.integration.web.test_browser import browser as browser

pytestmark = pytest.mark.services

BAD = Outgoing("src.mss.smart-factory.v1", b"K-1", b"\x07not a frame", [])
FIRMS = """
select r.enterprise_id::text, r.referral_id::text, r.establishment_id::text
from referral r join participation p using (enterprise_id) where r.status = 'requested'
group by 1, 2, 3 having count(distinct p.programme) > 1 limit 1
"""


@dataclass
class Explained:
    """The hub with what it knows: a firm of two programmes, its referral and workplace, and one
    message that cannot be read."""

    web: Web
    firm: str
    referral: str
    workplace: str
    bad: str

    def rows(self, sql: str, *values: Any) -> list[Any]:
        found: list[Any] = []

        async def ask() -> None:
            connection = await asyncpg.connect(self.web.settings.postgres.get_secret_value())
            try:
                found.extend(await connection.fetch(sql, *values))
            finally:
                await connection.close()

        finished(ask)
        return found

    def json(self, path: str) -> dict[str, Any]:
        answer = self.web.get(f"/v1/explain/{path}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs `naru explain` against this hub's database."""
        env = {**os.environ, **self.web.settings.environment(), "NO_COLOR": "1"}
        command = (sys.executable, "-m", "services.cli", "explain", *words)
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def explained(stack: Stack) -> Iterator[Explained]:
    key = {"quarantine_key": new_key(), "group": f"explain-{os.getpid()}", "schema_wait_s": 0.5}
    with serving(stack, TEMPLATE, today=TODAY, **key) as web:
        _fill(web.settings)
        hub = Explained(web, "", "", "", "")
        row = hub.rows(FIRMS)[0]
        hub.firm, hub.referral, hub.workplace = row[0], row[1], row[2]
        hub.bad = hub.rows(
            "select topic || '/' || partition || '/' || kafka_offset from inbox"
            " join source_partition using (stream) where reasons = 'BYTES_UNDECODABLE'"
            " and topic = $1 order by kafka_offset desc limit 1",
            BAD.topic,
        )[0][0]
        yield hub


def _fill(settings: Settings) -> None:
    async def publish() -> None:
        plan = await with_schema_ids(
            settings, SimulationPlan(events=3000, seed=1, programmes=available())
        )
        publisher = Publisher(settings.kafka)
        await publisher.start()
        await publisher.publish(
            [Outgoing(e.topic, e.key, e.value, []) for e in simulate(plan)] + [BAD]
        )
        await publisher.stop()

    finished(publish)
    env = {**os.environ, **settings.environment()}
    roles = ("ingest", "relay")
    running = [
        subprocess.Popen((sys.executable, "-m", "services.cli", "run", role), env=env)
        for role in roles
    ]

    async def wait() -> None:
        await drain(settings.kafka, wiring.connecting(settings), set(exchange.by_topic()), 90)

    try:
        finished(wait)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(40)


def test_a_referral_is_explained_with_its_own_decision(explained: Explained) -> None:
    found = explained.json(f"referral/{explained.referral}")
    row = explained.rows(
        "select r.version, r.addressees, encode(r.decision_id, 'hex'), level, priority"
        " from referral r where referral_id = $1",
        explained.referral,
    )[0]
    assert found["what"] == "referral"
    assert found["referral"]["version"] == row[0] == found["history"][-1]["version"]
    assert found["decision"]["decision_id"] == row[2] == found["explanation"]["decision_id"]
    assert found["decision"]["policy_in_force"] is True
    assert found["decision"]["note"] is None
    assert " ".join(found["referral"]["addressees"]) == row[1]
    assert found["explanation"]["level"]["level"] == row[3]
    assert found["explanation"]["priority"]["score"] == row[4]
    named = {one["agency"] for one in found["explanation"]["agencies"] if one["addressed"]}
    assert named == set(row[1].split())
    assert {p["programme"] for p in found["participations"]} >= {
        p["programme"] for p in found["explanation"]["participations"]
    }


def test_a_firm_is_found_by_any_of_its_numbers_and_shows_none_of_them(
    explained: Explained,
) -> None:
    found = explained.json(f"firm/{explained.firm}")
    assert len(found["programmes"]) > 1
    numbers = explained.rows(
        "select kind, value from identifier where enterprise_id = $1", explained.firm
    )
    assert numbers
    for _, number in numbers:
        assert explained.json(f"firm/{number}") == found
        assert number not in json.dumps(found)
    assert explained.json(f"firm/{explained.workplace}") == found
    places = {one["establishment_id"]: one for one in found["establishments"]}
    own = places[explained.workplace]
    assert own["referral"]["referral_id"] == explained.referral
    assert own["explanation"]["conclusion"]["status"] == "requested"


def test_an_event_leads_to_its_decision_referral_and_messages(explained: Explained) -> None:
    place, source_key = explained.rows(
        "select p.topic || '/' || p.partition || '/' || l.kafka_offset, i.source_key"
        " from decision_log l join source_partition p using (stream)"
        " join inbox i using (stream, kafka_offset)"
        " where establishment_id = $1 order by l.decided_at desc, l.version desc limit 1",
        explained.workplace,
    )[0]
    found = explained.json(f"event/{place}")
    assert found["event"]["end_state"] == "applied"
    assert explained.workplace in {one["establishment_id"] for one in found["decisions"]}
    assert explained.referral in {one["referral_id"] for one in found["referrals"]}
    topics = {one["topic"].split(".")[0] for one in found["messages"]}
    assert {"agency", "hub"} <= topics
    assert all(one["published"] for one in found["messages"])
    assert found["participations"]
    by_key = explained.json(f"event/{source_key}")
    assert found["id"] in {by_key["id"], *(one["id"] for one in by_key["others"])}


def test_a_training_record_leads_to_its_firm(explained: Explained) -> None:
    """Records change decisions without being a participation."""
    place, workplace = explained.rows(
        "select p.topic || '/' || p.partition || '/' || r.kafka_offset, r.establishment_id::text"
        " from firm_record r join source_partition p using (stream)"
        " join decision_log l on l.stream = r.stream and l.kafka_offset = r.kafka_offset"
        " and l.establishment_id = r.establishment_id where r.kind = 'training' limit 1"
    )[0]
    found = explained.json(f"event/{place}")
    assert found["event"]["topic"] == "src.moel.training-history.v1"
    assert [one["kind"] for one in found["records"]] == ["training"]
    assert workplace in {one["establishment_id"] for one in found["decisions"]}


def test_a_project_of_several_firms_leads_to_all_of_them(explained: Explained) -> None:
    row = explained.rows(
        "select p.source_key, count(*)::int from participation p where pair is not null"
        " group by 1 having count(*) > 1 limit 1"
    )[0]
    found = explained.json(f"event/{row[0]}")
    assert len({one["participation_id"] for one in found["participations"]}) == row[1]


def test_a_quarantined_event_tells_its_errors_and_no_bytes(explained: Explained) -> None:
    found = explained.json(f"event/{explained.bad}")
    assert found["event"]["end_state"] == "quarantined"
    assert [one["code"] for one in found["reasons"]] == ["BYTES_UNDECODABLE"]
    assert "해독 불가" in found["reasons"][0]["ko"]
    assert found["decisions"] == found["referrals"] == found["participations"] == []
    assert "not a frame" not in json.dumps(found)


def test_every_referral_and_firm_of_the_hub_can_be_explained(explained: Explained) -> None:
    """Held, cancelled and superseded ones too; a workplace whose own participations do not count
    is told so (A-74)."""
    for row in explained.rows(
        "select distinct on (status, reasons) referral_id::text, status from referral"
    ):
        found = explained.json(f"referral/{row[0]}")
        assert found["referral"]["status"] == row[1]
        if row[1] == "held":
            assert found["explanation"]["conclusion"]["missing"]
    for row in explained.rows(
        "select enterprise_id::text from participation group by 1"
        " having count(distinct establishment_id) > 1 limit 20"
    ):
        for place in explained.json(f"firm/{row[0]}")["establishments"]:
            if place["referral"] is None and place["decision"] is not None:
                assert "에 연계한다" not in place["decision"]["ko"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("referral/00000000-0000-5000-8000-000000000000", 404),
        ("referral/nothing", 404),
        ("event/src.mss.smart-factory.v1/0/999999999", 404),
        ("event/src.mss.smart-factory.v1/0/9223372036854775808", 404),
        ("event/no-such-key", 404),
        ("firm/0000000000", 404),
        ("firm/%00", 400),
        ("firm/" + "9" * 400, 400),
    ],
)
def test_what_is_not_there(explained: Explained, path: str, status: int) -> None:
    for accept in ("application/json", "text/html"):
        answer = explained.web.get(f"/v1/explain/{path}", accept)
        assert answer.status_code == status, answer.text
    problem = explained.web.get(f"/v1/explain/{path}").json()
    assert problem["ko"]["detail"] and problem["en"]["detail"]


def test_only_this_machine_is_answered(explained: Explained) -> None:
    path = f"/v1/explain/firm/{explained.firm}"
    assert explained.web.get(path).status_code == 200
    other = httpx2.get(explained.web.address + path, headers={"Host": "hub.example"}, timeout=15)
    assert other.status_code == 403
    assert explained.firm not in other.text
    assert is_near("127.0.0.1", "localhost") and is_near("::1", "127.0.0.1")
    assert is_near("::ffff:127.0.0.1", "::1")
    assert not is_near("192.168.0.7", "127.0.0.1")
    assert not is_near("", "") and not is_near("127.0.0.1", "hub.example")


def test_the_command_says_what_the_server_says(explained: Explained) -> None:
    told = explained.command(explained.referral, "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout) == explained.json(f"referral/{explained.referral}")
    korean = explained.command(explained.firm, "--lang", "ko", "--short")
    assert korean.returncode == 0
    assert "왜 이 기관인가" in korean.stdout
    assert "Why this agency" not in korean.stdout
    event = explained.command(explained.bad)
    assert "BYTES_UNDECODABLE" in event.stdout and "해독 불가" in event.stdout


def test_the_exit_status_of_the_command(explained: Explained, tmp_path: Path) -> None:
    assert explained.command("no-such-key", "--json").returncode == 1
    assert explained.command().returncode == 2
    assert explained.command("x", "--lang", "fr").returncode == 2
    assert explained.command("--facts", str(tmp_path / "none.json")).returncode == 2
    facts = tmp_path / "facts.jsonl"
    facts.write_text('{"as_of": "2026-04-15"}\n{"as_of": "soon"}\n', "utf-8")
    told = explained.command("--facts", str(facts), "--json")
    assert told.returncode == 1
    first, second = map(json.loads, told.stdout.splitlines())
    assert first["conclusion"]["status"] == "none"
    assert second["error"]["code"] == "AS_OF_UNREADABLE"
    gone = subprocess.run(
        (sys.executable, "-m", "services.cli", "explain", "x", "--data-dir", str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert gone.returncode == 3


def test_a_decision_of_another_policy_is_explained_by_it(explained: Explained) -> None:
    """The policy of its day is kept; where it is not, the explanation says so."""
    place = explained.rows(
        "select establishment_id::text from referral where status = 'held' limit 1"
    )[0][0]
    row = explained.rows(
        "select enterprise_id::text from establishment where establishment_id = $1", place
    )[0][0]
    before = explained.json(f"firm/{row}")
    explained.web.execute("update decision set policy_hash = decode(repeat('ab', 32), 'hex')")
    try:
        found = explained.json(f"firm/{row}")
    finally:
        was = before["establishments"][0]["decision"]["policy_hash"]
        explained.web.execute("update decision set policy_hash = decode($1, 'hex')", was)
    noted = [one["decision"]["note"] for one in found["establishments"] if one["decision"]]
    assert noted and all(note["ko"].startswith("다른 정책판(abababababab)") for note in noted)


@pytest.fixture
def opened(browser: Browser, explained: Explained) -> Iterator[Any]:
    said: list[str] = []
    contexts = []

    def open_(path: str, **options: Any) -> Any:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda r: r.url.startswith(explained.web.address) or said.append(r.url))
        page.goto(explained.web.address + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert said == []


def test_the_page_in_both_languages(opened: Any, explained: Explained) -> None:
    page = opened(f"/v1/explain/referral/{explained.referral}")
    assert page.locator("html").get_attribute("lang") == "ko"
    assert page.get_by_role("heading", name="왜 이 기관인가").is_visible()
    page.get_by_role("link", name="English").click()
    assert page.url.endswith(f"{explained.referral}?lang=en")
    assert page.get_by_role("heading", name="Why this agency").is_visible()
    assert page.locator("blockquote.plan q").first.get_attribute("lang") == "ko"
    page.get_by_role("link", name="Firm").click()
    assert "/v1/explain/firm/" in page.url
    assert page.get_by_text("Rules satisfied").first.is_visible()


PAGES = ("light", 1280), ("dark", 360)


def test_the_page_fits_a_narrow_screen(opened: Any, explained: Explained) -> None:
    for path in (f"firm/{explained.firm}", f"referral/{explained.referral}"):
        page = opened(f"/v1/explain/{path}", viewport={"width": 360, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_axe_finds_nothing(opened: Any, explained: Explained) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    for path in (f"firm/{explained.firm}", f"event/{explained.bad}"):
        for scheme, width in PAGES:
            size = {"width": width, "height": 800}
            page = opened(f"/v1/explain/{path}?lang=en", color_scheme=scheme, viewport=size)
            page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
            found = axe.run(page, options=options).response["violations"]
            assert [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found] == []


def test_many_at_once_are_answered(explained: Explained) -> None:
    async def many() -> None:
        found = await asyncio.gather(
            *(asyncio.to_thread(explained.json, f"firm/{explained.firm}") for _ in range(12)),
            *(asyncio.to_thread(explained.web.get, "/livez") for _ in range(4)),
        )
        assert all(one["what"] == "firm" for one in found[:12])

    finished(many)
