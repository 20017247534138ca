"""Registration numbers inside a free text: `사업자등록번호: 999-81-00015, 법인등록번호: …`
(P6 "Free text", 등록정보)."""

import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from connectors.fields import remembered
from connectors.identifiers import bare, brn, crn, only_zeros, workplace

Reader: TypeAlias = Callable[[str], tuple[str | None, str | None]]

_HYPHENS = "\\-\u2010-\u2015\u2212"
_NUMBER = rf" ?:? ?([0-9*{_HYPHENS} ]*)"


def _labelled(*words: str) -> re.Pattern[str]:
    """A label, spaces inside it or not, and the run of digits, asterisks, spaces, hyphens."""
    return re.compile(f"(?:{'|'.join(' ?'.join(word) for word in words)}){_NUMBER}")


_BRN = _labelled("사업자등록번호", "사업자번호")
_CRN = _labelled("법인등록번호")
_WORKPLACE = _labelled("사업장관리번호")
_UNLABELLED = re.compile(
    rf"(?<![0-9{_HYPHENS}])[0-9]{{3}}[{_HYPHENS}][0-9]{{2}}[{_HYPHENS}][0-9]{{5}}(?![0-9{_HYPHENS}])"
)
_DIGIT_OR_MASK = re.compile(r"[0-9*]")


class Registration(NamedTuple):
    """The numbers of one firm. fault: the reason that holds it."""

    brn: str | None
    crn: str | None
    workplace_no: str | None
    fault: str | None
    warnings: tuple[str, ...]


@remembered
def registration(text: str) -> Registration:
    """The numbers that a cleaned text names."""
    own, fault, unlabelled = _business_number(text)
    corporate, corporate_doubt = _single(_CRN, text, crn)
    workplace_no, workplace_doubt = _single(_WORKPLACE, text, workplace)
    doubts = ["BRN_UNLABELLED"] if unlabelled else []
    doubts += (code for code in (corporate_doubt, workplace_doubt) if code is not None)
    if fault is None and own is None:
        if workplace_no is None and (corporate is None or corporate_doubt is not None):
            fault = "IDENTITY_MISSING"
        doubts.append("FIELD_MISSING")
    return Registration(own, corporate, workplace_no, fault, tuple(doubts))


def _business_number(text: str) -> tuple[str | None, str | None, bool]:
    """The business number, the reason that holds the firm, and whether it had no label."""
    runs = _BRN.findall(text)
    unlabelled = not runs
    numbers = _different(_UNLABELLED.findall(text) if unlabelled else runs)
    if not numbers:
        return None, None, False
    if len(numbers) > 1:
        return None, "BRN_AMBIGUOUS", False
    return *brn(numbers[0]), unlabelled


def _single(label: re.Pattern[str], text: str, read: Reader) -> tuple[str | None, str | None]:
    """The number behind a label; two different ones are none."""
    numbers = _different(label.findall(text))
    if len(numbers) > 1:
        return None, "ID_UNREADABLE"
    return read(numbers[0]) if numbers else (None, None)


def _different(runs: list[str]) -> list[str]:
    """The different numbers among runs; one without digit or asterisk, or of zeros, is blank."""
    bare_runs = (bare(run) for run in runs if _DIGIT_OR_MASK.search(run))
    return list(dict.fromkeys(number for number in bare_runs if not only_zeros(number)))
