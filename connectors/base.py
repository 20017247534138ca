"""What a connector is: one partner's words in, the hub's words out, pure in both steps.

Step one, `read`, looks at one message alone (steps 1 and 2 of the partners' reading rules, and
the content of step 7 as far as it needs no memory). Step two, `judge`, puts the reading beside
what came before in its scope and says what each touched message has become. Neither step reads a
clock, makes an id or awaits anything, so that `naru convert`, the tests and the hub run the same
code (architecture, decision 8).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol, TypeAlias, cast, runtime_checkable

from schemas.strict import Decoder
from schemas.values import frozen


class EndState(StrEnum):
    """The five visible states in which every received message ends."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    HELD = "held"
    QUARANTINED = "quarantined"


State: TypeAlias = Any
"""A scope's memory: JSON values only (dict, list, str, int, bool, None); None = nothing yet."""

Tri: TypeAlias = bool | None

Writers: TypeAlias = Mapping[int | bytes, Decoder]
"""Compiled strict decoders by Confluent schema id, or by the eight fingerprint bytes."""


@dataclass(frozen=True, slots=True)
class Consent:
    """Consent to the provision of enterprise information, as of one event (ruling A-02).

    granted None = not asked, not stated or not provable; recipients None = not known.
    """

    granted: Tri
    recipients: tuple[str, ...] | None


# Not frozen: a frozen class sets its 46 fields through object.__setattr__, 15 µs an event.
# Treated as a value all the same: changed only by dataclasses.replace.
@dataclass(slots=True)
class Participation:
    """One firm's part in one project, in neutral form (READING-AVRO §8, ruling A-77).

    Money is int KRW, dates are ISO days `YYYY-MM-DD`; None is "not known".
    `stated` names the neutral fields that this programme determines, in the contract's order:
    `naru convert` prints those and no others. The fields behind `is_deleted` are read by the
    rules only and never printed by `naru convert`.
    """

    programme: str
    source_key: str
    stated: tuple[str, ...]
    role: str | None = None
    status: str | None = None
    status_raw: str | None = None
    brn: str | None = None
    crn: str | None = None
    ei_workplace_no: str | None = None
    name: str | None = None
    legal_form: str | None = None
    sigungu: str | None = None
    region_confidence: str | None = None
    size_class: str | None = None
    regular_workers: int | None = None
    ksic_code: str | None = None
    ksic_revision: int | None = None
    applied_on: str | None = None
    selected_on: str | None = None
    agreement_on: str | None = None
    starts_on: str | None = None
    ends_on: str | None = None
    gov_amount_krw: int | None = None
    private_cash_krw: int | None = None
    private_inkind_krw: int | None = None
    local_amount_krw: int | None = None
    level_goal: str | None = None
    ai_applied: Tri = None
    solution: str | None = None
    consent_enterprise_info: Tri = None
    consent_contact: Tri = None
    promo_ok: Tri = None
    ended_by: str | None = None
    is_deleted: bool = False
    # Read by the rules, not part of the neutral form.
    event_on: str | None = None
    completed_on: str | None = None
    business_kind: str | None = None
    stage: str | None = None
    track: str | None = None
    ministry: str | None = None
    dx_mentor_visits: int | None = None
    joint_consulting_requested: Tri = None
    incentive_requested: Tri = None
    consent: Consent | None = None
    consent_form: str | None = None


@frozen
class Refusal:
    """Steps 1 and 2 found something: the message is quarantined and not remembered.

    fields names the partner's own fields, one per reason where there is one; source_key is the
    key as far as it could be read, for the feedback message.
    """

    reasons: tuple[str, ...]
    fields: Mapping[str, str]
    source_key: str | None


@frozen
class Statement:
    """A message that passed steps 1 and 2, read but not yet judged.

    scopes: the memories it touches; one key for most inputs. Several scopes are merged into one
    before judging (P7: the message's own number and the number it corrects).
    body: JSON values only, so that a held message can be kept in its scope's state.
    """

    scopes: tuple[str, ...]
    source_key: str
    body: Any


Reading: TypeAlias = Refusal | Statement


