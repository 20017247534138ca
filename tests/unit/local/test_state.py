import json
import os
import stat
import threading
from dataclasses import replace
from pathlib import Path

from services.adapters.local.control import ps
from services.adapters.local.processes import ProcessId, identify
from services.adapters.local.state import (
    ProcessState,
    StackState,
    StateFile,
    myself,
    read_state,
    write_state,
)

GONE = 2**22 + 1
STARTED = "2026-10-01T00:00:00.000+00:00"


def example(folder: Path) -> StackState:
    me = myself()
    return StackState(
        data_dir=str(folder),
        phase="ready",
        kafka="127.0.0.1:1",
        postgres="postgresql://naru:secret@127.0.0.1:2/naru",
        web="http://127.0.0.1:3",
        supervisor=me,
        ports={"kafka": 1},
        processes=(ProcessState("ingest-0", me.pid, "running", STARTED, 2, me.start),),
        message=("준비", "Ready", 1, 2),
        error=("잘못", "wrong", 3),
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_state(example(tmp_path))
    assert read_state(tmp_path) == example(tmp_path)


def test_only_the_owner_may_read_the_password(tmp_path: Path) -> None:
    write_state(example(tmp_path))
    assert stat.S_IMODE((tmp_path / "state.json").stat().st_mode) == 0o600


def test_no_file_and_a_torn_file_are_an_empty_state(tmp_path: Path) -> None:
    assert read_state(tmp_path) == StackState(str(tmp_path))
    (tmp_path / "state.json").write_text('{"boot": "')
    assert read_state(tmp_path) == StackState(str(tmp_path))


def test_after_a_restart_of_the_machine_only_the_ports_are_remembered(tmp_path: Path) -> None:
    write_state(example(tmp_path))
    path = tmp_path / "state.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "boot": "another"}))
    assert read_state(tmp_path) == StackState(str(tmp_path), ports={"kafka": 1})


def test_a_pid_of_another_process_is_not_ours(tmp_path: Path) -> None:
    me = myself()
    state = replace(example(tmp_path), supervisor=ProcessId(me.pid, me.start - 1))
    assert not state.supervised
    assert example(tmp_path).supervised


def test_ps_tells_running_restarting_and_dead_apart(tmp_path: Path) -> None:
    me = myself()
    rows = (
        ProcessState("kafka", me.pid, "running", STARTED, 0, me.start),
        ProcessState("relay", GONE, "running", STARTED, 4, 1),
    )
    write_state(replace(example(tmp_path), processes=rows))
    assert [(row["role"], row["pid"], row["state"], row["restarts"]) for row in ps(tmp_path)] == [
        ("kafka", me.pid, "running", 0),
        ("relay", None, "restarting", 4),
    ]
    write_state(replace(example(tmp_path), processes=rows, supervisor=None))
    assert [row["state"] for row in ps(tmp_path)] == ["running", "dead"]


def test_two_threads_lose_no_change(tmp_path: Path) -> None:
    file = StateFile(example(tmp_path))
    threads = [
        threading.Thread(target=file.change, kwargs={"kafka": "x"}),
        threading.Thread(target=file.change, kwargs={"web": "y"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (read_state(tmp_path).kafka, read_state(tmp_path).web) == ("x", "y")


def test_a_process_is_known_by_pid_and_start() -> None:
    assert identify(os.getpid()) == myself()
    assert identify(GONE) is None
