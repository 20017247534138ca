"""What a person's merge, split or undo moves: pure, from what two firms hold to what they hold
afterwards.

A person decides about numbers; participations, records and workplaces follow the numbers they
state, by the same rule as when an event comes (`identity.resolve`). So the next event of a merged
or split firm finds what this has left.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from connectors.base import Participation
from connectors.identifiers import crn_passes
from services.domain.deciding import Deciding
from services.domain.firms import Firms
from services.domain.holding import Held
from services.domain.identity import (
    Identifier,
    Kind,
    Link,
    Resolved,
    Review,
    alone,
    naming,
    resolve,
)
from services.domain.ids import Id
from services.domain.outgoing import Cause
from services.domain.records import Kept, TrainingMonth, numbers_of
from services.domain.referral import OPEN, Referral
from services.domain.writes import Effects

Place: TypeAlias = tuple[Id, Id]
"""(enterprise, establishment)."""


@dataclass(slots=True)
class Holdings:
    """What some enterprises have. places: establishment → (enterprise, key). elsewhere: numbers
    that their participations and records state and that lead to others."""

    firms: Firms
    enterprises: tuple[Id, ...]
    places: dict[Id, tuple[Id, str]]
    elsewhere: Mapping[Identifier, Link] = field(default_factory=dict)

    def stated(self) -> list[Identifier]:
        """Every number that their participations and records state."""
        firms = [self.firms.firm(i) for i in self.enterprises]
        said = [held.p for firm in firms for held in firm.participations.values()]
        said += [numbers_of(kept.record) for firm in firms for kept in firm.records.values()]
        found = {(kind, value) for p in said for kind, value in _numbers(p)}
        return sorted(found)


@dataclass(slots=True)
class Moved:
    """What an act has moved: the new value, by what moved. ended: workplaces that are no more."""

    participations: list[Held] = field(default_factory=list)
    records: list[Kept] = field(default_factory=list)
    owners: dict[Id, Place] = field(default_factory=dict)
    places: dict[Id, tuple[Id, str]] = field(default_factory=dict)
    ended: dict[Id, Referral] = field(default_factory=dict)
    doubts: dict[Id, Review] = field(default_factory=dict)
    effects: Effects = field(default_factory=Effects)


def settle(
    deciding: Deciding,
    holdings: Holdings,
    links: Mapping[Identifier, Link],
    follow: Mapping[Id, Id],
    kept: Mapping[Id, Place],
    reopened: Mapping[Id, Referral],
    cause: Cause,
    reason: str,
) -> Moved:
    """Puts everything where the links now say, decides every workplace of these enterprises.

    links: all numbers of the enterprises after the act, of which `holdings.elsewhere` has the
    others that are stated there. follow: where an enterprise's belongings
    go that state no number. kept: where single participations and records of that kind go back
    to. reopened: referrals that an earlier act has superseded, as they were before. reason: why
    the referral of a workplace that has become empty ends.
    """
    firms, among = holdings.firms, holdings.enterprises
    links = {**holdings.elsewhere, **links}
    moved = Moved(places=dict(holdings.places))
    before = {place for i in among for place in firms.firm(i).workplaces()}
    _move_belongings(holdings, moved, links, follow, kept)
    after = {place: i for i in among for place in firms.firm(i).workplaces()}
    _move_places(holdings, moved, links, follow, after)
    ends = _end(firms, among, before - after.keys(), moved, reason)
    _reopen(firms, among, reopened)
    everywhere = {(i, place) for place, i in after.items()}
    everywhere |= {(moved.places[place][0], place) for place in ends}
    moved.effects = deciding.decide_anew(cause, sorted(everywhere), ends)
    for held in moved.participations:
        deciding.tell_participation(cause, held)
    return moved


def _move_belongings(
    holdings: Holdings,
    moved: Moved,
    links: Mapping[Identifier, Link],
    follow: Mapping[Id, Id],
    kept: Mapping[Id, Place],
) -> None:
    """Participations and records go where their numbers lead."""
    firms, among = holdings.firms, holdings.enterprises
    for enterprise_id in among:
        firm = firms.firm(enterprise_id)
        for held in list(firm.participations.values()):
            here = (held.enterprise_id, held.establishment_id)
            found = _by_numbers(held.p, links, moved)
            goal = _goal(held.participation_id, here, found, among, follow, kept)
            if goal != here:
                moved.owners[held.participation_id] = here
                moved.participations.append(_moved_participation(firms, held, goal))
        for record in list(firm.records.values()):
            here = (record.enterprise_id, record.establishment_id)
            found = _of_record(record, links, moved)
            goal = _goal(record.record_id, here, found, among, follow, kept)
            if goal != here:
                moved.owners[record.record_id] = here
                moved.records.append(_moved_record(firms, record, goal))


def _numbers(p: Participation) -> list[Identifier]:
    pairs = ((Kind.BRN, p.brn), (Kind.CRN, p.crn), (Kind.EI_WORKPLACE, p.ei_workplace_no))
    return [(kind, value) for kind, value in pairs if value]


def _by_numbers(p: Participation, links: Mapping[Identifier, Link], moved: Moved) -> Place | None:
    found = resolve(p, p.crn is not None and crn_passes(p.crn), links.get)
    return None if found is None else _noted(found, moved)


def _of_record(kept: Kept, links: Mapping[Identifier, Link], moved: Moved) -> Place | None:
    numbers = numbers_of(kept.record)
    if isinstance(kept.record, TrainingMonth) and kept.record.stands_alone:
        local = (Kind.SOURCE_LOCAL, numbers.ei_workplace_no or "")
        return _noted(alone(numbers, links.get(local)), moved)
    return _by_numbers(numbers, links, moved)


def _noted(found: Resolved, moved: Moved) -> Place:
    place = (found.enterprise_id, found.establishment_id)
    moved.places.setdefault(found.establishment_id, (found.enterprise_id, found.establishment_key))
    moved.doubts |= {review.review_id: review for review in found.reviews}
    return place


def _goal(
    what: Id,
    here: Place,
    found: Place | None,
    among: Iterable[Id],
    follow: Mapping[Id, Id],
    kept: Mapping[Id, Place],
) -> Place:
    """By its numbers; without any where it was before, or where its firm goes."""
    if found is not None and found[0] in among:
        return found
    return kept.get(what, (follow.get(here[0], here[0]), here[1]))


def _moved_participation(firms: Firms, held: Held, goal: Place) -> Held:
    after = replace(held, enterprise_id=goal[0], establishment_id=goal[1], version=held.version + 1)
    firms.put(held, after)
    return after


def _moved_record(firms: Firms, kept: Kept, goal: Place) -> Kept:
    after = replace(kept, enterprise_id=goal[0], establishment_id=goal[1], version=kept.version + 1)
    firms.put_record(kept, after)
    return after


def _move_places(
    holdings: Holdings,
    moved: Moved,
    links: Mapping[Identifier, Link],
    follow: Mapping[Id, Id],
    after: Mapping[Id, Id],
) -> None:
    """A workplace belongs to the firm of who is there; an empty one to the firm of the number that
    names it. Its referrals go with it."""
    firms = holdings.firms
    for place, (owner, key) in list(moved.places.items()):
        link = links.get(naming(key))
        goal = after.get(place)
        if goal is None and link is not None and link.enterprise_id in holdings.enterprises:
            goal = link.enterprise_id
        if goal is None:
            goal = follow.get(owner, owner)
        moved.places[place] = (goal, key)
        for enterprise_id in holdings.enterprises:
            if enterprise_id != goal:
                referral = firms.firm(enterprise_id).referrals.pop(place, None)
                if referral is not None:
                    firms.firm(goal).referrals[place] = replace(referral, enterprise_id=goal)


def _end(
    firms: Firms, among: Iterable[Id], emptied: set[Id], moved: Moved, reason: str
) -> dict[Id, str]:
    """Emptied workplaces with an open referral, and the reason for which it is superseded."""
    for enterprise_id in among:
        for place, referral in firms.firm(enterprise_id).referrals.items():
            if place in emptied and referral.status in OPEN:
                moved.ended[place] = referral
    return dict.fromkeys(moved.ended, reason)


def _reopen(firms: Firms, among: Iterable[Id], reopened: Mapping[Id, Referral]) -> None:
    """A referral goes on where it was before it was superseded, under its newest version."""
    for enterprise_id in among:
        referrals = firms.firm(enterprise_id).referrals
        for place in reopened.keys() & referrals.keys():
            now, former = referrals[place], reopened[place]
            if now.referral_id == former.referral_id:
                referrals[place] = replace(former, enterprise_id=enterprise_id, version=now.version)
