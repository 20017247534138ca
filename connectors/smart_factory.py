"""P3 스마트공장 보급 (MSS): a change log of whole rows, every field a string.

Contract: the partners' smart-factory note; cited as P3 §n. Rows come in `TASK_SN` by
(`LAST_CHG_DT`, `CHG_SE`); a delete means that the row should never have been there.
"""

from typing import Any, NamedTuple

from connectors.base import (
    Consent,
    EndState,
    Outcome,
    Participation,
    Reading,
    Refusal,
    Source,
    State,
    Statement,
    Writers,
)
from connectors.fields import (
    WORKERS_BOUND,
    Texts,
    coded,
    digest,
    in_order,
    ksic_revision,
    number,
    real_day,
    remembered,
    separated_day,
    stated_day,
    texts_of,
)
from connectors.frames import confluent_record, key_text, refused
from connectors.identifiers import bare, brn, brn_of_workplace, crn, only_zeros, workplace
from connectors.legal_dong import from_code_and_text
from connectors.memory import judged_before_content, memory_of, with_applied
from connectors.names import firm_name
from connectors.neutral import DELETED, NEUTRAL


class Row(NamedTuple):
    """A cleaned row; the contract's fields in small letters, in the order of its schema."""

    task_sn: str
    bsns_yr: str
    bsns_se_cd: str
    chg_se: str
    bizr_no: str
    bpl_no: str
    jurirno: str
    entrprs_nm: str
    entrprs_scale_cd: str
    induty_cd: str
    ordtm_labrr_cnt: str
    ldong_cd: str
    rdnm_adres: str
    now_lvl_cd: str
    goal_lvl_cd: str
    solutn_se: str
    ai_aplc_yn: str
    sply_bizr_no: str
    govsprt_amt: str
    alotm_amt: str
    agrm_de: str
    bgnde: str
    endde: str
    sttus_cd: str
    dx_mentor_cnt: str
    third_prvd_agre_yn: str
    last_chg_dt: str


FIELDS = tuple(name.upper() for name in Row._fields)
MARKED = frozenset({"ENTRPRS_NM", "SOLUTN_SE"})

STATUSES = {
    "ST10": "APPLIED",
    "ST20": "SELECTED",
    "ST30": "CONTRACTED",
    "ST40": "IN_PROGRESS",
    "ST50": "INTERIM_CHECK",
    "ST60": "COMPLETED",
    "ST70": "SETTLED",
    "ST90": "TERMINATED",
    "ST91": "REJECTED",
}
AGREED = frozenset({"ST30", "ST40", "ST50", "ST60", "ST70"})
CANCELLED = "ST90"

ORDER_WITHIN_SECOND = {"C": "0", "U": "1", "D": "2"}
KINDS = frozenset({"A01", "A02", "A03", "A04", "A05", "A06"})
SIZES = {"01": "SMALL", "02": "MEDIUM", "03": "MIDSIZE"}
LEVELS = {"00": "NONE", "01": "BASIC", "02": "MID1", "03": "MID2", "04": "HIGH"}
SOLUTIONS = {kind: kind for kind in ("MES", "ERP", "PLM", "SCM", "FEMS", "AI")}
YES_NO = {"Y": True, "N": False}
FILL_DAYS = frozenset({"", "00000000", "99991231"})
AMOUNT_BOUND = 5_000_000_000
MENTOR_VISITS_BOUND = 4

RECIPIENTS = ("HRDK", "AI_CENTER", "JOINT_CENTER", "POLYTECH", "OPERATOR:P3")
CONSENT_FORM = "P3-2026"


class SmartFactory:
    """The connector of P3."""

    source = Source(
        folder="smart-factory",
        programme="P3",
        topic="src.mss.smart-factory.v1",
        feedback_topic="feedback.mss.smart-factory.v1",
        wire="avro-confluent",
        schema_file="avro/source/smart-factory.avsc",
        record="kr.go.mss.smartfactory.SmartFactoryTask",
        single=True,
        key_field="TASK_SN",
        operator_ko="스마트제조혁신추진단",
        operator_en="Smart Manufacturing Innovation Office (for MSS)",
        told_daily=("out_of_step_list",),
    )

    def keep(self, value: bytes | None, writers: Writers) -> bytes | None:
        return value

    def read(self, key: bytes | None, value: bytes | None, writers: Writers) -> Reading:
        record = confluent_record(value, writers)
        if isinstance(record, str):
            return refused(key, record)
        try:
            texts = texts_of(record, FIELDS)
        except TypeError:
            return refused(key, "BYTES_UNDECODABLE")
        row = Row._make(texts.values)
        faults = _head_faults(key_text(key), row)
        if faults:
            return Refusal(tuple(faults), faults, row.task_sn or key_text(key) or None)
        return Statement((row.task_sn,), row.task_sn, _body(row, texts))

    def judge(
        self, states: tuple[State, ...], ref: str, statement: Statement
    ) -> tuple[State, tuple[Outcome, ...]]:
        memory = memory_of(states)
        body = statement.body
        ended = judged_before_content(memory, ref, body, "LAST_CHG_DT", body["hold"])
        if ended is not None:
            return ended
        kind, warnings = body["kind"], body["warnings"]
        if (kind == "C") == memory.get("live", False):
            warnings = [*warnings, "CHANGE_OUT_OF_STEP"]
        participation = _participation(statement.source_key, body["facts"], body["day"])
        applied = Outcome(
            ref,
            EndState.APPLIED,
            warnings=tuple(dict.fromkeys(warnings)),
            participations=(participation,),
        )
        new, passed = with_applied(memory, body["revision"], body["content"], live=kind != "D")
        return new, (applied, *passed)


