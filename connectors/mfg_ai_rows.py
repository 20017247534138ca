"""What one row of P2's list says: its columns, its code tables, its amounts and its consents.

Contract: the partners' mfg-ai note, cited as P2 §n. All values are texts. The contact person
never leaves this module but through `contact`, and only under a usable consent.
"""

import re
from typing import Any, NamedTuple

from connectors.base import Tri
from connectors.contacts import Contact
from connectors.fields import in_order, remembered
from connectors.identifiers import bare, brn
from connectors.json_text import Document
from connectors.json_values import Cell, cell, content_digest, text_of, unknown_fields
from connectors.names import firm_name
from connectors.places import from_text
from connectors.recipients import usable_recipients
from connectors.separated_dates import NULLS, day_or_month, period
from connectors.sizes import size_class

CONTACT_COLUMNS = ("담당자명", "담당자연락처")
COLUMNS = (
    "자료구분",
    "목록번호",
    "기준일",
    "연번",
    "과제번호",
    "수행기관",
    "과제명",
    "현안분야",
    "수요기업명",
    "사업자번호",
    "소재지",
    "업종",
    "기업규모",
    "AI솔루션",
    "공급기업명",
    "국비(백만원)",
    "지방비(백만원)",
    "민간부담금(백만원)",
    "협약일자",
    "사업기간",
    "진행상태",
    "TTA검증",
    "기업정보동의",
    "담당자동의",
    "담당자제공기관",
    "동의일자",
    *CONTACT_COLUMNS,
    "비고",
)
AMOUNTS = {
    "국비(백만원)": "gov_amount_krw",
    "지방비(백만원)": "local_amount_krw",
    "민간부담금(백만원)": "private_cash_krw",
}
COMPARED_WITHOUT_SPACES = (
    "수행기관",
    "과제명",
    "현안분야",
    "소재지",
    "업종",
    "기업규모",
    "AI솔루션",
    "공급기업명",
    "담당자제공기관",
)
REQUIRED_WHEN_AGREED = ("AI솔루션", "국비(백만원)", "협약일자", "사업기간")

SPELLINGS = {
    "선정": "선정 선정됨 선정완료",
    "협약": "협약 협약완료 협약체결 협약체결완료",
    "진행": "진행 진행중 수행 수행중 사업진행중",
    "실증": "실증 실증중 실증진행 실증진행중 현장실증",
    "완료": "완료 사업완료 과제완료 종료",
    "중도포기": "중도포기 포기 사업포기 과제포기",
}
WORDS = {text: word for word, texts in SPELLINGS.items() for text in texts.split()}
STATUSES = {
    "선정": "SELECTED",
    "협약": "CONTRACTED",
    "진행": "IN_PROGRESS",
    "실증": "IN_PROGRESS",
    "완료": "COMPLETED",
    "중도포기": "WITHDRAWN",
}
AGREED = frozenset({"협약", "진행", "실증", "완료"})
MARKS = {**dict.fromkeys("Oo○◯", True), **dict.fromkeys("Xx×", False)}
PROGRAMME_AREA = frozenset({"26", "27", "31", "47", "48"})
"""부산, 대구, 울산, 경북, 경남."""

MILLION_WON_DIGITS = 6
AMOUNT_LIMIT = 2**63

_AMOUNT = re.compile(r"(-?)([0-9]+)(?:\.([0-9]{1,6}))?(?:백만원)?")
_BRACKETS_AT_END = re.compile(r" ?(?:\([^()]*\)|\[[^\[\]]*\])$")


class Consents(NamedTuple):
    """Both consents of a row, the recipients of the contact, and the warnings."""

    enterprise: Tri
    contact: Tri
    recipients: tuple[str, ...]
    warnings: tuple[str, ...]


def cells_of(document: Document) -> dict[str, Cell]:
    """All columns of a row."""
    return {name: cell(document.root.get(name), NULLS) for name in COLUMNS}


def word_of(field: Cell) -> str | None:
    """The status word of the contract's table that a spelling stands for."""
    return WORDS.get(_BRACKETS_AT_END.sub("", field.text).replace(" ", ""))


def contact(cells: dict[str, Cell]) -> Contact | None:
    """The contact person of a row whose consent can be used."""
    consents = _consents(cells)
    if not has_contact(cells) or consents.contact is not True:
        return None
    name, telephone = (cells[column].text for column in CONTACT_COLUMNS)
    return Contact(name or None, telephone or None, consents.recipients)


def has_contact(cells: dict[str, Cell]) -> bool:
    """Whether a row names a contact person."""
    return not all(cells[column].is_blank for column in CONTACT_COLUMNS)


def row_content(document: Document, cells: dict[str, Cell], day: str) -> dict[str, Any]:
    """What a row says (steps 4 and 5): `content`, and `hold` or else `facts` and `warnings`.
    day: the list's reference day (ISO)."""
    own, fault = _business_number(cells["사업자번호"])
    consents = _consents(cells)
    number = own or (bare(cells["사업자번호"].content) if fault else "")
    body: dict[str, Any] = {"content": _content(cells, own, number, consents), "hold": None}
    if fault is None and own is None:
        fault = "IDENTITY_MISSING"
    if fault is not None:
        return {**body, "hold": fault}
    warnings = [*unknown_fields(document.root, COLUMNS), *consents.warnings]
    if document.has_bom:
        warnings.append("BOM_REMOVED")
    facts = {
        **_firm(cells, own, day, warnings),
        **_project(cells, warnings),
        "consent_enterprise_info": consents.enterprise,
        "consent_contact": consents.contact,
    }
    return {**body, "facts": facts, "warnings": list(dict.fromkeys(warnings))}


