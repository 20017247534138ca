"""One supervised process: started, watched, started again after a pause that grows."""

import contextlib
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from services.adapters.local.backoff import next_pause
from services.adapters.local.processes import Launch, identify, spawn
from services.adapters.local.state import ProcessState
from services.errors import NaruError


class Child:
    """A process that is to run for as long as the supervisor does.

    It is driven by step(), called whenever something may have happened; nothing in it waits.
    """

    def __init__(
        self,
        name: str,
        launch: Callable[[], Launch],
        log: Path,
        ready: Callable[[int], bool] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.state = "stopped"
        self.restarts = 0
        self._launch = launch
        self._log = log
        self._ready = ready
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = ""
        self._began = 0.0
        self._pause = 0.0
        self._due = 0.0

    @property
    def running(self) -> bool:
        """Whether there is a process, ready or not."""
        return self._process is not None and self._process.poll() is None

    @property
    def due(self) -> float | None:
        """When step() has something to do although nothing happens, on the monotonic clock."""
        match self.state:
            case "restarting":
                return self._due
            case "starting":
                return time.monotonic() + 0.05
        return None

    def adopt(self, process: subprocess.Popen[bytes]) -> None:
        """Take over a process that was started and found ready elsewhere."""
        self._begin(process)
        self.state = "running"

    def start(self) -> None:
        """Start the process; a failure to do so counts as a death."""
        try:
            self._begin(spawn(self._launch(), self._log))
        except (OSError, NaruError) as cause:
            self._note(f"cannot start: {cause}")
            self._died()

    def step(self) -> bool:
        """Look after the process; whether its state has changed."""
        before = (self.state, self.restarts)
        now = time.monotonic()
        if self.state == "restarting" and now >= self._due:
            self.start()
        elif self.state in ("starting", "running") and not self.running:
            self._note(f"ended with status {self._process.returncode if self._process else '-'}")
            self._died()
        elif self.state == "starting" and self._is_ready():
            self.state = "running"
        return before != (self.state, self.restarts)

    def ask_to_stop(self, number: signal.Signals | None = None) -> None:
        """Send the stop signal (or another) and never start it again."""
        self.state = "stopping" if self.running else "stopped"
        if self._process and self.running:
            self._process.send_signal(number or self._stop_signal)
            # A process that was paused would never see the request.
            self._process.send_signal(signal.SIGCONT)

    def wait(self, seconds: float) -> bool:
        """Wait for the end of a process that was asked to stop; False when it still runs."""
        if self._process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(max(seconds, 0))
        if not self.running:
            self.state = "stopped"
        return not self.running

    def describe(self) -> ProcessState:
        """What the state file says of it."""
        pid = self._process.pid if self._process and self.running else None
        found = identify(pid) if pid else None
        start = found.start if found else 0
        return ProcessState(self.name, pid, self.state, self._started_at, self.restarts, start)

    def _begin(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._began = time.monotonic()
        self._started_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.state = "starting" if self._ready else "running"

    def _died(self) -> None:
        now = time.monotonic()
        self._pause = next_pause(self._pause, now - self._began)
        self._due = now + self._pause
        self.restarts += 1
        self.state = "restarting"

    def _is_ready(self) -> bool:
        return self._ready is None or bool(self._process and self._ready(self._process.pid))

    def _note(self, text: str) -> None:
        when = datetime.now(UTC).isoformat(timespec="milliseconds")
        with contextlib.suppress(OSError), self._log.open("a", encoding="utf-8") as log:
            log.write(f"{when} supervisor: {self.name} {text}\n")


def answers(url: str) -> bool:
    """Whether a GET of this loopback address is answered with 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with contextlib.suppress(OSError, ValueError), opener.open(url, timeout=1) as answer:
        return bool(answer.status == 200)
    return False
