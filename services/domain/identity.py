"""Which firm and which workplace a participation belongs to.

All joins go through identifiers, never through names (handbook 3.2). A business number joins; a
corporate number with a right check digit joins several business numbers to one corporation; a
workplace number that is known elsewhere, numbers that lead to different firms, and a corporate
number that fails its check join nothing and open a review (handbook Q28: no automatic merge below
0.9). What a person has decided stands in the links themselves.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

from connectors.base import Participation
from schemas.values import frozen
from services.domain.ids import Id, uid


class Kind(IntEnum):
    """Kinds of identifier, as stored."""

    BRN = 1
    CRN = 2
    EI_WORKPLACE = 3
    SOURCE_LOCAL = 4
    """A workplace number that stands alone: it leads elsewhere only where a person said so."""


Identifier: TypeAlias = tuple[int, str]
CERTAIN, BY_CORPORATION = 100, 95
JOINS = 90
"""The least confidence, in per cent, with which a number joins by itself (Q28)."""
NAME_DIFFERS, NAME_SAME = "NAME_DIFFERS", "NAME_SAME"
UNCHECKED = 70
"""A corporate number that fails its check: newer ones may carry no check digit (handbook 2.1)."""


@frozen
class Link:
    """Where an identifier leads. Confidence in per cent. place_id: the workplace that is meant
    where this number names one, if a person has said that it is another's."""

    enterprise_id: Id
    establishment_id: Id | None
    confidence: int
    place_id: Id | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """Two firms that one event speaks of as one; a person decides (Q28)."""

    issue: str
    enterprise_id: Id
    other_id: Id
    detail: str

    @property
    def review_id(self) -> Id:
        """The same doubt has the same id."""
        return uid("review", self.issue, self.enterprise_id, self.other_id, self.detail)


@frozen
class Resolved:
    """The firm and workplace of one participation, and what was learnt on the way."""

    enterprise_id: Id
    establishment_id: Id
    establishment_key: str
    learnt: Mapping[Identifier, Link] = field(default_factory=dict)
    reviews: tuple[Review, ...] = ()


def identifiers_of(p: Participation, crn_trusted: bool) -> list[Identifier]:
    """The identifiers a participation states, strongest first; a corporate number that fails its
    check is kept in the record but joins nothing."""
    found: list[Identifier] = []
    if p.brn:
        found.append((Kind.BRN, p.brn))
    if p.crn and crn_trusted:
        found.append((Kind.CRN, p.crn))
    if p.ei_workplace_no:
        found.append((Kind.EI_WORKPLACE, p.ei_workplace_no))
    return found


def doubtful_of(p: Participation, crn_trusted: bool) -> list[Identifier]:
    """The identifiers of a participation that never join by themselves, only raise a doubt."""
    return [(Kind.CRN, p.crn)] if p.crn and not crn_trusted else []


def establishment_key(p: Participation) -> str:
    """What tells workplaces of one firm apart.

    A workplace number that continues the event's own business number names that number's place,
    as an event without a workplace number does (the last digit means nothing, handbook 2.1), so
    the key does not depend on which event came first. Any other workplace number is a place of
    its own.
    """
    if p.ei_workplace_no and not (p.brn and p.ei_workplace_no.startswith(p.brn)):
        return f"EI:{p.ei_workplace_no}"
    if p.brn:
        return f"BRN:{p.brn}"
    return f"CRN:{p.crn}"


_NAMED = {"BRN": Kind.BRN, "EI": Kind.EI_WORKPLACE, "EI_WORKPLACE": Kind.EI_WORKPLACE}


def naming(key: str) -> Identifier:
    """The number that an establishment's key is made of."""
    kind, _, value = key.partition(":")
    return _NAMED.get(kind, Kind.CRN), value


def resolve(
    p: Participation, crn_trusted: bool, known: Callable[[Identifier], Link | None]
) -> Resolved | None:
    """The firm and workplace of p; None when p states no identifier that joins."""
    stated = identifiers_of(p, crn_trusted)
    if not stated:
        return None
    links = {identifier: known(identifier) for identifier in stated}
    enterprise_id, confidence = _enterprise(stated, links)
    key = establishment_key(p)
    establishment_id = uid("establishment", key)
    reviews = tuple(
        Review(f"{Kind(kind).name}_LEADS_ELSEWHERE", enterprise_id, link.enterprise_id, value)
        for (kind, value), link in links.items()
        if link is not None and link.enterprise_id != enterprise_id
    )
    if any(review.issue.startswith("EI_WORKPLACE") for review in reviews):
        # Another firm's place: this firm is known by its own number only.
        kind, value = stated[0]
        key = f"{Kind(kind).name}:{value}"
        establishment_id = uid("establishment", key)
    named = links.get(naming(key))
    if named is not None and named.place_id is not None:
        establishment_id = named.place_id
    learnt = {
        identifier: Link(
            enterprise_id,
            establishment_id if identifier[0] != Kind.CRN else None,
            confidence if identifier[0] == Kind.BRN else CERTAIN,
        )
        for identifier, link in links.items()
        if link is None
    }
    for identifier in doubtful_of(p, crn_trusted):
        link = known(identifier)
        if link is None:
            learnt[identifier] = Link(enterprise_id, None, UNCHECKED)
        elif link.enterprise_id != enterprise_id:
            doubt = Review("CRN_UNCHECKED", enterprise_id, link.enterprise_id, identifier[1])
            reviews = (*reviews, doubt)
    return Resolved(enterprise_id, establishment_id, key, learnt, reviews)


def alone(p: Participation, known: Link | None = None) -> Resolved:
    """A workplace whose number joins nothing and teaches nothing. known: where a person has said
    that it belongs."""
    if known is not None and known.establishment_id is not None:
        place = known.place_id or known.establishment_id
        return Resolved(known.enterprise_id, place, f"EI:{p.ei_workplace_no}")
    enterprise_id = uid("enterprise", Kind.EI_WORKPLACE.name, p.ei_workplace_no or "")
    key = f"EI:{p.ei_workplace_no}"
    return Resolved(enterprise_id, uid("establishment", key), key)


def bears_another_name(p: Participation, others: Iterable[Participation]) -> bool:
    """Whether one of the others states the same business number under another name. Names join
    and part nothing; but one number in ten passes the check by chance (F62), so that a slip may
    land in another firm. Blanks and letter case say nothing."""
    if p.brn is None or p.name is None:
        return False
    own = _plain(p.name)
    return any(o.brn == p.brn and o.name is not None and _plain(o.name) != own for o in others)


def name_review_id(brn: str) -> Id:
    """The one doubt about the names under a business number, whoever's it becomes."""
    return uid("review", NAME_DIFFERS, brn)


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _enterprise(
    stated: list[Identifier], links: Mapping[Identifier, Link | None]
) -> tuple[Id, int]:
    """The first identifier that leads somewhere decides, but a workplace number only where the
    event has no number of the firm itself."""
    has_firm_number = stated[0][0] != Kind.EI_WORKPLACE
    for kind, value in stated:
        link = links[kind, value]
        if link is not None and not (kind == Kind.EI_WORKPLACE and has_firm_number):
            return link.enterprise_id, BY_CORPORATION if kind == Kind.CRN else CERTAIN
    kind, value = stated[0]
    return uid("enterprise", Kind(kind).name, value), CERTAIN
