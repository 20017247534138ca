"""The clock on the status page: which day it has decided, what that changed, which day is next."""

from typing import Any

from services.domain.foreseeing import turning_days
from services.web.observation import Observation
from services.web.parts import WebParts
from services.web.states import Process

_DOING = ("waiting", "deciding", "done_fixed")


def clock_of(
    seen: Observation, running: tuple[Process, ...] | None, parts: WebParts
) -> dict[str, Any]:
    """What the clock reports of itself; None throughout where there is none. next: the next day on
    which the policy or a reference table turns, known without any service."""
    found = next((p for p in running or () if p.kind == "clock" and p.works), None)
    facts = {} if found is None else found.facts
    doing = facts.get("doing")
    coming = turning_days(parts.policy, parts.tables, seen.today)
    return {
        "doing": doing if doing in _DOING else None,
        "day": facts.get("day") or None,
        "firms": facts.get("firms"),
        "failed": facts.get("failed"),
        "changed": facts.get("changed"),
        "referrals": facts.get("referrals"),
        "finished_at": facts.get("finished_at") or None,
        "next": coming[0].isoformat() if coming else None,
    }
