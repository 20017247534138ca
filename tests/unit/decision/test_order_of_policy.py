"""The order of names in the policy's files means nothing: not to its hash, not to a decision."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from schemas.rulebook import Rulebook, load_rulebook
from services import wiring
from services.domain.decision.reading import facts_from_json
from tests.unit.decision.test_golden import cases, facts_of


def ordered(value: Any, turn: Callable[[list[Any]], list[Any]]) -> Any:
    """The same document with the names of every mapping in another order."""
    if isinstance(value, dict):
        return {key: ordered(value[key], turn) for key in turn(list(value))}
    return [ordered(item, turn) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("turn", [sorted, lambda names: list(reversed(names))])
def test_decisions_do_not_depend_on_the_order_of_names(
    turn: Callable[[list[Any]], list[Any]],
) -> None:
    rules = load_rulebook()
    one = wiring.engine_of(rules)
    other = wiring.engine_of(Rulebook(ordered(dict(rules.documents), turn), rules.rows))
    assert one.policy_hash == other.policy_hash
    decided = 0
    for case in cases():
        told = facts_of(case.values[0])
        if not isinstance(told, dict) or "as_of" not in told:
            continue
        facts = facts_from_json(json.loads(json.dumps(told)))
        a, b = one.decide(facts), other.decide(facts)
        for block, turned in zip(a.blocks, b.blocks, strict=True):
            assert (block and block.raw) == (turned and turned.raw)
        assert a.content_hash == b.content_hash
        decided += 1
    assert decided > 100
