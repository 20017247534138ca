"""Connections to Postgres, and its errors as ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg

from services.errors import NaruError, Poison, ServiceMissing, Transient

Connection: TypeAlias = asyncpg.Connection
Pool: TypeAlias = asyncpg.Pool

_SESSION = {
    "statement_timeout": "30000",
    "lock_timeout": "10000",
    "idle_in_transaction_session_timeout": "30000",
    "timezone": "UTC",
    "application_name": "naru",
}
_COMMAND_TIMEOUT_S = 40.0
_QUICK = {
    "statement_timeout": "4000",
    "lock_timeout": "1000",
    "idle_in_transaction_session_timeout": "10000",
}
_QUICK_COMMAND_TIMEOUT_S = 5.0
"""For processes that try again (F46); a command that looks at everything may take its time."""

_TRANSIENT = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TransactionRollbackError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
    asyncpg.InvalidCachedStatementError,
    ConnectionError,
    OSError,
    TimeoutError,
    asyncio.IncompleteReadError,
)


def as_ours(error: Exception) -> NaruError:
    """Our error for a driver's: what a retry may heal is Transient, bad data is Poison."""
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, NaruError):
        return error
    if isinstance(error, _TRANSIENT):
        return Transient(
            f"데이터베이스가 응답하지 않습니다: {text}", f"the database failed: {text}"
        )
    return Poison(f"데이터베이스가 거부했습니다: {text}", f"the database refused: {text}")


@asynccontextmanager
async def ours() -> AsyncIterator[None]:
    """Turns the driver's errors inside the block into ours."""
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, EOFError) as error:
        raise as_ours(error) from error


@asynccontextmanager
async def poison() -> AsyncIterator[None]:
    """Whatever fails inside for another reason than the database is a message's fault: a batch is
    halved until that message stands alone (F49)."""
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, EOFError, NaruError):
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        raise Poison(f"처리 중 오류: {text}", f"processing failed: {text}") from error


async def connect(dsn: str, quick: bool = False, **settings: str) -> Connection:
    """One connection with our timeouts; raises ServiceMissing when nobody answers.

    quick: for a process whose statements are short and that tries again (F46)."""
    try:
        return await asyncpg.connect(
            dsn,
            timeout=10,
            command_timeout=_QUICK_COMMAND_TIMEOUT_S if quick else _COMMAND_TIMEOUT_S,
            server_settings={**_SESSION, **(_QUICK if quick else {}), **settings},
            target_session_attrs="read-write" if "," in dsn else "any",
        )
    except _TRANSIENT as error:
        raise _no_answer(error) from error


async def open_pool(dsn: str, size: int = 4) -> Pool:
    """A small pool for processes that serve many callers."""
    try:
        return await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            timeout=10,
            command_timeout=_COMMAND_TIMEOUT_S,
            server_settings=_SESSION,
        )
    except _TRANSIENT as error:
        raise _no_answer(error) from error


async def close(connection: Connection | None) -> None:
    """Closes within two seconds, or drops the connection."""
    if connection is None or connection.is_closed():
        return
    try:
        await connection.close(timeout=2)
    except (*_TRANSIENT, asyncpg.PostgresError):
        connection.terminate()


def _no_answer(error: BaseException) -> ServiceMissing:
    detail = f"{type(error).__name__}: {error}"
    return ServiceMissing(
        f"Postgres에 연결할 수 없습니다. `naru up`을 먼저 실행하세요. ({detail})",
        f"Postgres does not answer. Run `naru up` first. ({detail})",
    )


def columns(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows as columns for `unnest`; width columns also for no rows."""
    return (
        [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
    )


def count_of(status: str) -> int:
    """The number of rows in a command's status, as in `INSERT 0 12`."""
    return int(status.rsplit(" ", 1)[1])
