"""What was decided about one workplace, and from what."""

from dataclasses import field

from schemas.values import frozen
from services.domain.decision.decision import Decision
from services.domain.decision.facts import Facts
from services.domain.desk import Verdict, live_of
from services.domain.holding import Held
from services.domain.records import Kept


@frozen
class Standing:
    """own: the workplace's participations; held: all of the enterprise; kept, own_kept: records
    likewise."""

    decision: Decision
    decision_id: bytes
    facts: Facts
    own: list[Held]
    held: list[Held]
    verdict: Verdict
    kept: list[Kept] = field(default_factory=list)
    own_kept: list[Kept] = field(default_factory=list)

    def promotes(self, programme: str) -> bool:
        """Whether the programme's PROMO cell is active."""
        return programme in self.decision.modes.union["PROMO"]

    def is_home(self, held: Held) -> bool:
        """Whether a participation is not another ministry's part (A-67)."""
        if held.p.ministry is None:
            return True
        views = self.decision.participations.views
        return all(v.home for h, v in zip(live_of(self.held), views, strict=True) if h is held)

    @property
    def level(self) -> str:
        """The AX level."""
        return self.decision.ax.level

    @property
    def priority(self) -> int | None:
        """The score, 0 to 1000; None without a referral."""
        return self.decision.priority.score if self.decision.priority is not None else None
