"""Wrong use of the command line, in both languages: what the parser says, as our own error."""

from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from services.commands.output import errors, fail
from services.errors import WrongUse

_KO = {
    "NoSuchOption": "그런 선택 항목이 없습니다",
    "MissingParameter": "필요한 값이 빠졌습니다",
    "BadParameter": "값이 맞지 않습니다",
    "BadOptionUsage": "선택 항목을 잘못 썼습니다",
    "BadArgumentUsage": "인자를 잘못 썼습니다",
    "FileError": "파일을 열 수 없습니다",
}


def run_words(app: typer.Typer, words: list[str]) -> int:
    """Runs the command that the words name; returns its exit status, 2 where the parser refuses."""
    try:
        return int(app(words, prog_name="naru", standalone_mode=False) or 0)
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            errors().print(error.format_message(), markup=False)
            return WrongUse.exit_code
        return fail(_wrong_use(error, words), "--json" in words)
    except typer.Abort:
        return 130


def _wrong_use(error: TyperException, words: Sequence[str]) -> WrongUse:
    known = _KO.get(type(error).__name__, "명령을 잘못 썼습니다")
    said = error.format_message()
    command = getattr(getattr(error, "ctx", None), "command_path", "naru")
    given = " ".join(words)
    return WrongUse(
        f"{known}: `{given}` ({said}) 쓰는 법: {command} --help",
        f"{said} (in `{given}`; usage: {command} --help)",
    )
