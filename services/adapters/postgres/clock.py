"""The clock's tables: its lease, its runs, and what a run reads of firms, set-based.

A run goes through all enterprises in the order of their ids. Its row keeps how far it has come; it
moves in the transaction that writes what the day has brought, so that a run may end anywhere.
"""

from dataclasses import dataclass
from datetime import date, datetime

from services.adapters.postgres import intake
from services.adapters.postgres.connect import Connection, ours
from services.domain.firms import Firms
from services.domain.ids import Id
from services.errors import FencedOff

TOPIC = "hub.clock"
"""The clock's own stream (own_streams.py)."""
FIRST = "00000000-0000-0000-0000-000000000000"
"""Before the first enterprise."""


@dataclass(frozen=True, slots=True)
class Run:
    """One day's run under one policy. position: the last enterprise that is done. firms: passed;
    failed: passed without a decision; changed: workplaces; referrals: new versions."""

    run: int
    day: date
    policy_hash: bytes
    position: Id
    firms: int
    failed: int
    changed: int
    referrals: int
    finished_at: datetime | None


async def take_lease(connection: Connection, owner: str) -> int:
    """Makes this process the only clock; returns the epoch under which it writes."""
    async with ours():
        epoch: int = await connection.fetchval(
            "update clock_lease set epoch = epoch + 1, owner = $1 returning epoch", owner
        )
    return epoch


async def fence(connection: Connection, epoch: int) -> None:
    """Inside a transaction: no other clock begins before it ends. Raises FencedOff."""
    row = await connection.fetchrow("select from clock_lease where epoch = $1 for share", epoch)
    if row is None:
        raise FencedOff("다른 시계가 맡았습니다.", "another clock has the lease.")


_LAST_RUN = """
select run, day, policy_hash, coalesce(position, $1)::text, firms, failed, changed, referrals,
       finished_at
from clock_run order by run desc limit 1
"""


async def last_run(connection: Connection) -> Run | None:
    """The newest run; None before the first."""
    async with ours():
        row = await connection.fetchrow(_LAST_RUN, FIRST)
    return None if row is None else Run(*row)


async def begin_run(connection: Connection, day: date, policy_hash: bytes, now: datetime) -> Run:
    """A run for that day under that policy, from the first enterprise on."""
    run: int = await connection.fetchval(
        "insert into clock_run (day, policy_hash, started_at) values ($1, $2, $3) returning run",
        day,
        policy_hash,
        now,
    )
    return Run(run, day, policy_hash, FIRST, 0, 0, 0, 0, None)


async def move_run(connection: Connection, run: Run) -> None:
    """Writes how far a run has come."""
    await connection.execute(
        "update clock_run set position = $2, firms = $3, failed = $4, changed = $5,"
        " referrals = $6, finished_at = $7 where run = $1",
        run.run,
        run.position,
        run.firms,
        run.failed,
        run.changed,
        run.referrals,
        run.finished_at,
    )


async def firms_after(connection: Connection, position: Id, most: int) -> list[Id]:
    """The next enterprises in the order of their ids."""
    rows = await connection.fetch(
        "select enterprise_id::text from enterprise where enterprise_id > $1"
        " order by enterprise_id limit $2",
        position,
        most,
    )
    return [row[0] for row in rows]


async def load(connection: Connection, enterprises: list[Id], firms: Firms) -> dict[Id, bytes]:
    """Loads enterprises; returns by workplace the digests of its last decision's blocks."""
    seen = await intake.versions_of(connection, enterprises)
    recorded = [i for i, (_, has_records) in seen.items() if has_records]
    firms.load(
        await intake.participations_of(connection, enterprises),
        await intake.referrals_of(connection, enterprises),
        await intake.records_of(connection, recorded) if recorded else (),
    )
    return await _last_decisions(connection, enterprises)


_LAST = """
with part as (
    select enterprise_id, establishment_id, version from participation
    where enterprise_id = any($1)
    union all
    select enterprise_id, establishment_id, version from firm_record
    where enterprise_id = any($1)
), firm as (select enterprise_id, sum(version) as version from part group by 1)
select p.establishment_id::text, d.blocks
from (select distinct enterprise_id, establishment_id from part) p
join firm f using (enterprise_id)
cross join lateral (
    select decision_id from decision_log l where l.establishment_id = p.establishment_id
    order by (l.version = f.version) desc, l.decided_at desc limit 1
) l
join decision d using (decision_id)
"""
"""The instant of a decision is that at which its transaction began: one that had to wait for a
firm's lock is the later one although it says an earlier instant. What every decision names too is
the sum of the firm's versions (decision 2), and the last one was taken at the present sum."""


async def _last_decisions(connection: Connection, enterprises: list[Id]) -> dict[Id, bytes]:
    rows = await connection.fetch(_LAST, enterprises)
    return {row[0]: row[1] for row in rows}


async def lock(connection: Connection, enterprises: list[Id]) -> list[Id]:
    """Locks enterprises in the order of their ids, as every writer does; returns them."""
    rows = await connection.fetch(
        "select enterprise_id::text from enterprise where enterprise_id = any($1)"
        " order by enterprise_id for update",
        enterprises,
    )
    return [row[0] for row in rows]


async def bump(connection: Connection, enterprises: list[Id]) -> None:
    """Whoever has read one of these firms without a lock will see that it has changed."""
    await connection.execute(
        "update enterprise set version = version + 1 where enterprise_id = any($1)", enterprises
    )


async def bodies_of(connection: Connection, digests: set[bytes]) -> dict[bytes, bytes]:
    """The stored blocks of these digests."""
    rows = await connection.fetch(
        "select block_id, body from decision_block where block_id = any($1)", list(digests)
    )
    return {row[0]: row[1] for row in rows}
