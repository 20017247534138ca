"""A participation as the hub holds it between events."""

from dataclasses import dataclass

from connectors.base import Participation
from services.domain.ids import Id


@dataclass(slots=True)
class Held:
    """One participation with its firm, its workplace and what the partner was asked about it.

    version rises with every change of content. consent_asked: the consent form asked for last.
    """

    participation_id: Id
    enterprise_id: Id
    establishment_id: Id
    version: int
    consent_asked: str | None
    promotion_asked: bool
    p: Participation
