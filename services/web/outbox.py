"""What waits to be published. Pure."""

from dataclasses import dataclass

from services.adapters.postgres.status import PENDING_CAP
from services.web.observation import Observation


@dataclass(frozen=True, slots=True)
class Outbox:
    """backlog None: unknown. at_least: a partition had more than were counted."""

    backlog: int | None
    at_least: bool
    age_s: float | None


def outbox_of(seen: Observation) -> Outbox:
    """Backlog and age over all partitions."""
    if seen.live is None:
        return Outbox(None, False, None)
    rows = seen.live.partitions
    oldest = min((r.pending_since for r in rows if r.pending_since is not None), default=None)
    return Outbox(
        sum(row.pending for row in rows),
        any(row.pending >= PENDING_CAP for row in rows),
        seen.age(oldest) if oldest is not None else 0.0,
    )
