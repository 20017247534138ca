"""Stored decisions, made of the golden cases' facts."""

import copy
import json
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from schemas.rulebook import Rulebook, load_rulebook
from services import wiring
from services.domain.decision.engine import Engine
from services.domain.decision.facts import Facts
from services.domain.decision.reading import facts_from_json
from services.domain.laboratory.replay import ABSENT, Stored
from tests.unit.decision.test_golden import GOLDEN, facts_of


@pytest.fixture(scope="session")
def rules() -> Rulebook:
    return load_rulebook()


@pytest.fixture(scope="session")
def engine(rules: Rulebook) -> Engine:
    return wiring.engine_of(rules)


@pytest.fixture(scope="session")
def cases() -> list[Facts]:
    """The facts of every golden case."""
    lines = [
        line
        for path in sorted(GOLDEN.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return [
        facts_from_json(told)
        for told in (facts_of(json.loads(line)) for line in lines)
        if isinstance(told, dict) and "as_of" in told
    ]


@pytest.fixture
def changed(rules: Rulebook) -> Callable[[Callable[[dict[str, Any]], None]], Engine]:
    """The engine of a draft: the shipped documents after a change."""

    def make(change: Callable[[dict[str, Any]], None]) -> Engine:
        documents = copy.deepcopy(dict(rules.documents))
        change(documents)
        return wiring.engine_of(Rulebook(documents, rules.rows))

    return make


def stored(engine: Engine, facts: Facts, workplace: str = "w", version: int = 1) -> Stored:
    """What the hub would have stored."""
    decision = engine.decide(facts)
    return Stored(
        workplace,
        version,
        facts.as_of,
        decision.content_hash,
        decision.policy_hash,
        b"".join(ABSENT if block is None else block.digest for block in decision.blocks),
        orjson.dumps(facts),
        ("src.mss.smart-factory.v1", 0, version),
    )
