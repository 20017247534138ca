"""A batch of readings against the memories of their scopes: which message became what.

Pure: states in, outcomes and new states out, so that a retry of the same batch gives the same.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import orjson

from connectors.base import (
    Connector,
    EndState,
    Follower,
    Known,
    Outcome,
    Reading,
    Refusal,
    State,
    Statement,
    as_follower,
)
from schemas.values import frozen
from services.domain.following import Following


@frozen
class Message:
    """One received message of a batch, read but not judged.

    stream: the source partition's number. at_ms: the broker's time, epoch milliseconds.
    value: the bytes as they came; only `kept()` of them may be stored.
    """

    stream: int
    offset: int
    at_ms: int
    raw_key: bytes | None
    value: bytes | None
    keep: Callable[[bytes | None], bytes | None]
    reading: Reading

    def kept(self) -> bytes | None:
        """What of the bytes may be stored (the contract's rule)."""
        return self.keep(self.value)

    @property
    def ref(self) -> str:
        """The name under which a scope's memory knows the message."""
        return f"{self.stream}:{self.offset}"


def place_of(ref: str) -> tuple[int, int]:
    """(stream, offset) of a message's name."""
    stream, offset = ref.split(":")
    return int(stream), int(offset)


@dataclass(slots=True)
class Scopes:
    """The memories of one source's scopes, as loaded and as changed by the batch.

    versions: of the loaded scopes, 0 where there is no memory yet.
    """

    stored: Mapping[str, bytes]
    aliases: dict[str, str]
    versions: Mapping[str, int] = field(default_factory=dict)
    _live: dict[str, State] = field(default_factory=dict)
    _touched: dict[str, None] = field(default_factory=dict)
    _learnt: dict[str, str] = field(default_factory=dict)

    def canonical(self, scope: str) -> str:
        """The scope under whose name this one's memory is kept."""
        while scope in self.aliases:
            scope = self.aliases[scope]
        return scope

    def state(self, scope: str) -> State:
        """The memory of a canonical scope; None = nothing yet."""
        if scope not in self._live:
            stored = self.stored.get(scope)
            self._live[scope] = None if stored is None else orjson.loads(stored)
        return self._live[scope]

    def before(self, scope: str) -> State:
        """The memory as it was loaded."""
        stored = self.stored.get(scope)
        return None if stored is None else orjson.loads(stored)

    def judge_again(self, connector: Follower, scope: str, known: Known) -> tuple[Outcome, ...]:
        """Judges the waiting messages of a scope once more and keeps the memory they leave."""
        new, outcomes = connector.judge_again(self.state(scope), known)
        if outcomes:
            self._live[scope] = new
            self._touched[scope] = None
        return outcomes

    def judge(
        self, connector: Connector, ref: str, statement: Statement, known: Known | None = None
    ) -> tuple[Outcome, ...]:
        """Judges one statement and keeps the memory it leaves. known: for followers."""
        if known is not None and (follower := as_follower(connector)) is not None:
            name = statement.scopes[0]
            state = self.state(name)
            states: tuple[State, ...] = () if state is None else (state,)
            self._live[name], outcomes = follower.judge_knowing(states, ref, statement, known)
            self._touched[name] = None
            return outcomes
        if len(statement.scopes) == 1 and not self.aliases:
            name = statement.scopes[0]
            state = self.state(name)
            new, outcomes = connector.judge(() if state is None else (state,), ref, statement)
            self._live[name] = new
            self._touched[name] = None
            return outcomes
        names = list(dict.fromkeys(map(self.canonical, statement.scopes)))
        states = tuple(s for s in map(self.state, names) if s is not None)
        new, outcomes = connector.judge(states, ref, statement)
        self._keep(names, statement.scopes, new)
        return outcomes

    def _keep(self, names: list[str], scopes: tuple[str, ...], new: State) -> None:
        keeper = names[0] if len(names) == 1 else min(names)
        for name in (*names, *scopes):
            if name != keeper and self.canonical(name) != keeper:
                self.aliases[name] = self._learnt[name] = keeper
                if name in self._live:
                    self._live[name] = None
                    self._touched[name] = None
        self._live[keeper] = new
        self._touched[keeper] = None

    def touched(self) -> Iterable[str]:
        """The scopes that were judged."""
        return self._touched

    def changed(self) -> Iterable[tuple[str, bytes, int]]:
        """(scope, memory as JSON bytes, its new version) of every touched scope."""
        versions = self.versions
        return [
            (scope, orjson.dumps(self._live[scope]), versions.get(scope, 0) + 1)
            for scope in self._touched
        ]

    def learnt(self) -> Iterable[tuple[str, str]]:
        """(alias, scope) pairs that the batch added."""
        return self._learnt.items()


@frozen
class Judged:
    """One outcome and the message whose arrival caused it."""

    cause: Message
    outcome: Outcome


def judge_batch(
    connectors: Mapping[int, Connector],
    scopes: Mapping[str, Scopes],
    messages: Iterable[Message],
    following: Following | None = None,
) -> list[Judged]:
    """All outcomes of a batch in the order in which they came about.

    connectors: by stream. scopes: by source folder; changed in place. following: None where no
    message of the batch waits for another input's, or releases one that does.
    """
    judged: list[Judged] = []
    for message in messages:
        reading = message.reading
        if isinstance(reading, Refusal):
            outcome = Outcome(
                message.ref, EndState.QUARANTINED, reading.reasons, fields=reading.fields
            )
            judged.append(Judged(message, outcome))
            continue
        connector = connectors[message.stream]
        if following is not None:
            found: Iterable[Outcome] = following.judge(connector, scopes, message.ref, reading)
        else:
            found = scopes[connector.source.folder].judge(connector, message.ref, reading)
        judged += [Judged(message, outcome) for outcome in found]
    return judged
