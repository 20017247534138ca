"""`naru review`: doubts about which numbers are whose, and what a person decides about them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

import typer

from services import wiring
from services.adapters.reviewing import Reviewing
from services.commands.located import located
from services.commands.options import DataDir, Json, PolicyDir, Postgres, Today, done, settings_of
from services.commands.options import day as day_of
from services.commands.output import console, print_json
from services.domain.acts import number_from_text
from services.errors import WrongUse

app = typer.Typer(
    no_args_is_help=True,
    help="which numbers are whose: the queue and what a person decides · 기업 식별 검토",
)

By = Annotated[str, typer.Option(help="who decides: name or role · 결정하는 사람")]
Why = Annotated[str, typer.Option(help="the reason · 사유")]
Firm = Annotated[str, typer.Argument(help="firm: id or number · 기업 아이디 또는 번호")]


def run(
    given: dict[str, Any],
    as_json: bool,
    work: Callable[[Reviewing], Awaitable[Any]],
    show: Callable[[Any], None],
) -> None:
    def command() -> int:
        reviewing = wiring.reviewing(located(settings_of(**given), kafka=False))

        async def ask() -> Any:
            return await work(reviewing)

        found = asyncio.run(ask())
        if as_json:
            print_json(found)
        else:
            show(found)
        return 0

    done(command, as_json)


@app.command("list")
def list_(
    everything: Annotated[
        bool, typer.Option("--all", help="decided ones too · 처리된 것도")
    ] = False,
    data_dir: DataDir = None,
    postgres: Postgres = None,
    json: Json = False,
) -> None:
    """Doubts that wait for a person, the oldest first · 검토 목록"""
    run(
        {"data_dir": data_dir, "postgres": postgres},
        json,
        lambda reviewing: reviewing.listed(everything),
        _show_list,
    )


@app.command()
def find(data_dir: DataDir = None, postgres: Postgres = None, json: Json = False) -> None:
    """Open reviews for firms of one name and place · 같은 상호·시군구 찾기"""
    run(
        {"data_dir": data_dir, "postgres": postgres},
        json,
        lambda reviewing: reviewing.find(),
        lambda found: console().print(f"새 검토 {found['opened']}건 · {found['opened']} opened"),
    )


@app.command()
def show(
    what: Annotated[str, typer.Argument(help="review, or firm: id or number · 검토 또는 기업")],
    data_dir: DataDir = None,
    postgres: Postgres = None,
    json: Json = False,
) -> None:
    """A doubt and both firms, or a firm with its numbers · 검토 보기"""
    given = {"data_dir": data_dir, "postgres": postgres}
    run(given, json, lambda reviewing: reviewing.show(what), _show_one)


@app.command()
def merge(
    what: Annotated[str, typer.Argument(help="review, or the firm that stays · 검토 또는 기업")],
    other: Annotated[str, typer.Argument(help="the firm that joins it · 합쳐질 기업")] = "",
    by: By = "",
    why: Why = "",
    keep: Annotated[str, typer.Option(help="of a review: which firm stays · 남을 기업")] = "",
    same_place: Annotated[
        bool, typer.Option("--same-place", help="their only workplaces are one · 같은 사업장")
    ] = False,
    changed_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="since when the new number holds · 번호 변경일"),
    ] = None,
    data_dir: DataDir = None,
    postgres: Postgres = None,
    policy_dir: PolicyDir = None,
    today: Today = None,
    json: Json = False,
) -> None:
    """Two firms are one · 기업 병합"""

    async def work(reviewing: Reviewing) -> dict[str, Any]:
        first, second, review_id = await reviewing.firms_of(what, other)
        if keep:
            kept = await reviewing.firm_of(keep)
            if kept not in (first, second):
                raise WrongUse(
                    f"검토의 두 기업 중 하나가 아닙니다: {keep}",
                    f"this is neither of the review's firms: {keep}",
                )
            first, second = kept, second if kept == first else first
        return await reviewing.act(
            by,
            why,
            lambda acting: acting.merge(first, second, review_id, same_place, day_of(changed_on)),
        )

    run(_given(data_dir, postgres, policy_dir, today), json, work, _show_act)


@app.command()
def split(
    firm: Firm,
    number: Annotated[
        list[str] | None, typer.Option(help="BRN:…, CRN:…, EI:…; may be repeated · 떼어 낼 번호")
    ] = None,
    by: By = "",
    why: Why = "",
    data_dir: DataDir = None,
    postgres: Postgres = None,
    policy_dir: PolicyDir = None,
    today: Today = None,
    json: Json = False,
) -> None:
    """Some of a firm's numbers are another firm's · 기업 분리"""

    async def work(reviewing: Reviewing) -> dict[str, Any]:
        out = [number_from_text(one) for one in number or ()]
        if not out:
            raise WrongUse("떼어 낼 번호를 --number로 적어 주세요.", "name numbers with --number.")
        enterprise_id = await reviewing.firm_of(firm)
        return await reviewing.act(by, why, lambda acting: acting.split(enterprise_id, out))

    run(_given(data_dir, postgres, policy_dir, today), json, work, _show_act)


@app.command()
def undo(
    act: Annotated[int, typer.Argument(min=0, help="number of the act · 처리 번호")],
    by: By = "",
    why: Why = "",
    data_dir: DataDir = None,
    postgres: Postgres = None,
    policy_dir: PolicyDir = None,
    today: Today = None,
    json: Json = False,
) -> None:
    """Take a merge, split or dismissal back · 되돌리기"""

    async def work(reviewing: Reviewing) -> dict[str, Any]:
        return await reviewing.act(by, why, lambda acting: acting.undo(act))

    run(_given(data_dir, postgres, policy_dir, today), json, work, _show_act)


@app.command()
def dismiss(
    review: Annotated[str, typer.Argument(help="review · 검토")],
    by: By = "",
    why: Why = "",
    data_dir: DataDir = None,
    postgres: Postgres = None,
    json: Json = False,
) -> None:
    """The doubt was none · 검토 종결"""

    async def work(reviewing: Reviewing) -> dict[str, Any]:
        _, _, review_id = await reviewing.firms_of(review, "")
        assert review_id is not None
        return await reviewing.act(by, why, lambda acting: acting.dismiss(review_id))

    run(_given(data_dir, postgres, None, None), json, work, _show_act)


def _given(data_dir: Any, postgres: Any, policy_dir: Any, today: Any) -> dict[str, Any]:
    return {
        "data_dir": data_dir,
        "postgres": postgres,
        "policy_dir": policy_dir,
        "today": today,
    }


def _show_list(found: list[dict[str, Any]]) -> None:
    out = console()
    out.print(f"검토 {len(found)}건 · {len(found)} reviews")
    for one in found:
        out.print(
            f"  {one['review_id']}  {one['state']}  {one['opened_at'][:16]}  {one['issue']}"
            f"  {one['number']}",
            markup=False,
        )


def _show_one(found: dict[str, Any]) -> None:
    out = console()
    if "review_id" in found:
        out.print(
            f"{found['issue']} {found['number']} · {found['state']} · {found['opened_at'][:16]}",
            markup=False,
        )
    for firm in found.get("firms", [found]):
        out.print(f"기업 firm {firm['enterprise_id']}")
        for one in firm["numbers"]:
            until = f" … {one['valid_to']}" if one["valid_to"] else ""
            out.print(f"  {one['number']} ({one['confidence']} %){until}", markup=False)
        for p in firm["participations"]:
            told = " ".join(str(p[name] or "-") for name in ("programme", "source_key", "status"))
            out.print(f"  {told}  {p['name'] or '-'}  {p['sigungu'] or '-'}", markup=False)
        for referral in firm["referrals"]:
            out.print(f"  연계 referral {referral['referral_id']} {referral['status']}")
    for act in found["acts"]:
        out.print(
            f"처리 act {act['act']} {act['kind']} {act['at'][:16]} {act['by']}: {act['why']}",
            markup=False,
        )


def _show_act(found: dict[str, Any]) -> None:
    out = console()
    out.print(f"처리 {found['act']}번 · act {found['act']}: {found['kind']}")
    for name in ("numbers", "participations", "records", "decided", "referrals"):
        if name in found:
            out.print(f"  {name}: {found[name]}")
    for one in found.get("superseded", ()):
        out.print(f"  superseded: {one}")
