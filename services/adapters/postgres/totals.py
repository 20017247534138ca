"""Counts for `naru drain`, the demo and the bench."""

from dataclasses import asdict, dataclass

from services.adapters.postgres.connect import Connection, ours


@dataclass(frozen=True, slots=True)
class Totals:
    """Messages by end state, and referrals that an agency has been sent."""

    applied: int
    duplicate: int
    superseded: int
    held: int
    quarantined: int
    received: int
    referrals: int

    def json(self) -> dict[str, int]:
        """As `naru drain --json` prints it."""
        return asdict(self)


async def totals(connection: Connection) -> Totals:
    """The totals of everything received so far."""
    async with ours():
        row = await connection.fetchrow(
            "select coalesce(sum(applied), 0)::bigint, coalesce(sum(duplicate), 0)::bigint,"
            " coalesce(sum(superseded), 0)::bigint, coalesce(sum(held), 0)::bigint,"
            " coalesce(sum(quarantined), 0)::bigint, coalesce(sum(received), 0)::bigint,"
            " (select count(*) from referral where handed_over) from intake_day"
        )
    assert row is not None
    return Totals(*row)


async def totals_by_topic(connection: Connection) -> dict[str, tuple[int, ...]]:
    """Per source topic: received, applied, duplicate, superseded, held, quarantined."""
    async with ours():
        rows = await connection.fetch(
            "select p.topic, sum(received)::bigint, sum(applied)::bigint, sum(duplicate)::bigint,"
            " sum(superseded)::bigint, sum(held)::bigint, sum(quarantined)::bigint"
            " from intake_day d join source_partition p using (stream) group by 1 order by 1"
        )
    return {row[0]: tuple(row)[1:] for row in rows}


async def positions(connection: Connection) -> dict[tuple[str, int], int | None]:
    """Where the hub stands in each source partition."""
    async with ours():
        rows = await connection.fetch("select topic, partition, next_offset from source_partition")
    return {(row[0], row[1]): row[2] for row in rows}


async def outbox_backlog(connection: Connection) -> int:
    """Messages written and not yet published, counted up to a thousand a stream."""
    async with ours():
        count: int = await connection.fetchval(
            "select coalesce(sum(n), 0)::bigint from source_partition p"
            " left join outbox_cursor c using (stream) cross join lateral (select count(*) as n"
            " from (select from outbox where stream = p.stream and id > coalesce(c.last_id, 0)"
            " limit 1000) o) b"
        )
    return count
