"""Named points at which a test kills, stops or slows the process, as a real fault would.

A failpoint is `name:action[:argument]`: `kill` (SIGKILL), `stop` (SIGSTOP), `raise`; the argument
is how often the point is passed unharmed first, or, for `read`, a text in the value that triggers
it.
Empty in production: `reach` then returns at once.
"""

import os
import signal
from dataclasses import dataclass

NAMES = (
    "ingest:fetched",
    "ingest:written",
    "ingest:committed",
    "ingest:rebalance",
    "ingest:read",
    "relay:sent",
    "clock:written",
    "clock:committed",
)
_SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
_ACTIONS = (*_SIGNALS, "raise")


class Reached(Exception):
    """What a failpoint with the action `raise` raises."""


@dataclass(slots=True)
class Failpoints:
    """The failpoint of this process, if any."""

    name: str = ""
    action: str = ""
    argument: str = ""
    _passed: int = 0

    @classmethod
    def parse(cls, text: str) -> "Failpoints":
        """From `role:point:action[:argument]`; raises ValueError for an unknown one."""
        if not text:
            return cls()
        role, point, action, *argument = text.split(":", 3)
        name = f"{role}:{point}"
        if name not in NAMES or action not in _ACTIONS:
            raise ValueError(f"unknown failpoint {text}")
        return cls(name, action, argument[0] if argument else "")

    def reach(self, name: str) -> None:
        """Passes the point, or not."""
        if name != self.name:
            return
        self._passed += 1
        if self._passed > int(self.argument or 0):
            self._act()

    def reads(self, value: bytes | None) -> None:
        """Passes `ingest:read` unless the value holds the argument's text."""
        if self.name == "ingest:read" and value and self.argument.encode() in value:
            self._act()

    def _act(self) -> None:
        if self.action == "raise":
            raise Reached(self.name)
        os.kill(os.getpid(), _SIGNALS[self.action])
