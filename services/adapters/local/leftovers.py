"""What an earlier supervisor left running when it was killed, and how to end it safely."""

import signal
from pathlib import Path

from services.adapters.local.options import Progress, Say
from services.adapters.local.processes import ProcessId, alive, marked, stop
from services.adapters.local.state import StackState

_SIGNALS = {"kafka": signal.SIGTERM, "postgres": signal.SIGINT}
_GRACE = 15


def stop_leftovers(state: StackState, say: Say) -> None:
    """End every process of the stack: the hub's, then the broker, then the database.

    The caller holds the lock of the data folder, so nobody else watches over them.
    """
    left = _recorded(state)
    others = [found for found in marked(Path(state.data_dir)) if found not in left.values()]
    if not left and not others:
        return
    say(
        Progress("이전 실행에서 남은 프로세스를 멈춥니다.", "Stopping processes of an earlier run.")
    )
    roles = [found for name, found in left.items() if name not in _SIGNALS]
    stop([*roles, *others], signal.SIGTERM, _GRACE)
    for name, number in _SIGNALS.items():
        if name in left:
            stop([left[name]], number, _GRACE)


def _recorded(state: StackState) -> dict[str, ProcessId]:
    known = {row.role: row.process for row in state.processes}
    return {role: found for role, found in known.items() if found and alive(found)}
