"""`naru entitlement`: the calculator at the terminal."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.markup import escape

from services import wiring
from services.commands.options import Json, PolicyDir, done, settings_of
from services.commands.output import console, errors, print_json
from services.domain.calculator.answer import answer
from services.domain.calculator.question import WrongQuestion, read_question
from services.settings import Settings

_WRONG_USE = 2


def entitlement(
    measure: Annotated[
        list[str] | None,
        typer.Argument(
            help="measure, EN rule or course kind; none = all · 시책, EN 규칙, 과정 종류"
        ),
    ] = None,
    start_on: Annotated[str, typer.Option(help="first day of the course · 과정 시작일")] = "",
    place: Annotated[str, typer.Option(help="시군구 of course and provider · 개설지와 기관")] = "",
    site: Annotated[str, typer.Option(help="시군구 of the course · 과정 개설지")] = "",
    provider: Annotated[str, typer.Option(help="시군구 of the provider · 훈련기관 소재지")] = "",
    visiting: Annotated[str, typer.Option(help="yes|no: visits the firm · 찾아가는 훈련")] = "",
    priority_firm: Annotated[str, typer.Option(help="yes|no · 우선지원대상기업")] = "",
    regular_workers: Annotated[str, typer.Option(help="상시근로자 수")] = "",
    ksic: Annotated[str, typer.Option(help="industry · 업종코드")] = "",
    insured_workers: Annotated[str, typer.Option(help="고용보험 피보험자 수")] = "",
    ei_arrears: Annotated[str, typer.Option(help="yes|no · 고용보험료 체납")] = "",
    excluded_industry: Annotated[str, typer.Option(help="yes|no · 제외 업종")] = "",
    policy_dir: PolicyDir = None,
    json: Json = False,
) -> None:
    """What a measure gives for a course, as of its day and place · 지원 계산"""
    given = {
        "start_on": start_on,
        "place": place,
        "site": site,
        "provider": provider,
        "visiting": visiting,
        "priority_firm": priority_firm,
        "regular_workers": regular_workers,
        "ksic": ksic,
        "insured_workers": insured_workers,
        "ei_arrears": ei_arrears,
        "excluded_industry": excluded_industry,
    }
    words = {"measure": measure or [], **{name: [word] for name, word in given.items()}}
    settings = settings_of(policy_dir=policy_dir)
    done(lambda: _calculate(settings, words, json), json)


def _calculate(settings: Settings, given: Mapping[str, Sequence[str]], as_json: bool) -> int:
    """Exit status 2 with every fault where the question has some."""
    engine = wiring.engine_of(wiring.rulebook(settings.policy_dir))
    try:
        question = read_question(engine.policy, engine.memory.places, given)
    except WrongQuestion as wrong:
        if as_json:
            print_json({"errors": [fault.json() for fault in wrong.faults]})
        else:
            for fault in wrong.faults:
                errors().print(
                    f"[red]✗[/red] {escape(f'{fault.name}={fault.value}')}\n"
                    f"  {escape(fault.ko)}\n  {escape(fault.en)}"
                )
        return _WRONG_USE
    _, today = wiring.clock(settings)()
    found = answer(engine, question, today.isoformat())
    if as_json:
        print_json(found)
    else:
        _show(found)
    return 0


def _show(found: dict[str, Any]) -> None:
    out = console()
    for alarm in found["alarms"]:
        out.print(f"! {alarm['ko']} {alarm['en']}", markup=False)
    for one in found["measures"]:
        force = one["in_force"]
        since = f" {force['from']}~" if force["from"] else ""
        out.print(
            f"[bold]{escape(one['measure'])}[/bold] {escape(one['ko'])} · {escape(one['en'])}\n"
            f"  {force['ko']} {force['en']}{since}"
        )
        for entry in one["entitlements"]:
            out.print(f"  {entry['rule']} {entry['ko']}\n        {entry['en']}", markup=False)
            _quote(entry["citation"])
            for note in entry["also"]:
                out.print(f"    {note['rule']} {note['ko']} · {note['en']}", markup=False)
        if not one["entitlements"]:
            for value in one["values"]:
                out.print(
                    f"  {value['ko']} · {value['en']}: 2025 {_amount(value['2025'])}"
                    f" → 2026 {_amount(value['2026'])} ({value['unit']})",
                    markup=False,
                )
            _quote(one["citation"])
        for default in one["defaults"]:
            out.print(
                f"  {default['question']} 기본값 default: {default['default_ko']} ·"
                f" {default['default_en']}",
                markup=False,
            )


def _quote(citation: Mapping[str, Any]) -> None:
    if citation["quote"]:
        line, quote = citation["line"], citation["quote"]
        console().print(f"    {citation['section']} ({line}행 line): “{quote}”", markup=False)


def _amount(amount: Mapping[str, Any] | None) -> str:
    if amount is None:
        return "–"
    if "value" in amount:
        return f"{amount['value']:,}"
    if "tiers" in amount:
        return " / ".join(f"{tier} {value:,}" for tier, value in amount["tiers"].items())
    least, most = amount.get("least"), amount.get("most")
    return f"{'' if least is None else f'{least:,}'}~{'' if most is None else f'{most:,}'}"
