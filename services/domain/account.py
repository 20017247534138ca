"""The account of a batch: every message's one end state, the day's counts, quarantine, audit.

Received = the sum of the five states (architecture §1): each message is counted once as received
and once in its state; a message that is released later moves from one state to another.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b

import orjson

from connectors.base import Connector, EndState
from services.domain.judging import Judged, Message, place_of
from services.domain.writes import Row, Writes

CODES = {state: code for code, state in enumerate(EndState)}
STATES = tuple(EndState)


@dataclass(frozen=True, slots=True)
class Moved:
    """An earlier message as it stands in the inbox, before this batch moves it."""

    stream: int
    offset: int
    day: date
    state: int
    source_key: str | None


@dataclass(slots=True)
class _Entry:
    message: Message
    state: EndState
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    fields: Mapping[str, str]
    inbox: Row = ()
    quarantine: Row | None = None


class Account:
    """Built from the messages of a batch and their outcomes; messages whose outcomes do not stand
    are dropped, and their new account absorbed."""

    def __init__(
        self,
        messages: list[Message],
        judged: list[Judged],
        connectors: Mapping[int, Connector],
        clock: tuple[datetime, date],
        seal: Callable[[bytes | None], bytes | None],
    ) -> None:
        self._now, self._today = clock
        self._connectors = connectors
        self._seal = seal
        self._own = {m.ref: m for m in messages}
        self._entries: dict[str, _Entry] = {}
        self._earlier: dict[str, Judged] = {}
        self._moved: dict[str, Moved] = {}
        for one in judged:
            outcome = one.outcome
            message = self._own.get(outcome.ref)
            if message is None:
                self._earlier[outcome.ref] = one
            else:
                self._entries[outcome.ref] = _Entry(
                    message,
                    outcome.end_state,
                    outcome.reasons,
                    outcome.warnings,
                    outcome.fields or {},
                )
        for entry in self._entries.values():
            entry.inbox = self._inbox_row(entry)
            if entry.state is EndState.QUARANTINED:
                entry.quarantine = self._quarantine_row(entry)

    def states(self) -> Counter[EndState]:
        """How many messages ended in which state."""
        return Counter(entry.state for entry in self._entries.values())

    def moved_refs(self) -> list[str]:
        """Messages of earlier batches that change their state now."""
        return list(self._earlier)

    def know(self, moved: Mapping[str, Moved]) -> None:
        """How those stand in the inbox now."""
        self._moved |= moved

    def drop(self, refs: set[str]) -> None:
        """Forgets these messages and what they did to earlier ones."""
        self._entries = {ref: one for ref, one in self._entries.items() if ref not in refs}
        self._earlier = {
            ref: one for ref, one in self._earlier.items() if one.cause.ref not in refs
        }

    def absorb(self, other: "Account") -> None:
        """Takes over another account of this batch."""
        self._entries |= other._entries
        self._earlier |= other._earlier
        self._moved |= other._moved

    def write(self, writes: Writes) -> None:
        """Adds the rows of inbox, counts and quarantine."""
        days: dict[tuple[int, date], Counter[EndState | str]] = {}
        reasons: Counter[tuple[int, date, str]] = Counter()
        for entry in self._entries.values():
            stream = entry.message.stream
            day = days.setdefault((stream, self._today), Counter())
            day["received"] += 1
            day[entry.state] += 1
            for reason in entry.reasons:
                reasons[stream, self._today, reason] += 1
            writes.inbox.append(entry.inbox)
            if entry.quarantine is not None:
                writes.quarantine.append(entry.quarantine)
        for ref, one in self._earlier.items():
            before = self._moved[ref]
            outcome = one.outcome
            day = days.setdefault((before.stream, before.day), Counter())
            day[STATES[before.state]] -= 1
            day[outcome.end_state] += 1
            writes.moved.append(
                (
                    *place_of(ref),
                    CODES[outcome.end_state],
                    " ".join(outcome.reasons) or None,
                    " ".join(outcome.warnings) or None,
                )
            )
        writes.days += [
            (stream, day, counts["received"], *(counts[state] for state in STATES))
            for (stream, day), counts in days.items()
        ]
        writes.reasons += [(*key, n) for key, n in reasons.items()]

    def _inbox_row(self, entry: _Entry) -> Row:
        message, reading = entry.message, entry.message.reading
        return (
            message.stream,
            message.offset,
            self._now,
            self._today,
            datetime.fromtimestamp(message.at_ms / 1000, UTC) if message.at_ms >= 0 else None,
            reading.source_key,
            CODES[entry.state],
            " ".join(entry.reasons) or None,
            " ".join(entry.warnings) or None,
            self._inbox_bytes(entry),
        )

    def _inbox_bytes(self, entry: _Entry) -> bytes | None:
        """Bytes that may stay as they are are kept for every message; where a contract wants
        something taken out, only for those that still wait for something, and sealed: a contact
        person may be in them."""
        message = entry.message
        if entry.state is EndState.QUARANTINED:
            return None
        if not self._connectors[message.stream].source.redacts:
            return message.kept()
        return self._seal(message.kept()) if entry.state is EndState.HELD else None

    def _quarantine_row(self, entry: _Entry) -> Row:
        message, reading = entry.message, entry.message.reading
        fields = dict(entry.fields)
        return (
            message.stream,
            message.offset,
            self._now,
            self._connectors[message.stream].source.topic,
            reading.source_key,
            " ".join(entry.reasons),
            orjson.dumps(fields).decode() if fields else None,
            self._seal(message.raw_key),
            self._seal(message.kept()),
        )

    def audit(
        self,
        advances: list[tuple[int, int, int, int]],
        worker: str,
        policy_hash: bytes,
        chains: Mapping[int, bytes],
        writes: Writes,
    ) -> None:
        """One audit row per partition of the batch, chained to the partition's row before it.

        advances: (stream, epoch, start, end). chains: the last chain value of each stream.
        """
        per_stream: dict[int, Counter[str]] = {}
        for entry in self._entries.values():
            per_stream.setdefault(entry.message.stream, Counter())[entry.state.value] += 1
        for stream, epoch, start, end in advances:
            counts = orjson.dumps(per_stream.get(stream, {}), option=orjson.OPT_SORT_KEYS).decode()
            content = f"{stream}|{start}|{end}|{worker}|{epoch}|{counts}|{policy_hash.hex()}"
            chain = blake2b(chains.get(stream, b"") + content.encode(), digest_size=32).digest()
            writes.audit.append(
                (stream, start, end, self._now, worker, epoch, counts, policy_hash, chain)
            )
