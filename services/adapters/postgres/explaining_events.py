"""What the hub keeps of a message: how it ended and what left because of it. Reads only."""

from datetime import datetime, timedelta
from typing import Any

import orjson

from services.adapters.postgres.connect import Connection
from services.domain.account import STATES
from services.domain.explaining.kept import StoredEvent, StoredMessage
from services.domain.outgoing import headers_of

SKEW = timedelta(minutes=5)
"""How far the clocks of workers that owned one partition in turn may lie apart."""
EVENTS_OF_A_KEY = 20

_EVENT = (
    "select p.topic, p.partition, i.kafka_offset, i.received_at, i.source_at, i.source_key,"
    " i.end_state, i.reasons, i.warnings, q.detail, i.stream from inbox i"
    " join source_partition p using (stream) left join quarantine q using (stream, kafka_offset)"
)

PLANNED = "set local enable_seqscan = off"
OF_KEY = (
    f"{_EVENT} where i.source_key = $1"
    " order by i.received_at desc, i.stream, i.kafka_offset desc limit $2"
)


def _event(row: Any) -> tuple[StoredEvent, int]:
    event = StoredEvent(
        topic=row[0],
        partition=row[1],
        offset=row[2],
        received_at=row[3],
        source_at=row[4],
        source_key=row[5],
        end_state=STATES[row[6]].value,
        reasons=tuple((row[7] or "").split()),
        warnings=tuple((row[8] or "").split()),
        fields=orjson.loads(row[9]) if row[9] else {},
    )
    return event, row[10]


async def event(
    connection: Connection, topic: str, partition: int, offset: int
) -> tuple[StoredEvent, int] | None:
    """One message as it stands in the inbox, and the number of its stream."""
    row = await connection.fetchrow(
        f"{_EVENT} where p.topic = $1 and p.partition = $2 and i.kafka_offset = $3",
        topic,
        partition,
        offset,
    )
    return None if row is None else _event(row)


async def events_of_key(connection: Connection, key: str) -> list[tuple[StoredEvent, int]]:
    """The messages with this source key, the newest first: of the inbox only those stretches are
    read whose filter (`inbox_source_key`) may hold it, and what came last. Needs a transaction."""
    # Keys come in no order, from which the planner concludes that such an index helps nothing.
    await connection.execute(PLANNED)
    rows = await connection.fetch(OF_KEY, key, EVENTS_OF_A_KEY)
    return [_event(row) for row in rows]


async def messages(
    connection: Connection, stream: int, at: datetime, traceparent: str
) -> list[StoredMessage]:
    """What left because of one event: the stream's messages around that instant that carry its
    trace."""
    first = await first_since(connection, stream, at - SKEW)
    last = await first_since(connection, stream, at + SKEW)
    rows = await connection.fetch(
        "select o.topic, convert_from(o.key, 'utf8'), o.headers, o.at,"
        " o.id <= coalesce(c.last_id, 0) from outbox o left join outbox_cursor c using (stream)"
        " where stream = $1 and id >= $2 and id < $3"
        " and position(convert_to($4, 'utf8') in o.headers) > 0 order by o.id",
        stream,
        first,
        last,
        traceparent,
    )
    return [_message(row) for row in rows]


def _message(row: Any) -> StoredMessage:
    headers = dict(headers_of(row[2]))
    return StoredMessage(
        row[0], row[1], headers["ce_type"].decode(), headers["ce_id"].decode(), row[3], row[4]
    )


async def first_since(connection: Connection, stream: int, at: datetime) -> int:
    """The id of the stream's first message since an instant, found by halving: a stream has one
    writer at a time, so its ids rise with time."""
    low, high = await connection.fetchrow(
        "select coalesce(min(id), 0), coalesce(max(id), 0) + 1 from outbox where stream = $1",
        stream,
    )
    while low < high:
        middle = (low + high) // 2
        row = await connection.fetchrow(
            "select id, at from outbox where stream = $1 and id >= $2 order by id limit 1",
            stream,
            middle,
        )
        if row is None or row[1] >= at:
            high = middle
        else:
            low = row[0] + 1
    return int(low)
