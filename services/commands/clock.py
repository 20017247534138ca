"""`naru clock`: what the clock will do on a coming day. Writes nothing."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

import typer

from services import wiring
from services.adapters.postgres import clock as store
from services.adapters.postgres.connect import Connection, close
from services.adapters.postgres.decided import snapshot
from services.adapters.postgres.redeciding import UNPLACED, Redeciding
from services.adapters.postgres.schemas import registered
from services.commands.located import located
from services.commands.options import DataDir, Json, PolicyDir, Postgres, Today, done, settings_of
from services.commands.options import day as day_of
from services.commands.output import console, print_json
from services.domain.foreseeing import Foreseen, turning_days, wanted_blocks
from services.errors import WrongUse
from services.settings import Settings
from services.web.policy_dates import Dated, dated_rules

_FIRMS = 500
LISTED = 20

WORDS = {
    "status": ("연계 상태", "referral status"),
    "level": ("AX 수준", "AX level"),
    "primary": ("주 과제", "primary measure"),
    "measure": ("과제", "measure"),
    "flag": ("표시·혜택", "flag"),
    "agency": ("담당 기관", "agency"),
    "alarm": ("경보", "alarm"),
}


def clock(
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="a coming day; default: the next one · 미리 볼 날"),
    ] = None,
    listed: Annotated[
        int, typer.Option("--list", min=0, help="workplaces listed at most · 최대 표시 수")
    ] = LISTED,
    data_dir: DataDir = None,
    postgres: Postgres = None,
    policy_dir: PolicyDir = None,
    today: Today = None,
    json: Json = False,
) -> None:
    """What a coming day will change, beforehand; writes nothing · 다가올 날의 변화"""
    settings = settings_of(data_dir=data_dir, postgres=postgres, policy_dir=policy_dir, today=today)

    def work() -> int:
        found = foresee(settings, day_of(on), listed)
        if json:
            print_json(found)
        else:
            _show(found)
        return 0

    done(work, json)


def foresee(settings: Settings, on: date | None, listed: int) -> dict[str, Any]:
    """What `naru clock --json` prints. on: None for the next day on which a rule turns. Raises
    WrongUse for a day that is over."""
    return asyncio.run(_foresee(located(settings, kafka=False), on, listed))


async def _foresee(settings: Settings, on: date | None, listed: int) -> dict[str, Any]:
    rules = wiring.rulebook(settings.policy_dir)
    policy, tables = rules.policy(), rules.tables()
    _, today = wiring.clock(settings)()
    coming = turning_days(policy, tables, today)
    on = on or (coming[0] if coming else today + timedelta(1))
    if on < today:
        raise WrongUse(
            f"지난 날은 미리 볼 수 없습니다: {on} (기준일 {today}). 지난 판단은 `naru explain"
            " --as-of`나 `naru replay`로 보세요.",
            f"{on} is over (the deciding day is {today}); for past decisions see"
            " `naru explain --as-of` and `naru replay`.",
        )
    connection = await wiring.connecting(settings, "naru-clock-ahead")()
    try:
        async with snapshot(connection):
            desk = wiring.desk(settings, await registered(connection), rules, seals=False)
            noon = datetime.combine(on, time(3), UTC)
            foreseen = await _through(Redeciding(connection, desk, (noon, on)), listed)
    finally:
        await close(connection)
    dated = dated_rules(policy, tables)
    return {
        "today": today.isoformat(),
        "on": on.isoformat(),
        "policy_hash": desk.policy_hash.hex(),
        "coming": [
            {"on": day.isoformat(), "rules": [_rule(one) for one in _turning(dated, day)]}
            for day in coming
        ],
        **foreseen.json(),
    }


async def _through(redeciding: Redeciding, listed: int) -> Foreseen:
    foreseen, position = Foreseen(listed), store.FIRST
    connection: Connection = redeciding.connection
    while enterprises := await store.firms_after(connection, position, _FIRMS):
        found = await redeciding.found(UNPLACED, enterprises)
        bodies = await store.bodies_of(connection, wanted_blocks(found.values()))
        foreseen.add(found, bodies)
        position = enterprises[-1]
    return foreseen


def _turning(dated: list[Dated], day: date) -> Iterator[Dated]:
    """What begins on that day or has ended the day before."""
    before = (day - timedelta(1)).isoformat()
    yield from (one for one in dated if day.isoformat() == one.first or before == one.last)


def _rule(one: Dated) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "id": one.id,
        "ko": one.ko,
        "en": one.en,
        "from": one.first,
        "to": one.last,
        "section": one.section,
    }


def _show(found: dict[str, Any]) -> None:
    out = console()
    out.print(
        f"[bold]{found['on']}에 바뀌는 것 · what changes on {found['on']}[/bold]"
        f" (기준일 today {found['today']})"
    )
    for day in found["coming"]:
        names = "; ".join(f"{one['ko']} · {one['en']}" for one in day["rules"][:4])
        more = f" (+{len(day['rules']) - 4})" if len(day["rules"]) > 4 else ""
        out.print(
            f"  {day['on']}  {names or '지정·기한 · a designation or limit'}{more}", markup=False
        )
    out.print(
        f"기업 {found['firms']:,}곳, 사업장 {found['workplaces']:,}곳, 연계 새 버전"
        f" {found['new_versions']:,}건 · {found['firms']:,} firms, {found['workplaces']:,}"
        f" workplaces, {found['new_versions']:,} new versions of referrals"
    )
    for one in found["changes"]:
        ko, en = WORDS[one["what"]]
        out.print(
            f"  {one['workplaces']:>7,}  {ko} {en}: {one['before']} → {one['after']}", markup=False
        )
    for row in found["list"]:
        told = ", ".join(f"{c['before']} → {c['after']}" for c in row["changes"])
        parts = ", ".join(row["parts"])
        out.print(f"  {row['establishment_id']}  {told or parts}", markup=False)
    if len(found["list"]) < found["workplaces"]:
        out.print("  … (--list N)")
    out.print("아무것도 쓰지 않았습니다. · Nothing was written.")
