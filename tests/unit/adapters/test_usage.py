"""Wrong use of the command line is said in both languages and ends with status 2."""

import json

import pytest

from services.cli import app
from services.commands.usage import run_words


@pytest.mark.parametrize(
    ("words", "ko", "en"),
    [
        (["bogus"], "명령을 잘못 썼습니다", "No such command 'bogus'"),
        (["decide", "--xx"], "그런 선택 항목이 없습니다", "No such option: --xx"),
        (["clock", "--on", "2026-13-01"], "값이 맞지 않습니다", "2026-13-01"),
        (["convert"], "필요한 값이 빠졌습니다", "Missing argument"),
        (["drain", "[/bold]"], "명령을 잘못 썼습니다", "[/bold]"),
    ],
)
def test_both_languages(
    words: list[str], ko: str, en: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_words(app, words) == 2
    said = capsys.readouterr()
    assert ko in said.err and en in said.err and said.out == ""
    assert run_words(app, [*words, "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "WRONG_USE"
    assert ko in error["message_ko"] and en in error["message_en"]


@pytest.mark.parametrize("words", [[], ["policy"]])
def test_without_words_the_help_is_shown(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_words(app, words) == 2
    said = capsys.readouterr()
    assert "Usage: naru" in said.out + said.err


def test_the_status_of_a_command_is_passed_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_words(app, ["decide", "--help"]) == 0
    assert "naru decide" in capsys.readouterr().out
    assert run_words(app, ["decide", "/no/such/file"]) == 2
