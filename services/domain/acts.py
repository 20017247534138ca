"""What a person decides about firms: two are one (merge), some numbers are another firm's (split),
an earlier act was wrong (undo). Pure: which numbers lead where afterwards, and what has to be
remembered so that the act can be taken back exactly (F65: merges are reversible).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

import orjson

from schemas.values import frozen
from services.domain.identity import CERTAIN, Identifier, Kind, Link, naming
from services.domain.ids import Id, uid
from services.domain.moving import Holdings, Moved, Place
from services.domain.records import TrainingMonth
from services.domain.referral import STATUSES, Referral
from services.errors import NaruError, WrongUse

TOPIC = "hub.identity"
"""The hub's own stream of these acts; no topic of Kafka."""

MERGE, SPLIT, UNDO, DISMISS = "merge", "split", "undo", "dismiss"
ABSENT = "absent"
"""The state before an act of a review that the act has brought about."""


class Refused(NaruError):
    """The act does not fit what is known of the firms now."""

    code = "REVIEW_REFUSED"


class NotFound(NaruError):
    """There is no such review, act or firm."""

    code = "NOT_FOUND"


@frozen
class Number:
    """One row of `identifier`: where it leads, and since when and until when it is the firm's."""

    link: Link
    valid_from: str | None = None
    valid_to: str | None = None


Numbers: TypeAlias = dict[Identifier, Number]


@dataclass(frozen=True, slots=True)
class Plan:
    """An act before it is carried out. numbers: all of the enterprises, afterwards. follow, kept,
    reopened, reason: as `moving.settle` takes them. gone: enterprise → into which it has gone."""

    numbers: Numbers
    reason: str
    follow: Mapping[Id, Id] = field(default_factory=dict)
    kept: Mapping[Id, Place] = field(default_factory=dict)
    reopened: Mapping[Id, Referral] = field(default_factory=dict)
    gone: Mapping[Id, Id | None] = field(default_factory=dict)

    def links(self) -> dict[Identifier, Link]:
        """Where the numbers lead afterwards."""
        return {identifier: number.link for identifier, number in self.numbers.items()}

    def taken_out(self, before: Numbers) -> list[str]:
        """The numbers that are another firm's than before."""
        return [
            identifier[1]
            for identifier, number in sorted(self.numbers.items())
            if number.link.enterprise_id != before[identifier].link.enterprise_id
        ]


def merge(
    holdings: Holdings,
    numbers: Numbers,
    keep: Id,
    gone: Id,
    same_place: bool = False,
    changed_on: date | None = None,
) -> Plan:
    """Two firms are one. same_place: their only workplaces are one too, as after a change of the
    business number. changed_on: from when `keep`'s business numbers hold instead of `gone`'s.
    Raises Refused where it is not clear which workplaces are meant."""
    after = {i: _to(n, keep) if n.link.enterprise_id == gone else n for i, n in numbers.items()}
    for kept in holdings.firms.firm(gone).records.values():
        if isinstance(kept.record, TrainingMonth) and kept.record.stands_alone:
            local = (Kind.SOURCE_LOCAL, kept.record.ei_workplace_no or "")
            after.setdefault(local, Number(Link(keep, kept.establishment_id, CERTAIN)))
    if same_place:
        place, other = _only_place(holdings, keep), _only_place(holdings, gone)
        for identifier, number in after.items():
            if identifier in _naming(holdings.places[other][1]) or number.link.place_id == other:
                after[identifier] = _at(number, place)
    if changed_on is not None:
        for identifier, number in after.items():
            if identifier[0] == Kind.BRN:
                after[identifier] = _dated(number, numbers[identifier], gone, changed_on)
    return Plan(after, "merged", follow={gone: keep}, gone={gone: keep})


def split(numbers: Numbers, firm: Id, out: Iterable[Identifier], new: Id) -> Plan:
    """Some of a firm's numbers are another firm's. A workplace number that continues one of these
    business numbers goes with it. Raises WrongUse for numbers that the firm does not have, Refused
    where none would be left."""
    own = {i for i, n in numbers.items() if n.link.enterprise_id == firm}
    wanted = set(out)
    unknown = wanted - own
    if unknown or not wanted:
        named = ", ".join(f"{Kind(k).name}:{v}" for k, v in sorted(unknown)) or "-"
        raise WrongUse(f"이 기업의 번호가 아닙니다: {named}", f"not a number of this firm: {named}")
    taxed = tuple(value for kind, value in wanted if kind == Kind.BRN)
    wanted |= {i for i in own if i[0] == Kind.EI_WORKPLACE and i[1].startswith(taxed or ("-",))}
    if not any(i[0] != Kind.SOURCE_LOCAL for i in own - wanted):
        raise Refused(
            "모든 번호를 떼어 내면 남는 기업이 없습니다.",
            "with all its numbers taken out no firm would be left.",
        )
    after = {i: _at(_to(n, new), None) if i in wanted else n for i, n in numbers.items()}
    return Plan(after, "split", gone={new: None})


def new_enterprise(firm: Id, out: Iterable[Identifier], free: Iterable[Id], act: int) -> Id:
    """The id of the firm that a split makes: that under which its strongest number would have
    begun, where no firm has it; free: such ids that only a merged firm had."""
    kind, value = min(out)
    natural = uid("enterprise", Kind(kind).name, value)
    if natural != firm and natural in set(free):
        return natural
    return uid("enterprise", "split", firm, act)


