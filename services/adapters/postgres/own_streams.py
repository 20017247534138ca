"""The hub's own streams: what it publishes because of something that no partner has sent, a
person's act for example. Each is a row of `source_partition` whose topic exists nowhere in Kafka;
decision log and outbox name it as they name a partner's partition.
"""

from services.adapters.postgres.connect import Connection
from services.domain.outgoing import Cause


async def next_cause(connection: Connection, topic: str) -> Cause:
    """Takes the stream's next place. Its row stays locked until the transaction ends: one writer
    at a time, so that the order of ids is the order of commits and the relay skips nothing."""
    row = await connection.fetchrow(_NEXT, topic)
    if row is None:
        # An insert takes a number of the partitions' few thousand even where it then conflicts.
        await connection.execute(
            "insert into source_partition (topic, partition, first_offset, next_offset)"
            " values ($1, 0, 0, 0) on conflict do nothing",
            topic,
        )
        row = await connection.fetchrow(_NEXT, topic)
    stream, offset = row
    return Cause(stream, topic, 0, offset)


_NEXT = (
    "update source_partition set next_offset = next_offset + 1, updated_at = now()"
    " where topic = $1 and partition = 0 returning stream, next_offset - 1"
)
