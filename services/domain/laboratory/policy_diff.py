"""What differs in meaning between two policies: by file, subject and field, with its citation.

Layout, comments, the order of names and of members of sets mean nothing. A list whose members have
a name of their own (a measure, a rule, a first day) is compared member by member; only where rank
counts is a changed order a difference.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from schemas.policies import Policy
from schemas.policy_benefits import BandValue, Factor, Flag, Period, Proposal
from schemas.policy_record import AcademyRow, BudgetShare, FormVersion, MeasureValue, Passes
from schemas.policy_types import Cap, Evidence
from schemas.rulebook import Rulebook

ADDED, REMOVED, CHANGED, REORDERED = "ADDED", "REMOVED", "CHANGED", "REORDERED"
WORDS: Mapping[str, tuple[str, str]] = {
    ADDED: ("더함", "added"),
    REMOVED: ("없앰", "removed"),
    CHANGED: ("바꿈", "changed"),
    REORDERED: ("순서 바꿈", "reordered"),
}
_NOT_FILES = frozenset({"digest"})
_TABLE_KEYS = {
    "regions": ("sigungu_code",),
    "region_designations": ("sigungu_code", "kind", "valid_from"),
    "agencies": ("agency_code",),
    "agency_jurisdictions": ("agency_code", "sigungu_code"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. subject: the rule, measure or row it is about; field: what of it, blank for
    the whole. before, after: JSON values."""

    kind: str
    file: str
    subject: str
    field: str
    before: Any
    after: Any
    section: str | None = None
    line: int | None = None
    quote: str | None = None
    ko: str | None = None
    en: str | None = None

    def json(self) -> dict[str, Any]:
        """As `naru policy diff --json` lists it."""
        return {
            "kind": self.kind,
            "file": self.file,
            "subject": self.subject,
            "field": self.field,
            "before": self.before,
            "after": self.after,
            "ko": self.ko,
            "en": self.en,
            "citation": {"section": self.section, "line": self.line, "quote": self.quote},
        }


@dataclass(frozen=True, slots=True)
class _Around:
    """What a difference stands in: the nearest item with a citation, by both policies."""

    section: str | None = None
    line: int | None = None
    quote: str | None = None
    ko: str | None = None
    en: str | None = None


def differences(before: Rulebook, after: Rulebook) -> list[Difference]:
    """Every difference, by file and in the order of the files. Raises ValidationError."""
    one, other = before.policy(), after.policy()
    found = [
        difference
        for name in Policy.model_fields
        if name not in _NOT_FILES
        for difference in _Comparison(name, one, other).run()
    ]
    return [*found, *_tables(before, after)]


class _Comparison:
    """One file of two policies."""

    def __init__(self, file: str, before: Policy, after: Policy) -> None:
        self._file = file
        self._policies = (before, after)

    def run(self) -> Iterator[Difference]:
        one, other = (getattr(policy, self._file) for policy in self._policies)
        yield from self._compare(one, other, (), _Around())

    def _compare(
        self, one: Any, other: Any, path: tuple[str, ...], around: _Around
    ) -> Iterator[Difference]:
        if one == other:
            return
        around = self._around(other if isinstance(other, BaseModel) else one, path, around)
        if isinstance(one, BaseModel) and type(one) is type(other):
            for name, field in type(one).model_fields.items():
                shown = field.alias or name
                yield from self._compare(
                    getattr(one, name), getattr(other, name), (*path, shown), around
                )
        elif isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from self._members(dict(one), dict(other), path, around)
        elif isinstance(one, tuple) and isinstance(other, tuple) and _named(one + other):
            yield from self._listed(one, other, path, around)
        else:
            yield self._difference(CHANGED, path, one, other, around)

    def _members(
        self,
        one: Mapping[str, Any],
        other: Mapping[str, Any],
        path: tuple[str, ...],
        around: _Around,
    ) -> Iterator[Difference]:
        for key in dict.fromkeys([*one, *other]):
            here = (*path, str(key))
            if key not in other:
                near = self._around(one[key], here, around)
                yield self._difference(REMOVED, here, one[key], None, near)
            elif key not in one:
                near = self._around(other[key], here, around)
                yield self._difference(ADDED, here, None, other[key], near)
            else:
                yield from self._compare(one[key], other[key], here, around)

    def _listed(
        self,
        one: tuple[Any, ...],
        other: tuple[Any, ...],
        path: tuple[str, ...],
        around: _Around,
    ) -> Iterator[Difference]:
        before, after = _by_name(one), _by_name(other)
        yield from self._members(before, after, path, around)
        kept, still = [n for n in before if n in after], [n for n in after if n in before]
        if kept != still:
            yield self._difference(REORDERED, path, kept, still, around)

    def _difference(
        self, kind: str, path: tuple[str, ...], one: Any, other: Any, around: _Around
    ) -> Difference:
        subject, field = _split(path)
        return Difference(
            kind,
            self._file,
            subject,
            field,
            told(one),
            told(other),
            around.section,
            around.line,
            around.quote,
            around.ko,
            around.en,
        )

    def _around(self, item: Any, path: tuple[str, ...], outer: _Around) -> _Around:
        """The item's own citation, else that of the rule or measure that it names."""
        own = _cited(item)
        if own is not None:
            return own
        named = [getattr(item, name, None) for name in ("rule", "measure")]
        for name in (*named, path[-1] if path else None):
            for policy in reversed(self._policies):
                known = policy.rules.rules.get(name) if isinstance(name, str) else None
                found = _cited(known)
                if found is not None:
                    return found
        return outer


