"""Two workers and firms that take part in several programmes: nothing lost, nothing doubled."""

import asyncio
from typing import Any

import asyncpg
import pytest

from connectors.base import Statement
from services.adapters.postgres import batch as batches
from services.adapters.postgres.batch import Written
from services.adapters.postgres.locking import Locks
from services.domain import exchange
from services.domain.judging import Message
from services.errors import Transient
from tests.integration.hub.harness import Hub, eventually
from tests.integration.hub.workers import worker

PROGRAMMES = ("smart-factory", "ai-voucher", "robot")


_APART = (
    "(select enterprise_id from participation group by 1"
    " having count(*) = 1 and min(programme) <> 'P7')"
)


def _ends(hub: Hub) -> dict[str, set[tuple[Any, ...]]]:
    """What firms end with, whatever the order in which the workers met their events: what is
    known of them and the last decision. Firms whose events all come from one partition are the
    same in every respect; others' referrals may have been through different stages."""
    asked = {
        "offsets": "select topic, partition, next_offset from source_partition",
        "participation": "select participation_id, enterprise_id, establishment_id, status, doc"
        " from participation",
        "participation of one partition": "select participation_id, version, consent_asked,"
        f" promotion_asked from participation where enterprise_id in {_APART}",
        "identifier": "select kind, value, enterprise_id from identifier",
        "decision": "select distinct on (establishment_id) establishment_id, enterprise_id,"
        " decision_id, facts from decision_log order by establishment_id, version desc",
        "establishments with a referral": "select establishment_id from referral",
        "referral of one partition": "select referral_id, version, status, stage, reasons,"
        " addressees, level, priority, handed_over, decision_id from referral"
        f" where enterprise_id in {_APART}",
        "history of one partition": "select referral_id, v.version, v.status, v.decision_id"
        f" from referral_version v join referral using (referral_id) where"
        f" enterprise_id in {_APART}",
    }
    return {what: set(hub.rows(sql)) for what, sql in asked.items()}


