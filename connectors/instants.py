"""Points in time as partners write them, and the Korean day on which they lie."""

import re
from datetime import date
from typing import NamedTuple

from connectors.fields import remembered

KOREAN_OFFSET = 9 * 60
MINUTES_A_DAY = 24 * 60
MICROSECONDS_A_MINUTE = 60_000_000
MILLISECONDS_A_MINUTE = 60_000
EPOCH_DAY = date(1970, 1, 1).toordinal()
FIRST_EPOCH_DAY = date(2000, 1, 1).toordinal() - EPOCH_DAY
LAST_EPOCH_DAY = date(2099, 12, 31).toordinal() - EPOCH_DAY

_INSTANT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,6}))?"
    r"(?:(Z)|([+-])([01]\d|2[0-3]):([0-5]\d))?",
    re.ASCII,
)
_WITH_OFFSET = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8})(?:\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


class Instant(NamedTuple):
    """An instant as text that orders (microseconds of Korean time, 18 digits), its Korean day
    (ISO), and whether its offset was written down."""

    order: str
    day: str
    has_offset: bool


@remembered
def instant(text: str) -> Instant | None:
    """`YYYY-MM-DDThh:mm:ss`, perhaps with a fraction of 1 to 6 digits, perhaps with `Z` or
    `±hh:mm` (none: Korean time); one blank may stand for the T. None for every other text, for
    what is no real time, and for what lies outside the years 1 to 9999 in Korea."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zulu, sign, *off = found.groups()
    offset = 0 if zulu else KOREAN_OFFSET
    if sign:
        offset = int(f"{sign}1") * (int(off[0]) * 60 + int(off[1]))
    try:
        days = date(int(year), int(month), int(day)).toordinal()
        minutes = days * MINUTES_A_DAY + int(hour) * 60 + int(minute) - offset + KOREAN_OFFSET
        korean_day = date.fromordinal(minutes // MINUTES_A_DAY).isoformat()
    except (ValueError, OverflowError):
        return None
    microseconds = int(second) * 1_000_000 + int((fraction or "").ljust(6, "0"))
    order = f"{minutes * MICROSECONDS_A_MINUTE + microseconds:018}"
    return Instant(order, korean_day, bool(zulu or sign))


def day_of_milliseconds(instant_ms: int) -> str | None:
    """The Korean day (ISO) of epoch milliseconds; None outside the years 2000 to 2099."""
    return day_of_epoch_days((instant_ms // MILLISECONDS_A_MINUTE + KOREAN_OFFSET) // MINUTES_A_DAY)


def day_of_epoch_days(days: int) -> str | None:
    """The day (ISO) that lies so many days after 1970-01-01; None outside 2000 to 2099."""
    if not FIRST_EPOCH_DAY <= days <= LAST_EPOCH_DAY:
        return None
    return date.fromordinal(EPOCH_DAY + days).isoformat()


@remembered
def day_with_offset(text: str) -> str | None:
    """The Korean day (ISO) of `YYYY-MM-DDThh:mm:ss`, perhaps with a fraction, with `Z` or an
    offset; None for every other text and outside the years 2000 to 2099."""
    found = _WITH_OFFSET.fullmatch(text)
    moment = None if found is None else instant(found[1] + found[2])
    return None if moment is None or not "2000" <= moment.day < "2100" else moment.day
