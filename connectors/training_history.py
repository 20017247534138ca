"""Own discovery 자체 발굴 (HRDK for MOEL): employer training, one record a workplace and month.

Contract: the partners' training-history note, cited as TH §n. The register knows counts, no
trainees; what it says stays inside the labour ministry (basis: statute, no consent).
"""

import re
from typing import Any, NamedTuple

from connectors import course_lines
from connectors.avro_values import Record, flag, records, text, whole
from connectors.base import (
    EndState,
    Outcome,
    Reading,
    Refusal,
    Source,
    State,
    Statement,
    Writers,
)
from connectors.fields import WORKERS_BOUND, bounded, ordering_faults
from connectors.frames import confluent_record, key_text, refused
from connectors.identifiers import brn, crn, legal_form_of_kind, workplace
from connectors.instants import day_of_milliseconds
from connectors.json_values import Cell, content_digest, ordered
from connectors.memory import judged_before_content, memory_of, with_applied
from connectors.names import bare_name
from connectors.places import UNRESOLVED, Place, from_code

TEXTS = (
    "hist_key",
    "period_ym",
    "rec_stat",
    "wkpl_mng_no",
    "brn",
    "crn",
    "wkpl_nm",
    "ent_kind",
    "ldong_cd",
    "ind_cd",
)
STATES = frozenset({"NORMAL", "CANCELLED"})
FORMS = frozenset({"CORP", "SOLE", "COOP", "NONPROFIT"})
PRIORITY = {True: "YES", False: "NO", None: "UNKNOWN"}
KSIC_REVISION = 11
LEGAL_DONG_DIGITS = 10

_HIST_KEY = re.compile(r"[0-9]{11}-[0-9]{6}")
_PERIOD = re.compile(r"([0-9]{4})(0[1-9]|1[0-2])")
_KSIC = re.compile(r"[A-Za-z]?([0-9]{2,5})")
_SIX_DIGITS = re.compile(r"[0-9]{6}")


class Month(NamedTuple):
    """A decoded record: cleaned texts, numbers, and its course lines as they came."""

    texts: dict[str, Cell]
    rev: int
    day: str | None
    insured: int | None
    priority: bool | None
    lines: list[Record]
    content: str

    def said(self, name: str) -> str:
        """A cleaned text."""
        return self.texts[name].text


class TrainingHistory:
    """The connector of the training register."""

    source = Source(
        folder="training-history",
        programme=None,
        topic="src.moel.training-history.v1",
        feedback_topic="feedback.moel.training-history.v1",
        wire="avro-confluent",
        schema_file="avro/source/training-history.avsc",
        record="kr.go.moel.hrd.history.TrainingMonth",
        single=False,
        key_field="hist_key",
        operator_ko="한국산업인력공단",
        operator_en="Human Resources Development Service of Korea (HRDK, for MOEL)",
        told_monthly=True,
    )

    def keep(self, value: bytes | None, writers: Writers) -> bytes | None:
        return value

    def read(self, key: bytes | None, value: bytes | None, writers: Writers) -> Reading:
        record = confluent_record(value, writers)
        if isinstance(record, str):
            return refused(key, record)
        try:
            month = _month(record)
            faults = _head_faults(key_text(key), month)
            if faults:
                return Refusal(
                    tuple(faults), faults, month.said("hist_key") or key_text(key) or None
                )
            body = _body(month)
        except TypeError:
            return refused(key, "BYTES_UNDECODABLE")
        return Statement((month.said("hist_key"),), month.said("hist_key"), body)

    def judge(
        self, states: tuple[State, ...], ref: str, statement: Statement
    ) -> tuple[State, tuple[Outcome, ...]]:
        memory = memory_of(states)
        body = statement.body
        hold = None if body["hold"] is None else (body["hold"], "brn")
        ended = judged_before_content(memory, ref, body, "rev", hold)
        if ended is not None:
            return ended
        applied = Outcome(
            ref,
            EndState.APPLIED,
            warnings=tuple(dict.fromkeys(body["warnings"])),
            extra={"training_record": {"source_key": statement.source_key, **body["record"]}},
            rules={"lines": body["lines"], "event_on": body["day"]},
        )
        new, passed = with_applied(memory, body["revision"], body["content"])
        return new, (applied, *passed)


