"""`naru firm`: what a person records about a firm that no partner's message says."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from services.adapters.explained import is_id
from services.adapters.postgres.stating import Stating
from services.adapters.reviewing import Reviewing
from services.commands.options import DataDir, Json, PolicyDir, Postgres, Today
from services.commands.options import day as day_of
from services.commands.output import console
from services.commands.review import By, run
from services.domain.acts import NotFound
from services.domain.firm_status import Statement
from services.domain.identity import Identifier, Kind
from services.domain.tax_office import Answer, read_answers
from services.domain.tax_status import CLOSED, checked
from services.errors import WrongUse

app = typer.Typer(
    no_args_is_help=True,
    help="what a person records about a firm · 기업에 대해 사람이 기록하는 것",
)

_LENGTHS = {10: Kind.BRN, 13: Kind.CRN}


@app.callback()
def _group() -> None:
    """Keeps `status` a command of its own although it is the only one."""


@app.command()
def status(
    firm: Annotated[str, typer.Argument(help="firm: number or id · 기업 번호 또는 아이디")] = "",
    says: Annotated[
        str, typer.Argument(metavar="STATUS", help="active, suspended, closed · 계속·휴업·폐업")
    ] = "",
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="first day, may be to come · 시작일"),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="last day · 마지막 날")
    ] = None,
    basis: Annotated[str, typer.Option(help="on what it rests · 근거")] = "",
    confirmed: Annotated[
        bool | None,
        typer.Option(
            "--confirmed/--unconfirmed",
            help="whether a closing ends open referrals or holds them; default: yes, of a file no"
            " · 폐업 확인 여부",
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="the tax office's answers: CSV or JSON · 상태조회 결과",
        ),
    ] = None,
    by: By = "",
    data_dir: DataDir = None,
    postgres: Postgres = None,
    policy_dir: PolicyDir = None,
    today: Today = None,
    json: Json = False,
) -> None:
    """Record that a business goes on, pauses or has closed · 계속·휴업·폐업 기록"""
    given = {
        "data_dir": data_dir,
        "postgres": postgres,
        "policy_dir": policy_dir,
        "today": today,
    }

    said = _Said(firm, says, since, until, basis, confirmed, by)
    if file is None:
        run(given, json, said.of_one, _show)
    else:
        run(given, json, partial(said.of_many, file), _show)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the command line says; of one firm, or of those of a file."""

    firm: str
    says: str
    since: datetime | None
    until: datetime | None
    basis: str
    confirmed: bool | None
    by: str

    async def of_one(self, reviewing: Reviewing) -> dict[str, Any]:
        if not self.firm or not self.says or self.since is None:
            raise WrongUse(
                "기업, 상태, --since를 적거나 --file을 주세요.",
                "name a firm, a status and --since, or give a --file.",
            )
        stated = self._statement(self.says, self.since.date(), self.confirmed is not False)
        return await _state(reviewing, self.firm, stated, self.by)

    async def of_many(self, file: Path, reviewing: Reviewing) -> dict[str, Any]:
        if self.firm or self.says:
            raise WrongUse(
                "--file과 기업을 함께 적을 수 없습니다.", "give a firm or a --file, not both."
            )
        answers = read_answers(file.read_bytes())
        told: dict[str, Any] = {"recorded": [], "unchanged": 0, "unknown": [], "no_answer": []}
        told["no_answer"] = [answer.number for answer in answers if answer.status is None]
        # All are read before the first is recorded: a file is right or it is refused.
        known = [(a.number, self._stated(a, a.status)) for a in answers if a.status is not None]
        for number, stated in known:
            try:
                done = await _state(reviewing, number, stated, self.by)
            except NotFound:
                told["unknown"].append(number)
                continue
            if done["act"] is None:
                told["unchanged"] += 1
            else:
                told["recorded"].append({"number": number, **done})
        return told

    def _stated(self, answer: Answer, status: str) -> Statement:
        return self._statement(status, _since(answer, self.since), self.confirmed is True)

    def _statement(self, status: str, first: date, is_confirmed: bool) -> Statement:
        return Statement(*checked(status, first, day_of(self.until), self.basis), is_confirmed)


def _since(answer: Answer, given: datetime | None) -> date:
    if answer.status == CLOSED and answer.closed_on is not None:
        return answer.closed_on
    if given is None:
        raise WrongUse(
            f"{answer.line}번째 줄에 날짜가 없습니다. 조회한 날을 --since로 적어 주세요.",
            f"line {answer.line} has no date; give the day of the enquiry with --since.",
        )
    return given.date()


async def _state(reviewing: Reviewing, firm: str, said: Statement, by: str) -> dict[str, Any]:
    number = None if is_id(firm) else _number(firm)
    enterprise_id = await reviewing.firm_of(firm)

    async def decide(acting: Stating) -> dict[str, Any]:
        return await acting.state(enterprise_id, said, number)

    return await reviewing.act(by, said.basis, decide)


def _number(text: str) -> Identifier:
    value = text.split(":")[-1].replace("-", "")
    kind = _LENGTHS.get(len(value))
    if kind is None or not (value.isascii() and value.isdigit()):
        raise WrongUse(
            f"사업자등록번호(10자리), 법인등록번호(13자리) 또는 기업 아이디를 적어 주세요: {text}",
            f"name a business number (10 digits), corporate number (13) or a firm's id: {text}",
        )
    return kind, value


def _show(found: dict[str, Any]) -> None:
    out = console()
    if "recorded" in found:
        out.print(
            f"기록 {len(found['recorded'])}건, 그대로 {found['unchanged']}건 ·"
            f" {len(found['recorded'])} recorded, {found['unchanged']} unchanged"
        )
        for name, ko in (("unknown", "허브가 모르는 번호"), ("no_answer", "조회 결과 없음")):
            if found[name]:
                out.print(f"  {ko} · {name}: {', '.join(found[name])}", markup=False)
        for one in found["recorded"]:
            out.print(
                f"  {one['number']} · 처리 act {one['act']}, 연계 referrals {one['referrals']}",
                markup=False,
            )
        return
    if found["act"] is None:
        out.print("이미 그렇게 기록되어 있습니다. · this is recorded already.")
        return
    out.print(f"처리 {found['act']}번 · act {found['act']}: {found['kind']}")
    for name in ("records", "decided", "referrals"):
        out.print(f"  {name}: {found[name]}")
