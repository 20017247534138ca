"""What the messages of a batch come to before anything is locked, and what of it stands.

A draft is made from what could be read without locks. Where a firm or a memory turns out to have
changed since, the messages that hang together with it are dropped from the draft and drafted
again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from connectors.base import Connector, Statement
from services.domain.account import Account
from services.domain.changes import Changes
from services.domain.following import Following, Key, Pair, Place
from services.domain.identity import Identifier, Link
from services.domain.ids import Id
from services.domain.judging import Judged, Message, Scopes
from services.domain.writes import Effects, Writes


@dataclass(slots=True)
class Draft:
    """One pass over messages. scopes: by folder. merging: folders whose memories several
    partitions share. owners: enterprise of each known participation that changes. versions: of
    the enterprises, as read; those that do not exist yet are missing. enterprises: all touched.
    following: what is known of messages that wait for other inputs'; None where none is touched.
    waiting: who waits for the changed participations, as read.
    """

    messages: list[Message]
    judged: list[Judged]
    scopes: dict[str, Scopes]
    merging: set[str]
    changes: Changes
    owners: Mapping[Id, Id]
    enterprises: set[Id]
    versions: Mapping[Id, int]
    effects: dict[str, Effects]
    account: Account
    connectors: Mapping[int, Connector]
    following: Following | None = None
    waiting: Mapping[Pair, list[Place]] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    _index: dict[object, list[Message]] = field(default_factory=dict)

    def keys_of(self, message: Message) -> list[Key]:
        """What the message has to do with; some of it more than once."""
        ref = message.ref
        keys: list[Key] = []
        if isinstance(message.reading, Statement):
            keys.append(self._scope_key(message, message.reading))
            if self.following is not None:
                keys.extend(self.following.keys.get(ref, ()))
        for change in self.changes.by_message.get(ref, ()):
            pid = change.participation_id
            keys.append(("participation", pid))
            for identifier in change.identifiers:
                keys.append(("number", identifier))
            for identifier in change.doubtful:
                keys.append(("number", identifier))
            owner = self.owners.get(pid)
            if owner is not None:
                keys.append(("firm", owner))
            resolved = change.resolved
            if resolved is not None and resolved.enterprise_id != owner:
                keys.append(("firm", resolved.enterprise_id))
        return keys

    def named(self, name: object) -> Iterator[Message]:
        """The standing messages that have to do with what has this name. Keys' names are asked
        for without their kinds: no two kinds have names alike."""
        if not self._index:
            for message in self.messages:
                for key in self.keys_of(message):
                    self._index.setdefault(key[1], []).append(message)
        return (m for m in self._index.get(name, ()) if m.ref not in self.dropped)

    def standing(self) -> Iterator[Message]:
        """The messages that are not drafted elsewhere."""
        return (m for m in self.messages if m.ref not in self.dropped)

    def _scope_key(self, message: Message, statement: Statement) -> Key:
        folder = self.connectors[message.stream].source.folder
        return "scope", (folder, self.scopes[folder].canonical(statement.scopes[0]))

    def settled(self, keys: Iterable[Key]) -> set[Key]:
        """The keys with scopes named as they are called after this draft's own merging."""
        found: set[Key] = set()
        for kind, what in keys:
            if kind == "scope":
                folder, name = cast("tuple[str, str]", what)
                if folder in self.scopes:
                    name = self.scopes[folder].canonical(name)
                found.add((kind, (folder, name)))
            else:
                found.add((kind, what))
        return found

    def drop(self, refs: set[str]) -> None:
        """These messages are drafted elsewhere."""
        self.dropped |= refs
        self.account.drop(refs)

    def states(self, writes: Writes) -> None:
        """Adds the memories and names of the scopes of those messages that stand."""
        mine = {
            self._scope_key(message, message.reading)
            for message in self.standing()
            if isinstance(message.reading, Statement)
        }
        if self.following is not None:
            for message in self.standing():
                mine |= self.following.keys.get(message.ref, set())
        for folder, memory in self.scopes.items():
            for scope, state, version in memory.changed():
                if ("scope", (folder, memory.canonical(scope))) in mine:
                    writes.states.append((folder, scope, state, version))
            for alias, scope in memory.learnt():
                if ("scope", (folder, memory.canonical(scope))) in mine:
                    writes.aliases.append((folder, alias, scope))
        for place, (before, now) in self._waits().items():
            if ("scope", place) in mine:
                writes.waits += [(*pair, *place) for pair in sorted(now - before)]
                writes.waits_over += [(*pair, *place) for pair in sorted(before - now)]

    def new_waits(self) -> set[Key]:
        """The scopes with messages that have begun to wait for a participation."""
        return {("scope", place) for place, (before, now) in self._waits().items() if now - before}

    def _waits(self) -> dict[tuple[str, str], tuple[set[Pair], set[Pair]]]:
        if self.following is None:
            return {}
        return {
            (folder, scope): self.following.waits((folder, scope), self.scopes)
            for folder in self.following.followers
            if folder in self.scopes
            for scope in self.scopes[folder].touched()
        }

    def learnt(self) -> dict[Identifier, Link]:
        """The identifiers that were new to the messages that stand."""
        return {
            identifier: link
            for change in self.changes.all()
            if change.resolved is not None and change.judged.cause.ref not in self.dropped
            for identifier, link in change.resolved.learnt.items()
        }


@dataclass(slots=True)
class Drafts:
    """A batch's drafts: the first, and those of messages that had to be drafted again.

    _reached: the names that the last search for what hangs together has come to.
    """

    all: list[Draft]
    _reached: set[object] = field(default_factory=set)

    def to_redo(self, stale: set[Key]) -> set[str]:
        """The messages that hang together with what has changed, in whichever draft they stand;
        drops them there."""
        self._reached = {what for draft in self.all for _, what in draft.settled(stale)}
        found: set[str] = set()
        following = list(self._reached)
        while following:
            name = following.pop()
            for draft in self.all:
                for message in draft.named(name):
                    if message.ref not in found:
                        found.add(message.ref)
                        keys = {what for _, what in draft.keys_of(message)} - self._reached
                        self._reached |= keys
                        following += keys
        for draft in self.all:
            draft.drop(found)
        return found

    def collisions(self, again: Draft) -> set[Key]:
        """What a new draft has to do with that messages outside of it have to do with too: only
        what the search for these messages had not come to, or they would have been found."""
        own = {key for message in again.standing() for key in again.keys_of(message)}
        others = [draft for draft in self.all if draft is not again]
        return {
            (kind, what)
            for kind, what in own
            if what not in self._reached
            and any(next(o.named(what), None) is not None for o in others)
        }

    def writes(self, messages: Iterable[Message]) -> tuple[Writes, Account, dict[Identifier, Link]]:
        """Everything that stands, in the order of the messages."""
        writes = Writes()
        account = self.all[0].account
        learnt: dict[Identifier, Link] = {}
        effects: dict[str, Effects] = {}
        for draft in self.all:
            draft.states(writes)
            learnt |= draft.learnt()
            effects |= draft.effects
            if draft.account is not account:
                account.absorb(draft.account)
        writes.add(effects[message.ref] for message in messages if message.ref in effects)
        account.write(writes)
        return writes, account, learnt
