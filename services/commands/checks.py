"""The commands that look, ask or try, one function each; they return the exit status."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import orjson
from rich.table import Table

from connectors import CONNECTORS
from services import wiring
from services.adapters.draining import drain as drained
from services.adapters.local import control
from services.adapters.local.logs import log_lines
from services.commands.located import located
from services.commands.output import Said, console, print_json
from services.commands.publishing import publish, with_schema_ids
from services.domain import exchange
from services.domain.convert import exit_status, run
from services.domain.decision.lines import decide_line
from services.errors import WrongUse
from services.settings import Settings
from services.simulation.catalogue import FOLDERS
from services.simulation.plan import SimulationPlan
from services.simulation.stream import simulate as simulated


def down(settings: Settings, as_json: bool) -> int:
    """`naru down`."""
    ran = control.down(settings.data_dir.expanduser().absolute(), Said(as_json))
    if as_json:
        print_json({"stopped": ran})
    return 0


_COLUMNS = ("role", "pid", "state", "started_at", "restarts")


def ps(settings: Settings, as_json: bool) -> int:
    """`naru ps`."""
    rows = [dict(row) for row in control.ps(settings.data_dir.expanduser().absolute())]
    if as_json:
        print_json(rows)
        return 0
    table = Table("역할 role", "pid", "상태 state", "시작 started", "재시작 restarts")
    for row in rows:
        table.add_row(*(str(row[k] if row[k] is not None else "–") for k in _COLUMNS))
    console().print(table)
    return 0


def logs(settings: Settings, role: str, follow: bool) -> int:
    """`naru logs`."""
    for line in log_lines(settings.data_dir.expanduser().absolute(), role, follow):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return 0


def drain(settings: Settings, timeout_s: float, as_json: bool) -> int:
    """`naru drain`."""
    here = located(settings)
    found = asyncio.run(
        drained(here.kafka, wiring.connecting(here), set(exchange.by_topic()), timeout_s)
    )
    if as_json:
        print_json(found.json())
    else:
        for name, count in found.json().items():
            console().print(f"{name:12} {count:>9,}")
    return 0


def simulate(
    settings: Settings,
    events: int,
    seed: int,
    programmes: tuple[str, ...],
    rate: float,
    shares: dict[str, Any],
    as_json: bool,
) -> int:
    """`naru simulate`."""
    folders = programmes or available()
    try:
        plan = SimulationPlan(events=events, seed=seed, programmes=folders, **shares)
    except ValueError as error:
        raise WrongUse(f"잘못된 값: {error}", f"bad value: {error}") from error

    async def work() -> int:
        here = located(settings)
        return await publish(
            here, simulated(await with_schema_ids(here, plan)), rate, lambda _: None
        )

    sent = asyncio.run(work())
    if as_json:
        print_json({"published": sent, "seed": seed, "programmes": list(folders)})
    else:
        console().print(f"발행 published: {sent:,}")
    return 0


def available() -> tuple[str, ...]:
    """The programmes that can be simulated and that the hub reads."""
    known = {connector.source.folder for connector in CONNECTORS}
    return tuple(folder for folder in FOLDERS if folder in known)


@contextmanager
def _input(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = open(file, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise WrongUse(f"읽을 수 없습니다: {file}", f"cannot read {file}: {error}") from error
    with stream:
        yield stream


def convert(programme: str, file: str, schema_id: int, alone: bool) -> int:
    """`naru convert`: exit status 1 where a line ended held or quarantined."""
    statuses = [0]
    with _input(file) as lines:
        for answer in run(CONNECTORS, programme, lines, schema_id, alone):
            statuses.append(exit_status([answer]))
            sys.stdout.buffer.write(_line(answer) + b"\n")
    sys.stdout.buffer.flush()
    return max(statuses)


def _line(answer: dict[str, Any]) -> bytes:
    """An answer as JSON. A name may hold half of a surrogate pair, which JSON can escape and
    UTF-8 cannot say."""
    try:
        return orjson.dumps(answer)
    except TypeError:
        return json.dumps(answer, separators=(",", ":")).encode()


def decide(settings: Settings, file: str) -> int:
    """`naru decide`: exit status 1 where a line could not be decided."""
    engine = wiring.engine_of(wiring.rulebook(settings.policy_dir))
    status = 0
    out = sys.stdout.buffer
    with _input(file) as lines:
        for line in lines:
            decision, fine = decide_line(line, engine)
            status = status if fine else 1
            out.write(decision + b"\n")
    out.flush()
    return status


def config(settings: Settings, as_json: bool) -> int:
    """`naru config`."""
    rows = settings.origins()
    if as_json:
        names = ("name", "value", "origin", "meaning")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
        return 0
    table = Table("setting", "value", "origin", "meaning")
    for row in rows:
        table.add_row(*row)
    console().print(table)
    return 0
