"""uvicorn inside our own loop: our signals, our logs, our socket, a deadline for heads (F89)."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import structlog
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from services.settings import Settings
from services.web.app import create_app
from services.web.parts import WebParts

HEAD_S = 10.0
_HEAD_BYTES = 16 * 1024
_CONNECTIONS = 256
_KEEP_ALIVE_S = 20
_DRAIN_S = 5

log = structlog.get_logger("web")


class PromptHeads(H11Protocol):
    """Closes a connection on which a request's head does not arrive whole in time: uvicorn waits
    for ever."""

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_S, self._late)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        busy = self.cycle is not None and not self.cycle.response_complete
        if busy:
            self._forget()
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_S, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def _forget(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _late(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()


class Server(uvicorn.Server):
    """Leaves signals to the process that it runs in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Raises OSError.

    The protocol is named because asyncio only then switches Nagle's delay off: 44 ms an answer.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(512)
    except OSError:
        bound.close()
        raise
    return bound


def address_of(bound: socket.socket) -> str:
    """The address at which browsers find it."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve(settings: Settings, stop: asyncio.Event, parts: WebParts) -> None:
    """Answers requests until stop is set, then finishes those in hand within five seconds."""
    with listening(settings.web_host, settings.web_port) as bound:
        parts.facts.address = address_of(bound)
        server = Server(_config(parts))
        log.info("web.listening", address=parts.facts.address)
        running = asyncio.create_task(server.serve(sockets=[bound]))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        stopping.cancel()
        await running


def _config(parts: WebParts) -> uvicorn.Config:
    shared: dict[str, Any] = {"log_config": None, "access_log": False, "server_header": False}
    return uvicorn.Config(
        create_app(parts),
        http=PromptHeads,
        ws="none",
        lifespan="on",
        proxy_headers=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_DRAIN_S,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        **shared,
    )
