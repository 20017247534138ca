"""Messages from the broker into a worker's backlog; a partition that cannot be read is stopped and
left to an operator (F31, F34)."""

import asyncio
from dataclasses import dataclass

import structlog

from services.adapters.claims import Claims
from services.adapters.intake_queue import Backlog
from services.adapters.kafka.reader import Reader, TopicPartition, Unusable
from services.adapters.retrying import Failed
from services.adapters.watchdog import Watchdog
from services.errors import Transient

_EMPTY_WAIT_MS = 100
_AGAIN_S = 0.5

log = structlog.get_logger("ingest")


@dataclass(slots=True)
class Fetching:
    """failed: is told of failures after which it is tried again."""

    reader: Reader
    backlog: Backlog
    claims: Claims
    watchdog: Watchdog
    failed: Failed

    async def fetch(self) -> None:
        """Of each partition its share, then of any what is there or comes."""
        if ready := self.backlog.has_ready():
            for tp, most in self.backlog.shares():
                if not await self._fetch_from({tp}, most, 0):
                    return
        wait = 0 if ready else _EMPTY_WAIT_MS
        await self._fetch_from(self.backlog.wanting(), self.backlog.room(), wait)

    async def _fetch_from(self, wanted: set[TopicPartition], most: int, wait: int) -> bool:
        """Whether nothing failed. most: messages; wait: milliseconds."""
        try:
            got = await self.reader.take(wait, most, wanted)
        except Unusable as fault:
            for tp in fault.partitions:
                await self._stop(tp, fault.reason)
            self._seek_again()
            return False
        except Transient as error:
            self.watchdog.deaf = True
            self.failed(error)
            self._seek_again()
            await asyncio.sleep(_AGAIN_S)
            return False
        self.watchdog.deaf = False
        for tp, records in got.items():
            self.backlog.receive(tp, records)
        return True

    def _seek_again(self) -> None:
        """After a failure messages may have left the reader's buffer without coming here."""
        for tp, partition in self.backlog.partitions.items():
            self.reader.seek(tp, partition.expected)

    async def _stop(self, tp: TopicPartition, reason: str) -> None:
        held = self.backlog.partitions.get(tp)
        self.reader.pause(tp)
        if held is not None:
            held.stopped = reason
            await self.claims.stop(held.claim.stream, reason)
        tell_stopped(tp, reason)


def tell_stopped(tp: TopicPartition, reason: str) -> None:
    """Says in the log that a partition is not read."""
    log.error("partition.stopped", topic=tp.topic, partition=tp.partition, reason=reason)
