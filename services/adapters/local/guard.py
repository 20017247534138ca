"""Ends the servers of a test stack when the program that started them is killed.

A process of its own, holding the other end of a pipe: it is told each server as it starts, and
when the pipe closes, whatever of them still runs has lost its owner.
"""

import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from services.adapters.local.processes import ProcessId, identify, stop

_ROOT = Path(__file__).parents[3]


class Guard:
    """Our end of the pipe."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            (sys.executable, "-m", __name__),
            stdin=subprocess.PIPE,
            bufsize=0,
            cwd=_ROOT,
            start_new_session=True,
        )

    def watch(self, pid: int) -> None:
        """Tell of a server that has just been started."""
        found = identify(pid)
        if found and self._process.stdin:
            self._process.stdin.write(f"{found.pid} {found.start}\n".encode())

    def close(self) -> None:
        """End the guard, and with it every server that still runs."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(20)


def main(lines: Iterable[str]) -> None:
    """Read the servers until the pipe closes, then end those that still run."""
    told = [ProcessId(*map(int, line.split())) for line in lines]
    stop(told, signal.SIGINT, 5)


if __name__ == "__main__":
    main(sys.stdin)
