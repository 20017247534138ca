"""`naru decide`: one line of facts in, one line of decision out (facts.md)."""

import json
import re
from decimal import Decimal
from math import isfinite
from typing import Any, NoReturn

import orjson

from services.domain.decision.engine import Engine
from services.domain.decision.reading import (
    UnreadableFacts,
    beyond_limits,
    facts_from_json,
    not_an_object,
)

LONG_NUMBER = re.compile(rb"\d{19}")
"""From so many digits on the fast reader may round a number."""


def decide_line(raw: bytes, engine: Engine) -> tuple[bytes, bool]:
    """The decision on one line as one line without a newline, and whether there is one.

    A line that is no JSON object, has no readable `as_of` or goes beyond what can be echoed
    gives an error object and False.
    """
    try:
        obj = _parsed(raw)
        facts = facts_from_json(obj)
        case_id = _echoed(obj.get("case_id"))
    except UnreadableFacts as error:
        return orjson.dumps({"error": error.as_json()}), False
    return engine.decide(facts).to_json_bytes(case_id, facts.as_of), True


def _parsed(raw: bytes) -> Any:
    if LONG_NUMBER.search(raw) is None:
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError:
            pass
    return _parsed_slowly(raw)


def _parsed_slowly(raw: bytes) -> Any:
    """JSON that the fast reader rounds or refuses: long numbers, 1e400, lone surrogates."""
    try:
        text = raw.decode("utf-8")
        return json.loads(text, parse_constant=_no_constant, parse_int=_whole, parse_float=_real)
    except RecursionError as error:
        raise beyond_limits() from error
    except ValueError as error:
        raise not_an_object() from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _whole(digits: str) -> int:
    try:
        return int(digits)
    except ValueError as error:
        raise beyond_limits() from error


def _real(digits: str) -> float | Decimal:
    return value if isfinite(value := float(digits)) else Decimal(digits)


def _echoed(case_id: Any) -> bytes:
    try:
        return orjson.dumps(case_id)
    except TypeError:
        pass
    try:
        return json.dumps(case_id, allow_nan=False).encode()
    except (RecursionError, TypeError, ValueError) as error:
        raise beyond_limits() from error
