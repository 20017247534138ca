"""The dated messages to partners: which days and months are still to be told, and of what they
consist."""

from datetime import date, datetime, timedelta

from connectors.base import EndState, Source
from schemas.codec import decode
from services.adapters.postgres import clock as store
from services.adapters.postgres import writing
from services.adapters.postgres.connect import Connection, ours
from services.adapters.postgres.explaining_events import first_since
from services.adapters.postgres.own_streams import next_cause
from services.domain import daily
from services.domain.account import CODES
from services.domain.desk import Desk
from services.domain.outgoing import Cause, Outbox
from services.domain.writes import Writes

_DAY = timedelta(days=1)
_BACK = timedelta(days=7)
"""How far back a clock that has not run tells: as long as the broker keeps messages."""

_DUE = """
select d.day from intake_day d join source_partition p using (stream)
where p.topic = $1 and d.day < $3 and d.day >= $4
  and not exists (select from clock_told t where t.topic = $1 and t.kind = $2 and t.day = d.day)
group by d.day having sum(d.received) > 0 order by d.day
"""
_DUE_MONTHS = """
select date_trunc('month', d.day)::date from intake_day d join source_partition p using (stream)
where p.topic = $1 and d.day < date_trunc('month', $3::date)
  and d.day >= date_trunc('month', $3::date) - interval '1 month'
  and not exists (select from clock_told t where t.topic = $1 and t.kind = $2
                  and t.day = date_trunc('month', d.day)::date)
group by 1 having sum(d.received) > 0 order by 1
"""
_COUNTS = """
select sum(received)::bigint as received, sum(applied)::bigint as applied,
       sum(duplicate)::bigint as duplicate, sum(superseded)::bigint as superseded,
       sum(held)::bigint as held, sum(quarantined)::bigint as quarantined
from intake_day join source_partition p using (stream) where p.topic = $1 and day >= $2 and day < $3
"""
_KEYS = """
select distinct i.source_key from inbox i join source_partition p using (stream)
where p.topic = $1 and i.received_on = $2 and i.source_key is not null
  and $3 = any(string_to_array(i.warnings, ' '))
order by 1
"""
_WAITING = """
select stream, kafka_offset, received_at from inbox i join source_partition p using (stream)
where p.topic = $1 and i.received_on = $2 and i.end_state = $3
  and $4 = any(string_to_array(i.reasons, ' '))
order by 1, 2
"""
_TOLD = """
select key, value from outbox
where stream = $1 and id >= $2 and id < $3 and topic = $4
  and position(convert_to($5, 'utf8') in headers) > 0
limit 1
"""
_SKEW = timedelta(minutes=2)
MONTHLY = "monthly_count"


async def tell(connection: Connection, desk: Desk, clock: tuple[datetime, date], epoch: int) -> int:
    """Tells partners of the days and months that are over, each once; returns how many were told.

    A reminder comes when a whole day has passed, so one day later than the others.

    clock: (instant, UTC; today). Raises FencedOff, Transient.
    """
    now, today = clock
    told = 0
    for source in desk.all_sources:
        for kind in source.told_daily:
            async with ours():
                before = today - _DAY if kind == "reminder" else today
                rows = await connection.fetch(_DUE, source.topic, kind, before, today - _BACK)
            for row in rows:
                await _tell(connection, desk, source, kind, row[0], now, epoch)
                told += 1
        if source.told_monthly:
            async with ours():
                rows = await connection.fetch(_DUE_MONTHS, source.topic, MONTHLY, today)
            for row in rows:
                await _tell(connection, desk, source, MONTHLY, row[0], now, epoch)
                told += 1
    return told


async def _tell(
    connection: Connection,
    desk: Desk,
    source: Source,
    kind: str,
    day: date,
    now: datetime,
    epoch: int,
) -> None:
    async with ours(), connection.transaction():
        await store.fence(connection, epoch)
        cause = await next_cause(connection, store.TOPIC)
        outbox = Outbox(now)
        if kind == "out_of_step_list":
            found = await connection.fetch(_KEYS, source.topic, day, daily.OUT_OF_STEP)
            keys = [row[0] for row in found]
            daily.out_of_step(desk, outbox, cause, source, day, keys, now)
        elif kind == "reminder":
            keys = await _remind(connection, desk, outbox, cause, source, day, now)
        else:
            keys = []
            last = day + _DAY if kind == "daily_count" else _next_month(day)
            counts = dict(await connection.fetchrow(_COUNTS, source.topic, day, last))
            count = daily.daily_count if kind == "daily_count" else daily.monthly_count
            count(desk, outbox, cause, source, day, counts, now)
        await connection.execute(
            "insert into clock_told (topic, kind, day, keys) values ($1, $2, $3, $4)",
            source.topic,
            kind,
            day,
            len(keys),
        )
        await writing.write(connection, Writes(outbox=outbox.rows))


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


async def _remind(
    connection: Connection,
    desk: Desk,
    outbox: Outbox,
    cause: Cause,
    source: Source,
    day: date,
    now: datetime,
) -> list[str]:
    """Repeats what was told of the day's messages that still wait; returns their places."""
    reminded = []
    held = CODES[EndState.HELD]
    for stream, offset, at in await connection.fetch(
        _WAITING, source.topic, day, held, daily.REMINDED
    ):
        first = daily.first_told(source, stream, offset)
        since, until = [
            await first_since(connection, stream, at + skew) for skew in (-_SKEW, _SKEW)
        ]
        row = await connection.fetchrow(_TOLD, stream, since, until, source.feedback_topic, first)
        if row is not None:
            daily.reminder(desk, outbox, cause, source, decode("feedback", row[1]), row[0], now)
            reminded.append(f"{stream}:{offset}")
    return reminded
