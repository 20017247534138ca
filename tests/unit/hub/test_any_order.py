"""One firm's messages of several inputs in any order, with repeats, in batches of any size: the
same participations, records, facts of the last decision and referral."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Follower
from services.domain.documents import from_document
from services.domain.draft import Drafts
from services.domain.following import Following
from services.domain.judging import Message
from services.domain.writes import Writes
from tests.integration.hub.partners import Partners
from tests.integration.hub.tasks import Tasks, key_on
from tests.unit.hub.conftest import Memory, _writers

TASK = key_on(1, 1)


@dataclass
class Tables(Memory):
    """The tables of all inputs, with those who wait."""

    merging: frozenset[str] = frozenset()
    awaited: set[tuple[Any, ...]] = field(default_factory=set)

    def following(self) -> Following:
        followers = {
            c.source.folder: c for c in self.connectors.values() if isinstance(c, Follower)
        }
        known: dict[Any, dict[str, Any]] = {}
        for row in self.participations.values():
            known.setdefault((row[1], row[2]), {})[row[0]] = from_document(row[9])
        waiting: dict[Any, dict[Any, None]] = {}
        for programme, key, folder, scope in self.awaited:
            waiting.setdefault((programme, key), {})[folder, scope] = None
        return Following(followers, known, waiting)

    def keep(self, writes: Writes, learnt: Any) -> None:
        super().keep(writes, learnt)
        self.awaited = (self.awaited | set(writes.waits)) - set(writes.waits_over)


def _messages(office: Any) -> list[Any]:
    """Two versions of a task, of an answer about it, of an answer of its own, of a month."""
    partners = Partners({f"{c.source.topic}-value": 1 for c in office.connectors.values()})
    tasks = Tasks(1)
    found = [
        tasks.row(TASK, 1),
        tasks.row(TASK, 1, STTUS_CD="ST40", LAST_CHG_DT="20260410093000"),
        partners.answer("SV-1", 1, 1, program="P3", part_key=TASK, uses_ai=True),
        partners.answer("SV-1", 2, 1, program="P3", part_key=TASK, consents=[], fields=[2, 7]),
        partners.answer("SV-2", 1, 1, level_wanted=3, wishes=None),
        partners.answer("SV-2", 2, 1, level_wanted=4),
        partners.month(1, "2026-03"),
        partners.month(1, "2026-03", rev=2, insured_cnt=50),
        partners.month(1, "2025-11"),
    ]
    return _read(office, found)


def _read(office: Any, found: list[Any]) -> list[Any]:
    streams = {c.source.topic: n for n, c in office.connectors.items()}
    read = []
    for one in found:
        n = streams[one.topic]
        connector = office.connectors[n]
        read.append((n, one, connector.read(one.key, one.value, _writers(connector))))
    return read


def _end(office: Any, order: list[int], size: int, made: list[Any]) -> dict[str, Any]:
    """What is left when the messages have come in that order."""
    tables = Tables(office.connectors, office.desk)
    messages = [
        Message(n, place, 0, one.key, one.value, lambda v: v, reading)
        for place, (n, one, reading) in enumerate(made[number] for number in order)
    ]
    last: dict[str, tuple[int, Any]] = {}
    for at in range(0, len(messages), size):
        batch = messages[at : at + size]
        writes, _, learnt = Drafts([tables.draft(batch)]).writes(batch)
        for row in writes.decided:
            if row[1] >= last.get(row[0], (0, None))[0]:
                last[row[0]] = (row[1], orjson.loads(row[6]))
        tables.keep(writes, learnt)
    return {
        "participations": sorted((r[0], r[3], r[4], r[9]) for r in tables.participations.values()),
        "records": sorted((r[0], r[3], r[4], r[6]) for r in tables.records.values()),
        "facts": {place: facts for place, (_, facts) in sorted(last.items())},
        "referrals": sorted((r[2], r[5]) for r in tables.referrals.values()),
        "waiting": tables.awaited,
    }


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations(range(9)), st.lists(st.integers(0, 8), max_size=4), st.integers(1, 5))
def test_invariant_10_any_order_any_repetition_any_batches(office, order, repeats, size) -> None:  # type: ignore[no-untyped-def]
    made = _messages(office)
    straight = _end(office, list(range(9)), 9, made)
    assert len(straight["records"]) == 4 and straight["waiting"] == set()
    assert [status for _, status in straight["referrals"]] == ["requested"]
    assert _end(office, [*order, *repeats], size, made) == straight


ENDED = {"cancelled", "cancel_requested", "entered_in_error"}
LATER = {"20260410093000": "ST40", "20260411093000": "ST90", "20260412093000": "ST60"}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.integers(1, 3),
    st.booleans(),
    st.permutations(range(5)),
    st.lists(st.integers(0, 4), max_size=4),
    st.integers(1, 5),
)
def test_an_ending_may_come_first(office, rows, deleted, order, repeats, size) -> None:  # type: ignore[no-untyped-def]
    """Whether a referral was opened before its project ended depends on the order, and what a
    deleted participation still shows; what goes on does not."""
    tasks = Tasks(1)
    found = [tasks.row(TASK, 1)]
    found += [
        tasks.row(TASK, 1, STTUS_CD=status, LAST_CHG_DT=at)
        for at, status in list(LATER.items())[:rows]
    ]
    if deleted:
        found.append(tasks.deleted(TASK, "20260413093000"))
    made = _read(office, found)
    straight = _end(office, list(range(len(made))), 1, made)
    mixed = [n for n in (*order, *repeats) if n < len(made)]
    end = _end(office, mixed, size, made)
    assert end["records"] == straight["records"] == []
    assert _live(end) == _live(straight)
    assert _going(end) == _going(straight)


def _live(end: dict[str, Any]) -> list[Any]:
    return [one for one in end["participations"] if not from_document(one[3]).is_deleted]


def _going(end: dict[str, Any]) -> list[Any]:
    return [one for one in end["referrals"] if one[1] not in ENDED]
