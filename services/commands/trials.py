"""`naru bench` and `naru chaos`: what the hub can do and what it survives, on its own servers."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from services.commands.bench import bench as run_bench
from services.commands.chaos import chaos as run_chaos
from services.commands.options import DataDir, Json, done, settings_of

_TODAY = date(2026, 4, 15)
"""The deciding day of both, so that runs of different days can be compared."""


def bench(
    events: Annotated[int, typer.Option(min=1000)] = 200_000,
    ingest: Annotated[int, typer.Option(min=1, max=8)] = 1,
    out: Path = Path("build/bench.json"),
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Drain a backlog and measure · 성능 측정"""
    settings = settings_of(data_dir=data_dir, workers=ingest, today=_TODAY)
    done(lambda: run_bench(settings, events, out, json), json)


def chaos(
    events: Annotated[int, typer.Option(min=100)] = 20_000,
    kills: Annotated[int, typer.Option(min=1, help="SIGKILLs · 죽이는 횟수")] = 30,
    seed: int = 1,
    ingest: Annotated[int, typer.Option(min=1, max=8)] = 2,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Kill at random, end the same · 마구 죽여도 끝은 같음"""
    settings = settings_of(data_dir=data_dir, workers=ingest, today=_TODAY)
    done(lambda: run_chaos(settings, events, kills, seed, json), json)
