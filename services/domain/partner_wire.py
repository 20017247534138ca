"""From a record in JSON to the bytes that a partner would have put on Kafka.

Used where people try events by hand; the bytes then go through the same reading as real ones.
"""

import io
import json
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import fastavro
from fastavro.schema import fingerprint, to_parsing_canonical_form

from connectors.base import Source, Writers
from schemas.strict import compile_schema

INT = range(-(2**31), 2**31)
LONG = range(-(2**63), 2**63)
FIRST_DAY = date(1970, 1, 1)
FIRST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
RANGES = {"int": INT, "long": LONG}


@cache
def contract_schema(schema_file: str) -> dict[str, Any]:
    """The partner's schema as shipped with the package."""
    text = files("schemas").joinpath(schema_file).read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def contract_fingerprint(schema_file: str) -> bytes:
    """CRC-64-AVRO of the schema, the eight bytes as they stand in single-object encoding."""
    canonical = to_parsing_canonical_form(contract_schema(schema_file))
    return bytes.fromhex(fingerprint(canonical, "CRC-64-AVRO"))


@cache
def _parsed(schema_file: str) -> Any:
    return fastavro.parse_schema(contract_schema(schema_file))


def contract_writers(source: Source, schema_id: int) -> Writers:
    """The writer schemas of a topic on which only the contract's own schema is known."""
    if source.wire == "json":
        return {}
    decoder = compile_schema(contract_schema(source.schema_file))
    if source.wire == "avro-confluent":
        return {schema_id: decoder}
    return {contract_fingerprint(source.schema_file): decoder}


def wire_bytes(source: Source, value: Any, text: str, schema_id: int) -> bytes:
    """A record as its partner would write it; `text` is the JSON from which `value` was read.
    Raises ValueError where the contract's schema has no place for the value."""
    if source.wire == "json":
        return text.encode()
    schema = contract_schema(source.schema_file)
    record = avro_value(schema, value, {}, "value")
    body = io.BytesIO()
    if source.wire == "avro-confluent":
        body.write(b"\x00" + schema_id.to_bytes(4))
    else:
        body.write(b"\xc3\x01" + contract_fingerprint(source.schema_file))
    fastavro.schemaless_writer(body, _parsed(source.schema_file), record, strict=True)
    return body.getvalue()


def avro_value(schema: Any, value: Any, named: dict[str, Any], at: str) -> Any:
    """A JSON value as Avro value of that schema: defaults filled in, days and instants counted.
    Raises ValueError naming the place where it does not fit. named: the types met so far."""
    if isinstance(schema, list):
        return _union_value(schema, value, named, at)
    kind = schema if isinstance(schema, str) else schema["type"]
    if isinstance(schema, str) and schema in named:
        return avro_value(named[schema], value, named, at)
    if isinstance(schema, dict) and "name" in schema:
        named[schema["name"]] = schema
    match kind:
        case "record":
            return _record_value(schema, value, named, at)
        case "array" if isinstance(value, list):
            items = schema["items"]
            return [avro_value(items, item, named, f"{at}[{n}]") for n, item in enumerate(value)]
        case "enum" if value in schema["symbols"]:
            return value
        case "int" | "long":
            return _whole(schema, kind, value, at)
        case "string" if isinstance(value, str) and _is_text(value):
            return value
        case "boolean" if isinstance(value, bool):
            return value
        case "float" | "double" if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        case "null" if value is None:
            return None
        case dict() | list():
            return avro_value(kind, value, named, at)
    raise ValueError(f"{at} is not of type {kind}")


def _record_value(schema: dict[str, Any], value: Any, named: dict[str, Any], at: str) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"{at} is not an object")
    unknown = value.keys() - {field["name"] for field in schema["fields"]}
    if unknown:
        raise ValueError(f"{at} has fields that the schema does not have: {sorted(unknown)}")
    record = {}
    for field in schema["fields"]:
        name = field["name"]
        if name not in value and "default" not in field:
            raise ValueError(f"{at}.{name} is missing and has no default")
        given = value.get(name, field.get("default"))
        record[name] = avro_value(field["type"], given, named, f"{at}.{name}")
    return record


def _union_value(branches: list[Any], value: Any, named: dict[str, Any], at: str) -> Any:
    problems = []
    for branch in branches:
        try:
            return avro_value(branch, value, named, at)
        except ValueError as problem:
            problems.append(str(problem))
    raise ValueError(problems[-1])


def _whole(schema: Any, kind: str, value: Any, at: str) -> int:
    logical = schema.get("logicalType") if isinstance(schema, dict) else None
    try:
        if isinstance(value, str) and logical == "date":
            value = (date.fromisoformat(value) - FIRST_DAY).days
        elif isinstance(value, str) and logical == "timestamp-millis":
            value = (datetime.fromisoformat(value) - FIRST_INSTANT) // timedelta(milliseconds=1)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{at} is no {logical}: {error}") from error
    if type(value) is not int or value not in RANGES[kind]:
        raise ValueError(f"{at} is not of type {kind}")
    return value


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
