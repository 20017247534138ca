"""What the hub knows, in a form in which two runs over the same messages can be compared: without
times, owners and the numbers that the database gives to rows.

Whatever is killed, a firm must end the same. The order in which partitions are read is nobody's
promise, though, and two things hang on it. A numbered message of P7 that comes after a newer one is
superseded and makes no version; both may lie in different partitions. And the steps on the way are
the same only for firms whose messages all lie in one partition; what several programmes' firms end
with is the same again, versions included (decision 2).
"""

from typing import Any

from services.adapters.postgres.connect import Connection, ours

_FIRMS = {
    "(ordered)": "(select enterprise_id from participation group by 1"
    " having $1::bool or bool_and(programme <> 'P7'))",
    "(alone)": "(select enterprise_id from participation group by 1"
    " having count(*) = 1 and ($1::bool or min(programme) <> 'P7'))",
}

ENDS: dict[str, str] = {
    "offsets": "select topic, partition, next_offset from source_partition"
    " where $1::bool is not null",
    "messages": "select s.topic, s.partition, kafka_offset, source_key, case when not $1::bool and"
    " s.topic like '%.robot.%' and end_state in (0, 2) then -1 else end_state end,"
    " case when not $1::bool and s.topic like '%.robot.%' and end_state in (0, 2) then null"
    " else reasons end from inbox join source_partition s using (stream)",
    "participations": "select participation_id, enterprise_id, establishment_id, status, doc"
    " from participation where $1::bool is not null",
    "versions of participations": "select participation_id, version from participation"
    " where enterprise_id in (ordered)",
    "identifiers": "select kind, value, enterprise_id from identifier where $1::bool is not null",
    "decisions in force": "select distinct on (establishment_id) establishment_id, enterprise_id,"
    " decision_id, facts from decision_log where $1::bool is not null"
    " order by establishment_id, version desc",
    "referrals": "select referral_id, round, status, stage, reasons, addressees, level, priority,"
    " handed_over, decision_id from referral where $1::bool is not null",
    "versions of referrals": "select referral_id, version from referral"
    " where enterprise_id in (ordered)",
    "steps: asked": "select participation_id, consent_asked, promotion_asked from participation"
    " where enterprise_id in (alone)",
    "steps: referral versions": "select v.referral_id, v.version, v.status, v.decision_id from"
    " referral_version v join referral using (referral_id) where enterprise_id in (alone)",
    "steps: decisions": "select establishment_id, version, decision_id, facts from decision_log"
    " where enterprise_id in (alone)",
    "steps: messages": "select topic, key, count(*) from outbox where convert_from(key, 'utf8') in"
    " (select participation_id::text from participation where enterprise_id in (alone)"
    " union all select referral_id::text from referral where enterprise_id in (alone))"
    " group by 1, 2",
}
"""What is compared, and where it stands. $1: whether every topic has one partition only, and so one
order; (ordered), (alone): firms of which versions, and all steps, are the same."""

_BROKEN: dict[str, str] = {
    "books": "select * from intake_balance where difference <> 0",
    "references": "select * from integrity_breaks",
    "a version twice": "select referral_id, version from referral_version group by 1, 2"
    " having count(*) > 1",
}


async def contents(connection: Connection, ordered: bool) -> dict[str, set[tuple[Any, ...]]]:
    """The rows of everything in ENDS. ordered: whether every topic has one partition only."""
    found = {}
    async with ours():
        for what, sql in ENDS.items():
            for name, firms in _FIRMS.items():
                sql = sql.replace(name, firms)
            found[what] = {tuple(row) for row in await connection.fetch(sql, ordered)}
    return found


async def ordered_referrals(connection: Connection, ordered: bool) -> set[str]:
    """The referrals whose versions are the same in every run."""
    sql = ENDS["versions of referrals"].replace("(ordered)", _FIRMS["(ordered)"])
    async with ours():
        return {str(row[0]) for row in await connection.fetch(sql, ordered)}


async def broken(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """What must never be there: books that do not balance, broken references, doubled versions."""
    async with ours():
        found = {w: [tuple(r) for r in await connection.fetch(s)] for w, s in _BROKEN.items()}
    return {what: rows for what, rows in found.items() if rows}
