"""The course lines of one month of training: what is counted, and what it proves of AI training
(training-history note, "Counts in the neutral record" and "Evidence for AX-09")."""

from calendar import monthrange
from collections.abc import Iterable
from typing import Any, NamedTuple

from connectors.avro_values import Record, text, whole
from connectors.base import Tri
from connectors.instants import day_of_epoch_days

YEARS_OF_EVIDENCE = 2
CLASSES = {"Y": True, "N": False}


class Line(NamedTuple):
    """A course round that counts. is_ai None = not classified; ends_on None = unreadable."""

    course: str
    is_ai: Tri
    completers: int
    ends_on: str | None


class Evidence(NamedTuple):
    """What a firm's lines prove on a day: the different AI courses of the last 24 months (None =
    undetermined), and whether there was one at any time (ruling A-38)."""

    ai_courses: int | None
    any_record: Tri


def counted(records: Iterable[Record], period: str, warnings: list[str]) -> list[Line]:
    """The lines that count; period is `YYYY-MM`. Adds their warnings. Raises TypeError."""
    lines = (_line(record, period, warnings) for record in records)
    return [line for line in lines if line is not None]


def _line(record: Record, period: str, warnings: list[str]) -> Line | None:
    starts_on, ends_on = (_day(record, name, warnings) for name in ("starts_on", "ends_on"))
    course = text(record, "tr_pr_id").text
    if not course:
        warnings.append("FIELD_MISSING")
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        warnings.append("DATE_ORDER")
        return None
    if not course:
        return None
    if ends_on is not None and not ends_on.startswith(period):
        warnings.append("COURSE_OUTSIDE_PERIOD")
    completed, enrolled = whole(record, "completed") or 0, whole(record, "enrolled") or 0
    if not 0 <= completed <= enrolled:
        warnings.append("NUMBER_OUT_OF_RANGE")
        completed = 0
    return Line(course, CLASSES.get(text(record, "ai_yn").text), completed, ends_on)


def _day(record: Record, name: str, warnings: list[str]) -> str | None:
    days = whole(record, name)
    day = None if days is None else day_of_epoch_days(days)
    if days is not None and day is None:
        warnings.append("DATE_UNREADABLE")
    return day


def compared(record: Record) -> list[Any]:
    """What of a line counts when two records are compared. Raises TypeError."""
    words = [text(record, name).text for name in ("tr_pr_id", "ai_yn")]
    numbers = ("tr_pr_degr", "starts_on", "ends_on", "enrolled", "completed")
    return [*words, *(str(whole(record, name)) for name in numbers)]


def counts(lines: Iterable[Line]) -> dict[str, int]:
    """The four counts of the neutral record; several rounds of one course are one course."""
    lines = list(lines)
    of_ai = [line for line in lines if line.is_ai]
    return {
        "courses": len({line.course for line in lines}),
        "completers": sum(line.completers for line in lines),
        "ai_courses": len({line.course for line in of_ai if line.completers}),
        "ai_completers": sum(line.completers for line in of_ai),
    }


def evidence(lines: Iterable[Line], day: str) -> Evidence:
    """What the lines of all records in force of a firm's workplaces prove on `day` (ISO)."""
    lines = list(lines)
    classified = {line.course for line in lines if line.is_ai is not None}
    with_completer = [line for line in lines if line.completers]
    since = _two_years_before(day)
    recent = [
        line for line in with_completer if line.ends_on is not None and since < line.ends_on <= day
    ]
    ai_courses = len({line.course for line in recent if line.is_ai})
    if not ai_courses and any(line.course not in classified for line in recent):
        return Evidence(None, _any_record(with_completer, classified))
    return Evidence(ai_courses, _any_record(with_completer, classified))


def _any_record(with_completer: list[Line], classified: set[str]) -> Tri:
    if any(line.is_ai for line in with_completer):
        return True
    return None if any(line.course not in classified for line in with_completer) else False


def _two_years_before(day: str) -> str:
    """The same day two years ago; of 29 February the 28th."""
    year, month = int(day[:4]) - YEARS_OF_EVIDENCE, int(day[5:7])
    return f"{year:04}-{month:02}-{min(int(day[8:]), monthrange(year, month)[1]):02}"
