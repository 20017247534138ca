"""Many simulated firms through a real hub, then every decision again.

python -m tests.bench.replay_firms [--firms N] [--events-per-firm X] [--workers N] [--out FILE]

Starts Postgres and Kafka of its own, publishes simulated events of every programme that can be
simulated until the hub knows at least N firms, and asks: does `naru replay` prove every decision
equal; does `naru policy whatif` on a rule change give what a real run under that rule gives?
The second run reads the same messages into a database of its own: every workplace must end with the
decision that what-if foresees, compared by hash, and every total of what-if (who gains, who loses,
by region, size and programme) must be that run's (`tests/bench/real_run.py`). Workplaces that the
two runs know different facts of (`facts_differ`: their firms were told apart differently, whatever
the policy) prove nothing and are taken out of both sides. Prints JSON; status 1 where an answer is
no.
"""

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from schemas.policies import POLICY_FOLDER
from services import wiring
from services.adapters.draining import NotDrained
from services.adapters.local.options import LocalOptions
from services.adapters.local.stack import Stack, start_stack, stop_stack
from services.adapters.procfs import cpu_seconds, machine
from services.commands import laboratory
from services.commands.checks import available
from services.commands.publishing import publish, with_schema_ids
from services.settings import Settings
from services.simulation.plan import SimulationPlan
from services.simulation.stream import simulate
from tests.bench.real_run import LAST, RealRun
from tests.integration.hub.databases import make_template
from tests.integration.hub.harness import Hub

SEED = 7
EVENTS_PER_FIRM = 5.4
"""More than the simulation takes on average, so that one run is usually enough."""
_LOOK_S = 20


def main() -> int:
    """Runs everything; returns the exit status."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--firms", type=int, default=2_000)
    asked.add_argument("--events-per-firm", type=float, default=EVENTS_PER_FIRM)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--out", type=Path, default=Path("build/replay.json"))
    given = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="naru-replay-"))
    settings = Settings()
    options = LocalOptions(
        data_dir=folder / "stack",
        cache_dir=settings.cache_dir,
        java_home=settings.java_home,
        search_path=os.environ["PATH"],
        fast=True,
    )
    stack = start_stack(options)
    try:
        asyncio.run(make_template(stack))
        found = _measure(stack, folder, given)
    finally:
        stop_stack(stack)
        shutil.rmtree(folder, ignore_errors=True)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    return 0 if found["ok"] else 1


def _measure(stack: Stack, folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    events = int(given.firms * given.events_per_firm)
    draft = _draft(folder)
    with Hub.create(stack, folder) as one:
        one.settings = one.settings.model_copy(update={"batch_events": 1500})
        published = time.monotonic()
        asyncio.run(_publish(one, events))
        _say(f"{events:,} events published in {time.monotonic() - published:.0f} s")
        seconds, cpu = _run(one, given.workers)
        firms = one.rows("select count(*) from enterprise")[0][0]
        replayed = laboratory.replay(one.settings, None, None, 10)
        _say(f"replay: {replayed['decisions']:,} in {replayed['seconds']} s")
        asked = laboratory.whatif(one.settings, draft, None, None)
        _say(f"what-if: {asked['decisions']:,} in {asked['seconds']} s")
        with one.again() as other:
            other.settings = other.settings.model_copy(
                update={"batch_events": 1500, "policy_dir": draft}
            )
            drafted, other_cpu = _run(other, given.workers)
            again = laboratory.replay(other.settings, None, None, 10)
            _say(f"replay of it: {again['decisions']:,} in {again['seconds']} s")
            real = _real(one, other, draft).json(asked)
    return {
        "ok": firms >= given.firms and replayed["equal"] and again["equal"] and real["equal"],
        "firms": firms,
        "events": events,
        "run_seconds": [round(seconds, 1), round(drafted, 1)],
        "ingest_cpu_us_per_event": [
            round(seconds_of / events * 1e6) for seconds_of in (cpu, other_cpu)
        ],
        "replay": {k: replayed[k] for k in _REPLAY},
        "replay_of_the_draft_run": {k: again[k] for k in _REPLAY},
        "whatif_equals_real_run": real,
        "whatif": {
            k: asked[k] for k in ("workplaces", "verdicts", "decisions", "parts", "seconds")
        },
        "peak_mb": _peak_mb(),
        "machine": machine(),
    }


def _real(one: Hub, other: Hub, draft: Path) -> RealRun:
    rules = wiring.rulebook(None)
    provinces = {row["sigungu_code"][:2]: row["sido_name"] for row in rules.rows["regions"]}
    found = RealRun(wiring.engine_of(rules), wiring.engine_of(wiring.rulebook(draft)), provinces)
    found.read(one.rows(LAST), other.rows(LAST))
    return found


async def _publish(hub: Hub, events: int) -> None:
    """Portion by portion: a million events would not fit beside the servers."""
    asked = SimulationPlan(events=events, seed=SEED, programmes=available())
    plan = await with_schema_ids(hub.settings, asked)
    await publish(hub.settings, simulate(plan), 0, lambda _: None)


_REPLAY = ("equal", "decisions", "proved_equal", "blocks", "seconds", "per_second", "differences")


def _run(hub: Hub, workers: int) -> tuple[float, float]:
    """Seconds until all was through, and the workers' CPU seconds."""
    started = time.monotonic()
    names = [f"ingest-{n}" for n in range(workers)]
    for n, name in enumerate(names):
        hub.start(name, slot=n)
    hub.start("relay")
    _drain(hub)
    seconds = time.monotonic() - started
    cpu = sum(cpu_seconds(hub.processes[name].pid) for name in names)
    for name in (*names, "relay"):
        hub.stop(name)
    _say(f"run of {hub.settings.policy_dir or 'the shipped policy'}: {seconds:.0f} s")
    return seconds, cpu


def _drain(hub: Hub) -> None:
    """Nobody starts again what has died: the rest would be waited for in vain."""
    while True:
        with suppress(NotDrained):
            hub.drain(_LOOK_S)
            return
        for name, process in hub.processes.items():
            if process.poll() is not None:
                sys.exit(f"{name}: {process.returncode}\n{hub.log(name)}")


def _draft(folder: Path) -> Path:
    """A rule change that moves firms: P7 is promotion only, and INTERMEDIATE begins lower."""
    draft = folder / "draft"
    shutil.copytree(POLICY_FOLDER, draft)
    for name in ("matrix", "ax"):
        path = draft / f"{name}.yaml"
        document = yaml.safe_load(path.read_text("utf-8"))
        if name == "matrix":
            document["programmes"]["P7"]["modes"] = ["PROMO"]
        else:
            document["levels"]["intermediate_from"] = 2
        path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    return draft


def _peak_mb() -> int:
    """Largest resident memory of this process, which replays and asks what if."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
