"""What single messages do: bad bytes, poison, repeats, conflicts, corrections, deletes, consents.

All of it is published in one go among good messages and read by one hub; each test looks at its
own part of the result.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from services.adapters.kafka.publisher import Outgoing
from services.adapters.local.ports import choose
from services.adapters.local.stack import Stack
from tests.integration.hub.harness import Hub, eventually
from tests.integration.hub.tasks import FEEDBACK, TOPIC, Tasks, brn, key_on, participation_id

CONSUMER = Path(__file__).parents[3] / "docs" / "consumer.py"
VALUE_LIMIT = 65_536
GOOD = [key_on(n % 4, n) for n in range(24)]
LONG_KEY = "".join(f"{n:07d}" for n in range(900))  # an entry of an index holds 2,704 bytes
RAISES = "(주)읽다가오류"
UNREADABLE = key_on(1, 90)
REPEATED, CONFLICT, CORRECTED, LATE = (key_on(n % 4, 50 + n) for n in range(4))
DELETED, NEVER, WITHDRAWN, ASKED = (key_on(n % 4, 60 + n) for n in range(4))
DAY = "202604{:02d}093000"

# name: (reason, F number)
BAD = {
    "tombstone": "VALUE_EMPTY",
    "empty": "VALUE_EMPTY",
    "first byte": "BYTES_UNDECODABLE",
    "short": "BYTES_UNDECODABLE",
    "cut": "BYTES_UNDECODABLE",
    "left over": "BYTES_UNDECODABLE",
    "not utf-8": "BYTES_UNDECODABLE",
    "impossible length": "BYTES_UNDECODABLE",
    "64 KiB + 1": "VALUE_TOO_LARGE",
    "64 KiB": "BYTES_UNDECODABLE",
    "key is no text": "KEY_MISSING",
    "id of another subject": "SCHEMA_UNKNOWN",
    "refused by the database": "PROCESSING_FAILED",
    "reading it raises": "PROCESSING_FAILED",
}


@dataclass
class Read:
    """A hub that has read everything, and what became of it."""

    hub: Hub
    bad: dict[str, tuple[bytes | None, bytes | None]] = field(default_factory=dict)
    states: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    parked: dict[tuple[bytes | None, bytes | None], str] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def versions(self, key: str) -> list[dict[str, Any]]:
        """The referral messages that agencies got for a task's firm, in order."""
        rows = self.hub.rows(
            "select referral_id::text from referral join participation using (establishment_id)"
            " where participation_id::text = $1",
            participation_id(key),
        )
        return self.sent.get(rows[0][0], []) if rows else []


def _bad_values(good: bytes, ids: dict[str, int]) -> dict[str, tuple[bytes | None, bytes | None]]:
    frame, body = good[:5], good[5:]
    foreign = ids["src.msit.ai-voucher.v1-value"].to_bytes(4, "big")
    return {
        "tombstone": (b"k1", None),
        "empty": (b"k2", b""),
        "first byte": (b"k3", b"\x01" + good[1:]),
        "short": (b"k4", b"\x00\x00"),
        "cut": (b"k5", good[:-3]),
        "left over": (b"k6", good + b"\x00"),
        "not utf-8": (b"k7", frame + b"\x04\xff\xfe" + body[3:]),
        "impossible length": (b"k8", frame + b"\xfe\xff\xff\xff\x0f" + body),
        "64 KiB + 1": (b"k9", frame + bytes(VALUE_LIMIT - 4)),
        "64 KiB": (b"k10", frame + bytes(VALUE_LIMIT - 5)),
        "key is no text": (b"\xff\xfe", good),
        "id of another subject": (b"k11", b"\x00" + foreign + body),
    }


def _stories(tasks: Tasks) -> list[Outgoing]:
    def row(key: str, firm: int, day: int, **fields: str) -> Outgoing:
        return tasks.row(key, firm, LAST_CHG_DT=DAY.format(day), **fields)

    return [
        row(REPEATED, 300, 1),
        row(REPEATED, 300, 1),
        row(CONFLICT, 301, 1),
        row(CONFLICT, 301, 1, ORDTM_LABRR_CNT="46"),
        row(CORRECTED, 302, 1),
        row(CORRECTED, 302, 3, CHG_SE="U", ORDTM_LABRR_CNT="60", ENTRPRS_NM="(주)고친이름"),
        row(CORRECTED, 302, 2, CHG_SE="U", ORDTM_LABRR_CNT="50"),
        row(LATE, 303, 4),
        row(LATE, 303, 1, ORDTM_LABRR_CNT="50"),
        row(DELETED, 304, 1),
        tasks.deleted(DELETED, DAY.format(2)),
        tasks.deleted(NEVER, DAY.format(5)),
        row(NEVER, 305, 1),
        row(WITHDRAWN, 306, 1),
        row(WITHDRAWN, 306, 2, CHG_SE="U", THIRD_PRVD_AGRE_YN="N"),
        row(WITHDRAWN, 306, 3, CHG_SE="U", THIRD_PRVD_AGRE_YN="N", STTUS_CD="ST90"),
        row(ASKED, 307, 1, THIRD_PRVD_AGRE_YN=""),
    ]


