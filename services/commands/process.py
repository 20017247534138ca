"""One process of the hub as the supervisor starts it: `python -m services.commands.process ROLE`,
settings from the environment. The same as `naru run ROLE` without the command line, whose parser
and other commands take as long to load as the rest.
"""

import os
import signal
import sys
from typing import Any, NoReturn


def main(words: list[str]) -> int:
    """Runs a role; returns its exit status."""
    # Whoever is asked to stop while still loading has nothing to put in order. An exception would
    # not do: libraries that try an import catch whatever comes.
    signal.signal(signal.SIGTERM, _stopped)
    from services.commands.run import run_role
    from services.settings import Settings

    given: dict[str, Any] = {}
    return run_role(Settings(**given), words[0])


def command(role: str) -> tuple[str, ...]:
    """The command that runs a role in a process of its own."""
    return (sys.executable, "-m", "services.commands.process", role)


def _stopped(_number: int, _frame: object) -> NoReturn:
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
