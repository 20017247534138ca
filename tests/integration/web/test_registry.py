"""Confluent's own client against the registry's read side."""

import io
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient, SchemaRegistryError
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from fastavro import schemaless_writer
from fastavro.utils import generate_one

from schemas.codec import frame, parsed_schema, schema_text
from tests.integration.web.served import Web

pytestmark = pytest.mark.services
AGENCY_TOPIC = "agency.HRDK-SEOUL.referral.v1"
SUBJECT = f"{AGENCY_TOPIC}-value"


@pytest.fixture
def client(web: Web) -> Iterator[SchemaRegistryClient]:
    with SchemaRegistryClient({"url": web.address}) as one:
        yield one


@pytest.fixture
def referral() -> dict[str, Any]:
    made = generate_one(parsed_schema("referral"))
    assert isinstance(made, dict)
    return made


def framed(schema_id: int, record: dict[str, Any]) -> bytes:
    """The record as the hub frames it."""
    body = io.BytesIO()
    schemaless_writer(body, parsed_schema("referral"), record)
    return frame(schema_id) + body.getvalue()


def test_a_stock_deserializer_reads_a_referral(
    web: Web, client: SchemaRegistryClient, referral: dict[str, Any]
) -> None:
    """Whatever agency's subject the id belongs to: the hub writes all of them with one."""
    newest = client.get_latest_version("agency.HRDK-BUSAN.referral.v1-value")
    value = framed(newest.schema_id, referral)
    read = AvroDeserializer(client)(value, SerializationContext(AGENCY_TOPIC, MessageField.VALUE))
    assert isinstance(read, dict)
    assert framed(newest.schema_id, read) == value
    assert read["referral_id"] == referral["referral_id"]


def test_a_stock_deserializer_with_the_newest_version_as_reader(
    client: SchemaRegistryClient, referral: dict[str, Any]
) -> None:
    newest = client.get_latest_version(SUBJECT)
    value = framed(newest.schema_id, referral)
    reader = AvroDeserializer(client, conf={"use.latest.version": True})
    read = reader(value, SerializationContext(AGENCY_TOPIC, MessageField.VALUE))
    assert isinstance(read, dict) and read["referral_id"] == referral["referral_id"]


def test_a_stock_serializer_finds_the_schema_that_is_there(
    client: SchemaRegistryClient, referral: dict[str, Any]
) -> None:
    writer = AvroSerializer(client, schema_text("referral"))
    value = writer(referral, SerializationContext(AGENCY_TOPIC, MessageField.VALUE))
    newest = client.get_latest_version(SUBJECT)
    assert value == framed(newest.schema_id, referral)


def test_subjects_versions_and_ids(client: SchemaRegistryClient) -> None:
    subjects = client.get_subjects()
    assert SUBJECT in subjects and "src.mss.smart-factory.v1-value" in subjects
    assert client.get_versions(SUBJECT) == [1]
    first, newest = client.get_version(SUBJECT, 1), client.get_latest_version(SUBJECT)
    assert (first.schema_id, first.version) == (newest.schema_id, 1)
    assert json.loads(newest.schema.schema_str) == json.loads(schema_text("referral"))
    assert client.get_schema(newest.schema_id).schema_type == "AVRO"
    named = {v.subject for v in client.get_schema_versions(newest.schema_id)}
    assert SUBJECT in named and len(named) > 30


def test_looking_up_a_given_schema(client: SchemaRegistryClient) -> None:
    given = Schema(json.dumps(json.loads(schema_text("referral")), indent=3), "AVRO")
    found = client.lookup_schema(SUBJECT, given)
    assert found.schema_id == client.get_latest_version(SUBJECT).schema_id
    with pytest.raises(SchemaRegistryError) as caught:
        client.lookup_schema(SUBJECT, Schema('{"type": "string"}', "AVRO"))
    assert (caught.value.http_status_code, caught.value.error_code) == (404, 40403)


def test_a_new_schema_is_refused(client: SchemaRegistryClient) -> None:
    with pytest.raises(SchemaRegistryError) as caught:
        client.register_schema(SUBJECT, Schema('"string"', "AVRO"))
    assert (caught.value.http_status_code, caught.value.error_code) == (422, 42205)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/schemas/ids/999999", 404, 40403),
        ("/schemas/ids/abc", 404, 40403),
        ("/schemas/ids/99999999999999999999", 404, 40403),
        ("/subjects/nobody-value/versions", 404, 40401),
        (f"/subjects/{SUBJECT}/versions/7", 404, 40402),
        (f"/subjects/{SUBJECT}/versions/newest", 422, 42202),
        (f"/subjects/{SUBJECT}/versions/0", 422, 42202),
        ("/config/nobody-value", 404, 40401),
    ],
)
def test_errors_as_clients_know_them(web: Web, path: str, status: int, code: int) -> None:
    answer = web.get(path)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    assert answer.headers["content-type"] == "application/vnd.schemaregistry.v1+json"
    assert answer.json()["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"schema": 1}', b'{"schema": "{"}'])
def test_a_body_that_is_no_schema(web: Web, body: bytes) -> None:
    answer = httpx2.post(f"{web.address}/subjects/{SUBJECT}", content=body)
    assert (answer.status_code, answer.json()["error_code"]) == (422, 42201)


def test_what_else_clients_ask(web: Web) -> None:
    assert web.get("/schemas/types").json() == ["AVRO"]
    assert web.get("/config").json() == {"compatibilityLevel": "FULL_TRANSITIVE"}
    source = "/config/src.mss.smart-factory.v1-value"
    assert web.get(source).json() == {"compatibilityLevel": "BACKWARD_TRANSITIVE"}
    assert web.get("/mode").json() == {"mode": "READONLY"}
    assert json.loads(web.get(f"/subjects/{SUBJECT}/versions/latest/schema").text)["type"]
    assert all(s.startswith("src.") for s in web.get("/subjects?subjectPrefix=src.").json())
