"""Real Postgres and Kafka for all tests of the web process; an empty hub for each."""

import asyncio
import os
from collections.abc import Iterator

import asyncpg
import pytest
from pydantic import SecretStr

from services.adapters.local.options import LocalOptions
from services.adapters.local.stack import Stack, running_stack
from services.commands.stack import prepare
from services.settings import Settings
from tests.integration.web.served import TODAY, Web, database, serving

TEMPLATE = "template_web"


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = Settings()
    options = LocalOptions(
        data_dir=tmp_path_factory.mktemp("stack"),
        cache_dir=settings.cache_dir,
        java=settings.java,
        java_home=settings.java_home,
        search_path=os.environ["PATH"],
    )
    with running_stack(options) as running:
        asyncio.run(_template(running))
        yield running


async def _template(stack: Stack) -> None:
    admin = await asyncpg.connect(stack.dsn)
    await admin.execute(f"create database {TEMPLATE}")
    await admin.close()
    dsn = SecretStr(database(stack.dsn, TEMPLATE))
    await prepare(Settings(kafka=stack.kafka, postgres=dsn))


@pytest.fixture
def web(stack: Stack) -> Iterator[Web]:
    """The web process of a hub that is empty."""
    with serving(stack, TEMPLATE, today=TODAY) as running:
        yield running


@pytest.fixture
def busy(web: Web) -> Web:
    """The same with live processes and a few messages."""
    web.populate()
    return web
