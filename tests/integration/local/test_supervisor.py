"""The whole local stack under its supervisor, driven from outside as the commands do it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from services.adapters.local.control import ProcessRow, detach, down, ps
from services.adapters.local.logs import log_lines
from services.adapters.local.options import LocalOptions, Progress
from services.adapters.local.probe import broker_answers
from services.adapters.local.processes import identify, marked
from services.adapters.local.state import StackState, read_state
from services.errors import ServiceMissing

pytestmark = pytest.mark.services

PROGRAM = Path(__file__).with_name("foreground.py")
ROLES = {"kafka", "postgres", "sleeper", "web"}


def argv(options: LocalOptions, *words: str) -> tuple[str, ...]:
    return (sys.executable, str(PROGRAM), str(options.data_dir), str(options.cache_dir), *words)


def up(options: LocalOptions, *words: str, say: Callable[[Progress], None] = print) -> StackState:
    return detach(options, argv(options, *words), dict(os.environ), say, timeout=60)


def row(data_dir: Path, role: str) -> ProcessRow:
    return next(row for row in ps(data_dir) if row["role"] == role)


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def nothing_runs(data_dir: Path) -> bool:
    of_postgres = [
        found
        for found in psutil.process_iter(["cwd"])
        if found.info["cwd"] == str(data_dir / "postgres")
    ]
    return not list(marked(data_dir)) and not of_postgres


def kill_supervisor(state: StackState) -> None:
    assert state.supervisor is not None
    os.kill(state.supervisor.pid, signal.SIGKILL)
    until(lambda: not state.supervised)


@pytest.fixture(scope="module")
def stack(module_options: LocalOptions) -> Iterator[StackState]:
    yield up(module_options)
    down(module_options.data_dir)


@pytest.fixture
def folder(options: LocalOptions) -> Iterator[Path]:
    yield options.data_dir
    down(options.data_dir)


def test_every_process_is_listed(stack: StackState, module_options: LocalOptions) -> None:
    rows = ps(module_options.data_dir)
    assert {row["role"] for row in rows} == ROLES
    assert {row["state"] for row in rows} == {"running"}
    assert set(rows[0]) == {"role", "pid", "state", "started_at", "restarts"}
    assert set(stack.addresses()) == {"kafka", "postgres", "web", "data_dir"}
    assert up(module_options).addresses() == stack.addresses()


@pytest.mark.parametrize("role", ["sleeper", "postgres", "kafka"])
def test_a_process_that_dies_is_started_again(
    stack: StackState, module_options: LocalOptions, contents: Any, role: str
) -> None:
    data_dir = module_options.data_dir
    held = contents(stack.postgres, stack.kafka)
    held.put(f"before the death of {role}")
    words = held.words()
    before = row(data_dir, role)
    assert before["pid"]
    os.kill(before["pid"], signal.SIGKILL)
    until(lambda: row(data_dir, role)["restarts"] > before["restarts"])
    until(lambda: row(data_dir, role)["state"] == "running")
    assert row(data_dir, role)["pid"] != before["pid"]
    assert held.words() == words


def test_up_recovers_after_a_kill_of_the_supervisor(
    options: LocalOptions, folder: Path, contents: Any
) -> None:
    first = up(options)
    contents(first.postgres, first.kafka).put("kept")
    kill_supervisor(first)
    orphans = {row["pid"] for row in ps(folder) if row["pid"]}
    assert len(orphans) == len(ROLES)
    said: list[Progress] = []
    second = up(options, say=said.append)
    assert orphans.isdisjoint(row["pid"] for row in ps(folder))
    assert not any(identify(pid) for pid in orphans)
    # Where nothing took them meanwhile, the ports are the same: clients find everything again.
    assert second.addresses() == first.addresses()
    assert contents(second.postgres, second.kafka).words() == (["kept"], ["kept"])
    assert down(folder)
    assert ps(folder) == []
    until(lambda: nothing_runs(folder), 2)


def test_down_ends_what_a_killed_supervisor_left(options: LocalOptions, folder: Path) -> None:
    state = up(options)
    kill_supervisor(state)
    assert down(folder)
    until(lambda: nothing_runs(folder), 2)
    assert not down(folder)


def test_a_second_interrupt_makes_the_end_quick(options: LocalOptions, folder: Path) -> None:
    with subprocess.Popen(argv(options, "stubborn"), stdout=subprocess.DEVNULL) as process:
        until(lambda: read_state(folder).phase == "ready", 40)
        until(lambda: list(log_lines(folder, "stubborn")) == ["deaf"])
        process.send_signal(signal.SIGINT)
        until(lambda: read_state(folder).phase == "stopping")
        time.sleep(0.3)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(8) == 0
    until(lambda: nothing_runs(folder), 2)


def test_a_start_that_fails_says_why_and_leaves_nothing(
    options: LocalOptions, folder: Path
) -> None:
    with pytest.raises(ServiceMissing, match="no topics") as caught:
        up(options, "broken")
    assert "prepare" in caught.value.message_ko
    assert read_state(folder).phase == "failed"
    assert not broker_answers(read_state(folder).ports["kafka"])
    until(lambda: nothing_runs(folder), 2)
