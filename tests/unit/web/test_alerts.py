"""The overall status, its sentence and its alerts."""

from datetime import date
from typing import Any

import pytest

from services.adapters.postgres.status import StateCounts
from services.web.alerts import Status, Verdict, verdict
from services.web.outbox import outbox_of
from services.web.parts import WebParts
from services.web.states import connectors, processes

from .conftest import SOURCE, TOPIC, Scene, ago, partition, process


@pytest.fixture
def judge(parts: WebParts) -> Any:
    def judged(scene: Scene) -> Verdict:
        seen = scene.look()
        running = processes(seen)
        flows = connectors(seen, [SOURCE], running)
        return verdict(seen, running, flows, outbox_of(seen), parts.policy, parts.tables)

    return judged


def codes(found: Verdict) -> list[str]:
    return [alert.code for alert in found.alerts]


def test_a_healthy_hub_passes_with_one_plain_sentence(scene: Scene, judge: Any) -> None:
    found = judge(scene)
    assert (found.status, found.alerts) == (Status.PASS, ())
    assert found.sentence == (
        "정상입니다. 밀린 전문이 없습니다.",
        "All is well; no message is waiting.",
    )


def test_work_in_hand_is_no_alert(scene: Scene, judge: Any) -> None:
    scene.ends[TOPIC, 0] = (0, 5100)
    scene.unread = {(TOPIC, 0): ago(20)}
    found = judge(scene)
    assert found.status is Status.PASS
    assert "5,000" in found.sentence[0] and "5,000" in found.sentence[1]


@pytest.mark.parametrize(("down", "code"), [("postgres", "POSTGRES_DOWN"), ("kafka", "KAFKA_DOWN")])
def test_a_service_that_does_not_answer_fails(
    scene: Scene, judge: Any, down: str, code: str
) -> None:
    setattr(scene, down, False)
    found = judge(scene)
    assert (found.status, codes(found)) == (Status.FAIL, [code])


@pytest.mark.parametrize(("role", "code"), [(0, "INGEST_ABSENT"), (1, "RELAY_ABSENT")])
def test_a_role_without_a_live_process_fails(
    scene: Scene, judge: Any, role: int, code: str
) -> None:
    del scene.processes[role]
    found = judge(scene)
    assert found.status is Status.FAIL and code in codes(found)


def test_a_process_that_is_late_is_seen_before_it_is_given_up(scene: Scene, judge: Any) -> None:
    scene.processes[1] = process("relay", 42, seen=5)
    found = judge(scene)
    assert (found.status, codes(found)) == (Status.WARN, ["PROCESS_LATE"])
    assert "relay" in found.sentence[0] and "5초" in found.sentence[0]


def test_a_process_that_was_taken_away_long_ago_is_no_alert(scene: Scene, judge: Any) -> None:
    scene.processes.append(process("ingest-1", 44, seen=7200))
    assert judge(scene).status is Status.PASS


def test_partitions_without_a_worker_are_one_alert(scene: Scene, judge: Any) -> None:
    scene.partitions = [partition(partition=n, owner=None) for n in range(3)]
    scene.ends = {(TOPIC, n): (0, 100) for n in range(3)}
    found = judge(scene)
    assert codes(found) == ["PARTITION_UNOWNED"]
    assert "3" in found.sentence[1]


def test_a_stopped_partition_says_why(scene: Scene, judge: Any) -> None:
    scene.partitions = [partition(stopped="OFFSET_GONE")]
    found = judge(scene)
    assert found.status is Status.FAIL and "OFFSET_GONE" in found.sentence[0]


@pytest.mark.parametrize(("still", "status"), [(20, Status.WARN), (100, Status.FAIL)])
def test_stalled_is_a_warning_while_a_schema_may_still_come(
    scene: Scene, judge: Any, still: float, status: Status
) -> None:
    scene.partitions = [partition(updated_at=ago(still))]
    scene.ends[TOPIC, 0] = (0, 101)
    scene.unread = {(TOPIC, 0): ago(still)}
    found = judge(scene)
    assert (found.status, codes(found)) == (status, ["CONNECTOR_STALLED"])


def test_lag_above_ten_minutes_warns(scene: Scene, judge: Any) -> None:
    scene.ends[TOPIC, 0] = (0, 200)
    scene.unread = {(TOPIC, 0): ago(660)}
    found = judge(scene)
    assert (found.status, codes(found)) == (Status.WARN, ["LAG_HIGH"])
    assert "11분" in found.sentence[0] and "11 min" in found.sentence[1]


@pytest.mark.parametrize(
    ("age", "status"), [(5, Status.PASS), (20, Status.WARN), (90, Status.FAIL)]
)
def test_the_outbox_by_its_age(scene: Scene, judge: Any, age: float, status: Status) -> None:
    scene.partitions = [partition(pending=3, pending_since=ago(age))]
    assert judge(scene).status is status


def test_a_message_without_an_end_state_fails(scene: Scene, judge: Any) -> None:
    scene.states = [StateCounts(TOPIC, 101, 80, 10, 5, 3, 2)]
    found = judge(scene)
    assert (found.status, codes(found)) == (Status.FAIL, ["BALANCE_BROKEN"])


def test_quarantine_waits_for_a_person_without_failing_the_machinery(
    scene: Scene, judge: Any
) -> None:
    scene.parked = [("KEY_MISSING", 2, ago(3700)), ("VALUE_EMPTY", 1, ago(10))]
    found = judge(scene)
    assert (found.status, found.operation) == (Status.WARN, Status.PASS)
    assert codes(found) == ["QUARANTINE_WAITING"] and "3건" in found.sentence[0]


def test_a_doubt_about_firms_waits_five_days(scene: Scene, judge: Any) -> None:
    scene.doubt_since = ago(4 * 86_400)
    assert codes(judge(scene)) == []
    scene.doubt_since = ago(6 * 86_400)
    found = judge(scene)
    assert (found.status, found.operation) == (Status.WARN, Status.PASS)
    assert codes(found) == ["IDENTITY_REVIEWS_WAITING"] and "1건" in found.sentence[0]


@pytest.mark.parametrize(
    ("today", "overdue"), [(date(2026, 10, 19), False), (date(2026, 10, 20), True)]
)
def test_the_designations_are_overdue_from_the_day_after_their_review(
    scene: Scene, judge: Any, today: date, overdue: bool
) -> None:
    scene.today = today
    found = judge(scene)
    assert ("DESIGNATION_REVIEW_OVERDUE" in codes(found)) is overdue
    assert found.operation is Status.PASS


@pytest.mark.parametrize(("skew", "shown"), [(1.9, False), (-1.9, False), (2.5, True), (-3, True)])
def test_clocks_that_differ_by_more_than_two_seconds(
    scene: Scene, judge: Any, skew: float, shown: bool
) -> None:
    scene.skew = skew
    assert ("CLOCK_SKEW" in codes(judge(scene))) is shown


def test_failures_come_first_and_the_rest_is_counted(scene: Scene, judge: Any) -> None:
    scene.today = date(2026, 11, 1)
    scene.parked = [("KEY_MISSING", 2, ago(3700))]
    scene.processes = [process("web", 43)]
    scene.partitions = []
    found = judge(scene)
    assert codes(found)[:3] == ["INGEST_ABSENT", "RELAY_ABSENT", "CLOCK_ABSENT"]
    assert [a.kind for a in found.alerts] == ["operation"] * 3 + ["duty"] * 2
    assert "3건" in found.sentence[0] and "3 more" in found.sentence[1]
