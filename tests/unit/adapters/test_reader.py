"""What the reader makes of a consumer that fails, and what the worker then does (F34)."""

from typing import Any

import pytest
from aiokafka.errors import (
    CorruptRecordException,
    KafkaError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)

from services.adapters.kafka.reader import OffsetGone, Reader, TopicPartition, Unreadable
from services.errors import Transient

ONE, OTHER = TopicPartition("src.test.v1", 1), TopicPartition("src.test.v1", 11)


class Consumer:
    """A consumer that fails as told; remembers what it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[tuple[TopicPartition, ...]] = []
        self.seeks: dict[TopicPartition, int] = {}

    async def getmany(self, *only: TopicPartition, **_: int) -> dict[TopicPartition, list[Any]]:
        self.asked.append(only)
        if self.error is not None:
            raise self.error
        return {}

    def assignment(self) -> set[TopicPartition]:
        return {ONE}

    def seek(self, tp: TopicPartition, offset: int) -> None:
        self.seeks[tp] = offset

    def partitions_for_topic(self, topic: str) -> set[int]:
        return {0, 1}


def reading(consumer: Consumer) -> Reader:
    reader = Reader("nowhere:1", "group", 0, 6000)
    reader._consumer = consumer
    return reader


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (CorruptRecordException(f"Invalid CRC - {ONE}"), Unreadable),
        (CorruptRecordException("Invalid CRC - somewhere else"), Transient),
        (OffsetOutOfRangeError({ONE: 5}), OffsetGone),
        (KafkaError("Unexpected error during coordination"), Transient),
        (TimeoutError(), Transient),
    ],
)
async def test_failures_have_names(error: Exception, raised: type[Exception]) -> None:
    with pytest.raises(raised) as found:
        await reading(Consumer(error)).take(0, 10, {ONE, OTHER})
    if isinstance(found.value, (Unreadable, OffsetGone)):
        assert found.value.partitions == [ONE]


async def test_a_place_that_is_not_known_yet_is_no_fault() -> None:
    """The client may look for it before the database has been asked; the worker seeks then."""
    assert await reading(Consumer(NoOffsetForPartitionError(ONE))).take(0, 10, {ONE}) == {}


async def test_errors_of_the_group_come_out_where_nothing_is_wanted() -> None:
    """A worker without partitions would wait for ever for a group that has failed."""
    consumer = Consumer(KafkaError("fenced"))
    with pytest.raises(Transient):
        await reading(consumer).take(0, 10, set())
    assert len(consumer.asked[0]) == 1, "no partition at all would mean every partition"
    assert consumer.asked[0][0] not in (ONE, OTHER)


async def test_seeks_only_what_is_ours() -> None:
    consumer = Consumer()
    for tp in (ONE, OTHER):
        reading(consumer).seek(tp, 7)
    assert consumer.seeks == {ONE: 7}


async def test_new_partitions_are_noticed() -> None:
    reader = reading(Consumer())
    reader._begun_with = [("src.test.v1", 0), ("src.test.v1", 1)]
    assert not reader.grown(["src.test.v1"])
    reader._begun_with = [("src.test.v1", 0)]
    assert reader.grown(["src.test.v1"])
