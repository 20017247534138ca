"""The policy's data on measures, agencies and benefits (see policy_types for the conventions)."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from pydantic import Field

from schemas.policy_types import Count, Day, Item, Level, Need, Percent, Tier

IncentiveKind: TypeAlias = Literal[
    "BONUS_POINT",
    "TRAINING_PRIORITY",
    "SELF_PAY_WAIVER",
    "SUBSIDY_RATE",
    "UNIT_PRICE_MULT",
    "ALLOWANCE_MONTH",
    "GRANT",
    "TEACHER_FEE",
]
"""Handbook 3.1."""


class NeedWords(Item):
    """How an unmet or unknown need is reported."""

    not_met: str
    missing: str


class Proposal(Item):
    """A measure as one level proposes it."""

    measure: str
    rule: str
    section: str
    needs: tuple[Need, ...] = ()
    mode: str | None = None


class Picks(Item):
    """How many measures a referral carries."""

    primary: Count
    secondary: Count


class ShortOfTime(Item):
    """A-49: which firms of a level begin with another measure."""

    level: Level
    max_workers: Count
    obstacle: str
    first: Proposal


class Proposals(Item):
    """proposals.yaml"""

    picks: Picks
    needs: Mapping[Need, NeedWords]
    not_yet: str
    diagnosis: tuple[Proposal, ...]
    levels: Mapping[Level, tuple[Proposal, ...]]
    short_of_time: ShortOfTime
    midsize: tuple[Proposal, ...]
    joint_centre: str
    lab: str


class AgencyRule(Item):
    """The rule that names an agency, and its kind in reference/agencies.csv."""

    rule: str
    kind: str | None = None


class KindRule(Item):
    """The same, for an agency that is looked up by kind."""

    rule: str
    kind: str


class DiagnosisKinds(Item):
    """What the diagnosis is called by who joins HRDK in it."""

    operator: str
    centre: str
    alone: str


class Agencies(Item):
    """agencies.yaml"""

    public: KindRule
    centre: KindRule
    operator: AgencyRule
    lab: KindRule
    joint_centre: KindRule
    council: KindRule
    unresolved: AgencyRule
    consent_kinds: Mapping[str, str]
    operator_prefix: str
    diagnosis_kinds: DiagnosisKinds


class Band(Item):
    """A size band and the smallest number of regular workers in it."""

    band: str
    least: Count = Field(alias="from")


class RemoteShares(Item):
    """Per cent of firms that prefer remote training, by size band."""

    experienced: Mapping[str, Percent]
    not_experienced: Mapping[str, Percent]


class BandValue(Item):
    """A value for one size band."""

    band: str
    value: str


class Delivery(Item):
    """delivery.yaml"""

    bands: tuple[Band, ...]
    remote: RemoteShares
    remote_from: Percent
    group_to: Percent
    hours: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    fields_other: tuple[str, ...]
    level_wanted: str
    level_wanted_first_timer: BandValue


class Period(Item):
    """A benefit's value from a day on; tiers instead of value where the place decides."""

    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    value: Count | None = None
    tiers: Mapping[Tier, Count] | None = None
    entitled: bool = True


class Entitlement(Item):
    """A benefit (EN rule). up_to: the value is an upper bound; undated: no start, no end;
    attached: it goes to the firm's referral; defaults: open questions it rests on."""

    kind: IncentiveKind
    measure: str
    unit: Literal["bp", "x100", "KRW"]
    up_to: bool = False
    attached: bool = False
    undated: bool = False
    needs: tuple[Need, ...] = ()
    defaults: tuple[str, ...] = ()
    periods: tuple[Period, ...]


class SkillUp(Item):
    """Which EN rule a skill-up course falls under, by its site."""

    held: str
    flat: str
    capital: str
    elsewhere: str
    decline_note: str
    site: str
    visiting: str


class Entitlements(Item):
    """entitlements.yaml"""

    kinds: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, Entitlement]
    skillup: SkillUp
    allowance_basis: str


class Factor(Item):
    """A priority factor; points where they are the same for every firm that has it."""

    factor: str
    points: Count = 0


class Priority(Item):
    """priority.yaml"""

    factors: Mapping[str, Factor]
    size_points: Mapping[str, Count]
    agreement_within_days: Count
    ends_within_days: Count
    programmes: Count


class Flag(Item):
    """An incentive flag; earned_by: evidence in the order in which it is listed."""

    rule: str
    kind: IncentiveKind
    direction: Literal["PARTNER_TO_LABOUR", "LABOUR_TO_PARTNER"]
    earned_by: tuple[str, ...] = ()


class Incentives(Item):
    """incentives.yaml"""

    status: str
    flags: tuple[Flag, ...]
