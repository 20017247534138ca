import signal
import time
from pathlib import Path

from services.adapters.local.children import Child
from services.adapters.local.processes import Launch, identify


def drive(child: Child, seconds: float, until: str = "") -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and child.state != until:
        child.step()
        time.sleep(0.005)


def child_of(tmp_path: Path, *argv: str, ready: bool = True) -> Child:
    return Child("role", lambda: Launch(argv), tmp_path / "role.log", lambda _pid: ready)


def test_a_process_that_dies_is_started_again_after_a_pause(tmp_path: Path) -> None:
    child = child_of(tmp_path, "/bin/sh", "-c", "exit 7")
    child.start()
    drive(child, 0.9)
    # Pauses of 0.2, 0.4 and 0.8 seconds: never a storm.
    assert child.restarts == 3
    assert child.state == "restarting"
    assert child.describe().pid is None
    assert "status 7" in (tmp_path / "role.log").read_text()


def test_a_program_that_cannot_be_started_counts_as_a_death(tmp_path: Path) -> None:
    child = child_of(tmp_path, "/nonexistent/program")
    child.start()
    assert (child.state, child.restarts) == ("restarting", 1)


def test_it_runs_only_when_it_is_ready(tmp_path: Path) -> None:
    child = child_of(tmp_path, "/bin/sleep", "30", ready=False)
    child.start()
    drive(child, 0.1)
    assert child.state == "starting"
    child.ask_to_stop(signal.SIGKILL)
    assert child.wait(5)


def test_a_paused_process_can_be_stopped(tmp_path: Path) -> None:
    child = child_of(tmp_path, "/bin/sleep", "30")
    child.start()
    drive(child, 1, until="running")
    pid = child.describe().pid
    assert pid is not None
    child.ask_to_stop(signal.SIGSTOP)
    child.ask_to_stop()
    assert child.wait(5)
    assert child.state == "stopped"
    assert identify(pid) is None
