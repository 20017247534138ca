"""Real Kafka and Postgres for a whole session, a database and a consumer group for every test."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.adapters.local.options import LocalOptions
from services.adapters.local.stack import Stack, start_stack, stop_stack
from services.settings import Settings
from tests.integration.hub.databases import make_template
from tests.integration.hub.harness import Hub


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One Postgres and one Kafka on free ports."""
    settings = Settings()
    options = LocalOptions(
        data_dir=tmp_path_factory.mktemp("stack"),
        cache_dir=settings.cache_dir,
        java_home=settings.java_home,
        search_path=os.environ["PATH"],
    )
    running = start_stack(options)
    try:
        asyncio.run(make_template(running))
        yield running
    finally:
        stop_stack(running)


@pytest.fixture
def hub(stack: Stack, tmp_path: Path) -> Iterator[Hub]:
    """An empty hub that begins at the present end of every source topic."""
    with Hub.create(stack, tmp_path) as one:
        yield one
