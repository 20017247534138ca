"""The read side of a Confluent-compatible schema registry (architecture, decision 13).

Schema versions never change, so what was read once is kept; the list is renewed when it is older
than a few seconds or something unknown is asked for, and served on while the database is away (F5).
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.adapters.postgres.connect import Connection, close, ours
from services.adapters.postgres.schemas import Registered, registered
from services.errors import NaruError
from services.web.problems import RETRY_AFTER_S

MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"
_FRESH_S = 5.0
_AGAIN_S = 0.5
_ASK_S = 3.0

log = structlog.get_logger("web")


class RegistryError(Exception):
    """An answer that clients of a registry understand."""

    def __init__(self, status: int, code: int, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


def _no_subject(subject: str) -> RegistryError:
    return RegistryError(404, 40401, f"Subject '{subject}' not found.")


class Shelf:
    """All schema versions, as last read. connect: opens a database connection."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        self._connect = connect
        self._lock = asyncio.Lock()
        self._read_at = float("-inf")
        self._all: list[Registered] = []

    async def by_id(self, schema_id: int) -> Registered:
        """One version. Raises RegistryError."""
        for fresh_s in (float("inf"), _AGAIN_S):
            for one in await self.all(fresh_s):
                if one.id == schema_id:
                    return one
        raise RegistryError(404, 40403, f"Schema {schema_id} not found.")

    async def of(self, subject: str) -> list[Registered]:
        """A subject's versions, the oldest first. Raises RegistryError."""
        for fresh_s in (_FRESH_S, _AGAIN_S):
            found = [one for one in await self.all(fresh_s) if one.subject == subject]
            if found:
                return sorted(found, key=lambda one: one.version)
        raise _no_subject(subject)

    async def all(self, fresh_s: float = _FRESH_S) -> list[Registered]:
        """Every version, read at most fresh_s ago if the database answers."""
        async with self._lock:
            if time.monotonic() - self._read_at > fresh_s:
                try:
                    self._all = await self._read()
                    self._read_at = time.monotonic()
                except (NaruError, TimeoutError) as error:
                    log.warning("registry.unread", error=str(error))
                    if not self._all:
                        raise RegistryError(
                            503, 50001, "Error in the backend data store."
                        ) from error
            return self._all

    async def _read(self) -> list[Registered]:
        async with asyncio.timeout(_ASK_S):
            async with ours():
                connection = await self._connect()
            try:
                return await registered(connection)
            finally:
                await close(connection)


