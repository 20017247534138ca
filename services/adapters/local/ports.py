"""Free loopback ports that nobody gets by chance while a server is down."""

import random
import socket
from collections.abc import Collection, Iterator
from pathlib import Path

LOOPBACK = "127.0.0.1"
_LOWEST = 20_000
_TRIES = 2_000


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Servers set it too: a connection in TIME_WAIT must not look like a listener.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose(remembered: int = 0, first_port: int = 0, taken: Collection[int] = ()) -> int:
    """The remembered port if it is free, else another; OSError when there is none."""
    for port in _candidates(remembered, first_port):
        if port not in taken and is_free(port):
            return port
    raise OSError(f"no free port on {LOOPBACK}")


def _candidates(remembered: int, first_port: int) -> Iterator[int]:
    if remembered:
        yield remembered
    if first_port:
        yield from range(first_port, min(first_port + _TRIES, 65_536))
        return
    above = _first_outgoing()
    for _ in range(_TRIES):
        yield random.randrange(_LOWEST, above)


def _first_outgoing() -> int:
    """Ports from here up are given to outgoing connections and may be taken at any moment."""
    try:
        low = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    except (OSError, ValueError, IndexError):
        low = 32_768
    return low if low > _LOWEST else 65_536
