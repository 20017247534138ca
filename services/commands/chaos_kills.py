"""Killing the local stack's processes, and watching them come back."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from services import wiring
from services.adapters.local import control
from services.adapters.postgres.connect import Connection, close, ours
from services.adapters.postgres.totals import outbox_backlog, totals
from services.errors import NaruError, ServiceMissing
from services.settings import Settings

_LOOK_S = 0.05
_BACK_S = 120.0
SERVERS = ("kafka", "postgres")


@dataclass(slots=True)
class Kill:
    """One SIGKILL. unread, unsent: messages not yet in the database and not yet published when it
    came, None where the database did not answer. back_s: seconds until a new process did its work
    again: a server answers, a worker's first report is in the database."""

    number: int
    role: str
    pid: int
    unread: int | None
    unsent: int | None
    back_s: float | None = None

    def json(self) -> dict[str, Any]:
        """As `naru chaos --json` prints it."""
        return asdict(self)


def order(roles: list[str], kills: int, rng: random.Random) -> list[str]:
    """Whom to kill: everyone once, as far as there are kills, then anyone."""
    first = rng.sample(roles, min(len(roles), kills))
    return [*first, *rng.choices(roles, k=kills - len(first))]


@dataclass(slots=True)
class Killer:
    """settings: of the running stack, with its addresses. told: hears of every kill when its
    process is back."""

    settings: Settings
    told: Callable[[Kill], None]
    done: list[Kill] = field(default_factory=list)
    _coming: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    @property
    def _folder(self) -> Path:
        return self.settings.data_dir.expanduser().absolute()

    async def whole(self, *roles: str) -> None:
        """Waits until these processes are back; all, where none is named."""
        for role in roles or tuple(self._coming):
            if role in self._coming:
                await self._coming.pop(role)

    async def kill(self, role: str, published: int) -> None:
        """Kills a process as soon as there is one. published: messages so far."""
        await self.whole(role)
        unread, unsent = await self._under_way(published)
        pid = await self._killed(role)
        one = Kill(len(self.done) + 1, role, pid, unread, unsent)
        self.done.append(one)
        self._coming[role] = asyncio.create_task(self._watch(one))

    async def _killed(self, role: str) -> int:
        """The process that was killed. There may be none for a while: one that found a server
        gone has ended, and waits for its next start."""
        wanted = time.monotonic()
        while (pid := control.kill(self._folder, role)) is None:
            if time.monotonic() - wanted > _BACK_S:
                raise ServiceMissing(f"{role}이(가) 없습니다.", f"there is no {role} to kill.")
            await asyncio.sleep(_LOOK_S)
        return pid

    async def _under_way(self, published: int) -> tuple[int | None, int | None]:
        try:
            unread, unsent = await self._asked(self._counts, published)
        except NaruError:
            return None, None
        return unread, unsent

    async def _counts(self, connection: Connection, published: int) -> tuple[int, int]:
        received = (await totals(connection)).received
        return published - received, await outbox_backlog(connection)

    async def _watch(self, one: Kill) -> None:
        killed = time.monotonic()
        while not await self._is_back(one):
            if time.monotonic() - killed > _BACK_S:
                raise ServiceMissing(
                    f"{one.role}이(가) {_BACK_S:g}초 안에 돌아오지 않았습니다.",
                    f"{one.role} did not come back within {_BACK_S:g} s.",
                )
            await asyncio.sleep(_LOOK_S)
        one.back_s = round(time.monotonic() - killed, 1)
        self.told(one)

    async def _is_back(self, one: Kill) -> bool:
        rows = {row["role"]: row for row in control.ps(self._folder)}
        row = rows[one.role]
        if row["state"] != "running" or row["pid"] in (None, one.pid):
            return False
        if one.role in SERVERS:
            return True
        try:
            return bool(await self._asked(self._reported, one.role, row["pid"]))
        except NaruError:
            return False

    async def _reported(self, connection: Connection, role: str, pid: int) -> bool:
        async with ours():
            found: int | None = await connection.fetchval(
                "select pid from process where role = $1", role
            )
        return found == pid

    async def _asked(self, question: Callable[..., Any], *words: Any) -> Any:
        connection = await wiring.connecting(self.settings)()
        try:
            return await question(connection, *words)
        finally:
            await close(connection)
