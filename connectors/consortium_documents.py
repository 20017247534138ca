"""P6's document as a whole: its head, its members, its sums, dates and stage.

Contract: the partners' industrial-ai note, cited as P6 §n.
"""

import re
from typing import Any, NamedTuple

from connectors.consortium_firms import (
    FIRM_KEYS,
    NULLS,
    contact_of,
    field,
    firm_content,
    firm_of,
)
from connectors.fields import in_order
from connectors.json_text import Document, Path, Value
from connectors.json_values import (
    Cell,
    cell,
    content_digest,
    object_of,
    ordered,
    text_of,
    unknown_fields,
)
from connectors.korean_dates import exact_day, first_day, period
from connectors.korean_money import share, won

INFO, CONSORTIUM, SUMS = "문서정보", "컨소시엄", "사업비"
LEAD, MEMBERS, CONTACT = "주관기업", "참여기관", "담당자"
TOP_KEYS = (INFO, CONSORTIUM, SUMS, "협약일", "기간", "단계", "솔루션", "데이터셋제공")
INFO_KEYS = ("차수", "작성일", "구분")
CONSORTIUM_KEYS = ("번호", "업종", "총괄기관", LEAD, "AI공급기업", MEMBERS)
SUM_KEYS = ("국비", "민간")
LEAD_KEYS = ("기업명", *FIRM_KEYS)
MEMBER_KEYS = ("기관명", "기관구분", *FIRM_KEYS)

KINDS = frozenset({"신규", "변경", "정정", "철회"})
RETRACTION = "철회"
DEMAND = "수요기업"
NOT_READ = frozenset({"공급기업", "대학", "연구기관", "협회", "기업지원기관"})
STAGES = {
    "문제정의": ("SELECTED", "PROBLEM"),
    "데이터수집": ("CONTRACTED", "DATA"),
    "파인튜닝": ("IN_PROGRESS", "FINETUNE"),
    "실증": ("IN_PROGRESS", "DEMO"),
    "확산": ("COMPLETED", "SPREAD"),
}
BEFORE_AGREEMENT = "문제정의"

_REVISION = re.compile(r"(?:제 ?)?([0-9]+) ?차")


class Head(NamedTuple):
    """What step 2 looks at; a part that cannot be read is None or blank."""

    number: str
    revision: str | None
    day: str | None
    kind: str
    stage: str | None


class Member(NamedTuple):
    """A firm that the document names, where it stands in it, and its block."""

    path: Path
    block: dict[str, Value]
    role: str
    name_key: str


def head_of(document: Document) -> Head:
    """The head of a document."""
    info = object_of(document.root.get(INFO))
    revision = _REVISION.fullmatch(field(info, "차수").text)
    return Head(
        field(object_of(document.root.get(CONSORTIUM)), "번호").text,
        ordered(revision[1]) if revision is not None else None,
        exact_day(field(info, "작성일").text),
        field(info, "구분").text,
        _stage(field(document.root, "단계").text),
    )


def _stage(phrase: str) -> str | None:
    """The one stage that a phrase names, however often."""
    named = [word for word in STAGES if word in phrase.replace(" ", "")]
    return named[0] if len(named) == 1 else None


def members_of(document: Document) -> tuple[list[Member], list[str]]:
    """The firms to be read, the lead first, and the reasons for members that cannot be."""
    consortium = object_of(document.root.get(CONSORTIUM))
    lead, listed = consortium.get(LEAD), consortium.get(MEMBERS)
    members, doubts = [], []
    if isinstance(lead, dict):
        members.append(Member((CONSORTIUM, LEAD), lead, "LEAD", "기업명"))
    else:
        doubts.append("IDENTITY_MISSING")
    for place, value in enumerate(listed if isinstance(listed, list) else ()):
        block = object_of(value)
        kind = field(block, "기관구분").text
        if kind == DEMAND:
            members.append(Member((CONSORTIUM, MEMBERS, place), block, "DEMAND", "기관명"))
        elif kind not in NOT_READ:
            doubts.append("ROLE_UNKNOWN")
    return members, doubts


def contact_paths(document: Document) -> frozenset[Path]:
    """Where contact persons stand that may be kept."""
    if document.fault is not None:
        return frozenset()
    members = members_of(document)[0]
    return frozenset(
        (*member.path, CONTACT) for member in members if contact_of(member.block) is not None
    )


