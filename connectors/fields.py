"""What every partner's values have in common: texts, numbers, days (READING-AVRO §2 and §6).

Parsers give the value, None where there is none, and the code of a warning, None where there is
none. They are pure and never raise. Days are ISO texts `YYYY-MM-DD`, which compare as days do.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache, update_wrapper
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar
from unicodedata import category, is_normalized, normalize

WORKERS_BOUND = 99_999
KSIC_11_FROM = "2024-07-01"

REMEMBERED_LENGTH = 128
REMEMBERED_TEXTS = 16_384

R = TypeVar("R")
T = TypeVar("T")

_LONGEST_NUMBER = 18
_SEPARATOR = "\x1f"
_SPACE_BEFORE = f"{_SEPARATOR} "
_SPACE_BEHIND = f" {_SEPARATOR}"


class Days(NamedTuple):
    """The three days of a project after their order was checked."""

    agreement: str | None
    start: str | None
    end: str | None
    warning: str | None


def remembered(parse: Callable[[str], R]) -> Callable[[str], R]:
    """A pure parser of a text that remembers its answers, for short texts only: a hostile sender
    must not fill the memory with long ones."""
    cached = lru_cache(maxsize=REMEMBERED_TEXTS)(parse)

    def read(text: str, /) -> R:
        return cached(text) if len(text) <= REMEMBERED_LENGTH else parse(text)

    return update_wrapper(read, parse)


def clean(raw: str) -> str:
    """The text as it is read: NFKC, control characters to spaces, format characters out, single
    spaces, trimmed. Nothing left means blank. Not to be done twice to one text."""
    return clean_marked(raw)[0]


def clean_marked(raw: str) -> tuple[str, bool]:
    """The cleaned text, and whether a control or format character was found in it."""
    if raw.isascii():
        if raw.isprintable():
            return " ".join(raw.split()), False
        text = raw
    else:
        text = raw if is_normalized("NFKC", raw) else normalize("NFKC", raw)
        if text.isprintable():
            return " ".join(text.split()), False
    kept = []
    found = False
    for character in text:
        kind = category(character)
        if kind == "Cc":
            kept.append(" ")
            found = True
        elif kind == "Cf":
            found = True
        else:
            kept.append(character)
    return " ".join("".join(kept).split()), found


class Texts(NamedTuple):
    """The cleaned texts of a record in a fixed order, the same joined, and the names of those in
    which a control or format character was found."""

    values: list[str]
    together: str
    marked: tuple[str, ...]


def texts_of(record: dict[str, Any], names: tuple[str, ...]) -> Texts:
    """These fields of a decoded record, cleaned; '' for null and for a field that its writer does
    not have. Raises TypeError where the writer's schema gave something other than texts."""
    raws = list(record.values() if tuple(record) == names else map(record.get, names))
    try:
        together = joined(raws)
    except TypeError:
        raws = ["" if raw is None else raw for raw in raws]
        together = joined(raws)
    if _is_clean(together, len(names)):
        return Texts(raws, together, ())
    cleaned = [clean_marked(raw) for raw in raws]
    values = [text for text, _ in cleaned]
    marked = tuple(name for name, (_, found) in zip(names, cleaned, strict=True) if found)
    return Texts(values, joined(values), marked)


def joined(texts: Iterable[str]) -> str:
    """Texts as one, for `digest`. Cleaned texts hold no control characters, so that joining with
    one is unambiguous."""
    return _SEPARATOR.join(texts)


def _is_clean(together: str, count: int) -> bool:
    """Whether cleaning would leave all of the `count` joined texts as they are, without a mark;
    quicker than cleaning them. May say False of clean texts, never True of others."""
    return (
        (together.isascii() or is_normalized("NFKC", together))
        and together.count(_SEPARATOR) == count - 1
        and together.replace(_SEPARATOR, "").isprintable()
        and "  " not in together
        and _SPACE_BEFORE not in together
        and _SPACE_BEHIND not in together
        and together[:1] != " "
        and together[-1:] != " "
    )


def digest(together: str) -> str:
    """A short fingerprint of joined cleaned texts (24 hex digits): equal for equal content."""
    return blake2b(together.encode(), digest_size=12).hexdigest()


def coded(text: str, table: Mapping[str, T]) -> tuple[T | None, str | None]:
    """What a cleaned code or label means by the contract's table, exactly as written."""
    if text in table:
        return table[text], None
    return None, "CODE_UNKNOWN" if text else None


def number(text: str, bound: int) -> tuple[int | None, str | None]:
    """A cleaned text as whole number from 0 to `bound`; commas and spaces do not count."""
    if not text:
        return None, None
    digits = text
    if not digits.isdigit():
        digits = text.replace(",", "").replace(" ", "")
    negative = digits[:1] == "-"
    if negative:
        digits = digits[1:]
    if not (digits.isascii() and digits.isdigit()):
        return None, "NUMBER_UNREADABLE"
    significant = digits.lstrip("0")
    if not significant:
        return 0, None
    if negative or len(significant) > _LONGEST_NUMBER or int(significant) > bound:
        return None, "NUMBER_OUT_OF_RANGE"
    return int(significant), None


def bounded(value: int | None, bound: int) -> tuple[int | None, str | None]:
    """A whole number that came as a number: null outside 0 to `bound`."""
    if value is not None and not 0 <= value <= bound:
        return None, "NUMBER_OUT_OF_RANGE"
    return value, None


def real_day(year: int, month: int, day: int) -> str | None:
    """The calendar day as ISO text, or None where there is no such day; any year from 1 to 9999."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def stated_day(year: int, month: int, day: int) -> str | None:
    """The same for a day that is stated as a fact: years 2000 to 2099 only."""
    return real_day(year, month, day) if 2000 <= year <= 2099 else None


def separated_day(text: str, separator: str) -> str | None:
    """`YYYY-MM-DD` with that separator as a stated day; None for every other text."""
    if len(text) != 10 or not text.isascii() or not text[4] == text[7] == separator:
        return None
    year, month, day = text[:4], text[5:7], text[8:]
    if not (year.isdigit() and month.isdigit() and day.isdigit()):
        return None
    return stated_day(int(year), int(month), int(day))


def in_order(agreement: str | None, start: str | None, end: str | None) -> Days:
    """The days without those that contradict one another: an end before the start takes both
    away, an agreement after the end (if that still stands) takes the agreement away."""
    warning = None
    if start is not None and end is not None and end < start:
        start = end = None
        warning = "DATE_ORDER"
    if agreement is not None and end is not None and agreement > end:
        agreement = None
        warning = "DATE_ORDER"
    return Days(agreement, start, end, warning)


def ordering_faults(stands: Mapping[str, bool]) -> dict[str, str]:
    """`ORDERING_UNREADABLE` with all fields of an ordering that cannot be read; empty where each
    stands."""
    unreadable = ", ".join(name for name, stood in stands.items() if not stood)
    return {"ORDERING_UNREADABLE": unreadable} if unreadable else {}


def ksic_revision(code: str | None, day: str) -> int | None:
    """The revision that a KSIC code without one is taken for, by the event date (assumed)."""
    if code is None:
        return None
    return 10 if day < KSIC_11_FROM else 11
