"""Working days and times in Korea, as whole seconds: no clock, no time zone."""

from datetime import UTC, date, datetime, timedelta

from services.simulation.chance import Dice, Weighted

DAY = 86_400
EPOCH_DAY = 719_163
"""The ordinal of 1970-01-01."""

_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)
_OPENS, _WORKING_SECONDS = 9 * 3600, 9 * 3600


def on_workday(ordinal: int) -> int:
    """The day itself, or the Monday after a weekend."""
    weekday = (ordinal - 1) % 7
    return ordinal + 7 - weekday if weekday > 4 else ordinal


class Calendar:
    """The days of one run. A moment (`at`) is ordinal day × 86,400 + second of the day, KST."""

    __slots__ = ("_base", "_iso", "_ymd", "end", "first", "last")

    def __init__(self, first: date, last: date) -> None:
        self.first = first.toordinal()
        self.last = last.toordinal()
        self.end = (self.last + 1) * DAY
        self._base = date(2022, 1, 1).toordinal()
        self._iso = [date.fromordinal(self._base + n).isoformat() for n in range(12 * 366)]
        self._ymd = [day.replace("-", "") for day in self._iso]

    def day_of(self, iso: str) -> int:
        """The ordinal of an ISO day."""
        return date.fromisoformat(iso).toordinal()

    def iso(self, ordinal: int) -> str:
        return self._iso[ordinal - self._base]

    def ymd(self, ordinal: int) -> str:
        return self._ymd[ordinal - self._base]

    def iso_stamp(self, at: int) -> str:
        """`YYYY-MM-DDThh:mm:ss` in Korean time."""
        day, second = divmod(at, DAY)
        minute, second = divmod(second, 60)
        hour, minute = divmod(minute, 60)
        return f"{self._iso[day - self._base]}T{hour:02d}:{minute:02d}:{second:02d}"

    def ymd_stamp(self, at: int) -> str:
        """`YYYYMMDDhhmmss` in Korean time."""
        day, second = divmod(at, DAY)
        minute, second = divmod(second, 60)
        hour, minute = divmod(minute, 60)
        return f"{self._ymd[day - self._base]}{hour:02d}{minute:02d}{second:02d}"

    def opening(self, month_weights: dict[int, float]) -> Weighted[int]:
        """The working days of the run, weighted by month (1–12; a month not named weighs 1)."""
        days = [day for day in range(self.first, self.last + 1) if (day - 1) % 7 < 5]
        days = days or [self.first]
        return Weighted((day, month_weights.get(int(self.iso(day)[5:7]), 1.0)) for day in days)

    def early(self, days: int) -> int:
        """The last of the run's first days, for what is loaded at the start."""
        return min(self.last, self.first + days)


def moment(dice: Dice, ordinal: int) -> int:
    """Some second of the working hours of that day."""
    return ordinal * DAY + _OPENS + dice.below(_WORKING_SECONDS)


def later(dice: Dice, at: int, low: int, high: int) -> int:
    """A moment `low` to `high` days later, on a working day; at least a second later."""
    return max(at + 1, moment(dice, on_workday(at // DAY + dice.between(low, high))))


def instant(at: int) -> datetime:
    """A moment in Korea as UTC."""
    return _YEAR_ONE + timedelta(days=at // DAY - 1, seconds=at % DAY - 9 * 3600)
