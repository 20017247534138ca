"""`naru run ROLE`: one process of the hub, alone."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import structlog

from services import logs, wiring
from services.adapters.postgres.heartbeat import beat
from services.errors import NaruError
from services.settings import Settings

ROLES = ("ingest", "relay", "clock", "web")
_DRAIN_S = 25.0

log = structlog.get_logger("run")


def run_role(settings: Settings, role: str) -> int:
    """Runs until a signal or a fatal error; returns the exit status."""
    name = f"{role}-{settings.slot}" if role == "ingest" else role
    logs.configure(settings.log_level, name)
    _calm_collector()
    try:
        with asyncio.Runner() as runner:
            runner.run(_run(settings, role, name))
    except NaruError as error:
        log.error("process.ended", error=str(error), code=error.code)
        return error.exit_code
    except ExceptionGroup as group:
        log.error("process.failed", exc_info=group)
        return 1
    return 0


def _calm_collector() -> None:
    """Batches make and drop many objects without cycles: looking for cycles after every 700 of
    them cost a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)


async def _run(settings: Settings, role: str, name: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    work, facts = await _ROLES[role](settings, stop)
    log.info("process.started", pid_role=name)
    heart = asyncio.create_task(
        beat(name, version("naru"), facts, wiring.connecting(settings), stop)
    )
    main = asyncio.create_task(work)
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({main, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    try:
        await asyncio.wait_for(main, _DRAIN_S)
    except TimeoutError:
        log.error("process.not_drained", seconds=_DRAIN_S)
    finally:
        await heart
    log.info("process.stopped", pid_role=name)


Started = tuple[Coroutine[Any, Any, None], Callable[[], Mapping[str, Any]]]


async def _ingest(settings: Settings, stop: asyncio.Event) -> Started:
    worker = await wiring.ingest(settings)
    return worker.run(stop), lambda: asdict(worker.facts)


async def _relay(settings: Settings, stop: asyncio.Event) -> Started:
    relay = wiring.relay(settings)
    return relay.run(stop), lambda: asdict(relay.facts)


async def _clock(settings: Settings, stop: asyncio.Event) -> Started:
    clock = await wiring.clockwork(settings)
    return clock.run(stop), lambda: asdict(clock.facts)


async def _web(settings: Settings, stop: asyncio.Event) -> Started:
    from services.web.server import serve

    parts = wiring.web(settings)
    return serve(settings, stop, parts), lambda: asdict(parts.facts)


_ROLES: dict[str, Callable[[Settings, asyncio.Event], Awaitable[Started]]] = {
    "ingest": _ingest,
    "relay": _relay,
    "clock": _clock,
    "web": _web,
}