def _head_faults(key: str, row: Row) -> dict[str, str]:
    """Step 2: all reasons with the field that gave each."""
    faults: dict[str, str] = {}
    if not key or not row.task_sn:
        faults["KEY_MISSING"] = "TASK_SN"
    elif key != row.task_sn:
        faults["KEY_MISMATCH"] = "TASK_SN"
    if row.chg_se not in ORDER_WITHIN_SECOND:
        faults["CHANGE_KIND_UNKNOWN"] = "CHG_SE"
    if _day_of_moment(row.last_chg_dt) is None:
        faults["ORDERING_UNREADABLE"] = "LAST_CHG_DT"
    if row.chg_se != "D" and row.sttus_cd not in STATUSES:
        faults["STATUS_UNKNOWN"] = "STTUS_CD"
    return faults


def _day_of_moment(text: str) -> str | None:
    """The day of a real `YYYYMMDDhhmmss` as ISO text, else None."""
    if len(text) != 14 or not (text.isascii() and text.isdigit()):
        return None
    if text[8:10] > "23" or text[10:12] > "59" or text[12:] > "59":
        return None
    return _real_day(text[:8])


@remembered
def _real_day(text: str) -> str | None:
    """Eight digits as a real day of any year."""
    return real_day(int(text[:4]), int(text[4:6]), int(text[6:]))


def _body(row: Row, texts: Texts) -> dict[str, Any]:
    day = _day_of_moment(row.last_chg_dt) or ""
    revision = row.last_chg_dt + ORDER_WITHIN_SECOND[row.chg_se]
    head = {"revision": revision, "kind": row.chg_se, "day": day, "hold": None}
    if row.chg_se == "D":
        return {**head, "content": "D", "warnings": [], "facts": None}
    warnings = [] if MARKED.isdisjoint(texts.marked) else ["TEXT_CLEANED"]
    own, fault = _identity(row, warnings)
    if fault is not None:
        return {**head, "content": digest(texts.together), "hold": fault}
    facts = _facts(row, day, own, warnings)
    return {**head, "content": digest(texts.together), "warnings": warnings, "facts": facts}


@remembered
def _business_number(text: str) -> tuple[str | None, str | None]:
    """As everywhere, but nothing but zeros is blank, however many (P3 §7)."""
    return (None, None) if only_zeros(bare(text)) else brn(text)


def _identity(row: Row, warnings: list[str]) -> tuple[str | None, tuple[str, str] | None]:
    """Step 6 (P3 §4): the participant's number, or the reason and the field that hold the row."""
    own, fault = _business_number(row.bizr_no)
    if fault is not None:
        return None, (fault, "BIZR_NO")
    supplier, supplier_fault = _business_number(row.sply_bizr_no)
    if supplier_fault is not None:
        warnings.append("ID_UNREADABLE")
    if own is not None:
        return own, ("PARTIES_SAME", "SPLY_BIZR_NO") if own == supplier else None
    workplace_no = workplace(row.bpl_no)[0]
    derived = brn_of_workplace(workplace_no)
    if derived is not None:
        warnings.append("BRN_DERIVED")
        return derived, None
    corporate, doubt = crn(row.jurirno)
    if workplace_no is None and (corporate is None or doubt is not None):
        return None, ("IDENTITY_MISSING", "BIZR_NO")
    warnings.append("FIELD_MISSING")
    return None, None


def _facts(row: Row, day: str, own: str | None, warnings: list[str]) -> dict[str, Any]:
    """Step 7: the participation without its key."""
    if _is_incomplete(row):
        warnings.append("FIELD_MISSING")
    if (row.bsns_se_cd and row.bsns_se_cd not in KINDS) or _level(row.now_lvl_cd)[1]:
        warnings.append("CODE_UNKNOWN")
    return {
        "role": "DEMAND",
        "status_raw": row.sttus_cd,
        "business_kind": row.bsns_se_cd if row.bsns_se_cd in KINDS else None,
        **_firm(row, day, own, warnings),
        **_project(row, warnings),
    }


