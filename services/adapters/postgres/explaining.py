"""What the hub keeps of a referral, an event or a firm: reads only, by keys and short ranges."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.adapters.postgres import intake
from services.adapters.postgres.connect import Connection
from services.domain.decision.decision import ABSENT
from services.domain.decision.stored import digests_of
from services.domain.explaining.kept import (
    Step,
    StoredDecision,
    StoredParticipation,
    StoredRecord,
    StoredReferral,
)
from services.domain.records import from_document
from services.domain.tax_status import TaxStatus

_REFERRAL = (
    "select referral_id::text, enterprise_id::text, establishment_id::text, round, version,"
    " status, stage, reasons, addressees, handed_over, as_of, opened_at, updated_at, decision_id"
    " from referral"
)


def _referral(row: Any, history: Iterable[Any] = ()) -> StoredReferral:
    return StoredReferral(
        referral_id=row[0],
        enterprise_id=row[1],
        establishment_id=row[2],
        round=row[3],
        version=row[4],
        status=row[5],
        stage=row[6],
        reasons=tuple(row[7].split()),
        addressees=tuple(row[8].split()),
        handed_over=row[9],
        as_of=row[10].isoformat(),
        opened_at=row[11],
        updated_at=row[12],
        history=tuple(map(_step, history)),
    )


def _step(row: Any) -> Step:
    reasons, addressees = ((text or "").split() for text in row[3:5])
    return Step(row[0], row[1], row[2], tuple(reasons), tuple(addressees))


async def referral(connection: Connection, referral_id: str) -> tuple[StoredReferral, bytes] | None:
    """A referral with its history, and the id of the decision behind it."""
    row = await connection.fetchrow(f"{_REFERRAL} where referral_id = $1", referral_id)
    if row is None:
        return None
    steps = await connection.fetch(
        "select version, status, at, reasons, addressees from referral_version"
        " where referral_id = $1 order by 1",
        referral_id,
    )
    return _referral(row, steps), row[13]


async def referrals(connection: Connection, enterprises: list[str]) -> list[StoredReferral]:
    """All referrals of these firms, round by round, with their histories."""
    rows = await connection.fetch(
        f"{_REFERRAL} where enterprise_id = any($1) order by establishment_id, round",
        enterprises,
    )
    steps: dict[str, list[Any]] = {}
    for step in await connection.fetch(
        "select referral_id::text, version, status, at, reasons, addressees from referral_version"
        " where referral_id = any($1) order by 1, 2",
        [row[0] for row in rows],
    ):
        steps.setdefault(step[0], []).append(step[1:])
    return [_referral(row, steps.get(row[0], ())) for row in rows]


async def decision_of_version(
    connection: Connection, referral_id: str, version: int
) -> bytes | None:
    """The decision behind a version of a referral."""
    found: bytes | None = await connection.fetchval(
        "select decision_id from referral_version where referral_id = $1 and version = $2",
        referral_id,
        version,
    )
    return found


_PARTICIPATION = (
    "select participation_id::text, establishment_id::text, version, doc, enterprise_id::text"
    " from participation"
)


async def participations(connection: Connection, enterprise_id: str) -> list[StoredParticipation]:
    """All participations of a firm."""
    rows = await connection.fetch(
        f"{_PARTICIPATION} where enterprise_id = $1"
        " order by programme, source_key, participation_id",
        enterprise_id,
    )
    return [StoredParticipation(*row[:4]) for row in rows]


async def participations_of_key(
    connection: Connection, ids: list[str], pair: str | None
) -> tuple[list[StoredParticipation], list[str]]:
    """The participations of these ids, or of this programme and key where it has several firms;
    and their firms."""
    rows = await connection.fetch(
        f"{_PARTICIPATION} where participation_id = any($1) or pair = $2 order by participation_id",
        ids,
        pair,
    )
    return [StoredParticipation(*row[:4]) for row in rows], sorted({row[4] for row in rows})


_RECORD = (
    "select kind, source_key, establishment_id::text, version, enterprise_id::text,"
    " case when kind = 'tax_status' then doc end from firm_record"
)


def _record(row: Any) -> StoredRecord:
    """What partners sent stays untold; what a person stated is told."""
    stated = None if row[5] is None else from_document(row[0], row[5])
    told = stated if isinstance(stated, TaxStatus) else None
    return StoredRecord(row[0], row[1], row[2], row[3], told)


async def records(connection: Connection, enterprise_id: str) -> list[StoredRecord]:
    """What is known of a firm beside its participations."""
    rows = await connection.fetch(
        f"{_RECORD} where enterprise_id = $1 order by kind, source_key, record_id", enterprise_id
    )
    return [_record(row) for row in rows]


async def records_of(
    connection: Connection, ids: list[str]
) -> tuple[list[StoredRecord], list[str]]:
    """The records of these ids, and their firms."""
    rows = await connection.fetch(
        f"{_RECORD} where record_id = any($1) order by kind, source_key", ids
    )
    return [_record(row) for row in rows], sorted({row[4] for row in rows})


_DECISION = (
    "select l.establishment_id::text, l.version, l.decided_at, l.decision_id, d.policy_hash,"
    " d.blocks, l.facts, p.topic, p.partition, l.kafka_offset"
)
_JOINED = " join decision d using (decision_id) left join source_partition p using (stream)"
_NEWEST = " order by decided_at desc, version desc, stream desc, kafka_offset desc limit 1"


async def last_decisions(
    connection: Connection,
    establishments: list[str],
    decision_id: bytes | None = None,
    known_at: datetime | None = None,
) -> list[StoredDecision]:
    """The last decision of each workplace; with decision_id the last time that it was taken, with
    known_at the last that had been taken by then."""
    rows = await connection.fetch(
        f"{_DECISION} from unnest($1::uuid[]) as e(id) cross join lateral"  # noqa: S608
        " (select * from decision_log where establishment_id = e.id"
        " and ($2::bytea is null or decision_id = $2)"
        f" and ($3::timestamptz is null or decided_at <= $3){_NEWEST}) l{_JOINED}",
        establishments,
        decision_id,
        known_at,
    )
    return await _with_blocks(connection, rows)


async def decisions_of_event(
    connection: Connection, establishments: list[str], stream: int, offset: int
) -> list[StoredDecision]:
    """What was decided of these workplaces because of one event."""
    rows = await connection.fetch(
        f"{_DECISION} from decision_log l{_JOINED}"
        " where l.establishment_id = any($1) and l.stream = $2 and l.kafka_offset = $3"
        " order by l.establishment_id, l.version",
        establishments,
        stream,
        offset,
    )
    return await _with_blocks(connection, rows)


async def _with_blocks(connection: Connection, rows: list[Any]) -> list[StoredDecision]:
    wanted = {digest for row in rows for digest in digests_of(row[5])} - {ABSENT}
    found = await connection.fetch(
        "select block_id, body from decision_block where block_id = any($1)", list(wanted)
    )
    bodies = {row[0]: row[1] for row in found}
    return [
        StoredDecision(
            establishment_id=row[0],
            version=row[1],
            decided_at=row[2],
            decision_id=row[3],
            policy_hash=row[4],
            blocks=row[5],
            bodies=bodies,
            facts=row[6],
            place=f"{row[7]}/{row[8]}/{row[9]}",
        )
        for row in rows
    ]


async def enterprise_of_number(connection: Connection, number: str) -> str | None:
    """The firm behind a business, corporate or workplace number."""
    found, _ = await intake.identifiers(connection, [(kind, number) for kind in (1, 2, 3)])
    return next((found[key].enterprise_id for key in sorted(found)), None)


async def enterprise_of_establishment(connection: Connection, establishment_id: str) -> str | None:
    """The firm of a workplace."""
    found: str | None = await connection.fetchval(
        "select enterprise_id::text from establishment where establishment_id = $1",
        establishment_id,
    )
    return found


async def enterprise_since(connection: Connection, enterprise_id: str) -> datetime | None:
    """Since when the hub knows a firm; None for no firm of this id."""
    found: datetime | None = await connection.fetchval(
        "select created_at from enterprise where enterprise_id = $1", enterprise_id
    )
    return found


async def establishment_keys(
    connection: Connection, establishments: list[str]
) -> list[tuple[str, str]]:
    """(id, key) of these workplaces."""
    rows = await connection.fetch(
        "select establishment_id::text, key from establishment where establishment_id = any($1)"
        " order by key",
        establishments,
    )
    return [(row[0], row[1]) for row in rows]


async def reviews(connection: Connection, enterprise_id: str) -> list[tuple[str, str]]:
    """(issue, the other firm) of the open doubts about a firm."""
    rows = await connection.fetch(
        "select issue, case when enterprise_id = $1 then other_id else enterprise_id end::text"
        " from identity_review where (enterprise_id = $1 or other_id = $1) and state = 'open'"
        " order by opened_at",
        enterprise_id,
    )
    return [(row[0], row[1]) for row in rows]
