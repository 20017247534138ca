"""One explainer for all tests of explanations."""

import pytest

from schemas.policies import Policy, plan_lines
from schemas.tables import Tables
from services.domain.decision.engine import Engine
from services.domain.explaining.explainer import Explainer


@pytest.fixture(scope="session")
def explainer(engine: Engine, policy: Policy, tables: Tables) -> Explainer:
    return Explainer(engine, tables, plan_lines(policy))
