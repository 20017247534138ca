"""The daily messages to partners: which days are still to be told, and of what they consist."""

from datetime import date, datetime, timedelta

from connectors.base import Source
from services.adapters.postgres import clock as store
from services.adapters.postgres import writing
from services.adapters.postgres.connect import Connection, ours
from services.adapters.postgres.own_streams import next_cause
from services.domain import daily
from services.domain.desk import Desk
from services.domain.outgoing import Outbox
from services.domain.writes import Writes

_BACK = timedelta(days=7)
"""How far back a clock that has not run tells: as long as the broker keeps messages."""

_DUE = """
select d.day from intake_day d join source_partition p using (stream)
where p.topic = $1 and d.day < $3 and d.day >= $4
  and not exists (select from clock_told t where t.topic = $1 and t.kind = $2 and t.day = d.day)
group by d.day having sum(d.received) > 0 order by d.day
"""
_COUNTS = """
select sum(received)::bigint as received, sum(applied)::bigint as applied,
       sum(duplicate)::bigint as duplicate, sum(superseded)::bigint as superseded,
       sum(held)::bigint as held, sum(quarantined)::bigint as quarantined
from intake_day join source_partition p using (stream) where p.topic = $1 and day = $2
"""
_KEYS = """
select distinct i.source_key from inbox i join source_partition p using (stream)
where p.topic = $1 and i.received_on = $2 and i.source_key is not null
  and $3 = any(string_to_array(i.warnings, ' '))
order by 1
"""


async def tell(connection: Connection, desk: Desk, clock: tuple[datetime, date], epoch: int) -> int:
    """Tells partners of the days that are over, each once; returns how many days were told.

    clock: (instant, UTC; today). Raises FencedOff, Transient.
    """
    now, today = clock
    told = 0
    for source in desk.all_sources:
        for kind in source.told_daily:
            async with ours():
                rows = await connection.fetch(_DUE, source.topic, kind, today, today - _BACK)
            for row in rows:
                await _tell(connection, desk, source, kind, row[0], now, epoch)
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
        keys: list[str] = []
        if kind == "daily_count":
            counts = dict(await connection.fetchrow(_COUNTS, source.topic, day))
            daily.daily_count(desk, outbox, cause, source, day, counts, now)
        else:
            rows = await connection.fetch(_KEYS, source.topic, day, daily.OUT_OF_STEP)
            keys = [row[0] for row in rows]
            daily.out_of_step(desk, outbox, cause, source, day, keys, now)
        await connection.execute(
            "insert into clock_told (topic, kind, day, keys) values ($1, $2, $3, $4)",
            source.topic,
            kind,
            day,
            len(keys),
        )
        await writing.write(connection, Writes(outbox=outbox.rows))
