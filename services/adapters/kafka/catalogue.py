"""Which partitions topics have."""

import asyncio

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError

from services.adapters.kafka.topics import no_answer

_TIMEOUT_S = 10.0


async def partitions_of(servers: str, topics: set[str]) -> set[TopicPartition]:
    """The partitions of those topics that exist; raises ServiceMissing where no broker answers,
    KafkaError where it fails later. aiokafka's consumer knows only topics that it reads."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=8000)
    try:
        await asyncio.wait_for(admin.start(), _TIMEOUT_S)
        existing = set(await admin.list_topics()) & topics
        found = await admin.describe_topics(sorted(existing)) if existing else []
    except (KafkaConnectionError, TimeoutError) as error:
        raise no_answer(servers, error) from error
    finally:
        await asyncio.wait_for(admin.close(), _TIMEOUT_S)
    return {
        TopicPartition(topic["topic"], partition["partition"])
        for topic in found
        for partition in topic["partitions"]
    }
