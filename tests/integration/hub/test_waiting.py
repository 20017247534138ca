"""An answer begins to wait while its project is being written: whoever comes first, it is found."""

import asyncio
from typing import Any

import asyncpg
import pytest

from services.adapters.kafka.publisher import Outgoing
from services.adapters.postgres import batch as batches
from services.adapters.postgres.locking import Locks
from services.adapters.postgres.partitions import GATE
from services.domain.judging import Message
from tests.integration.hub.harness import Hub
from tests.integration.hub.partners import Partners
from tests.integration.hub.tasks import Tasks, key_on
from tests.integration.hub.workers import worker

TASK = key_on(1, 1)


class _Paused(Locks):
    """Locks that are taken when everybody has decided, and that wait while they are held."""

    decided: asyncio.Barrier | None = None
    held: asyncio.Event
    go_on: asyncio.Event
    met = False

    async def take(self, draft: Any) -> Any:
        if self.decided is not None and not self.met:
            self.met = True
            await self.decided.wait()
        stale = await super().take(draft)
        if self.follows:
            self.held.set()
            await self.go_on.wait()
        return stale


async def _worker(hub: Hub, message: Outgoing) -> Any:
    """A worker of its own that writes one batch of one message."""
    async with worker(hub) as one:
        stream, topic, _, offset = next(row for row in one.places if row[1] == message.topic)
        allowed = one.writers.allowed(topic)
        reading = one.by_stream[stream].read(message.key, message.value, allowed)
        return await one.write(
            Message(stream, offset, 0, message.key, message.value, lambda v: v, reading)
        )


@pytest.mark.parametrize("answer_first", [False, True])
def test_an_answer_and_its_project_at_once(hub, monkeypatch, answer_first) -> None:  # type: ignore[no-untyped-def]
    """Either both have been decided before the other is seen, or the answer's worker already
    keeps the gate closed when the project's begins."""
    monkeypatch.setattr(batches, "Locks", _Paused)
    partners = Partners.of(hub)
    tasks = Tasks(partners.ids["src.mss.smart-factory.v1-value"])
    answer = partners.answer("SV-1", 1, 1, program="P3", part_key=TASK)

    async def both() -> list[Any]:
        _Paused.decided = None if answer_first else asyncio.Barrier(2)
        _Paused.held, _Paused.go_on = asyncio.Event(), asyncio.Event()
        first = asyncio.create_task(_worker(hub, answer))
        if not answer_first:
            _Paused.go_on.set()
            return list(await asyncio.gather(first, _worker(hub, tasks.row(TASK, 1))))
        await _Paused.held.wait()
        second = asyncio.create_task(_worker(hub, tasks.row(TASK, 1)))
        await asyncio.sleep(0.5)
        assert not second.done(), "the gate is closed"
        _Paused.go_on.set()
        return list(await asyncio.gather(first, second))

    asked, _ = asyncio.run(both())
    assert asked.redone == 1, "looked once more behind the closed gate"
    assert hub.states() == {TASK: [("applied", "")], "SV-1": [("applied", "")]}
    assert hub.rows("select * from awaited") == []
    assert hub.rows("select count(*) from firm_record") == [(1,)]
    (referral,) = hub.rows("select version, status, priority from referral")
    assert referral[:2] == (2, "requested")
    hub.sound()


def test_the_gate_is_worth_waiting_for(hub: Hub) -> None:
    """A long batch inside may take longer than a lock on a row: giving up after a second and
    deciding anew, again and again, an answer would never get in."""
    hub.publish([Partners.of(hub).answer("SV-2", 1, 1, program="P3", part_key=TASK)])

    async def inside() -> None:
        connection = await asyncpg.connect(hub.settings.postgres.get_secret_value())
        try:
            async with connection.transaction():
                await connection.execute(f"select pg_advisory_xact_lock_shared({GATE})")
                hub.start("ingest")
                hub.start("relay")
                waiting = (
                    "select count(*) from pg_locks where locktype = 'advisory' and not granted"
                )
                while not await connection.fetchval(waiting):
                    await asyncio.sleep(0.1)
                await asyncio.sleep(3)
        finally:
            await connection.close()

    asyncio.run(inside())
    assert hub.drain().held == 1
    assert "LockNotAvailable" not in hub.log("ingest")
