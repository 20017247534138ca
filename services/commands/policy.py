"""`naru policy …`: the policy laboratory of the policy officers."""

from pathlib import Path
from typing import Annotated

import typer

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
from services.commands.output import print_json
from services.commands.showing import show_whatif

app = typer.Typer(
    no_args_is_help=True,
    help="The rules as data: check, compare, try · 정책 자료: 검사, 비교, 시험",
)


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
