"""What the same machine does with the same messages when there is nothing else to do."""

import time

from connectors import CONNECTORS
from schemas.codec import FRAME_BYTES, parsed_schema
from services import wiring
from services.adapters.kafka.tail import whole
from services.adapters.postgres.copying import copy_rows
from services.domain.plain_decode import decode_plain
from services.settings import Settings


async def measure(settings: Settings, topics: set[str]) -> dict[str, int]:
    """Events a second of: fetching, fastavro decoding alone, COPY of the same rows."""
    started = time.monotonic()
    rows = [(one.topic, one.key, one.value) async for one in whole(settings.kafka, topics)]
    fetched = time.monotonic() - started
    schemas = {
        c.source.topic: (parsed_schema(f"source/{c.source.folder}"), c.source.wire)
        for c in CONNECTORS
        if c.source.wire != "json"
    }
    framed = [
        (schemas[topic][0], value, FRAME_BYTES if schemas[topic][1] == "avro-confluent" else 10)
        for topic, _, value in rows
        if topic in schemas
    ]
    started = time.monotonic()
    for schema, value, offset in framed:
        decode_plain(schema, value, offset)
    decoded = time.monotonic() - started
    connection = await wiring.connecting(settings)()
    try:
        copied = await copy_rows(connection, rows)
    finally:
        await connection.close()
    return {
        "raw fetch": round(len(rows) / fetched),
        "fastavro decode": round(len(framed) / decoded),
        "COPY": round(len(rows) / copied),
    }
