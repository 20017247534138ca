"""`naru replay` and `naru policy whatif`: past decisions, taken again."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

from schemas.rulebook import Rulebook, unpacked
from services import wiring
from services.adapters.postgres import decided, rulebooks
from services.adapters.postgres.connect import Connection, close
from services.commands.located import located
from services.domain.decision.block import digest
from services.domain.decision.engine import Engine
from services.domain.laboratory import replay as replaying
from services.domain.laboratory.whatif import WhatIf
from services.errors import WrongUse
from services.settings import Settings

LISTED = 100
"""Decisions that were not proved equal and are listed, at most."""


def replay(
    settings: Settings, first: date | None, last: date | None, listed: int
) -> dict[str, Any]:
    """Takes every decision of the period again; returns what `naru replay --json` prints.

    `equal` is true where every decision was proved equal and every stored block is sound.
    """
    _in_order(first, last)
    return asyncio.run(_replay(settings, first, last, listed))


async def _replay(
    settings: Settings, first: date | None, last: date | None, listed: int
) -> dict[str, Any]:
    started = time.monotonic()
    count = proved = 0
    kinds: dict[str, int] = {}
    found: list[dict[str, Any]] = []
    async with _reading(settings) as (connection, engines):
        async for portion in decided.decided(connection, first, last):
            count += len(portion)
            for stored in portion:
                difference = replaying.check(stored, engines)
                if difference is None:
                    proved += 1
                    continue
                kinds[difference.kind] = kinds.get(difference.kind, 0) + 1
                if len(found) < listed:
                    found.append(difference.json())
        blocks, broken = await _broken_blocks(connection, listed)
    if broken:
        kinds[replaying.BLOCK_BROKEN] = len(broken)
    seconds = time.monotonic() - started
    return {
        "equal": proved == count and not broken,
        "decisions": count,
        "proved_equal": proved,
        "not_equal": count - proved,
        "kinds": kinds,
        "blocks": blocks,
        "broken_blocks": broken[:listed],
        "from": None if first is None else first.isoformat(),
        "to": None if last is None else last.isoformat(),
        "policies": [policy_hash.hex() for policy_hash in engines],
        "differences": found,
        "seconds": round(seconds, 1),
        "per_second": round(count / seconds) if seconds else 0,
    }


async def _broken_blocks(connection: Connection, listed: int) -> tuple[int, list[dict[str, str]]]:
    count = 0
    broken: list[dict[str, str]] = []
    async for portion in decided.blocks(connection):
        count += len(portion)
        broken += [
            {"block_id": block_id.hex(), "name": name}
            for block_id, name, body in portion
            if digest(body) != block_id and len(broken) < listed
        ]
    return count, broken


def whatif(
    settings: Settings, draft: Path, first: date | None, last: date | None
) -> dict[str, Any]:
    """Takes the period's decisions again under a draft; returns what `--json` prints."""
    _in_order(first, last)
    return asyncio.run(_whatif(settings, draft, first, last))


async def _whatif(
    settings: Settings, draft: Path, first: date | None, last: date | None
) -> dict[str, Any]:
    started = time.monotonic()
    rulebook = wiring.rulebook(draft)
    engine = wiring.engine_of(rulebook)
    async with _reading(settings) as (connection, engines):
        tally = WhatIf(engines, engine, _provinces(rulebook))
        async for portion in decided.decided(connection, first, last, by_workplace=True):
            for stored in portion:
                tally.add(stored)
        tally.close()
    return {
        "draft": str(draft),
        "draft_policy_hash": engine.policy_hash,
        "policies": [policy_hash.hex() for policy_hash in engines],
        "from": None if first is None else first.isoformat(),
        "to": None if last is None else last.isoformat(),
        **tally.json(),
        "seconds": round(time.monotonic() - started, 1),
    }


@asynccontextmanager
async def _reading(settings: Settings) -> AsyncIterator[tuple[Connection, Mapping[bytes, Engine]]]:
    """A read-only snapshot, and the engine of every policy that decisions in it were taken by."""
    here = located(settings, kafka=False)
    connection = await wiring.connecting(here, "naru-laboratory")()
    try:
        async with decided.snapshot(connection):
            yield connection, await _engines(here, connection)
    finally:
        await close(connection)


async def _engines(settings: Settings, connection: Connection) -> dict[bytes, Engine]:
    current = wiring.engine_of(wiring.rulebook(settings.policy_dir))
    engines = {bytes.fromhex(current.policy_hash): current}
    wanted = [one for one in await rulebooks.used(connection) if one not in engines]
    for policy_hash, content in (await rulebooks.kept(connection, wanted)).items():
        engine = wiring.engine_of(unpacked(content))
        if engine.policy_hash == policy_hash.hex():
            engines[policy_hash] = engine
    return engines


def _provinces(rulebook: Rulebook) -> dict[str, str]:
    """Names of the provinces by the first two digits of their codes."""
    return {row["sigungu_code"][:2]: row["sido_name"] for row in rulebook.rows["regions"]}


def _in_order(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and first > last:
        raise WrongUse(
            f"--from({first})이 --to({last})보다 늦습니다.",
            f"--from ({first}) lies after --to ({last}).",
        )
