"""What the hub keeps of referrals, events and firms, as explanations: stable keys, two languages.

Numbers of firms are masked (masking.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.domain.decision.facts import Facts
from services.domain.decision.stored import decision_from_stored, facts_from_stored
from services.domain.documents import from_document
from services.domain.explaining.axes import Axes
from services.domain.explaining.explainer import Explainer
from services.domain.explaining.kept import (
    StoredDecision,
    StoredEvent,
    StoredFirm,
    StoredMessage,
    StoredParticipation,
    StoredRecord,
    StoredReferral,
)
from services.domain.explaining.masking import masked_key
from services.domain.explaining.rows import Rows, korean
from services.domain.explaining.words import Told, Words


@dataclass(frozen=True, slots=True)
class Records:
    """Tells records in words. former: explanations by policies that are no longer in force. axes:
    the day and the instant for which decisions are explained."""

    explainer: Explainer
    former: Mapping[bytes, Explainer] = field(default_factory=dict)
    axes: Axes = field(default_factory=Axes)

    @property
    def words(self) -> Words:
        """The policy's words."""
        return self.explainer.words

    @property
    def _rows(self) -> Rows:
        return Rows(self.words)

    def referral(
        self,
        referral: StoredReferral,
        decision: StoredDecision | None,
        participations: Sequence[StoredParticipation],
    ) -> dict[str, Any]:
        """A referral: how it stands, how it came there, and why."""
        return {
            "what": "referral",
            "id": referral.referral_id,
            "axes": self.axes.note,
            "referral": self._rows.standing(referral),
            "history": [self._rows.step(row) for row in referral.history],
            "participations": [self._rows.participation(one) for one in participations],
            **self._decided(decision, participations),
        }

    def event(
        self,
        event: StoredEvent,
        participations: Iterable[StoredParticipation],
        records: Iterable[StoredRecord],
        decisions: Iterable[StoredDecision],
        referrals: Iterable[StoredReferral],
        messages: Iterable[StoredMessage],
        others: Iterable[StoredEvent],
        around: Sequence[StoredParticipation],
    ) -> dict[str, Any]:
        """An event: its end state, why, and everything that it led to. around: all participations
        of the firms that it touched."""
        return {
            "what": "event",
            "id": event.place,
            "event": self._rows.event(event),
            "reasons": [self._rows.reason(code, event) for code in event.reasons],
            "warnings": [self._rows.reason(code, event) for code in event.warnings],
            "participations": [self._rows.participation(one) for one in participations],
            "records": [self._rows.record(one) for one in records],
            "decisions": [self._taken(one, around) for one in decisions],
            "referrals": [self._rows.standing(one) for one in referrals],
            "messages": [self._rows.message(one) for one in messages],
            "others": [self._rows.other(one) for one in others],
        }

    def firm(self, firm: StoredFirm) -> dict[str, Any]:
        """A firm: its participations by programme, and every workplace with its referral and the
        last decision."""
        live = [from_document(one.doc) for one in firm.participations]
        programmes: dict[str, list[dict[str, Any]]] = {}
        for one, p in zip(firm.participations, live, strict=True):
            programmes.setdefault(p.programme, []).append(self._rows.participation(one))
        return {
            "what": "firm",
            "id": firm.enterprise_id,
            "axes": self.axes.note,
            "firm": {
                "enterprise_id": firm.enterprise_id,
                "name": next((p.name for p in live if p.name and not p.is_deleted), None),
                "since": firm.created_at.isoformat(timespec="seconds"),
            },
            "numbers": self._rows.numbers(live),
            "programmes": dict(sorted(programmes.items())),
            "records": [self._rows.record(one) for one in firm.records],
            "establishments": [self._establishment(firm, one) for one in firm.establishments],
            "reviews": [
                {
                    "issue": issue,
                    "other": other,
                    **self.words.say("review_row", issue=issue, other=other),
                }
                for issue, other in firm.reviews
            ],
        }

    # Parts

    def _establishment(self, firm: StoredFirm, place: tuple[str, str]) -> dict[str, Any]:
        establishment_id, key = place
        of_it = [r for r in firm.referrals if r.establishment_id == establishment_id]
        newest = max(of_it, key=lambda r: r.round, default=None)
        decision = next((d for d in firm.decisions if d.establishment_id == establishment_id), None)
        shown = masked_key(key)
        code = None
        if decision is not None:
            code = facts_from_stored(decision.facts).establishment.sigungu
        return {
            "establishment_id": establishment_id,
            "key": shown,
            **self.words.say("workplace", key=shown, place=self.words.place(code)),
            "referral": None if newest is None else self._rows.standing(newest),
            "referrals": [self._rows.standing(one) for one in of_it],
            **self._decided(decision, firm.participations),
        }

    def _decided(
        self, decision: StoredDecision | None, parts: Sequence[StoredParticipation]
    ) -> dict[str, Any]:
        """The decision as it was taken, and its explanation: under the policy of its day, or
        under the one in force where that one is not kept."""
        if decision is None:
            return {"decision": None, "explanation": None}
        facts = facts_from_stored(decision.facts)
        explanation = self._explainer(decision).explain(self.axes.facts(facts))
        stored = decision_from_stored(decision.blocks, decision.bodies)
        return {
            "decision": {
                **self._taken(decision, parts),
                "policy_hash": decision.policy_hash.hex(),
                "policy_in_force": decision.policy_hash.hex() == self.explainer.policy_hash,
                "note": self._note(decision, stored, explanation),
                "stored": stored,
            },
            "explanation": explanation,
        }

    def _explainer(self, decision: StoredDecision) -> Explainer:
        return self.former.get(decision.policy_hash, self.explainer)

    def _note(
        self, decision: StoredDecision, stored: Mapping[str, Any], explanation: Mapping[str, Any]
    ) -> Told | None:
        """Says so where the decision is not explained under its own policy."""
        now = explanation["policy_hash"]
        if decision.policy_hash.hex() == now:
            return None
        return self.words.say(
            "policy_changed",
            old=decision.policy_hash.hex()[:12],
            new=now[:12],
            conclusion=self.words.word("referral_status", stored["referral"]["status"]),
        )

    def _taken(
        self, decision: StoredDecision, parts: Sequence[StoredParticipation]
    ) -> dict[str, Any]:
        facts = facts_from_stored(decision.facts)
        stored = decision_from_stored(decision.blocks, decision.bodies)
        conclusion = self.words.word("referral_status", stored["referral"]["status"])
        explainer = self._explainer(decision)
        if decision.policy_hash.hex() == explainer.policy_hash:
            conclusion = explainer.sentence(facts)
        if self._only_elsewhere(decision, facts, parts):
            conclusion = self.words.say("conclusion_other_place")
        return {
            "establishment_id": decision.establishment_id,
            "version": decision.version,
            "decision_id": decision.decision_id.hex(),
            "as_of": facts.as_of,
            "decided_at": decision.decided_at.isoformat(timespec="seconds"),
            "event": decision.place,
            **self.words.say(
                "decided_row",
                at=korean(decision.decided_at),
                day=facts.as_of,
                conclusion=conclusion,
            ),
        }

    def _only_elsewhere(
        self, decision: StoredDecision, facts: Facts, parts: Sequence[StoredParticipation]
    ) -> bool:
        """Whether the firm has participations, but none of this workplace counts or may count
        (A-74). Told only where the participations are still those of the decision."""
        read = ((from_document(one.doc), one) for one in parts)
        live = sorted(
            (
                (p.programme, p.source_key, one.participation_id, one)
                for p, one in read
                if not p.is_deleted
            ),
            key=lambda row: row[:3],
        )
        views = self._explainer(decision).decide(facts)["participations"]
        if len(views) != len(live):
            return False
        mine = [
            view
            for view, row in zip(views, live, strict=True)
            if row[3].establishment_id == decision.establishment_id
        ]
        return len(mine) < len(live) and all(view["counts"] == "NO" for view in mine)
