"""Who gains and who loses under a draft."""

from collections.abc import Callable
from typing import Any

import pytest

from services.domain.decision.engine import Engine
from services.domain.decision.facts import Facts
from services.domain.laboratory.outcome import (
    Outcome,
    course_values,
    movement,
)
from services.domain.laboratory.whatif import WhatIf
from tests.unit.laboratory.conftest import stored

SIDO = {"48": "경상남도"}


def tally(engine: Engine, draft: Engine, cases: list[Facts]) -> dict[str, Any]:
    """What-if over the cases, a workplace each."""
    found = WhatIf({bytes.fromhex(engine.policy_hash): engine}, draft, SIDO)
    for number, facts in enumerate(cases):
        found.add(stored(engine, facts, f"w{number}"))
    found.close()
    return found.json()


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ({"referral": 2}, {"referral": 3}, "gains"),
        ({"referral": 3, "joint_consulting": 1}, {"referral": 3}, "loses"),
        ({"measure:a": 2}, {"measure:b": 1}, "mixed"),
        ({"measure:a": 1}, {"measure:a": 2}, "gains"),
        ({"measure:a": 2}, {"measure:a": 2, "measure:b": 0}, "other"),
    ],
)
def test_more_is_a_gain_and_less_a_loss(
    before: dict[str, int], after: dict[str, int], verdict: str
) -> None:
    assert movement(Outcome(before, {}, ()), Outcome(after, {}, ())).verdict == verdict


def test_the_same_policy_moves_nobody(engine: Engine, cases: list[Facts]) -> None:
    found = tally(engine, engine, cases)
    assert found["verdicts"] == {"gains": 0, "loses": 0, "mixed": 0, "other": 0, "same": len(cases)}
    assert found["decisions_changed"] == 0
    assert all(row["before"] == row["after"] for row in found["totals"])


def test_totals_are_those_of_deciding_under_the_draft(
    engine: Engine, cases: list[Facts], changed: Callable[[Callable[[Any], None]], Engine]
) -> None:
    draft = changed(lambda d: d["matrix"]["programmes"]["P3"].update(modes=["PROMO"]))
    found = tally(engine, draft, cases)
    after = {(r["what"], r["value"]): r["after"] for r in found["totals"]}
    statuses = [draft.decide(facts).referral.status for facts in cases]
    assert {v: n for (what, v), n in after.items() if what == "referral" and n} == {
        status: statuses.count(status) for status in set(statuses)
    }
    assert found["verdicts"]["loses"] > 20
    assert found["moves"]["referral"]["loses"] > 20
    by = {(row["by"], row["group"]): row for row in found["groups"]}
    assert by["programme", "P3"]["loses"] == found["verdicts"]["loses"]
    assert by["region", "경상남도"]["loses"] > 0
    for dimension in ("region", "tier", "size"):
        rows = [row for row in found["groups"] if row["by"] == dimension]
        for verdict, count in found["verdicts"].items():
            assert sum(row[verdict] for row in rows) == count
    assert len(found["examples"]["loses"]) == 10


def test_a_mode_that_goes_is_a_loss_even_where_nobody_had_used_it(
    engine: Engine, cases: list[Facts], changed: Callable[[Callable[[Any], None]], Engine]
) -> None:
    """IV-5 ④: what a programme may offer counts, not only what was accepted."""

    def gone(documents: dict[str, Any]) -> None:
        documents["matrix"]["programmes"]["P1"]["modes"] = ["PROMO", "SURVEY"]

    draft = changed(gone)
    alone = [
        facts
        for facts in cases
        if "P1" in engine.decide(facts).modes.union["JOINT_CONSULT"]
        and len(facts.participations) == 1
    ]
    assert alone
    found = tally(engine, draft, alone)
    assert found["verdicts"]["loses"] + found["verdicts"]["mixed"] == len(alone)
    assert found["moves"]["mode:JOINT_CONSULT"] == {"loses": len(alone)}


def test_a_rate_is_compared_by_the_course_at_the_workplace(
    engine: Engine, cases: list[Facts], changed: Callable[[Callable[[Any], None]], Engine]
) -> None:
    """IV-2 ②: 95 per cent outside the capital area; a draft pays 97."""

    def raised(documents: dict[str, Any]) -> None:
        documents["entitlements"]["rules"]["EN-4"]["periods"][0]["value"] = 9700

    draft = changed(raised)
    found = tally(engine, draft, cases)
    assert found["moves"] == {
        "value:act-L2-skillup:SUBSIDY_RATE": {"gains": found["verdicts"]["gains"]}
    }
    assert found["verdicts"]["gains"] > 5
    rows = {row["value"]: row for row in found["totals"] if row["what"] == "value"}
    assert rows["act-L2-skillup:SUBSIDY_RATE 9500"]["after"] == 0
    assert (
        rows["act-L2-skillup:SUBSIDY_RATE 9700"]["after"]
        == rows["act-L2-skillup:SUBSIDY_RATE 9500"]["before"]
        == found["verdicts"]["gains"]
    )


def test_a_smaller_own_share_is_better(engine: Engine, cases: list[Facts]) -> None:
    worked = next(f for f in cases if engine.decide(f).referral.status == "requested")
    values = course_values(engine, worked, engine.decide(worked))
    assert all(value <= 0 for name, value in values.items() if name.endswith("SELF_PAY_WAIVER"))
    one = Outcome({}, {"a:SELF_PAY_WAIVER": -1000}, ())
    assert movement(one, Outcome({}, {"a:SELF_PAY_WAIVER": 0}, ())).gains == (
        "value:a:SELF_PAY_WAIVER",
    )


def test_the_last_decision_of_a_workplace_counts(
    engine: Engine, cases: list[Facts], changed: Callable[[Callable[[Any], None]], Engine]
) -> None:
    requested = next(f for f in cases if engine.decide(f).referral.status == "requested")
    other = next(f for f in cases if engine.decide(f).referral.status == "none")
    draft = changed(lambda d: d["priority"]["factors"]["PR-1"].update(points=240))
    found = WhatIf({bytes.fromhex(engine.policy_hash): engine}, draft, SIDO)
    found.add(stored(engine, requested, "w", 1))
    found.add(stored(engine, other, "w", 2))
    found.close()
    told = found.json()
    assert (told["decisions"], told["workplaces"]) == (2, 1)
    before = {(r["what"], r["value"]): r["before"] for r in told["totals"]}
    assert before["referral", "none"] == 1
    assert ("referral", "requested") not in before


def test_decisions_that_cannot_be_taken_again_are_counted_apart(
    engine: Engine, cases: list[Facts]
) -> None:
    found = WhatIf({}, engine, SIDO)
    found.add(stored(engine, cases[0]))
    found.close()
    assert found.json()["unknown_policy"] == 1
    assert found.json()["workplaces"] == 0


def test_a_decision_taken_by_a_faulty_program_is_noticed(
    engine: Engine, cases: list[Facts], changed: Callable[[Callable[[Any], None]], Engine]
) -> None:
    """Stored by one set of rules, but the rules of its hash say something else."""
    other = changed(lambda d: d["priority"]["factors"]["PR-1"].update(points=240))
    wish = next(f for f in cases if f.survey.wishes and engine.decide(f).priority)
    found = WhatIf({bytes.fromhex(engine.policy_hash): other}, other, SIDO)
    found.add(stored(engine, wish))
    found.close()
    assert found.json()["not_reproduced"] == 1
