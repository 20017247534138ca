"""Putting the parts together: plain constructor calls, one function per process."""

import os
import socket
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import yaml
from pydantic import SecretStr, ValidationError

from connectors import CONNECTORS
from schemas.codec import Encoder
from schemas.policies import POLICY_FOLDER, plan_lines
from schemas.registry import subject_of
from schemas.rulebook import Rulebook, load_rulebook, unpacked
from services.adapters.explained import Explained
from services.adapters.failpoints import Failpoints
from services.adapters.intake_queue import Backlog
from services.adapters.kafka.ends import Ends
from services.adapters.kafka.publisher import Publisher
from services.adapters.kafka.reader import Reader
from services.adapters.postgres import rulebooks
from services.adapters.postgres.connect import Connection, close, connect
from services.adapters.postgres.schemas import Registered, newest_ids, registered
from services.adapters.reviewing import Reviewing
from services.adapters.sealing import Sealer, new_key
from services.adapters.writers import WriterSchemas
from services.clock import MOST_FIRMS, Clock
from services.domain import exchange
from services.domain.citations import citations
from services.domain.decision.engine import Engine
from services.domain.desk import Desk
from services.domain.explaining.explainer import Explainer
from services.domain.referral_record import GROUPS
from services.domain.splitting import SplitEncoder
from services.domain.topics import PARTICIPATION_TOPIC
from services.errors import WrongUse
from services.ingest import Ingest
from services.relay import Relay
from services.settings import Settings
from services.web.parts import WebParts
from services.web.register import placeholders

KOREA = ZoneInfo("Asia/Seoul")


def clock(settings: Settings) -> Callable[[], tuple[datetime, date]]:
    """(now in UTC, deciding day in Korea); the day is fixed where the settings fix it."""

    def read() -> tuple[datetime, date]:
        now = datetime.now(UTC)
        return now, settings.today or now.astimezone(KOREA).date()

    return read


GRACE = timedelta(minutes=2)
"""After midnight batches of the day before may still be written; then the clock begins."""


def settled_clock(settings: Settings) -> Callable[[], tuple[datetime, date]]:
    """(now in UTC, the day that the clock decides for): the calendar's, two minutes late."""

    def read() -> tuple[datetime, date]:
        now = datetime.now(UTC)
        return now, settings.today or (now - GRACE).astimezone(KOREA).date()

    return read


def connecting(
    settings: Settings, name: str = "naru", quick: bool = False
) -> Callable[[], Awaitable[Connection]]:
    """Opens connections to the hub's database; name: under which they are seen there; quick: with
    the short timeouts of a process that tries again (F46)."""

    async def opened() -> Connection:
        return await connect(settings.postgres.get_secret_value(), quick, application_name=name)

    return opened


def owner(settings: Settings, role: str) -> str:
    """The name under which a process takes partitions and leases."""
    return f"{role}-{settings.slot}@{socket.gethostname()}:{os.getpid()}"


def rulebook(folder: Path | None) -> Rulebook:
    """The rules of a policy folder, None: those shipped. Raises WrongUse for a folder that holds
    none, with its first fault."""
    try:
        found = load_rulebook(folder)
        found.policy()
        found.tables()
    except (OSError, yaml.YAMLError, ValidationError, KeyError) as error:
        told = " ".join(str(error).split())[:300]
        raise WrongUse(
            f"정책 폴더를 읽을 수 없습니다: {folder}. `naru policy check {folder}`로 확인하세요."
            f" ({told})",
            f"the policy folder {folder} cannot be read; run `naru policy check {folder}`."
            f" ({told})",
        ) from error
    return found


def engine_of(rules: Rulebook) -> Engine:
    """The engine that decides by these rules."""
    return Engine(rules.policy(), rules.tables())


def desk(
    settings: Settings,
    schemas: list[Registered],
    rules: Rulebook | None = None,
    seals: bool = True,
) -> Desk:
    """The desk of an ingest worker; its sources are added as partitions are claimed. rules: those
    of the settings where not given. seals: whether messages are read; the clock needs no key."""
    ids = newest_ids(schemas)
    engine = engine_of(rules or rulebook(settings.policy_dir))
    referral_id = next(i for s, i in ids.items() if s.startswith("agency."))
    feedback_id = next(i for s, i in ids.items() if s.startswith("feedback."))
    return Desk(
        engine=engine,
        sources={},
        all_sources=tuple(c.source for c in CONNECTORS),
        participation_encoder=Encoder("participation", ids[subject_of(PARTICIPATION_TOPIC)]),
        feedback_encoder=Encoder("feedback", feedback_id),
        referral_encoder=SplitEncoder("referral", referral_id, GROUPS),
        seal=Sealer(settings.quarantine_key.get_secret_value()).seal if seals else _unsealed,
        facts_json=orjson.dumps,
        citations=citations(engine.policy),
    )


