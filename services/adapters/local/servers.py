"""Starting a server and waiting for it: what the test stack and the supervisor share."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from services.adapters.local import ports
from services.adapters.local.kafka import KafkaServer
from services.adapters.local.options import LocalOptions, Say
from services.adapters.local.postgres import PostgresServer
from services.adapters.local.processes import Launch, spawn
from services.errors import ServiceMissing, WrongUse

START_TIMEOUT = 90
_TRIES = 3


class Server(Protocol):
    """What starting, watching and stopping needs to know of a server."""

    name: str
    stop_signal: signal.Signals

    @property
    def address(self) -> str: ...
    @property
    def ports(self) -> dict[str, int]: ...
    def prepare(self, say: Say) -> None: ...
    def launch(self) -> Launch: ...
    def ready(self, pid: int) -> bool: ...
    def another_try(self) -> bool: ...
    def stopped(self) -> None: ...


def resolved(options: LocalOptions) -> LocalOptions:
    """The options with absolute folders; makes the data folder, private to its owner."""
    made = replace(
        options,
        data_dir=options.data_dir.absolute(),
        cache_dir=options.cache_dir.absolute(),
        kafka_dir=options.kafka_dir.absolute() if options.kafka_dir else None,
    )
    made.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    made.logs.mkdir(exist_ok=True)
    return made


def make_servers(options: LocalOptions, remembered: Mapping[str, int]) -> tuple[Server, Server]:
    """Broker and database, on the ports they had when those are free."""
    chosen: dict[str, int] = {}
    for name in ("kafka", "kafka-controller", "postgres"):
        wish = remembered.get(name, 0)
        chosen[name] = ports.choose(wish, options.first_port, chosen.values())
    kafka = KafkaServer(options, chosen["kafka"], chosen["kafka-controller"])
    return kafka, PostgresServer(options, chosen["postgres"])


def lock_folder(data_dir: Path) -> int:
    """Take the data folder for this process until it ends or closes what is returned.

    WrongUse when another process has it.
    """
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
    server: Server,
    log: Path,
    cancelled: Callable[[], bool] = lambda: False,
    born: Callable[[int], None] = lambda _pid: None,
) -> subprocess.Popen[bytes]:
    """Start a prepared server and wait until it is ready; born is told the pid at once.

    A start that fails is tried again if the server knows a remedy. ServiceMissing with the end of
    the server's log when it does not start, or when cancelled says so.
    """
    deadline = time.monotonic() + START_TIMEOUT
    for _ in range(_TRIES):
        process = spawn(server.launch(), log)
        born(process.pid)
        if _becomes_ready(server, process, lambda: cancelled() or time.monotonic() > deadline):
            return process
        end(process, signal.SIGKILL, 5)
        if cancelled() or not server.another_try():
            break
    raise does_not_start(server.name, log)


def does_not_start(name: str, log: Path) -> ServiceMissing:
    """The error for a process that ended or stayed silent, with the last lines it wrote."""
    tail = log.read_text("utf-8", "replace")[-800:] if log.exists() else ""
    return ServiceMissing(
        f"{name} 이(가) 시작되지 않습니다. 기록: {log}\n{tail}",
        f"{name} does not start. Its log: {log}\n{tail}",
    )


def end(process: subprocess.Popen[bytes], number: signal.Signals, grace: float) -> bool:
    """Signal a child, wait grace seconds, then kill it; whether it ended by itself in time."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
        return False
    return number != signal.SIGKILL


def _becomes_ready(
    server: Server, process: subprocess.Popen[bytes], hopeless: Callable[[], bool]
) -> bool:
    while not server.ready(process.pid):
        if process.poll() is not None or hopeless():
            return False
        time.sleep(0.02)
    return True
