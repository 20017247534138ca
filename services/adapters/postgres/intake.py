"""The batch transaction's reads and writes: set-based, in a fixed order (decision 5).

Rows go in as columns (`unnest`), one statement a table.
"""

from typing import Any

from services.adapters.postgres.connect import Connection, columns
from services.domain.account import Moved
from services.domain.identity import Identifier, Link
from services.domain.ids import Id
from services.domain.writes import Row, Writes
from services.errors import Transient


async def scopes_or_aliases(connection: Connection, source: str, scopes: list[str]) -> list[Any]:
    """(name, the scope under which it has been merged, its memory, the memory's version): of each
    name either where it leads or what is kept under it, seen at one moment."""
    rows: list[Any] = await connection.fetch(
        "select n, a.scope, s.state, s.version from unnest($2::text[]) as n"
        " left join scope_alias a on a.source = $1 and a.alias = n"
        " left join scope_state s on s.source = $1 and s.scope = n",
        source,
        scopes,
    )
    return rows


async def scope_states(
    connection: Connection, source: str, scopes: list[str]
) -> dict[str, tuple[bytes, int]]:
    """The memories of these scopes and their versions."""
    rows = await connection.fetch(
        "select scope, state, version from scope_state where source = $1 and scope = any($2)",
        source,
        scopes,
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def identifiers(connection: Connection, wanted: list[Identifier]) -> dict[Identifier, Link]:
    """Where these identifiers lead."""
    rows = await connection.fetch(
        "select kind, value, enterprise_id::text, establishment_id::text, confidence "
        "from identifier join unnest($1::smallint[], $2::text[]) as w(kind, value) "
        "using (kind, value)",
        [kind for kind, _ in wanted],
        [value for _, value in wanted],
    )
    return {(row[0], row[1]): Link(row[2], row[3], row[4]) for row in rows}


async def learn_identifiers(connection: Connection, learnt: dict[Identifier, Link]) -> None:
    """Inserts identifiers in a fixed order. Raises Transient where another worker has meanwhile
    learnt that one of them leads to another firm: the batch begins anew."""
    ordered = sorted(learnt)
    links = [learnt[i] for i in ordered]
    done: str = await connection.execute(
        "insert into identifier (kind, value, enterprise_id, establishment_id, confidence) "
        "select * from unnest($1::smallint[], $2::text[], $3::uuid[], $4::uuid[], $5::smallint[]) "
        "order by 1, 2 on conflict do nothing",
        [kind for kind, _ in ordered],
        [value for _, value in ordered],
        [link.enterprise_id for link in links],
        [link.establishment_id for link in links],
        [link.confidence for link in links],
    )
    if _count(done) != len(ordered):
        now = await identifiers(connection, ordered)
        if any(now[i].enterprise_id != learnt[i].enterprise_id for i in ordered):
            raise Transient("식별자 경합", "an identifier was learnt by another worker")


def _count(status: str) -> int:
    """The number of rows in a command's status, as in `INSERT 0 12`."""
    return int(status.rsplit(" ", 1)[1])


async def versions_of(connection: Connection, enterprises: list[Id]) -> dict[Id, int]:
    """The versions of those that exist."""
    rows = await connection.fetch(
        "select enterprise_id::text, version from enterprise where enterprise_id = any($1)",
        enterprises,
    )
    return {row[0]: row[1] for row in rows}


async def inbox_places(
    connection: Connection, places: list[tuple[int, int]]
) -> tuple[dict[str, Moved], dict[int, tuple[str, int]]]:
    """Earlier messages as they stand, by name, and the topic and partition of their streams."""
    rows = await connection.fetch(
        "select stream, kafka_offset, received_on, end_state, source_key, topic, partition"
        " from inbox join unnest($1::smallint[], $2::bigint[]) as m(stream, kafka_offset)"
        " using (stream, kafka_offset) join source_partition using (stream)",
        [stream for stream, _ in places],
        [offset for _, offset in places],
    )
    return (
        {f"{r[0]}:{r[1]}": Moved(r[0], r[1], r[2], r[3], r[4]) for r in rows},
        {r[0]: (r[5], r[6]) for r in rows},
    )


async def owners_of(connection: Connection, participation_ids: list[Id]) -> dict[Id, Id]:
    """The enterprise to which each known participation belongs now."""
    rows = await connection.fetch(
        "select participation_id::text, enterprise_id::text from participation "
        "where participation_id = any($1)",
        participation_ids,
    )
    return {row[0]: row[1] for row in rows}


async def participations_of(connection: Connection, enterprises: list[Id]) -> list[Any]:
    """All participations of these enterprises."""
    rows: list[Any] = await connection.fetch(
        "select participation_id::text, enterprise_id::text, establishment_id::text, version, "
        "consent_asked, promotion_asked, doc from participation where enterprise_id = any($1)",
        enterprises,
    )
    return rows


async def referrals_of(connection: Connection, enterprises: list[Id]) -> list[Any]:
    """All referrals of these enterprises."""
    rows: list[Any] = await connection.fetch(
        "select referral_id::text, enterprise_id::text, establishment_id::text, round, "
        "version, status, stage, reasons, addressees, handed_over from referral "
        "where enterprise_id = any($1)",
        enterprises,
    )
    return rows


async def chains(connection: Connection, streams: list[int]) -> dict[int, bytes]:
    """The last value of each stream's audit chain."""
    rows = await connection.fetch(
        "select s.stream, a.chain from unnest($1::smallint[]) as s(stream) cross join lateral ("
        "select chain from audit where stream = s.stream order by from_offset desc limit 1) a",
        streams,
    )
    return {row[0]: row[1] for row in rows}


# Rows that workers share although they share no firm come last: they are locked the shortest.
STATEMENTS: dict[str, tuple[int, str]] = {
    "inbox": (
        10,
        "insert into inbox (stream, kafka_offset, received_at, received_on, source_at, source_key,"
        " end_state, reasons, warnings, raw) select * from unnest($1::smallint[], $2::bigint[],"
        " $3::timestamptz[], $4::date[], $5::timestamptz[], $6::text[], $7::smallint[],"
        " $8::text[], $9::text[], $10::bytea[])",
    ),
    "moved": (
        5,
        "update inbox i set end_state = m.e, reasons = m.r, warnings = m.w from unnest("
        "$1::smallint[], $2::bigint[], $3::smallint[], $4::text[], $5::text[]) as m(s, o, e, r, w)"
        " where i.stream = m.s and i.kafka_offset = m.o",
    ),
    "quarantine": (
        9,
        "insert into quarantine (stream, kafka_offset, parked_at, topic, source_key, reasons,"
        " detail, raw_key, raw_value) select * from unnest($1::smallint[], $2::bigint[],"
        " $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[],"
        " $9::bytea[])",
    ),
    "states": (
        4,
        "insert into scope_state as s (source, scope, state, version) select * from unnest("
        "$1::text[], $2::text[], $3::bytea[], $4::int[]) order by 1, 2"
        " on conflict (source, scope) do update set state = excluded.state,"
        " version = excluded.version where s.version = excluded.version - 1",
    ),
    "aliases": (
        3,
        "insert into scope_alias (source, alias, scope) select * from unnest($1::text[],"
        " $2::text[], $3::text[]) order by 1, 2"
        " on conflict (source, alias) do update set scope = excluded.scope",
    ),
    "establishments": (
        3,
        "insert into establishment (establishment_id, enterprise_id, key) select * from unnest("
        "$1::uuid[], $2::uuid[], $3::text[]) order by 1 on conflict do nothing",
    ),
    "reviews": (
        6,
        "insert into identity_review (review_id, opened_at, issue, enterprise_id, other_id, detail)"
        " select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::uuid[],"
        " $6::text[]) order by 1 on conflict do nothing",
    ),
    "participations": (
        13,
        "insert into participation (participation_id, programme, source_key, enterprise_id,"
        " establishment_id, version, status, consent_asked, promotion_asked, doc, stream,"
        " kafka_offset, updated_at) select * from unnest($1::uuid[], $2::text[], $3::text[],"
        " $4::uuid[], $5::uuid[], $6::int[], $7::text[], $8::text[], $9::boolean[], $10::bytea[],"
        " $11::smallint[], $12::bigint[], $13::timestamptz[]) on conflict (participation_id)"
        " do update set enterprise_id = excluded.enterprise_id,"
        " establishment_id = excluded.establishment_id, version = excluded.version,"
        " status = excluded.status, consent_asked = excluded.consent_asked,"
        " promotion_asked = excluded.promotion_asked, doc = excluded.doc,"
        " stream = excluded.stream, kafka_offset = excluded.kafka_offset,"
        " updated_at = excluded.updated_at",
    ),
    "asked": (
        3,
        "update participation p set consent_asked = a.c, promotion_asked = a.m from unnest("
        "$1::uuid[], $2::text[], $3::boolean[]) as a(i, c, m) where p.participation_id = a.i",
    ),
    "decided": (
        9,
        "insert into decision_log (establishment_id, version, enterprise_id, as_of, decided_at,"
        " decision_id, facts, stream, kafka_offset) select * from unnest($1::uuid[], $2::int[],"
        " $3::uuid[], $4::date[], $5::timestamptz[], $6::bytea[], $7::bytea[], $8::smallint[],"
        " $9::bigint[]) on conflict do nothing",
    ),
    "referrals": (
        17,
        "insert into referral (referral_id, enterprise_id, establishment_id, round, version,"
        " status, stage, reasons, agency, addressees, level, priority, handed_over, decision_id,"
        " as_of, opened_at, updated_at) select * from unnest($1::uuid[], $2::uuid[], $3::uuid[],"
        " $4::smallint[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],"
        " $11::text[], $12::int[], $13::boolean[], $14::bytea[], $15::date[], $16::timestamptz[],"
        " $17::timestamptz[]) on conflict (referral_id) do update set"
        " enterprise_id = excluded.enterprise_id, version = excluded.version,"
        " status = excluded.status, stage = excluded.stage, reasons = excluded.reasons,"
        " agency = excluded.agency, addressees = excluded.addressees, level = excluded.level,"
        " priority = excluded.priority, handed_over = excluded.handed_over,"
        " decision_id = excluded.decision_id, as_of = excluded.as_of,"
        " updated_at = excluded.updated_at",
    ),
    "referral_versions": (
        5,
        "insert into referral_version (referral_id, version, status, at, decision_id) select * from"
        " unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::bytea[])",
    ),
    "outbox": (
        6,
        "insert into outbox (stream, topic, key, value, headers, at) select s, t, k, v, h, a from"
        " unnest($1::smallint[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[],"
        " $6::timestamptz[]) with ordinality as x(s, t, k, v, h, a, n) order by n",
    ),
    "blocks": (
        3,
        "insert into decision_block (block_id, name, body) select * from unnest($1::bytea[],"
        " $2::text[], $3::bytea[]) order by 1 on conflict do nothing",
    ),
    "decisions": (
        3,
        "insert into decision (decision_id, policy_hash, blocks) select * from unnest($1::bytea[],"
        " $2::bytea[], $3::bytea[]) order by 1 on conflict do nothing",
    ),
    "days": (
        8,
        "insert into intake_day as d (stream, day, received, applied, duplicate, superseded, held,"
        " quarantined) select * from unnest($1::smallint[], $2::date[], $3::bigint[], $4::bigint[],"
        " $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[]) order by 1, 2"
        " on conflict (stream, day) do update set received = d.received + excluded.received,"
        " applied = d.applied + excluded.applied, duplicate = d.duplicate + excluded.duplicate,"
        " superseded = d.superseded + excluded.superseded, held = d.held + excluded.held,"
        " quarantined = d.quarantined + excluded.quarantined",
    ),
    "reasons": (
        4,
        "insert into intake_reason as d (stream, day, reason, n) select * from unnest("
        "$1::smallint[], $2::date[], $3::text[], $4::bigint[]) order by 1, 2, 3"
        " on conflict (stream, day, reason) do update set n = d.n + excluded.n",
    ),
    "audit": (
        9,
        "insert into audit (stream, from_offset, to_offset, at, worker, epoch, counts, policy_hash,"
        " chain) select * from unnest($1::smallint[], $2::bigint[], $3::bigint[],"
        " $4::timestamptz[], $5::text[], $6::int[], $7::text[], $8::bytea[], $9::bytea[])",
    ),
}


async def write(connection: Connection, writes: Writes) -> None:
    """Writes a batch, in the order of the tables above, inside the caller's transaction. Raises
    Transient where a memory is not the one that was read."""
    for table, (width, statement) in STATEMENTS.items():
        rows: list[Row] = getattr(writes, table)
        if rows:
            done: str = await connection.execute(statement, *columns(rows, width))
            if table == "states" and _count(done) != len(rows):
                raise Transient("기억 경합", "a memory was changed by another worker")
