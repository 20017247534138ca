"""Received = the sum of the five states, whatever moves later; bytes kept only where they may."""

from collections import Counter
from datetime import UTC, date, datetime
from hashlib import blake2b
from itertools import pairwise

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import EndState, Outcome, Statement
from services.domain.account import CODES, STATES, Account, Moved
from services.domain.judging import Judged, Message
from services.domain.writes import Writes
from tests.unit.domain.conftest import STREAMS, Memories

DAYS = [date(2026, 4, 15), date(2026, 4, 16), date(2026, 4, 17)]
QUARANTINED = CODES[EndState.QUARANTINED]


def sealed(value: bytes | None) -> bytes | None:
    return None if value is None else b"sealed:" + value


def account_of(batch: list[Message], judged: list[Judged], day: date) -> Account:
    clock = (datetime(day.year, day.month, day.day, tzinfo=UTC), day)
    return Account(batch, judged, STREAMS, clock, sealed)


class Books:
    """The tables that an account adds to."""

    def __init__(self) -> None:
        self.days: dict[tuple[int, date], Counter[str]] = {}
        self.inbox: dict[str, Moved] = {}

    def take(self, batch: list[Message], judged: list[Judged], day: date) -> Writes:
        account = account_of(batch, judged, day)
        account.know({ref: self.inbox[ref] for ref in account.moved_refs()})
        writes = Writes()
        account.write(writes)
        for stream, on, received, *states in writes.days:
            counts = self.days.setdefault((stream, on), Counter())
            counts["received"] += received
            for state, count in zip(STATES, states, strict=True):
                counts[state] += count
        states = {one.outcome.ref: one.outcome.end_state for one in judged}
        for message in batch:
            code = CODES[states[message.ref]]
            self.inbox[message.ref] = Moved(message.stream, message.offset, day, code, None)
        for stream, offset, code, _, _ in writes.moved:
            before = self.inbox[f"{stream}:{offset}"]
            self.inbox[f"{stream}:{offset}"] = Moved(stream, offset, before.day, code, None)
        return writes


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(1, 599), max_size=6), st.data())
def test_received_is_the_sum_of_the_states(
    messages: tuple[Message, ...], cuts: list[int], data: st.DataObject
) -> None:
    memories, books = Memories(), Books()
    for start, end in pairwise([0, *sorted(set(cuts)), len(messages)]):
        batch = list(messages[start:end])
        books.take(batch, memories.take(batch), data.draw(st.sampled_from(DAYS)))
    for counts in books.days.values():
        assert counts["received"] == sum(counts[state] for state in STATES)
        assert min(counts.values()) >= 0
    ends = Counter(STATES[one.state] for one in books.inbox.values())
    totals: Counter[str] = sum(books.days.values(), Counter())
    assert {state: totals[state] for state in STATES} == {s: ends[s] for s in STATES}
    assert ends == Counter(state for state, _ in memories.states.values())


def test_which_bytes_are_kept_and_which_sealed(messages: tuple[Message, ...]) -> None:
    """F1, F83; where a contract wants something taken out, only what still waits is kept, and
    that sealed too: a contact person may be in it."""
    batch = list(messages)
    judged = Memories().take(batch)
    writes = Books().take(batch, judged, DAYS[0])
    states = {one.outcome.ref: one.outcome.end_state for one in judged}
    by_ref = {m.ref: m for m in batch}
    parked = {f"{row[0]}:{row[1]}": row for row in writes.quarantine}
    assert parked.keys() == {ref for ref, s in states.items() if s is EndState.QUARANTINED}
    for ref, row in parked.items():
        assert (row[-2], row[-1]) == (sealed(by_ref[ref].raw_key), sealed(by_ref[ref].value))
    assert len(writes.inbox) == len(batch)
    for row in writes.inbox:
        ref = f"{row[0]}:{row[1]}"
        redacts = STREAMS[row[0]].source.redacts
        kept = states[ref] is EndState.HELD or (
            states[ref] is not EndState.QUARANTINED and not redacts
        )
        value = by_ref[ref].value if kept else None
        assert row[-1] == (sealed(value) if redacts else value)


def test_the_quarantine_names_the_partners_fields(messages: tuple[Message, ...]) -> None:
    """Also where the message could be read and was refused by its own history (P7, P2)."""
    message = next(m for m in messages if isinstance(m.reading, Statement))
    outcome = Outcome(message.ref, EndState.QUARANTINED, ("BAD_VALUE",), fields={"BAD_VALUE": "X"})
    writes = Books().take([message], [Judged(message, outcome)], DAYS[0])
    ((*_, detail, _, _),) = writes.quarantine
    assert orjson.loads(detail) == {"BAD_VALUE": "X"}


def test_reasons_are_counted_by_day(messages: tuple[Message, ...]) -> None:
    batch = list(messages)
    judged = Memories().take(batch)
    writes = Books().take(batch, judged, DAYS[0])
    last = {one.outcome.ref: one.outcome.reasons for one in judged}
    expected = Counter(reason for reasons in last.values() for reason in reasons)
    counted: Counter[str] = Counter()
    for _, day, reason, n in writes.reasons:
        assert day == DAYS[0]
        counted[reason] += n
    assert counted == expected


def test_audit_rows_are_chained(messages: tuple[Message, ...]) -> None:
    """F95: every row of a partition hangs on the one before it."""
    first, second = list(messages[:300]), list(messages[300:])
    memories, chains = Memories(), {}
    rows = []
    for number, batch in enumerate((first, second)):
        account = account_of(batch, memories.take(batch), DAYS[0])
        writes = Writes()
        account.audit([(1, 4, number * 300, number * 300 + 300)], "w", b"\x01", chains, writes)
        (row,) = writes.audit
        chains = {1: row[-1]}
        rows.append(row)
    before = b""
    for row in rows:
        stream, start, end, _, worker, epoch, counts, policy, chain = row
        content = f"{stream}|{start}|{end}|{worker}|{epoch}|{counts}|{policy.hex()}"
        assert chain == blake2b(before + content.encode(), digest_size=32).digest()
        assert sum(orjson.loads(counts).values()) > 0
        before = chain
