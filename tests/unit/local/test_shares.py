"""A part of a core for each worker of the bench: stopped by turns, and let go at the end."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.commands.shares import WHOLE, limited

BUSY = "while True: pass"


@pytest.fixture
def busy() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", BUSY])
    yield process
    process.kill()
    process.wait()


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def states(pid: int, looks: int = 200) -> list[str]:
    found = []
    for _ in range(looks):
        found.append(state(pid))
        time.sleep(0.003)
    return found


def test_a_limited_process_stands_still_for_the_rest_of_the_time(
    busy: subprocess.Popen[bytes],
) -> None:
    with limited([busy.pid], 30):
        seen = states(busy.pid)
    assert seen.count("T") > len(seen) / 3, "most of the time it is stopped"
    assert len(set(seen)) > 1, "and the rest of the time it runs"
    assert state(busy.pid) != "T", "afterwards it goes on"


def test_the_whole_of_a_core_is_no_limit(busy: subprocess.Popen[bytes]) -> None:
    with limited([busy.pid], WHOLE):
        assert "T" not in states(busy.pid, 40)


def test_a_process_that_has_ended_is_left_alone() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    with limited([process.pid], 50):
        process.wait()
        time.sleep(0.05)