def test_two_workers_end_where_one_does(stack, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    """The second half is published when both own partitions and have nothing left to do, so that
    neither can have consumed everything before the other began."""
    count = 4000
    with Hub.create(stack, tmp_path_factory.mktemp("two")) as two:
        events = two.simulated(count, 31, programmes=PROGRAMMES, shared_firms=0.6, corrections=0.1)
        two.publish(events[: count // 2])
        for slot, name in enumerate(("ingest", "ingest-1")):
            two.start(name, slot=slot)
        two.start("relay")
        assert two.drain().received == count // 2
        eventually(lambda: len(_owners(two)) == 2)
        before = dict(two.rows(_BATCHES))
        two.publish(events[count // 2 :])
        assert two.drain().received == count
        two.sound()
        assert two.stop("ingest") == 0, two.log("ingest")
        assert two.stop("ingest-1") == 0, two.log("ingest-1")
        after = dict(two.rows(_BATCHES))
        assert len(after) == 2
        assert all(batches > before.get(worker, 0) for worker, batches in after.items())
        assert two.rows(_DOUBLES) == []
        with two.again() as one:
            assert one.run().received == count
            one.sound()
            expected, found = _ends(one), _ends(two)
            for table in expected:
                assert found[table] == expected[table], table


_BATCHES = "select worker, count(*) from audit group by 1"
_DOUBLES = (
    "select referral_id, version, count(*) from referral_version group by 1, 2 having count(*) > 1"
)


def _owners(hub: Hub) -> set[str]:
    return {
        row[0]
        for row in hub.rows("select distinct owner from source_partition where owner is not null")
    }


class _Meeting(Locks):
    """Locks that are taken only when every batch has been decided."""

    barrier: asyncio.Barrier
    met = False

    async def take(self, draft: Any) -> Any:
        if not self.met:
            self.met = True
            await self.barrier.wait()
        return await super().take(draft)


@pytest.mark.parametrize("folders", [("smart-factory", "ai-voucher"), ("robot", "robot")])
def test_a_version_conflict_is_decided_again(hub, monkeypatch, folders) -> None:  # type: ignore[no-untyped-def]
    """Two batches of one firm (or of one project) are decided at the same time; the one that
    locks later finds the other's version and decides again."""
    monkeypatch.setattr(batches, "Locks", _Meeting)
    events = hub.simulated(
        3000,
        5,
        programmes=tuple(sorted({*folders, "smart-factory"})),
        shared_firms=1.0,
        corrections=0.3,
    )
    found = asyncio.run(_at_once(hub, folders, events))
    assert [w.redone for w in found] in ([0, 1], [1, 0])
    (version,) = [
        row[0]
        for row in hub.rows(
            "select version from enterprise where enterprise_id in"
            " (select enterprise_id from participation)"
        )
    ]
    count = len(set(folders))
    assert version == 2 or (count == 1 and version == 1), "a correction may wait for its message"
    assert hub.rows("select count(*) from participation") == [(count,)]
    assert hub.rows("select count(*), count(distinct establishment_id) from referral") == [(1, 1)]
    messages = hub.rows("select topic, key from outbox")
    assert len([1 for topic, _ in messages if topic == "hub.participation.v1"]) >= count
    hub.sound()


async def _at_once(hub: Hub, folders: tuple[str, str], events: Any) -> list[Written]:
    _Meeting.barrier = asyncio.Barrier(2)
    async with worker(hub) as one, worker(hub) as other:
        first, second = _pair(folders, one.places, one.writers, events)
        return list(await asyncio.gather(one.write(first), other.write(second)))


def _pair(folders: tuple[str, str], rows: Any, writers: Any, events: Any) -> Any:
    """Two messages of one firm in two programmes, or a message and its correction."""
    streams: dict[str, list[Any]] = {}
    for row in rows:
        streams.setdefault(row[1], []).append(row)
    first: dict[Any, Any] = {}
    for event in events:
        if event.folder not in folders:
            continue
        connector = exchange.by_topic()[event.topic]
        allowed = writers.allowed(event.topic)
        reading = connector.read(event.key, event.value, allowed)
        if not isinstance(reading, Statement):
            continue
        message = Message(0, 0, 0, event.key, event.value, lambda v: v, reading)
        names = _names(connector, message) if folders[0] != folders[1] else set(reading.scopes)
        for name in names:
            other = first.get(name)
            if other is not None and (
                other[0] != event.folder
                if folders[0] != folders[1]
                else len(reading.scopes) > 1 and name != reading.scopes[0]
            ):
                pair = [other, (event.folder, event.topic, message)]
                return [_placed(one, streams[topic][n]) for n, (_, topic, one) in enumerate(pair)]
            first.setdefault(name, (event.folder, event.topic, message))
    raise AssertionError("no such pair")


def _names(connector: Any, message: Message) -> set[str]:
    _, outcomes = connector.judge((), "1:1", message.reading)
    return {p.brn for o in outcomes for p in o.changed if p.brn and p.status == "CONTRACTED"}


def _placed(message: Message, row: Any) -> Message:
    return Message(row[0], row[3], 0, message.raw_key, message.value, message.keep, message.reading)


def test_a_number_that_another_worker_gave_away(hub) -> None:  # type: ignore[no-untyped-def]
    """A number that leads to another firm by the time it is written sends the batch back."""
    from services.adapters.postgres import intake
    from services.domain.identity import Link

    async def race() -> None:
        dsn = hub.settings.postgres.get_secret_value()
        first, second = [await asyncpg.connect(dsn) for _ in range(2)]
        one, other = (f"00000000-0000-5000-8000-00000000000{n}" for n in (1, 2))
        try:
            begun = first.transaction()
            await begun.start()
            await intake.learn_identifiers(first, {(2, "x"): Link(one, None, 100)})
            same = asyncio.create_task(
                intake.learn_identifiers(second, {(2, "x"): Link(one, None, 100)})
            )
            await asyncio.sleep(0.2)
            assert not same.done()
            await begun.commit()
            await same
            with pytest.raises(Transient):
                await intake.learn_identifiers(second, {(2, "x"): Link(other, None, 100)})
        finally:
            await first.close()
            await second.close()

    asyncio.run(race())
