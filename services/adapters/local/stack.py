"""Postgres and Kafka together, in this process: what tests and tools of the project start."""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from services.adapters.local import ports
from services.adapters.local.kafka import KafkaServer
from services.adapters.local.options import LocalOptions, Say, quiet
from services.adapters.local.postgres import PostgresServer
from services.adapters.local.processes import Launch, marked, spawn, stop
from services.errors import ServiceMissing, WrongUse

_START_TIMEOUT = 60


class Server(Protocol):
    """What the stack knows of a server."""

    name: str
    stop_signal: signal.Signals

    @property
    def address(self) -> str: ...
    def prepare(self, say: Say) -> None: ...
    def launch(self) -> Launch: ...
    def ready(self, pid: int) -> bool: ...


@dataclass(slots=True)
class Stack:
    """Running servers: their addresses, and handles to hurt and restart them in tests."""

    _servers: dict[str, Server]
    data_dir: Path
    _lock: int
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
        """The process of a server, "kafka" or "postgres"."""
        return self._running[name].pid

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Signal a server; after a SIGKILL also wait until it is gone."""
        self._running[name].send_signal(number)
        if number == signal.SIGKILL:
            self._running[name].wait(10)

    def stop(self, name: str, grace: float = 20) -> None:
        """End a server in an orderly way."""
        end(self._running[name], self._servers[name].stop_signal, grace)

    def start(self, name: str) -> None:
        """Start a server that was killed or stopped, on the port it had."""
        server = self._servers[name]
        log = self.data_dir / "logs" / f"{name}.log"
        self._running[name] = start_server(server, log)

    def restart(self, name: str) -> None:
        """Stop and start a server in an orderly way."""
        self.stop(name)
        self.start(name)


def start_stack(options: LocalOptions, fast: bool = True, say: Say = quiet) -> Stack:
    """Start Postgres and Kafka in parallel and wait until both are ready.

    Errors: WrongUse when the data folder is in use; ServiceMissing when a part cannot be had or a
    server does not start.
    """
    options = replace(options, fast=fast, data_dir=options.data_dir.absolute())
    options.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = lock_folder(options.data_dir)
    stop(marked(options.data_dir))
    stack = _new_stack(options, lock)
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
    os.close(stack._lock)


@contextlib.contextmanager
def running_stack(options: LocalOptions, fast: bool = True, say: Say = quiet) -> Iterator[Stack]:
    """start_stack and stop_stack around a block."""
    stack = start_stack(options, fast, say)
    try:
        yield stack
    finally:
        stop_stack(stack)


def lock_folder(data_dir: Path) -> int:
    """Take the data folder for this process until it ends or closes what is returned."""
    descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise WrongUse(
            f"{data_dir} 은(는) 이미 쓰이고 있습니다. naru down 으로 멈추십시오.",
            f"{data_dir} is in use already. Stop it with naru down.",
        ) from None
    return descriptor


def start_server(
    server: Server, log: Path, timeout: float = _START_TIMEOUT
) -> subprocess.Popen[bytes]:
    """Start a server and wait until it is ready; ServiceMissing with the end of its log."""
    process = spawn(server.launch(), log)
    deadline = time.monotonic() + timeout
    while not server.ready(process.pid):
        if process.poll() is not None or time.monotonic() > deadline:
            end(process, signal.SIGKILL, 5)
            raise does_not_start(server.name, log)
        time.sleep(0.02)
    return process


def does_not_start(name: str, log: Path) -> ServiceMissing:
    """The error for a server that ended or stayed silent, with the last lines it wrote."""
    tail = log.read_text("utf-8", "replace")[-800:] if log.exists() else ""
    return ServiceMissing(
        f"{name} 이(가) 시작되지 않습니다. 기록: {log}\n{tail}",
        f"{name} does not start. Its log: {log}\n{tail}",
    )


def end(process: subprocess.Popen[bytes], number: signal.Signals, grace: float) -> None:
    """Signal a child, wait grace seconds, then kill it."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def _new_stack(options: LocalOptions, lock: int) -> Stack:
    chosen: list[int] = []
    for _ in range(3):
        chosen.append(ports.choose(0, options.first_port, chosen))
    kafka = KafkaServer(options, chosen[0], chosen[1])
    postgres = PostgresServer(options, chosen[2])
    servers: dict[str, Server] = {"kafka": kafka, "postgres": postgres}
    return Stack(servers, options.data_dir, lock)


def _bring_up(stack: Stack, say: Say) -> None:
    def up(name: str) -> None:
        stack._servers[name].prepare(say)
        stack.start(name)

    with ThreadPoolExecutor() as pool:
        list(pool.map(up, stack._servers))
