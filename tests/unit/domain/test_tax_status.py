"""Whether a firm's businesses go on: dated, per number (EL-6, A-09, A-98; F63)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Participation
from services.domain.evidence import business_at
from services.domain.firm_status import Statement, stating, taking_back
from services.domain.firms import Firm
from services.domain.identity import Kind
from services.domain.records import from_document, kind_of, to_document
from services.domain.tax_office import read_answers
from services.domain.tax_status import (
    STATUSES,
    TaxStatus,
    business_of,
    checked,
    stated_of,
)
from services.errors import WrongUse

ONE, OTHER, CRN = "9998101014", "9998102019", "9999110001019"
SAID = Statement("CLOSED", "2026-03-15", None, "국세청 상태조회", True)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat)


def said(number: str, status: str, since: str, act: int = 0, **more: object) -> TaxStatus:
    kind = Kind.BRN if len(number) == 10 else Kind.CRN
    made = Statement(status, since, None, "근거", True).of((kind, number), act)
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_statement_holds_from_its_first_to_its_last_day() -> None:
    closed = said(ONE, "CLOSED", "2026-03-15", until="2026-04-30")
    held = [d for d in ("2026-03-14", "2026-03-15", "2026-04-30", "2026-05-01") if closed.holds(d)]
    assert held == ["2026-03-15", "2026-04-30"]


def test_what_began_last_holds_and_of_one_day_what_was_stated_last() -> None:
    closed, reopened = said(ONE, "CLOSED", "2026-03-15", 1), said(ONE, "ACTIVE", "2026-05-01", 2)
    corrected = said(ONE, "SUSPENDED", "2026-03-15", 3)
    assert stated_of(ONE, [reopened, closed], "2026-04-30") == closed
    assert stated_of(ONE, [reopened, closed], "2026-05-01") == reopened
    assert stated_of(ONE, [corrected, closed], "2026-04-30") == corrected
    assert stated_of(OTHER, [closed], "2026-04-30") is None


def test_what_was_taken_back_says_nothing() -> None:
    closed = said(ONE, "CLOSED", "2026-03-15", is_undone=True)
    assert business_of("2026-06-01", [ONE], [], [closed]).status is None


def test_several_numbers_are_closed_only_when_all_are() -> None:
    one, other = said(ONE, "CLOSED", "2026-03-15"), said(OTHER, "CLOSED", "2026-03-15")
    assert business_of("2026-06-01", [ONE, OTHER], [], [one]).status is None
    assert business_of("2026-06-01", [ONE, OTHER], [], [one, other]).closing is True
    doubtful = replace(other, is_confirmed=False)
    assert business_of("2026-06-01", [ONE, OTHER], [], [one, doubtful]).closing is False
    going = said(OTHER, "ACTIVE", "2026-03-15")
    assert business_of("2026-06-01", [ONE, OTHER], [], [one, going]).status == "ACTIVE"


def test_the_corporate_number_counts_where_nothing_is_said_of_business_numbers() -> None:
    corporate = said(CRN, "CLOSED", "2026-03-15")
    assert business_of("2026-06-01", [ONE], [CRN], [corporate]).status == "CLOSED"
    going = said(ONE, "ACTIVE", "2026-03-15")
    assert business_of("2026-06-01", [ONE], [CRN], [corporate, going]).status == "ACTIVE"


def test_a_branch_that_closes_closes_itself_alone() -> None:
    head = Participation("P3", "a", (), brn=ONE)
    branch = Participation("P3", "b", (), brn=OTHER)
    closed = [said(OTHER, "CLOSED", "2026-03-15")]
    everything = [head, branch]
    assert business_at("2026-06-01", everything, [branch], closed, closed).status == "CLOSED"
    assert business_at("2026-06-01", everything, [head], closed, []).status is None
    nameless = Participation("P3", "c", ())
    assert business_at("2026-06-01", [*everything, nameless], [nameless], closed, []).status is None


@given(
    st.lists(st.tuples(st.sampled_from([ONE, OTHER]), st.sampled_from(STATUSES), DAYS), max_size=6),
    DAYS,
    st.randoms(use_true_random=False),
)
def test_the_order_of_reading_says_nothing(rows: list, day: str, random) -> None:  # type: ignore[no-untyped-def, type-arg]
    statements = [said(*row, act=n) for n, row in enumerate(rows)]
    shuffled = random.sample(statements, len(statements))
    assert business_of(day, [ONE, OTHER], [], statements) == business_of(
        day, [OTHER, ONE], [], shuffled
    )


@given(st.sampled_from(STATUSES), DAYS, st.none() | DAYS, st.booleans())
def test_what_is_stored_comes_back(status: str, since: str, until: str | None, sure: bool) -> None:
    made = Statement(status, since, until, "근거", sure).of((Kind.BRN, ONE), 4)
    assert from_document(kind_of(made), to_document(made)) == made


def test_the_same_again_adds_nothing() -> None:
    firm = Firm()
    number, place = (Kind.BRN, ONE), ("e", "w")
    [first] = stating(firm, SAID, [number], place, 1)
    firm.records[first.record_id] = first
    assert stating(firm, replace(SAID, basis="같은 말"), [number], place, 2) == []
    assert len(stating(firm, replace(SAID, is_confirmed=False), [number], place, 3)) == 1
    [back] = taking_back(firm, 1)
    assert (back.version, back.record.is_undone) == (2, True)  # type: ignore[union-attr]
    firm.records[back.record_id] = back
    assert taking_back(firm, 1) == []
    assert len(stating(firm, SAID, [number], place, 4)) == 1, "what was taken back may be said anew"


@pytest.mark.parametrize(
    ("status", "until", "basis"),
    [("paused", None, "근거"), ("closed", date(2026, 3, 14), "근거"), ("closed", None, " ")],
)
def test_what_cannot_be_stated_is_refused(status: str, until: date | None, basis: str) -> None:
    with pytest.raises(WrongUse):
        checked(status, date(2026, 3, 15), until, basis)


CSV = "﻿b_no,b_stt_cd,end_dt\n999-81-01014,03,20260315\n9998102019,01,\n9998103013,,\n"
LINES = (
    '{"b_no": "9998101014", "b_stt_cd": "03", "end_dt": "20260315"}\n\n'
    '{"b_no": "9998102019", "b_stt_cd": "01", "end_dt": ""}\n'
    '{"b_no": "9998103013", "b_stt_cd": "", "b_stt": ""}\n'
)
SERVICE = (
    '{"status_code": "OK", "data": ['
    + ",".join(LINES.split("\n")[::1]).replace(",,", ",").strip(",")
    + "]}"
)


@pytest.mark.parametrize("text", [CSV, LINES, SERVICE])
def test_the_tax_offices_answers_in_three_forms(text: str) -> None:
    found = [(a.number, a.status, a.closed_on) for a in read_answers(text.encode())]
    assert found == [
        (ONE, "CLOSED", date(2026, 3, 15)),
        (OTHER, "ACTIVE", None),
        ("9998103013", None, None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "b_no,b_stt_cd,end_dt\n123,03,20260315\n",
        "b_no,b_stt_cd,end_dt\n9998101014,04,20260315\n",
        "b_no,b_stt_cd,end_dt\n9998101014,03,20260231\n",
        "b_no,b_stt_cd,end_dt\n9998101014,03,2026315\n",
        '{"b_no": "9998101014"}\n{nothing}\n',
        "[1]",
        "name\nx\n",
    ],
)
def test_a_line_that_cannot_be_read_refuses_the_file(text: str) -> None:
    with pytest.raises(WrongUse):
        read_answers(text.encode())


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(WrongUse):
        read_answers(b"\xff\xfeb_no")
