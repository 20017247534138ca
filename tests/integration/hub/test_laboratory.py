"""Replay and what-if on decisions that a real hub has taken."""

import asyncio
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml
from typer.testing import CliRunner

from schemas.policies import POLICY_FOLDER
from services import wiring
from services.cli import app
from services.domain.laboratory.replay import BLOCK_NAMES
from services.simulation.catalogue import FOLDERS
from tests.integration.hub.harness import Hub

EVENTS = 3000
_LAST = (
    "select distinct on (establishment_id) establishment_id::text, blocks from decision_log"
    " join decision using (decision_id)"
    " order by establishment_id, version desc, decided_at desc, stream desc, kafka_offset desc"
)


@pytest.fixture(scope="module")
def done(stack: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub that has taken its decisions."""
    with Hub.create(stack, tmp_path_factory.mktemp("laboratory")) as one:
        one.publish(one.simulated(EVENTS, 17, programmes=FOLDERS, shared_firms=0.4))
        assert one.run().received == EVENTS
        yield one


def naru(hub: Hub, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit status and JSON of a command on the hub's database."""
    dsn = hub.settings.postgres.get_secret_value()
    answer = CliRunner().invoke(app, [*arguments, "--postgres", dsn, "--json"])
    return answer.exit_code, json.loads(answer.stdout)


def draft_of(folder: Path) -> Path:
    """A draft that changes who is referred, at which level, and what a course gives."""
    draft = folder / "draft"
    shutil.copytree(POLICY_FOLDER, draft)
    changes: dict[str, Any] = {
        "matrix": lambda d: d["programmes"]["P7"].update(modes=["PROMO"]),
        "ax": lambda d: d["levels"].update(intermediate_from=2),
        "entitlements": lambda d: d["rules"]["EN-4"]["periods"][0].update(value=9700),
    }
    for name, change in changes.items():
        path = draft / f"{name}.yaml"
        document = yaml.safe_load(path.read_text("utf-8"))
        change(document)
        path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    return draft


def contents(hub: Hub) -> dict[str, Any]:
    """A digest of every table of the database."""
    tables = [
        name
        for (name,) in hub.rows(
            "select table_name from information_schema.tables"
            " where table_schema = 'public' and table_type = 'BASE TABLE' order by 1"
        )
    ]
    return {
        name: hub.rows(
            f"select count(*), md5(string_agg(md5(t::text), '' order by t::text)) from {name} t"
        )
        for name in tables
    }


def totals(hub: Hub) -> Counter[tuple[str, str]]:
    """What the hub's own stored decisions say of every workplace, read block by block."""
    bodies = {
        row[0]: json.loads(row[1]) for row in hub.rows("select block_id, body from decision_block")
    }
    found: Counter[tuple[str, str]] = Counter()
    for _, blocks in hub.rows(_LAST):
        parts = {
            name: bodies.get(blocks[16 * n : 16 * n + 16]) for n, name in enumerate(BLOCK_NAMES)
        }
        found["referral", parts["referral"]["status"]] += 1
        found["route", parts["eligibility"]["route"]] += 1
        found["level", parts["ax"]["level"]] += 1
        if parts["measures"] is not None:
            found["primary", parts["measures"]["primary"] or "-"] += 1
            for measure, item in parts["measures"]["items"].items():
                found[f"measure {item['state']}", measure] += 1
        for flag in parts["incentives"] or ():
            found["incentive", flag] += 1
        for mode, programmes in parts["modes"]["union"].items():
            found["mode", mode] += bool(programmes)
        for addressee in parts["referral"]["addressees"]:
            found["addressee", addressee] += 1
    return found


def told(answer: dict[str, Any], side: str, whats: set[str]) -> Counter[tuple[str, str]]:
    """One side of what-if's totals."""
    return Counter(
        {(row["what"], row["value"]): row[side] for row in answer["totals"] if row["what"] in whats}
    )


def test_every_decision_is_replayed_equal(done: Hub) -> None:
    status, answer = naru(done, "replay")
    (count,) = done.rows("select count(*) from decision_log")[0]
    assert status == 0
    assert answer["equal"] and answer["decisions"] == answer["proved_equal"] == count > 1000
    assert answer["blocks"] == done.rows("select count(*) from decision_block")[0][0]
    assert len(answer["policies"]) == 1


def test_a_period_without_decisions_is_empty(done: Hub) -> None:
    status, answer = naru(done, "replay", "--from", "2026-04-16")
    assert (status, answer["decisions"], answer["equal"]) == (0, 0, True)
    status, answer = naru(done, "replay", "--from", "2026-04-16", "--to", "2026-04-15")
    assert status == 2 and "--from" in answer["error"]["message_ko"]


def test_what_was_tampered_with_is_found(done: Hub) -> None:
    """Facts, a decision's blocks and a block's body: each is noticed, and named."""
    spoil = {
        "DIFFERENT": "update decision_log set facts = convert_to(replace(convert_from(facts,"
        " 'utf8'), '\"CONTRACTED\"', '\"REJECTED\"'), 'utf8')",
        "BLOCK_BROKEN": "update decision_block set body = body || ' '::bytea where name = 'ax'",
        "DECISION_BROKEN": "update decision set policy_hash = '\\x00'",
        "FACTS_UNREADABLE": "update decision_log set facts = '{}'",
        "DECISION_MISSING": "delete from decision",
    }
    for kind, sql in spoil.items():
        copy = _copied(done, f"spoilt_{kind.lower()}")
        _execute(copy, sql)
        answer = CliRunner().invoke(app, ["replay", "--postgres", copy, "--json"])
        found = json.loads(answer.stdout)
        assert answer.exit_code == 1, kind
        assert set(found["kinds"]) == {kind}
        assert not found["equal"]
        if kind == "BLOCK_BROKEN":
            assert {one["name"] for one in found["broken_blocks"]} == {"ax"}
        else:
            assert found["differences"][0]["kind"] == kind
            assert found["not_equal"] == found["kinds"][kind]
        if kind == "DIFFERENT":
            assert "participations" in found["differences"][0]["blocks"]


def _copied(hub: Hub, name: str) -> str:
    dsn = hub.settings.postgres.get_secret_value()
    base, source = dsn.rsplit("/", 1)
    _execute(f"{base}/postgres", f"create database {name} template {source}")
    return f"{base}/{name}"


def _execute(dsn: str, sql: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(run())


def test_what_if_says_what_a_real_run_under_the_draft_says(done: Hub, tmp_path: Path) -> None:
    draft = draft_of(tmp_path)
    before = contents(done)
    status, answer = naru(done, "policy", "whatif", str(draft))
    assert status == 0
    assert contents(done) == before, "what-if wrote something"
    whats = {"referral", "route", "level", "primary", "incentive", "addressee", "mode"}
    whats |= {f"measure {state}" for state in ("YES", "NO", "UNDETERMINED")}
    assert told(answer, "before", whats) == totals(done)
    with done.again() as other:
        other.settings = other.settings.model_copy(update={"policy_dir": draft})
        assert other.run().received == EVENTS
        assert told(answer, "after", whats) == totals(other)
        status, replayed = naru(other, "replay")
        assert (status, replayed["equal"]) == (0, True)
        assert replayed["policies"] != naru(done, "replay")[1]["policies"]
    assert answer["not_reproduced"] == answer["unknown_policy"] == 0
    assert answer["verdicts"]["loses"] > 0 and answer["verdicts"]["gains"] > 0
    assert sum(answer["verdicts"].values()) == answer["workplaces"]


def test_what_if_under_the_same_policy_changes_nothing(done: Hub) -> None:
    status, answer = naru(done, "policy", "whatif", str(POLICY_FOLDER))
    assert status == 0
    assert answer["decisions_changed"] == 0
    assert answer["verdicts"]["same"] == answer["workplaces"] > 300
    assert all(row["before"] == row["after"] for row in answer["totals"])


def test_a_policy_of_the_past_is_replayed_from_the_database(done: Hub) -> None:
    assert wiring.rulebook(None).packed() == done.rows("select content from policy_version")[0][0]
