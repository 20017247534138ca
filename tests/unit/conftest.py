"""One engine for all tests: building it reads every policy file."""

import pytest

from schemas.policies import Policy, load_policy
from schemas.tables import Tables, load_tables
from services.domain.decision.engine import Engine


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy()


@pytest.fixture(scope="session")
def tables() -> Tables:
    return load_tables()


@pytest.fixture(scope="session")
def engine(policy: Policy, tables: Tables) -> Engine:
    return Engine(policy, tables)
