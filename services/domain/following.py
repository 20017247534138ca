"""Messages that refer to participations of other inputs: what they know, and what they wait for.

An answer to the demand survey waits until the participation that it names has been applied. When
that happens, in whichever input and partition, the waiting answer is judged again at once, before
the next message of the batch, so that batches may be cut anywhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from connectors.base import (
    Connector,
    Follower,
    Known,
    Outcome,
    Participation,
    State,
    Statement,
    as_follower,
)
from services.domain.ids import Id, participation_id

Pair: TypeAlias = tuple[str, str]
"""Programme and source key."""

Place: TypeAlias = tuple[str, str]
"""A follower's folder and scope."""

Key: TypeAlias = tuple[str, object]
"""What messages can have in common: ("scope", (folder, scope)), ("firm", enterprise id),
("number", identifier), ("participation", id) or ("pair", pair)."""


class Memories(Protocol):
    """The memories of one follower's scopes (`judging.Scopes`)."""

    def state(self, scope: str) -> State: ...

    def before(self, scope: str) -> State:
        """The memory as it was loaded."""
        ...

    def judge(
        self, connector: Connector, ref: str, statement: Statement, known: Known | None = None
    ) -> tuple[Outcome, ...]: ...

    def judge_again(self, connector: Follower, scope: str, known: Known) -> tuple[Outcome, ...]: ...


@dataclass(slots=True)
class Following:
    """What one draft knows of participations and of those who wait for them.

    followers: by folder. known: the participations that were applied under a pair, by their ids,
    as loaded and as changed by the draft's messages. waiting: who waits for a pair.
    keys: what judging a message has touched beside its own scope, by the message's name.
    """

    followers: Mapping[str, Follower]
    known: dict[Pair, dict[Id, Participation]]
    waiting: dict[Pair, dict[Place, None]]
    keys: dict[str, set[Key]] = field(default_factory=dict)

    def judge(
        self,
        connector: Connector,
        memories: Mapping[str, Memories],
        ref: str,
        statement: Statement,
    ) -> list[Outcome]:
        """One statement, with all waiting messages that it releases."""
        folder = connector.source.folder
        keys = self.keys[ref] = set()
        if (follower := as_follower(connector)) is not None:
            scope = statement.scopes[0]
            outcomes = self._again((folder, scope), memories, keys)
            outcomes += memories[folder].judge(connector, ref, statement, self._known)
            keys.update(("pair", pair) for pair in follower.refers_to(statement))
            self._note_waits((folder, scope), memories)
            return outcomes
        outcomes = list(memories[folder].judge(connector, ref, statement))
        changed = self._note(connector, outcomes)
        keys.update(("pair", pair) for pair in changed)
        for place in list(dict.fromkeys(p for pair in changed for p in self.waiting.get(pair, ()))):
            outcomes += self._again(place, memories, keys)
        return outcomes

    def _again(
        self, place: Place, memories: Mapping[str, Memories], keys: set[Key]
    ) -> list[Outcome]:
        folder, scope = place
        follower, memory = self.followers[folder], memories[folder]
        pairs = follower.waits_for(memory.state(scope))
        if not pairs:
            return []
        keys.add(("scope", place))
        keys.update(("pair", pair) for pair in pairs)
        outcomes = list(memory.judge_again(follower, scope, self._known))
        self._note_waits(place, memories)
        return outcomes

    def _note_waits(self, place: Place, memories: Mapping[str, Memories]) -> None:
        folder, scope = place
        for pair in self.followers[folder].waits_for(memories[folder].state(scope)):
            self.waiting.setdefault(pair, {})[place] = None

    def _note(self, connector: Connector, outcomes: Iterable[Outcome]) -> list[Pair]:
        changed: dict[Pair, None] = {}
        for outcome in outcomes:
            for p in outcome.changed:
                pair = (p.programme, p.source_key)
                changed[pair] = None
                held = self.known.setdefault(pair, {})
                held[participation_id(p, connector.source.per_firm)] = p
        return list(changed)

    def _known(self, programme: str, source_key: str) -> tuple[Participation, ...]:
        return tuple(self.known.get((programme, source_key), {}).values())

    def waits(self, place: Place, memories: Mapping[str, Memories]) -> tuple[set[Pair], set[Pair]]:
        """The pairs that a scope waited for when it was loaded, and those it waits for now."""
        folder, scope = place
        follower, memory = self.followers[folder], memories[folder]
        return set(follower.waits_for(memory.before(scope))), set(
            follower.waits_for(memory.state(scope))
        )
