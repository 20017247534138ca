"""`GET /v1/explain/…`: why a referral, an event or a firm stands as it does.

What is told here is a firm's data, and the web process asks for no login: only requests that come
from this machine and were meant for it are answered.
"""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

import orjson
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from services.adapters.explained import Explained
from services.domain.explaining.axes import Axes, axes_of
from services.errors import WrongUse
from services.web.negotiation import wanted
from services.web.page import explanation_page, language_of, problem_page
from services.web.problems import problem

JSON = "application/json"
Find = Callable[[str, Axes], Awaitable[dict[str, Any] | None]]


class Explanations:
    """The three kinds of explanation."""

    def __init__(self, explained: Explained, templates: Environment) -> None:
        self._explained = explained
        self._templates = templates

    def routes(self) -> list[Route]:
        """Their paths."""
        return [
            Route("/v1/explain/referral/{what}", self.referral),
            Route("/v1/explain/event/{what:path}", self.event),
            Route("/v1/explain/firm/{what}", self.firm),
        ]

    async def referral(self, request: Request) -> Response:
        """One referral by its id."""
        return await self._answer(request, self._explained.referral)

    async def event(self, request: Request) -> Response:
        """One event by topic/partition/offset, or by its key."""
        return await self._answer(request, self._explained.event)

    async def firm(self, request: Request) -> Response:
        """One firm by its id, its workplace or a number."""
        return await self._answer(request, self._explained.firm)

    async def _answer(self, request: Request, find: Find) -> Response:
        client = "" if request.client is None else request.client.host
        if not is_near(client, request.url.hostname or ""):
            ko = "기업 자료는 이 컴퓨터에서만 볼 수 있습니다."
            return self._problem(request, 403, ko, "A firm's data is shown on this machine only.")
        try:
            asked = request.query_params
            axes = axes_of(asked.get("as_of"), asked.get("known_at"))
            found = await find(request.path_params["what"], axes)
        except WrongUse as error:
            return self._problem(request, 400, error.message_ko, error.message_en)
        if found is None:
            ko = "허브에 그런 연계·사건·기업이 없습니다."
            return self._problem(request, 404, ko, "The hub knows no such referral, event or firm.")
        language = language_of(request.query_params.get("lang"))
        headers = {"Vary": "Accept"}
        if wanted(request.headers.get("accept", "")) == "json":
            headers["Content-Language"] = "ko, en"
            return Response(orjson.dumps(found), headers=headers, media_type=JSON)
        here = quote(request.url.path)
        titles = self._explained.explainer.titles(language)
        page = explanation_page(self._templates, found, language, here, titles)
        return HTMLResponse(page, headers={**headers, "Content-Language": language})

    def _problem(self, request: Request, status: int, ko: str, en: str) -> Response:
        found = problem(status, ko, en)
        if wanted(request.headers.get("accept", "")) == "json":
            return found
        language = language_of(request.query_params.get("lang"))
        page = problem_page(self._templates, orjson.loads(bytes(found.body)), language)
        return HTMLResponse(page, status, {"Content-Language": language})


def is_near(client: str, host: str) -> bool:
    """Whether a request comes from this machine and was addressed to it: a page of another site
    whose name was pointed here is not."""
    return _is_loopback(client) and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback
