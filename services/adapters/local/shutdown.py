"""Stopping in order: the hub's processes drain, then the broker, then the database."""

import signal
import time
from collections.abc import Iterable, Sequence

from services.adapters.local.children import Child
from services.adapters.local.signals import Signals

DRAIN = 25.0
_QUICK = {"postgres": signal.SIGQUIT}


def stop_children(
    children: Sequence[Child], signals: Signals, patience: int, grace: float = DRAIN
) -> bool:
    """Ask processes to end and wait; whether all ended by themselves.

    After grace seconds, or once there are more requests to stop than patience, those that still
    run are ended at once.
    """
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + grace
    while _left(children) and time.monotonic() < deadline and signals.requests <= patience:
        signals.wait(0.1)
    left = _left(children)
    for child in left:
        child.ask_to_stop(_QUICK.get(child.name, signal.SIGKILL))
    for child in left:
        if not child.wait(5):
            child.ask_to_stop(signal.SIGKILL)
            child.wait(5)
    return not left


def _left(children: Iterable[Child]) -> list[Child]:
    return [child for child in children if not child.wait(0)]
