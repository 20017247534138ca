"""A part of a core for each worker: how workers scale where cores are not what they run out of."""

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

WHOLE = 100
_PERIOD_S = 0.02


@contextmanager
def limited(pids: Iterable[int], share: int) -> Iterator[None]:
    """Lets each process run for `share` per cent of the time while the block runs, each at times
    of its own; needs no rights but those over one's own processes. 100: leaves them alone."""
    over = threading.Event()
    threads = [
        threading.Thread(target=_by_turns, args=(pid, share / WHOLE, over), daemon=True)
        for pid in (pids if share < WHOLE else ())
    ]
    for number, thread in enumerate(threads):
        thread.start()
        over.wait(_PERIOD_S * number / len(threads))
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _by_turns(pid: int, share: float, over: threading.Event) -> None:
    # A process that has ended meanwhile is the bench's business.
    with suppress(ProcessLookupError):
        try:
            while not over.is_set():
                os.kill(pid, signal.SIGCONT)
                over.wait(_PERIOD_S * share)
                os.kill(pid, signal.SIGSTOP)
                over.wait(_PERIOD_S * (1 - share))
        finally:
            os.kill(pid, signal.SIGCONT)
