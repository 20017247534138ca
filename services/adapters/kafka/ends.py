"""Where topics begin and end: for lag, for `naru drain`, for the status page."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError

from services.adapters.kafka.catalogue import partitions_of
from services.adapters.kafka.topics import no_answer
from services.errors import Transient

_TIMEOUT_S = 10.0


class Ends:
    """A client that only asks for offsets; belongs to no group."""

    def __init__(self, servers: str, committed: bool = False) -> None:
        """committed: ends are where open transactions begin."""
        self._servers = servers
        self._isolation = "read_committed" if committed else "read_uncommitted"
        self._consumer: AIOKafkaConsumer | None = None
        self._asked: set[str] = set()
        self._present: set[TopicPartition] = set()

    async def start(self) -> None:
        """Connects; raises ServiceMissing where no broker answers."""
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._servers,
            enable_auto_commit=False,
            request_timeout_ms=8000,
            isolation_level=self._isolation,
        )
        try:
            await asyncio.wait_for(self._consumer.start(), _TIMEOUT_S)
        except (KafkaConnectionError, TimeoutError) as error:
            await self.stop()
            raise no_answer(self._servers, error) from error

    async def stop(self) -> None:
        """Disconnects."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            try:
                await asyncio.wait_for(consumer.stop(), 5)
            except (TimeoutError, KafkaError):
                return

    async def of(self, topics: set[str]) -> dict[tuple[str, int], tuple[int, int]]:
        """(log start, log end) of every partition of these topics; raises Transient."""
        assert self._consumer is not None
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                if not topics <= self._asked:
                    self._present = await partitions_of(self._servers, topics)
                    if {tp.topic for tp in self._present} == topics:
                        self._asked = set(topics)
                    if self._present:
                        # Assigned, it asks for their metadata together, not one after another.
                        self._consumer.assign(list(self._present))
                        self._consumer.pause(*self._present)
                present = {tp for tp in self._present if tp.topic in topics}
                if not present:
                    return {}
                first = await self._consumer.beginning_offsets(list(present))
                last = await self._consumer.end_offsets(list(present))
        except (KafkaError, TimeoutError) as error:
            text = f"{type(error).__name__}: {error}"
            raise Transient(f"Kafka 조회 실패: {text}", f"asking Kafka failed: {text}") from error
        return {(tp.topic, tp.partition): (first[tp], last[tp]) for tp in present}
