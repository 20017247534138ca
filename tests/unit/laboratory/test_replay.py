"""A stored decision is proved equal, or it is said what is not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from services.domain.decision.engine import Engine
from services.domain.decision.facts import Facts
from services.domain.decision.stored import UnreadableStored, facts_from_stored
from services.domain.laboratory import replay
from services.domain.laboratory.replay import Stored, check
from tests.unit.laboratory.conftest import stored


def test_stored_facts_are_read_as_they_were(cases: list[Facts]) -> None:
    assert len(cases) > 100
    for facts in cases:
        assert facts_from_stored(orjson.dumps(facts)) == facts


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{}", b"null", b'{"as_of":"2026-01-01"}'],
)
def test_facts_of_another_form_are_not_guessed(raw: bytes) -> None:
    with pytest.raises(UnreadableStored):
        facts_from_stored(raw)


def test_a_fact_that_this_program_does_not_know_is_not_left_out(cases: list[Facts]) -> None:
    told = orjson.loads(orjson.dumps(cases[0]))
    told["firm"]["later_invention"] = 1
    with pytest.raises(UnreadableStored):
        facts_from_stored(orjson.dumps(told))


def test_every_golden_case_is_proved_equal(engine: Engine, cases: list[Facts]) -> None:
    engines = {bytes.fromhex(engine.policy_hash): engine}
    assert [check(stored(engine, facts), engines) for facts in cases] == [None] * len(cases)


def test_a_rule_that_changed_shows_in_the_parts_that_it_decides(
    engine: Engine, cases: list[Facts], changed: Callable[[Callable[[Any], None]], Engine]
) -> None:
    """The draft stands in for the policy of the day, as a program with a fault would."""

    def later(documents: dict[str, Any]) -> None:
        documents["priority"]["factors"]["PR-1"]["points"] = 240

    other = changed(later)
    found = [
        check(stored(engine, facts), {bytes.fromhex(engine.policy_hash): other}) for facts in cases
    ]
    parts = {one.blocks for one in found if one is not None}
    assert parts == {("priority",), ()}
    assert all(one is not None and one.kind == replay.DIFFERENT for one in found)


def _spoilt(one: Stored) -> dict[str, Stored]:
    assert one.blocks is not None
    return {
        replay.DECISION_MISSING: replace(one, policy_hash=None, blocks=None),
        replay.DECISION_BROKEN: replace(one, blocks=one.blocks[:-1] + b"x"),
        replay.FACTS_UNREADABLE: replace(one, facts=b"{}"),
    }


def test_what_is_damaged_is_named(engine: Engine, cases: list[Facts]) -> None:
    engines = {bytes.fromhex(engine.policy_hash): engine}
    good = stored(engine, cases[0])
    for kind, one in _spoilt(good).items():
        found = check(one, engines)
        assert found is not None and found.kind == kind
        assert found.json()["ko"] == replay.WORDS[kind][0]
    unknown = check(good, {})
    assert unknown is not None and unknown.kind == replay.POLICY_UNKNOWN


def test_other_facts_give_another_hash(engine: Engine, cases: list[Facts]) -> None:
    engines = {bytes.fromhex(engine.policy_hash): engine}
    one = next(facts for facts in cases if engine.decide(facts).referral.status == "requested")
    tampered = replace(one, survey=replace(one.survey, wishes=False))
    found = check(replace(stored(engine, one), facts=orjson.dumps(tampered)), engines)
    assert found is not None
    assert "referral" in found.blocks
    told = found.json()
    assert told["stored"] != told["decided"]
    assert told["message"] == {"topic": "src.mss.smart-factory.v1", "partition": 0, "offset": 1}
