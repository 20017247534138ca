"""The plan's record: schedule, catalogue, budget, survey, consent forms, limits, open questions
(see policy_types for the conventions). Decisions read the catalogue's dates; people read the rest.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from pydantic import Field, model_validator

from schemas.policy_types import Cited, Count, Day, Item, Programme, Share, Text, Tier

Precision: TypeAlias = Literal["DAY", "MONTH", "HALF", "YEAR", "CONTINUING"]
LifeStage: TypeAlias = Literal["ENTRY", "ACTIVE", "TRANSITION", "INFRA", "COLLAB"]
LimitUnit: TypeAlias = Literal["WORKING_DAY", "CALENDAR_DAY", "HOUR"]
Recipients: TypeAlias = Literal["LISTED"] | tuple[str, ...]


class Quoted(Item):
    """A place in the plan's text: line from 1, and words that stand in it."""

    line: int
    quote: str


class ScheduleRow(Quoted):
    """A row of V as printed; starts_on None: continuing."""

    owners: tuple[str, ...]
    printed: str
    starts_on: Day | None
    precision: Precision


class Schedule(Item):
    """schedule.yaml"""

    rows: Mapping[str, ScheduleRow]


class Target(Item):
    """What the plan sets for 2026; open_ended: "+α", no hard limit."""

    value: Count
    unit: Literal["PERSON", "FIRM", "SITE", "COURSE"]
    open_ended: bool


class Amount(Item):
    """What the plan prints: one value, one for each region tier, or a bound."""

    value: Count | None = None
    tiers: Mapping[Tier, Count] | None = None
    least: Count | None = None
    most: Count | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Amount":
        bounded = self.least is not None or self.most is not None
        if [self.value is not None, self.tiers is not None, bounded].count(True) != 1:
            raise ValueError("one of value, tiers, least/most")
        return self


class MeasureValue(Cited):
    """One value of a measure in both years; None: the plan states none for that year."""

    unit: Literal["bp", "x100", "KRW", "FIRM", "COURSE"]
    y2025: Amount | None
    y2026: Amount | None


class BudgetShare(Item):
    """The line of budget.yaml that pays for a measure.

    part: WHOLE; SHARED with other measures; WITHIN another measure's line; INFERRED: not printed.
    """

    of: str
    part: Literal["WHOLE", "SHARED", "WITHIN", "INFERRED"]


class Measure(Cited):
    """A measure 시책 of the plan. schedule None: no row in V. side: whom it is for."""

    stage: LifeStage
    side: Literal["FIRM", "PERSON", "PROVIDER", "MINISTRY"]
    levels: tuple[str, ...] = ()
    owners: tuple[str, ...]
    sections: tuple[str, ...]
    in_force_from: Day | None
    precision: Precision | None = None
    schedule: str | None = None
    target: Target | None = None
    values: tuple[MeasureValue, ...] = ()
    budget: tuple[BudgetShare, ...] = ()


class Measures(Item):
    """measures.yaml"""

    measures: Mapping[str, Measure]


class BudgetLine(Quoted):
    """A line of 붙임1 in KRW; counted: what the total of AI-specific money contains."""

    ko: str
    stage: LifeStage
    printed_krw: Count
    counted_krw: Count


class Heads(Quoted):
    """A number of people."""

    people: Count


class AcademyRow(Quoted):
    """A row of the instructor academy."""

    group: str
    kind: str
    people: Count


class Budget(Quoted):
    """budget.yaml"""

    total_krw: Count
    all_lines_krw: Count
    people: Count
    lines: Mapping[str, BudgetLine]
    heads: Mapping[str, Heads]
    academy: tuple[AcademyRow, ...]


class SurveyShares(Quoted):
    """Per cent of firms, by AI-training experience."""

    all: Share
    experienced: Share
    not_experienced: Share


class RemoteBySize(Quoted):
    """Per cent of firms that prefer remote training, by the printed size bands."""

    GE300: Share
    band_50_99: Share = Field(alias="50_99")
    band_5_9: Share = Field(alias="5_9")
    LT5: Share


class RemoteByExperience(Quoted):
    """The same, by AI-training experience."""

    experienced: Share
    not_experienced: Share


class Survey2025(Item):
    """survey_2025.yaml"""

    firms: Count
    experienced: Share
    needed: SurveyShares
    intend_3_years: SurveyShares
    remote_by_size: RemoteBySize
    remote_by_experience: RemoteByExperience


class FormVersion(Item):
    """A consent form's wording; signed_from, signed_to: both days included, None = no limit.

    None as recipients: the form does not ask, or names no labour-ministry body.
    """

    form: str
    signed_from: Day | None = None
    signed_to: Day | None = None
    enterprise_info: Recipients | None = None
    contact: Recipients | None = None


class ConsentForm(Item):
    """How one input asks for consent."""

    programme: Programme | None = None
    basis: Literal["CONSENT", "STATUTE", "NONE"]
    versions: tuple[FormVersion, ...]


class ConsentForms(Item):
    """consent_forms.yaml. aliases: recipients that a listed name stands for."""

    agencies: tuple[str, ...]
    aliases: Mapping[str, tuple[str, ...]]
    listed_in: tuple[str, ...]
    forms: Mapping[str, ConsentForm]


class Limit(Item):
    """A length of time."""

    value: Count
    unit: LimitUnit


class Passes(Item):
    """What happens when so many units of the limit have passed."""

    after: Count
    action: str


class Move(Item):
    """A move of the referral (lifecycle.md)."""

    origin: str = Field(alias="from")
    to: str
    mover: tuple[str, ...]
    carries: tuple[str, ...]
    limit: Limit | None = None
    passes: tuple[Passes, ...] = ()
    note: str | None = None


class Limits(Item):
    """limits.yaml"""

    moves: Mapping[str, Move]
    receive_tries: Count
    interim_report_every: Limit
    reasons: Mapping[str, tuple[str, ...]]
    hub_confirms: tuple[str, ...]


class Question(Cited):
    """An open question of the policy and the default in force; citation: who settled it;
    review_by: the last day on which the default may stand without a new look."""

    section: str
    default_ko: Text
    default_en: Text
    citation: str
    review_by: Day


class Questions(Item):
    """questions.yaml"""

    questions: Mapping[str, Question]
