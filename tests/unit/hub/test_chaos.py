"""What `naru chaos` calls a difference, and whom it kills."""

import random
import re
from typing import Any

import pytest

from schemas.codec import parsed_schema
from schemas.strict import compile_schema
from services import wiring
from services.adapters.kafka.publisher import partition_of
from services.adapters.postgres.totals import Totals
from services.commands.chaos import PROGRAMMES
from services.commands.chaos_ends import Ended, _Delivery, differences
from services.commands.chaos_kills import order
from services.commands.chaos_waves import waves
from services.simulation.plan import SimulationPlan
from services.simulation.stream import simulate

ROLES = ["ingest-0", "ingest-1", "relay", "kafka", "postgres"]
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


def test_in_one_wave_all_of_a_firm_lies_in_one_partition() -> None:
    """Every order of reading partitions then gives the same; each firm keeps its own order."""
    plan = SimulationPlan(
        events=3000, seed=3, programmes=PROGRAMMES, shared_firms=0.6, corrections=0.2
    )
    events = list(simulate(plan))
    connectors = wiring.by_topic()
    folders = {e.topic: e.folder for e in events}
    writers = {
        topic: {1: compile_schema(parsed_schema(f"source/{folder}"))}
        for topic, folder in folders.items()
    }
    found = waves(events, connectors, writers, 4)
    assert sorted(map(repr, events)) == sorted(repr(e) for wave in found for e in wave)
    assert 1 < len(found) < 200
    places: dict[tuple[int, str], set[tuple[str, int]]] = {}
    for number, wave in enumerate(found):
        for event in wave:
            for brn in re.findall(rb"9998[0-9]{6}", event.value or b""):
                place = event.topic, partition_of(event.key, 4)
                places.setdefault((number, brn), set()).add(place)
    assert sum(len(of_firm) > 1 for of_firm in places.values()) < len(places) // 50
    for key in {(e.topic, e.key) for e in events}:
        of_key = [e for e in events if (e.topic, e.key) == key]
        assert [e for wave in found for e in wave if (e.topic, e.key) == key] == of_key
