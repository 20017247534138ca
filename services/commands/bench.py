"""`naru bench`: a backlog drained end to end, and beside it the limits of the same machine.

Source topic → referrals readable on the agencies' topics, with broker, database and all processes
on one machine. The clock runs from the first claimed partition to the last published message.
"""

import asyncio
import itertools
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import orjson
from pydantic import SecretStr
from rich.table import Table

from services import wiring
from services.adapters.draining import drain
from services.adapters.local.stack import Stack, start_stack, stop_stack
from services.adapters.postgres.connect import close
from services.adapters.postgres.totals import positions, totals
from services.adapters.procfs import Meter, machine
from services.adapters.sealing import new_key
from services.commands import limits, stack
from services.commands.output import Said, console, print_json
from services.commands.process import command
from services.commands.publishing import publish, with_schema_ids
from services.domain import exchange, firms
from services.settings import Settings, base_environment
from services.simulation.catalogue import BENCHED
from services.simulation.plan import SimulationPlan
from services.simulation.stream import simulate

_SEED = 42
_LIMIT_S = 1800.0
_SAMPLE_S = 2.0
_MEMORY_EVERY = 5
"""Looking at memory walks every process's page tables: often, it would cost what it measures."""


def bench(settings: Settings, events: int, out: Path, as_json: bool) -> int:
    """Runs the bench and writes its numbers; exit status 1 where messages are unaccounted for."""
    given: dict[str, Any] = {"schema_wait_s": 1.0}
    if "data_dir" not in settings.model_fields_set:
        given["data_dir"] = settings.cache_dir / "bench"
    own = settings.model_copy(update=given)
    shutil.rmtree(own.data_dir, ignore_errors=True)
    servers = start_stack(stack.options(own), fast=False, say=Said(as_json))
    try:
        here = own.model_copy(
            update={
                "kafka": servers.kafka,
                "postgres": SecretStr(servers.dsn),
                "quarantine_key": SecretStr(new_key()),
            }
        )
        found = asyncio.run(_run(here, servers, events, as_json))
    finally:
        stop_stack(servers)
        shutil.rmtree(own.data_dir, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n")
    if as_json:
        print_json(found)
    else:
        _show(found)
    return 0 if found["totals"]["received"] == events else 1


async def _run(settings: Settings, servers: Stack, events: int, as_json: bool) -> dict[str, Any]:
    await stack.prepare(settings)
    plan = await with_schema_ids(
        settings, SimulationPlan(events=events, seed=_SEED, programmes=BENCHED)
    )
    if not as_json:
        console().print(f"적재 publishing a backlog of {events:,} events ({', '.join(BENCHED)})")
    await publish(settings, simulate(plan), 0, lambda _: None)
    measured = await _drained(settings, servers, events, as_json)
    beside = await limits.measure(settings, set(exchange.by_topic()))
    return {**measured, "limits": beside, "machine": machine(), "seed": _SEED}


async def _drained(
    settings: Settings, servers: Stack, events: int, as_json: bool
) -> dict[str, Any]:
    logs = settings.data_dir / "logs"
    processes = {
        name: _start(settings, logs, name, role, slot)
        for name, role, slot in [
            *((f"ingest-{n}", "ingest", n) for n in range(settings.workers)),
            ("relay", "relay", 0),
        ]
    }
    pids = {name: process.pid for name, process in processes.items()}
    meter = Meter({**pids, "kafka": servers.pid("kafka"), "postgres": servers.pid("postgres")})
    meter.start()
    try:
        started = await _claimed(settings)
        sampling = asyncio.create_task(_sample(meter, settings, events, as_json))
        ended = await drain(
            settings.kafka, wiring.connecting(settings), set(exchange.by_topic()), _LIMIT_S
        )
        seconds = time.monotonic() - started
        sampling.cancel()
        cpu = meter.cpu()
        meter.sample()
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            process.wait(30)
    return {
        "events": events,
        "seconds": round(seconds, 2),
        "events_per_s": round(events / seconds),
        "workers": settings.workers,
        "compiled": _is_compiled(),
        "cpu_us_per_event": {n: round(s / events * 1e6, 1) for n, s in cpu.items()},
        "peak_mb": {n: round(mb) for n, mb in meter.peak_mb.items()},
        "totals": ended.json(),
    }


def _is_compiled() -> bool:
    """Whether the hot path runs as machine code (docs/decisions/0014-compiled-hot-path.md)."""
    return not firms.__file__.endswith(".py")


def _start(
    settings: Settings, logs: Path, name: str, role: str, slot: int
) -> subprocess.Popen[bytes]:
    env = {**base_environment(), **settings.environment(slot=slot)}
    descriptor = os.open(logs / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(command(role), env=env, stderr=descriptor)
    finally:
        os.close(descriptor)


async def _claimed(settings: Settings) -> float:
    """The moment at which the first worker has its partitions."""
    connection = await wiring.connecting(settings)()
    try:
        while not await positions(connection):
            await asyncio.sleep(0.02)
        return time.monotonic()
    finally:
        await close(connection)


async def _sample(meter: Meter, settings: Settings, events: int, as_json: bool) -> None:
    connection = await wiring.connecting(settings)()
    try:
        for turn in itertools.count():
            if turn % _MEMORY_EVERY == 0:
                await asyncio.to_thread(meter.sample)
            if not as_json:
                now = await totals(connection)
                console().print(f"  {now.received:>9,} / {events:,}")
            await asyncio.sleep(_SAMPLE_S)
    finally:
        await close(connection)


def _show(found: dict[str, Any]) -> None:
    out = console()
    out.print(
        f"[bold]{found['events_per_s']:,} events/s[/bold] "
        f"({found['events']:,} events in {found['seconds']} s, {found['workers']} worker(s), "
        f"{'compiled' if found['compiled'] else 'pure Python'})"
    )
    table = Table("process", "CPU µs/event", "peak MiB")
    for name, cpu in found["cpu_us_per_event"].items():
        table.add_row(name, f"{cpu:.1f}", str(found["peak_mb"].get(name, "–")))
    table.add_row("sum", f"{sum(found['cpu_us_per_event'].values()):.1f}", "", style="bold")
    out.print(table)
    beside = Table("limit on the same machine", "events/s", "naru / limit")
    for name, rate in found["limits"].items():
        beside.add_row(name, f"{rate:,}", f"{found['events_per_s'] / rate:.2f}")
    out.print(beside)
