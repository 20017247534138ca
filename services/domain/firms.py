"""From changed participations to decisions and referrals: the pure heart of a batch.

What the firms have already is loaded before (`load`), in the transaction; then follows what every
message leads to (`decide_all`), message by message, so that some of a batch's messages can be
decided again without the others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from connectors.base import Participation
from services.domain import feedback
from services.domain.changes import Change, Changes
from services.domain.desk import Desk
from services.domain.documents import from_document, to_document
from services.domain.evidence import facts_of, has_answered, may_see
from services.domain.holding import Held
from services.domain.identity import NAME_DIFFERS, Resolved, bears_another_name, name_review_id
from services.domain.ids import Id
from services.domain.judging import Judged
from services.domain.merge import establishment_of, firm_of
from services.domain.outgoing import Cause, Outbox
from services.domain.records import Kept, Record, kind_of, renewed
from services.domain.records import from_document as from_record
from services.domain.records import to_document as record_document
from services.domain.redecided import Move, Redecided
from services.domain.referral import STATUSES, Referral, advance, superseded
from services.domain.referral_record import Standing, publish
from services.domain.standing_rows import circumstances, referral_row
from services.domain.topics import PARTICIPATION_TOPIC
from services.domain.writes import Effects

PARTICIPATION_TYPE = "kr.naru.participation.v1"


@dataclass(slots=True)
class Firm:
    """One enterprise in memory. referrals: the newest of each workplace."""

    participations: dict[Id, Held] = field(default_factory=dict)
    records: dict[Id, Kept] = field(default_factory=dict)
    referrals: dict[Id, Referral] = field(default_factory=dict)


class Firms:
    """The firms that one batch touches. clock: (instant UTC, deciding day in Korea)."""

    def __init__(self, desk: Desk, clock: tuple[datetime, date]) -> None:
        self._desk = desk
        self._now, today = clock
        self._as_of = today.isoformat()
        self._today = today
        self._firms: dict[Id, Firm] = {}
        self._places: dict[Id, Id] = {}
        self._outbox = Outbox(self._now)
        self._effects = Effects()

    def load(
        self,
        participations: Iterable[Any],
        referrals: Iterable[Any],
        records: Iterable[Any] = (),
    ) -> None:
        """What the database has of these firms, as rows."""
        for row in participations:
            held = Held(row[0], row[1], row[2], row[3], row[4], row[5], from_document(row[6]))
            self.firm(held.enterprise_id).participations[held.participation_id] = held
            self._places[held.participation_id] = held.enterprise_id
        for row in records:
            kept = Kept(row[0], row[1], row[2], row[3], from_record(row[4], row[5]))
            self.firm(kept.enterprise_id).records[kept.record_id] = kept
            self._places[kept.record_id] = kept.enterprise_id
        for row in referrals:
            referral = Referral(
                referral_id=row[0],
                enterprise_id=row[1],
                establishment_id=row[2],
                round=row[3],
                version=row[4],
                status=STATUSES[row[5]],
                stage=row[6],
                reasons=tuple(row[7].split()),
                addressees=tuple(row[8].split()),
                handed_over=row[9],
            )
            known = self.firm(referral.enterprise_id).referrals
            standing = known.get(referral.establishment_id)
            if standing is None or standing.round < referral.round:
                known[referral.establishment_id] = referral

    def firm(self, enterprise_id: Id) -> Firm:
        """An enterprise as it stands, empty where nothing of it is known."""
        firm = self._firms.get(enterprise_id)
        if firm is None:
            firm = self._firms[enterprise_id] = Firm()
        return firm

    # Deciding

    def decide_all(self, judged: Iterable[Judged], changes: Changes) -> dict[str, Effects]:
        """Goes through the outcomes in order; returns what follows from them, by the message that
        caused it."""
        found: dict[str, Effects] = {}
        for one in judged:
            ref = one.cause.ref
            if ref not in found:
                self._effects = found[ref] = Effects()
                self._outbox.rows = self._effects.outbox
            feedback.about_message(self._desk, self._outbox, one, self._now)
            for change in changes.by_message.get(ref, ()):
                if change.judged is one:
                    if change.record is None:
                        self._apply(change)
                    else:
                        self._apply_record(change, change.record)
        return found

    def _apply_record(self, change: Change, stated: Record) -> None:
        rid = change.participation_id
        firm_before = self._places.get(rid)
        before = None if firm_before is None else self._firms[firm_before].records.get(rid)
        record = renewed(None if before is None else before.record, stated)
        resolved = change.resolved
        if resolved is not None:
            place = (resolved.enterprise_id, resolved.establishment_id)
            self._note_place(resolved)
        elif before is not None:
            place = (before.enterprise_id, before.establishment_id)
        else:
            return
        after = Kept(rid, *place, 1 if before is None else before.version + 1, record)
        if before is not None:
            if (*place, record) == (before.enterprise_id, before.establishment_id, before.record):
                return
            del self.firm(before.enterprise_id).records[rid]
        self.firm(after.enterprise_id).records[rid] = after
        self._places[rid] = after.enterprise_id
        self._decide_touched(change, before, after)
        cause = self._desk.cause(change.judged.cause.stream, change.judged.cause.offset)
        self._effects.records.append(
            (
                rid,
                kind_of(record),
                record.source_key,
                *place,
                after.version,
                record_document(record),
                cause.stream,
                cause.offset,
                self._now,
            )
        )

    def _apply(self, change: Change) -> None:
        before_place = self._places.get(change.participation_id)
        before = (
            self._firms[before_place].participations.get(change.participation_id)
            if before_place is not None
            else None
        )
        after, changed = self._after(change, before)
        if after is None:
            return
        if before is not None and before.enterprise_id != after.enterprise_id:
            del self.firm(before.enterprise_id).participations[change.participation_id]
        firm = self.firm(after.enterprise_id)
        moved = changed or self._facts_moved(firm, before, after)
        if moved and not changed:
            after.version += 1
        firm.participations[after.participation_id] = after
        self._places[after.participation_id] = after.enterprise_id
        if len(firm.participations) > 1 and (before is None or before.p.name != after.p.name):
            self._doubt_name(firm, after)
        if moved:
            self._decide_touched(change, before, after)
        self._store(change, after, publish_it=moved or before is None)

    def _after(self, change: Change, before: Held | None) -> tuple[Held | None, bool]:
        """The participation after the change, and whether anything the hub reads has changed."""
        p = change.p
        resolved = change.resolved
        if resolved is None:
            if before is None:
                return None, False
            if p.is_deleted:
                p = replace(before.p, is_deleted=True, event_on=p.event_on or before.p.event_on)
            place = (before.enterprise_id, before.establishment_id)
        else:
            place = (resolved.enterprise_id, resolved.establishment_id)
            self._note_place(resolved)
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
            self._effects.reviews.append(
                (name_review_id(brn), self._now, NAME_DIFFERS, owner, owner, brn)
            )

    def _note_place(self, resolved: Resolved) -> None:
        self._effects.establishments.append(
            (resolved.establishment_id, resolved.enterprise_id, resolved.establishment_key)
        )
        self._effects.reviews += [
            (r.review_id, self._now, r.issue, r.enterprise_id, r.other_id, r.detail)
            for r in resolved.reviews
        ]

    def _facts_moved(self, firm: Firm, before: Held | None, after: Held) -> bool:
        """Whether a mere newer day changes which of several participations' facts count."""
        if before is None or len(firm.participations) < 2 or before.p.event_on == after.p.event_on:
            return False
        others = [
            h.p for h in firm.participations.values() if h is not before and not h.p.is_deleted
        ]
        return (firm_of([*others, before.p]), establishment_of([*others, before.p])) != (
            firm_of([*others, after.p]),
            establishment_of([*others, after.p]),
        )

    def _store(self, change: Change, held: Held, publish_it: bool) -> None:
        cause = self._desk.cause(change.judged.cause.stream, change.judged.cause.offset)
        self._effects.participations.append(
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
        if publish_it:
            self._outbox.add(
                cause,
                PARTICIPATION_TOPIC,
                held.participation_id,
                self._desk.participation(held, cause, change.judged.outcome.warnings),
                PARTICIPATION_TYPE,
                held.participation_id,
                held.version,
                cause.stream,
                cause.offset,
            )

    def decide_anew(
        self,
        cause: Cause,
        places: Iterable[tuple[Id, Id]],
        ends: Mapping[Id, str] = MappingProxyType({}),
    ) -> Effects:
        """Decides (enterprise, workplace) pairs again because of something that is no message: a
        person's act on firms, a day that has come. cause: its place among the outgoing ones.
        ends: workplaces that are no more, with the reason for which their referral is superseded.
        """
        self._effects = effects = Effects()
        self._outbox.rows = effects.outbox
        for enterprise_id, establishment_id in places:
            self._decide(cause, None, enterprise_id, establishment_id, ends.get(establishment_id))
        return effects

    def store_moved(self, cause: Cause, moved: Iterable[Held]) -> None:
        """Notes participations that now belong to another firm or workplace, and tells who reads
        participations. Call it after `decide_anew`, which asks partners and notes that too."""
        for held in moved:
            self._outbox.add(
                cause,
                PARTICIPATION_TOPIC,
                held.participation_id,
                self._desk.participation(held, cause, ()),
                PARTICIPATION_TYPE,
                held.participation_id,
                held.version,
                cause.stream,
                cause.offset,
            )

    def _decide_touched(
        self, change: Change, before: Held | Kept | None, after: Held | Kept
    ) -> None:
        """Decides every workplace of the firm, and of the firm that the participation or record
        has left."""
        cause = self._desk.cause(change.judged.cause.stream, change.judged.cause.offset)
        firms = {after.enterprise_id: after.establishment_id}
        if before is not None and before.enterprise_id != after.enterprise_id:
            firms = {before.enterprise_id: before.establishment_id, **firms}
        for enterprise_id in firms:
            places = self._workplaces(enterprise_id)
            if before is not None and before.enterprise_id == enterprise_id:
                places.add(before.establishment_id)
            for establishment_id in sorted(places):
                self._decide(cause, change.participation_id, enterprise_id, establishment_id)

    def _workplaces(self, enterprise_id: Id) -> set[Id]:
        firm = self.firm(enterprise_id)
        places = {h.establishment_id for h in firm.participations.values()}
        if firm.records:
            places |= {k.establishment_id for k in firm.records.values()}
        return places

    def redecide(
        self, cause: Cause, enterprise_ids: Iterable[Id], last: Mapping[Id, bytes]
    ) -> dict[Id, Redecided]:
        """Decides enterprises anew because of the day alone; returns, by enterprise, what follows
        for the workplaces whose decision is not their last one, without those where none differs.

        last: by workplace, the digests of its last decision's blocks.
        """
        found: dict[Id, Redecided] = {}
        for enterprise_id in enterprise_ids:
            self._effects = Effects()
            self._outbox.rows = self._effects.outbox
            moves = []
            for place in sorted(self._workplaces(enterprise_id)):
                move = self._decide(cause, None, enterprise_id, place, last=last.get(place))
                if move is not None:
                    moves.append(move)
            if moves:
                found[enterprise_id] = Redecided(self._effects, moves)
        return found

    def _decide(
        self,
        cause: Cause,
        changed: Id | None,
        enterprise_id: Id,
        establishment_id: Id,
        ends: str | None = None,
        last: bytes | None = None,
    ) -> Move | None:
        """Decides a workplace; None where the decision is the last one again. changed: the
        participation or record whose change led here. ends: why the referral ends, whatever is
        decided. last: digests of the last decision's blocks, where an equal decision is to change
        nothing."""
        firm = self.firm(enterprise_id)
        held = sorted(firm.participations.values(), key=_fixed_order)
        own = [h for h in held if h.establishment_id == establishment_id]
        kept = sorted(firm.records.values(), key=attrgetter("record_id")) if firm.records else []
        own_kept = [k for k in kept if k.establishment_id == establishment_id]
        facts = facts_of(self._as_of, [h.p for h in held], [h.p for h in own], kept, own_kept)
        decision = self._desk.engine.decide(facts)
        if last is not None and last == decision.digests:
            return None
        verdict = self._desk.verdict(decision, own, held, facts.origin, has_answered(own_kept))
        version = sum(h.version for h in held) + sum(k.version for k in kept)
        current = firm.referrals.get(establishment_id)
        after = (
            superseded(current, version, ends)
            if ends is not None
            else advance(
                current,
                (enterprise_id, establishment_id),
                version,
                verdict,
                circumstances(own, own_kept),
            )
        )
        decision_id = self._desk.store(decision, self._effects)
        self._effects.decided.append(
            (
                establishment_id,
                version,
                enterprise_id,
                self._today,
                self._now,
                decision_id,
                self._desk.facts_json(facts),
                cause.stream,
                cause.offset,
            )
        )
        standing = Standing(decision, decision_id, facts, own, held, verdict, kept, own_kept)
        asked = feedback.about_decision(self._desk, self._outbox, cause, standing, self._now)
        self._effects.asked += [
            (h.participation_id, h.consent_asked, h.promotion_asked) for h in asked
        ]
        if own_kept:
            feedback.about_answers(
                self._desk,
                self._outbox,
                cause,
                current,
                after,
                standing,
                self._now,
                changed,
            )
        move = Move(establishment_id, current, after, decision, last)
        if after is None or after is current:
            return move
        firm.referrals[establishment_id] = after
        self._effects.referrals.append(referral_row(after, standing, self._today, self._now))
        self._effects.referral_versions.append(
            (after.referral_id, after.version, after.status.value, self._now, decision_id)
        )
        show = partial(self._shown, standing) if kept else None
        publish(self._desk, self._outbox, cause, current, after, standing, self._now, show)
        feedback.about_referral(
            self._desk, self._outbox, cause, current, after, standing, self._now
        )
        return move

    def _shown(self, standing: Standing, agency: str) -> Standing:
        """What one agency may be shown: decided without the records that are not for it."""
        kept = [k for k in standing.kept if may_see(k.record, agency)]
        if len(kept) == len(standing.kept):
            return standing
        own = [k for k in standing.own_kept if k in kept]
        facts = facts_of(
            self._as_of,
            [h.p for h in standing.held],
            [h.p for h in standing.own],
            kept,
            own,
            standing.facts.origin,
        )
        decision = self._desk.engine.decide(facts)
        decision_id = self._desk.store(decision, self._effects)
        return replace(
            standing,
            decision=decision,
            decision_id=decision_id,
            facts=facts,
            kept=kept,
            own_kept=own,
        )


_content = attrgetter(
    *(f.name for f in fields(Participation) if f.name not in ("event_on", "stated"))
)
"""A participation without what changes with every event and is read by no rule."""


def _fixed_order(held: Held) -> tuple[str, str, Id]:
    return held.p.programme, held.p.source_key, held.participation_id