def _is_incomplete(row: Row) -> bool:
    """Whether a field that the contract requires at this status is blank."""
    if "" in (row.entrprs_nm, row.entrprs_scale_cd, row.induty_cd, row.ordtm_labrr_cnt):
        return True
    days = (row.agrm_de, row.bgnde, row.endde)
    return row.sttus_cd in AGREED and (not row.govsprt_amt or not FILL_DAYS.isdisjoint(days))


def _firm(row: Row, day: str, own: str | None, warnings: list[str]) -> dict[str, Any]:
    corporate, corporate_doubt = crn(row.jurirno)
    workplace_no, workplace_doubt = workplace(row.bpl_no)
    workers, workers_doubt = number(row.ordtm_labrr_cnt, WORKERS_BOUND)
    industry, industry_doubt = _ksic(row.induty_cd)
    size = SIZES.get(_two_digits(row.entrprs_scale_cd), "UNKNOWN")
    size_doubt = "CODE_UNKNOWN" if size == "UNKNOWN" and row.entrprs_scale_cd else None
    place, place_doubts = from_code_and_text(row.ldong_cd, row.rdnm_adres, day)
    name, legal_form = firm_name(row.entrprs_nm, own)
    doubts = (corporate_doubt, workplace_doubt, workers_doubt, industry_doubt, size_doubt)
    warnings += filter(None, (*doubts, *place_doubts))
    return {
        "brn": own,
        "crn": corporate,
        "ei_workplace_no": workplace_no,
        "name": name,
        "legal_form": legal_form,
        "sigungu": place.sigungu,
        "region_confidence": place.confidence,
        "size_class": size,
        "regular_workers": workers,
        "ksic_code": industry,
        "ksic_revision": ksic_revision(industry, day),
    }


def _project(row: Row, warnings: list[str]) -> dict[str, Any]:
    agreement, agreement_doubt = _day(row.agrm_de)
    start, start_doubt = _day(row.bgnde)
    end, end_doubt = _day(row.endde)
    days = in_order(agreement, start, end)
    granted, granted_doubt = number(row.govsprt_amt, AMOUNT_BOUND)
    cash, cash_doubt = number(row.alotm_amt, AMOUNT_BOUND)
    visits, visits_doubt = number(row.dx_mentor_cnt, MENTOR_VISITS_BOUND)
    goal, goal_doubt = _level(row.goal_lvl_cd)
    solution, solution_doubt = coded(row.solutn_se, SOLUTIONS)
    ai_applied, ai_doubt = coded(row.ai_aplc_yn, YES_NO)
    consent, consent_doubt = coded(row.third_prvd_agre_yn, YES_NO)
    doubts = (agreement_doubt, start_doubt, end_doubt, days.warning, granted_doubt, cash_doubt)
    codes = (visits_doubt, goal_doubt, solution_doubt, ai_doubt, consent_doubt)
    warnings += filter(None, (*doubts, *codes))
    ended_early = row.sttus_cd == CANCELLED and agreement is None
    return {
        "status": "WITHDRAWN" if ended_early else STATUSES[row.sttus_cd],
        "agreement_on": days.agreement,
        "starts_on": days.start,
        "ends_on": days.end,
        "gov_amount_krw": granted,
        "private_cash_krw": cash,
        "dx_mentor_visits": visits,
        "level_goal": goal,
        "solution": solution,
        "ai_applied": ai_applied,
        "consent_enterprise_info": consent,
    }


def _participation(source_key: str, facts: dict[str, Any] | None, day: str) -> Participation:
    if facts is None:
        return Participation("P3", source_key, DELETED, is_deleted=True, event_on=day)
    granted = facts["consent_enterprise_info"]
    return Participation(
        "P3",
        source_key,
        NEUTRAL,
        event_on=day,
        consent=Consent(granted, RECIPIENTS if granted else None),
        consent_form=CONSENT_FORM,
        **facts,
    )


@remembered
def _day(text: str) -> tuple[str | None, str | None]:
    if text in FILL_DAYS:
        return None, None
    compact = len(text) == 8 and text.isascii() and text.isdigit()
    day = (
        stated_day(int(text[:4]), int(text[4:6]), int(text[6:]))
        if compact
        else separated_day(text, "-")
    )
    return day, "DATE_UNREADABLE" if day is None else None


@remembered
def _ksic(text: str) -> tuple[str | None, str | None]:
    """Two to five digits; a section letter before them is dropped, fitting or not."""
    digits = text[1:] if "A" <= text[:1] <= "U" else text
    if 2 <= len(digits) <= 5 and digits.isascii() and digits.isdigit():
        return digits, None
    return None, "CODE_UNKNOWN" if text else None


def _two_digits(text: str) -> str:
    """Spreadsheets lose a leading zero; it is put back for size and levels (P3 §2)."""
    return f"0{text}" if len(text) == 1 and text.isascii() and text.isdigit() else text


def _level(text: str) -> tuple[str | None, str | None]:
    return coded(_two_digits(text), LEVELS)
