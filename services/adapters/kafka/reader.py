"""Reading source topics: assignment by the group, offsets from Postgres (decisions 2 and 4)."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar, TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord
from aiokafka import TopicPartition as _TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    CorruptRecordException,
    KafkaError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)

from schemas.values import frozen
from services.adapters.kafka.catalogue import partitions_of
from services.adapters.kafka.topics import no_answer
from services.errors import Transient

TopicPartition: TypeAlias = _TopicPartition
_CALL_TIMEOUT_S = 30.0
_HEARTBEAT_MS = 500
"""With a heartbeat a worker learns that another one joins or leaves: until then the other waits."""
_NEVER_IDLE_MS = 2**31 - 1
"""aiokafka leaves the group silently when nobody polls; our own watchdog tells a stall (F27)."""
_NOTHING = TopicPartition("", 0)
"""No partition: a poll for it takes no message, and still keeps and checks the membership."""


@frozen
class Received:
    """One message as it stood on the broker. timestamp: the broker's, epoch milliseconds;
    arrived: when it came to us, seconds of the monotonic clock."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    arrived: float = 0.0


class Unusable(Exception):
    """Partitions that cannot be read on. reason: the code under which they stop."""

    reason: ClassVar[str]

    def __init__(self, partitions: list[TopicPartition]) -> None:
        super().__init__(str(partitions))
        self.partitions = partitions


class OffsetGone(Unusable):
    """The offset at which we stand is not on the broker any more (F31)."""

    reason = "OFFSET_GONE"


class Unreadable(Unusable):
    """The broker's copy of what we need next is damaged (F34)."""

    reason = "CORRUPT_RECORD"


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(
        self,
        assigned: Callable[[set[TopicPartition]], Awaitable[None]],
        revoked: Callable[[set[TopicPartition]], Awaitable[None]],
    ) -> None:
        self._assigned = assigned
        self._revoked = revoked

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        await self._assigned(set(assigned))

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._revoked(set(revoked))


