"""`naru explain`: why a referral, an event or a firm stands as it does."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from services import wiring
from services.commands.located import located
from services.commands.options import DataDir, Json, PolicyDir, Postgres, done, settings_of
from services.commands.output import errors, print_json, print_lines
from services.domain.decision.reading import UnreadableFacts, facts_from_json
from services.domain.explaining.axes import axes_of
from services.domain.explaining.explainer import Explainer
from services.domain.explaining.paper import Paper
from services.domain.explaining.plain import Plain
from services.errors import NaruError, WrongUse
from services.settings import Settings

LANGUAGES = ("ko", "en", "both")

Lang = Annotated[str, typer.Option(help=" | ".join(LANGUAGES))]


def explain(
    what: Annotated[
        str, typer.Argument(help="referral, event or firm · 연계, 사건 또는 기업")
    ] = "",
    facts: Annotated[
        Path | None, typer.Option(help="facts as JSON, no server needed · 사실 파일")
    ] = None,
    lang: Lang = "both",
    short: Annotated[bool, typer.Option(help="the main points only · 요점만")] = False,
    as_of: Annotated[
        str, typer.Option(help="in force on this day · 이 날에 시행되는 규정으로")
    ] = "",
    known_at: Annotated[
        str, typer.Option(help="known at this instant, ISO 8601 · 이 시각에 알던 것으로")
    ] = "",
    data_dir: DataDir = None,
    postgres: Postgres = None,
    policy_dir: PolicyDir = None,
    json: Json = False,
) -> None:
    """Why a referral, an event or a firm stands as it does · 판단 설명"""
    settings = settings_of(data_dir=data_dir, postgres=postgres, policy_dir=policy_dir)
    done(lambda: _explain(settings, what, facts, lang, short, json, (as_of, known_at)), json)


def _explain(
    settings: Settings,
    what: str,
    facts: Path | None,
    language: str,
    short: bool,
    as_json: bool,
    asked: tuple[str, str],
) -> int:
    """Exit status 0 explained, 1 not found or facts that cannot be read, 2 wrong use, 3 a service
    is missing."""
    axes = axes_of(*asked)
    if language not in LANGUAGES:
        names = " | ".join(LANGUAGES)
        raise WrongUse(
            f"모르는 언어: {language} ({names})", f"unknown language {language} ({names})"
        )
    if (facts is None) == (not what):
        raise WrongUse(
            "설명할 것 하나를 적거나 --facts로 사실 파일을 주세요.",
            "name one thing to explain, or give a file with --facts.",
        )
    if facts is not None:
        if not axes.now:
            raise WrongUse(
                "사실 파일에는 as_of가 들어 있습니다: --as-of, --known-at은 쓰지 않습니다.",
                "a file of facts has its own as_of: --as-of and --known-at are not for it.",
            )
        return _facts(wiring.explainer(settings), facts, language, short, as_json)
    explained = wiring.explained(located(settings, kafka=False))
    found = asyncio.run(explained.anything(what, axes))
    if found is None:
        raise NotFound(
            f"허브가 모르는 것입니다: {what}", f"the hub knows no referral, event or firm: {what}"
        )
    if as_json:
        print_json(found)
    else:
        print_lines(Paper(explained.explainer.words, language).lines(found, short))
    return 0


class NotFound(NaruError):
    """There is nothing of this name to explain."""

    code = "NOT_FOUND"


def _facts(explainer: Explainer, file: Path, language: str, short: bool, as_json: bool) -> int:
    """Every line of the file, one explanation each; as JSON one object a line."""
    status, plain = 0, Plain(explainer.words, language)
    for line in _lines(file):
        try:
            facts = facts_from_json(orjson.loads(line))
        except (UnreadableFacts, orjson.JSONDecodeError) as error:
            status = 1
            _unreadable(error, as_json)
            continue
        found = explainer.explain(facts)
        if as_json:
            print_json(found)
        else:
            print_lines([*plain.explanation(found, short), ""])
    return status


def _lines(file: Path) -> Iterator[bytes]:
    """The lines that hold something; a file that is one JSON object over several lines is one."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise WrongUse(f"읽을 수 없습니다: {file}", f"cannot read {file}: {error}") from error
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError:
        yield from (line for line in raw.splitlines() if line.strip())
    else:
        yield raw


def _unreadable(error: Exception, as_json: bool) -> None:
    found: dict[str, Any] = {
        "code": "NOT_A_JSON_OBJECT",
        "message_ko": "JSON 객체가 아닙니다.",
        "message_en": "The line is not a JSON object.",
    }
    if isinstance(error, UnreadableFacts):
        found = error.as_json()
    if as_json:
        print_json({"error": found})
    else:
        errors().print(f"[red]✗[/red] {found['message_ko']}\n  {found['message_en']}")
