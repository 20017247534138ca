"""What stands on the broker's topics."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer

from services.adapters.kafka.catalogue import partitions_of


@asynccontextmanager
async def _consumer(kafka: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def ends_of(kafka: str, topics: set[str]) -> dict[tuple[str, int], int]:
    """Where topics end now."""
    places = await partitions_of(kafka, topics)
    async with _consumer(kafka) as consumer:
        consumer.assign(list(places))  # else it asks for the metadata of one topic after another
        found = await consumer.end_offsets(list(places))
    return {(tp.topic, tp.partition): end for tp, end in found.items()}


async def messages_of(
    kafka: str, topics: set[str], begun: Mapping[tuple[str, int], int]
) -> list[tuple[str, dict[str, str], bytes]]:
    """(topic, headers, value) of every message on topics. begun: from which offset on."""
    ends = await ends_of(kafka, topics)
    places = [
        tp
        for tp in await partitions_of(kafka, topics)
        if ends[tp.topic, tp.partition] > begun[tp.topic, tp.partition]
    ]
    found = []
    async with _consumer(kafka) as consumer:
        consumer.assign(places)
        for tp in places:
            consumer.seek(tp, begun[tp.topic, tp.partition])
        while any([await consumer.position(tp) < ends[tp.topic, tp.partition] for tp in places]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    headers = {k: v.decode() for k, v in record.headers}
                    found.append((record.topic, headers, record.value))
    return found
