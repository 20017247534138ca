"""`naru demo`: the main job on real parts, from a partner's event to the agency's referral."""

import asyncio
import shutil
import signal
import threading
import time
from collections import Counter
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from connectors import CONNECTORS
from schemas.codec import decode
from services import wiring
from services.adapters.draining import drain
from services.adapters.kafka.tail import whole
from services.adapters.local import control
from services.adapters.postgres.connect import close
from services.adapters.postgres.totals import Totals, totals, totals_by_topic
from services.commands import stack
from services.commands.checks import available
from services.commands.located import located
from services.commands.output import Said, console, print_json, print_lines
from services.commands.publishing import publish, with_schema_ids
from services.domain import exchange
from services.domain.explaining.paper import Paper
from services.domain.topics import agency_topic
from services.settings import Settings
from services.simulation.plan import SimulationPlan
from services.simulation.stream import simulate

_SEED = 20260415
_DRAIN_S = 300.0


def demo(settings: Settings, events: int, once: bool, as_json: bool) -> int:
    """Starts a stack of its own, runs events through it, shows what came of them."""
    started = time.monotonic()
    given: dict[str, Any] = {"schema_wait_s": 2.0}
    if "data_dir" not in settings.model_fields_set:
        given["data_dir"] = settings.cache_dir / "demo"
    own = settings.model_copy(update=given)
    _forget(own)
    state = stack.up_detached(own, Said(as_json))
    try:
        found = asyncio.run(_run(located(own), events, started, as_json))
        if as_json:
            print_json({**found, "web": state.addresses()["web"]})
        elif not once:
            web = state.addresses()["web"]
            if found["explained"] is not None:
                console().print(
                    f"\n전체 설명 all of it: {web}/v1/explain/referral/{found['explained']}"
                )
            console().print(
                f"\n상태 화면 status page: [bold]{web}[/bold]"
                "\nCtrl-C로 모두 멈춥니다 · Ctrl-C stops everything."
            )
        if not once:
            _wait_for_signal()
    except KeyboardInterrupt:
        pass
    finally:
        control.down(own.data_dir.expanduser().absolute(), Said(as_json))
    return 0


