"""What one stack is doing, in one file that is replaced whole: addresses, processes, progress."""

import contextlib
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from services.adapters.local.processes import ProcessId, alive, identify

_FILE = "state.json"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class ProcessState:
    """One process of the stack, dead or alive.

    state: starting, running, restarting, stopped, dead. start is in clock ticks after boot.
    """

    role: str
    pid: int | None
    state: str
    started_at: str
    restarts: int
    start: int = 0

    @property
    def process(self) -> ProcessId | None:
        """The process for ever; None when there is none."""
        return ProcessId(self.pid, self.start) if self.pid else None


@dataclass(frozen=True, slots=True)
class StackState:
    """Everything that `naru up` tells other commands.

    phase: starting, ready, stopping, stopped, failed. message is the last progress, error the
    reason of a failure, both in Korean and English.
    """

    data_dir: str
    phase: str = "stopped"
    kafka: str = ""
    postgres: str = ""
    web: str = ""
    supervisor: ProcessId | None = None
    ports: Mapping[str, int] = field(default_factory=dict)
    processes: tuple[ProcessState, ...] = ()
    message: tuple[str, str, int, int] = ("", "", 0, 0)
    error: tuple[str, str, int] | None = None

    @property
    def supervised(self) -> bool:
        """Whether the process that wrote this still runs."""
        return self.supervisor is not None and alive(self.supervisor)

    def addresses(self) -> dict[str, str]:
        """What `naru up --detach --json` prints."""
        return {
            "kafka": self.kafka,
            "postgres": self.postgres,
            "web": self.web,
            "data_dir": self.data_dir,
        }


def read_state(data_dir: Path) -> StackState:
    """The last state; an empty one when there is none or it cannot be read.

    After a restart of the machine the processes are forgotten, the ports are not.
    """
    empty = StackState(str(data_dir.absolute()))
    try:
        raw = json.loads((data_dir / _FILE).read_text("utf-8"))
        state = _parsed(raw)
    except (OSError, ValueError, KeyError, TypeError):
        return empty
    if raw["boot"] != boot_id():
        return StackState(state.data_dir, ports=state.ports)
    return state


def write_state(state: StackState) -> None:
    """Replace the file; it holds the database's password, so only its owner may read it."""
    target = Path(state.data_dir) / _FILE
    partial = target.with_suffix(".partial")
    text = json.dumps({"boot": boot_id(), **asdict(state)}, ensure_ascii=False, indent=1)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    partial.replace(target)


class StateFile:
    """The state that one supervisor keeps, written at every change; safe between threads."""

    def __init__(self, state: StackState) -> None:
        self.state = state
        self._guard = threading.Lock()
        write_state(state)

    def change(self, **changes: Any) -> None:
        """Replace fields of the state and write it; on a full disk, with the next change."""
        with self._guard:
            self.state = replace(self.state, **changes)
            with contextlib.suppress(OSError):
                write_state(self.state)


def myself() -> ProcessId:
    """This process."""
    found = identify(os.getpid())
    return found or ProcessId(os.getpid(), 0)


def boot_id() -> str:
    """Names this run of the machine; empty where the kernel does not say."""
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return ""


def _parsed(raw: Mapping[str, Any]) -> StackState:
    supervisor = raw["supervisor"]
    error = raw["error"]
    return StackState(
        data_dir=raw["data_dir"],
        phase=raw["phase"],
        kafka=raw["kafka"],
        postgres=raw["postgres"],
        web=raw["web"],
        supervisor=ProcessId(**supervisor) if supervisor else None,
        ports=dict(raw["ports"]),
        processes=tuple(ProcessState(**row) for row in raw["processes"]),
        message=_message(raw["message"]),
        error=(str(error[0]), str(error[1]), int(error[2])) if error else None,
    )


def _message(raw: list[Any]) -> tuple[str, str, int, int]:
    ko, en, done, total = raw
    return str(ko), str(en), int(done), int(total)
