"""The inputs that can be simulated: one line each."""

from collections.abc import Callable, Mapping

from services.simulation import (
    ai_product,
    ai_voucher,
    ax_sprint,
    demand_survey,
    industrial_ai,
    mfg_ai,
    robot,
    smart_factory,
    training_history,
)
from services.simulation.story import Programme
from services.simulation.world import World

_MAKERS: Mapping[str, Callable[[World], Programme]] = {
    ai_voucher.FOLDER: ai_voucher.AiVoucher,
    smart_factory.FOLDER: smart_factory.SmartFactory,
    robot.FOLDER: robot.Robot,
    mfg_ai.FOLDER: mfg_ai.MfgAi,
    ai_product.FOLDER: ai_product.AiProduct,
    ax_sprint.FOLDER: ax_sprint.AxSprint,
    industrial_ai.FOLDER: industrial_ai.IndustrialAi,
    training_history.FOLDER: training_history.TrainingHistory,
    demand_survey.FOLDER: demand_survey.DemandSurvey,
}

FOLDERS = tuple(_MAKERS)

BENCHED = (smart_factory.FOLDER, ai_voucher.FOLDER, robot.FOLDER)
"""What the bench measures, so that its figures can be compared over the years."""


def programmes(world: World) -> Mapping[str, Programme]:
    """The plan's programmes by folder; raises ValueError for one that cannot be simulated."""
    unknown = [folder for folder in world.plan.programmes if folder not in _MAKERS]
    if unknown:
        raise ValueError(f"no simulation of: {', '.join(unknown)}")
    return {folder: _MAKERS[folder](world) for folder in world.plan.programmes}
