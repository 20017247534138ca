"""One step of the clock, one transaction: some firms are decided anew for a day.

As in a batch of messages, deciding needs no lock: what differs is locked, and decided once more
under the lock where somebody else has changed the firm meanwhile.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias

from services.adapters.failpoints import Failpoints
from services.adapters.postgres import clock as store
from services.adapters.postgres import writing
from services.adapters.postgres.connect import Connection, ours, poison
from services.adapters.postgres.own_streams import next_cause
from services.domain.deciding import Deciding
from services.domain.desk import Desk
from services.domain.firms import Firms
from services.domain.ids import Id
from services.domain.outgoing import Cause
from services.domain.redecided import Redecided
from services.domain.writes import Writes

UNPLACED = Cause(0, store.TOPIC, 0, 0)
"""Stands for the clock's place while nothing leaves."""
Found: TypeAlias = dict[Id, Redecided]


@dataclass(frozen=True, slots=True)
class Redeciding:
    """What every step needs. clock: (instant, UTC; the day to decide for)."""

    connection: Connection
    desk: Desk
    clock: tuple[datetime, date]

    async def found(self, cause: Cause, enterprises: list[Id]) -> Found:
        """What the day brings to these enterprises."""
        firms = Firms()
        last = await store.load(self.connection, enterprises, firms)
        return Deciding(firms, self.desk, self.clock).redecide(cause, enterprises, last)


async def step(
    connection: Connection,
    desk: Desk,
    clock: tuple[datetime, date],
    run: store.Run,
    epoch: int,
    most: int,
    failpoints: Failpoints,
) -> store.Run:
    """Goes on with a run by at most that many firms; returns it as it then stands, finished where
    no firm is left. Raises FencedOff, Transient, or Poison where a firm cannot be decided."""
    async with ours(), poison(), connection.transaction():
        await store.fence(connection, epoch)
        enterprises = await store.firms_after(connection, run.position, most)
        writes = Writes()
        if enterprises:
            found = await _settled(Redeciding(connection, desk, clock), enterprises)
            writes.add(one.effects for one in found.values())
            await writing.write(connection, writes)
            after = replace(
                run,
                position=enterprises[-1],
                firms=run.firms + len(enterprises),
                changed=run.changed + sum(len(one.moves) for one in found.values()),
                referrals=run.referrals + len(writes.referral_versions),
            )
        else:
            after = replace(run, finished_at=clock[0])
        await store.move_run(connection, after)
        failpoints.reach("clock:written")
    desk.committed(writes)
    failpoints.reach("clock:committed")
    return after


async def pass_over(connection: Connection, run: store.Run, epoch: int) -> store.Run:
    """Leaves out the next firm of a run, which cannot be decided."""
    async with ours(), connection.transaction():
        await store.fence(connection, epoch)
        [enterprise] = await store.firms_after(connection, run.position, 1)
        after = replace(run, position=enterprise, firms=run.firms + 1, failed=run.failed + 1)
        await store.move_run(connection, after)
    return after


async def _settled(redeciding: Redeciding, enterprises: list[Id]) -> Found:
    """What the day brings, with the firms that it brings something to locked."""
    connection = redeciding.connection
    first = await redeciding.found(UNPLACED, enterprises)
    if not first:
        return {}
    touched = await store.lock(connection, sorted(first))
    cause = await next_cause(connection, store.TOPIC)
    # Once more: under the lock they stay as they are read now, and only now, when something
    # leaves, a place in the stream is taken.
    found = await redeciding.found(cause, touched)
    if found:
        await store.bump(connection, sorted(found))
    return found
