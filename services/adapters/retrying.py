"""Trying a whole unit of work again (decision 17)."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from services.errors import ServiceMissing, Transient

T = TypeVar("T")
Failed = Callable[[BaseException], None]

_RETRY_S = 60.0
_ATTEMPTS = 60


async def again(work: Callable[[], Awaitable[T]], failed: Failed) -> T:
    """What work gives, begun anew for up to a minute while services do not answer; failed is told
    of every failure. The last one is raised."""

    def told(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome is not None else None
        if error is not None:
            failed(error)

    policy = AsyncRetrying(
        retry=retry_if_exception_type((Transient, ServiceMissing)),
        wait=wait_random_exponential(multiplier=0.1, max=3),
        stop=stop_after_attempt(_ATTEMPTS) | stop_before_delay(_RETRY_S),
        after=told,
        reraise=True,
    )
    async for attempt in policy:
        with attempt:
            return await work()
    raise AssertionError("tenacity reraises")