def _business_number(field: Cell) -> tuple[str | None, str | None]:
    return (None, "BRN_MALFORMED") if field.other else brn(field.text)


def _firm(cells: dict[str, Cell], own: str | None, day: str, warnings: list[str]) -> dict[str, Any]:
    text, mismatch = text_of(cells["수요기업명"])
    name, legal_form = firm_name(text or "", own)
    size, size_doubt = size_class(cells["기업규모"])
    place = from_text(cells["소재지"].text, day)
    warnings += (code for code in (mismatch, size_doubt, place.warning) if code is not None)
    if name is None and mismatch is None:
        warnings.append("FIELD_MISSING")
    if cells["수요기업명"].marked or cells["AI솔루션"].marked:
        warnings.append("TEXT_CLEANED")
    if place.sigungu is not None and place.sigungu[:2] not in PROGRAMME_AREA:
        warnings.append("REGION_OUTSIDE_PROGRAMME")
    return {
        "brn": own,
        "name": name,
        "legal_form": legal_form,
        "sigungu": place.sigungu,
        "region_confidence": place.confidence,
        "size_class": size,
    }


def _project(cells: dict[str, Cell], warnings: list[str]) -> dict[str, Any]:
    word = word_of(cells["진행상태"]) or ""
    if word in AGREED and any(cells[name].is_blank for name in REQUIRED_WHEN_AGREED):
        warnings.append("FIELD_MISSING")
    solution, mismatch = text_of(cells["AI솔루션"])
    agreement, agreement_doubt = _day(cells["협약일자"])
    start, end, period_doubts = _period(cells["사업기간"])
    days = in_order(agreement, start, end)
    amounts = {}
    for column, name in AMOUNTS.items():
        amounts[name], doubt = _won(cells[column])
        warnings += (doubt,) if doubt is not None else ()
    doubts = (mismatch, agreement_doubt, *period_doubts, days.warning)
    warnings += (code for code in doubts if code is not None)
    return {
        "status": STATUSES[word],
        "status_raw": cells["진행상태"].text,
        "stage": "DEMO" if word == "실증" else "PROGRESS",
        "agreement_on": days.agreement,
        "starts_on": days.start,
        "ends_on": days.end,
        "solution": solution,
        **amounts,
    }


def _consents(cells: dict[str, Cell]) -> Consents:
    enterprise, enterprise_doubt = _mark(cells["기업정보동의"])
    person, person_doubt = _mark(cells["담당자동의"])
    recipients = usable_recipients(cells["담당자제공기관"].text.split(","))
    unclear = "CONSENT_UNCLEAR" if person and recipients is None else None
    granted = None if unclear else person
    dropped = "CONTACT_DROPPED" if has_contact(cells) and granted is not True else None
    doubts = (enterprise_doubt, person_doubt, unclear, dropped)
    warnings = tuple(code for code in doubts if code is not None)
    return Consents(enterprise, granted, recipients or (), warnings)


def _content(cells: dict[str, Cell], own: str | None, number: str, consents: Consents) -> str:
    """What counts when two rows are compared (P2 "Repeats"): values as read, a number that cannot
    be read as it stands, other texts without spaces; a contact person only where it may be kept."""
    texts = [cells[name].content.replace(" ", "") for name in COMPARED_WITHOUT_SPACES]
    days = [_day(cells[name])[0] for name in ("협약일자", "동의일자")]
    marks = [_mark(cells[name])[0] for name in ("TTA검증", "기업정보동의", "담당자동의")]
    amounts = [_won(cells[column])[0] for column in AMOUNTS]
    kept = CONTACT_COLUMNS if consents.contact else ()
    person = [cells[column].content.replace(" ", "") for column in kept]
    firm = firm_name(text_of(cells["수요기업명"])[0] or "", own)
    word = word_of(cells["진행상태"])
    when = _period(cells["사업기간"])[:2]
    return content_digest([texts, number, firm, word, days, when, marks, amounts, person])


def _mark(field: Cell) -> tuple[Tri, str | None]:
    """O or X; a blank was not asked."""
    if field.is_blank:
        return None, None
    known = field.text in MARKS
    return MARKS.get(field.text), None if known else "CODE_UNKNOWN"


def _day(field: Cell) -> tuple[str | None, str | None]:
    return (None, "DATE_UNREADABLE") if field.other else day_or_month(field.text)


def _period(field: Cell) -> tuple[str | None, str | None, tuple[str, ...]]:
    return (None, None, ("DATE_UNREADABLE",)) if field.other else period(field.text)


def _won(field: Cell) -> tuple[int | None, str | None]:
    return (None, "NUMBER_UNREADABLE") if field.other else _won_of_millions(field.text)


@remembered
def _won_of_millions(text: str) -> tuple[int | None, str | None]:
    """An amount in 백만원 as won; commas and spaces stand anywhere."""
    if not text:
        return None, None
    found = _AMOUNT.fullmatch(text.replace(",", "").replace(" ", ""))
    if found is None:
        return None, "NUMBER_UNREADABLE"
    digits = (found[2] + (found[3] or "").ljust(MILLION_WON_DIGITS, "0")).lstrip("0")
    if found[1] or len(digits) > len(str(AMOUNT_LIMIT)) or int(digits or "0") >= AMOUNT_LIMIT:
        return None, "NUMBER_OUT_OF_RANGE"
    return int(digits or "0"), None
