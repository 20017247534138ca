"""Training history: evidence for AX-09, other writers' schemas, and any order of arrival."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import EndState, Refusal
from connectors.course_lines import Evidence, Line, evidence
from connectors.training_history import TrainingHistory

KEY = "99981000150-202605"
COURSE = {
    "tr_pr_id": "AIG2026000001",
    "tr_pr_degr": 1,
    "title": "생성형 AI 업무 활용",
    "ai_yn": "Y",
    "ncs_cd": "20010702",
    "mode": "GROUP",
    "starts_on": "2026-05-01",
    "ends_on": "2026-05-22",
    "hours": 16,
    "enrolled": 10,
    "completed": 8,
}
MONTH = {
    "hist_key": KEY,
    "rev": 1,
    "issued_at": "2026-06-15T01:00:00Z",
    "period_ym": "202605",
    "rec_stat": "NORMAL",
    "wkpl_mng_no": "999-81-00015-0",
    "brn": "9998100015",
    "crn": "9999110000011",
    "wkpl_nm": "(주)가람정밀",
    "ent_kind": "CORP",
    "is_hq": True,
    "ldong_cd": "4812310100",
    "ind_cd": "26421",
    "prior_sprt": True,
    "insured_cnt": 42,
    "courses": [COURSE],
}


def ai(course: str = "a", is_ai: bool | None = True, completers: int = 1, on: str = "2026-05-22"):
    return Line(course, is_ai, completers, on)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], Evidence(0, False)),
        ([ai()], Evidence(1, True)),
        ([ai(), ai(on="2026-04-01")], Evidence(1, True)),
        ([ai(), ai("b"), ai("c")], Evidence(3, True)),
        ([ai(completers=0)], Evidence(0, False)),
        ([ai(is_ai=False)], Evidence(0, False)),
        ([ai(is_ai=None)], Evidence(None, None)),
        ([ai(is_ai=None, completers=0)], Evidence(0, False)),
        ([ai(is_ai=None), ai("b")], Evidence(1, True)),
        ([ai(is_ai=None), ai(is_ai=False, completers=0)], Evidence(0, False)),
        ([ai(on="2024-06-15")], Evidence(0, True)),
        ([ai(on="2024-06-16")], Evidence(1, True)),
        ([ai(on="2026-06-15")], Evidence(1, True)),
        ([ai(on="2026-06-16")], Evidence(0, True)),
        ([ai(is_ai=None, on="2024-06-15")], Evidence(0, None)),
    ],
)
def test_evidence_on_15_june_2026(lines: list[Line], expected: Evidence) -> None:
    """TH "Evidence for AX-09"; any_record of A-38."""
    assert evidence(lines, "2026-06-15") == expected


def test_evidence_on_a_leap_day() -> None:
    """Two years before 29 February 2028 is 28 February 2026."""
    assert evidence([ai(on="2026-02-28")], "2028-02-29").ai_courses == 0
    assert evidence([ai(on="2026-03-01")], "2028-02-29").ai_courses == 1


def test_lines_for_the_rules(desk: Any) -> None:
    lines = [COURSE, {**COURSE, "tr_pr_id": "", "completed": 3}, {**COURSE, "ai_yn": None}]
    outcome = desk(TrainingHistory()).take(KEY, {**MONTH, "courses": lines})
    assert outcome.rules == {
        "lines": [
            ["AIG2026000001", True, 8, "2026-05-22"],
            ["AIG2026000001", None, 8, "2026-05-22"],
        ],
        "event_on": "2026-06-15",
    }
    cancelled = desk(TrainingHistory()).take(KEY, {**MONTH, "rec_stat": "CANCELLED"})
    assert cancelled.rules["lines"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"hist_key": 5},
        {"rev": "1"},
        {"courses": {}},
        {"courses": ["x"]},
        {"courses": [{"tr_pr_id": 1}]},
        {"prior_sprt": 1},
        {"insured_cnt": 1.0},
    ],
)
def test_a_writer_with_other_types_is_undecodable(change: dict[str, Any]) -> None:
    record = {**MONTH, "issued_at": 1_781_485_200_000, "courses": [], **change}
    writers: Any = {1: lambda data, offset: record}
    reading = TrainingHistory().read(KEY.encode(), b"\0\0\0\0\1x", writers)
    assert isinstance(reading, Refusal)
    assert reading.reasons == ("BYTES_UNDECODABLE",)


def test_a_writer_with_fewer_fields_is_read(desk: Any) -> None:
    names = ("hist_key", "rev", "period_ym", "rec_stat", "wkpl_mng_no")
    record = {"issued_at": 1_781_485_200_000, **{name: MONTH[name] for name in names}}
    writers: Any = {1: lambda data, offset: record}
    reading = TrainingHistory().read(KEY.encode(), b"\0\0\0\0\1x", writers)
    assert not isinstance(reading, Refusal)
    outcome = TrainingHistory().judge((), "1", reading)[1][0]
    assert set(outcome.warnings) == {"FIELD_MISSING", "REGION_UNRESOLVED"}


CHANGES: list[dict[str, Any]] = [
    {},
    {"courses": []},
    {"rec_stat": "CANCELLED"},
    {"brn": "9998100016"},
    {"brn": None},
    {"rec_stat": "UNKNOWN"},
]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_order_and_no_repetition_changes_the_end(desk: Any, data: st.DataObject) -> None:
    changes = data.draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=5))
    events = [(KEY, {**MONTH, "rev": n + 8, **change}) for n, change in enumerate(changes)]
    mixed = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events)))))
    assert in_force(desk, events) == in_force(desk, mixed)


def in_force(desk: Any, events: list[Any]) -> Any:
    """The newest record, whatever the order in which the messages came."""
    hub = desk(TrainingHistory())
    record = None
    for key, value in events:
        outcome = hub.take(key, value)
        if outcome.end_state is EndState.APPLIED:
            record = outcome.extra
    return record, [state["applied"] for state in hub.states.values()]
