"""Options that several commands share, and how a command ends."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.commands.output import fail
from services.errors import NaruError
from services.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="JSON for programs · 프로그램용 JSON")]
DataDir = Annotated[Path | None, typer.Option(help="folder of the local stack · 로컬 스택 폴더")]
Today = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="deciding date, fixed · 판단 기준일 고정"),
]
PolicyDir = Annotated[
    Path | None, typer.Option("--policy", help="a policy folder instead of the shipped · 정책 폴더")
]
Kafka = Annotated[str | None, typer.Option(help="Kafka bootstrap servers · 카프카 주소")]
Postgres = Annotated[str | None, typer.Option(help="Postgres DSN · 포스트그레스 주소")]
From = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="first deciding day · 첫 판단일"),
]
To = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], help="last deciding day · 마지막 판단일"),
]


def day(given: datetime | None) -> date | None:
    """The day of a date option."""
    return None if given is None else given.date()


def settings_of(**given: Any) -> Settings:
    """The settings with what the command line gives."""
    today = given.get("today")
    if isinstance(today, datetime):
        given["today"] = today.date()
    return Settings(**{name: value for name, value in given.items() if value is not None})


def done(work: Callable[[], int], as_json: bool) -> None:
    """Runs a command's work and ends with its exit status."""
    try:
        status = work()
    except NaruError as error:
        status = fail(error, as_json)
    except KeyboardInterrupt:
        status = 130
    raise typer.Exit(status)
