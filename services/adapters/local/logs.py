"""`naru logs`: the lines a role has written, and those it will write."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from services.errors import WrongUse

_PAUSE = 0.2


def roles_with_logs(data_dir: Path) -> list[str]:
    """The names for which there is a log, in alphabetical order."""
    return sorted(path.stem for path in (data_dir / "logs").glob("*.log") if "." not in path.stem)


def log_lines(
    data_dir: Path,
    role: str,
    follow: bool = False,
    last: int = 200,
    until: Callable[[], bool] = lambda: False,
) -> Iterator[str]:
    """The last lines of a role's log; with follow also what comes, until until() says so.

    WrongUse when there is no log of that name.
    """
    path = data_dir / "logs" / f"{role}.log"
    if role not in roles_with_logs(data_dir):
        known = ", ".join(roles_with_logs(data_dir)) or "-"
        raise WrongUse(
            f"{role} 기록이 없습니다. 있는 기록: {known}",
            f"There is no log of {role}. There are: {known}",
        )
    while True:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from file.read().splitlines()[-last:]
            if not follow:
                return
            yield from _following(file, path, until)
        if until():
            return
        last = 1_000_000


def _following(file: TextIO, path: Path, until: Callable[[], bool]) -> Iterator[str]:
    """New lines of an open log, until it is replaced by a new one."""
    inode = path.stat().st_ino
    begun = ""
    while not until():
        begun += file.readline()
        if begun.endswith("\n"):
            yield begun.rstrip("\n")
            begun = ""
        elif path.exists() and path.stat().st_ino != inode:
            return
        else:
            time.sleep(_PAUSE)
