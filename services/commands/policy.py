"""`naru policy …`: what policy officers do with the rules as data."""

import json as jsons
import shutil
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from schemas.policies import POLICY_FOLDER
from schemas.policy_schema import FILES, json_schema
from schemas.rulebook import REFERENCE, Rulebook
from schemas.tables import FILES as TABLES
from schemas.tables import REFERENCE_FOLDER, Tables, load_tables
from services import wiring
from services.commands import laboratory
from services.commands.options import (
    DataDir,
    From,
    Json,
    Postgres,
    To,
    day,
    done,
    settings_of,
)
from services.commands.output import console, print_json
from services.commands.showing import show_diff, show_whatif
from services.domain.laboratory.policy_diff import differences
from services.domain.policy_check.check import check_policy
from services.domain.policy_check.findings import CODES, Finding
from services.errors import WrongUse

CURRENT = "current"
PLAN = "plan-2025-12-18.ko.txt"
app = typer.Typer(
    no_args_is_help=True,
    help="The rules as data: check, compare, try · 정책 자료: 검사, 비교, 시험",
)


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="a policy folder; none = the current · 정책 폴더")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="day on which reviews are due · 재검토 기준일"),
    ] = None,
    strict: Annotated[bool, typer.Option(help="warnings fail too · 경고도 실패로")] = False,
    json: Json = False,
) -> None:
    """Everything wrong with a policy, with file and line · 정책 검사"""

    def work() -> int:
        settings = settings_of(today=on)
        place = folder or settings.policy_dir or POLICY_FOLDER
        _, today = wiring.clock(settings)()
        findings = checked(place, today.isoformat())
        errors = sum(one.severity == "error" for one in findings)
        failed = bool(errors or (strict and findings))
        if json:
            print_json(
                {
                    "folder": str(place),
                    "ok": not failed,
                    "errors": errors,
                    "warnings": len(findings) - errors,
                    "findings": [one.json() for one in findings],
                }
            )
        else:
            _show(place, findings, errors)
        return 1 if failed else 0

    done(work, json)


def checked(folder: Path, today: str) -> list[Finding]:
    """Every finding about the policy in a folder. Raises WrongUse where there is none."""
    paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if not paths:
        raise WrongUse(
            f"정책 파일(*.yaml)이 없는 폴더입니다: {folder}",
            f"there are no policy files (*.yaml) in {folder}",
        )
    try:
        texts = {path.stem: path.read_bytes() for path in paths}
        plan = folder / PLAN if (folder / PLAN).exists() else POLICY_FOLDER / PLAN
        lines = plan.read_text("utf-8").split("\n")
        return check_policy(texts, lines, _tables(folder), today, PLAN)
    except KeyError as error:
        raise WrongUse(
            f"기준표({folder / REFERENCE})에 칸이 없습니다: {error}",
            f"the reference tables in {folder / REFERENCE} lack the column {error}",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"읽을 수 없습니다: {error}", f"cannot be read: {error}") from error


def _tables(folder: Path) -> Tables:
    own = folder / REFERENCE
    return load_tables(own if own.is_dir() else REFERENCE_FOLDER)


def _show(folder: Path, findings: list[Finding], errors: int) -> None:
    out = console()
    for one in findings:
        mark = "[red]✗[/red]" if one.severity == "error" else "[yellow]![/yellow]"
        place = f"{one.file}:{one.line}:{one.column}" if one.line else one.file
        ko, en = CODES[one.code]
        out.print(f"{mark} {escape(place)} [bold]{one.code}[/bold] {ko} · {en}  {escape(one.path)}")
        out.print(f"    {one.ko}\n    {one.en}", markup=False)
    out.print(
        f"{folder}: 오류 {errors}, 경고 {len(findings) - errors}"
        f" · {errors} errors, {len(findings) - errors} warnings",
        markup=False,
    )


@app.command()
def schema(
    file: Annotated[str, typer.Argument(help="a file's stem; none = all · 파일 이름")] = "",
    out: Annotated[Path | None, typer.Option(help="folder to write to · 저장할 폴더")] = None,
    json: Json = False,
) -> None:
    """JSON Schema of the policy's files · 정책 파일의 JSON 스키마"""

    def work() -> int:
        if file and file not in FILES:
            known = ", ".join(FILES)
            raise WrongUse(f"모르는 파일: {file} ({known})", f"unknown file {file} ({known})")
        found = {name: json_schema(name) for name in ([file] if file else FILES)}
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            for name, one in found.items():
                (out / f"{name}.schema.json").write_text(schema_text(one), "utf-8")
            if json:
                print_json({"written": [f"{name}.schema.json" for name in found]})
            else:
                console().print(f"{out}: {len(found)}", markup=False)
            return 0
        print_json(found[file] if file else found)
        return 0

    done(work, json)


def schema_text(found: dict[str, Any]) -> str:
    """A schema as its file holds it."""
    return jsons.dumps(found, ensure_ascii=False, indent=1) + "\n"


@app.command()
def copy(
    folder: Annotated[Path, typer.Argument(help="a new folder · 새 폴더")], json: Json = False
) -> None:
    """A copy of the current policy to draft in · 초안용 사본"""

    def work() -> int:
        if folder.exists():
            raise WrongUse(f"이미 있습니다: {folder}", f"{folder} exists already")
        source = settings_of().policy_dir or POLICY_FOLDER
        reference = source / REFERENCE if (source / REFERENCE).is_dir() else REFERENCE_FOLDER
        (folder / REFERENCE).mkdir(parents=True)
        for path in [*source.glob("*.yaml"), *source.glob("*.txt")]:
            shutil.copy(path, folder)
        for name in TABLES:
            shutil.copy(reference / f"{name}.csv", folder / REFERENCE)
        if json:
            print_json({"folder": str(folder)})
        else:
            console().print(
                f"초안을 고친 뒤: naru policy check {folder}, naru policy diff current {folder},"
                f" naru policy whatif {folder}",
                markup=False,
            )
        return 0

    done(work, json)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="a policy folder or current · 정책 폴더")],
    after: Annotated[str, typer.Argument(help="a policy folder or current · 정책 폴더")],
    json: Json = False,
) -> None:
    """What differs in meaning, with citations · 뜻의 차이"""

    def work() -> int:
        one, other = _rules(before), _rules(after)
        found = [difference.json() for difference in differences(one, other)]
        hashes = {
            name: wiring.engine_of(rules).policy_hash
            for name, rules in (("before", one), ("after", other))
        }
        if json:
            print_json({"policy_hashes": hashes, "differences": found})
        else:
            show_diff(found)
        return 0

    done(work, json)


def _rules(name: str) -> Rulebook:
    return wiring.rulebook(settings_of().policy_dir if name == CURRENT else Path(name))


@app.command()
def whatif(
    draft: Annotated[Path, typer.Argument(help="a policy folder · 정책 초안 폴더")],
    first: From = None,
    last: To = None,
    data_dir: DataDir = None,
    postgres: Postgres = None,
    json: Json = False,
) -> None:
    """Past decisions again under a draft: who gains, who loses · 초안으로 다시 판단"""
    settings = settings_of(data_dir=data_dir, postgres=postgres)

    def work() -> int:
        found = laboratory.whatif(settings, draft, day(first), day(last))
        if json:
            print_json(found)
        else:
            show_whatif(found)
        return 0

    done(work, json)
