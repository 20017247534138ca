"""Reading topics from the beginning to their present end, without a group: demos and checks."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaConnectionError, KafkaError

from services.adapters.kafka.catalogue import partitions_of
from services.adapters.kafka.topics import no_answer
from services.errors import Transient

_TIMEOUT_S = 30.0


class Stored(NamedTuple):
    """One message as it stands on its topic. headers: name → value."""

    topic: str
    key: bytes | None
    value: bytes
    headers: dict[str, bytes]


async def whole(servers: str, topics: set[str]) -> AsyncIterator[Stored]:
    """Every message that stands on these topics now, in the order of each partition."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        await asyncio.wait_for(consumer.start(), _TIMEOUT_S)
        places = sorted(await partitions_of(servers, topics))
        if not places:
            return
        ends = await consumer.end_offsets(places)
        left = {tp: end for tp, end in ends.items() if end > 0}
        consumer.assign(list(left))
        while left:
            async with asyncio.timeout(_TIMEOUT_S):
                got = await consumer.getmany(*left, timeout_ms=1000)
            for tp, records in got.items():
                for record in records:
                    if record.value is not None:
                        headers = dict(record.headers)
                        yield Stored(tp.topic, record.key, record.value, headers)
            for tp in list(left):
                if await consumer.position(tp) >= left[tp]:
                    del left[tp]
    except (KafkaConnectionError, TimeoutError) as error:
        raise no_answer(servers, error) from error
    except KafkaError as error:
        raise Transient(f"Kafka 읽기 실패: {error}", f"reading Kafka failed: {error}") from error
    finally:
        await asyncio.wait_for(consumer.stop(), 10)
