"""What the hub knows, in a form in which two runs over the same messages can be compared: without
times, owners and the numbers that the database gives to rows."""

from typing import Any

from services.adapters.postgres.connect import Connection, ours

ENDS: dict[str, str] = {
    "offsets": "select topic, partition, next_offset from source_partition",
    "messages": "select s.topic, s.partition, kafka_offset, source_key, end_state, reasons,"
    " warnings from inbox join source_partition s using (stream)",
    "quarantine": "select s.topic, s.partition, kafka_offset, source_key, reasons, detail"
    " from quarantine join source_partition s using (stream)",
    "participations": "select participation_id, enterprise_id, establishment_id, version, status,"
    " consent_asked, promotion_asked, doc from participation",
    "identifiers": "select kind, value, enterprise_id, establishment_id from identifier",
    "doubts": "select issue, enterprise_id, other_id, detail from identity_review",
    "decisions": "select establishment_id, version, decision_id, facts from decision_log",
    "referrals": "select referral_id, enterprise_id, round, version, status, stage, reasons,"
    " addressees, level, priority, handed_over, decision_id from referral",
    "versions of referrals": "select referral_id, version, status, decision_id"
    " from referral_version",
    "outgoing": "select topic, key, count(*) from outbox group by 1, 2",
}
"""What is compared, and where it stands."""

_BROKEN: dict[str, str] = {
    "books": "select * from intake_balance where difference <> 0",
    "references": "select * from integrity_breaks",
    "a version twice": "select referral_id, version from referral_version group by 1, 2"
    " having count(*) > 1",
}


async def contents(connection: Connection) -> dict[str, set[tuple[Any, ...]]]:
    """The rows of everything in ENDS."""
    async with ours():
        return {
            what: {tuple(row) for row in await connection.fetch(sql)} for what, sql in ENDS.items()
        }


async def broken(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """What must never be there: books that do not balance, broken references, doubled versions."""
    async with ours():
        found = {w: [tuple(r) for r in await connection.fetch(s)] for w, s in _BROKEN.items()}
    return {what: rows for what, rows in found.items() if rows}
