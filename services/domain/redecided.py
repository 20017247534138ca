"""What a day brings to an enterprise although nobody has sent anything."""

from dataclasses import dataclass

from services.domain.decision.decision import Decision
from services.domain.ids import Id
from services.domain.referral import Referral
from services.domain.writes import Effects


@dataclass(frozen=True, slots=True)
class Move:
    """A workplace whose decision was taken. before, after: its referral, None: there is none.
    last: digests of the blocks of the decision that stood, None: not compared."""

    establishment_id: Id
    before: Referral | None
    after: Referral | None
    decision: Decision
    last: bytes | None


@dataclass(frozen=True, slots=True)
class Redecided:
    """What a day brings to one enterprise."""

    effects: Effects
    moves: list[Move]
