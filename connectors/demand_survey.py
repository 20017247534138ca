"""Demand survey 수요조사 (HRDK for MOEL): one message per version of a firm's answer.

Contract: the partners' demand-survey note, cited as DS §n. An answer may refer to a participation
of another input: it waits until that one has been applied (`Follower`).
"""

from typing import Any, NamedTuple

from connectors.avro_values import Record, text, whole
from connectors.base import (
    Known,
    Outcome,
    Reading,
    Refusal,
    Source,
    State,
    Statement,
    Writers,
)
from connectors.contacts import Contact
from connectors.fields import ordering_faults
from connectors.frames import confluent_record, key_text, refused, without_fields
from connectors.identifiers import brn, crn, workplace
from connectors.instants import day_of_milliseconds
from connectors.json_values import Cell, content_digest, ordered
from connectors.names import firm_name
from connectors.survey_answers import answers, answers_content, is_filled_in, no_answers
from connectors.survey_consents import (
    CONTACT,
    ENTERPRISE,
    consents_content,
    consents_of,
    contact_of,
)
from connectors.survey_memory import NOTHING_YET, awaited, judged_again, judged_version

TEXTS = ("survey_id", "answer_state", "program", "part_key", "brn", "crn", "wkpl_mng_no", "firm_nm")
ANSWERED = "ANSWERED"
STATES = frozenset({ANSWERED, "REFUSED", "NO_RESPONSE", "RETRACTED"})
SURVEYED = frozenset({"P1", "P2", "P3", "P4", "P6", "P7"})
NOT_SURVEYED = "P5"
SPACELESS_KEYS = frozenset({"P2"})
"""Programmes whose source keys have no spaces (P2 takes them all out)."""


class Version(NamedTuple):
    """A decoded version: cleaned texts, its number, its Korean day."""

    texts: dict[str, Cell]
    number: int
    day: str | None

    def said(self, name: str) -> str:
        """A cleaned text."""
        return self.texts[name].text


class DemandSurvey:
    """The connector of the demand survey."""

    source = Source(
        folder="demand-survey",
        programme=None,
        topic="src.moel.demand-survey.v1",
        feedback_topic="feedback.moel.demand-survey.v1",
        wire="avro-confluent",
        schema_file="avro/source/demand-survey.avsc",
        record="kr.go.moel.hrd.survey.SurveyAnswer",
        single=False,
        key_field="survey_id",
        operator_ko="한국산업인력공단",
        operator_en="Human Resources Development Service of Korea (HRDK, for MOEL)",
        redacts=True,
        merges=True,
    )

    def keep(self, value: bytes | None, writers: Writers) -> bytes | None:
        record = confluent_record(value, writers)
        if value is None or record == "VALUE_TOO_LARGE":
            return None
        if isinstance(record, str):
            return value
        try:
            may_stay = contact_of(record) is None or consents_of(record).of(CONTACT)
        except TypeError:
            may_stay = False
        return value if may_stay else without_fields(value, writers, ("contact",))

    def contact(self, value: bytes | None, writers: Writers) -> Contact | None:
        """The contact person of an answer, where this very version says that it may be passed
        on."""
        record = confluent_record(value, writers)
        try:
            if isinstance(record, str) or consents_of(record).of(CONTACT) is not True:
                return None
            return contact_of(record)
        except TypeError:
            return None

    def read(self, key: bytes | None, value: bytes | None, writers: Writers) -> Reading:
        record = confluent_record(value, writers)
        if isinstance(record, str):
            return refused(key, record)
        kafka_key = key_text(key)
        try:
            version = _version(record)
            survey = version.said("survey_id")
            faults = _head_faults(kafka_key, version)
            if faults:
                return Refusal(tuple(faults), faults, survey or kafka_key or None)
            return Statement((survey,), survey, _body(record, version))
        except TypeError:
            return refused(key, "BYTES_UNDECODABLE")

    def judge(
        self, states: tuple[State, ...], ref: str, statement: Statement
    ) -> tuple[State, tuple[Outcome, ...]]:
        return self.judge_knowing(states, ref, statement, _nothing)

    def judge_knowing(
        self, states: tuple[State, ...], ref: str, statement: Statement, known: Known
    ) -> tuple[State, tuple[Outcome, ...]]:
        memory = states[0] if states else NOTHING_YET
        return judged_version(memory, ref, statement.body, known)

    def refers_to(self, statement: Statement) -> tuple[tuple[str, str], ...]:
        pair = statement.body["refers_to"]
        return () if pair is None else ((pair[0], pair[1]),)

    def waits_for(self, state: State) -> tuple[tuple[str, str], ...]:
        return () if state is None else awaited(state)

    def judge_again(self, state: State, known: Known) -> tuple[State, tuple[Outcome, ...]]:
        return judged_again(state, known)


