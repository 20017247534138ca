"""What a contract forbids to store is searched for after a full run of all inputs: in every table,
opened quarantine, every topic that the hub writes, every log. Contacts that may be kept are found
nowhere in the clear."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from connectors import CONNECTORS
from connectors.base import Refusal
from schemas.codec import rabin_fingerprint, schema_text
from schemas.strict import compile_schema
from services.adapters.kafka.publisher import Outgoing
from services.simulation.catalogue import FOLDERS
from services.simulation.plan import SimulatedEvent
from tests.integration.hub.harness import Hub
from tests.integration.hub.partners import ENTERPRISE_INFO, Partners

EVENTS, ANSWERS = 3_000, 6
NAME, PHONE = "가상담당", "000-0000-0000"
# As many bytes as those that they replace, so that lengths on the wire stay right.
FORBIDDEN = ("금단갑을", "777-7531-7777")
ALLOWED = ("허락병정", "888-8642-8888")
CREDIT = ("비밀사유", "7319024531", "등급극비")
UNREADABLE = frozenset(
    {"VALUE_EMPTY", "VALUE_TOO_LARGE", "SCHEMA_UNKNOWN", "BYTES_UNDECODABLE", "JSON_TOO_DEEP"}
)


def _credit(value: bytes) -> bytes:
    """The loan case with amounts, grade and reason that can be recognised, in all its messages."""
    text = value.decode("utf-8", "surrogateescape")
    reason, amount, grade = CREDIT
    text = re.sub(r"\((신용등급 미달|한도 300)\)", f"({reason})", text)
    extra = (
        f'"lmt_mm":{amount},"exec_mm":{amount},"int_rt":"{amount}","crd_gr":"{grade}",'
        f'"rej_rsn":"{reason}","memo":"{reason}",'
    )
    for name in ("lmt_mm", "exec_mm", "int_rt", "crd_gr", "rej_rsn"):
        text = re.sub(rf'"{name}":("[^"]*"|\d+),?', "", text)
    text = text.replace(",}", "}").replace("{", "{" + extra, 1)
    return text.encode("utf-8", "surrogateescape")


def _named(folder: str, value: bytes) -> bytes:
    """A contact person where the partner has left it out."""
    try:
        record = json.loads(value)
    except ValueError:
        return value
    if folder == "mfg-ai" and "담당자명" in record and record["담당자명"] == "-":
        record |= {"담당자명": NAME, "담당자연락처": PHONE}
    if folder == "industrial-ai" and "컨소시엄" in record:
        consortium = record["컨소시엄"]
        for firm in (consortium["주관기업"], *consortium["참여기관"]):
            name, phone = ALLOWED if _agrees(firm.get("동의", {})) else FORBIDDEN
            firm["담당자"] = {"성명": name, "전화": phone}
    return json.dumps(record, ensure_ascii=False).encode()


def _agrees(consent: dict[str, Any]) -> bool:
    """Whether a P6 firm lets its contact person go to an agency that it names."""
    named = consent.get("제공받는자", [])
    return consent.get("담당자제공") == "있음" and any(one.startswith("한국") for one in named)


def _writers(folder: str, wire: str, schema_id: int) -> dict[Any, Any]:
    if wire == "json":
        return {}
    schema = json.loads(schema_text(f"source/{folder}"))
    name = rabin_fingerprint(schema) if wire == "avro-single-object" else schema_id
    return {name: compile_schema(schema)}


def _planted(events: list[SimulatedEvent], ids: dict[str, int]) -> list[SimulatedEvent]:
    """The events with recognisable contacts and credit facts; what may be kept of a contact is
    the connector's own answer, message by message."""
    connectors = {c.source.folder: c for c in CONNECTORS}
    writers = {
        f: _writers(f, c.source.wire, ids.get(f"{c.source.topic}-value", 0))
        for f, c in connectors.items()
    }
    found = []
    for event in events:
        value, folder = event.value, event.folder
        connector = connectors[folder]
        if value and folder == "ax-sprint":
            found.append(event._replace(value=_credit(value)))
            continue
        if value and folder in ("mfg-ai", "industrial-ai"):
            value = _named(folder, value)
        reading = connector.read(event.key, value, writers[folder])
        contact = getattr(connector, "contact", lambda *_: None)(value, writers[folder])
        if value and not (isinstance(reading, Refusal) and UNREADABLE & set(reading.reasons)):
            name, phone = FORBIDDEN if contact is None else ALLOWED
            value = value.replace(NAME.encode(), name.encode()).replace(
                PHONE.encode(), phone.encode()
            )
        found.append(event._replace(value=value))
    return found


