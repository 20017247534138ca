"""When unread messages were written: looks at one message a partition, for lag in seconds."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError

from services.adapters.kafka.topics import no_answer
from services.errors import Transient

_FETCH_BYTES = 64 * 1024


class Unread:
    """A client without a group that reads the message at an offset and remembers its time, so
    that a partition that does not move is read once."""

    def __init__(self, servers: str) -> None:
        self._servers = servers
        self._consumer: AIOKafkaConsumer | None = None
        self._known: dict[TopicPartition, tuple[int, datetime]] = {}

    async def start(self) -> None:
        """Connects; raises ServiceMissing where no broker answers."""
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._servers,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_partition_fetch_bytes=_FETCH_BYTES,
            fetch_max_wait_ms=100,
            request_timeout_ms=8000,
        )
        try:
            await self._consumer.start()
        except KafkaConnectionError as error:
            await self.stop()
            raise no_answer(self._servers, error) from error

    async def stop(self) -> None:
        """Disconnects within five seconds."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            try:
                await asyncio.wait_for(consumer.stop(), 5)
            except (TimeoutError, KafkaError):
                return

    async def since(
        self, places: Mapping[tuple[str, int], int], wait_s: float
    ) -> dict[tuple[str, int], datetime]:
        """The time of the first message at or after each place's offset, as far as they could be
        read within wait_s; the broker's time, UTC. Raises Transient."""
        wanted = {TopicPartition(*place): offset for place, offset in places.items()}
        self._known = {tp: known for tp, known in self._known.items() if known[0] == wanted.get(tp)}
        missing = {tp: offset for tp, offset in wanted.items() if tp not in self._known}
        if missing:
            try:
                await self._read(missing, wait_s)
            except (KafkaError, TimeoutError) as error:
                text = f"{type(error).__name__}: {error}"
                raise Transient(
                    f"Kafka 읽기 실패: {text}", f"reading Kafka failed: {text}"
                ) from error
        return {(tp.topic, tp.partition): when for tp, (_, when) in self._known.items()}

    async def _read(self, missing: dict[TopicPartition, int], wait_s: float) -> None:
        assert self._consumer is not None
        deadline = asyncio.get_running_loop().time() + wait_s
        self._take(set(missing))
        for tp, offset in missing.items():
            self._consumer.seek(tp, offset)
        self._consumer.resume(*missing)
        left = dict(missing)
        while left and (spare := deadline - asyncio.get_running_loop().time()) > 0:
            got = await self._consumer.getmany(*left, timeout_ms=int(spare * 1000))
            for tp, records in got.items():
                when = datetime.fromtimestamp(records[0].timestamp / 1000, UTC)
                self._known[tp] = (left.pop(tp), when)
        self._consumer.pause(*missing)

    def _take(self, wanted: set[TopicPartition]) -> None:
        """Partitions stay assigned and paused, so that their leaders stay known and nothing is
        fetched between two looks."""
        assert self._consumer is not None
        have = self._consumer.assignment()
        if not wanted <= have:
            self._consumer.assign(list(have | wanted))
            self._consumer.pause(*(have | wanted))