class Reader:
    """A consumer of the hub's group with our own idea of where to begin."""

    def __init__(self, servers: str, group: str, slot: int, session_timeout_ms: int) -> None:
        self._servers = servers
        self._group = group
        self._slot = slot
        self._session_timeout_ms = session_timeout_ms
        self._consumer: AIOKafkaConsumer = None
        self._begun_with: list[tuple[str, int]] = []

    def _made(self, layout: str) -> AIOKafkaConsumer:
        """layout: names the topics and their partitions. To a static member that comes back the
        broker gives what it had, even where its topics have changed since: nobody would read the
        new ones. With other topics it is another member."""
        return AIOKafkaConsumer(
            bootstrap_servers=self._servers,
            group_id=self._group,
            group_instance_id=f"{self._group}-{self._slot}-{layout}",
            client_id=f"naru-ingest-{self._slot}",
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            check_crcs=True,
            max_partition_fetch_bytes=1024 * 1024,
            fetch_max_bytes=12 * 1024 * 1024,
            fetch_max_wait_ms=100,
            session_timeout_ms=self._session_timeout_ms,
            heartbeat_interval_ms=min(self._session_timeout_ms // 4, _HEARTBEAT_MS),
            rebalance_timeout_ms=20_000,
            max_poll_interval_ms=_NEVER_IDLE_MS,
        )

    async def start(
        self,
        topics: list[str],
        assigned: Callable[[set[TopicPartition]], Awaitable[None]],
        revoked: Callable[[set[TopicPartition]], Awaitable[None]],
    ) -> None:
        """Joins the group; `assigned` must seek each partition before reading begins."""
        try:
            found = await partitions_of(self._servers, set(topics))
            self._begun_with = sorted((tp.topic, tp.partition) for tp in found)
            text = repr((sorted(topics), self._begun_with)).encode()
            self._consumer = self._made(hashlib.blake2b(text, digest_size=4).hexdigest())
            await asyncio.wait_for(self._consumer.start(), _CALL_TIMEOUT_S)
        except (KafkaError, TimeoutError) as error:
            await self.stop()
            raise no_answer(self._servers, error) from error
        self._consumer.subscribe(topics, listener=_Listener(assigned, revoked))

    async def stop(self) -> None:
        """Leaves the group within five seconds; `stop` may hang after a broker failure."""
        if self._consumer is None:
            return
        try:
            await asyncio.wait_for(self._consumer.stop(), 5)
        except (TimeoutError, KafkaError):
            return

    async def take(
        self, wait_ms: int, most: int, only: set[TopicPartition]
    ) -> dict[TopicPartition, list[Received]]:
        """What is there, or what comes within wait_ms. Must be called also where nothing is
        wanted: errors of the group come out here, and it goes on only when they have.

        After Transient, OffsetGone or Unreadable `seek` must be called for every partition:
        messages may have been taken from the buffer and lost.
        """
        try:
            async with asyncio.timeout(_CALL_TIMEOUT_S):
                got: dict[
                    TopicPartition, list[ConsumerRecord[bytes, bytes]]
                ] = await self._consumer.getmany(
                    *(only or (_NOTHING,)), timeout_ms=wait_ms, max_records=most
                )
        except NoOffsetForPartitionError:
            # The client looked for a place to begin before `assigned` had said where. No fault:
            # nothing was taken, and by now or soon it is known.
            return {}
        except OffsetOutOfRangeError as error:
            raise OffsetGone(list(error.args[0])) from error
        except CorruptRecordException as error:
            named = [tp for tp in only if str(tp) in str(error)]
            raise (Unreadable(named) if named else _transient(error)) from error
        except (KafkaError, TimeoutError) as error:
            raise _transient(error) from error
        now = time.monotonic()
        return {
            tp: [Received(r.offset, r.timestamp, r.key, r.value, now) for r in records]
            for tp, records in got.items()
        }

    def seek(self, tp: TopicPartition, offset: int) -> None:
        """Reads on from there; nothing where the partition is not ours."""
        if tp in self._consumer.assignment():
            self._consumer.seek(tp, offset)

    def pause(self, *tps: TopicPartition) -> None:
        """Stops fetching these, heartbeats go on (F36)."""
        self._consumer.pause(*tps)

    def resume(self, *tps: TopicPartition) -> None:
        """Fetches them again."""
        self._consumer.resume(*tps)

    async def ends(self, tps: set[TopicPartition]) -> dict[TopicPartition, tuple[int, int]]:
        """(log start, log end) of each partition."""
        try:
            async with asyncio.timeout(_CALL_TIMEOUT_S):
                first = await self._consumer.beginning_offsets(list(tps))
                last = await self._consumer.end_offsets(list(tps))
        except (KafkaError, TimeoutError) as error:
            raise _transient(error) from error
        return {tp: (first[tp], last[tp]) for tp in tps}

    def seen_ends(self, tp: TopicPartition) -> tuple[int, int]:
        """As last seen with a fetch: the end of what may be read of the partition (transactions
        may be open behind it), and the end of its log."""
        if tp not in self._consumer.assignment():
            return 0, 0
        return self._consumer.last_stable_offset(tp) or 0, self._consumer.highwater(tp) or 0

    async def positions(self, tps: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """The offset after the last message taken, and after what follows it that is no message:
        ends of transactions and what they took back."""
        found = {}
        for tp in tps:
            try:
                found[tp] = await self._consumer.position(tp)
            except KafkaError:
                continue
        return found

    def places(self, topics: Iterable[str]) -> list[tuple[str, int]]:
        """(topic, partition) of all partitions of these topics, whoever reads them."""
        return [
            (topic, partition)
            for topic in topics
            for partition in sorted(self._consumer.partitions_for_topic(topic) or ())
        ]

    def grown(self, topics: Iterable[str]) -> bool:
        """Whether these topics have partitions that they had not when we joined."""
        return not set(self.places(topics)) <= set(self._begun_with)

    async def tell(self, offsets: dict[TopicPartition, int]) -> None:
        """Commits to Kafka so that lag tools work. A failure is expected, not fatal (F26)."""
        if not offsets:
            return
        try:
            async with asyncio.timeout(5):
                await self._consumer.commit(offsets)
        except (CommitFailedError, KafkaError, TimeoutError):
            return


def _transient(error: BaseException) -> Transient:
    text = f"{type(error).__name__}: {error}"
    return Transient(f"Kafka 읽기 실패: {text}", f"reading Kafka failed: {text}")
