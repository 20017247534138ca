"""The web application: one constructor, lists of routes and middleware, a lifespan."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import orjson
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from services.domain.decision.engine import Engine
from services.errors import NaruError
from services.web.entitlements import Calculator
from services.web.explain import Explanations
from services.web.middleware import Bounded, Counted, SecureHeaders, Served
from services.web.negotiation import wanted
from services.web.observer import Observer
from services.web.page import environment, language_of, problem_page
from services.web.parts import WebParts
from services.web.probes import Probes
from services.web.problems import from_any, from_http, from_ours
from services.web.schema_registry import Registry, RegistryError, Shelf, from_registry


def create_app(parts: WebParts) -> Starlette:
    """Everything the web process answers."""
    observer, served, templates = Observer(parts), Served(), environment()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        first = asyncio.create_task(observer.look())
        yield
        first.cancel()
        await observer.close()

    return Starlette(
        routes=[
            *Probes(parts, observer, served, templates).routes(),
            *Registry(Shelf(parts.connect)).routes(),
            *Calculator(Engine(parts.policy, parts.tables), parts.clock).routes(),
            *Explanations(parts.explained, templates).routes(),
            Mount("/static", StaticFiles(packages=[("services.web", "static")])),
        ],
        middleware=[
            Middleware(SecureHeaders),
            Middleware(Counted, served=served, facts=parts.facts),
            Middleware(Bounded),
        ],
        exception_handlers={
            HTTPException: _for_people(templates),
            NaruError: from_ours,
            RegistryError: from_registry,
            Exception: from_any,
        },
        lifespan=lifespan,
    )


Handler = Callable[[Request, Exception], Response]


def _for_people(templates: Environment) -> Handler:
    """Problems as a page for those who came with a browser."""

    def handler(request: Request, error: Exception) -> Response:
        found = from_http(request, error)
        if wanted(request.headers.get("accept", "")) == "json":
            return found
        language = language_of(request.query_params.get("lang"))
        page = problem_page(templates, orjson.loads(bytes(found.body)), language)
        kept = {k: v for k, v in found.headers.items() if k in ("allow", "retry-after")}
        return HTMLResponse(page, found.status_code, {**kept, "Content-Language": language})

    return handler
