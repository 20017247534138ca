"""From changed participations to decisions and referrals: the pure heart of a batch.

What the firms have already is loaded before, in the transaction; then follows what every message
leads to, message by message, so that some of a batch's messages can be decided again without the
others.
"""

from collections.abc import Iterable
from dataclasses import fields, replace
from operator import attrgetter

from connectors.base import Participation
from services.domain import feedback
from services.domain.changes import Change, Changes
from services.domain.deciding import Deciding
from services.domain.documents import to_document
from services.domain.firms import Firm
from services.domain.holding import Held
from services.domain.identity import NAME_DIFFERS, Resolved, bears_another_name, name_review_id
from services.domain.ids import Id
from services.domain.judging import Judged
from services.domain.merge import establishment_of, firm_of
from services.domain.outgoing import Cause
from services.domain.records import Kept, Record, kind_of, renewed
from services.domain.records import to_document as record_document
from services.domain.writes import Effects


class Applying:
    """Applies a batch's changes to the firms that it touches, and decides those."""

    def __init__(self, deciding: Deciding) -> None:
        self._deciding = deciding
        self._firms = deciding.firms
        self._desk = deciding.desk
        self._now = deciding.now

    def apply_all(self, judged: Iterable[Judged], changes: Changes) -> dict[str, Effects]:
        """Goes through the outcomes in order; returns what follows from them, by the message that
        caused it."""
        found: dict[str, Effects] = {}
        for one in judged:
            ref = one.cause.ref
            if ref not in found:
                found[ref] = self._deciding.begin()
            feedback.about_message(self._desk, self._deciding.outbox, one, self._now)
            for change in changes.by_message.get(ref, ()):
                if change.judged is one:
                    if change.record is None:
                        self._apply(change)
                    else:
                        self._apply_record(change, change.record)
        return found

    # Participations

    def _apply(self, change: Change) -> None:
        before = self._firms.held(change.participation_id)
        after, changed = self._after(change, before)
        if after is None:
            return
        firm = self._firms.firm(after.enterprise_id)
        moved = changed or _facts_moved(firm, before, after)
        if moved and not changed:
            after.version += 1
        self._firms.put(before, after)
        if len(firm.participations) > 1 and (before is None or before.p.name != after.p.name):
            self._doubt_name(firm, after)
        if moved:
            self._decide_touched(change, before, after)
        cause = self._cause(change)
        self._store(cause, after)
        if moved:
            self._deciding.tell_participation(cause, after, change.judged.outcome.warnings)
            if _is_absent(after) and not _is_absent(before):
                feedback.about_absence(self._desk, self._deciding.outbox, cause, after, self._now)

    def _after(self, change: Change, before: Held | None) -> tuple[Held | None, bool]:
        """The participation after the change, and whether anything the hub reads has changed."""
        p = change.p
        if change.resolved is None and before is not None and p.is_deleted:
            p = replace(before.p, is_deleted=True, event_on=p.event_on or before.p.event_on)
        place = self._place(change.resolved, before)
        if place is None:
            return None, False
        if before is None:
            return Held(change.participation_id, *place, 1, None, False, p), True
        same = place == (before.enterprise_id, before.establishment_id) and _content(p) == _content(
            before.p
        )
        version = before.version if same else before.version + 1
        return (
            Held(
                change.participation_id,
                *place,
                version,
                before.consent_asked,
                before.promotion_asked,
                p,
            ),
            not same,
        )

    def _doubt_name(self, firm: Firm, held: Held) -> None:
        """A number with two names stays one firm until a person has looked."""
        others = [h.p for h in firm.participations.values() if h is not held and not h.p.is_deleted]
        brn = held.p.brn
        if brn is not None and not held.p.is_deleted and bears_another_name(held.p, others):
            owner = held.enterprise_id
            self._deciding.effects.reviews.append(
                (name_review_id(brn), self._now, NAME_DIFFERS, owner, owner, brn)
            )

    def _store(self, cause: Cause, held: Held) -> None:
        self._deciding.effects.participations.append(
            (
                held.participation_id,
                held.p.programme,
                held.p.source_key,
                held.enterprise_id,
                held.establishment_id,
                held.version,
                held.p.status,
                held.consent_asked,
                held.promotion_asked,
                to_document(held.p),
                cause.stream,
                cause.offset,
                self._now,
                self._desk.pair_id(held.p),
            )
        )

    # Records

    def _apply_record(self, change: Change, stated: Record) -> None:
        before = self._firms.kept(change.participation_id)
        record = renewed(None if before is None else before.record, stated)
        place = self._place(change.resolved, before)
        if place is None:
            return
        if before is not None and (*place, record) == (
            before.enterprise_id,
            before.establishment_id,
            before.record,
        ):
            return
        version = 1 if before is None else before.version + 1
        after = Kept(change.participation_id, *place, version, record)
        self._firms.put_record(before, after)
        self._decide_touched(change, before, after)
        self._store_record(self._cause(change), after)

    def _store_record(self, cause: Cause, kept: Kept) -> None:
        self._deciding.effects.records.append(
            (
                kept.record_id,
                kind_of(kept.record),
                kept.record.source_key,
                kept.enterprise_id,
                kept.establishment_id,
                kept.version,
                record_document(kept.record),
                cause.stream,
                cause.offset,
                self._now,
            )
        )

    # Both

    def _cause(self, change: Change) -> Cause:
        return self._desk.cause(change.judged.cause.stream, change.judged.cause.offset)

    def _place(self, resolved: Resolved | None, before: Held | Kept | None) -> tuple[Id, Id] | None:
        """(enterprise, workplace): by the numbers; without any where it was before."""
        if resolved is None:
            return None if before is None else (before.enterprise_id, before.establishment_id)
        self._deciding.effects.establishments.append(
            (resolved.establishment_id, resolved.enterprise_id, resolved.establishment_key)
        )
        self._deciding.effects.reviews += [
            (r.review_id, self._now, r.issue, r.enterprise_id, r.other_id, r.detail)
            for r in resolved.reviews
        ]
        return resolved.enterprise_id, resolved.establishment_id

    def _decide_touched(
        self, change: Change, before: Held | Kept | None, after: Held | Kept
    ) -> None:
        """Decides every workplace of the firm, and of the firm that the participation or record
        has left."""
        cause = self._cause(change)
        owners = [after.enterprise_id]
        if before is not None and before.enterprise_id != after.enterprise_id:
            owners.insert(0, before.enterprise_id)
        for enterprise_id in owners:
            places = self._firms.firm(enterprise_id).workplaces()
            if before is not None and before.enterprise_id == enterprise_id:
                places.add(before.establishment_id)
            for establishment_id in sorted(places):
                self._deciding.decide(
                    cause, change.participation_id, enterprise_id, establishment_id
                )


_content = attrgetter(
    *(f.name for f in fields(Participation) if f.name not in ("event_on", "stated"))
)
"""A participation without what changes with every event and is read by no rule."""


def _is_absent(held: Held | None) -> bool:
    return held is not None and held.p.ended_by == feedback.ABSENT and not held.p.is_deleted


def _facts_moved(firm: Firm, before: Held | None, after: Held) -> bool:
    """Whether a mere newer day changes which of several participations' facts count."""
    if before is None or len(firm.participations) < 2 or before.p.event_on == after.p.event_on:
        return False
    others = [h.p for h in firm.participations.values() if h is not before and not h.p.is_deleted]
    return (firm_of([*others, before.p]), establishment_of([*others, before.p])) != (
        firm_of([*others, after.p]),
        establishment_of([*others, after.p]),
    )
