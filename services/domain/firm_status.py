"""A person states whether a firm's businesses go on: from what the firm holds to what it holds
afterwards, and what has to be decided anew. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter

from services.domain.deciding import Deciding
from services.domain.evidence import business_at
from services.domain.firms import Firm
from services.domain.identity import Identifier, Kind
from services.domain.ids import Id, uid
from services.domain.moving import Place
from services.domain.outgoing import Cause
from services.domain.records import Kept, kind_of, to_document
from services.domain.tax_status import Business, TaxStatus
from services.domain.writes import Effects


@dataclass(frozen=True, slots=True)
class Statement:
    """What is stated, checked (`tax_status.checked`)."""

    status: str
    since: str
    until: str | None
    basis: str
    is_confirmed: bool

    def of(self, number: Identifier, act: int) -> TaxStatus:
        """The same of one number."""
        kind, value = number
        return TaxStatus(
            value,
            self.status,
            self.since,
            self.until,
            self.basis,
            self.is_confirmed,
            False,
            act,
            value if kind == Kind.BRN else None,
            value if kind == Kind.CRN else None,
        )


def stating(
    firm: Firm, statement: Statement, numbers: Iterable[Identifier], place: Place, act: int
) -> list[Kept]:
    """The records that a statement adds: of every number of which it says something new. place:
    where they stand."""
    added = []
    for number in sorted(numbers):
        said = statement.of(number, act)
        if not _is_known(firm, said):
            added.append(Kept(uid("record", kind_of(said), number[1], act), *place, 1, said))
    return added


def _is_known(firm: Firm, said: TaxStatus) -> bool:
    """Whether the last word about the number is this one already."""
    earlier = [
        kept.record
        for kept in firm.records.values()
        if isinstance(kept.record, TaxStatus)
        and kept.record.source_key == said.source_key
        and not kept.record.is_undone
    ]
    last = max(earlier, key=lambda one: one.act, default=None)
    return last is not None and last.says(said)


def taking_back(firm: Firm, act: int) -> list[Kept]:
    """The records of an act as they stand when it is taken back."""
    return [
        replace(kept, version=kept.version + 1, record=replace(kept.record, is_undone=True))
        for kept in sorted(firm.records.values(), key=attrgetter("record_id"))
        if isinstance(kept.record, TaxStatus)
        and kept.record.act == act
        and not kept.record.is_undone
    ]


def decide(
    deciding: Deciding,
    enterprise_id: Id,
    changed: Iterable[Kept],
    last: Mapping[Id, bytes],
    cause: Cause,
) -> Effects:
    """Takes changed records over and decides every workplace whose decision differs by them, or
    whose firm's closing has been confirmed. last: by workplace, the digests of its last decision's
    blocks."""
    as_of = deciding.as_of
    firm = deciding.firms.firm(enterprise_id)
    effects = deciding.begin()
    before = {place: _business(firm, place, as_of) for place in firm.workplaces()}
    for kept in changed:
        deciding.firms.put_record(deciding.firms.kept(kept.record_id), kept)
        effects.records.append(
            (
                kept.record_id,
                kind_of(kept.record),
                kept.record.source_key,
                kept.enterprise_id,
                kept.establishment_id,
                kept.version,
                to_document(kept.record),
                cause.stream,
                cause.offset,
                deciding.now,
            )
        )
    for place, was in sorted(before.items()):
        same = _business(firm, place, as_of).closing == was.closing
        known = last.get(place) if same else None
        deciding.decide(cause, None, enterprise_id, place, last=known)
    return effects


def _business(firm: Firm, place: Id, as_of: str) -> Business:
    live = [held for held in firm.participations.values() if not held.p.is_deleted]
    return business_at(
        as_of,
        [held.p for held in live],
        [held.p for held in live if held.establishment_id == place],
        [kept.record for kept in firm.records.values()],
        [kept.record for kept in firm.records.values() if kept.establishment_id == place],
    )
