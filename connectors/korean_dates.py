"""Days, months, half-years and years as P6 writes them: `2026년 4월 15일`, `'26.4월`, `'26.下`
(P6 "Free text", dates). Spaces may stand between the parts, never inside a number."""

import re
from calendar import monthrange
from typing import NamedTuple

from connectors.fields import remembered, stated_day
from connectors.separated_dates import Period

UNDECIDED = "미정"
CENTURY = 2000

_YEAR = r"(?:(?P<year>[0-9]{4})|['’] ?(?P<short>[0-9]{2}))"
_DAY = r"(?:월 ?(?P<day>[0-9]{1,2}) ?일|\. ?(?P<dotted>[0-9]{1,2}))"
_MONTH_DAY = rf"(?P<month>[0-9]{{1,2}}) ?{_DAY} ?\.?"
_MONTH = r"(?P<only_month>[0-9]{1,2}) ?월"
_HALF = r"(?P<half>상반기|하반기|상|하|上|下)"
_WITH_YEAR = re.compile(
    rf"{_YEAR}(?: ?년| ?(?:년|\.) ?(?:{_MONTH_DAY}|{_MONTH})|(?: ?(?:년|\.) ?| ){_HALF})"
)
_WITHOUT_YEAR = re.compile(rf"(?:{_MONTH_DAY}|{_MONTH}|{_HALF})")
_FIRST_HALF = frozenset({"상반기", "상", "上"})


class _Span(NamedTuple):
    """What a text names: its first and last day, whether that is one day, or coarser than a
    month, and the year."""

    first: str
    last: str
    is_day: bool
    is_coarse: bool
    year: int


@remembered
def exact_day(text: str) -> str | None:
    """The day that a cleaned text names; None for everything coarser and everything else."""
    span = _span(text)
    return span.first if span is not None and span.is_day else None


@remembered
def first_day(text: str) -> tuple[str | None, str | None]:
    """The day of a cleaned text, of something coarser its first one, and a warning."""
    if not text:
        return None, None
    span = _span(text)
    if span is None:
        return None, "DATE_UNREADABLE"
    return span.first, None if span.is_day else "DATE_PRECISION"


@remembered
def period(text: str) -> Period:
    """The first and the last day that a cleaned text names around `~`; the year of the second
    side may be missing, and either side may be undecided."""
    if not text:
        return Period(None, None, ())
    sides = text.split("~", 1)
    if len(sides) == 1:
        return Period(None, None, ("DATE_UNREADABLE",))
    start_text, end_text = (side.strip(" ") for side in sides)
    start = _span(start_text)
    end = _span(end_text) or _span(end_text, None if start is None else start.year)
    warnings: dict[str, None] = {}
    for side, span in ((start_text, start), (end_text, end)):
        if span is None and side not in ("", UNDECIDED):
            warnings["DATE_UNREADABLE"] = None
        elif span is not None and span.is_coarse:
            warnings["DATE_PRECISION"] = None
    return Period(
        None if start is None else start.first, None if end is None else end.last, tuple(warnings)
    )


def _span(text: str, year: int | None = None) -> _Span | None:
    """What a text with its own year names, or one without in a year that is known."""
    found = (_WITH_YEAR if year is None else _WITHOUT_YEAR).fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict()
    if year is None:
        year = int(parts["year"]) if parts["year"] else CENTURY + int(parts["short"])
    if parts["half"]:
        months = (1, 6) if parts["half"] in _FIRST_HALF else (7, 12)
        return _months(year, *months, is_coarse=True)
    if parts["only_month"]:
        month = int(parts["only_month"])
        return _months(year, month, month, is_coarse=False)
    if parts["month"]:
        day = stated_day(year, int(parts["month"]), int(parts["day"] or parts["dotted"]))
        return None if day is None else _Span(day, day, True, False, year)
    return _months(year, 1, 12, is_coarse=True)


def _months(year: int, first: int, last: int, is_coarse: bool) -> _Span | None:
    """The whole months of a year from `first` to `last`."""
    begin = stated_day(year, first, 1) if 1 <= first <= last <= 12 else None
    if begin is None:
        return None
    end = f"{year:04}-{last:02}-{monthrange(year, last)[1]:02}"
    return _Span(begin, end, False, is_coarse, year)
