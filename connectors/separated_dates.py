"""Days and periods as P2 types them: `2026.4.1.`, `'26. 04. 01`, `26.4.1 ~ 12.31` (P2 "Values")."""

import re
from calendar import monthrange
from typing import NamedTuple

from connectors.fields import remembered, stated_day

NULLS = frozenset({"-", "해당없음"})
BLANK_SIDES = NULLS | {""}
CENTURY = 2000
LAST_OF_CENTURY = 2099

_DATE = re.compile(
    r"['’]?(?P<year>[0-9]{4}|[0-9]{2})[.\-/] ?(?P<month>[0-9]{1,2})"
    r"(?:[.\-/] ?(?P<day>[0-9]{1,2}))?\.?"
)
_MONTH_AND_DAY = re.compile(r"(?P<month>[0-9]{1,2})[.\-/] ?(?P<day>[0-9]{1,2})\.?")
_TILDE = re.compile("[~∼〜]")


class Period(NamedTuple):
    """Start and end of a project, each perhaps unknown, and the warnings."""

    start: str | None
    end: str | None
    warnings: tuple[str, ...]


class _Side(NamedTuple):
    """One side of a period as read. year: of a side that was read; has_day: not a month only."""

    day: str | None
    warning: str | None
    year: int | None
    has_day: bool


_BLANK = _Side(None, None, None, False)
_UNREADABLE = _Side(None, "DATE_UNREADABLE", None, False)


@remembered
def exact_day(text: str) -> str | None:
    """The day that a cleaned text states; None for a month and for everything else."""
    side = _side(text, is_end=False)
    return side.day if side.has_day else None


@remembered
def day_or_month(text: str) -> tuple[str | None, str | None]:
    """The day of a cleaned text, of a month its first one, and a warning."""
    side = _side(text, is_end=False) if text else _BLANK
    return side.day, side.warning


@remembered
def period(text: str) -> Period:
    """The two days of a cleaned text around `~`; a side may be left blank."""
    if not text:
        return Period(None, None, ())
    parts = _TILDE.split(text, maxsplit=1)
    if len(parts) == 1:
        return Period(None, None, ("DATE_UNREADABLE",))
    start_text, end_text = (part.strip(" ") for part in parts)
    start = _BLANK if start_text in BLANK_SIDES else _side(start_text, is_end=False)
    end = _BLANK if end_text in BLANK_SIDES else _end(end_text, start)
    warnings = dict.fromkeys(code for code in (start.warning, end.warning) if code is not None)
    return Period(start.day, end.day, tuple(warnings))


def _end(text: str, start: _Side) -> _Side:
    """The second side, whose year may be missing where the first side has a day."""
    found = _MONTH_AND_DAY.fullmatch(text)
    if found is None or not start.has_day or start.year is None:
        return _side(text, is_end=True)
    day = stated_day(start.year, int(found["month"]), int(found["day"]))
    return _UNREADABLE if day is None else _Side(day, None, start.year, True)


def _side(text: str, is_end: bool) -> _Side:
    found = _DATE.fullmatch(text)
    if found is None:
        return _UNREADABLE
    year = int(found["year"]) if len(found["year"]) == 4 else CENTURY + int(found["year"])
    month = int(found["month"])
    has_day = found["day"] is not None
    if not (1 <= month <= 12 and CENTURY <= year <= LAST_OF_CENTURY):
        return _UNREADABLE
    last = monthrange(year, month)[1]
    day = stated_day(year, month, int(found["day"]) if has_day else last if is_end else 1)
    if day is None:
        return _UNREADABLE
    return _Side(day, None if has_day else "DATE_PRECISION", year, has_day)