def _unsealed(_: bytes | None) -> bytes | None:
    raise AssertionError("nothing is sealed where no message is read")


def registered_schemas(
    settings: Settings, name: str = "naru"
) -> Callable[[], Awaitable[list[Registered]]]:
    """Loads what is registered, over a connection of its own."""
    opened = connecting(settings, name)

    async def load() -> list[Registered]:
        connection = await opened()
        try:
            return await registered(connection)
        finally:
            await close(connection)

    return load


async def ingest(settings: Settings) -> Ingest:
    """An ingest worker; raises ServiceMissing where Postgres does not answer."""
    name = owner(settings, "ingest")
    opened = connecting(settings, name, quick=True)
    rules = rulebook(settings.policy_dir)
    first = await opened()
    try:
        schemas = await registered(first)
        worktop = desk(settings, schemas, rules)
        await rulebooks.keep(first, worktop.policy_hash, rules.packed())
    finally:
        await first.close()

    failpoints = Failpoints.parse(settings.failpoint)
    writers = WriterSchemas(registered_schemas(settings, name), settings.schema_wait_s)
    connectors = exchange.by_topic()
    await writers.refresh(connectors)
    return Ingest(
        owner=name,
        reader=Reader(settings.kafka, settings.group, settings.slot, settings.session_timeout_ms),
        backlog=Backlog(settings.batch_events, settings.batch_bytes, writers, failpoints),
        desk=worktop,
        connectors=connectors,
        connect=opened,
        clock=clock(settings),
        failpoints=failpoints,
        batch_events=settings.batch_events,
        watchdog_s=settings.watchdog_s,
        ends=Ends(settings.kafka, committed=True),
    )


def web(settings: Settings) -> WebParts:
    """What the web process is made of."""
    rules = rulebook(settings.policy_dir)
    policy, tables = rules.policy(), rules.tables()
    return WebParts(
        version=version("naru"),
        kafka=settings.kafka,
        connect=connecting(settings),
        clock=clock(settings),
        today_fixed=settings.today is not None,
        sources=tuple(c.source for c in CONNECTORS),
        policy=policy,
        policy_hash=Engine(policy, tables).policy_hash,
        tables=tables,
        agencies=placeholders(),
        explained=explained(settings, rules),
    )


def explainer(settings: Settings, rules: Rulebook | None = None) -> Explainer:
    """Explanations by these rules, those of the settings where not given."""
    found = rules or rulebook(settings.policy_dir)
    return _explaining(found, settings.policy_dir)


def explained(settings: Settings, rules: Rulebook | None = None) -> Explained:
    """Explanations of what the hub keeps."""
    sources = tuple(c.source for c in CONNECTORS)
    opened = connecting(settings, "naru-explain")
    return Explained(opened, explainer(settings, rules), _explainer_of, sources)


def _explainer_of(content: bytes) -> Explainer | None:
    """Explanations by rules that were kept; None where this program cannot read them any more."""
    try:
        return _explaining(unpacked(content), None)
    except (ValidationError, KeyError, ValueError, zlib.error):
        return None


def _explaining(rules: Rulebook, folder: Path | None) -> Explainer:
    policy = rules.policy()
    try:
        plan = plan_lines(policy, folder or POLICY_FOLDER)
    except OSError:
        plan = []  # a draft without the plan's text is told without its whole lines
    return Explainer(Engine(policy, rules.tables()), rules.tables(), plan)


def reviewing(settings: Settings) -> Reviewing:
    """The review queue. An act seals nothing, so any key will do for its desk."""
    rules = rulebook(settings.policy_dir)
    keyed = settings.model_copy(update={"quarantine_key": SecretStr(new_key())})
    return Reviewing(
        connect=connecting(settings, "naru-review"),
        desk=lambda schemas: desk(keyed, schemas, rules),
        rules=rules.packed(),
        clock=clock(settings),
    )


def relay(settings: Settings) -> Relay:
    """The relay."""
    return Relay(
        owner=owner(settings, "relay"),
        connect=connecting(settings, quick=True),
        publisher=Publisher(settings.kafka, makes=exchange.own_topic),
        failpoints=Failpoints.parse(settings.failpoint),
    )


async def clockwork(settings: Settings) -> Clock:
    """The clock; raises ServiceMissing where Postgres does not answer."""
    name = owner(settings, "clock")
    opened = connecting(settings, name)
    rules = rulebook(settings.policy_dir)
    first = await opened()
    try:
        worktop = desk(settings, await registered(first), rules, seals=False)
        await rulebooks.keep(first, worktop.policy_hash, rules.packed())
    finally:
        await first.close()
    return Clock(
        owner=name,
        connect=opened,
        desk=worktop,
        clock=settled_clock(settings),
        fixed=settings.today is not None,
        failpoints=Failpoints.parse(settings.failpoint),
        most=min(MOST_FIRMS, settings.batch_events),
    )
