"""The edges for programs: `naru` as partners' tests and fault harnesses drive it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from services.adapters.local.control import ps
from tests.integration.hub.harness import eventually

ENDS = ("applied", "duplicate", "superseded", "held", "quarantined", "received", "referrals")


class Naru:
    """The command on one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.env = {
            **{name: text for name, text in os.environ.items() if not name.startswith("NARU_")},
            "NARU_DATA_DIR": str(data_dir),
            "NARU_FAST": "true",
        }

    def run(self, *words: str) -> tuple[int, str]:
        """Exit status and standard output."""
        done = subprocess.run(
            (sys.executable, "-m", "services.cli", *words),
            env=self.env,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout.decode()

    def json(self, *words: str) -> Any:
        """The one JSON value that a command prints when all is well."""
        status, out = self.run(*words, "--json")
        assert status == 0, out
        return json.loads(out)

    def processes(self) -> dict[str, dict[str, Any]]:
        """What `naru ps` tells, by role."""
        return {row["role"]: row for row in self.json("ps")}


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Naru, dict[str, str]]]:
    naru = Naru(tmp_path_factory.mktemp("edges") / "data")
    try:
        yield naru, naru.json("up", "--detach", "--today", "2026-04-15", "--schema-wait", "0.5")
    finally:
        naru.run("down", "--json")


def test_up_tells_where_everything_is(up: tuple[Naru, dict[str, str]]) -> None:
    naru, addresses = up
    assert set(addresses) == {"kafka", "postgres", "web", "data_dir"}
    assert addresses["data_dir"] == str(naru.data_dir)
    assert httpx2.get(f"{addresses['web']}/livez").status_code == 200
    rows = naru.processes()
    assert {"kafka", "postgres", "ingest-0", "relay", "web"} <= set(rows)
    for row in rows.values():
        assert set(row) == {"role", "pid", "state", "started_at", "restarts"}
        assert (row["state"], row["restarts"]) == ("running", 0)


def test_simulate_and_drain(up: tuple[Naru, dict[str, str]]) -> None:
    naru, _ = up
    sent = naru.json("simulate", "--events", "300", "--programme", "smart-factory")
    totals = naru.json("drain", "--timeout", "60")
    assert set(totals) == set(ENDS)
    assert totals["received"] == sent["published"] == 300
    assert sum(totals[state] for state in ENDS[:5]) == 300
    assert totals["referrals"] > 0


@pytest.mark.parametrize("roles", [("ingest-0", "relay", "web"), ("kafka", "postgres")])
def test_whatever_dies_is_started_again(
    up: tuple[Naru, dict[str, str]], roles: tuple[str, ...]
) -> None:
    """F27, F39: killed by their pids as `naru ps` tells them."""
    naru, _ = up
    before = naru.processes()
    for role in roles:
        os.kill(before[role]["pid"], signal.SIGKILL)

    def back() -> bool:
        now = {row["role"]: row for row in ps(naru.data_dir)}
        return all(row["state"] == "running" for row in now.values()) and all(
            now[role]["restarts"] > before[role]["restarts"] for role in roles
        )

    eventually(back, 40)
    after = naru.processes()
    assert all(after[role]["pid"] != before[role]["pid"] for role in roles)


def test_drains_again_after_all_of_that(up: tuple[Naru, dict[str, str]]) -> None:
    naru, _ = up
    naru.json("simulate", "--events", "100", "--seed", "2", "--programme", "smart-factory")
    assert naru.json("drain", "--timeout", "60")["received"] == 400


def test_down_and_what_is_there_without_a_stack(up: tuple[Naru, dict[str, str]]) -> None:
    """Exit status 3: a needed service is not there."""
    naru, addresses = up
    assert naru.json("down") == {"stopped": True}
    assert naru.json("down") == {"stopped": False}
    assert naru.json("ps") == [] or all(
        row["state"] != "running" for row in naru.processes().values()
    )
    status, out = naru.run("drain", "--json")
    assert (status, set(json.loads(out)["error"])) == (3, {"code", "message_ko", "message_en"})
    dsn = addresses["postgres"]
    status, _ = naru.run("run", "ingest", "--kafka", addresses["kafka"], "--postgres", dsn)
    assert status == 3
