"""Decides workplaces from what is known of their firm, and says what follows: the decision to
store, the referral's next version, what its agencies and the partners are told.

A message, a person's act and a day that has come all end here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from operator import attrgetter
from types import MappingProxyType

from services.domain import feedback
from services.domain.desk import Desk
from services.domain.evidence import facts_of, has_answered, may_see
from services.domain.firms import Firm, Firms
from services.domain.handing_over import publish
from services.domain.holding import Held
from services.domain.ids import Id
from services.domain.outgoing import Cause, Outbox
from services.domain.redecided import Move, Redecided
from services.domain.referral import Referral, advance, superseded
from services.domain.standing import Standing
from services.domain.standing_rows import circumstances, decided_row, referral_row
from services.domain.topics import PARTICIPATION_TOPIC
from services.domain.writes import Effects

PARTICIPATION_TYPE = "kr.naru.participation.v1"


class Deciding:
    """What follows gathers in `effects`, from `begin` to the next `begin`. clock: (instant UTC,
    deciding day in Korea)."""

    def __init__(self, firms: Firms, desk: Desk, clock: tuple[datetime, date]) -> None:
        self.firms = firms
        self.desk = desk
        self.now, self._today = clock
        self.as_of = self._today.isoformat()
        self.effects = Effects()
        self.outbox = Outbox(self.now)

    def begin(self) -> Effects:
        """What follows from here on, empty yet."""
        self.effects = effects = Effects()
        self.outbox.rows = effects.outbox
        return effects

    def decide_anew(
        self,
        cause: Cause,
        places: Iterable[tuple[Id, Id]],
        ends: Mapping[Id, str] = MappingProxyType({}),
    ) -> Effects:
        """Decides (enterprise, workplace) pairs again because a person has acted on their firms.
        cause: the act's place among the outgoing messages. ends: workplaces that are no more, with
        the reason for which their referral is superseded."""
        effects = self.begin()
        for enterprise_id, establishment_id in places:
            self.decide(cause, None, enterprise_id, establishment_id, ends.get(establishment_id))
        return effects

    def redecide(
        self, cause: Cause, enterprise_ids: Iterable[Id], last: Mapping[Id, bytes]
    ) -> dict[Id, Redecided]:
        """Decides enterprises anew because of the day alone; returns, by enterprise, what follows
        for the workplaces whose decision is not their last one, without those where none differs.

        last: by workplace, the digests of its last decision's blocks.
        """
        found: dict[Id, Redecided] = {}
        for enterprise_id in enterprise_ids:
            effects = self.begin()
            moves = []
            for place in sorted(self.firms.firm(enterprise_id).workplaces()):
                move = self.decide(cause, None, enterprise_id, place, last=last.get(place))
                if move is not None:
                    moves.append(move)
            if moves:
                found[enterprise_id] = Redecided(effects, moves)
        return found

    def decide(
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
        firm = self.firms.firm(enterprise_id)
        standing = self._standing(firm, establishment_id, last)
        if standing is None:
            return None
        place = (enterprise_id, establishment_id)
        version = sum(h.version for h in standing.held) + sum(k.version for k in standing.kept)
        before = firm.referrals.get(establishment_id)
        if ends is not None:
            after = superseded(before, version, ends)
        else:
            why = circumstances(standing)
            after = advance(before, place, version, standing.verdict, why)
        facts = self.desk.facts_json(standing.facts)
        self.effects.decided.append(
            decided_row(place, version, standing, facts, self._today, self.now, cause)
        )
        self._tell_partners(cause, changed, before, after, standing)
        if after is not None and after is not before:
            firm.referrals[establishment_id] = after
            self._renew(cause, before, after, standing)
        return Move(establishment_id, before, after, standing.decision, last)

    def _standing(self, firm: Firm, establishment_id: Id, last: bytes | None) -> Standing | None:
        held = sorted(firm.participations.values(), key=_fixed_order)
        own = [h for h in held if h.establishment_id == establishment_id]
        kept = sorted(firm.records.values(), key=attrgetter("record_id")) if firm.records else []
        own_kept = [k for k in kept if k.establishment_id == establishment_id]
        facts = facts_of(self.as_of, [h.p for h in held], [h.p for h in own], kept, own_kept)
        decision = self.desk.engine.decide(facts)
        if last is not None and last == decision.digests:
            return None
        verdict = self.desk.verdict(decision, own, held, facts.origin, has_answered(own_kept))
        decision_id = self.desk.store(decision, self.effects)
        return Standing(decision, decision_id, facts, own, held, verdict, kept, own_kept)

    def _tell_partners(
        self,
        cause: Cause,
        changed: Id | None,
        before: Referral | None,
        after: Referral | None,
        standing: Standing,
    ) -> None:
        """What follows from the decision itself, whether the referral changes or not."""
        desk, outbox, now = self.desk, self.outbox, self.now
        asked = feedback.about_decision(desk, outbox, cause, standing, now)
        self.effects.asked += [
            (h.participation_id, h.consent_asked, h.promotion_asked) for h in asked
        ]
        if standing.own_kept:
            feedback.about_answers(desk, outbox, cause, before, after, standing, now, changed)

    def _renew(
        self, cause: Cause, before: Referral | None, after: Referral, standing: Standing
    ) -> None:
        """Stores the referral's new version and sends it."""
        desk, outbox, now = self.desk, self.outbox, self.now
        self.effects.referrals.append(referral_row(after, standing, self._today, now))
        self.effects.referral_versions.append(
            (
                after.referral_id,
                after.version,
                after.status.value,
                now,
                standing.decision_id,
                " ".join(after.reasons),
                " ".join(after.addressees),
            )
        )
        show = partial(self._shown, standing) if standing.kept else None
        publish(desk, outbox, cause, before, after, standing, now, show)
        feedback.about_referral(desk, outbox, cause, before, after, standing, now)

    def _shown(self, standing: Standing, agency: str) -> Standing:
        """What one agency may be shown: decided without the records that are not for it."""
        kept = [k for k in standing.kept if may_see(k.record, agency)]
        if len(kept) == len(standing.kept):
            return standing
        own = [k for k in standing.own_kept if k in kept]
        facts = facts_of(
            self.as_of,
            [h.p for h in standing.held],
            [h.p for h in standing.own],
            kept,
            own,
            standing.facts.origin,
        )
        decision = self.desk.engine.decide(facts)
        return replace(
            standing,
            decision=decision,
            decision_id=self.desk.store(decision, self.effects),
            facts=facts,
            kept=kept,
            own_kept=own,
        )

    def tell_participation(self, cause: Cause, held: Held, warnings: tuple[str, ...] = ()) -> None:
        """Tells those who are entitled how a participation stands now."""
        self.outbox.add(
            cause,
            PARTICIPATION_TOPIC,
            held.participation_id,
            self.desk.participation(held, cause, warnings),
            PARTICIPATION_TYPE,
            held.participation_id,
            held.version,
            cause.stream,
            cause.offset,
        )


def _fixed_order(held: Held) -> tuple[str, str, Id]:
    return held.p.programme, held.p.source_key, held.participation_id
