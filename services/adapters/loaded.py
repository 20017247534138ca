"""A batch in the hands of a worker: read, not yet written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import structlog

from connectors.base import Refusal
from services.adapters.kafka.reader import TopicPartition
from services.adapters.postgres.partitions import Advance
from services.domain.judging import Message

KILLER = "PROCESS_KILLED"
FAILED = "PROCESSING_FAILED"

log = structlog.get_logger("intake")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A batch ready to be written. taken: the offset after it, per partition."""

    messages: list[Message]
    advances: list[Advance]
    taken: Mapping[TopicPartition, int]

    def halves(self) -> tuple["Loaded", "Loaded"]:
        """Two batches that do the same one after the other."""
        middle = len(self.messages) // 2
        first, second = self.messages[:middle], self.messages[middle:]
        reach = {message.stream: message.offset + 1 for message in first}
        before = [replace(a, end=reach[a.stream]) for a in self.advances if a.stream in reach]
        after = [replace(a, start=reach.get(a.stream, a.start)) for a in self.advances]
        after = [a for a in after if a.start < a.end]
        return Loaded(first, before, {}), Loaded(second, after, self.taken)

    def parked(self, reason: str) -> "Loaded":
        """The same batch with every message refused for that reason, bytes kept."""
        return replace(
            self,
            messages=[
                replace(
                    m,
                    keep=partial(_kept_if_it_can_be, m.keep),
                    reading=Refusal((reason,), {}, m.reading.source_key),
                )
                for m in self.messages
            ],
        )

    def holds_killer(self) -> bool:
        """Whether the message that has ended three processes is in it (F2)."""
        return any(
            isinstance(m.reading, Refusal) and m.reading.reasons == (KILLER,) for m in self.messages
        )


def _kept_if_it_can_be(
    keep: Callable[[bytes | None], bytes | None], value: bytes | None
) -> bytes | None:
    """What a contract lets us keep of a value; nothing where its rule itself fails."""
    try:
        return keep(value)
    except Exception as error:
        log.error("message.not_kept", error=type(error).__name__)
        return None
