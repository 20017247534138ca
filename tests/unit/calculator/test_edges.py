"""The calculator at the terminal and over HTTP."""

import json
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from typer.testing import CliRunner

from schemas.rulebook import load_rulebook
from services import wiring
from services.cli import app
from services.settings import Settings
from services.web.entitlements import Calculator


async def get(query: str) -> httpx2.Response:
    calculator = Calculator(wiring.engine_of(load_rulebook()), wiring.clock(Settings()))
    transport = httpx2.ASGITransport(app=Starlette(routes=[*calculator.routes()]))
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub") as client:
        return await client.get(f"/v1/entitlements{query}")


def naru(*arguments: str) -> tuple[int, Any]:
    answer = CliRunner().invoke(app, ["entitlement", *arguments, "--json"])
    return answer.exit_code, json.loads(answer.stdout)


async def test_http_and_terminal_say_the_same() -> None:
    answer = await get("?measure=KDT&measure=EN-8&start_on=2026-07-01&place=46820")
    assert answer.status_code == 200
    status, told = naru("KDT", "EN-8", "--start-on", "2026-07-01", "--place", "46820")
    assert status == 0
    assert answer.json() == told
    assert [one["measure"] for one in told["measures"]] == [
        "ent-kdt-allowance",
        "trn-sandaeteuk-allowance",
    ]


async def test_http_lists_every_fault() -> None:
    answer = await get("?measure=x&start_on=y&surprise=1")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {error["name"] for error in body["errors"]} == {"measure", "start_on", "surprise"}
    assert all(error["ko"] and error["en"] for error in body["errors"])
    for error in body["errors"]:
        assert error["ko"] in body["ko"]["detail"] and error["en"] in body["en"]["detail"]


def test_the_terminal_ends_with_status_two() -> None:
    status, told = naru("EN-99", "--place", "1")
    assert status == 2
    assert [error["code"] for error in told["errors"]] == ["UNKNOWN_MEASURE", "UNKNOWN_PLACE"]


@pytest.mark.parametrize("shown", ["월 800,000원", "800,000 KRW a month", "IV-1", "318", "Q3"])
def test_people_read_value_and_citation(shown: str) -> None:
    answer = CliRunner().invoke(
        app, ["entitlement", "EN-7", "--start-on", "2026-05-01", "--place", "41820"]
    )
    assert answer.exit_code == 0
    assert shown in answer.stdout
