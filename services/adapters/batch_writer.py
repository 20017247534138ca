"""A worker's batches into the database: again when it goes away, by halves where a message cannot
be written, over a connection that is opened again when it breaks."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import structlog

from connectors.base import Connector
from services.adapters.failpoints import Failpoints
from services.adapters.loaded import FAILED, Loaded
from services.adapters.postgres.batch import Batch, write_batch
from services.adapters.postgres.connect import Connection, close
from services.adapters.retrying import Failed, again
from services.domain.desk import Desk
from services.errors import Poison

log = structlog.get_logger("ingest")


@dataclass(slots=True)
class BatchWriter:
    """owner: the worker's name. connectors: by stream. clock: (now UTC, deciding day in Korea).
    failed: is told of failures that are tried again. redone: messages that were decided twice,
    because another worker had changed their firm or memory meanwhile."""

    owner: str
    connect: Callable[[], Awaitable[Connection]]
    connectors: Mapping[int, Connector]
    desk: Desk
    clock: Callable[[], tuple[datetime, date]]
    failpoints: Failpoints
    failed: Failed
    redone: int = 0
    _connection: Connection | None = None

    async def open(self) -> None:
        """Opens the connection: a worker without a database need not join its group."""
        self._connection = await self.connect()

    async def close(self) -> None:
        """Closes the connection."""
        await close(self._connection)

    async def write(self, loaded: Loaded) -> AsyncIterator[Loaded]:
        """One transaction; where a message is poison, halves until it stands alone (F49). Gives
        what has been written, piece by piece. Raises FencedOff, Transient, ServiceMissing."""
        try:
            await again(lambda: self._once(loaded), self.failed)
        except Poison as error:
            if len(loaded.messages) > 1:
                for half in loaded.halves():
                    async for piece in self.write(half):
                        yield piece
                return
            log.error("message.poison", ref=loaded.messages[0].ref, error=_kind(error))
            parked = loaded.parked(FAILED)
            await again(lambda: self._once(parked), self.failed)
        yield loaded

    async def _once(self, loaded: Loaded) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self.connect()
            self.desk.forget()
        written = await write_batch(
            self._connection,
            Batch(loaded.messages, loaded.advances),
            self.connectors,
            self.desk,
            self.clock(),
            self.owner,
            self.failpoints,
        )
        self.redone += written.redone


def _kind(error: Poison) -> str:
    """What went wrong, without the values that drivers like to quote (F83)."""
    return type(error.__cause__ or error).__name__
