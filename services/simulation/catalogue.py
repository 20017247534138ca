"""The programmes that can be simulated: one line each."""

from collections.abc import Callable, Mapping

from services.simulation import ai_voucher, robot, smart_factory
from services.simulation.story import Programme
from services.simulation.world import World

_MAKERS: Mapping[str, Callable[[World], Programme]] = {
    ai_voucher.FOLDER: ai_voucher.AiVoucher,
    smart_factory.FOLDER: smart_factory.SmartFactory,
    robot.FOLDER: robot.Robot,
}

FOLDERS = tuple(_MAKERS)


def programmes(world: World) -> Mapping[str, Programme]:
    """The plan's programmes by folder; raises ValueError for one that cannot be simulated."""
    unknown = [folder for folder in world.plan.programmes if folder not in _MAKERS]
    if unknown:
        raise ValueError(f"no simulation of: {', '.join(unknown)}")
    return {folder: _MAKERS[folder](world) for folder in world.plan.programmes}
