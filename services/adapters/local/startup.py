"""Starting the servers side by side, and giving up on request."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.adapters.local.children import Child
from services.adapters.local.options import LocalOptions, Progress, Say
from services.adapters.local.servers import Server, start_server
from services.adapters.local.signals import Signals
from services.errors import Transient


class Cancelled(Transient):
    """A request to stop came while the stack was starting."""

    def __init__(self) -> None:
        super().__init__("시작을 중단했습니다.", "The start was given up on request.")


@dataclass(slots=True)
class _Shared:
    """What the starting threads tell each other."""

    cancelled: bool = False
    children: list[Child] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)


def start_together(
    servers: Sequence[Server], options: LocalOptions, say: Say, signals: Signals
) -> list[Child]:
    """Prepare and start the servers in parallel; returns them ready, as supervised processes.

    Cancelled on a request to stop; else the first failure of a server. Then none of them runs.
    """
    shared = _Shared()
    threads = [
        # Daemons: a download that hangs must not keep the program from ending.
        threading.Thread(target=_start, args=(server, options, say, shared), daemon=True)
        for server in servers
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) and signals.requests < 2:
        signals.wait(0.05)
        shared.cancelled = bool(shared.failures or signals.requests)
    if not shared.cancelled:
        return shared.children
    for child in shared.children:
        child.ask_to_stop()
        child.wait(10)
    raise Cancelled() if signals.requests else shared.failures[0]


def _start(server: Server, options: LocalOptions, say: Say, shared: _Shared) -> None:
    def report(progress: Progress) -> None:
        if shared.cancelled:
            raise Cancelled()
        say(progress)

    log = options.logs / f"{server.name}.log"
    try:
        server.prepare(report)
        process = start_server(server, log, lambda: shared.cancelled)
    except Exception as cause:
        shared.failures.append(cause)
        return
    child = Child(server.name, server.launch, log, server.ready, server.stop_signal)
    child.adopt(process)
    shared.children.append(child)
