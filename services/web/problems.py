"""Errors as `application/problem+json` (RFC 9457), in Korean and English."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.errors import NaruError
from services.web.headers import HEADERS

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = "2"

log = structlog.get_logger("web")


@dataclass(frozen=True, slots=True)
class Words:
    """Title and detail in one language."""

    title: str
    detail: str


_KNOWN: dict[int, tuple[Words, Words]] = {
    400: (
        Words("잘못된 요청", "요청을 읽을 수 없습니다."),
        Words("Bad request", "The request cannot be read."),
    ),
    403: (
        Words("허용되지 않음", "이 자료는 여기에서 볼 수 없습니다."),
        Words("Forbidden", "This is not shown here."),
    ),
    404: (
        Words("찾을 수 없음", "이 주소에는 아무것도 없습니다."),
        Words("Not found", "There is nothing at this address."),
    ),
    405: (
        Words("허용되지 않는 방식", "이 주소는 이 방식의 요청을 받지 않습니다."),
        Words("Method not allowed", "This address does not take requests of this method."),
    ),
    408: (
        Words("요청 시간 초과", "요청 본문이 제때 도착하지 않았습니다."),
        Words("Request timeout", "The request's body did not arrive in time."),
    ),
    413: (
        Words("본문이 너무 큼", "요청 본문이 허용된 크기를 넘습니다."),
        Words("Content too large", "The request's body is larger than allowed."),
    ),
    500: (
        Words("내부 오류", "요청을 처리하지 못했습니다. 오류는 기록되었습니다."),
        Words("Internal error", "The request could not be served. The error has been logged."),
    ),
    503: (
        Words(
            "지금은 처리할 수 없음", "필요한 서비스가 응답하지 않습니다. 잠시 뒤 다시 시도하세요."
        ),
        Words("Unavailable", "A service that is needed does not answer. Try again shortly."),
    ),
}


def problem(
    status: int,
    ko: str = "",
    en: str = "",
    headers: dict[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> Response:
    """A problem of this status; ko and en replace the usual detail. errors: every fault of the
    request, each in both languages."""
    first, second = _KNOWN.get(status) or _phrase(status)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": f"{first.title} · {second.title}",
        "status": status,
        "detail": f"{ko or first.detail} · {en or second.detail}",
        "ko": {"title": first.title, "detail": ko or first.detail},
        "en": {"title": second.title, "detail": en or second.detail},
    }
    if errors:
        body["errors"] = errors
    sent = dict(headers or {})
    if status == 503:
        sent.setdefault("Retry-After", RETRY_AFTER_S)
    return Response(orjson.dumps(body), status, {"Content-Language": "ko, en", **sent}, MEDIA_TYPE)


def _phrase(status: int) -> tuple[Words, Words]:
    phrase = HTTPStatus(status).phrase
    return Words(phrase, phrase), Words(phrase, phrase)


def from_http(request: Request, error: Exception) -> Response:
    """For Starlette's own errors (no route, wrong method)."""
    assert isinstance(error, HTTPException)
    return problem(error.status_code, headers=dict(error.headers or {}))


def from_ours(request: Request, error: Exception) -> Response:
    """For an error of the hub: a service that is needed is not there."""
    assert isinstance(error, NaruError)
    log.warning("web.unavailable", route=request.scope.get("path", ""), error=str(error))
    return problem(503)


def from_any(request: Request, error: Exception) -> Response:
    """For everything else; says nothing of the inside. Starlette sends it past our middleware."""
    log.error("web.failed", path=request.scope.get("path", ""), exc_info=error)
    return problem(500, headers={name.decode(): value.decode() for name, value in HEADERS})
