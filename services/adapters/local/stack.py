"""Postgres and Kafka together, in this process: what tests and tools of the project start."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from services.adapters.local.guard import Guard
from services.adapters.local.options import LocalOptions, Say, quiet
from services.adapters.local.processes import marked, stop
from services.adapters.local.servers import (
    Server,
    end,
    lock_folder,
    make_servers,
    resolved,
    start_server,
)


@dataclass(slots=True)
class Stack:
    """Running servers: their addresses, and handles to hurt and restart them in tests.

    A server is called by its name, "kafka" or "postgres".
    """

    data_dir: Path
    _servers: dict[str, Server]
    _lock: int
    _guard: Guard
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def kafka(self) -> str:
        """Bootstrap address of the broker."""
        return self._servers["kafka"].address

    @property
    def dsn(self) -> str:
        """DSN of the database, password included."""
        return self._servers["postgres"].address

    def pid(self, name: str) -> int:
        """The process of a server."""
        return self._running[name].pid

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Signal a server; after a SIGKILL also wait until it is gone."""
        self._running[name].send_signal(number)
        if number == signal.SIGKILL:
            self._running[name].wait(10)

    def stop(self, name: str, grace: float = 20) -> None:
        """End a server in an orderly way."""
        server = self._servers[name]
        if end(self._running[name], server.stop_signal, grace):
            server.stopped()

    def start(self, name: str) -> None:
        """Start a server that was killed or stopped, on the port it had."""
        log = self.data_dir / "logs" / f"{name}.log"
        self._running[name] = start_server(self._servers[name], log, born=self._guard.watch)

    def restart(self, name: str) -> None:
        """Stop and start a server in an orderly way."""
        self.stop(name)
        self.start(name)


def start_stack(options: LocalOptions, fast: bool = True, say: Say = quiet) -> Stack:
    """Start Postgres and Kafka in parallel and wait until both are ready.

    They end with this program, also when it is killed.
    Errors: WrongUse when the data folder is in use; ServiceMissing when a part cannot be had or a
    server does not start.
    """
    options = resolved(replace(options, fast=fast))
    lock = lock_folder(options.data_dir)
    stop(marked(options.data_dir))
    servers: dict[str, Server] = {server.name: server for server in make_servers(options, {})}
    stack = Stack(options.data_dir, servers, lock, Guard())
    try:
        _bring_up(stack, say)
    except BaseException:
        stop_stack(stack, grace=2)
        raise
    return stack


def stop_stack(stack: Stack, grace: float = 20) -> None:
    """Stop both servers; kill them after grace seconds."""
    for name in stack._running:
        stack.kill(name, signal.SIGCONT)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda name: stack.stop(name, grace), stack._running))
    stack._guard.close()
    os.close(stack._lock)


@contextlib.contextmanager
def running_stack(options: LocalOptions, fast: bool = True, say: Say = quiet) -> Iterator[Stack]:
    """start_stack and stop_stack around a block."""
    stack = start_stack(options, fast, say)
    try:
        yield stack
    finally:
        stop_stack(stack)


def _bring_up(stack: Stack, say: Say) -> None:
    def up(name: str) -> None:
        stack._servers[name].prepare(say)
        stack.start(name)

    with ThreadPoolExecutor() as pool:
        list(pool.map(up, stack._servers))
