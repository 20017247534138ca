"""What all programmes of one run share."""

import random
from dataclasses import dataclass, field
from typing import NamedTuple

from services.simulation.chance import Dice
from services.simulation.days import Calendar
from services.simulation.numbers import Numbers
from services.simulation.places import Places
from services.simulation.plan import SimulationPlan

_DEFAULT_SCHEMA_ID = 1


class Project(NamedTuple):
    """A project of a firm as another sender may name it."""

    programme: str
    source_key: str
    at: int


@dataclass(frozen=True, slots=True)
class World:
    """One run's chance, days, places and numbers. Nothing here reads a clock.

    projects: what has been told so far, by the firm's number.
    """

    plan: SimulationPlan
    dice: Dice
    calendar: Calendar
    numbers: Numbers
    places: Places
    projects: dict[str, list[Project]] = field(default_factory=dict)

    def schema_id(self, folder: str) -> int:
        return self.plan.schema_ids.get(folder, _DEFAULT_SCHEMA_ID)


def create(plan: SimulationPlan) -> World:
    dice = Dice(random.Random(plan.seed))
    calendar = Calendar(plan.first_day, plan.last_day)
    return World(plan, dice, calendar, Numbers(dice), Places())
