"""The policy's data as typed, immutable values: what schemas/policy/*.yaml must look like.

Every file there is one class here; an unknown key, a missing one or a wrong type is refused with
its path (pydantic). Days are ISO strings `YYYY-MM-DD`, which compare as dates do.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

NOT_A_DAY = "not_a_day"
NOT_BLANK = r"\S"


def _day(value: Any) -> Any:
    return value.isoformat() if type(value) is date else value


def _real(day: str) -> str:
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise PydanticCustomError(NOT_A_DAY, "no day of the calendar") from error


Day: TypeAlias = Annotated[
    str,
    BeforeValidator(_day),
    AfterValidator(_real),
    Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
]
Text: TypeAlias = Annotated[str, Field(pattern=NOT_BLANK)]
Count: TypeAlias = Annotated[int, Field(ge=0)]
Percent: TypeAlias = Annotated[int, Field(ge=0, le=100)]
Share: TypeAlias = Annotated[float, Field(ge=0, le=100)]
Programme: TypeAlias = Annotated[str, Field(pattern="^P[1-7]$")]
Mode: TypeAlias = Annotated[str, Field(pattern="^(PROMO|SURVEY|INCENTIVE|JOINT_CONSULT)$")]
Dimension: TypeAlias = Annotated[
    str, Field(pattern="^(LEADERSHIP|SOLUTION|WORKFORCE_DATA|SUSTAINED_TRAINING)$")
]
Level: TypeAlias = Annotated[str, Field(pattern="^(BEGINNER|INTERMEDIATE|ADVANCED)$")]
Need: TypeAlias = Annotated[
    str, Field(pattern="^(priority_firm|insured_worker|manufacturing|region|no_arrears)$")
]
Tier: TypeAlias = Annotated[str, Field(pattern="^(CAPITAL|NON_CAPITAL|DECLINE)$")]
Names: TypeAlias = Annotated[frozenset[str], Field(strict=False)]
Points: TypeAlias = Mapping[Dimension, int]


class Item(BaseModel):
    """Immutable, closed and strict: no key more, no silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Suffix(Item):
    """What follows a value in two languages; one of them may need nothing."""

    ko: str
    en: str


class Said(Item):
    """One thing said in two languages; words in braces are filled in from the data."""

    ko: Text
    en: Text


class Cited(Said):
    """Something said in two languages, with the line of the plan that says it where one does.

    line counts from 1 in the plan's text file; quote stands in that line, character by character.
    """

    line: int | None = None
    quote: str | None = None


class Rule(Cited):
    """A rule that decisions name. section: the plan's section, `-` where there is none.

    ko, en say that the condition is met; unmet, open: that it is not, and that it is not known,
    for rules with three values. reads: the facts that decide it, by their names in
    explaining.yaml.
    """

    section: str
    unmet: Said | None = None
    open: Said | None = None
    reads: tuple[str, ...] = ()


class Fact(Item):
    """A fact that can be missing; ask: who is asked for it (ruling A-82)."""

    ask: str
    ko: Text
    en: Text


class Rules(Item):
    """rules.yaml"""

    rules: Mapping[str, Rule]
    reasons: Mapping[str, Cited]
    alarms: Mapping[str, Cited]
    facts: Mapping[str, Fact]


class ModeColumn(Rule):
    """A column of the matrix (IV-5 ①–④) with its first day."""

    number: str
    starts_on: Day


class ProgrammeRow(Cited):
    """A row of the matrix: a partner programme and its circles."""

    slug: str
    ministry: str
    operator_ko: Text
    operator_en: Text
    modes: tuple[Mode, ...]


class Matrix(Item):
    """matrix.yaml"""

    modes: Mapping[Mode, ModeColumn]
    programmes: Mapping[Programme, ProgrammeRow]
    home_ministry: Mapping[Programme, str]
    other_ministry_modes: tuple[Mode, ...]
    referral_modes: tuple[Mode, ...]
    joint_order: tuple[Programme, ...]


class Eligibility(Item):
    """eligibility.yaml"""

    using_roles: Names
    other_roles: Names
    participant_statuses: Names
    ended_statuses: Names
    other_statuses: Names
    finished_statuses: Names
    finished_years: Count
    absent_ended_by: str
    sme_sizes: Names
    midsize_sizes: Names
    promo_only_sizes: Names
    hub_from: Day
    midsize_from: Day
    priority_limits: Mapping[str, Count]
    priority_limit_other: Count


class Industry(Item):
    """industry.yaml: first and last two-digit division of every KSIC section."""

    sections: Mapping[str, tuple[int, int]]
    manufacturing: str


class ExcludedIndustries(Item):
    """excluded_industries.yaml"""

    ksic: tuple[str, ...]


Where: TypeAlias = Mapping[str, tuple[str | bool, ...]]


class Evidence(Item):
    """What one participation says about the firm's AX level. at: a name of `Ax.statuses`."""

    rule: str
    programme: Programme
    at: str | None = None
    where: Where = {}
    base: Points
    add: Points = {}


class Cap(Item):
    """Lowers the base scores that rule `of` gave."""

    rule: str
    of: str
    where: Where
    to: Points


class LevelThresholds(Item):
    """From which total a level is reached, and what ADVANCED needs besides."""

    intermediate_from: int
    advanced_from: int
    advanced_needs: Points


class Confidence(Item):
    """Full confidence, what a dimension without data costs, what a wanted level adds."""

    full: int
    no_data: int
    level_wanted: int


class Alone(Item):
    """Base scores where every participation is in one programme."""

    rule: str
    programme: Programme
    base: Points


class TrainingScore(Item):
    """scores[n] for n courses, the last one for more."""

    rule: str
    dimension: Dimension
    scores: tuple[int, ...]


class Breadth(Item):
    """An addition for many programmes or all mentor visits."""

    rule: str
    programmes: int
    mentor_programme: Programme
    mentor_visits: int
    add: Points


class SurveyScore(Item):
    """What the survey's answers add."""

    rule: str
    dimension: Dimension
    uses_ai: int
    levels: Names


class Ax(Item):
    """ax.yaml"""

    dimensions: tuple[Dimension, ...]
    max_score: int
    levels: LevelThresholds
    confidence: Confidence
    statuses: Mapping[str, Names]
    evidence: tuple[Evidence, ...]
    caps: tuple[Cap, ...]
    alone: Alone
    training: TrainingScore
    breadth: Breadth
    survey: SurveyScore
    no_data: str
