"""One project's life as successive rows, and what befalls it on the way to the hub."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias, runtime_checkable

from services.simulation.chance import Deck, Dice, Quota
from services.simulation.firms import Firm, Profile

Row: TypeAlias = dict[str, Any]
"""A partner's record, its fields in the schema's order."""

Wire: TypeAlias = tuple[bytes | None, bytes | None]
Spoil: TypeAlias = Callable[[bytes, bytes], Wire]


@dataclass(slots=True, eq=False)
class Step:
    """One message of a project at its own moment (`days.Calendar`). spoil changes its bytes."""

    at: int
    row: Row
    kind: str
    spoil: Spoil | None = None

    @property
    def sound(self) -> bool:
        return not self.kind.startswith("defect:")


class Defect(NamedTuple):
    """One thing that goes wrong.

    code: reason or warning code of the contract, or a word where the contract gives none.
    end_state: in which the spoiled message ends (a later one may release or supersede it).
    spoil: changes the steps; False when this step cannot have the defect.
    """

    code: str
    end_state: str
    spoil: Callable[[Dice, Step, list[Step]], bool]


class Programme(Protocol):
    """One partner's way of telling. Implementations hold one run's counters."""

    folder: str
    topic: str
    weight: float
    profile: Profile
    defects: tuple[Defect, ...]

    def welcomes(self, firm: Firm) -> bool:
        """Whether a firm drawn for another programme may take part."""
        ...

    def life(self, firm: Firm) -> list[Step]:
        """A project of the firm, in order of time; the first step is always there."""
        ...

    def amend(self, row: Row) -> Row:
        """Some fields with corrected values."""
        ...

    def stamp(self, row: Row, at: int) -> None:
        """Writes the time of change into a corrected row."""
        ...

    def seal(self, steps: list[Step]) -> None:
        """The last word on sound rows, before defects: numbers that depend on the order."""
        ...

    def resend(self, step: Step) -> Row:
        """The row as it is sent once more; most partners send the same bytes."""
        ...

    def encode(self, row: Row) -> tuple[bytes, bytes]:
        """Key and value as they stand on Kafka."""
        ...


@runtime_checkable
class Listed(Protocol):
    """A programme whose messages include some of no project (the markers of full lists)."""

    def frames(self) -> int:
        """How many there will be, whatever the projects."""
        ...

    def framing(self) -> list[Step]:
        """They themselves, when all projects have been told."""
        ...


@runtime_checkable
class Surveyed(Protocol):
    """A programme whose projects the demand survey may name."""

    programme: str


@runtime_checkable
class Following(Protocol):
    """An input that tells of firms which other programmes brought: told behind them."""

    follows: bool


def correct(programme: Programme, dice: Dice, steps: list[Step], place: int, end: int) -> bool:
    """Puts a newer revision with changed fields behind a step; later rows keep the change."""
    step = steps[place]
    limit = steps[place + 1].at if place + 1 < len(steps) else min(end, step.at + 20 * 86_400)
    if limit - step.at < 3 or step.kind == "delete":
        return False
    changes = programme.amend(step.row)
    old = {name: step.row[name] for name in changes}
    row = {**step.row, **changes}
    at = step.at + 1 + dice.below(limit - step.at - 2)
    programme.stamp(row, at)
    for following in steps[place + 1 :]:
        if following.kind != "delete":
            kept = {name: new for name, new in changes.items() if following.row[name] == old[name]}
            following.row = {**following.row, **kept}
    steps.insert(place + 1, Step(at, row, "correction"))
    return True


def spoil(deck: Deck[Defect], dice: Dice, step: Step, steps: list[Step]) -> bool:
    """Lets something go wrong with this step."""
    return deck.deal(lambda defect: defect.spoil(dice, step, steps)) is not None


def wants_defect(quota: Quota, step: Step, steps: list[Step], total: int) -> bool:
    return step.kind in ("create", "update") and step in steps and quota.wants(total)
