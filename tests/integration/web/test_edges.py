"""Every answer's headers, errors in two languages, and clients that misbehave (F89)."""

import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import pytest

from services.web import server
from services.web.middleware import BODY_BYTES
from tests.integration.web.served import Web

pytestmark = pytest.mark.services
PATHS = ["/livez", "/status", "/metrics", "/subjects", "/nothing", "/static/naru.css", "/static/no"]


@pytest.mark.parametrize("path", PATHS)
def test_security_headers_stand_on_every_answer(web: Web, path: str) -> None:
    headers = web.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/subjects", "/static/naru.css"])
def test_head_is_get_without_a_body(web: Web, path: str) -> None:
    head, get = httpx2.head(web.address + path, timeout=10), web.get(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-type"] == get.headers["content-type"]


def test_errors_are_problems_in_two_languages(web: Web) -> None:
    missing, wrong = web.get("/nothing"), httpx2.delete(web.address + "/status")
    for answer, status in ((missing, 404), (wrong, 405)):
        assert answer.status_code == status == answer.json()["status"]
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["ko"]["detail"] and answer.json()["en"]["detail"]
    assert "GET" in wrong.headers["allow"]


def test_a_browser_gets_errors_as_a_page(web: Web) -> None:
    answer = web.get("/nothing?lang=en", "text/html")
    assert answer.status_code == 404 and "There is nothing at this address" in answer.text


def test_a_body_above_the_cap_is_refused(web: Web) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(BODY_BYTES // 1000 + 2):
            yield b" " * 1000

    answer = httpx2.post(f"{web.address}/subjects/hub.participation.v1-value", content=chunks())
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_head_that_does_not_end_is_cut_off(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_S", 0.5)
    place = urlsplit(web.address)
    with socket.create_connection((place.hostname, place.port or 0), timeout=5) as client:
        started = time.monotonic()
        client.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n")
        while time.monotonic() - started < 0.4:
            client.sendall(b"X-A: 1\r\n")
            time.sleep(0.1)
        assert client.recv(1000) == b""
        assert time.monotonic() - started < 3


def test_a_flood_of_headers_is_refused(web: Web) -> None:
    headers = {f"X-{n}": "a" * 1000 for n in range(200)}
    try:
        answer = httpx2.get(web.address + "/livez", headers=headers)
    except httpx2.TransportError:
        return
    assert answer.status_code in (400, 431)


def test_many_requests_at_once(web: Web) -> None:
    with httpx2.Client(base_url=web.address) as client:
        assert {client.get("/livez").status_code for _ in range(100)} == {200}
