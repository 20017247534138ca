"""The batch transaction's writes: set-based, in a fixed order (decision 5).

Rows that are only ever added go in by COPY; those that may replace others go in by one statement a
table: as columns (`unnest`), or, where every event has some, as rows of the table's own type, which
the driver encodes faster.
"""

from services.adapters.postgres.connect import Connection, columns, count_of
from services.domain.writes import Row, Writes
from services.errors import Transient

COPIED: dict[str, tuple[str, tuple[str, ...]]] = {
    "inbox": (
        "inbox",
        (
            "stream",
            "kafka_offset",
            "received_at",
            "received_on",
            "source_at",
            "source_key",
            "end_state",
            "reasons",
            "warnings",
            "raw",
        ),
    ),
    "quarantine": (
        "quarantine",
        (
            "stream",
            "kafka_offset",
            "parked_at",
            "topic",
            "source_key",
            "reasons",
            "detail",
            "raw_key",
            "raw_value",
        ),
    ),
    "decided": (
        "decision_log",
        (
            "establishment_id",
            "version",
            "enterprise_id",
            "as_of",
            "decided_at",
            "decision_id",
            "facts",
            "stream",
            "kafka_offset",
        ),
    ),
    "referral_versions": (
        "referral_version",
        ("referral_id", "version", "status", "at", "decision_id", "reasons", "addressees"),
    ),
    "outbox": ("outbox", ("stream", "topic", "key", "value", "headers", "at")),
    "audit": (
        "audit",
        (
            "stream",
            "from_offset",
            "to_offset",
            "at",
            "worker",
            "epoch",
            "counts",
            "policy_hash",
            "chain",
        ),
    ),
}
"""Rows of `Writes` → table and its columns. The outbox's ids are given in the order of its rows."""

WHOLE_ROWS = 0
STATEMENTS: dict[str, tuple[int, str]] = {
    "moved": (
        5,
        "update inbox i set end_state = m.e, reasons = m.r, warnings = m.w from unnest("
        "$1::smallint[], $2::bigint[], $3::smallint[], $4::text[], $5::text[]) as m(s, o, e, r, w)"
        " where i.stream = m.s and i.kafka_offset = m.o",
    ),
    "states": (
        WHOLE_ROWS,
        "insert into scope_state as s select r.* from unnest($1::scope_state[]) r order by 1, 2"
        " on conflict (source, scope) do update set state = excluded.state,"
        " version = excluded.version where s.version = excluded.version - 1",
    ),
    "aliases": (
        3,
        "insert into scope_alias (source, alias, scope) select * from unnest($1::text[],"
        " $2::text[], $3::text[]) order by 1, 2"
        " on conflict (source, alias) do update set scope = excluded.scope",
    ),
    "waits": (
        4,
        "insert into awaited (programme, source_key, source, scope) select * from unnest("
        "$1::text[], $2::text[], $3::text[], $4::text[]) order by 1, 2, 3, 4"
        " on conflict do nothing",
    ),
    "waits_over": (
        4,
        "delete from awaited a using unnest($1::text[], $2::text[], $3::text[], $4::text[])"
        " as w(p, k, s, c) where a.programme = w.p and a.source_key = w.k and a.source = w.s"
        " and a.scope = w.c",
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
        WHOLE_ROWS,
        "insert into participation select r.* from unnest($1::participation[]) r"
        " on conflict (participation_id)"
        " do update set enterprise_id = excluded.enterprise_id,"
        " establishment_id = excluded.establishment_id, version = excluded.version,"
        " status = excluded.status, consent_asked = excluded.consent_asked,"
        " promotion_asked = excluded.promotion_asked, doc = excluded.doc,"
        " stream = excluded.stream, kafka_offset = excluded.kafka_offset,"
        " updated_at = excluded.updated_at",
    ),
    "records": (
        10,
        "insert into firm_record (record_id, kind, source_key, enterprise_id, establishment_id,"
        " version, doc, stream, kafka_offset, updated_at) select * from unnest($1::uuid[],"
        " $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::int[], $7::bytea[], $8::smallint[],"
        " $9::bigint[], $10::timestamptz[]) on conflict (record_id) do update set"
        " enterprise_id = excluded.enterprise_id, establishment_id = excluded.establishment_id,"
        " version = excluded.version, doc = excluded.doc, stream = excluded.stream,"
        " kafka_offset = excluded.kafka_offset, updated_at = excluded.updated_at",
    ),
    "record_firms": (
        1,
        "update enterprise set has_records = true where enterprise_id = any($1::uuid[])"
        " and not has_records",
    ),
    "asked": (
        3,
        "update participation p set consent_asked = a.c, promotion_asked = a.m from unnest("
        "$1::uuid[], $2::text[], $3::boolean[]) as a(i, c, m) where p.participation_id = a.i",
    ),
    "referrals": (
        WHOLE_ROWS,
        "insert into referral select r.* from unnest($1::referral[]) r"
        " on conflict (referral_id) do update set"
        " enterprise_id = excluded.enterprise_id, version = excluded.version,"
        " status = excluded.status, stage = excluded.stage, reasons = excluded.reasons,"
        " agency = excluded.agency, addressees = excluded.addressees, level = excluded.level,"
        " priority = excluded.priority, handed_over = excluded.handed_over,"
        " decision_id = excluded.decision_id, as_of = excluded.as_of,"
        " updated_at = excluded.updated_at",
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
}
"""Rows of `Writes` → (number of columns, statement)."""

# Rows that workers share although they share no firm come last: they are locked the shortest.
_ORDER = (
    "inbox",
    "moved",
    "quarantine",
    "states",
    "aliases",
    "waits",
    "waits_over",
    "establishments",
    "reviews",
    "participations",
    "records",
    "record_firms",
    "asked",
    "decided",
    "referrals",
    "referral_versions",
    "outbox",
    "blocks",
    "decisions",
    "days",
    "reasons",
    "audit",
)


async def write(connection: Connection, writes: Writes) -> None:
    """Writes a batch, table after table, inside the caller's transaction. Raises Transient where a
    memory is not the one that was read."""
    for name in _ORDER:
        rows: list[Row] = getattr(writes, name)
        if not rows:
            continue
        if name in COPIED:
            table, names = COPIED[name]
            await connection.copy_records_to_table(table, records=rows, columns=names)
            continue
        width, statement = STATEMENTS[name]
        given = [rows] if width == WHOLE_ROWS else columns(rows, width)
        done: str = await connection.execute(statement, *given)
        if name == "states" and count_of(done) != len(rows):
            raise Transient("기억 경합", "a memory was changed by another worker")
