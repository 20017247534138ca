"""Strict decoding against fastavro on good values, and refusal of what fastavro lets through."""

import io
import json
from importlib.resources import files
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.strict import BadAvro, compile_schema

PROGRAMMES = ("ai-voucher", "smart-factory", "robot")


def contract(folder: str) -> dict[str, Any]:
    text = files("schemas").joinpath(f"avro/source/{folder}.avsc").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def written(schema: Any, record: Any) -> bytes:
    body = io.BytesIO()
    fastavro.schemaless_writer(body, schema, record)
    return body.getvalue()


def record_of(**fields: Any) -> dict[str, Any]:
    listed = [{"name": name, "type": kind} for name, kind in fields.items()]
    return {"type": "record", "name": "Sample", "fields": listed}


RICH = record_of(
    text=["null", "string"],
    number="long",
    small="int",
    rate="double",
    single="float",
    yes="boolean",
    blob="bytes",
    kind={"type": "enum", "name": "Kind", "symbols": ["A", "B"], "default": "A"},
    mark={"type": "fixed", "name": "Mark", "size": 3},
    lines={"type": "array", "items": record_of(n="int") | {"name": "Line"}},
    words={"type": "map", "values": "string"},
    either=["int", "null", "string", {"type": "array", "items": "Line"}],
    again="Kind",
)

rich_values = st.fixed_dictionaries(
    {
        "text": st.none() | st.text(max_size=80),
        "number": st.integers(-(2**63), 2**63 - 1),
        "small": st.integers(-(2**31), 2**31 - 1),
        "rate": st.floats(allow_nan=False),
        "single": st.floats(width=32, allow_nan=False),
        "yes": st.booleans(),
        "blob": st.binary(max_size=80),
        "kind": st.sampled_from("AB"),
        "mark": st.binary(min_size=3, max_size=3),
        "lines": st.lists(st.fixed_dictionaries({"n": st.integers(-9, 9)}), max_size=5),
        "words": st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=4),
        "either": st.none() | st.integers(-9, 9) | st.text(max_size=9),
        "again": st.sampled_from("AB"),
    }
)


@given(record=rich_values, offset=st.integers(0, 6))
def test_reads_what_fastavro_writes(record: dict[str, Any], offset: int) -> None:
    decode = compile_schema(RICH)
    assert decode(bytes(offset) + written(RICH, record), offset) == record


@pytest.mark.parametrize("folder", PROGRAMMES)
@given(data=st.data())
def test_contracts_read_what_fastavro_writes(folder: str, data: st.DataObject) -> None:
    schema = contract(folder)
    values: dict[str, st.SearchStrategy[Any]] = {
        '"string"': st.text(max_size=90),
        '["null", "string"]': st.none() | st.text(max_size=90),
        '["null", "int"]': st.none() | st.integers(-(2**31), 2**31 - 1),
        '["null", "long"]': st.none() | st.integers(-(2**63), 2**63 - 1),
        '["null", "boolean"]': st.none() | st.booleans(),
    }
    record = {f["name"]: data.draw(values[json.dumps(f["type"])]) for f in schema["fields"]}
    assert compile_schema(schema)(written(schema, record), 0) == record


@given(record=rich_values, data=st.data())
def test_no_more_and_no_less(record: dict[str, Any], data: st.DataObject) -> None:
    decode = compile_schema(RICH)
    value = written(RICH, record)
    with pytest.raises(BadAvro):
        decode(value + data.draw(st.binary(min_size=1, max_size=3)), 0)
    with pytest.raises(BadAvro):
        decode(value[: data.draw(st.integers(0, len(value) - 1))], 0)


