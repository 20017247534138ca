"""`naru decide`: one line of facts in, one line of decision out (facts.md)."""

from typing import Any

import orjson

from services.domain.decision.engine import Engine
from services.domain.decision.reading import UnreadableFacts, facts_from_json, not_an_object


def decide_line(raw: bytes, engine: Engine) -> tuple[bytes, bool]:
    """The decision on one line as one line without a newline, and whether there is one.

    A line that is no JSON object or has no readable `as_of` gives an error object and False.
    """
    try:
        obj = _parsed(raw)
        facts = facts_from_json(obj)
    except UnreadableFacts as error:
        return orjson.dumps({"error": error.as_json()}), False
    return engine.decide(facts).to_json_bytes(obj.get("case_id"), facts.as_of), True


def _parsed(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise not_an_object() from error