@frozen
class Outcome:
    """What one message has become. Several may come from one judgement: a message can release
    or supersede others of its scope. ref is the caller's name for the message, unchanged.

    participations: full new contents of every participation that this outcome changes.
    fields: partner's field per reason, for feedback (may lack entries).
    extra: further keys of the neutral form (`list`, `training_record`, `survey_answer`).
    source_key: the key for feedback where it is not the statement's (P7: the project's number).
    missing: the number of the message that this one waits for (P7).
    others: further participations that change with it although its message does not name them
    (absent from a list, left, retracted); the hub stores them, `naru convert` prints none.
    rules: what the rules read beside the neutral form (course lines, consents in force); JSON
    values, never printed.
    """

    ref: str
    end_state: EndState
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    participations: tuple[Participation, ...] = ()
    fields: Mapping[str, str] | None = None
    extra: Mapping[str, Any] | None = None
    source_key: str | None = None
    missing: str | None = None
    others: tuple[Participation, ...] = ()
    rules: Mapping[str, Any] | None = None

    @property
    def changed(self) -> tuple[Participation, ...]:
        """Every participation that this outcome changes, its message's own first."""
        return (*self.participations, *self.others)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an input comes from and how it is answered.

    single: the neutral form has one `participation` instead of a list of them.
    per_firm: a source key has a participation for each of its firms; otherwise it has one, whose
    firm may change from one revision to the next.
    merges: a message may join several scopes into one (P7), or share one with messages of other
    partitions (P2) or inputs (demand survey): such memories are locked and compared before they
    are written.
    redacts: `keep` takes something out of a message's bytes.
    told_daily: what the contract wants to be told of every day that is over. told_monthly: whether
    it wants its messages counted by months.
    asks_when_refused: whether a firm that has refused its consent is to be asked too, once.
    """

    folder: str
    programme: str | None
    topic: str
    feedback_topic: str
    wire: Literal["avro-confluent", "avro-single-object", "json"]
    schema_file: str
    record: str | None
    single: bool
    key_field: str
    operator_ko: str
    operator_en: str
    merges: bool = False
    redacts: bool = False
    per_firm: bool = False
    told_daily: tuple[Literal["daily_count", "out_of_step_list", "reminder"], ...] = ()
    told_monthly: bool = False
    asks_when_refused: bool = False


class Connector(Protocol):
    """One partner programme. Implementations are stateless modules' single instances."""

    source: Source

    def keep(self, value: bytes | None, writers: Writers) -> bytes | None:
        """What of a message's bytes may be stored (inbox, quarantine): the value itself, a copy
        without what the contract forbids to store (contacts without consent, credit facts), or
        None. Raises nothing."""
        ...

    def read(self, key: bytes | None, value: bytes | None, writers: Writers) -> Reading:
        """Steps 1 and 2 and the stateless part of the content.

        writers: the writer schemas allowed on this topic (F6); empty for JSON. Raises nothing
        for any bytes: bad bytes are a Refusal.
        """
        ...

    def judge(
        self, states: tuple[State, ...], ref: str, statement: Statement
    ) -> tuple[State, tuple[Outcome, ...]]:
        """Repeat, order, identity and content against the memory of the statement's scopes.

        states: the distinct memories of `statement.scopes` (without the empty ones). Returns the
        one memory that replaces them all, and the outcomes: first this message's, then those of
        earlier messages that it released or superseded. Must not change what it is given.
        """
        ...


Known: TypeAlias = Callable[[str, str], tuple[Participation, ...]]
"""What was applied under (programme, source key), deleted rows too; () = nothing received yet."""


@runtime_checkable
class Follower(Protocol):
    """A connector whose messages refer to participations of other inputs (the demand survey).

    Its `judge` alone knows no participation; whoever holds them calls these instead. Its source
    `merges`: other inputs' messages change its memories too.
    """

    source: Source

    def refers_to(self, statement: Statement) -> tuple[tuple[str, str], ...]:
        """The (programme, source key) pairs that judging this statement asks for."""
        ...

    def judge_knowing(
        self, states: tuple[State, ...], ref: str, statement: Statement, known: Known
    ) -> tuple[State, tuple[Outcome, ...]]:
        """`judge`, with the participations that were applied so far."""
        ...

    def waits_for(self, state: State) -> tuple[tuple[str, str], ...]:
        """The (programme, source key) pairs whose change can release messages of this memory."""
        ...

    def judge_again(self, state: State, known: Known) -> tuple[State, tuple[Outcome, ...]]:
        """The held messages once more, after a participation they wait for has changed. The
        outcomes carry their source key: the message that caused them has another."""
        ...


def as_follower(connector: Connector) -> Follower | None:
    """The connector itself if it is a `Follower`. Asked for every message, and asking a protocol
    takes microseconds: each class of connectors is asked once."""
    kind = type(connector)
    if kind not in _follows:
        _follows[kind] = isinstance(connector, Follower)
    return cast(Follower, connector) if _follows[kind] else None


_follows: dict[type[Connector], bool] = {}