@given(value=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(value: bytes) -> None:
    for schema in (RICH, contract("ai-voucher"), contract("robot")):
        try:
            compile_schema(schema)(value, 0)
        except BadAvro:
            continue


NULLABLE = ["null", "string"]
KIND = {"type": "enum", "name": "Kind", "symbols": ["A", "B"], "default": "A"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (KIND, b"\x01"),
        (KIND, b"\x04"),
        (NULLABLE, b"\x01"),
        (NULLABLE, b"\x04"),
        (NULLABLE, b"\x82\x00\x02a"),
        (["int", "null", "string"], b"\x05"),
        ("int", b"\x80\x80\x80\x80\x10"),
        ("int", b"\x80\x80\x80\x80\x80\x01"),
        ("int", b"\x80\x00"),
        ("long", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
        ("long", b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
        ("long", b"\x81\x80\x00"),
        ("boolean", b"\x02"),
        ("string", b"\x01"),
        ("string", b"\x02\xff"),
        ("string", b"\x06\xed\xa0\x80"),
        ("string", b"\x04a"),
        ("string", b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        ("bytes", b"\x01"),
        ("bytes", b"\x06ab"),
        ("double", b"1234567"),
        ("float", b"123"),
        ({"type": "fixed", "name": "F", "size": 4}, b"123"),
        ({"type": "array", "items": "int"}, b"\x02\x02"),
        ({"type": "array", "items": "int"}, b"\x01\x04\x02\x00"),
        ({"type": "array", "items": "int"}, b"\x01\x01\x02\x00"),
        ({"type": "array", "items": "int"}, b"\xfe\xff\xff\xff\x0f"),
        ({"type": "map", "values": "int"}, b"\x04\x02a\x02\x02a\x02\x00"),
        ({"type": "bytes", "logicalType": "decimal", "precision": 2}, b"\x02\x64"),
        ({"type": "bytes", "logicalType": "decimal", "precision": 2}, b"\x06\x00\x00\x01"),
    ],
)
def test_hostile_values(kind: Any, value: bytes) -> None:
    """F13, F14: fastavro takes most of these for something."""
    with pytest.raises(BadAvro):
        compile_schema(record_of(one=kind))(value, 0)


def test_blocks_with_their_size() -> None:
    decode = compile_schema(record_of(one={"type": "array", "items": "int"}))
    assert decode(b"\x03\x04\x02\x04\x02\x06\x00", 0) == {"one": [1, 2, 3]}


def test_element_budget() -> None:
    """F16: 10,000 elements and no more, over all lists of a value."""
    decode = compile_schema(
        record_of(one={"type": "array", "items": "int"}, two={"type": "array", "items": "int"})
    )
    schema = record_of(one={"type": "array", "items": "int"}, two={"type": "array", "items": "int"})
    allowed = written(schema, {"one": [0] * 6_000, "two": [0] * 4_000})
    assert len(decode(allowed, 0)["one"]) == 6_000
    with pytest.raises(BadAvro):
        decode(written(schema, {"one": [0] * 6_000, "two": [0] * 4_001}), 0)


def test_decimal_within_its_precision() -> None:
    kind = {"type": "bytes", "logicalType": "decimal", "precision": 2}
    assert compile_schema(record_of(one=kind))(b"\x02\x63", 0) == {"one": b"\x63"}


def nested(depth: int) -> Any:
    kind: Any = "int"
    for level in range(depth):
        kind = {"type": "record", "name": f"R{level}", "fields": [{"name": "x", "type": kind}]}
    return kind


@pytest.mark.parametrize(
    "schema",
    [
        "string",
        ["null", "string"],
        {"type": "enum", "name": "E", "symbols": ["A"], "default": "A"},
        {"type": "record", "name": "R"},
        {"type": "record", "fields": []},
        record_of(one="Unknown"),
        record_of(one={"type": "enum", "name": "E", "symbols": ["A", "B"]}),
        record_of(one={"type": "enum", "name": "E", "symbols": ["A", "A"], "default": "A"}),
        record_of(one={"type": "enum", "name": "E", "symbols": [], "default": "A"}),
        record_of(one={"type": "enum", "name": "E", "symbols": [["A"]], "default": "A"}),
        record_of(one={"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}),
        record_of(one={"type": "array", "items": "null"}),
        record_of(one={"type": "array", "items": {"type": "record", "name": "N", "fields": []}}),
        record_of(one={"type": "array", "items": {"type": "fixed", "name": "Z", "size": 0}}),
        record_of(one={"type": "bytes", "logicalType": "decimal"}),
        record_of(one={"type": "bytes", "logicalType": "decimal", "precision": 1_000_000}),
        record_of(one={"type": "fixed", "name": "D", "size": 4, "logicalType": "decimal"}),
        record_of(one={"type": "fixed", "name": "D", "size": -1}),
        record_of(one=["null", ["int"]]),
        record_of(one=["int", "int"]),
        record_of(one=[]),
        record_of(one={"type": "array"}),
        record_of(one=7),
        {"type": "record", "name": "R", "fields": [{"name": "x", "type": ["null", "R"]}]},
        {"type": "record", "name": "R", "fields": [{"name": "x", "type": "int"}] * 2},
        {"type": "record", "name": "R", "fields": [{"type": "int"}]},
        {"type": "record", "name": "R", "namespace": 7, "fields": []},
        nested(17),
    ],
)
def test_registration_lint(schema: Any) -> None:
    """Architecture, decision 14: what a writer's schema may not contain."""
    with pytest.raises(ValueError):  # noqa: PT011
        compile_schema(schema)


def test_depth_that_is_allowed() -> None:
    assert compile_schema(nested(16))(b"\x02", 0)


def test_names_in_namespaces() -> None:
    kind = {"type": "enum", "name": "Kind", "symbols": ["A"], "default": "A"}
    schema = {
        "type": "record",
        "name": "Outer",
        "namespace": "kr.go.sample",
        "fields": [
            {"name": "one", "type": kind},
            {"name": "two", "type": "Kind"},
            {"name": "three", "type": "kr.go.sample.Kind"},
        ],
    }
    assert compile_schema(schema)(b"\x00\x00\x00", 0) == {"one": "A", "two": "A", "three": "A"}


@given(record=rich_values)
def test_without_some_fields(record: dict[str, Any]) -> None:
    decode = compile_schema(RICH)
    emptied = decode.without(b"//" + written(RICH, record), 2, {"text", "blob", "lines", "words"})
    expected = {**record, "text": None, "blob": b"", "lines": [], "words": {}}
    assert decode(emptied, 2) == expected
    assert emptied[:2] == b"//"


def test_without_texts() -> None:
    schema = record_of(one="string", two="string")
    decode = compile_schema(schema)
    value = decode.without(written(schema, {"one": "가", "two": "나"}), 0, {"one"})
    assert decode(value, 0) == {"one": "", "two": "나"}


def test_a_field_that_cannot_be_emptied() -> None:
    schema = record_of(one="int")
    with pytest.raises(ValueError, match="one"):
        compile_schema(schema).without(written(schema, {"one": 5}), 0, {"one"})
