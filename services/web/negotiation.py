"""Which representation a client wants, from its Accept header. Pure."""

from typing import Literal

Form = Literal["html", "json"]
_OFFERED: dict[Form, tuple[str, ...]] = {
    "html": ("text/html", "application/xhtml+xml"),
    "json": ("application/health+json", "application/json", "application/problem+json"),
}


def wanted(accept: str) -> Form:
    """`html` for those that name it and do not like JSON better; JSON for everyone else, also for
    `*/*` and for a header that cannot be read."""
    html, json = _quality(accept, "html"), _quality(accept, "json")
    return "html" if html > json else "json"


def _quality(accept: str, form: Form) -> tuple[float, int]:
    """(q, earliness) of the form where it is named; a wildcard names nothing."""
    best = (0.0, 0)
    for place, part in enumerate(accept.split(",")):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name in _OFFERED[form]:
            best = max(best, (_q(parameters), -place))
    return best


def _q(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
