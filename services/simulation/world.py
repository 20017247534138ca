"""What all programmes of one run share."""

import random
from dataclasses import dataclass

from services.simulation.chance import Dice
from services.simulation.days import Calendar
from services.simulation.numbers import Numbers
from services.simulation.places import Places
from services.simulation.plan import SimulationPlan

_DEFAULT_SCHEMA_ID = 1


@dataclass(frozen=True, slots=True)
class World:
    """One run's chance, days, places and numbers. Nothing here reads a clock."""

    plan: SimulationPlan
    dice: Dice
    calendar: Calendar
    numbers: Numbers
    places: Places

    def schema_id(self, folder: str) -> int:
        return self.plan.schema_ids.get(folder, _DEFAULT_SCHEMA_ID)


def create(plan: SimulationPlan) -> World:
    dice = Dice(random.Random(plan.seed))
    calendar = Calendar(plan.first_day, plan.last_day)
    return World(plan, dice, calendar, Numbers(dice), Places())