def _cited(item: Any) -> _Around | None:
    section, sections = getattr(item, "section", None), getattr(item, "sections", None)
    line, quote = getattr(item, "line", None), getattr(item, "quote", None)
    if section is None and sections is None and line is None:
        return None
    joined = section if section is not None else ", ".join(sections) if sections else None
    return _Around(joined, line, quote, getattr(item, "ko", None), getattr(item, "en", None))


def _split(path: tuple[str, ...]) -> tuple[str, str]:
    """The subject is the member of the file's main mapping; the rest is the field."""
    if len(path) <= 1:
        return path[0] if path else "", ""
    return path[1], ".".join(path[2:]) if len(path) > 2 else path[0]


def _name(item: Any) -> str | None:
    """What a member of a list is called, None where it has no name of its own."""
    match item:
        case Proposal():
            return item.measure
        case Period():
            return item.first or "-"
        case Evidence():
            where = {fact: list(values) for fact, values in sorted(item.where.items())}
            return f"{item.rule} {item.programme} {item.at or ''} {where or ''}".strip()
        case Cap() | Flag():
            return item.rule
        case Factor():
            return item.factor
        case FormVersion():
            return item.form
        case BudgetShare():
            return item.of
        case MeasureValue():
            return item.ko
        case BandValue():
            return item.band
        case Passes():
            return f"{item.after} {item.action}"
        case AcademyRow():
            return f"{item.group} {item.kind} {item.line}"
    return getattr(item, "band", None)


def _named(items: Sequence[Any]) -> bool:
    return bool(items) and all(_name(item) is not None for item in items)


def _by_name(items: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        name = _name(item) or ""
        count = sum(known.split(" #")[0] == name for known in found)
        found[f"{name} #{count + 1}" if count else name] = item
    return found


def told(value: Any) -> Any:
    """A value as JSON: models as mappings, sets in order."""
    if isinstance(value, BaseModel):
        return told(value.model_dump(by_alias=True, exclude_defaults=True))
    if isinstance(value, Mapping):
        return {str(key): told(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    return [told(item) for item in value] if isinstance(value, list | tuple) else value


def _tables(before: Rulebook, after: Rulebook) -> Iterator[Difference]:
    for name, keys in _TABLE_KEYS.items():
        one = {tuple(row[key] for key in keys): dict(row) for row in before.rows[name]}
        other = {tuple(row[key] for key in keys): dict(row) for row in after.rows[name]}
        for key in dict.fromkeys([*one, *other]):
            was, now = one.get(key), other.get(key)
            if was != now:
                kind = ADDED if was is None else REMOVED if now is None else CHANGED
                yield Difference(kind, f"reference/{name}", " ".join(key), "", was, now)
