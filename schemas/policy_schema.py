"""JSON Schema of the policy's files: what an editor needs to help a policy officer.

The files lie in schemas/policy/schema; `naru policy schema` prints them, a test compares.
"""

from typing import Any

from schemas.policies import Policy

FILES = tuple(name for name in Policy.model_fields if name != "digest")
"""Stems of the policy's files."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(file: str) -> dict[str, Any]:
    """The schema of one file. Raises KeyError for a file that the policy does not have."""
    if file not in FILES:
        raise KeyError(file)
    model: Any = Policy.model_fields[file].annotation
    found: dict[str, Any] = model.model_json_schema(by_alias=True)
    return {"$schema": DIALECT, "$id": f"{file}.schema.json", **found}
