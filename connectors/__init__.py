"""All inputs of the hub, one connector each: the one line to add for a new programme."""

from connectors.base import Connector
from connectors.smart_factory import SmartFactory

CONNECTORS: tuple[Connector, ...] = (SmartFactory(),)