def document_body(document: Document, head: Head) -> dict[str, Any]:
    """What a document says, from its firms to its sums; compact JSON values."""
    day = head.day or ""
    members, doubts = members_of(document)
    warnings = _unknown_keys(document)
    firms: dict[str, dict[str, Any]] = {}
    for member in members:
        keys = LEAD_KEYS if member.role == "LEAD" else MEMBER_KEYS
        firm = firm_of(member.block, member.role, member.name_key, keys, day)
        if firm.fault is not None:
            doubts.append(firm.fault)
        elif firm.key not in firms:
            firms[firm.key] = firm.facts
            warnings += firm.warnings
    project = _project(document, head, warnings)
    _give_sums(document, head, firms, warnings)
    listed = object_of(document.root.get(CONSORTIUM)).get(MEMBERS)
    return {
        "revision": head.revision,
        "content": content_digest(_content(document, head, members)),
        "day": day,
        "retracts": head.kind == RETRACTION,
        "lets_leave": isinstance(listed, list) and not doubts,
        "doubts": list(dict.fromkeys(doubts)),
        "named": len(firms) + len(doubts),
        "project": project,
        "firms": firms,
        "warnings": list(dict.fromkeys(warnings)),
    }


def _unknown_keys(document: Document) -> list[str]:
    root = document.root
    warnings = ["BOM_REMOVED"] if document.has_bom else []
    warnings += unknown_fields(root, TOP_KEYS)
    for name, keys in ((INFO, INFO_KEYS), (CONSORTIUM, CONSORTIUM_KEYS), (SUMS, SUM_KEYS)):
        warnings += unknown_fields(object_of(root.get(name)), keys)
    return warnings


def _sums(document: Document) -> dict[str, Cell]:
    block = document.root.get(SUMS)
    if isinstance(block, dict):
        return {name: field(block, name) for name in SUM_KEYS}
    said = cell(block, NULLS)
    return dict.fromkeys(SUM_KEYS, Cell() if said.is_blank else Cell("", f"={said.content}"))


def _project(document: Document, head: Head, warnings: list[str]) -> dict[str, Any]:
    """What holds for every live firm."""
    root = document.root
    agreed, span, solved = (field(root, name) for name in ("협약일", "기간", "솔루션"))
    is_required = head.kind != RETRACTION and head.stage != BEFORE_AGREEMENT
    if is_required and any(one.is_blank for one in (agreed, span, solved, _sums(document)["국비"])):
        warnings.append("FIELD_MISSING")
    agreement, agreement_doubt = first_day(agreed.text or agreed.other)
    when = period(span.text or span.other)
    days = in_order(agreement, when.start, when.end)
    solution, mismatch = text_of(solved)
    if solved.marked:
        warnings.append("TEXT_CLEANED")
    doubts = (agreement_doubt, *when.warnings, days.warning, mismatch)
    warnings += (code for code in doubts if code is not None)
    status, stage, phrase = "WITHDRAWN", None, RETRACTION
    if head.stage is not None and head.kind != RETRACTION:
        (status, stage), phrase = STAGES[head.stage], field(root, "단계").text
    return {
        "status": status,
        "status_raw": phrase,
        "stage": stage,
        "agreement_on": days.agreement,
        "starts_on": days.start,
        "ends_on": days.end,
        "solution": solution,
    }


def _give_sums(
    document: Document, head: Head, firms: dict[str, dict[str, Any]], warnings: list[str]
) -> None:
    """Puts the sums of the project on its lead."""
    sums = _sums(document)
    granted, doubt = won(sums["국비"].text or sums["국비"].other)
    private = share(sums["민간"].text or sums["민간"].other)
    warnings += (code for code in (doubt, *private.warnings) if code is not None)
    for facts in firms.values():
        if facts["role"] == "LEAD":
            facts["gov_amount_krw"] = granted
            facts["private_cash_krw"] = private.cash
            if private.is_split:
                facts["private_inkind_krw"] = private.in_kind


def _content(document: Document, head: Head, members: list[Member]) -> list[Any]:
    """What counts when two documents of one 차수 are compared."""
    root = document.root
    info = object_of(root.get(INFO))
    consortium = object_of(root.get(CONSORTIUM))
    listed = consortium.get(MEMBERS)
    others: Any = cell(listed, NULLS).content
    if isinstance(listed, list):
        others = sorted(field(object_of(one), "기관구분").content for one in listed)
    firms = sorted(
        str([member.role, *firm_content(member.block, member.name_key)]) for member in members
    )
    texts = ["협약일", "기간", "솔루션"] if head.kind == RETRACTION else TOP_KEYS[3:7]
    return [
        [field(info, name).content for name in ("작성일", "구분")],
        [field(root, name).content for name in texts],
        [one.content for one in _sums(document).values()],
        cell(consortium.get(LEAD), NULLS).is_blank,
        others,
        firms,
    ]
