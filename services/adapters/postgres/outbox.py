"""The outbox read by cursor per stream, and its partitions (decision 6)."""

from datetime import timedelta
from operator import itemgetter
from typing import TypeAlias

from services.adapters.postgres.connect import Connection, ours
from services.errors import FencedOff

PARTITION_IDS = 5_000_000
_AHEAD = PARTITION_IDS // 2


Pending: TypeAlias = tuple[int, int, str, bytes, bytes | None, bytes]
"""One stored message that is not published yet: id, stream, topic, key, value, headers (as
`headers_of` takes them apart). The driver's own rows, because there are two or three for every
event."""


async def take_lease(connection: Connection, owner: str) -> int:
    """Makes this process the only relay; returns the epoch under which its cursors move."""
    async with ours():
        epoch: int = await connection.fetchval(
            "update relay_lease set epoch = epoch + 1, owner = $1 returning epoch", owner
        )
    return epoch


_READ = """
select o.id, p.stream, o.topic, o.key, o.value, o.headers
from source_partition p
left join outbox_cursor c using (stream)
cross join lateral (
    select id, topic, key, value, headers from outbox
    where stream = p.stream and id > coalesce(c.last_id, 0) order by id limit $1
) o
"""


async def pending(connection: Connection, most: int) -> list[Pending]:
    """The oldest unpublished messages of all streams, in the order in which they were written.

    One statement sees one snapshot, and a firm's lock orders the ids of its messages whatever
    stream they are in; a stream that was cut off at `most` therefore ends the list at its last id.
    """
    async with ours():
        rows: list[Pending] = await connection.fetch(_READ, most)
    ids: dict[int, list[int]] = {}
    for row in rows:
        ids.setdefault(row[1], []).append(row[0])
    cut = [max(of_stream) for of_stream in ids.values() if len(of_stream) == most]
    horizon = min(cut, default=None)
    kept = rows if horizon is None else [row for row in rows if row[0] <= horizon]
    kept.sort(key=itemgetter(0))
    return kept


_MOVE = """
insert into outbox_cursor as c (stream, last_id)
select m.stream, m.id from unnest($1::smallint[], $2::bigint[]) as m(stream, id)
where exists (select from relay_lease where epoch = $3 for share)
order by 1
on conflict (stream) do update
    set last_id = greatest(c.last_id, excluded.last_id), updated_at = now()
returning stream
"""


async def published(connection: Connection, epoch: int, rows: list[Pending]) -> None:
    """Moves the cursors past these messages; raises FencedOff where another relay has the lease."""
    last = {row[1]: row[0] for row in rows}
    async with ours():
        moved = await connection.fetch(_MOVE, list(last), list(last.values()), epoch)
    if len(moved) != len(last):
        raise FencedOff("다른 중계기가 맡았습니다.", "another relay has the lease.")


async def keep_partitions(connection: Connection, keep: timedelta) -> None:
    """Adds the outbox partition that will be needed next and drops those whose messages are all
    published and older than `keep`."""
    async with ours():
        top: int = await connection.fetchval("select last_value from outbox_id")
        names = [
            int(row[0].removeprefix("outbox_p"))
            for row in await connection.fetch(
                "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid "
                "where i.inhparent = 'outbox'::regclass"
            )
        ]
        newest = max(names)
        while top + _AHEAD >= (newest + 1) * PARTITION_IDS:
            newest += 1
            low, high = newest * PARTITION_IDS, (newest + 1) * PARTITION_IDS
            await connection.execute(
                f"create table if not exists outbox_p{newest:d} partition of outbox "
                f"for values from ({low:d}) to ({high:d})"
            )
        for name in sorted(names)[:-1]:
            if await _spent(connection, name, keep):
                await connection.execute(f"drop table outbox_p{name:d}")


async def _spent(connection: Connection, name: int, keep: timedelta) -> bool:
    spent: bool = await connection.fetchval(
        f"select not exists (select from outbox_p{name:d} o "  # noqa: S608 - a number
        "left join outbox_cursor c using (stream) "
        "where o.id > coalesce(c.last_id, 0) or o.at > now() - $1::interval)",
        keep,
    )
    return spent