def _nothing(programme: str, source_key: str) -> tuple[()]:
    return ()


def _version(record: Record) -> Version:
    answered_at = whole(record, "answered_at")
    return Version(
        {name: text(record, name) for name in TEXTS},
        whole(record, "answer_version") or 0,
        None if answered_at is None else day_of_milliseconds(answered_at),
    )


def _head_faults(kafka_key: str, version: Version) -> dict[str, str]:
    """Step 2: all reasons with the field that gave each."""
    faults: dict[str, str] = {}
    if not kafka_key or not version.said("survey_id"):
        faults["KEY_MISSING"] = "survey_id"
    elif kafka_key != version.said("survey_id"):
        faults["KEY_MISMATCH"] = "survey_id"
    faults |= ordering_faults(
        {"answer_version": version.number >= 1, "answered_at": version.day is not None}
    )
    if version.said("answer_state") not in STATES:
        faults["STATUS_UNKNOWN"] = "answer_state"
    if version.said("program") == NOT_SURVEYED:
        faults["PROGRAM_NOT_SURVEYED"] = "program"
    return faults


def _body(record: Record, version: Version) -> dict[str, Any]:
    """What a version says. Raises TypeError."""
    own, fault = brn(version.said("brn"))
    warnings: list[str] = []
    firm, is_identified = _firm(version, own, warnings)
    refers_to = _reference(version, warnings)
    consents = consents_of(record)
    answer = {
        "survey_id": version.said("survey_id"),
        "answer_version": version.number,
        "answer_state": version.said("answer_state"),
        **firm,
        "program": None if refers_to is None else refers_to[0],
        "source_key": None if refers_to is None else refers_to[1],
        **_answers(record, version, warnings),
        "prior_used": False,
        "consent_enterprise_info": consents.of(ENTERPRISE),
        "consent_contact": consents.of(CONTACT),
    }
    said = [version.said(name) for name in TEXTS[1:]]
    moment = whole(record, "answered_at")
    content = [said, moment, answers_content(record), consents_content(record)]
    return {
        "revision": ordered(str(version.number)),
        "content": content_digest(content),
        "day": version.day,
        "fault": fault,
        "is_identified": is_identified,
        "refers_to": refers_to,
        "answer": answer,
        "warnings": warnings,
        "consent_warnings": ["CONSENT_UNCLEAR"] if consents.unclear else [],
        "says": {kind: list(given) for kind, given in consents.said.items()},
        "has_contact": contact_of(record) is not None,
    }


def _firm(version: Version, own: str | None, warnings: list[str]) -> tuple[dict[str, Any], bool]:
    """The firm's numbers and name, and whether one of the numbers identifies it."""
    corporate, corporate_doubt = crn(version.said("crn"))
    workplace_no, workplace_doubt = workplace(version.said("wkpl_mng_no"))
    name, legal_form = firm_name(version.said("firm_nm"), own)
    warnings += (code for code in (corporate_doubt, workplace_doubt) if code is not None)
    if own is None or name is None:
        warnings.append("FIELD_MISSING")
    if version.texts["firm_nm"].marked:
        warnings.append("TEXT_CLEANED")
    firm = {
        "brn": own,
        "crn": corporate,
        "ei_workplace_no": workplace_no,
        "name": name,
        "legal_form": legal_form,
    }
    trusted = corporate is not None and corporate_doubt is None
    return firm, own is not None or trusted or workplace_no is not None


def _reference(version: Version, warnings: list[str]) -> list[str] | None:
    """Programme and source key of the participation that the answer belongs to."""
    program, source_key = version.said("program"), version.said("part_key")
    if program and program not in SURVEYED:
        warnings.append("CODE_UNKNOWN")
        program = ""
    if program in SPACELESS_KEYS:
        source_key = source_key.replace(" ", "")
    if program and source_key:
        return [program, source_key]
    if program or source_key:
        warnings.append("FIELD_MISSING")
    return None


def _answers(record: Record, version: Version, warnings: list[str]) -> dict[str, Any]:
    if version.said("answer_state") == ANSWERED:
        return answers(record, warnings)
    if is_filled_in(record):
        warnings.append("ANSWER_IGNORED")
    return no_answers()
