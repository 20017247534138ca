"""The parts of decisions that were made before, under one policy.

Every part is a pure function of a few small values; remembering it changes speed and nothing
else. Each memory is bounded, the least recently used entries go first.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from hashlib import sha256
from typing import Concatenate, ParamSpec, TypeVar, cast

from schemas.policies import Policy
from schemas.tables import Tables
from services.domain.decision.agencies import agencies
from services.domain.decision.ax import ax_level
from services.domain.decision.block import Block, seal
from services.domain.decision.calendar import calendar_of
from services.domain.decision.consent import consent_gate
from services.domain.decision.delivery import delivery
from services.domain.decision.eligibility import eligibility, section_of
from services.domain.decision.entitlements import entitlements, sited_kinds
from services.domain.decision.facts import Establishment, ParticipationFacts
from services.domain.decision.incentives import incentives
from services.domain.decision.measures import measures, needs_of
from services.domain.decision.modes import modes
from services.domain.decision.participations import group, told_facts, view
from services.domain.decision.priority import priority, window_of
from services.domain.decision.referral import referral
from services.domain.decision.region import (
    Place,
    places_of,
    recipient_of,
    region,
    review_overdue_after,
    tier_of,
)

P = ParamSpec("P")
T = TypeVar("T")

ENTRIES = 8_192
"""How many parts of one kind are remembered."""
REVIEW_OVERDUE = "DESIGNATION_REVIEW_OVERDUE"


class Memory:
    """One memory for each part of a decision."""

    def __init__(self, policy: Policy, tables: Tables) -> None:
        self.policy = policy
        self.policy_hash = sha256(f"{policy.digest} {tables.digest}".encode()).digest()
        self.places = places_of(tables)
        self.review_by = review_overdue_after(tables)
        self.told = {name: _told(facts) for name, facts in told_facts(policy).items()}
        self.sited_kinds = sited_kinds(policy)
        self.floor: Callable[[str], str] = lru_cache(maxsize=ENTRIES)(
            calendar_of(policy, tables).floor
        )
        self.section = _remembered(section_of, policy)
        self.view = _remembered(view, policy)
        self.group = _remembered(group, policy)
        self.region = _remembered(region, policy)
        self.recipient = _remembered(recipient_of, policy)
        self.tier = _remembered(tier_of, policy)
        self.needs = _remembered(needs_of, policy)
        self.window = _remembered(window_of, policy)
        self.eligibility = _remembered(eligibility, policy)
        self.modes = _remembered(modes, policy)
        self.gate = _remembered(consent_gate, policy)
        self.ax = _remembered(ax_level, policy)
        self.entitlements = _remembered(entitlements, policy)
        self.measures = _remembered(measures, policy)
        self.agencies = _remembered(agencies, policy)
        self.delivery = _remembered(delivery, policy)
        self.priority = _remembered(priority, policy)
        self.incentives = _remembered(incentives, policy)
        self.referral = _remembered(referral, policy)
        self._quiet, self._overdue = Block(*seal([])), Block(*seal([REVIEW_OVERDUE]))

    def place(self, establishment: Establishment) -> Place | None:
        """The establishment's place; None: unresolved (A-13)."""
        if establishment.sigungu is None or establishment.region_confidence == "UNRESOLVED":
            return None
        return self.places.get(establishment.sigungu)

    def alarms(self, as_of: str, start_on: str | None) -> Block:
        """The alarms block: a designation should have been renewed (A-27)."""
        limit = self.review_by
        if limit is not None and (as_of > limit or (start_on is not None and start_on > limit)):
            return self._overdue
        return self._quiet


def _told(names: tuple[str, ...]) -> Callable[[ParticipationFacts], tuple[str | bool | None, ...]]:
    return lambda p: tuple([getattr(p, name) for name in names])


def _remembered(function: Callable[Concatenate[Policy, P], T], policy: Policy) -> Callable[P, T]:
    return cast("Callable[P, T]", lru_cache(maxsize=ENTRIES)(partial(function, policy)))
