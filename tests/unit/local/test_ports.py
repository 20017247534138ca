import socket
from collections.abc import Iterator

import pytest

from services.adapters.local.ports import LOOPBACK, choose, is_free


@pytest.fixture
def busy() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((LOOPBACK, 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_remembered_port_is_taken_again() -> None:
    port = choose()
    assert choose(remembered=port) == port


def test_a_taken_port_is_not(busy: int) -> None:
    assert not is_free(busy)
    assert choose(remembered=busy) != busy
    assert choose(first_port=busy) > busy


def test_ports_of_one_stack_differ() -> None:
    first = choose()
    assert choose(remembered=first, taken=[first]) != first


def test_ports_are_not_those_of_outgoing_connections() -> None:
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        outgoing = int(file.read().split()[0])
    assert all(choose() < outgoing for _ in range(50))
