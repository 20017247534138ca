"""What the status page asks the database: rows as they stand, no judgement.

Two questions, because they cost differently: `Live` reads a few rows by key and is asked for at
every look; `Totals` counts whole tables and is asked for less often.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.adapters.postgres.connect import Connection, ours


@dataclass(frozen=True, slots=True)
class PartitionRow:
    """A source partition, its last message, and its part of the outbox.

    last_source_at: the broker's time of the last message read. advanced: offsets passed in the
    last minute. pending: unpublished messages, counted up to PENDING_CAP.
    """

    topic: str
    partition: int
    epoch: int
    owner: str | None
    next_offset: int | None
    batch_cap: int
    deaths: int
    stopped: str | None
    updated_at: datetime
    last_source_at: datetime | None
    last_received_at: datetime | None
    advanced: int
    pending: int
    pending_since: datetime | None


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One process as it last reported itself; facts: its own JSON."""

    role: str
    pid: int
    version: str
    started_at: datetime
    seen_at: datetime
    facts: str


@dataclass(frozen=True, slots=True)
class StateCounts:
    """Messages of one topic by the end state in which they are now."""

    topic: str
    received: int
    applied: int
    duplicate: int
    superseded: int
    held: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Live:
    """The cheap part. now: the database's clock. reasons: (topic, code, messages)."""

    now: datetime
    server_version: str
    schema_version: str | None
    partitions: tuple[PartitionRow, ...]
    processes: tuple[ProcessRow, ...]
    states: tuple[StateCounts, ...]
    reasons: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class ReferralGroup:
    """Referrals with the same addressees and status; since: when the oldest of those that are
    requested was first requested."""

    addressees: tuple[str, ...]
    status: str
    handed_over: bool
    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The costly part. parked: (reasons, messages, oldest). subjects: (subject, versions).

    delays: seconds from the broker's time to receiving, p50, p95, p99 over the newest messages of
    the last five minutes; None where there were none.
    """

    at: datetime
    enterprises: int
    establishments: int
    participations: int
    reviews: int
    decisions: int
    referrals: tuple[ReferralGroup, ...]
    parked: tuple[tuple[str, int, datetime], ...]
    policies: tuple[tuple[str, datetime], ...]
    subjects: tuple[tuple[str, tuple[int, ...]], ...]
    delays: tuple[float, float, float] | None
    reviews_since: datetime | None = None


PENDING_CAP = 1000

_PARTITIONS = f"""
select p.topic, p.partition, p.epoch, p.owner, p.next_offset, p.batch_cap, p.deaths, p.stopped,
       p.updated_at, i.source_at, i.received_at, coalesce(a.advanced, 0)::bigint,
       coalesce(o.n, 0)::int, o.since
from source_partition p
left join outbox_cursor c using (stream)
left join lateral (
    select source_at, received_at from inbox where stream = p.stream
    order by kafka_offset desc limit 1
) i on true
left join lateral (
    select sum(to_offset - from_offset) filter (where at > now() - interval '1 minute') as advanced
    from (select from_offset, to_offset, at from audit where stream = p.stream
          order by from_offset desc limit 600) newest
) a on true
left join lateral (
    select count(*) as n, min(at) as since
    from (select at from outbox where stream = p.stream and id > coalesce(c.last_id, 0)
          order by id limit {PENDING_CAP:d}) oldest
) o on true
order by p.topic, p.partition
"""  # noqa: S608 - a number of ours

_STATES = """
select p.topic, sum(d.received)::bigint, sum(d.applied)::bigint, sum(d.duplicate)::bigint,
       sum(d.superseded)::bigint, sum(d.held)::bigint, sum(d.quarantined)::bigint
from intake_day d join source_partition p using (stream) group by p.topic order by p.topic
"""

_REASONS = """
select p.topic, r.reason, sum(r.n)::bigint
from intake_reason r join source_partition p using (stream)
group by 1, 2 order by 1, 3 desc, 2
"""

_REFERRALS = """
select addressees, status, handed_over, count(*)::int, min(v.at)
from referral r
left join (select referral_id, status, min(at) as at from referral_version
           where status = 'requested' group by 1, 2) v using (referral_id, status)
group by 1, 2, 3
"""

_DELAYS = """
select percentile_cont(array[0.5, 0.95, 0.99]) within group
       (order by greatest(extract(epoch from i.received_at - i.source_at), 0))
from source_partition p
cross join lateral (
    select received_at, source_at from inbox where stream = p.stream
    order by kafka_offset desc limit 100
) i
where i.received_at > now() - interval '5 minutes' and i.source_at is not null
"""


async def read_live(connection: Connection) -> Live:
    """Everything of `Live` in one snapshot. Raises Transient, or Poison for an unknown schema."""
    async with ours(), connection.transaction(isolation="repeatable_read", readonly=True):
        now, version = await connection.fetchrow("select now(), current_setting('server_version')")
        return Live(
            now=now,
            server_version=version.split()[0],
            schema_version=await connection.fetchval(
                "select max(version_num) from alembic_version"
            ),
            partitions=tuple(PartitionRow(*r) for r in await connection.fetch(_PARTITIONS)),
            processes=tuple(ProcessRow(*r) for r in await connection.fetch(_PROCESSES)),
            states=tuple(StateCounts(*r) for r in await connection.fetch(_STATES)),
            reasons=tuple((r[0], r[1], r[2]) for r in await connection.fetch(_REASONS)),
        )


_PROCESSES = "select role, pid, version, started_at, seen_at, facts from process order by role"

_COUNTS = """
select now(), (select count(*) from enterprise)::int, (select count(*) from establishment)::int,
       (select count(*) from participation)::int,
       (select count(*) from identity_review where state = 'open')::int,
       (select count(*) from decision)::int,
       (select min(opened_at) from identity_review where state = 'open')
"""

_PARKED = """
select reasons, count(*)::int, min(parked_at) from quarantine group by reasons order by 2 desc, 1
"""

_SUBJECTS = """
select subject, array_agg(version order by version) from schema_version group by 1 order by 1
"""


async def read_totals(connection: Connection) -> Totals:
    """Everything of `Totals`. Raises Transient, or Poison for an unknown schema."""
    async with ours(), connection.transaction(isolation="repeatable_read", readonly=True):
        counts = await connection.fetchrow(_COUNTS)
        at, enterprises, establishments, participations, reviews, decisions, since = counts
        return Totals(
            at=at,
            enterprises=enterprises,
            establishments=establishments,
            participations=participations,
            reviews=reviews,
            decisions=decisions,
            referrals=tuple(_referrals(r) for r in await connection.fetch(_REFERRALS)),
            parked=tuple((r[0], r[1], r[2]) for r in await connection.fetch(_PARKED)),
            policies=tuple(
                (r[0].hex(), r[1])
                for r in await connection.fetch(
                    "select policy_hash, first_used from policy_version order by first_used desc"
                )
            ),
            subjects=tuple((r[0], tuple(r[1])) for r in await connection.fetch(_SUBJECTS)),
            delays=_delays(await connection.fetchval(_DELAYS)),
            reviews_since=since,
        )


def _referrals(row: Any) -> ReferralGroup:
    return ReferralGroup(tuple(row[0].split()), row[1], row[2], row[3], row[4])


def _delays(found: list[float] | None) -> tuple[float, float, float] | None:
    return (found[0], found[1], found[2]) if found else None
