"""Whose a source partition is and where the hub stands in it: claims, fences, deaths.

The only truth about offsets is here (architecture, decisions 1 to 3). A claim takes the next
epoch; every batch first moves next_offset under that epoch, and a worker whose epoch has passed
writes nothing.
"""

from dataclasses import dataclass, replace
from typing import Any

from services.adapters.postgres.connect import Connection, ours
from services.errors import FencedOff


@dataclass(frozen=True, slots=True)
class Claim:
    """What a worker got with a partition.

    next_offset None: the hub has read nothing of it yet. batch_cap 0: no limit of its own; else
    owners died here and batches must stay this small for a while (F2). deaths: owners that died
    while they had the message at next_offset alone in their hands.
    """

    stream: int
    epoch: int
    next_offset: int | None
    batch_cap: int
    deaths: int
    stopped: str | None


_CLAIM = """
update source_partition p set
    epoch = p.epoch + 1,
    owner = $3,
    batch_cap = case when p.clean then 0
                     when p.batch_cap = 0 then greatest($4 / 2, 1)
                     else greatest(p.batch_cap / 2, 1) end,
    deaths = case when p.clean or p.start_offset is distinct from p.next_offset then 0
                  else p.deaths end,
    start_offset = p.next_offset,
    clean = false,
    updated_at = now()
where p.topic = $1 and p.partition = $2
returning stream, epoch, next_offset, batch_cap, deaths, stopped
"""
_NEW = "insert into source_partition (topic, partition) values ($1, $2) on conflict do nothing"
"""Only where there is none: an insert that finds a row uses up a stream number all the same, and
there are 32,767."""


_EVICT = """
select pg_terminate_backend(a.pid)
from source_partition p
join pg_stat_activity a on a.application_name = left(p.owner, 63)
where p.topic = $1 and p.partition = $2 and not p.clean and p.owner <> $3
  and a.pid <> pg_backend_pid()
"""
"""A paused owner may hold the row in an open transaction for as long as it sleeps: the database
does not end a session that is sending to a client that does not read. It is fenced off in any
case, so its sessions are ended first (F25)."""


async def claim(
    connection: Connection, topic: str, partition: int, owner: str, full_batch: int
) -> Claim:
    """Takes the partition for owner: earlier owners are fenced off from now on."""
    async with ours():
        await connection.execute(_EVICT, topic, partition, owner)
        row = await connection.fetchrow(_CLAIM, topic, partition, owner, full_batch)
        if row is None:
            await connection.execute(_NEW, topic, partition)
            row = await connection.fetchrow(_CLAIM, topic, partition, owner, full_batch)
    assert row is not None
    return Claim(*row)


async def begin_at(connection: Connection, held: Claim, offset: int) -> None:
    """Writes down the offset at which the hub begins with a partition it has never read."""
    async with ours():
        await connection.execute(
            "update source_partition set first_offset = $3, next_offset = $3, start_offset = $3 "
            "where stream = $1 and epoch = $2 and next_offset is null",
            held.stream,
            held.epoch,
            offset,
        )


async def unsuspect(connection: Connection, held: Claim, end: int) -> Claim:
    """Nothing waits behind our offset: no message can have ended the owners before us."""
    if held.batch_cap == 0 or held.next_offset != end:
        return held
    async with ours():
        await connection.execute(
            "update source_partition set batch_cap = 0, deaths = 0 "
            "where stream = $1 and epoch = $2",
            held.stream,
            held.epoch,
        )
    return replace(held, batch_cap=0, deaths=0)


_AHEAD = """
update source_partition p set next_offset = m.top + 1, start_offset = m.top + 1
from (select max(kafka_offset) as top from inbox where stream = $1) m
where p.stream = $1 and p.epoch = $2 and p.next_offset <= m.top
returning p.next_offset
"""


async def ahead(connection: Connection, held: Claim) -> Claim:
    """Behind what the inbox holds already, should somebody have moved the offset back: what has
    been received is not received again (F18, F70)."""
    async with ours():
        moved = await connection.fetchval(_AHEAD, held.stream, held.epoch)
    return held if moved is None else replace(held, next_offset=moved)


async def standing(connection: Connection) -> dict[tuple[str, int], int | None]:
    """Where the hub stands in every partition that is not stopped."""
    async with ours():
        rows = await connection.fetch(
            "select topic, partition, next_offset from source_partition where stopped is null"
        )
    return {(row[0], row[1]): row[2] for row in rows}


