"""One explainer for all tests of explanations."""

import pytest

from schemas.policies import Policy, load_policy, plan_lines
from schemas.tables import Tables, load_tables
from services.domain.decision.engine import Engine
from services.domain.explaining.explainer import Explainer


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy()


@pytest.fixture(scope="session")
def tables() -> Tables:
    return load_tables()


@pytest.fixture(scope="session")
def engine(policy: Policy, tables: Tables) -> Engine:
    return Engine(policy, tables)


@pytest.fixture(scope="session")
def explainer(engine: Engine, policy: Policy, tables: Tables) -> Explainer:
    return Explainer(engine, tables, plan_lines(policy))