def _forget(settings: Settings) -> None:
    """A demo begins with an empty hub: a stack of an earlier one is stopped and removed."""
    folder = settings.data_dir.expanduser().absolute()
    control.down(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _wait_for_signal() -> None:
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    while not done.wait(0.5):
        continue


async def _run(settings: Settings, events: int, started: float, as_json: bool) -> dict[str, Any]:
    folders = available()
    plan = await with_schema_ids(
        settings, SimulationPlan(events=events, seed=_SEED, programmes=folders)
    )
    watching = asyncio.create_task(_watch(settings, events, started, as_json))
    await publish(settings, simulate(plan), 0, lambda _: None)
    ended = await drain(
        settings.kafka, wiring.connecting(settings), set(exchange.by_topic()), _DRAIN_S
    )
    await watching
    newest = await _referrals(settings)
    by_input = await _inputs(settings)
    requested = [r for r in newest if r["status"] == "requested"]
    shown = _of_two_programmes(requested)
    if not as_json:
        _show(requested, shown, ended, time.monotonic() - started, by_input)
        if shown is not None:
            await _explain(settings, shown)
    return {
        **ended.json(),
        "inputs": {folder: counts[0] for folder, counts in by_input.items()},
        "agencies": len({r["addressees"][0] for r in newest if r["addressees"]}),
        "explained": None if shown is None else shown["referral_id"],
        "seconds": round(time.monotonic() - started, 1),
    }


async def _inputs(settings: Settings) -> dict[str, tuple[int, ...]]:
    """Per input what was received and how it ended, in the order of the plan's programmes."""
    connection = await wiring.connecting(settings)()
    try:
        found = await totals_by_topic(connection)
    finally:
        await close(connection)
    topics = {c.source.topic: c.source.folder for c in CONNECTORS}
    return {folder: found[topic] for topic, folder in topics.items() if topic in found}


async def _explain(settings: Settings, shown: dict[str, Any]) -> None:
    """Why the firm's referral stands as it does: the short form of `naru explain`."""
    explained = wiring.explained(settings)
    found = await explained.referral(shown["referral_id"])
    if found is not None:
        print_lines(["", *Paper(explained.explainer.words, "both").lines(found, short=True)])


async def _watch(settings: Settings, events: int, started: float, as_json: bool) -> None:
    """Shows how far the hub is, and the first referral as soon as there is one."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console(),
        disable=as_json or not console().is_terminal,
    )
    connection = await wiring.connecting(settings)()
    first = False
    try:
        with bar:
            task = bar.add_task("처리 processed", total=events)
            while True:
                now: Totals = await totals(connection)
                bar.update(task, completed=now.received)
                if now.referrals and not first and not as_json:
                    first = True
                    seconds = time.monotonic() - started
                    bar.console.print(f"첫 연계 first referral: {seconds:.1f} s")
                if now.received >= events:
                    return
                await asyncio.sleep(0.1)
    finally:
        await close(connection)


async def _referrals(settings: Settings) -> list[dict[str, Any]]:
    """The newest version of every referral, read from the agencies' topics."""
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    topics = {agency_topic(code) for code in exchange.receiving_agencies()}
    async for topic, _, value, _ in whole(settings.kafka, topics):
        record = decode("referral", value)
        known = newest.get((topic, record["referral_id"]))
        if known is None or known["version"] < record["version"]:
            newest[topic, record["referral_id"]] = record
    return list(newest.values())


def _of_two_programmes(requested: list[dict[str, Any]]) -> dict[str, Any] | None:
    """A firm that came through two programmes and has flags, else one with flags."""
    flagged = [record for record in requested if record["flags"]]
    two = (record for record in flagged if len(_programmes(record)) > 1)
    return next(two, next(iter(flagged), None))


def _show(
    requested: list[dict[str, Any]],
    shown: dict[str, Any] | None,
    ended: Totals,
    seconds: float,
    by_input: dict[str, tuple[int, ...]],
) -> None:
    out = console()
    out.print(_by_agency(requested))
    if shown is not None:
        out.print(_explained(shown))
    states = ("applied", "duplicate", "superseded", "held", "quarantined")
    counts = Table(
        "입력 input", "= received", *states, title="받은 전문과 상태 · messages and end states"
    )
    for folder, (received, *ends) in by_input.items():
        counts.add_row(folder, f"{received:,}", *(f"{count:,}" for count in ends))
    found = ended.json()
    counts.add_row(
        "", f"{ended.received:,}", *(f"{found[state]:,}" for state in states), style="bold"
    )
    out.print(counts)
    out.print(f"연계 referrals: {ended.referrals:,} · {seconds:.1f} s")


def _programmes(record: dict[str, Any]) -> list[str]:
    return sorted({part["programme"] for part in record["participations"]})


_LEVELS = {"BEGINNER": "초급", "INTERMEDIATE": "중급", "ADVANCED": "고급"}
_FLAGS = {"TRAINING_PRIORITY": "훈련 우선", "BONUS_POINT": "가점"}
_SHOWN = 12


def _by_agency(requested: list[dict[str, Any]]) -> Table:
    """Referrals by agency, level and flag; the agencies with the most."""
    table = Table(
        title="기관별 연계 · referrals by agency, level (초급 beginner, 중급 intermediate, "
        "고급 advanced) and flag (훈련 우선 priority, 가점 bonus)"
    )
    table.add_column("기관 agency", no_wrap=True)
    for name in ("연계", *_LEVELS.values(), *_FLAGS.values()):
        table.add_column(name, justify="right", no_wrap=True)
    per_agency: dict[str, Counter[str]] = {}
    for record in requested:
        counts = per_agency.setdefault(record["addressees"][0], Counter())
        counts.update(["all", record["level"]["level"], *(f["kind"] for f in record["flags"])])
    ordered = sorted(per_agency.items(), key=lambda item: (-item[1]["all"], item[0]))
    columns = ("all", *_LEVELS, *_FLAGS)
    for agency, counts in ordered[:_SHOWN]:
        table.add_row(agency, *(str(counts[name]) for name in columns))
    rest: Counter[str] = sum((counts for _, counts in ordered[_SHOWN:]), Counter())
    if rest:
        others = f"… {len(ordered) - _SHOWN} more"
        table.add_row(others, *(str(rest[name]) for name in columns), style="dim")
    return table


def _explained(record: dict[str, Any]) -> Table:
    """One decision with the rule and the plan's section behind every part of it."""
    firm, level = record["enterprise"], record["level"]
    table = Table(
        title=f"판단 하나 · one decision: {firm['name']} ({record['establishment']['sigungu']}), "
        f"{record['as_of']}, {' + '.join(_programmes(record))}"
    )
    table.add_column("무엇 what", no_wrap=True)
    table.add_column("결과 result", no_wrap=True)
    table.add_column("규칙", no_wrap=True)
    table.add_column("근거 plan section")
    for mode in record["modes"]:
        if mode["programmes"]:
            rules = ", ".join(mode["programmes"])
            table.add_row(f"협업 {mode['mode']}", rules, "MG", "IV-5")
    table.add_row("AX 수준 level", level["level"], level["rule"], level["section"])
    for part in record["agencies"]:
        table.add_row(f"기관 {part['part']}", str(part["agency"]), part["rule"], part["section"])
    for one in record["measures"]:
        if one["pick"] != "listed":
            table.add_row(f"시책 {one['pick']}", one["measure_id"], one["rule"], one["section"])
    for factor in record["priority"]["factors"]:
        if factor["points"]:
            points = f"{factor['factor']} +{factor['points']}"
            table.add_row("우선순위 priority", points, factor["rule"], factor["section"])
    for flag in record["flags"]:
        cited = f"{flag['section']} “{flag['citation']}”" if flag["citation"] else flag["section"]
        table.add_row(f"우대 flag {flag['programme'] or ''}", flag["kind"], flag["rule"], cited)
    return table
