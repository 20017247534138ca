"""`naru up`: one process that starts everything, watches it, and stops it in order."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from services.adapters.local import ports
from services.adapters.local.children import Child, answers
from services.adapters.local.leftovers import stop_leftovers
from services.adapters.local.options import LocalOptions, Progress, Say, quiet
from services.adapters.local.plan import Addresses, Planner, RoleSpec
from services.adapters.local.processes import Launch, mark, marked, spawn, stop
from services.adapters.local.servers import (
    Server,
    does_not_start,
    end,
    lock_folder,
    make_servers,
    resolved,
)
from services.adapters.local.shutdown import stop_children
from services.adapters.local.signals import Signals
from services.adapters.local.startup import Cancelled, start_together
from services.adapters.local.state import StackState, StateFile, myself, read_state
from services.errors import NaruError

_STUBBORN = 5


def supervise(options: LocalOptions, planner: Planner, say: Say = quiet) -> None:
    """Start the servers and the planned roles, keep them running until asked to stop.

    Runs in the main thread, until SIGTERM, SIGINT or SIGHUP; a second one makes it quick. What an
    earlier, killed run left behind is ended first. Errors: WrongUse when the data folder is in
    use; ServiceMissing when a part cannot be had or something does not start. Whatever happens,
    nothing is left running.
    """
    options = resolved(options)
    lock = lock_folder(options.data_dir)
    try:
        with Signals() as signals:
            _Supervisor(options, planner, say, signals).run()
    finally:
        os.close(lock)


class _Supervisor:
    def __init__(self, options: LocalOptions, planner: Planner, say: Say, signals: Signals) -> None:
        self._options = options
        self._planner = planner
        self._show = say
        self._signals = signals
        self._servers: tuple[Server, ...] = ()
        self._children: list[Child] = []
        before = read_state(options.data_dir)
        stop_leftovers(before, say)
        self._file = StateFile(
            StackState(str(options.data_dir), "starting", supervisor=myself(), ports=before.ports)
        )

    def run(self) -> None:
        try:
            self._start()
            self._watch(lambda: False)
        except Cancelled:
            pass
        except NaruError as cause:
            self._file.change(error=(cause.message_ko, cause.message_en, cause.exit_code))
            raise
        finally:
            self._stop()

    def _start(self) -> None:
        self._servers = make_servers(self._options, self._file.state.ports)
        self._children = start_together(self._servers, self._options, self._say, self._signals)
        plan = self._planner(self._addresses())
        self._record(web=plan.web)
        if plan.prepare:
            self._prepare(plan.prepare)
        self._say(Progress("허브 프로세스를 시작합니다.", "Starting the hub's processes."))
        waiting = [self._start_role(spec) for spec in plan.roles]
        self._record()
        self._watch(lambda: all(map(self._is_up, waiting)))
        if not self._signals.requests:
            self._say(Progress("준비되었습니다.", "Ready."))
            self._record(phase="ready")

    def _addresses(self) -> Addresses:
        kafka, postgres = self._servers
        known = {**kafka.ports, **postgres.ports}
        wish = self._file.state.ports.get("web", 0)
        web = ports.choose(wish, self._options.first_port, known.values())
        self._record(kafka=kafka.address, postgres=postgres.address, ports={**known, "web": web})
        return Addresses(kafka.address, postgres.address, web, self._options.data_dir)

    def _prepare(self, spec: RoleSpec) -> None:
        self._say(Progress("데이터베이스와 토픽을 준비합니다.", "Preparing database and topics."))
        log = self._options.logs / f"{spec.name}.log"
        process = spawn(self._launch(spec), log)
        try:
            self._watch(lambda: process.poll() is not None)
        finally:
            end(process, signal.SIGTERM, 5)
        if self._signals.requests:
            raise Cancelled()
        if process.returncode:
            raise does_not_start(spec.name, log)

    def _start_role(self, spec: RoleSpec) -> Child:
        ready = (lambda _pid: answers(spec.ready_url)) if spec.ready_url else None
        log = self._options.logs / f"{spec.name}.log"
        child = Child(spec.name, partial(self._launch, spec), log, ready)
        self._children.append(child)
        child.start()
        return child

    def _is_up(self, child: Child) -> bool:
        if child.restarts >= _STUBBORN:
            raise does_not_start(child.name, self._options.logs / f"{child.name}.log")
        return child.state == "running"

    def _launch(self, spec: RoleSpec) -> Launch:
        return Launch(tuple(spec.argv), {**spec.env, **mark(self._options.data_dir)})

    def _watch(self, done: Callable[[], bool]) -> None:
        """Look after every process until done() or a request to stop."""
        while not self._signals.requests and not done():
            changed = [child.name for child in self._children if child.step()]
            if changed:
                self._record()
            self._signals.wait(self._idle())

    def _idle(self) -> float:
        due = [child.due for child in self._children if child.due is not None]
        return min([1.0, *(moment - time.monotonic() for moment in due)])

    def _stop(self) -> None:
        failed = self._file.state.error is not None
        self._say(Progress("멈춥니다.", "Stopping."))
        self._record(phase="stopping")
        names = {server.name: server for server in self._servers}
        patience = self._signals.requests
        roles = [child for child in self._children if child.name not in names]
        stop_children(roles, self._signals, patience)
        for child in [child for child in self._children if child.name in names]:
            self._record()
            if stop_children([child], self._signals, patience):
                names[child.name].stopped()
        stop(marked(self._options.data_dir), grace=2)
        self._children.clear()
        phase = "failed" if failed else "stopped"
        self._record(phase=phase, supervisor=None, kafka="", postgres="", web="")
        self._say(Progress("멈추었습니다.", "Stopped."))

    def _say(self, progress: Progress) -> None:
        self._file.change(message=(progress.ko, progress.en, progress.done, progress.total))
        # The terminal may be gone; that must not keep us from stopping what we started.
        with contextlib.suppress(OSError):
            self._show(progress)

    def _record(self, **changes: Any) -> None:
        rows = tuple(child.describe() for child in self._children)
        self._file.change(processes=rows, **changes)
