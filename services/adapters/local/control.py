"""`naru up --detach`, `naru ps` and `naru down`: what other commands do with a running stack."""

import contextlib
import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from services.adapters.local.leftovers import stop_leftovers
from services.adapters.local.options import LocalOptions, Progress, Say, quiet
from services.adapters.local.processes import alive, marked, send, stop
from services.adapters.local.servers import lock_folder, resolved
from services.adapters.local.state import ProcessState, StackState, read_state, write_state
from services.errors import Fatal, NaruError, ServiceMissing, WrongUse

_ERRORS: Mapping[int, type[NaruError]] = {2: WrongUse, 3: ServiceMissing}


def detach(
    options: LocalOptions,
    argv: Sequence[str],
    env: Mapping[str, str],
    say: Say = quiet,
    timeout: float = 300,
) -> StackState:
    """Start argv (the same command in the foreground) on its own and wait until it is ready.

    A stack that runs already is left as it is, and its state returned. Errors are those of
    supervise(), and ServiceMissing after timeout seconds, when everything is stopped again.
    """
    options = resolved(options)
    now = read_state(options.data_dir)
    if now.supervised and now.phase == "ready":
        return now
    log = options.logs / "up.log"
    pid = _spawn_alone(argv, env, log)
    deadline = time.monotonic() + timeout
    shown = ("", "", 0, 0)
    while time.monotonic() < deadline:
        state = read_state(options.data_dir)
        if state.message != shown and state.phase == "starting":
            shown = state.message
            say(Progress(*shown))
        if state.phase == "ready" and state.supervised:
            return state
        if _ended(pid):
            raise _failure(read_state(options.data_dir), log)
        time.sleep(0.05)
    down(options.data_dir, quiet)
    raise ServiceMissing(
        f"{timeout:.0f}초 안에 준비되지 않았습니다. 기록: {options.logs}",
        f"It was not ready within {timeout:.0f} seconds. Logs: {options.logs}",
    )


class ProcessRow(TypedDict):
    """What `naru ps --json` prints of one process."""

    role: str
    pid: int | None
    state: str
    started_at: str
    restarts: int


def ps(data_dir: Path) -> list[ProcessRow]:
    """One row a process, broker and database included: role, pid, state, started_at, restarts.

    A process that is listed and does not run is "restarting", or "dead" when nobody watches.
    """
    state = read_state(data_dir)
    return [_row(process, state.supervised) for process in state.processes]


def kill(data_dir: Path, role: str) -> int | None:
    """SIGKILL to the process of a role, whatever it is doing; its pid, None when there is none."""
    for process in read_state(data_dir).processes:
        found = process.process
        if process.role == role and found is not None and alive(found):
            send(found, signal.SIGKILL)
            return found.pid
    return None


def down(data_dir: Path, say: Say = quiet, timeout: float = 90) -> bool:
    """Stop everything; whether anything ran.

    The supervisor does it if it lives; else what it left behind is ended here. WrongUse when
    another program holds the data folder.
    """
    if not data_dir.is_dir():
        return False
    supervised = _end_supervisor(read_state(data_dir), say, timeout)
    lock = lock_folder(data_dir)
    try:
        # Also after an orderly end: the supervisor may have been killed while it was at it.
        return _clear(read_state(data_dir), say) or supervised
    finally:
        os.close(lock)


def _end_supervisor(state: StackState, say: Say, timeout: float) -> bool:
    if not state.supervisor or not state.supervised:
        return False
    say(Progress("멈춥니다.", "Stopping."))
    stop([state.supervisor], signal.SIGTERM, timeout)
    return True


def _clear(state: StackState, say: Say) -> bool:
    running = [row.process for row in state.processes if row.process and alive(row.process)]
    ran = bool(running or list(marked(Path(state.data_dir))))
    stop_leftovers(state, say)
    stop(marked(Path(state.data_dir)))
    if state.phase != "stopped":
        write_state(StackState(state.data_dir, ports=state.ports))
    return ran


def _row(process: ProcessState, supervised: bool) -> ProcessRow:
    found = process.process
    lives = found is not None and alive(found)
    state = process.state if lives else ("restarting" if supervised else "dead")
    return {
        "role": process.role,
        "pid": process.pid if lives else None,
        "state": state,
        "started_at": process.started_at,
        "restarts": process.restarts,
    }


def _spawn_alone(argv: Sequence[str], env: Mapping[str, str], log: Path) -> int:
    """Not a Popen object: nobody will ever wait for this process to end."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(argv[0], list(argv), env, file_actions=actions, setsid=True)


def _ended(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return True


def _failure(state: StackState, log: Path) -> NaruError:
    if state.error and state.phase == "failed":
        ko, en, code = state.error
        return _ERRORS.get(code, Fatal)(ko, en)
    tail = log.read_text("utf-8", "replace")[-800:]
    return ServiceMissing(
        f"시작하지 못했습니다. 기록: {log}\n{tail}", f"It does not start. Its log: {log}\n{tail}"
    )
