"""The participations that a batch changes, and the firm and workplace of each.

A batch asks in turn: which participations change (`collect`), which identifiers do they state
(`identifiers`), whose are they (`resolve`). Loading happens in between.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connectors.base import Participation
from connectors.identifiers import crn_passes
from services.domain.desk import Desk
from services.domain.following import Pair
from services.domain.identity import (
    Identifier,
    Kind,
    Link,
    Resolved,
    alone,
    doubtful_of,
    identifiers_of,
    resolve,
)
from services.domain.ids import Id, participation_id
from services.domain.judging import Judged
from services.domain.records import (
    Record,
    TrainingMonth,
    is_late,
    numbers_of,
    record_id,
    record_of,
)


@dataclass(slots=True)
class Change:
    """One participation as one outcome leaves it. resolved: None without an identifier that
    joins. record: where it is no participation but a record of the firm, whose numbers p has.
    doubtful: numbers that join nothing by themselves; of a workplace that stands alone its own."""

    judged: Judged
    p: Participation
    participation_id: Id
    identifiers: list[Identifier]
    trusted: bool
    resolved: Resolved | None = None
    record: Record | None = None
    doubtful: list[Identifier] = field(default_factory=list)


@dataclass(slots=True)
class Changes:
    """All changes of a batch, in order, by the name of the message that causes them."""

    desk: Desk
    by_message: dict[str, list[Change]] = field(default_factory=dict)
    pairs: dict[Pair, None] = field(default_factory=dict)
    record_ids: dict[Id, None] = field(default_factory=dict)

    def all(self) -> Iterable[Change]:
        """Every change in order."""
        return (change for changes in self.by_message.values() for change in changes)

    def collect(self, judged: Iterable[Judged]) -> list[Id]:
        """Notes the participations that the outcomes change; returns their ids. Their programmes
        and keys are then in `pairs`, the ids of changed records in `record_ids`."""
        ids: dict[Id, None] = {}
        for one in judged:
            changed = one.outcome.changed
            if not changed:
                if one.outcome.extra is not None:
                    self._collect_record(one)
                continue
            source = self.desk.source(one.cause.stream)
            changes = self.by_message.setdefault(one.cause.ref, [])
            for p in changed:
                pid = participation_id(p, source.per_firm)
                trusted = p.crn is not None and crn_passes(p.crn)
                change = Change(one, p, pid, identifiers_of(p, trusted), trusted)
                if not trusted and change.identifiers:
                    change.doubtful = doubtful_of(p, trusted)
                changes.append(change)
                ids[pid] = None
                self.pairs[p.programme, p.source_key] = None
        return list(ids)

    def _collect_record(self, one: Judged) -> None:
        record = record_of(one.outcome)
        if record is None:
            return
        numbers, rid = numbers_of(record), record_id(record)
        trusted = numbers.crn is not None and crn_passes(numbers.crn)
        stated = [] if is_late(record) else identifiers_of(numbers, trusted)
        change = Change(one, numbers, rid, stated, trusted, record=record)
        if isinstance(record, TrainingMonth) and record.stands_alone:
            change.identifiers = []
            change.doubtful = [(Kind.SOURCE_LOCAL, numbers.ei_workplace_no or "")]
            change.resolved = alone(numbers)
        elif stated:
            change.doubtful = doubtful_of(numbers, trusted)
        self.by_message.setdefault(one.cause.ref, []).append(change)
        self.record_ids[rid] = None

    def identifiers(self) -> list[Identifier]:
        """Every identifier that the changed participations state."""
        found: dict[Identifier, None] = {}
        for change in self.all():
            found.update(dict.fromkeys(change.identifiers))
            if change.doubtful:
                found.update(dict.fromkeys(change.doubtful))
        return list(found)

    def resolve(self, known: Mapping[Identifier, Link]) -> set[Id]:
        """Firm and workplace of every change, in order, with what earlier ones taught; returns
        the enterprises."""
        links = dict(known)
        enterprises = set()
        for change in self.all():
            if change.identifiers:
                resolved = change.resolved = resolve(change.p, change.trusted, links.get)
                if resolved is not None:
                    links.update(resolved.learnt)
                    enterprises.add(resolved.enterprise_id)
            elif change.resolved is not None:
                change.resolved = alone(change.p, links.get(change.doubtful[0]))
                enterprises.add(change.resolved.enterprise_id)
        return enterprises

    def learnt(self) -> dict[Identifier, Link]:
        """The identifiers that nobody knew before."""
        return {
            identifier: link
            for change in self.all()
            if change.resolved is not None
            for identifier, link in change.resolved.learnt.items()
        }