@pytest.fixture(scope="module")
def read(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    with Hub.create(stack, tmp_path_factory.mktemp("messages")) as hub:
        one = Read(hub)
        ids = dict(hub.rows("select subject, max(id) from schema_version group by 1"))
        tasks = Tasks(ids[f"{TOPIC}-value"])
        good = [tasks.row(key, 100 + n) for n, key in enumerate(GOOD)]
        refused, unreadable = (
            tasks.row(LONG_KEY, 200),
            tasks.row(UNREADABLE, 201, ENTRPRS_NM=RAISES),
        )
        other = tasks.row(key_on(0, 91), 202)
        assert other.value is not None
        one.bad = _bad_values(other.value, ids)
        one.bad["refused by the database"] = (refused.key, refused.value)
        one.bad["reading it raises"] = (unreadable.key, unreadable.value)
        bad = [Outgoing(TOPIC, key, value, []) for key, value in one.bad.values()]
        hub.publish([*good[:12], *bad, *good[12:], *_stories(tasks)])
        hub.start("ingest", failpoint=f"ingest:read:raise:{RAISES}")
        hub.start("relay")
        hub.drain()
        one.states = hub.states()
        one.parked = {(k, v): reasons for reasons, k, v in hub.quarantine().values()}
        one.told = hub.feedback(FEEDBACK)
        for _, record in hub.referrals():
            one.sent.setdefault(record["referral_id"], []).append(record)
        yield one


@pytest.mark.parametrize("name", BAD)
def test_a_bad_message_is_quarantined_with_its_reason_and_its_bytes(read: Read, name: str) -> None:
    """F1, F3, F6, F13, F14, F17, F49: it alone, sealed as it came, and its partner is told."""
    assert read.parked[read.bad[name]] == BAD[name]


def test_the_others_are_applied_and_nothing_is_lost(read: Read) -> None:
    """F49: one bad row never rolls back others nor blocks the offset."""
    assert [read.states[key] for key in GOOD] == [[("applied", "")]] * len(GOOD)
    assert len(read.parked) == len(BAD)
    read.hub.sound()
    read.hub.no_doubles()


@pytest.mark.parametrize("name", ["refused by the database", "reading it raises", "cut"])
def test_the_partner_is_told_of_a_quarantined_message(read: Read, name: str) -> None:
    """F1, F49: reason in two languages, the key, and where the message stands."""
    key = read.bad[name][0]
    assert key is not None
    refused = [r for r in read.told if r["kind"] == "refused" and r["source_key"] == key.decode()]
    assert [(r["end_state"], r["errors"][0]["code"]) for r in refused] == [
        ("quarantined", BAD[name])
    ]
    assert refused[0]["errors"][0]["message_ko"] and refused[0]["errors"][0]["message_en"]
    places = read.hub.quarantine()
    assert places[TOPIC, refused[0]["source_partition"], refused[0]["source_offset"]][1] == key


def test_a_repeat_is_a_duplicate(read: Read) -> None:
    """F18"""
    assert read.states[REPEATED] == [("applied", ""), ("duplicate", "DUPLICATE_REVISION")]
    assert len(read.versions(REPEATED)) == 1


def test_the_same_revision_with_other_content_is_held_and_what_came_first_stands(
    read: Read,
) -> None:
    """F19"""
    assert read.states[CONFLICT] == [("applied", ""), ("held", "REVISION_CONFLICT")]
    assert [r["enterprise"]["regular_workers"] for r in read.versions(CONFLICT)] == [45]
    told = [r for r in read.told if r["source_key"] == CONFLICT and r["kind"] == "refused"]
    assert [(r["end_state"], r["errors"][0]["code"]) for r in told] == [
        ("held", "REVISION_CONFLICT")
    ]


def test_a_correction_is_a_new_version_of_the_same_referral(read: Read) -> None:
    """F22; an older one after it is superseded (F20)."""
    assert read.states[CORRECTED] == [
        ("applied", ""),
        ("applied", ""),
        ("superseded", "OLDER_REVISION"),
    ]
    first, second = read.versions(CORRECTED)
    assert second["version"] > first["version"]
    assert [r["enterprise"]["regular_workers"] for r in (first, second)] == [45, 60]
    assert second["enterprise"]["name"] == "고친이름"


def test_an_older_revision_changes_nothing(read: Read) -> None:
    """F20"""
    assert read.states[LATE] == [("applied", ""), ("superseded", "OLDER_REVISION")]
    assert len(read.versions(LATE)) == 1


def test_a_delete_after_the_hand_over_recalls_the_referral(read: Read) -> None:
    """F22: the agency that had it gets the recall, without any data of the firm."""
    first, recall = read.versions(DELETED)
    assert first["enterprise"]["brn"] == brn(304) and not first["recall"]
    assert (recall["status"], recall["recall"]) == ("cancel_requested", True)
    assert "mistake" in recall["reasons"]
    assert recall["addressees"] == first["addressees"]
    _has_no_firm_data(recall, 304)


def test_a_delete_that_comes_first_is_remembered(read: Read) -> None:
    """F22"""
    assert read.states[NEVER] == [("applied", ""), ("superseded", "OLDER_REVISION")]
    assert read.versions(NEVER) == []


def test_consent_withdrawn_after_the_hand_over_recalls_the_referral(read: Read) -> None:
    """F71: firm data are left out from then on, whatever follows."""
    first, recall, *later = read.versions(WITHDRAWN)
    assert first["enterprise"]["brn"] == brn(306)
    assert (recall["status"], recall["reasons"]) == ("on_hold", ["CONSENT_WITHDRAWN"])
    assert recall["recall"] and recall["version"] > first["version"]
    assert [r["status"] for r in later] == ["cancel_requested"]
    for record in (recall, *later):
        _has_no_firm_data(record, 306)


def test_without_consent_nothing_is_handed_over_and_the_partner_is_asked(read: Read) -> None:
    """F71"""
    assert read.versions(ASKED) == []
    kinds = [r["kind"] for r in read.told if r["source_key"] == ASKED]
    assert "consent_asked" in kinds
    status = next(r for r in read.told if r["source_key"] == ASKED and r["status"])
    assert (status["status"], status["missing"]) == ("held", ["consent.enterprise_info"])


def test_every_flag_of_a_referral_carries_its_citation(read: Read) -> None:
    """Done means of the spine: incentive flags with rule, section and the plan's words."""
    (record,) = read.versions(GOOD[0])
    assert {"TRAINING_PRIORITY", "BONUS_POINT"} <= {flag["kind"] for flag in record["flags"]}
    assert all(flag["rule"] and flag["section"] for flag in record["flags"])
    assert all(flag["citation"] for flag in record["flags"] if flag["section"] != "-")
    own = {flag["rule"]: flag["citation"] for flag in record["flags"]}
    assert own["IN-1"] != own["IN-2"], "each rule's own line, not the section's first"


def test_a_naive_consumer_reads_referrals_with_flags_and_citations(read: Read) -> None:
    """docs/consumer.py: a stock deserialiser, the web process as registry, nothing else."""
    hub, port = read.hub, choose()
    hub.start("web", web_port=port)
    by_topic: dict[str, list[dict[str, Any]]] = {}
    for topic, _, record in hub.published("agency.", "referral"):
        by_topic.setdefault(topic, []).append(record)
    topic, records = max(by_topic.items(), key=lambda item: len(item[1]))
    web = f"http://127.0.0.1:{port}"
    eventually(lambda: _answers(f"{web}/readyz"))
    out = hub.folder / "consumer.out"
    with out.open("wb") as file:
        command = (sys.executable, "-u", str(CONSUMER), hub.settings.kafka, web, topic)
        hub.processes["consumer"] = subprocess.Popen(command, stdout=file)
    expected = {f"{r['referral_id']} v{r['version']} {r['status']}" for r in records}
    expected |= {
        f"{flag['rule']} {flag['kind']} - {flag['status']} [{flag['section']}] {flag['citation']}"
        for record in records
        for flag in record["flags"]
        if flag["value"] is None
    }
    eventually(lambda: not [text for text in expected if text not in out.read_text("utf-8")])
    flags = sum(len(record["flags"]) for record in records)
    ours = {record["referral_id"] for record in records}
    eventually(lambda: _flag_lines(out.read_text("utf-8"), ours) == flags > 0)


def _flag_lines(text: str, referrals: set[str]) -> int:
    """Lines of flags behind these referrals: other hubs of the session use the same topics."""
    found, counting = 0, False
    for line in text.splitlines():
        if line.startswith("    "):
            found += counting
        else:
            counting = line.split(" ", 1)[0] in referrals
    return found


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url).status_code == 200
    except httpx2.TransportError:
        return False


def _has_no_firm_data(record: dict[str, Any], firm: int) -> None:
    assert (record["enterprise"], record["establishment"]) == (None, None)
    assert record["participations"] == []
    assert brn(firm) not in str(record) and "가상정공" not in str(record)
