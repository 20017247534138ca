"""Dated and numbered spans: what overlaps, what leaves a gap, what is empty."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.policies import Policy
from services.domain.policy_check.findings import Path, Said

FIRST, LAST = "0001-01-01", "9999-12-31"
TIERS = ("CAPITAL", "NON_CAPITAL", "DECLINE")


@dataclass(frozen=True, slots=True)
class Span:
    """From first to last, both included. name: as people call it."""

    name: str
    first: str
    last: str
    path: Path


def spans(policy: Policy) -> Iterator[Said]:
    """Every finding about spans."""
    yield from _benefits(policy)
    yield from _skillup(policy)
    yield from _forms(policy)
    yield from _divisions(policy)
    yield from _bands(policy)
    yield from _by_band(policy)


def following(found: Iterable[Span], gapless: bool = True) -> Iterator[Said]:
    """Spans in the order in which they hold. gapless: each begins the day after the one before."""
    before: Span | None = None
    for span in sorted(found, key=lambda one: one.first):
        if span.last < span.first:
            yield Said(
                "NEVER_HOLDS",
                span.path,
                f"{span.name}: 끝({span.last})이 시작({span.first})보다 빠릅니다.",
                f"{span.name}: it ends ({span.last}) before it begins ({span.first}).",
            )
            continue
        if before is not None and span.first <= before.last:
            yield Said(
                "OVERLAP",
                span.path,
                f"{span.name}: {span.first}에 {before.name}이(가) 아직 적용됩니다"
                f" ({_until(before)}).",
                f"{span.name}: on {span.first} {before.name} still holds ({_until(before)}).",
            )
        elif before is not None and gapless and day_after(before.last) != span.first:
            yield Said(
                "GAP",
                span.path,
                f"{before.last}와 {span.first} 사이에 적용되는 값이 없습니다 ({span.name}).",
                f"between {before.last} and {span.first} nothing holds ({span.name}).",
            )
        before = span if before is None or span.last > before.last else before


def _until(span: Span) -> str:
    return "~" if span.last == LAST else f"~{span.last}"


def day_after(day: str) -> str:
    """The next day; the last of the calendar has none."""
    return LAST if day >= LAST else (date.fromisoformat(day) + timedelta(1)).isoformat()


def day_before(day: str) -> str:
    """The day before; the first of the calendar has none."""
    return FIRST if day <= FIRST else (date.fromisoformat(day) - timedelta(1)).isoformat()


def _benefits(policy: Policy) -> Iterator[Said]:
    for rule, benefit in policy.entitlements.rules.items():
        path: Path = ("entitlements", "rules", rule, "periods")
        if not benefit.periods:
            yield Said("GAP", path, f"{rule}에 기간이 없습니다.", f"{rule} has no period.")
            continue
        found = []
        for at, period in enumerate(benefit.periods):
            here = (*path, at)
            if at and (period.first or FIRST) <= (benefit.periods[at - 1].first or FIRST):
                yield Said(
                    "OVERLAP",
                    here,
                    f"{rule}: 기간은 시작일 순서로, 시작일이 서로 달라야 합니다.",
                    f"{rule}: periods stand in order of their first days, no day twice.",
                )
            following_first = (
                benefit.periods[at + 1].first if at + 1 < len(benefit.periods) else None
            )
            last = period.last or (day_before(following_first) if following_first else LAST)
            found.append(Span(f"{rule}", period.first or FIRST, last, here))
            yield from _tiers(rule, here, period.tiers, period.value, period.entitled)
        yield from following(found)


def _tiers(
    rule: str, path: Path, tiers: object, value: int | None, entitled: bool
) -> Iterator[Said]:
    if isinstance(tiers, dict) or hasattr(tiers, "keys"):
        missing = [tier for tier in TIERS if tier not in tiers]  # type: ignore[operator]
        if missing:
            yield Said(
                "GAP",
                (*path, "tiers"),
                f"{rule}: 지역 구분 {', '.join(missing)}의 값이 없습니다.",
                f"{rule}: no value for the tier {', '.join(missing)}.",
            )
        if value is not None:
            yield Said(
                "OVERLAP",
                (*path, "value"),
                f"{rule}: 값(value)과 지역별 값(tiers)이 함께 있습니다.",
                f"{rule}: it has both a value and tiers.",
            )
    if not entitled and (value is not None or tiers is not None):
        yield Said(
            "NEVER_HOLDS",
            path,
            f"{rule}: 지원하지 않는 기간(entitled: false)의 값은 결코 쓰이지 않습니다.",
            f"{rule}: the value of a period without entitlement is never used.",
        )


def _skillup(policy: Policy) -> Iterator[Said]:
    """The flat rate ends the day before both tiers begin (A-22)."""
    told = policy.entitlements.skillup
    rules = policy.entitlements.rules
    named = (told.flat, told.capital, told.elsewhere)
    if any(rule not in rules or not rules[rule].periods for rule in named):
        return
    flat = rules[told.flat].periods[-1]
    for rule in (told.capital, told.elsewhere):
        first = rules[rule].periods[0].first
        pair = (
            Span(told.flat, FIRST, flat.last or LAST, ("entitlements", "rules", told.flat)),
            Span(rule, first or FIRST, LAST, ("entitlements", "rules", rule, "periods", 0)),
        )
        yield from following(pair)


def _forms(policy: Policy) -> Iterator[Said]:
    for name, form in policy.consent_forms.forms.items():
        dated = [v for v in form.versions if v.signed_from or v.signed_to]
        if len(form.versions) > 1 and dated:
            yield from following(
                Span(
                    f"{name} {version.form}",
                    version.signed_from or FIRST,
                    version.signed_to or LAST,
                    ("consent_forms", "forms", name, "versions", at),
                )
                for at, version in enumerate(form.versions)
            )


def _divisions(policy: Policy) -> Iterator[Said]:
    before: tuple[str, int] | None = None
    sections = policy.industry.sections.items()
    for section, (first, last) in sorted(sections, key=lambda item: item[1]):
        path: Path = ("industry", "sections", section)
        if last < first:
            yield Said(
                "NEVER_HOLDS",
                path,
                f"업종 {section}: 끝 {last}이 시작 {first}보다 작습니다.",
                f"industry {section}: the last division {last} is below the first {first}.",
            )
        if before is not None and first <= before[1]:
            yield Said(
                "OVERLAP",
                path,
                f"업종 {section}이 {before[0]}와 겹칩니다 ({first} ≤ {before[1]}).",
                f"industry {section} overlaps {before[0]} ({first} ≤ {before[1]}).",
            )
        before = (section, last)


def _bands(policy: Policy) -> Iterator[Said]:
    bands = policy.delivery.bands
    names = [band.band for band in bands]
    if bands and bands[0].least != 0:
        yield Said(
            "GAP",
            ("delivery", "bands", 0),
            f"{bands[0].least}명보다 작은 기업의 규모 구분이 없습니다.",
            f"firms below {bands[0].least} workers have no size band.",
        )
    for at in range(1, len(bands)):
        if bands[at].least <= bands[at - 1].least:
            yield Said(
                "OVERLAP",
                ("delivery", "bands", at),
                f"규모 {names[at]}은(는) 앞의 {names[at - 1]}보다 커야 합니다.",
                f"the band {names[at]} must begin above {names[at - 1]}.",
            )
    if policy.delivery.group_to >= policy.delivery.remote_from:
        yield Said(
            "OVERLAP",
            ("delivery", "group_to"),
            "집체 상한(group_to)은 원격 하한(remote_from)보다 작아야 합니다.",
            "group_to must lie below remote_from.",
        )


def _by_band(policy: Policy) -> Iterator[Said]:
    """Tables with a value for every size band."""
    names = [band.band for band in policy.delivery.bands]
    remote = policy.delivery.remote
    tables: dict[Path, Callable[[], Iterable[str]]] = {
        ("delivery", "remote", "experienced"): lambda: remote.experienced,
        ("delivery", "remote", "not_experienced"): lambda: remote.not_experienced,
        ("priority", "size_points"): lambda: policy.priority.size_points,
    }
    for path, read in tables.items():
        held = set(read())
        for name in [one for one in names if one not in held]:
            yield Said(
                "GAP",
                path,
                f"규모 {name}의 값이 없습니다.",
                f"no value for the size band {name}.",
            )
        for name in sorted(held - set(names)):
            yield Said(
                "NEVER_HOLDS",
                (*path, name),
                f"{name}이라는 규모 구분이 없어 결코 쓰이지 않습니다.",
                f"there is no size band {name}: it is never used.",
            )