def _month(record: Record) -> Month:
    texts = {name: text(record, name) for name in TEXTS}
    issued, insured = whole(record, "issued_at"), whole(record, "insured_cnt")
    priority = flag(record, "prior_sprt")
    lines = records(record, "courses") or []
    said = [texts[name].text for name in TEXTS]
    content = [*said, issued, insured, priority, sorted(map(course_lines.compared, lines))]
    return Month(
        texts,
        whole(record, "rev") or 0,
        None if issued is None else day_of_milliseconds(issued),
        insured,
        priority,
        lines,
        content_digest(content),
    )


def _head_faults(kafka_key: str, month: Month) -> dict[str, str]:
    """Step 2: all reasons with the field that gave each."""
    faults: dict[str, str] = {}
    hist_key, period = month.said("hist_key"), month.said("period_ym")
    period_stands = _PERIOD.fullmatch(period) is not None and period[:4] != "0000"
    if not (_HIST_KEY.fullmatch(hist_key) and _HIST_KEY.fullmatch(kafka_key)):
        faults["KEY_MISSING"] = "hist_key"
    elif kafka_key != hist_key:
        faults["KEY_MISMATCH"] = "hist_key"
    elif period_stands and f"{workplace(month.said('wkpl_mng_no'))[0]}-{period}" != hist_key:
        faults["KEY_MISMATCH"] = "wkpl_mng_no, period_ym"
    faults |= ordering_faults(
        {"rev": month.rev >= 1, "issued_at": month.day is not None, "period_ym": period_stands}
    )
    if month.said("rec_stat") not in STATES:
        faults["STATUS_UNKNOWN"] = "rec_stat"
    return faults


def _body(month: Month) -> dict[str, Any]:
    day, state = month.day or "", month.said("rec_stat")
    body = {
        "revision": ordered(str(month.rev)),
        "content": month.content,
        "day": day,
        "hold": None,
    }
    own, fault = brn(month.said("brn"))
    if fault is not None:
        return {**body, "hold": fault}
    warnings = ["FIELD_MISSING"] if own is None else []
    period = month.said("period_ym")
    period = f"{period[:4]}-{period[4:]}"
    lines = course_lines.counted(month.lines, period, warnings)
    if state == "CANCELLED":
        lines = []
    record = {
        "ei_workplace_no": workplace(month.said("wkpl_mng_no"))[0],
        "period": period,
        "record_state": state,
        **_firm(month, day, own, warnings),
        **course_lines.counts(lines),
    }
    if state == "CANCELLED":
        record["ended_by"] = "RETRACTED"
    return {**body, "record": record, "lines": [*map(list, lines)], "warnings": warnings}


def _firm(month: Month, day: str, own: str | None, warnings: list[str]) -> dict[str, Any]:
    corporate, corporate_doubt = crn(month.said("crn"))
    place = _place(month.said("ldong_cd"), day)
    industry, industry_doubt = _ksic(month.said("ind_cd"))
    insured, insured_doubt = bounded(month.insured, WORKERS_BOUND)
    name, legal_form, conflict = _name(month, own)
    doubts = (corporate_doubt, place.warning, industry_doubt, insured_doubt, conflict)
    warnings += (doubt for doubt in doubts if doubt is not None)
    if name is None:
        warnings.append("FIELD_MISSING")
    if month.texts["wkpl_nm"].marked:
        warnings.append("TEXT_CLEANED")
    return {
        "brn": own,
        "crn": corporate,
        "name": name,
        "legal_form": legal_form,
        "sigungu": place.sigungu,
        "region_confidence": place.confidence,
        "ksic_code": industry,
        "ksic_revision": None if industry is None else KSIC_REVISION,
        "insured_workers": insured,
        "priority_firm": PRIORITY[month.priority],
    }


def _name(month: Month, own: str | None) -> tuple[str | None, str, str | None]:
    """Name and legal form; the register's form goes before the one that the name says."""
    name, form = bare_name(month.said("wkpl_nm"))
    kind = month.said("ent_kind")
    if kind not in FORMS:
        return name, form or legal_form_of_kind(own), None
    return name, kind, "LEGAL_FORM_CONFLICT" if form not in (None, kind) else None


def _place(dong: str, day: str) -> Place:
    known = len(dong) == LEGAL_DONG_DIGITS and dong.isascii() and dong.isdigit()
    return from_code(dong[:5], day) if known else UNRESOLVED


def _ksic(code: str) -> tuple[str | None, str | None]:
    """Two to five digits; a letter before them is dropped, not checked."""
    found = _KSIC.fullmatch(code)
    if found is not None:
        return found[1], None
    if _SIX_DIGITS.fullmatch(code):
        return None, "INDUSTRY_NOT_KSIC"
    return None, "CODE_UNKNOWN" if code else None
