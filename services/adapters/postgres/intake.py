"""The batch transaction's reads, and the identifiers that it learns: set-based (decision 5)."""

from typing import Any, TypeAlias

from services.adapters.postgres.connect import Connection, count_of
from services.domain.account import Moved
from services.domain.following import Pair, Place
from services.domain.identity import Identifier, Link
from services.domain.ids import Id
from services.errors import Transient

Seen: TypeAlias = tuple[int, bool]
"""An enterprise's version, and whether it has records. Whoever asks where something leads gets it
in the same statement: what moves afterwards, by a person's merge or split, then shows."""


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


async def identifiers(
    connection: Connection, wanted: list[Identifier]
) -> tuple[dict[Identifier, Link], dict[Id, Seen]]:
    """Where these identifiers lead, and the firms there as they were at that moment."""
    rows = await connection.fetch(
        "select kind, value, enterprise_id::text, establishment_id::text, confidence,"
        " place_id::text, version, has_records"
        " from identifier join unnest($1::smallint[], $2::text[]) as w(kind, value)"
        " using (kind, value) left join enterprise using (enterprise_id)",
        [kind for kind, _ in wanted],
        [value for _, value in wanted],
    )
    return (
        {(row[0], row[1]): Link(row[2], row[3], row[4], row[5]) for row in rows},
        {row[2]: (row[6], row[7]) for row in rows if row[6] is not None},
    )


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
    if count_of(done) != len(ordered):
        now, _ = await identifiers(connection, ordered)
        if any(now[i].enterprise_id != learnt[i].enterprise_id for i in ordered):
            raise Transient("식별자 경합", "an identifier was learnt by another worker")


async def versions_of(connection: Connection, enterprises: list[Id]) -> dict[Id, Seen]:
    """Those of these enterprises that exist."""
    rows = await connection.fetch(
        "select enterprise_id::text, version, has_records from enterprise"
        " where enterprise_id = any($1)",
        enterprises,
    )
    return {row[0]: (row[1], row[2]) for row in rows}


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


async def owners_of(
    connection: Connection, participation_ids: list[Id], pairs: list[Pair]
) -> tuple[dict[Id, Id], dict[Id, Seen], dict[Pair, list[Place]]]:
    """The enterprise to which each known participation belongs now, these enterprises as they
    were at that moment, and who waits for one of these programmes and source keys: one statement,
    for every batch asks all of it."""
    rows = await connection.fetch(
        "select participation_id::text, enterprise_id::text, null, null, version, has_records"
        " from (select participation_id, enterprise_id from participation"
        " where participation_id = any($1)) p join enterprise using (enterprise_id)"
        " union all select programme, source_key, source, scope, null, null from awaited"
        " join unnest($2::text[], $3::text[]) as p(programme, source_key)"
        " using (programme, source_key)",
        participation_ids,
        [programme for programme, _ in pairs],
        [source_key for _, source_key in pairs],
    )
    waiting: dict[Pair, list[Place]] = {}
    for row in rows:
        if row[2] is not None:
            waiting.setdefault((row[0], row[1]), []).append((row[2], row[3]))
    owned = [row for row in rows if row[2] is None]
    return (
        {row[0]: row[1] for row in owned},
        {row[1]: (row[4], row[5]) for row in owned},
        waiting,
    )


async def record_owners(
    connection: Connection, record_ids: list[Id]
) -> tuple[dict[Id, Id], dict[Id, Seen]]:
    """The enterprise to which each known record belongs now, and these enterprises."""
    rows = await connection.fetch(
        "select record_id::text, enterprise_id::text, e.version, e.has_records"
        " from firm_record join enterprise e using (enterprise_id) where record_id = any($1)",
        record_ids,
    )
    return {row[0]: row[1] for row in rows}, {row[1]: (row[2], row[3]) for row in rows}


async def records_of(connection: Connection, enterprises: list[Id]) -> list[Any]:
    """All records of these enterprises."""
    rows: list[Any] = await connection.fetch(
        "select record_id::text, enterprise_id::text, establishment_id::text, version, kind, doc"
        " from firm_record where enterprise_id = any($1)",
        enterprises,
    )
    return rows


async def participations_under(connection: Connection, ids: list[Id], pairs: list[Id]) -> list[Any]:
    """(id, document) of participations by their own ids, or by the ids of their source keys."""
    rows: list[Any] = await connection.fetch(
        "select participation_id::text, doc from participation where participation_id = any($1)"
        " union all select participation_id::text, doc from participation where pair = any($2)",
        ids,
        pairs,
    )
    return rows


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
