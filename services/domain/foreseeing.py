"""What a coming day brings, told beforehand: per workplace what its decision and its referral are
now and would be then, and how many change in what way. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from schemas.policies import Policy
from schemas.tables import Tables
from services.domain.decision.calendar import FIRST_DAY, calendar_of
from services.domain.decision.decision import ABSENT, Decision
from services.domain.decision.stored import BLOCK_NAMES, decision_from_stored, digests_of
from services.domain.ids import Id
from services.domain.laboratory.replay import differing
from services.domain.redecided import Move, Redecided

Json = dict[str, Any]
NOTHING = "-"
"""Stands where there is no level, agency, measure or referral."""


def turning_days(policy: Policy, tables: Tables, after: date) -> list[date]:
    """The days after one on which a rule, a measure, a designation or an agency begins or ends."""
    days = calendar_of(policy, tables).days
    return [date.fromisoformat(d) for d in days if d > after.isoformat() and d != FIRST_DAY]


def seen(decision: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What a firm or an agency would notice of a decision, as sets of names."""
    measures, agencies = decision["measures"] or {}, decision["agencies"] or {}
    items = measures.get("items") or {}
    flags = [*(decision["incentives"] or {})]
    flags += [rule for rule, one in decision["entitlements"].items() if one["attached"]]
    return {
        "level": (decision["ax"]["level"],),
        "primary": (measures.get("primary") or NOTHING,),
        "measure": tuple(sorted(name for name, one in items.items() if one["state"] == "YES")),
        "flag": tuple(sorted(flags)),
        "agency": tuple(
            sorted(f"{part}:{one['agency'] or NOTHING}" for part, one in agencies.items())
        ),
        "alarm": tuple(sorted(decision["alarms"])),
    }


def told_of(decision: Decision) -> Json:
    """A decision as JSON, block by block."""
    return {
        name: None if block is None else orjson.loads(block.raw)
        for name, block in zip(BLOCK_NAMES, decision.blocks, strict=True)
    }


def wanted_blocks(found: Iterable[Redecided]) -> set[bytes]:
    """The digests of the stored blocks that `Foreseen` needs."""
    lasts = [move.last for one in found for move in one.moves if move.last is not None]
    return {digest for last in lasts for digest in digests_of(last)} - {ABSENT}


@dataclass(slots=True)
class Foreseen:
    """Adds up what a day brings. listed: workplaces shown one by one, at most."""

    listed: int
    firms: int = 0
    workplaces: int = 0
    versions: int = 0
    messages: Counter[str] = field(default_factory=Counter)
    changes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    rows: list[Json] = field(default_factory=list)

    def add(self, found: Mapping[Id, Redecided], bodies: Mapping[bytes, bytes]) -> None:
        """Enterprises that the day changes. bodies: of the blocks that stood."""
        for enterprise_id, one in found.items():
            self.firms += 1
            self.versions += len(one.effects.referral_versions)
            self.messages.update(row[1] for row in one.effects.outbox)
            for move in one.moves:
                self._add(enterprise_id, move, bodies)

    def _add(self, enterprise_id: Id, move: Move, bodies: Mapping[bytes, bytes]) -> None:
        self.workplaces += 1
        changes = list(_changes(move, bodies))
        self.changes.update(changes)
        if len(self.rows) < self.listed:
            after = move.after
            self.rows.append(
                {
                    "enterprise_id": enterprise_id,
                    "establishment_id": move.establishment_id,
                    "referral_id": None if after is None else after.referral_id,
                    "version": None if after is None else after.version,
                    "new_version": after is not move.before,
                    "decision_id": move.decision.content_hash.hex(),
                    "parts": list(_parts(move)),
                    "changes": [
                        {"what": what, "before": old, "after": new} for what, old, new in changes
                    ],
                }
            )

    def json(self) -> Json:
        """As `naru clock --json` prints it, without the days."""
        return {
            "firms": self.firms,
            "workplaces": self.workplaces,
            "new_versions": self.versions,
            "messages": dict(sorted(self.messages.items())),
            "changes": [
                {"what": what, "before": old, "after": new, "workplaces": count}
                for (what, old, new), count in self.changes.most_common()
            ],
            "list": self.rows,
        }


def _parts(move: Move) -> tuple[str, ...]:
    return BLOCK_NAMES if move.last is None else differing(move.last, move.decision)


def _changes(move: Move, bodies: Mapping[bytes, bytes]) -> Iterable[tuple[str, str, str]]:
    """(what, before, after): of sets one line for each name that comes or goes."""
    old = None if move.before is None else move.before.status.value
    new = None if move.after is None else move.after.status.value
    if old != new:
        yield "status", old or NOTHING, new or NOTHING
    if move.last is None:
        return
    before = seen(decision_from_stored(move.last, bodies))
    after = seen(told_of(move.decision))
    for what, names in after.items():
        if what in ("level", "primary"):
            if before[what] != names:
                yield what, before[what][0], names[0]
            continue
        yield from ((what, NOTHING, name) for name in names if name not in before[what])
        yield from ((what, name, NOTHING) for name in before[what] if name not in names)
