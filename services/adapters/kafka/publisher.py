"""Writing to Kafka: the idempotent producer, in batches per topic partition."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from zlib import crc32

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError

from services.adapters.kafka.topics import create_topics, no_answer
from services.domain.topics import Topic
from services.errors import Transient

_SEND_TIMEOUT_S = 30.0


class Outgoing(NamedTuple):
    """One message to be written. headers as aiokafka wants them."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


def partition_of(key: bytes | None, count: int) -> int:
    """Where a message with that key goes among so many partitions."""
    return crc32(key) % count if key is not None and count > 1 else 0


def _none(_: str) -> Topic | None:
    return None


async def _silence(producer: AIOKafkaProducer) -> None:
    """Ends a producer that could not send what it has. It would never give that up by itself, and
    send it behind what its successor has sent by then: old versions after new ones (F52)."""
    for ending in (producer._sender.close, producer.client.close):
        try:
            await asyncio.wait_for(ending(), 2)
        except (TimeoutError, KafkaError, asyncio.CancelledError):
            continue


class Publisher:
    """An idempotent producer with `acks=all` (decision 4). makes: how a topic is to be created
    that the broker does not have; None: it is not ours to create."""

    def __init__(self, servers: str, makes: Callable[[str], Topic | None] = _none) -> None:
        self._servers, self._makes = servers, makes
        self._producer: AIOKafkaProducer | None = None
        self._partitions: dict[str, int] = {}

    async def start(self) -> None:
        """Connects; raises ServiceMissing when no broker answers."""
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._servers,
            acks="all",
            enable_idempotence=True,
            compression_type="zstd",
            linger_ms=0,
            max_batch_size=200 * 1024,
            request_timeout_ms=20_000,
        )
        try:
            await asyncio.wait_for(self._producer.start(), 30)
        except (KafkaConnectionError, TimeoutError) as error:
            await self.stop()
            raise no_answer(self._servers, error) from error

    async def stop(self) -> None:
        """Ends the producer within five seconds; it may hang after a broker failure."""
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                await asyncio.wait_for(producer.stop(), 5)
            except (TimeoutError, KafkaError):
                await _silence(producer)

    async def restart(self) -> None:
        """A new producer, because an idempotent one may stick (F32)."""
        await self.stop()
        await self.start()

    async def publish(self, messages: Iterable[Outgoing]) -> None:
        """Writes all and waits for every acknowledgement; order is kept within a partition.

        Raises Transient where any of them failed: some may have been written, the caller sends
        the same bytes again.
        """
        assert self._producer is not None
        try:
            async with asyncio.timeout(_SEND_TIMEOUT_S):
                pending = await self._send(messages)
                await asyncio.gather(*pending)
        except (KafkaError, TimeoutError) as error:
            text = f"{type(error).__name__}: {error}"
            raise Transient(f"Kafka 발행 실패: {text}", f"publishing failed: {text}") from error

    async def _send(self, messages: Iterable[Outgoing]) -> list[Any]:
        assert self._producer is not None
        groups: dict[tuple[str, int], list[Outgoing]] = defaultdict(list)
        for message in messages:
            topic, key = message[0], message[1]
            count = self._partitions.get(topic) or await self._count(topic)
            place = partition_of(key, count)
            groups[topic, place].append(message)
        pending = []
        for (topic, partition), group in groups.items():
            batch = self._producer.create_batch()
            for _, key, value, headers in group:
                while batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
                    batch.close()
                    pending.append(
                        await self._producer.send_batch(batch, topic, partition=partition)
                    )
                    batch = self._producer.create_batch()
            batch.close()
            pending.append(await self._producer.send_batch(batch, topic, partition=partition))
        return pending

    async def _count(self, topic: str) -> int:
        assert self._producer is not None
        missing = self._makes(topic)
        if missing is not None:
            # Asking for its partitions would wait for somebody else to create it.
            await self._producer.client.add_topic(topic)
            if not self._producer.client.cluster.partitions_for_topic(topic):
                await create_topics(self._servers, [missing])
        self._partitions[topic] = len(await self._producer.partitions_for(topic))
        return self._partitions[topic]