class Registry:
    """The endpoints over one shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def routes(self) -> list[Route]:
        """Paths as Confluent's registry has them."""
        return [
            Route("/schemas/types", self.types),
            Route("/schemas/ids/{id}", self.by_id),
            Route("/schemas/ids/{id}/schema", self.text_by_id),
            Route("/schemas/ids/{id}/subjects", self.subjects_by_id),
            Route("/schemas/ids/{id}/versions", self.versions_by_id),
            Route("/subjects", self.subjects),
            Route("/subjects/{subject}", self.look_up, methods=["POST"]),
            Route("/subjects/{subject}/versions", self.versions),
            Route("/subjects/{subject}/versions", self.register, methods=["POST"]),
            Route("/subjects/{subject}/versions/{version}", self.version),
            Route("/subjects/{subject}/versions/{version}/schema", self.text),
            Route("/config", self.config),
            Route("/config/{subject}", self.config_of),
            Route("/mode", self.mode),
        ]

    async def types(self, request: Request) -> Response:
        return answer(["AVRO"])

    async def by_id(self, request: Request) -> Response:
        found: dict[str, Any] = {"schema": (await self._asked(request)).schema}
        if request.query_params.get("fetchMaxId") == "true":
            found["maxId"] = max(one.id for one in await self._shelf.all())
        return answer(found)

    async def text_by_id(self, request: Request) -> Response:
        return Response((await self._asked(request)).schema, media_type=MEDIA_TYPE)

    async def subjects_by_id(self, request: Request) -> Response:
        return answer([one.subject for one in await self._same(request)])

    async def versions_by_id(self, request: Request) -> Response:
        return answer(
            [{"subject": one.subject, "version": one.version} for one in await self._same(request)]
        )

    async def subjects(self, request: Request) -> Response:
        prefix = request.query_params.get("subjectPrefix", "")
        names = {one.subject for one in await self._shelf.all()}
        return answer(sorted(name for name in names if name.startswith(prefix)))

    async def versions(self, request: Request) -> Response:
        return answer([one.version for one in await self._shelf.of(_subject(request))])

    async def version(self, request: Request) -> Response:
        return answer(_described(await self._chosen(request)))

    async def text(self, request: Request) -> Response:
        return Response((await self._chosen(request)).schema, media_type=MEDIA_TYPE)

    async def look_up(self, request: Request) -> Response:
        return answer(_described(await self._given(request)))

    async def register(self, request: Request) -> Response:
        """Confluent's serialisers register before they look: a schema that is there already is
        answered with its id, a new one is refused, because only a migration registers."""
        try:
            return answer({"id": (await self._given(request)).id})
        except RegistryError as error:
            if error.code not in (40401, 40403):
                raise
            raise RegistryError(
                422, 42205, f"Subject {_subject(request)} is in read-only mode."
            ) from error

    async def config(self, request: Request) -> Response:
        return answer({"compatibilityLevel": "FULL_TRANSITIVE"})

    async def config_of(self, request: Request) -> Response:
        subject = _subject(request)
        await self._shelf.of(subject)
        level = "BACKWARD_TRANSITIVE" if subject.startswith("src.") else "FULL_TRANSITIVE"
        return answer({"compatibilityLevel": level})

    async def mode(self, request: Request) -> Response:
        return answer({"mode": "READONLY"})

    async def _asked(self, request: Request) -> Registered:
        text = request.path_params["id"]
        if not (text.isascii() and text.isdecimal() and len(text) < 11):
            raise RegistryError(404, 40403, f"Schema {text[:20]} not found.")
        return await self._shelf.by_id(int(text))

    async def _same(self, request: Request) -> list[Registered]:
        """Every subject's version with the same text: the hub numbers versions, not texts."""
        asked = await self._asked(request)
        return [one for one in await self._shelf.all() if one.schema == asked.schema]

    async def _chosen(self, request: Request) -> Registered:
        versions = await self._shelf.of(_subject(request))
        text = request.path_params["version"]
        if text in ("latest", "-1"):
            return versions[-1]
        if not (text.isascii() and text.isdecimal() and 0 < len(text) < 11 and int(text) > 0):
            raise RegistryError(
                422, 42202, f"The specified version '{text[:20]}' is not a valid version id."
            )
        for one in versions:
            if one.version == int(text):
                return one
        raise RegistryError(404, 40402, f"Version {text} not found.")

    async def _given(self, request: Request) -> Registered:
        """The version of this subject that has the schema in the request's body."""
        versions = await self._shelf.of(_subject(request))
        try:
            schema = json.loads((await request.json())["schema"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise RegistryError(422, 42201, "Invalid schema.") from error
        for one in reversed(versions):
            if json.loads(one.schema) == schema:
                return one
        raise RegistryError(404, 40403, "Schema not found.")


def _subject(request: Request) -> str:
    subject: str = request.path_params["subject"]
    return subject


def _described(one: Registered) -> dict[str, Any]:
    return {
        "subject": one.subject,
        "id": one.id,
        "version": one.version,
        "schemaType": "AVRO",
        "schema": one.schema,
    }


def answer(body: Any, status: int = 200) -> Response:
    """A registry's JSON."""
    return Response(orjson.dumps(body), status, media_type=MEDIA_TYPE)


def from_registry(request: Request, error: Exception) -> Response:
    """The registry's own form of errors."""
    assert isinstance(error, RegistryError)
    found = answer({"error_code": error.code, "message": error.text}, error.status)
    if error.status == 503:
        found.headers["Retry-After"] = RETRY_AFTER_S
    return found
