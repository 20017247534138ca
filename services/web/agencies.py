"""Agencies on the status page: what each has been sent and how long it waits. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.adapters.postgres.status import ReferralGroup
from services.domain.referral import Status
from services.web.observation import Observation
from services.web.parts import WebParts


@dataclass(slots=True)
class _Sum:
    issued: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    waiting_since: datetime | None = None


def agencies_of(seen: Observation, parts: WebParts) -> list[dict[str, Any]] | None:
    """Agencies that have a referral, those with most first; None where it is not known.

    A referral with two addressees (joint consulting) counts for both.
    """
    if seen.totals is None:
        return None
    sums = _sums(seen.totals.referrals)
    rows = [_row(seen, parts, code, found) for code, found in sums.items()]
    return sorted(rows, key=lambda row: (-row["issued"], row["code"]))


def register_of(parts: WebParts) -> dict[str, int]:
    """How many agencies the register has, and how much of it is a placeholder."""
    rows = parts.agencies.values()
    return {
        "agencies": len(parts.agencies),
        "name_unconfirmed": sum(not row.name_confirmed for row in rows),
        "area_unconfirmed": sum(not row.area_confirmed for row in rows),
    }


def _sums(groups: Iterable[ReferralGroup]) -> dict[str, _Sum]:
    sums: dict[str, _Sum] = {}
    for group in groups:
        for code in group.addressees:
            found = sums.setdefault(code, _Sum())
            found.statuses[group.status] += group.count
            found.issued += group.count if group.handed_over else 0
            if group.status == Status.REQUESTED and group.since is not None:
                earlier = found.waiting_since
                found.waiting_since = min(earlier, group.since) if earlier else group.since
    return sums


def _row(seen: Observation, parts: WebParts, code: str, found: _Sum) -> dict[str, Any]:
    known = parts.agencies.get(code)
    age = seen.age(found.waiting_since)
    return {
        "code": code,
        "name": _name(parts, code),
        "kind": known.kind if known is not None else None,
        "issued": found.issued,
        "by_status": dict(sorted(found.statuses.items())),
        "unacknowledged": found.statuses[Status.REQUESTED.value],
        "oldest_unacknowledged_s": None if age is None else round(age, 1),
        "name_confirmed": known.name_confirmed if known is not None else None,
        "area_confirmed": known.area_confirmed if known is not None else None,
    }


def _name(parts: WebParts, code: str) -> dict[str, str]:
    known = parts.agencies.get(code)
    if known is not None:
        return {"ko": known.name, "en": known.name}
    prefix = parts.policy.agencies.operator_prefix
    row = parts.policy.matrix.programmes.get(code.removeprefix(prefix))
    if code.startswith(prefix) and row is not None:
        return {"ko": row.operator_ko, "en": row.operator_en}
    return {"ko": code, "en": code}