async def trying(connection: Connection, stream: int, epoch: int, offset: int) -> None:
    """Notes that the message at this offset is about to be read alone: who dies now dies of it."""
    async with ours():
        await connection.execute(
            "update source_partition set start_offset = $3,"
            " deaths = case when start_offset = $3 then deaths + 1 else 1 end "
            "where stream = $1 and epoch = $2",
            stream,
            epoch,
            offset,
        )


async def acquit(connection: Connection, held: dict[int, int]) -> None:
    """No message of these partitions (stream → epoch) is suspected any more."""
    async with ours():
        await connection.execute(
            "update source_partition p set batch_cap = 0, deaths = 0 "
            "from unnest($1::smallint[], $2::int[]) as h(stream, epoch) "
            "where p.stream = h.stream and p.epoch = h.epoch",
            list(held),
            list(held.values()),
        )


async def numbers(
    connection: Connection, places: list[tuple[str, int]]
) -> dict[int, tuple[str, int]]:
    """The number of every partition that the hub knows: stream → (topic, partition). Gives those
    of places one that have none."""
    rows = await _numbers(connection)
    missing = sorted(set(places) - {(row[1], row[2]) for row in rows})
    if missing:
        # Only these: an insert that meets an existing row waits for whoever is changing it.
        async with ours():
            await connection.execute(
                "insert into source_partition (topic, partition) "
                "select * from unnest($1::text[], $2::int[]) order by 1, 2 on conflict do nothing",
                [topic for topic, _ in missing],
                [partition for _, partition in missing],
            )
        rows = await _numbers(connection)
    return {row[0]: (row[1], row[2]) for row in rows}


async def _numbers(connection: Connection) -> list[Any]:
    async with ours():
        rows: list[Any] = await connection.fetch(
            "select stream, topic, partition from source_partition"
        )
    return rows


async def release(connection: Connection, held: dict[int, int]) -> None:
    """Gives partitions (stream → epoch) back in good order: the next owner suspects nothing."""
    async with ours():
        await connection.execute(
            "update source_partition p set clean = true, owner = null, updated_at = now() "
            "from unnest($1::smallint[], $2::int[]) as h(stream, epoch) "
            "where p.stream = h.stream and p.epoch = h.epoch",
            list(held),
            list(held.values()),
        )


async def stop(connection: Connection, stream: int, reason: str) -> None:
    """Marks a partition as stopped until an operator looks: nothing is skipped (F31, F37)."""
    async with ours():
        await connection.execute(
            "update source_partition set stopped = $2, updated_at = now() where stream = $1",
            stream,
            reason,
        )


@dataclass(frozen=True, slots=True)
class Advance:
    """One partition's part of a batch: it stands at `start` under `epoch` and goes to `end`."""

    stream: int
    epoch: int
    start: int
    end: int


_FENCE = """
update source_partition p set next_offset = a.after, updated_at = now()
from unnest($1::smallint[], $2::int[], $3::bigint[], $4::bigint[])
    as a(stream, epoch, before, after)
where p.stream = a.stream and p.epoch = a.epoch and p.next_offset = a.before
returning p.stream
"""

GATE = 727523
"""The advisory lock between those who change participations and those whose messages begin to
wait for one."""

_FENCE_AND_GATE = (
    "with gate as materialized (select pg_advisory_xact_lock_shared("
    + str(GATE)
    + "))"
    + _FENCE.replace("from unnest", "from gate, unnest")
)


async def fence(connection: Connection, advances: list[Advance], gate: bool = False) -> bool:
    """First statement of a batch's transaction; moves the offsets, or tells why not.

    gate: also passes the gate, which who begins to wait for a participation keeps closed.

    True: moved. False: exactly this batch is already written (an earlier commit whose answer was
    lost, F41). Raises FencedOff when another worker has taken any of the partitions (F25).
    """
    rows = await connection.fetch(
        _FENCE_AND_GATE if gate else _FENCE,
        [a.stream for a in advances],
        [a.epoch for a in advances],
        [a.start for a in advances],
        [a.end for a in advances],
    )
    if len(rows) == len(advances):
        return True
    standing = {
        row["stream"]: (row["epoch"], row["next_offset"])
        for row in await connection.fetch(
            "select stream, epoch, next_offset from source_partition where stream = any($1)",
            [a.stream for a in advances],
        )
    }
    if not rows and all(standing[a.stream] == (a.epoch, a.end) for a in advances):
        return False
    raise FencedOff(
        "다른 처리기가 이 파티션을 맡았습니다.", "another worker owns the partition now."
    )
