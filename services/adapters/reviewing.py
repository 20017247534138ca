"""The review queue for commands: reading it, and deciding with a desk of one's own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.adapters.explained import is_id
from services.adapters.postgres import reviews, rulebooks
from services.adapters.postgres.connect import Connection, close
from services.adapters.postgres.explaining import enterprise_of_number
from services.adapters.postgres.schemas import Registered, registered
from services.adapters.postgres.stating import Stating
from services.adapters.retrying import again
from services.domain.acts import NotFound
from services.domain.desk import Desk
from services.domain.ids import Id
from services.errors import WrongUse

LISTED = 200


@dataclass(frozen=True, slots=True)
class Reviewing:
    """connect: opens a connection. desk: what decides, made of the registered schemas. rules: the
    policy that it decides by, as it is kept. clock: (now in UTC, deciding day)."""

    connect: Callable[[], Awaitable[Connection]]
    desk: Callable[[list[Registered]], Desk]
    rules: bytes
    clock: Callable[[], tuple[datetime, date]]

    async def listed(self, everything: bool) -> list[dict[str, Any]]:
        """The queue, the oldest first."""
        async with self._connected() as connection:
            return await reviews.listed(connection, everything, LISTED)

    async def find(self) -> dict[str, int]:
        """Looks for firms of one name and place; how many new reviews that has opened."""
        async with self._connected() as connection:
            return {"opened": await reviews.find_same_names(connection, self.clock()[0])}

    async def show(self, what: str) -> dict[str, Any]:
        """A review with its firms, or a firm by its id or number. Raises NotFound."""
        async with self._connected() as connection:
            found = await reviews.review(connection, what) if is_id(what) else None
            if found is None:
                enterprise_id = await self._firm(connection, what)
                found = await reviews.firm(connection, enterprise_id)
            if found is None:
                raise _unknown(what)
            return found

    async def firms_of(self, what: str, other: str) -> tuple[Id, Id, Id | None]:
        """(one firm, the other, the review): of a review, or of two firms by ids or numbers.
        Raises NotFound, WrongUse."""
        async with self._connected() as connection:
            if other:
                pair = await self._firm(connection, what), await self._firm(connection, other)
                return *pair, None
            found = await reviews.review(connection, what) if is_id(what) else None
            if found is None:
                raise _unknown(what)
            return found["enterprise_id"], found["other_id"], found["review_id"]

    async def firm_of(self, what: str) -> Id:
        """A firm by its id or a number of its. Raises NotFound."""
        async with self._connected() as connection:
            return await self._firm(connection, what)

    async def act(
        self, by: str, why: str, work: Callable[[Stating], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        """Carries an act out, anew where it meets a worker's locks. Raises WrongUse without a
        name or a reason, Refused, NotFound, Transient."""
        if not by.strip() or not why.strip():
            raise WrongUse(
                "누가(--by) 왜(--why) 결정하는지 적어 주세요.",
                "say who decides (--by) and why (--why).",
            )

        async def once() -> dict[str, Any]:
            async with self._connected() as connection:
                desk = self.desk(await registered(connection))
                await rulebooks.keep(connection, desk.policy_hash, self.rules)
                return await work(Stating(connection, desk, self.clock(), by.strip(), why.strip()))

        return await again(once, lambda _: None)

    async def _firm(self, connection: Connection, what: str) -> Id:
        if is_id(what):
            return what
        found = await enterprise_of_number(connection, what.split(":")[-1].replace("-", ""))
        if found is None:
            raise _unknown(what)
        return found

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        connection = await self.connect()
        try:
            yield connection
        finally:
            await close(connection)


def _unknown(what: str) -> NotFound:
    return NotFound(
        f"허브가 모르는 것입니다: {what}", f"the hub knows no review, firm or act: {what}"
    )