def natural_enterprise(out: Iterable[Identifier]) -> Id:
    """The id under which the strongest of these numbers would have begun a firm."""
    kind, value = min(out)
    return uid("enterprise", Kind(kind).name, value)


def undo(kind: str, enterprises: tuple[Id, Id], document: bytes, numbers: Numbers) -> Plan:
    """Takes a merge or split back. enterprises: (kept or left, gone or new). document: what
    `remembered` stored. Numbers that were learnt since stay with the first."""
    first, second = enterprises
    stored = orjson.loads(document)
    after = dict(numbers)
    if kind == SPLIT:
        after = {i: _to(n, first) for i, n in after.items()}
    for key, value, before in stored["numbers"]:
        if before is None:
            after.pop((key, value), None)
        else:
            after[key, value] = Number(Link(*before[:4]), *before[4:])
    return Plan(
        after,
        "undone",
        follow={second: first} if kind == SPLIT else {},
        kept={what: (one[0], one[1]) for what, one in stored["owners"].items()},
        reopened={place: _referral(one) for place, one in stored["ended"].items()},
        gone={second: first if kind == SPLIT else None},
    )


def remembered(before: Numbers, plan: Plan, moved: Moved, reviews: Mapping[Id, str]) -> bytes:
    """What an act has changed, as it was: numbers, owners of participations and records, ended
    referrals, states of reviews."""
    changed = [
        (*identifier, _row(before.get(identifier)))
        for identifier in sorted(before.keys() | plan.numbers.keys())
        if before.get(identifier) != plan.numbers.get(identifier)
    ]
    return orjson.dumps(
        {
            "numbers": changed,
            "owners": moved.owners,
            "ended": {place: _ended(referral) for place, referral in moved.ended.items()},
            "reviews": reviews,
        }
    )


def reviews_before(document: bytes) -> dict[Id, str]:
    """The states that an act's reviews had before it."""
    found: dict[Id, str] = orjson.loads(document)["reviews"]
    return found


def _row(number: Number | None) -> list[Any] | None:
    if number is None:
        return None
    link = number.link
    return [
        link.enterprise_id,
        link.establishment_id,
        link.confidence,
        link.place_id,
        number.valid_from,
        number.valid_to,
    ]


def _ended(referral: Referral) -> dict[str, Any]:
    names = ("referral_id", "enterprise_id", "establishment_id", "round", "version", "stage")
    return {
        **{name: getattr(referral, name) for name in names},
        "status": referral.status.value,
        "reasons": referral.reasons,
        "addressees": referral.addressees,
        "handed_over": referral.handed_over,
    }


def _referral(stored: Mapping[str, Any]) -> Referral:
    return Referral(
        **{
            **stored,
            "status": STATUSES[stored["status"]],
            "reasons": tuple(stored["reasons"]),
            "addressees": tuple(stored["addressees"]),
        }
    )


def _to(number: Number, enterprise_id: Id) -> Number:
    link = number.link
    return Number(
        Link(enterprise_id, link.establishment_id, link.confidence, link.place_id),
        number.valid_from,
        number.valid_to,
    )


def _at(number: Number, place: Id | None) -> Number:
    link = number.link
    return Number(
        Link(link.enterprise_id, link.establishment_id, link.confidence, place),
        number.valid_from,
        number.valid_to,
    )


def _dated(number: Number, before: Number, gone: Id, changed_on: date) -> Number:
    if before.link.enterprise_id == gone:
        last = (changed_on - timedelta(days=1)).isoformat()
        return Number(number.link, number.valid_from, last)
    return Number(number.link, number.valid_from or changed_on.isoformat(), number.valid_to)


def _naming(key: str) -> tuple[Identifier, Identifier]:
    """The number that a workplace's key is made of, stated with its firm's or alone."""
    identifier = naming(key)
    return identifier, (Kind.SOURCE_LOCAL, identifier[1])


def _only_place(holdings: Holdings, enterprise_id: Id) -> Id:
    places = holdings.firms.firm(enterprise_id).workplaces()
    if len(places) != 1:
        raise Refused(
            f"사업장이 하나가 아니어서 같은 사업장으로 볼 수 없습니다: {enterprise_id}"
            f" ({len(places)}개)",
            f"the workplaces cannot be one: {enterprise_id} has {len(places)} of them.",
        )
    return next(iter(places))


def numbers_as_text(found: Iterable[Identifier]) -> list[str]:
    """`BRN:9998101014` and so on, strongest first."""
    return [f"{Kind(kind).name}:{value}" for kind, value in sorted(found)]


def number_from_text(text: str) -> Identifier:
    """The number that `numbers_as_text` writes; raises WrongUse."""
    kind, _, value = text.partition(":")
    names = {**Kind.__members__, "EI": Kind.EI_WORKPLACE}
    digits = value.replace("-", "")
    if kind.upper() not in names or not digits.isdigit():
        raise WrongUse(
            f"번호는 종류와 함께 적습니다 (BRN:0000000000): {text}",
            f"write a number with its kind, as BRN:0000000000: {text}",
        )
    return names[kind.upper()], digits
