"""Whether a business goes on, pauses or has closed, as the tax office has it (handbook 2.1; rule
EL-6, rulings A-09, A-98; F63). No partner's message says so: a person records it, dated.

A statement is about one number. It is kept among the firm's records, so that it follows its number
when a person merges or splits firms.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from services.errors import WrongUse

ACTIVE, SUSPENDED, CLOSED = "ACTIVE", "SUSPENDED", "CLOSED"
STATUSES = (ACTIVE, SUSPENDED, CLOSED)
KIND = "tax_status"


@dataclass(frozen=True, slots=True)
class TaxStatus:
    """What was stated of one number. since, until: first and last day, `YYYY-MM-DD`. basis: on
    what it rests. is_confirmed: of a closing, whether an open referral ends by it (A-98). act: the
    place of the act that stated it; is_undone: it has been taken back."""

    source_key: str
    status: str
    since: str
    until: str | None
    basis: str
    is_confirmed: bool
    is_undone: bool
    act: int
    brn: str | None
    crn: str | None

    @property
    def event_on(self) -> str:
        """The day from which it holds."""
        return self.since

    @property
    def ei_workplace_no(self) -> None:
        """It is about a number of the firm, never of a workplace."""

    @property
    def name(self) -> None:
        """It names nobody."""

    @property
    def legal_form(self) -> None:
        """It names nobody."""

    def holds(self, as_of: str) -> bool:
        """Whether it is in force on a day."""
        return (
            not self.is_undone
            and self.since <= as_of
            and (self.until is None or as_of <= self.until)
        )

    def says(self, other: "TaxStatus") -> bool:
        """Whether both state the same, whenever and by whom."""
        return replace(self, act=0, basis="") == replace(other, act=0, basis="")


@dataclass(frozen=True, slots=True)
class Business:
    """How the businesses behind a workplace stand on a day. status: None: nobody has said."""

    status: str | None = None
    is_confirmed: bool = False

    @property
    def closing(self) -> bool | None:
        """None: not closed; else whether that is confirmed."""
        return self.is_confirmed if self.status == CLOSED else None


UNSTATED = Business()


def checked(
    status: str, since: date, until: date | None, basis: str
) -> tuple[str, str, str | None, str]:
    """(status, since, until, basis) as kept. Raises WrongUse."""
    if status.upper() not in STATUSES:
        raise WrongUse(
            f"사업자 상태는 active(계속), suspended(휴업), closed(폐업) 중 하나입니다: {status}",
            f"a tax status is one of active, suspended, closed: {status}",
        )
    if until is not None and until < since:
        raise WrongUse(
            f"끝나는 날({until})이 시작하는 날({since})보다 앞섭니다.",
            f"it would end ({until}) before it begins ({since}).",
        )
    if not basis.strip():
        raise WrongUse(
            "근거를 --basis로 적어 주세요 (예: 국세청 사업자등록 상태조회).",
            "say on what it rests with --basis, as: tax office's status service.",
        )
    text = None if until is None else until.isoformat()
    return status.upper(), since.isoformat(), text, basis.strip()


def stated_of(number: str, statements: Iterable[TaxStatus], as_of: str) -> TaxStatus | None:
    """What holds of a number on a day: what began last, of one day what was stated last."""
    held = [s for s in statements if s.source_key == number and s.holds(as_of)]
    return max(held, key=lambda one: (one.since, one.act), default=None)


def business_of(
    as_of: str, brns: Iterable[str], crns: Iterable[str], statements: Iterable[TaxStatus]
) -> Business:
    """How the businesses of a workplace stand. Several business numbers are closed only when all
    of them are; where nobody has stated anything of them, the corporate number's word counts."""
    every = list(statements)
    for numbers in (sorted(set(brns)), sorted(set(crns))):
        found = [stated_of(number, every, as_of) for number in numbers]
        stated = [one for one in found if one is not None]
        if stated:
            return _together(stated, len(stated) == len(found))
    return UNSTATED


def _together(stated: list[TaxStatus], of_all: bool) -> Business:
    for status in (ACTIVE, SUSPENDED):
        if any(one.status == status for one in stated):
            return Business(status)
    return Business(CLOSED, all(one.is_confirmed for one in stated)) if of_all else UNSTATED
