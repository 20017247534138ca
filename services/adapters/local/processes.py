"""Processes known by pid and start time, so that a reused pid is never mistaken for ours."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_PROC = Path("/proc")
_MARK = "NARU_STACK"
_LOG_LIMIT = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ProcessId:
    """A process for ever: its pid and its start in clock ticks after boot."""

    pid: int
    start: int


@dataclass(frozen=True, slots=True)
class Launch:
    """What to run: program and arguments, whole environment, user to become (None: stay)."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None
    folder: Path | None = None


def identify(pid: int) -> ProcessId | None:
    """The process behind a pid; None when there is none or it is dead and only not reaped."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else ProcessId(pid, int(fields[19]))


def alive(process: ProcessId) -> bool:
    """Whether this very process still runs."""
    return identify(process.pid) == process


def mark(data_dir: Path) -> dict[str, str]:
    """The variable by which a process of this stack is found again."""
    return {_MARK: str(data_dir.resolve())}


def marked(data_dir: Path) -> Iterator[ProcessId]:
    """Every running process that was started for this data folder, other than our own."""
    wanted = f"{_MARK}={data_dir.resolve()}".encode()
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found = identify(int(entry.name))
                    if found:
                        yield found


def spawn(launch: Launch, log: Path) -> subprocess.Popen[bytes]:
    """Start a process of its own session, its output added to the log; OSError if it cannot."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".1.log"))
    with log.open("ab") as out:
        return subprocess.Popen(
            launch.argv,
            env=dict(launch.env),
            cwd=launch.folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=launch.user,
            group=launch.user,
            extra_groups=[] if launch.user is not None else None,
        )


def send(process: ProcessId, number: signal.Signals) -> None:
    """Signal the process if it still is the same one."""
    if alive(process):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)


def stop(
    processes: Iterable[ProcessId], number: signal.Signals = signal.SIGTERM, grace: float = 10
) -> None:
    """Ask processes to end, wait, and kill what still runs after grace seconds."""
    every = tuple(processes)
    for process in every:
        send(process, number)
        # A stopped process would never see the request.
        send(process, signal.SIGCONT)
    if wait_gone(every, grace):
        return
    for process in every:
        send(process, signal.SIGKILL)
    wait_gone(every, 5)


def wait_gone(processes: Iterable[ProcessId], timeout: float) -> bool:
    """Wait until none of the processes runs; False when some still do after timeout seconds."""
    end = time.monotonic() + timeout
    left = [process for process in processes if alive(process)]
    while left and time.monotonic() < end:
        time.sleep(0.02)
        left = [process for process in left if alive(process)]
    return not left
