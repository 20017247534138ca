"""A participation as the hub holds it between events."""

from dataclasses import dataclass
from uuid import UUID

from connectors.base import Participation


@dataclass(slots=True)
class Held:
    """One participation with its firm, its workplace and what the partner was asked about it.

    version rises with every change of content. consent_asked: the consent form asked for last.
    """

    participation_id: UUID
    enterprise_id: UUID
    establishment_id: UUID
    version: int
    consent_asked: str | None
    promotion_asked: bool
    p: Participation
