"""All inputs of the hub, one connector each: the one line to add for a new programme."""

from connectors.ai_product import AiProduct
from connectors.ai_voucher import AiVoucher
from connectors.ax_sprint import AxSprint
from connectors.base import Connector
from connectors.demand_survey import DemandSurvey
from connectors.industrial_ai import IndustrialAi
from connectors.mfg_ai import MfgAi
from connectors.robot import Robot
from connectors.smart_factory import SmartFactory
from connectors.training_history import TrainingHistory

CONNECTORS: tuple[Connector, ...] = (
    AiVoucher(),
    MfgAi(),
    SmartFactory(),
    AiProduct(),
    AxSprint(),
    IndustrialAi(),
    Robot(),
    TrainingHistory(),
    DemandSurvey(),
)
