"""How commands speak: tables for people, one JSON value for programs, errors in two languages."""

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape

from services.adapters.local.options import Progress
from services.errors import NaruError


def console() -> Console:
    """Plain lines when the output is no terminal or NO_COLOR is set (rich looks itself)."""
    return Console(highlight=False, soft_wrap=True)


def errors() -> Console:
    """The same for standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """One JSON value and a newline."""
    json.dump(value, sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")
    sys.stdout.flush()


def print_lines(lines: Iterable[str]) -> None:
    """Lines of text; those that are not indented are headings."""
    out = console()
    for line in lines:
        heading = bool(line) and not line.startswith(" ")
        out.print(line, markup=False, style="bold" if heading else None)


def fail(error: NaruError, as_json: bool) -> int:
    """Shows an error in both languages; returns the exit status."""
    if as_json:
        body = {"code": error.code, "message_ko": error.message_ko, "message_en": error.message_en}
        print_json({"error": body})
    else:
        ko, en = escape(error.message_ko), escape(error.message_en)
        errors().print(f"[red]✗[/red] {ko}\n  {en}", markup=True)
    return error.exit_code


class Said:
    """Progress on standard error: a line a message, the same message once."""

    def __init__(self, as_json: bool) -> None:
        self._quiet = as_json
        self._last = ""
        self._console = errors()

    def __call__(self, progress: Progress) -> None:
        """Shows a message; downloads show their share in steps of a tenth."""
        share = f" {progress.done * 10 // progress.total * 10} %" if progress.total else ""
        text = f"{progress.ko} {progress.en}{share}"
        if not self._quiet and text != self._last:
            self._console.print(f"[dim]·[/dim] {progress.ko} [dim]{progress.en}{share}[/dim]")
        self._last = text
