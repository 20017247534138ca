"""`/livez`, `/readyz`, `/metrics`, `/status`: one observer behind all of them."""

from typing import Any

import orjson
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from services.web.document import document
from services.web.metrics import exposition
from services.web.middleware import Served
from services.web.negotiation import wanted
from services.web.observer import Observer
from services.web.page import language_of, status_page
from services.web.parts import WebParts
from services.web.problems import problem

HEALTH = "application/health+json"


class Probes:
    """The endpoints for operators and for what watches the hub."""

    def __init__(
        self, parts: WebParts, observer: Observer, served: Served, templates: Environment
    ) -> None:
        self._parts = parts
        self._observer = observer
        self._served = served
        self._templates = templates

    def routes(self) -> list[Route]:
        """Their paths."""
        return [
            Route("/", self.home),
            Route("/livez", self.livez),
            Route("/readyz", self.readyz),
            Route("/metrics", self.metrics),
            Route("/status", self.status),
        ]

    async def home(self, request: Request) -> Response:
        query = request.url.query
        return RedirectResponse(f"/status?{query}" if query else "/status", 307)

    async def livez(self, request: Request) -> Response:
        """The process answers; touches nothing else."""
        return Response(b'{"status":"pass"}', media_type=HEALTH)

    async def readyz(self, request: Request) -> Response:
        """The role can work: Postgres and Kafka answer."""
        seen = await self._observer.look()
        failures = [d.failure for d in (seen.postgres, seen.kafka) if d.failure is not None]
        if failures:
            return problem(
                503, " ".join(ko for ko, _ in failures), " ".join(en for _, en in failures)
            )
        return Response(b'{"status":"pass"}', media_type=HEALTH)

    async def metrics(self, request: Request) -> Response:
        body, media_type = exposition(
            await self._document(), self._served, request.headers.get("accept", "")
        )
        return Response(body, headers={"Content-Type": media_type})

    async def status(self, request: Request) -> Response:
        """The page for people; for programs health+json, whose draft wants a 503 for `fail`."""
        found = await self._document()
        varies = {"Vary": "Accept"}
        asked = request.query_params.get("format") or wanted(request.headers.get("accept", ""))
        if asked == "html":
            language = language_of(request.query_params.get("lang"))
            page = status_page(self._templates, found, language)
            return HTMLResponse(page, headers={**varies, "Content-Language": language})
        code = 503 if found["status"] == "fail" else 200
        return Response(orjson.dumps(found), code, varies, HEALTH)

    async def _document(self) -> dict[str, Any]:
        return document(await self._observer.look(), self._parts)
