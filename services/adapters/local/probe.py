"""Is the broker there: one hand-made question on its wire, without a client library."""

import contextlib
import socket
import struct

from services.adapters.local.ports import LOOPBACK

_METADATA, _VERSION, _NO_TOPICS = 3, 4, 0


def broker_answers(port: int, timeout: float = 1) -> bool:
    """Whether the broker answers a metadata request and counts itself as available."""
    with (
        contextlib.suppress(OSError, struct.error),
        socket.create_connection((LOOPBACK, port), timeout=timeout) as wire,
    ):
        client = b"naru-probe"
        request = struct.pack("!hhih", _METADATA, _VERSION, 1, len(client)) + client
        request += struct.pack("!i?", _NO_TOPICS, False)
        wire.sendall(struct.pack("!i", len(request)) + request)
        _, _, _, brokers = struct.unpack("!iiii", _exactly(wire, 16))
        return bool(brokers > 0)
    return False


def _exactly(wire: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        part = wire.recv(size - len(got))
        if not part:
            raise ConnectionError("closed by the broker")
        got += part
    return got
