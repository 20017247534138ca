"""What surrounds a request: the cap, the deadline, the headers, the count."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.errors import ServiceMissing
from services.web.middleware import Bounded, Counted, SecureHeaders, Served
from services.web.parts import WebFacts
from services.web.problems import from_any, from_ours


async def slow(request: Request) -> Response:
    await asyncio.sleep(5)
    return PlainTextResponse("late")


async def reads(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def breaks(request: Request) -> Response:
    raise RuntimeError("the password is 1234")


async def missing(request: Request) -> Response:
    raise ServiceMissing("없음", "missing")


@pytest.fixture
def served() -> Served:
    return Served()


@pytest.fixture
async def client(served: Served) -> AsyncIterator[httpx2.AsyncClient]:
    app = Starlette(
        routes=[
            Route("/slow", slow),
            Route("/reads/{name}", reads, methods=["POST"]),
            Route("/breaks", breaks),
            Route("/missing", missing),
        ],
        middleware=[
            Middleware(SecureHeaders),
            Middleware(Counted, served=served, facts=WebFacts()),
            Middleware(Bounded, body_bytes=100, deadline_s=0.2),
        ],
        exception_handlers={ServiceMissing: from_ours, Exception: from_any},
    )
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://naru") as one:
        yield one


def is_problem(answer: httpx2.Response, status: int) -> bool:
    return (
        answer.status_code == status
        and answer.headers["content-type"] == "application/problem+json"
        and "default-src 'none'" in answer.headers["content-security-policy"]
        and answer.json()["ko"]["title"] != answer.json()["en"]["title"]
    )


async def test_a_request_that_takes_too_long(client: httpx2.AsyncClient) -> None:
    assert is_problem(await client.get("/slow"), 503)


async def test_a_body_that_does_not_come(client: httpx2.AsyncClient) -> None:
    async def trickle() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.sleep(1)
        yield b"b"

    assert is_problem(await client.post("/reads/x", content=trickle()), 408)


@pytest.mark.parametrize(("size", "status"), [(100, 200), (101, 413)])
async def test_the_cap_on_a_body(client: httpx2.AsyncClient, size: int, status: int) -> None:
    answer = await client.post("/reads/x", content=b"x" * size)
    assert answer.status_code == status
    assert status == 200 or is_problem(answer, 413)


async def test_an_error_says_nothing_of_the_inside(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/breaks")
    assert is_problem(answer, 500) and "1234" not in answer.text


async def test_a_service_that_is_missing_may_be_asked_for_again(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/missing")
    assert is_problem(answer, 503) and answer.headers["retry-after"]


async def test_requests_are_counted_by_template(client: httpx2.AsyncClient, served: Served) -> None:
    calls: list[Any] = [client.post(f"/reads/{n}", content=b"") for n in range(3)]
    await asyncio.gather(*calls)
    await client.get("/nowhere/at/all")
    await client.request("BREW", "/reads/pot")
    assert served.requests == {
        ("/reads/{name}", "POST", 200): 3,
        ("other", "GET", 404): 1,
        ("/reads/{name}", "other", 405): 1,
    }
