"""One partition in the hands of a worker: where it stands, what waits, why it may have to wait."""

from collections import deque
from dataclasses import dataclass, field

from connectors.base import Connector
from services.adapters.kafka.reader import Received
from services.adapters.postgres.partitions import Claim
from services.adapters.writers import Wait

SUSPECT_SPAN = 2000
ALONE_SPAN = 16
DEATHS_TO_PARK = 3


@dataclass(slots=True)
class Partition:
    """position: the offset after the last message put into a batch; written: the offset after the
    last one that is in the database."""

    connector: Connector
    claim: Claim
    position: int
    stopped: str | None = None
    waiting: deque[Received] = field(default_factory=deque)
    schema: Wait | None = None
    written: int = 0

    @property
    def expected(self) -> int:
        """The offset from which to fetch on."""
        return self.waiting[-1].offset + 1 if self.waiting else self.position

    @property
    def blocked(self) -> bool:
        """Whether nothing may be taken from it now."""
        return self.stopped is not None or self.schema is not None

    @property
    def alone(self) -> bool:
        """Whether its next message must be read with no other at hand."""
        return self.claim.batch_cap == 1

    @property
    def cleared(self) -> bool:
        """Whether it is past the messages that may have ended its owners."""
        begun = self.claim.next_offset
        span = ALONE_SPAN if self.alone else SUSPECT_SPAN
        return bool(self.claim.batch_cap) and (begun is None or self.written >= begun + span)

    def share(self, share: int) -> int:
        """How many messages the next batch may hold of it."""
        return min(share, self.claim.batch_cap) if self.claim.batch_cap else share

    def killer(self, offset: int) -> bool:
        """Whether this very message has ended three processes (F2)."""
        return self.claim.deaths >= DEATHS_TO_PARK and offset == self.claim.next_offset
