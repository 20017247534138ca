"""`naru chaos`: a run in which processes and servers are killed again and again must end exactly
as one that nobody disturbs (plan of faults F2, F24, F27, F39 to F41, F51 to F53)."""

import asyncio
import logging
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.table import Table

from services import wiring
from services.adapters.draining import drain
from services.adapters.local import control
from services.adapters.writers import WriterSchemas
from services.commands import stack
from services.commands.chaos_ends import Ended, differences, ended
from services.commands.chaos_kills import SERVERS, Kill, Killer, order
from services.commands.chaos_waves import slices, waves
from services.commands.located import located
from services.commands.output import Said, console, print_json
from services.commands.publishing import publish, with_schema_ids
from services.domain import exchange
from services.settings import Settings
from services.simulation.plan import SimulatedEvent, SimulationPlan
from services.simulation.stream import simulate

PROGRAMMES = ("ai-voucher", "smart-factory", "robot")
_SHARES: dict[str, Any] = {
    "duplicates": 0.08,
    "late": 0.08,
    "corrections": 0.1,
    "defects": 0.04,
    "shared_firms": 0.4,
}
_BATCH = 60
_DRAIN_S = 300.0
_WITHIN_S = 0.5


def chaos(settings: Settings, events: int, kills: int, seed: int, as_json: bool) -> int:
    """Runs both and compares them; exit status 1 where they differ.

    Events are published in waves (`chaos_waves`), and those in parts; a kill comes at a random
    moment after a part, while small batches are under way. The data folder stays where something
    differs.
    """
    given: dict[str, Any] = {"schema_wait_s": 1.0}
    if "data_dir" not in settings.model_fields_set:
        given["data_dir"] = settings.cache_dir / "chaos"
    own = settings.model_copy(update=given)
    folder = own.data_dir.expanduser().absolute()
    # Its client says of every connection that it is gone, which is what we are doing.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    started = time.monotonic()
    plan = SimulationPlan(events=events, seed=seed, programmes=PROGRAMMES, **_SHARES)
    most = max(events // (kills + 1), 1)
    calm = asyncio.run(_calm(_at(own, folder / "calm", workers=1), plan, most, as_json))
    storm, done = asyncio.run(
        _storm(_at(own, folder / "storm", batch_events=_BATCH), plan, most, kills, as_json)
    )
    found = differences(calm, storm)
    answer = {
        "events": events,
        "seed": seed,
        "workers": own.workers,
        "kills": [one.json() for one in done],
        "totals": storm.totals.json(),
        "repeats": storm.repeats,
        "differences": found,
        "seconds": round(time.monotonic() - started, 1),
    }
    if as_json:
        print_json(answer)
    else:
        _show(answer, folder)
    if found:
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def _at(settings: Settings, folder: Path, **changes: Any) -> Settings:
    return settings.model_copy(update={"data_dir": folder, **changes})


@contextmanager
def _running(settings: Settings, as_json: bool) -> Iterator[Settings]:
    """An empty hub of its own; gives settings with its addresses."""
    folder = settings.data_dir
    control.down(folder)
    shutil.rmtree(folder, ignore_errors=True)
    stack.up_detached(settings, Said(as_json))
    try:
        yield located(settings)
    finally:
        control.down(folder, Said(as_json))


async def _parts(
    settings: Settings, plan: SimulationPlan, most: int
) -> list[tuple[list[SimulatedEvent], bool]]:
    """The events in parts of at most so many, and whether to wait after a part."""
    connectors = exchange.by_topic()
    schemas = WriterSchemas(wiring.registered_schemas(settings), 0)
    await schemas.refresh(connectors)
    events = list(simulate(await with_schema_ids(settings, plan)))
    writers = {topic: schemas.allowed(topic) for topic in connectors}
    return slices(waves(events, connectors, writers, settings.source_partitions), most)


async def _drained(settings: Settings) -> None:
    await drain(settings.kafka, wiring.connecting(settings), set(exchange.by_topic()), _DRAIN_S)


async def _calm(settings: Settings, plan: SimulationPlan, most: int, as_json: bool) -> Ended:
    with _running(settings, as_json) as here:
        parts = await _parts(here, plan, most)
        _say(as_json, f"방해 없이 undisturbed: {plan.events:,} events, seed {plan.seed}")
        for part, ends_wave in parts:
            await publish(here, part, 0, lambda _: None)
            if ends_wave:
                await _drained(here)
        return await ended(here, plan.events)


async def _storm(
    settings: Settings, plan: SimulationPlan, most: int, kills: int, as_json: bool
) -> tuple[Ended, list[Kill]]:
    rng = random.Random(plan.seed)
    roles = [*(f"ingest-{n}" for n in range(settings.workers)), "relay", "clock", *SERVERS]

    def told(one: Kill) -> None:
        _say(
            as_json,
            f"  {one.number:>2}/{kills} {one.role:<9} pid {one.pid:<7} 남은 전문 unread"
            f" {_count(one.unread)}, 안 보낸 것 unsent {_count(one.unsent)}, 복귀 back"
            f" {one.back_s:.1f} s",
        )

    with _running(settings, as_json) as here:
        parts, sent = await _parts(here, plan, most), 0
        # The largest parts, where most is under way.
        places = sorted(range(len(parts)), key=lambda n: -len(parts[n][0]))[:kills]
        whom = dict(zip(sorted(places), order(roles, kills, rng), strict=False))
        _say(as_json, f"죽이면서 disturbed: {kills} × SIGKILL, {settings.workers} worker(s)")
        killer = Killer(here, told)
        for number, (part, ends_wave) in enumerate(parts):
            await killer.whole("kafka")
            sent += await publish(here, part, 0, lambda _: None)
            if number in whom:
                await asyncio.sleep(rng.uniform(0, _WITHIN_S))
                await killer.kill(whom[number], sent)
            if ends_wave:
                await killer.whole("kafka")
                await _drained(here)
        await killer.whole()
        return await ended(here, plan.events), killer.done


def _count(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"


def _say(as_json: bool, text: str) -> None:
    if not as_json:
        console().print(text)


def _show(answer: dict[str, Any], folder: Path) -> None:
    out = console()
    counts = answer["totals"]
    out.print(
        f"{counts['received']:,} received, {counts['referrals']:,} referrals,"
        f" {len(answer['kills'])} kills,"
        f" 되풀이 repeats {answer['repeats']:,}, {answer['seconds']} s"
    )
    found = answer["differences"]
    if not found:
        out.print("[bold green]✓[/bold green] 두 실행의 끝이 같습니다 · both runs ended the same.")
        return
    table = Table("무엇 what", "다름 difference", title="끝이 다릅니다 · the ends differ")
    for what, difference in found.items():
        table.add_row(what, str(difference))
    out.print(table)
    out.print(f"기록과 데이터 logs and data: {folder}")
