"""What surrounds every request: headers, a cap on the body, a deadline, a count. Plain ASGI."""

import asyncio
import time
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.web.headers import HEADERS
from services.web.parts import WebFacts
from services.web.problems import problem

BODY_BYTES = 256 * 1024
DEADLINE_S = 15.0


class SecureHeaders:
    """Adds the security headers to every response, and `no-store` where nothing else is said."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                headers += HEADERS
                if all(name.lower() != b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, sending)


class TooLarge(Exception):
    """The body is larger than the cap."""


class Bounded:
    """A cap on the body, counted as it arrives, and one deadline for the whole request (F89)."""

    def __init__(
        self, app: ASGIApp, body_bytes: int = BODY_BYTES, deadline_s: float = DEADLINE_S
    ) -> None:
        self._app = app
        self._body_bytes = body_bytes
        self._deadline_s = deadline_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen, started, whole = 0, False, False

        async def receiving() -> Message:
            nonlocal seen, whole
            message = await receive()
            seen += len(message.get("body", b""))
            whole = whole or not message.get("more_body", False)
            if seen > self._body_bytes:
                raise TooLarge
            return message

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            async with asyncio.timeout(self._deadline_s):
                await self._app(scope, receiving, sending)
        except (TooLarge, TimeoutError) as error:
            if started:
                raise
            status = 413 if isinstance(error, TooLarge) else 503 if whole or seen == 0 else 408
            closing = {"Connection": "close"}
            await problem(status, headers=closing)(scope, receive, send)


@dataclass(slots=True)
class Served:
    """Requests by (route, method, status), and seconds by route. Routes are templates."""

    requests: dict[tuple[str, str, int], int] = field(default_factory=dict)
    seconds: dict[str, tuple[int, float]] = field(default_factory=dict)


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class Counted:
    """Counts requests by route template, never by path."""

    def __init__(self, app: ASGIApp, served: Served, facts: WebFacts) -> None:
        self._app = app
        self._served = served
        self._facts = facts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.monotonic(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            self._count(scope, status, time.monotonic() - started)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "") or "other"
        method = scope["method"] if scope["method"] in METHODS else "other"
        key = (route, method, status)
        self._served.requests[key] = self._served.requests.get(key, 0) + 1
        count, total = self._served.seconds.get(route, (0, 0.0))
        self._served.seconds[route] = (count + 1, total + seconds)
        self._facts.requests += 1
        self._facts.failures += status >= 500
