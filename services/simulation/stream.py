"""The simulated stream: many firms' projects, interleaved as a broker's backlog would be."""

from collections.abc import Iterator, Sequence

from services.simulation import catalogue, world
from services.simulation.chance import Deck, Dice, Quota, Weighted
from services.simulation.days import DAY
from services.simulation.firms import Firm, found
from services.simulation.plan import SimulatedEvent, SimulationPlan
from services.simulation.story import (
    Defect,
    Following,
    Listed,
    Programme,
    Step,
    Surveyed,
    correct,
    spoil,
    wants_defect,
)

_SECOND_TASK = 0.06
_THIRD_PROGRAMME = 0.25
_MOST_FRAMES = 0.1


def simulate(plan: SimulationPlan) -> Iterator[SimulatedEvent]:
    """The plan's events in the order in which they reach the broker.

    Everything is made before the first event is given: some 15 µs and 600 bytes an event.
    Raises ValueError for a programme without a simulation.
    """
    teller = _Teller(world.create(plan))
    while len(teller.told) < teller.events:
        teller.tell_firm()
    teller.tell_frames()
    teller.told.sort(key=_delivery)
    return (event for _, _, event in teller.told)


def _delivery(entry: tuple[int, int, SimulatedEvent]) -> tuple[int, int]:
    return entry[0], entry[1]


class _Teller:
    """Makes firm after firm and keeps the shares of the plan."""

    def __init__(self, made: world.World) -> None:
        self.told: list[tuple[int, int, SimulatedEvent]] = []
        self._world = made
        self._dice = made.dice
        self._programmes = tuple(catalogue.programmes(made).values())
        self._weighted = Weighted((one, one.weight) for one in self._programmes)
        plan = made.plan
        self._duplicates = Quota(made.dice, plan.duplicates)
        self._late = Quota(made.dice, plan.late)
        self._corrections = Quota(made.dice, plan.corrections)
        self._defects = Quota(made.dice, plan.defects)
        self._shared = Quota(made.dice, plan.shared_firms)
        self._firms = 0
        self._listed = [one for one in self._programmes if isinstance(one, Listed)]
        frames = sum(one.frames() for one in self._listed)
        if frames > plan.events * _MOST_FRAMES:
            self._listed, frames = [], 0
        self.events = plan.events - frames
        self._decks: dict[str, Deck[Defect]] = {
            one.folder: Deck(made.dice, one.defects) for one in self._programmes
        }

    def tell_firm(self) -> None:
        """A new firm with all its projects."""
        dice = self._dice
        first = dice.draw(self._weighted)
        firm = found(dice, self._world.numbers, self._world.places, first.profile)
        self._firms += 1
        chosen = [first, *self._others(first, firm)]
        if any(isinstance(one, Following) for one in chosen):
            chosen.sort(key=lambda one: isinstance(one, Following))
        for programme in chosen:
            self._tell(programme, firm)
            if dice.chance(_SECOND_TASK):
                self._tell(programme, firm)

    def tell_frames(self) -> None:
        """The messages that belong to no firm."""
        for programme in self._listed:
            for step in programme.framing():
                self._send(programme, step, step.at, to_come=0, copies=False)

    def _others(self, first: Programme, firm: Firm) -> Sequence[Programme]:
        open_to = [one for one in self._programmes if one is not first and one.welcomes(firm)]
        if not open_to or not self._shared.wants(self._firms):
            return ()
        self._shared.took()
        mixed = self._dice.shuffled(open_to)
        return mixed[: 2 if self._dice.chance(_THIRD_PROGRAMME) else 1]

    def _tell(self, programme: Programme, firm: Firm) -> None:
        steps = programme.life(firm)
        self._correct(programme, steps)
        programme.seal(steps)
        if isinstance(programme, Surveyed) and _is_asked_about(firm, steps):
            key = programme.encode(steps[0].row)[0].decode()
            project = world.Project(programme.programme, key, steps[0].at)
            self._world.projects.setdefault(firm.brn, []).append(project)
        self._spoil(self._decks[programme.folder], steps)
        del steps[self.events - len(self.told) :]
        arrivals = self._arrivals(steps)
        for place, step in enumerate(steps, 1):
            self._send(programme, step, arrivals[place - 1], to_come=len(steps) - place)

    def _correct(self, programme: Programme, steps: list[Step]) -> None:
        end = self._world.calendar.end
        for step in tuple(steps):
            if self._corrections.wants(len(self.told) + len(steps)) and correct(
                programme, self._dice, steps, steps.index(step), end
            ):
                self._corrections.took()

    def _spoil(self, deck: Deck[Defect], steps: list[Step]) -> None:
        for step in tuple(steps):
            if wants_defect(self._defects, step, steps, len(self.told) + len(steps)) and spoil(
                deck, self._dice, step, steps
            ):
                self._defects.took()

    def _arrivals(self, steps: list[Step]) -> list[int]:
        """When each step reaches the broker; a late one comes after the step that follows it."""
        arrivals = [step.at for step in steps]
        for place in range(len(steps) - 2, -1, -1):
            step, following = steps[place], steps[place + 1]
            if (
                step.kind in ("create", "update")
                and following.kind != "late"
                and following.sound
                and self._late.wants(len(self.told) + len(steps))
            ):
                self._late.took()
                step.kind = "late"
                arrivals[place] = arrivals[place + 1] + _delay(self._dice)
        return arrivals

    def _send(
        self, programme: Programme, step: Step, arrival: int, to_come: int, copies: bool = True
    ) -> None:
        key: bytes | None
        value: bytes | None
        key, value = programme.encode(step.row)
        if step.spoil is not None:
            key, value = step.spoil(key, value)
        told = self.told
        event = SimulatedEvent(programme.folder, programme.topic, key, value, step.kind)
        told.append((arrival, len(told), event))
        room = copies and len(told) + to_come < self.events
        if room and step.sound and self._duplicates.wants(len(told)):
            self._duplicates.took()
            again = programme.encode(programme.resend(step))
            copy = SimulatedEvent(programme.folder, programme.topic, *again, "duplicate")
            told.append((arrival + _delay(self._dice), len(told), copy))


def _is_asked_about(firm: Firm, steps: list[Step]) -> bool:
    """The survey asks about a project that stays, of a firm that has one number."""
    return firm.branch is None and all(step.kind != "delete" for step in steps)


def _delay(dice: Dice) -> int:
    """Seconds, minutes, or until the next night."""
    match dice.below(3):
        case 0:
            return dice.between(1, 30)
        case 1:
            return dice.between(60, 7_200)
        case _:
            return dice.between(DAY // 3, DAY)
