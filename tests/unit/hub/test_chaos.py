"""What `naru chaos` calls a difference, and whom it kills."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.base import Writers
from connectors.identifiers import brn as read_brn
from schemas.codec import schema_text
from schemas.registry import subject_of
from schemas.strict import BadAvro
from services.adapters.kafka.publisher import partition_of
from services.adapters.local import control
from services.adapters.postgres.schemas import Registered
from services.adapters.postgres.totals import Totals
from services.adapters.writers import WriterSchemas
from services.commands.chaos import PROGRAMMES
from services.commands.chaos_ends import Ended, _Delivery, differences
from services.commands.chaos_kills import Killer, order
from services.commands.chaos_waves import waves
from services.domain import exchange
from services.settings import Settings
from services.simulation.plan import SimulatedEvent, SimulationPlan
from services.simulation.stream import simulate

ROLES = ["ingest-0", "ingest-1", "relay", "clock", "kafka", "postgres"]
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
TOPIC = "agency.HRDK-BUSAN.referral.v1"


def record(version: int, **changes: Any) -> dict[str, Any]:
    return {
        "referral_id": "r",
        "version": version,
        "status": "requested",
        "issued_at": version * 1000,
        "participations": [{"participation_id": "p", "version": version}],
        **changes,
    }


def end(*records: dict[str, Any], **tables: Any) -> Ended:
    return Ended(
        Totals(0, 0, 0, 0, 0, 0, 0),
        {"referrals": {("r", 1)}, **tables},
        {(TOPIC, one["referral_id"]): one for one in records},
        {},
        0,
    )


def test_equal_ends_but_for_their_time() -> None:
    assert differences(end(record(3)), end(record(3, issued_at=9))) == {}


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (end(record(4)), "delivered"),
        (end(record(3, status="on_hold")), "delivered"),
        (end(), "delivered"),
        (end(record(3), referrals=set()), "referrals"),
    ],
)
def test_every_other_end_is_a_difference(other: Ended, what: str) -> None:
    assert set(differences(end(record(3)), other)) == {what}


def test_what_must_never_be_is_a_difference_in_either_run() -> None:
    storm = end(record(3))
    storm.wrong["books"] = ["a row"]
    assert differences(end(record(3)), storm)["storm: books"]["count"] == 1


@pytest.mark.parametrize(
    ("messages", "wrong"),
    [
        ([(b"1", 1, b"a"), (b"1", 1, b"a"), (b"2", 2, b"b")], set()),
        ([(b"1", 1, b"a"), (b"1", 1, b"x")], {"one id, other bytes"}),
        (
            [(b"1", 1, b"a"), (b"2", 1, b"b")],
            {"one version, two messages", "an older version after a newer one"},
        ),
        ([(b"2", 2, b"b"), (b"1", 1, b"a")], {"an older version after a newer one"}),
    ],
)
def test_doubles_on_a_topic(
    monkeypatch: pytest.MonkeyPatch, messages: list[tuple[bytes, int, bytes]], wrong: set[str]
) -> None:
    versions = {value: version for _, version, value in messages}
    monkeypatch.setattr(
        "services.commands.chaos_ends.decode", lambda _, value: record(versions[value])
    )
    delivery = _Delivery()
    for name, _, value in messages:
        delivery.take(TOPIC, name, value)
    assert set(delivery.wrong) == wrong


def test_the_same_seed_kills_the_same() -> None:
    assert order(ROLES, 3, random.Random(1)) == order(ROLES, 3, random.Random(1))


@pytest.mark.parametrize("kills", [1, 5, 30])
def test_everyone_is_killed_as_far_as_there_are_kills(kills: int) -> None:
    chosen = order(ROLES, kills, random.Random(kills))
    assert len(chosen) == kills
    assert len(set(chosen)) == min(kills, len(ROLES))


async def test_in_one_wave_all_of_a_firm_lies_in_one_partition() -> None:
    """Every order of reading partitions then gives the same; each firm keeps its own order."""
    plan = SimulationPlan(
        events=3000, seed=3, programmes=PROGRAMMES, shared_firms=0.6, corrections=0.2
    )
    events = list(simulate(plan))
    connectors = {t: c for t, c in exchange.by_topic().items() if c.source.folder in PROGRAMMES}
    schemas = WriterSchemas(_shipped, 0)
    await schemas.refresh(connectors)
    writers = {topic: schemas.allowed(topic) for topic in connectors}
    found = waves(events, connectors, writers, 4)
    assert sorted(map(repr, events)) == sorted(repr(e) for wave in found for e in wave)
    # What is left are corrections whose first message is a defect: they are held, and no firm's.
    before, after = _meeting([events], writers), _meeting(found, writers)
    assert before > 50 and after < before / 10
    for key in {(e.topic, e.key) for e in events}:
        of_key = [e for e in events if (e.topic, e.key) == key]
        assert [e for wave in found for e in wave if (e.topic, e.key) == key] == of_key


async def _shipped() -> list[Registered]:
    return [
        Registered(1, subject_of(topic), 1, schema_text(f"source/{c.source.folder}"))
        for topic, c in exchange.by_topic().items()
        if c.source.folder in PROGRAMMES
    ]


_HEADS = {"avro-confluent": 5, "avro-single-object": 10}
_FIRM = {"smart-factory": "BIZR_NO", "ai-voucher": "dmndBrno", "robot": "dmd_bizno"}


def _meeting(found: list[list[SimulatedEvent]], writers: Mapping[str, Writers]) -> int:
    """How many firms come in one wave from several partitions."""
    places: dict[tuple[int, str], set[tuple[str, int]]] = {}
    for number, wave in enumerate(found):
        for event in wave:
            if event.kind.startswith("defect"):
                continue
            (decoder,) = writers[event.topic].values()
            try:
                head = _HEADS[exchange.by_topic()[event.topic].source.wire]
                brn, fault = read_brn(decoder(event.value or b"", head)[_FIRM[event.folder]])
            except BadAvro:
                continue
            if brn and not fault:
                place = event.topic, partition_of(event.key, 4)
                places.setdefault((number, brn), set()).add(place)
    return sum(len(of_firm) > 1 for of_firm in places.values())


async def test_a_process_between_two_starts_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that found the broker gone has ended; its turn to be killed may come just then."""
    found = iter([None, None, 4711])
    monkeypatch.setattr(control, "kill", lambda _folder, _role: next(found))
    monkeypatch.setattr(control, "ps", lambda _folder: [{"role": "kafka", "state": "killed"}])
    killer = Killer(Settings(postgres=SecretStr(NOWHERE)), lambda _: None)
    await killer.kill("kafka", 0)
    assert [one.pid for one in killer.done] == [4711]
    for task in killer._coming.values():
        task.cancel()
    await asyncio.gather(*killer._coming.values(), return_exceptions=True)
