"""Reading the review queue, the firms that it names and what was decided."""

from datetime import datetime
from typing import Any

import orjson

from services.adapters.postgres.connect import Connection, columns, ours
from services.adapters.postgres.writing import STATEMENTS
from services.domain.identity import NAME_SAME, Kind
from services.domain.ids import Id, uid

_FINAL = """
with recursive way as (
    select enterprise_id as asked, enterprise_id, merged_into from enterprise
    where enterprise_id = any($1)
    union all
    select way.asked, e.enterprise_id, e.merged_into
    from way join enterprise e on e.enterprise_id = way.merged_into
)
select asked::text, enterprise_id::text from way where merged_into is null
"""
_REVIEWS = (
    "select review_id::text, opened_at, issue, enterprise_id::text, other_id::text, detail, state,"
    " act from identity_review"
)
_SAME_NAMES = """
with named as (
    select distinct enterprise_id, lower(replace(d ->> 'name', ' ', '')) as name,
           d ->> 'sigungu' as place
    from (select enterprise_id, convert_from(doc, 'utf8')::jsonb as d from participation) p
    where d ->> 'name' <> '' and d ->> 'sigungu' <> ''
)
select a.enterprise_id::text, b.enterprise_id::text, place
from named a join named b using (name, place)
where a.enterprise_id < b.enterprise_id order by 1, 2, 3
"""
_SEARCH_S = 600.0
_NAMES = ("review_id", "opened_at", "issue", "enterprise_id", "other_id", "number", "state", "act")
_ACT_NAMES = ("act", "kind", "at", "by", "why", "enterprises", "review_id", "undoes", "undone")
_ACTS = (
    "select act, kind, at, by, why, enterprises::text[], review_id::text, undoes, undone"
    " from identity_act"
)


async def listed(connection: Connection, everything: bool, most: int) -> list[dict[str, Any]]:
    """Reviews that wait, the oldest first; everything: decided ones too."""
    where = "" if everything else " where state = 'open'"
    async with ours():
        rows = await connection.fetch(
            f"{_REVIEWS}{where} order by opened_at, review_id limit $1", most
        )
    return [_review(row) for row in rows]


async def review(connection: Connection, review_id: Id) -> dict[str, Any] | None:
    """One review with both firms as they are now and the acts about them."""
    async with ours(), connection.transaction(isolation="repeatable_read", readonly=True):
        row = await connection.fetchrow(f"{_REVIEWS} where review_id = $1", review_id)
        if row is None:
            return None
        found = _review(row)
        asked = [found["enterprise_id"], found["other_id"]]
        final = {r[0]: r[1] for r in await connection.fetch(_FINAL, asked)}
        firms = list(dict.fromkeys(final.get(i, i) for i in asked))
        found["firms"] = [await _firm(connection, one) for one in firms]
        found["acts"] = await _acts_about(connection, [*asked, *firms])
        return found


async def firm(connection: Connection, enterprise_id: Id) -> dict[str, Any] | None:
    """One firm as it is now and the acts about it."""
    async with ours(), connection.transaction(isolation="repeatable_read", readonly=True):
        final = {r[0]: r[1] for r in await connection.fetch(_FINAL, [enterprise_id])}
        if enterprise_id not in final:
            return None
        found = await _firm(connection, final[enterprise_id])
        found["acts"] = await _acts_about(connection, [enterprise_id, final[enterprise_id]])
        return found


async def find_same_names(connection: Connection, at: datetime) -> int:
    """Opens a review for every two firms of one name in one 시군구 that share no number (worked
    case 7: never merged by name); those that were opened before stay as they were decided."""
    async with ours(), connection.transaction():
        await connection.execute("set local statement_timeout = 0")
        pairs = await connection.fetch(_SAME_NAMES)
        rows = [
            (uid("review", NAME_SAME, one, other), at, NAME_SAME, one, other, place)
            for one, other, place in pairs
        ]
        made = await connection.fetch(
            STATEMENTS["reviews"][1] + " returning 1", *columns(rows, 6), timeout=_SEARCH_S
        )
    return len(made)


async def _acts_about(connection: Connection, firms: list[Id]) -> list[dict[str, Any]]:
    rows = await connection.fetch(f"{_ACTS} where enterprises && $1::uuid[] order by act", firms)
    return [{**dict(zip(_ACT_NAMES, row, strict=True)), "at": row[2].isoformat()} for row in rows]


async def _firm(connection: Connection, enterprise_id: Id) -> dict[str, Any]:
    numbers = await connection.fetch(
        "select kind, value, confidence, valid_from, valid_to from identifier"
        " where enterprise_id = $1 order by 1, 2",
        enterprise_id,
    )
    parts = await connection.fetch(
        "select programme, source_key, status, establishment_id::text, doc from participation"
        " where enterprise_id = $1 order by 1, 2",
        enterprise_id,
    )
    referrals = await connection.fetch(
        "select referral_id::text, establishment_id::text, status, version from referral"
        " where enterprise_id = $1 order by 1",
        enterprise_id,
    )
    return {
        "enterprise_id": enterprise_id,
        "numbers": [
            {
                "number": f"{Kind(row[0]).name}:{row[1]}",
                "confidence": row[2],
                "valid_from": row[3] and row[3].isoformat(),
                "valid_to": row[4] and row[4].isoformat(),
            }
            for row in numbers
        ],
        "participations": [_participation(row) for row in parts],
        "records": await connection.fetchval(
            "select count(*)::int from firm_record where enterprise_id = $1", enterprise_id
        ),
        "referrals": [
            dict(zip(("referral_id", "establishment_id", "status", "version"), row, strict=True))
            for row in referrals
        ],
    }


def _participation(row: Any) -> dict[str, Any]:
    stated = orjson.loads(row[4])
    told = {name: stated.get(name) for name in ("name", "brn", "crn", "ei_workplace_no", "sigungu")}
    names = ("programme", "source_key", "status", "establishment_id")
    return {**dict(zip(names, row[:4], strict=True)), **told}


def _review(row: Any) -> dict[str, Any]:
    found = dict(zip(_NAMES, row, strict=True))
    return {**found, "opened_at": row[1].isoformat()}
