"""`naru up`, `down`, `ps`, `logs`: the local stack with all of the hub's processes."""

import asyncio
import os
import sys
from pathlib import Path

from services import wiring
from services.adapters.kafka.topics import create_topics
from services.adapters.local.control import detach
from services.adapters.local.options import LocalOptions, Say
from services.adapters.local.plan import Addresses, Plan, Planner, RoleSpec
from services.adapters.local.state import StackState
from services.adapters.local.supervisor import supervise
from services.adapters.sealing import new_key
from services.commands.process import command
from services.domain import exchange
from services.settings import Settings, base_environment

_KEY_FILE = "quarantine.key"


def options(settings: Settings) -> LocalOptions:
    """What the local stack is told."""
    return LocalOptions(
        data_dir=settings.data_dir.expanduser().absolute(),
        cache_dir=settings.cache_dir.expanduser().absolute(),
        kafka_dir=settings.kafka_dir,
        java=settings.java,
        java_home=settings.java_home,
        search_path=settings.search_path,
        fast=settings.fast,
    )


def up(settings: Settings, say: Say) -> None:
    """Runs the stack in the foreground until a signal."""
    supervise(options(settings), _planner(settings), say)


def up_detached(settings: Settings, say: Say) -> StackState:
    """Starts the same command on its own and returns when it is ready."""
    argv = (*_naru(), "up")
    return detach(options(settings), argv, {**base_environment(), **settings.environment()}, say)


def _naru() -> tuple[str, ...]:
    return (sys.executable, "-m", "services.cli")


def _planner(settings: Settings) -> Planner:
    def plan(addresses: Addresses) -> Plan:
        key = settings.quarantine_key.get_secret_value() or _kept_key(addresses.data_dir)
        port = settings.web_port or addresses.web_port
        web = f"http://{settings.web_host}:{port}"

        def role(
            name: str, argv: tuple[str, ...], ready_url: str = "", **changes: object
        ) -> RoleSpec:
            env = settings.environment(
                kafka=addresses.kafka,
                postgres=addresses.postgres,
                quarantine_key=key,
                web_port=port,
                **changes,
            )
            return RoleSpec(name, argv, {**base_environment(), **env}, ready_url)

        workers = [role(f"ingest-{n}", command("ingest"), slot=n) for n in range(settings.workers)]
        return Plan(
            roles=(
                *workers,
                role("relay", command("relay")),
                role("clock", command("clock")),
                role("web", command("web"), ready_url=f"{web}/livez"),
            ),
            prepare=role("prepare", (*_naru(), "migrate")),
            web=web,
        )

    return plan


def _kept_key(data_dir: Path) -> str:
    """The quarantine's key of this data folder, made at the first start."""
    path = data_dir / _KEY_FILE
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(new_key())
    return path.read_text().strip()


async def prepare(settings: Settings) -> None:
    """Migrates the database, registers the schemas, creates the topics; those of agencies by the
    policy that the settings name."""
    # Alembic takes longer to import than everything else together; every process would pay.
    from services.adapters.postgres.migrate import migrate

    tables = wiring.rulebook(settings.policy_dir).tables()
    await asyncio.gather(
        migrate(settings.postgres.get_secret_value(), exchange.subjects(tables)),
        create_topics(settings.kafka, exchange.topics(settings.source_partitions, tables)),
    )
