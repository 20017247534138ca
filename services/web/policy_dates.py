"""Which of the policy's dated rules are in force, coming or ended on a day, and which are overdue
for review. Pure; takes the dates from schemas, knows none itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from schemas.policies import Policy
from schemas.tables import DesignationRow, Tables


class Standing(StrEnum):
    """Where a rule stands on a day."""

    IN_FORCE = "in_force"
    COMING = "coming"
    ENDED = "ended"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Dated:
    """A rule with its days, both included; None: no limit. kind: what sort of rule."""

    kind: str
    id: str
    ko: str
    en: str
    first: str | None
    last: str | None
    section: str | None = None

    def standing(self, today: date) -> Standing:
        """Where it stands on that day."""
        day = today.isoformat()
        if self.first is None and self.last is None:
            return Standing.UNDATED
        if self.first is not None and day < self.first:
            return Standing.COMING
        return Standing.ENDED if self.last is not None and self.last < day else Standing.IN_FORCE


@dataclass(frozen=True, slots=True)
class Review:
    """A basis that had to be reviewed by a day, and how many rows rest on it."""

    id: str
    due: str
    rows: int
    overdue: bool


def dated_rules(policy: Policy, tables: Tables) -> list[Dated]:
    """Every dated rule of the policy and the opening days of agencies."""
    return [
        *_measures(policy),
        *_modes(policy),
        *_entitlements(policy),
        *_openings(tables),
    ]


def _measures(policy: Policy) -> Iterator[Dated]:
    for key, measure in policy.measures.measures.items():
        section = measure.sections[0] if measure.sections else None
        yield Dated("measure", key, measure.ko, measure.en, measure.in_force_from, None, section)


def _modes(policy: Policy) -> Iterator[Dated]:
    for key, mode in policy.matrix.modes.items():
        yield Dated("mode", key, mode.ko, mode.en, mode.starts_on, None, mode.section)
    hub, midsize = policy.eligibility.hub_from, policy.eligibility.midsize_from
    section = policy.rules.rules["EL-4"].section
    yield Dated("eligibility", "hub_from", "허브 연계", "Referrals by the hub", hub, None)
    yield Dated(
        "eligibility", "midsize_from", "중견기업 연계", "Mid-size firms", midsize, None, section
    )


def _entitlements(policy: Policy) -> Iterator[Dated]:
    for key, rule in policy.entitlements.rules.items():
        told = policy.rules.rules.get(key)
        ko, en = (told.ko, told.en) if told is not None else (rule.kind, rule.kind)
        section = told.section if told is not None else None
        periods = rule.periods
        for place, period in enumerate(periods):
            following = periods[place + 1].first if place + 1 < len(periods) else None
            last = period.last or (_day_before(following) if following is not None else None)
            if period.entitled:
                yield Dated("entitlement", key, ko, en, period.first, last, section)


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _openings(tables: Tables) -> Iterator[Dated]:
    opened: dict[tuple[str, str], int] = {}
    for agency in tables.agencies:
        if agency.opens_on is not None:
            key = (agency.kind, agency.opens_on)
            opened[key] = opened.get(key, 0) + 1
    for (kind, day), count in sorted(opened.items()):
        yield Dated(
            "agency", kind, f"{kind} {count}곳 운영", f"{kind}: {count} agencies", day, None
        )


def reviews(designations: Iterable[DesignationRow], today: date) -> list[Review]:
    """Bases with a review day, the earliest first."""
    rows: dict[tuple[str, str], int] = {}
    for designation in designations:
        if designation.review_by is not None and designation.valid_to is None:
            key = (designation.kind, designation.review_by)
            rows[key] = rows.get(key, 0) + 1
    return [
        Review(f"designation.{kind}", due, count, due < today.isoformat())
        for (kind, due), count in sorted(rows.items(), key=lambda item: item[0][1])
    ]