def _answers(partners: Partners) -> list[Outgoing]:
    """Answers that name a contact person without and with a consent, half of them held."""
    agreed = {**ENTERPRISE_INFO, "kind": "PERSONAL_3RD"}
    return [
        partners.answer(
            f"SV-{kind}-{n}",
            1,
            n,
            contact={"name": name, "phone": phone, "email": None},
            consents=[agreed] if kind else [],
            **({"program": "P3", "part_key": "never"} if n % 2 else {}),
        )
        for kind, (name, phone) in enumerate((FORBIDDEN, ALLOWED))
        for n in range(ANSWERS)
    ]


def _spellings(word: str) -> set[str]:
    """A word as text, as hex of its bytes, as JSON with escapes."""
    return {word, word.encode().hex(), json.dumps(word)[1:-1]}


class Searched:
    """Everything that a hub has left behind, as texts."""

    def __init__(self, hub: Hub) -> None:
        self.places: dict[str, list[str]] = {}
        for (table,) in hub.rows(
            "select table_name from information_schema.tables where table_schema = 'public'"
        ):
            rows = hub.rows(f"select t::text from {table} t")
            self.places[f"table {table}"] = [row[0] for row in rows]
        sealed = hub.rows("select raw_key from quarantine")
        sealed += hub.rows("select raw_value from quarantine")
        sealed += hub.rows(
            "select raw from inbox join source_partition using (stream)"
            " where raw is not null and topic = any($1)",
            [c.source.topic for c in CONNECTORS if c.source.redacts],
        )
        self.opened = [repr(hub.opened(row[0])) + _text(hub.opened(row[0])) for row in sealed]
        for beginning, name in (
            ("agency.", "referral"),
            ("feedback.", "feedback"),
            ("hub.", "participation"),
        ):
            self.places[f"topics {beginning}"] = [
                f"{headers} {record}" for _, headers, record in hub.published(beginning, name)
            ]
        logs = [*hub.folder.glob("*.log"), *Path(hub.stack.data_dir, "logs").glob("*.log")]
        self.places["logs"] = [path.read_text("utf-8", "replace") for path in logs]

    def of(self, words: tuple[str, ...], opened: bool) -> Counter[tuple[str, str]]:
        """Where the words stand. opened: also in what is sealed."""
        places = {**self.places, "opened": self.opened} if opened else self.places
        return Counter(
            (place, word)
            for word in words
            for place, texts in places.items()
            for text in texts
            if any(one in text for one in _spellings(word))
        )


def _text(value: bytes | None) -> str:
    return "" if value is None else value.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def searched(stack, tmp_path_factory) -> Any:  # type: ignore[no-untyped-def]
    with Hub.create(stack, tmp_path_factory.mktemp("forbidden")) as hub:
        ids = Partners.of(hub).ids
        events = hub.simulated(EVENTS, 77, programmes=FOLDERS, defects=0.15, shared_firms=0.5)
        planted = _planted(events, ids)
        sent = Counter({("demand-survey", w[0]): ANSWERS for w in (FORBIDDEN, ALLOWED)})
        sent += Counter(
            (event.folder, word)
            for event in planted
            for word in (FORBIDDEN[0], ALLOWED[0], *CREDIT)
            if word.encode() in (event.value or b"")
        )
        hub.publish(planted)
        hub.publish(_answers(Partners(ids)))
        assert hub.run().received == EVENTS + 2 * ANSWERS
        hub.sound()
        yield Searched(hub), sent


def test_it_was_there_to_be_stored(searched) -> None:  # type: ignore[no-untyped-def]
    """Otherwise the search proves nothing."""
    found, sent = searched
    for folder in ("ai-voucher", "robot", "mfg-ai", "industrial-ai", "demand-survey"):
        assert sent[folder, FORBIDDEN[0]] > 3, folder
    for folder in ("ai-voucher", "robot", "mfg-ai", "demand-survey"):
        assert sent[folder, ALLOWED[0]] > 3, folder
    assert all(sent["ax-sprint", word] > 100 for word in CREDIT)
    assert found.of(("가상",), opened=True), "the search finds what is there"
    assert len(found.opened) > 100


def test_contacts_without_consent_stand_nowhere(searched) -> None:  # type: ignore[no-untyped-def]
    assert searched[0].of(FORBIDDEN, opened=True) == {}


def test_credit_facts_stand_nowhere(searched) -> None:  # type: ignore[no-untyped-def]
    assert searched[0].of(CREDIT, opened=True) == {}


def test_contacts_with_consent_stand_nowhere_in_the_clear(searched) -> None:  # type: ignore[no-untyped-def]
    assert searched[0].of(ALLOWED, opened=False) == {}
    assert searched[0].of(ALLOWED, opened=True), "what is held with consent is kept, sealed"
