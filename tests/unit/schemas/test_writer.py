"""Our encoder writes what fastavro writes, for every shipped schema that it can write."""

import io
import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codec import Encoder, decode, parsed_schema, schema_text
from schemas.writer import compile_writer, long_bytes
from services.domain.referral_record import GROUPS
from services.domain.splitting import SplitEncoder

OWN = ("participation", "referral", "progress", "feedback")
SOURCES = sorted(
    f"source/{path.name.removesuffix('.avsc')}"
    for path in files("schemas").joinpath("avro/source").iterdir()
    if path.name.endswith(".avsc")
)
INT, LONG = 2**31, 2**63
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
START = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 4_000_000_000_000_000).map(lambda us: START + timedelta(microseconds=us))


def values(schema: Any, named: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a type; fields with a default may be missing."""
    match schema:
        case list():
            return st.one_of(*(values(branch, named) for branch in schema))
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "int":
            return st.integers(-INT, INT - 1)
        case "long":
            return st.integers(-LONG, LONG - 1)
        case "double":
            return st.floats(allow_nan=False)
        case "string":
            return TEXT
        case str():
            return values(named[schema], named)
        case {"logicalType": "timestamp-millis"}:
            return INSTANTS
        case {"type": "array", "items": items}:
            return st.lists(values(items, named), max_size=3)
        case {"type": "map", "values": inner}:
            return st.dictionaries(TEXT, values(inner, named), max_size=3)
        case {"type": "enum", "symbols": symbols}:
            named[schema["name"]] = schema
            return st.sampled_from(symbols)
        case {"type": "record", "fields": members}:
            named[schema["name"]] = schema
            must = {f["name"]: values(f["type"], named) for f in members if "default" not in f}
            may = {f["name"]: values(f["type"], named) for f in members if "default" in f}
            return st.fixed_dictionaries(must, optional=may)
    return values(schema["type"], named)


def by_fastavro(name: str, record: dict[str, Any]) -> bytes:
    body = io.BytesIO()
    fastavro.schemaless_writer(body, parsed_schema(name), record, strict_allow_default=True)
    return body.getvalue()


@pytest.mark.parametrize("name", OWN)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_equal_to_fastavro(name: str, data: st.DataObject) -> None:
    record = data.draw(values(json.loads(schema_text(name)), {}))
    framed = Encoder(name, 7)(record)
    assert framed == b"\x00\x00\x00\x00\x07" + by_fastavro(name, record)
    assert decode(name, framed).keys() == {f["name"] for f in parsed_schema(name)["fields"]}


@pytest.mark.parametrize("name", SOURCES)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_partners_schemas_too_where_it_knows_their_types(name: str, data: st.DataObject) -> None:
    schema = json.loads(schema_text(name))
    try:
        write = compile_writer(schema)
    except ValueError:
        return
    record = data.draw(values(schema, {}))
    out: list[bytes] = []
    write(record, out)
    assert b"".join(out) == by_fastavro(name, record)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_record_in_parts_is_the_record(data: st.DataObject) -> None:
    record = data.draw(values(json.loads(schema_text("referral")), {}))
    split = SplitEncoder("referral", 7, GROUPS)
    parts = [split.part(number, record) for number in range(len(GROUPS))]
    assert split.join(*parts) == Encoder("referral", 7)(record)


def test_parts_must_be_all_fields_in_order() -> None:
    with pytest.raises(ValueError, match="not its fields in order"):
        SplitEncoder("referral", 7, GROUPS[:-1])
    with pytest.raises(ValueError, match="not its fields in order"):
        SplitEncoder("referral", 7, GROUPS[::-1])


def test_parts_are_remembered_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.domain.splitting.CACHE_LIMIT", 2)
    split = SplitEncoder("referral", 7, GROUPS)
    assert split.known(1, b"a") is None
    kept = split.keep(1, b"a", {"modes": []})
    assert split.known(1, b"a") == kept == split.part(1, {"modes": []})
    assert split.known(2, b"a") is None, "another group's part"
    split.keep(1, b"b", {"modes": []})
    split.keep(1, b"c", {"modes": []})
    assert split.known(1, b"a") is None and split.known(1, b"c") is not None


@pytest.mark.parametrize("value", [0, 1, -1, 63, 64, -64, -65, 2**31, LONG - 1, -LONG])
def test_numbers(value: int) -> None:
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema("long"), value)
    assert long_bytes(value) == body.getvalue()


@pytest.mark.parametrize("value", [LONG, -LONG - 1])
def test_a_number_that_is_no_long(value: int) -> None:
    with pytest.raises(ValueError, match="not a long"):
        long_bytes(value)


RECORD = {
    "type": "record",
    "name": "R",
    "fields": [
        {"name": "text", "type": "string"},
        {"name": "number", "type": "int"},
        {"name": "yes", "type": "boolean"},
        {"name": "one", "type": {"type": "enum", "name": "E", "symbols": ["A"]}},
        {"name": "maybe", "type": ["string", "null"]},
        {"name": "many", "type": {"type": "map", "values": "long"}},
    ],
}
GOOD = {"text": "a", "number": 1, "yes": True, "one": "A", "maybe": None, "many": {"k": 2}}


def test_a_record_made_by_hand() -> None:
    out: list[bytes] = []
    compile_writer(RECORD)(GOOD, out)
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(RECORD), GOOD)
    assert b"".join(out) == body.getvalue()


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": None},
        {"text": 1},
        {"number": "1"},
        {"number": True},
        {"number": INT},
        {"yes": 1},
        {"one": "B"},
        {"one": None},
        {"maybe": 5},
        {"many": {"k": "2"}},
        {"many": {"k": LONG}},
    ],
)
def test_what_does_not_fit_is_an_error_and_never_coerced(wrong: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)):
        compile_writer(RECORD)({**GOOD, **wrong}, [])


def test_a_missing_field_without_default_is_an_error() -> None:
    with pytest.raises(KeyError):
        compile_writer(RECORD)({k: v for k, v in GOOD.items() if k != "text"}, [])


@pytest.mark.parametrize("kind", ["bytes", "float", ["null", "string", "int"], ["string"]])
def test_a_type_that_it_cannot_write_is_refused_at_once(kind: Any) -> None:
    schema = {"type": "record", "name": "R", "fields": [{"name": "x", "type": kind}]}
    with pytest.raises(ValueError, match="no writer"):
        compile_writer(schema)
