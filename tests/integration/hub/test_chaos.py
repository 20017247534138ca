"""`naru chaos`, shortened: every role is killed once while events flow."""

import json
import os
import subprocess
import sys
from pathlib import Path

EVENTS, KILLS = 2000, 6


def test_killed_at_random_it_ends_the_same(tmp_path: Path) -> None:
    """Issue 4: the same referrals, versions and contents as an undisturbed run."""
    env = {name: text for name, text in os.environ.items() if not name.startswith("NARU_")}
    words = ("chaos", "--events", EVENTS, "--kills", KILLS, "--seed", 7, "--json")
    done = subprocess.run(
        (sys.executable, "-m", "services.cli", *map(str, words)),
        env={**env, "NARU_DATA_DIR": str(tmp_path / "data"), "NARU_FAST": "true"},
        capture_output=True,
        timeout=400,
        check=False,
    )
    found = json.loads(done.stdout)
    assert found.get("differences") == {}, found
    assert done.returncode == 0
    assert {one["role"] for one in found["kills"]} == {
        "ingest-0", "ingest-1", "relay", "clock", "kafka", "postgres",
    }  # fmt: skip
    assert all(one["back_s"] is not None for one in found["kills"])
    assert sum(bool(one["unread"] or one["unsent"]) for one in found["kills"]) >= 2, "all idle"
    totals = found["totals"]
    assert totals["received"] == EVENTS
    assert totals["referrals"] > 50
