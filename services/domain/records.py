"""What is known of a firm beside its participations: months of training, answers to the survey,
whether its business goes on.

A record belongs to a firm and a workplace as a participation does and raises the firm's referrals
as one does, but opens no programme's mode: it feeds the facts of a decision (rulings A-14, A-38,
A-91). Contacts are not in it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, TypeAlias

import orjson

from connectors.base import EndState, Outcome, Participation
from connectors.course_lines import Line
from connectors.identifiers import crn_passes
from services.domain.ids import Id, uid
from services.domain.tax_status import KIND as TAX_STATUS
from services.domain.tax_status import TaxStatus

ANSWERED = "ANSWERED"
ENTERPRISE_INFO, CONTACT = "ENTERPRISE_INFO", "PERSONAL_3RD"


@dataclass(frozen=True, slots=True)
class TrainingMonth:
    """One workplace's training of one month, as the register has it (training-history note).

    period: `YYYY-MM`. lines: [course, is AI, completers, last day]; none of a cancelled month.
    """

    source_key: str
    event_on: str
    period: str
    is_cancelled: bool
    brn: str | None
    crn: str | None
    ei_workplace_no: str | None
    name: str | None
    legal_form: str | None
    sigungu: str | None
    region_confidence: str | None
    ksic_code: str | None
    ksic_revision: int | None
    insured_workers: int | None
    priority_firm: str | None
    lines: tuple[Line, ...]

    @property
    def stands_alone(self) -> bool:
        """Without a number of its firm a workplace joins no other (its note, "Evidence")."""
        return self.brn is None and not (self.crn is not None and crn_passes(self.crn))


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """A firm's answer to one survey: the answers of its newest version, the consents in force
    (demand-survey note).

    answers: None in a version that is older than the newest: it states consents only. consents:
    by kind, whether granted and to whom. refers_to: the participation that it belongs to.
    """

    source_key: str
    event_on: str
    state: str
    refers_to: tuple[str, str] | None
    brn: str | None
    crn: str | None
    ei_workplace_no: str | None
    name: str | None
    legal_form: str | None
    answers: Mapping[str, Any] | None
    consents: Mapping[str, tuple[bool, tuple[str, ...] | None]]

    @property
    def came_by_itself(self) -> bool:
        """Origin SELF: the firm answered on its own initiative."""
        return self.refers_to is None and self.state == ANSWERED

    def grants(self, *recipient: str) -> bool:
        """Whether its consent lets the firm's information and these answers go to one of the
        recipient's names."""
        granted, recipients = self.consents.get(ENTERPRISE_INFO, (False, None))
        return granted and any(name in (recipients or ()) for name in recipient)


Record: TypeAlias = TrainingMonth | SurveyAnswer | TaxStatus

_KINDS: Mapping[str, type[TrainingMonth] | type[SurveyAnswer] | type[TaxStatus]] = {
    "training": TrainingMonth,
    "survey": SurveyAnswer,
    TAX_STATUS: TaxStatus,
}
_ANSWERS = ("wishes", "uses_ai", "level_wanted", "mode_wanted", "hours_wanted", "trainee_count")
_LISTS = ("fields", "obstacles")
_NUMBERS = ("brn", "crn", "ei_workplace_no", "name", "legal_form")


@dataclass(slots=True)
class Kept:
    """A record with its firm and workplace. version rises with every change of content."""

    record_id: Id
    enterprise_id: Id
    establishment_id: Id
    version: int
    record: Record


def record_of(outcome: Outcome) -> Record | None:
    """The record that an applied outcome states; None where it states none."""
    if outcome.extra is None or outcome.rules is None or outcome.end_state != EndState.APPLIED:
        return None
    training = outcome.extra.get("training_record")
    if training is not None:
        return _training(training, outcome.rules)
    answer = outcome.extra.get("survey_answer")
    return None if answer is None else _survey(answer, outcome.rules)


def _training(record: Mapping[str, Any], rules: Mapping[str, Any]) -> TrainingMonth:
    taken = {f.name for f in fields(TrainingMonth)} & record.keys()
    return TrainingMonth(
        event_on=rules["event_on"],
        is_cancelled=record["record_state"] == "CANCELLED",
        lines=tuple(Line(*line) for line in rules["lines"]),
        **{name: record[name] for name in taken},
    )


def _survey(answer: Mapping[str, Any], rules: Mapping[str, Any]) -> SurveyAnswer:
    numbers = {name: answer[name] for name in _NUMBERS}
    if numbers["brn"] is None and len(rules["parties"]) == 1:
        # An answer without a business number is its participation's firm's (its note).
        numbers["brn"] = rules["parties"][0]
    pair = (answer["program"], answer["source_key"])
    given = None
    if rules["is_newest"]:
        given = {name: answer[name] for name in (*_ANSWERS, *_LISTS)}
    return SurveyAnswer(
        source_key=answer["survey_id"],
        event_on=rules["event_on"],
        state=answer["answer_state"],
        refers_to=None if pair[0] is None else pair,
        answers=given,
        consents={
            kind: (one["granted"], None if one["recipients"] is None else tuple(one["recipients"]))
            for kind, one in sorted(rules["consents"].items())
        },
        **numbers,
    )


def record_id(record: Record) -> Id:
    """The id of a record: of a month and workplace, of a survey."""
    return uid("record", kind_of(record), record.source_key)


def kind_of(record: Record) -> str:
    """`training`, `survey` or `tax_status`."""
    if isinstance(record, TaxStatus):
        return TAX_STATUS
    return "training" if isinstance(record, TrainingMonth) else "survey"


def renewed(before: Record | None, stated: Record) -> Record:
    """The record after a message: what it states, or, stating consents only, the earlier one with
    these."""
    if isinstance(stated, SurveyAnswer) and stated.answers is None:
        if isinstance(before, SurveyAnswer):
            return replace(before, consents=stated.consents)
        return replace(stated, answers={})
    return stated


def is_late(record: Record) -> bool:
    """Whether it states consents only and leaves firm and answers as they were."""
    return isinstance(record, SurveyAnswer) and record.answers is None


def numbers_of(record: Record) -> Participation:
    """The record's numbers in the form in which firms are looked up."""
    return Participation(
        "",
        record.source_key,
        (),
        brn=record.brn,
        crn=record.crn,
        ei_workplace_no=record.ei_workplace_no,
    )


def to_document(record: Record) -> bytes:
    """JSON of what is known."""
    document = {name: value for name, value in asdict(record).items() if value is not None}
    if isinstance(record, TrainingMonth):
        document["lines"] = [list(line) for line in record.lines]
    return orjson.dumps(document)


def from_document(kind: str, raw: bytes) -> Record:
    """The record that `to_document` stored."""
    document = orjson.loads(raw)
    form = _KINDS[kind]
    values: dict[str, Any] = {f.name: document.get(f.name) for f in fields(form)}
    if form is TaxStatus:
        return TaxStatus(**values)
    if form is TrainingMonth:
        values["lines"] = tuple(Line(*line) for line in document["lines"])
        return TrainingMonth(**values)
    values["refers_to"] = None if values["refers_to"] is None else tuple(values["refers_to"])
    values["consents"] = {
        kind: (granted, None if to is None else tuple(to))
        for kind, (granted, to) in values["consents"].items()
    }
    return SurveyAnswer(**values)
