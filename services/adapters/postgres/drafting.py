"""One pass over messages: load, judge, resolve, load, decide. It reads only; what it read is
checked when the firms and memories are locked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from connectors.base import Connector, Follower, Participation, Statement, as_follower
from services.adapters.postgres import intake
from services.adapters.postgres.connect import Connection
from services.domain.account import Account, Moved
from services.domain.applying import Applying
from services.domain.changes import Changes
from services.domain.deciding import Deciding
from services.domain.desk import Desk
from services.domain.documents import from_document
from services.domain.draft import Draft
from services.domain.firms import Firms
from services.domain.following import Following, Pair, Place
from services.domain.ids import Id, uid
from services.domain.judging import Judged, Message, Scopes, judge_batch, place_of


@dataclass(frozen=True, slots=True)
class _Judged:
    """What messages have become. ids: of the participations that change."""

    scopes: dict[str, Scopes]
    merging: set[str]
    following: Following | None
    judged: list[Judged]
    changes: Changes
    ids: list[Id]


@dataclass(frozen=True, slots=True)
class Drafting:
    """What every pass of a batch needs. clock: (instant of receiving, UTC; deciding day)."""

    connection: Connection
    connectors: Mapping[int, Connector]
    desk: Desk
    clock: tuple[datetime, date]

    @property
    def followers(self) -> dict[str, Follower]:
        """The inputs whose messages refer to others', by folder."""
        followers = map(as_follower, self.connectors.values())
        return {f.source.folder: f for f in followers if f is not None}

    def follows(self, messages: Iterable[Message]) -> bool:
        """Whether any of the messages may wait for another input's."""
        return any(
            isinstance(m.reading, Statement) and as_follower(self.connectors[m.stream]) is not None
            for m in messages
        )

    async def draft(self, messages: list[Message]) -> Draft:
        """Reads what these messages touch and decides. A firm's version is read before anything
        else of the firm, so that whatever changes later shows."""
        found = await self._judged(messages, {})
        owners: dict[Id, Id] = {}
        seen: dict[Id, intake.Seen] = {}
        waiting: dict[Pair, list[Place]] = {}
        if found.ids:
            pairs = list(found.changes.pairs)
            owners, seen, waiting = await intake.owners_of(self.connection, found.ids, pairs)
        if waiting:
            # Somebody waits for what these messages bring: judged once more, with them.
            found = await self._judged(messages, waiting)
        changes = found.changes
        if changes.record_ids:
            of_records, more = await intake.record_owners(self.connection, list(changes.record_ids))
            owners |= of_records
            seen = more | seen
        account = Account(messages, found.judged, self.connectors, self.clock, self.desk.seal)
        account.know(await self._moved(account.moved_refs()))
        enterprises = await self._resolved(changes, seen) | set(owners.values())
        firms, versions = await self._firms(enterprises, seen)
        applying = Applying(Deciding(firms, self.desk, self.clock))
        return Draft(
            messages=messages,
            judged=found.judged,
            scopes=found.scopes,
            merging=found.merging,
            changes=changes,
            owners=owners,
            enterprises=enterprises,
            versions=versions,
            effects=applying.apply_all(found.judged, changes),
            account=account,
            connectors=self.connectors,
            following=found.following,
            waiting=waiting,
        )

    async def _judged(
        self, messages: list[Message], waiting: Mapping[Pair, list[Place]]
    ) -> _Judged:
        scopes, merging = await self._scopes(messages, waiting.values())
        following = None
        if waiting or self.follows(messages):
            following = await self._following(messages, scopes, waiting)
        judged = judge_batch(self.connectors, scopes, messages, following)
        changes = Changes(self.desk)
        return _Judged(scopes, merging, following, judged, changes, changes.collect(judged))

    async def _resolved(self, changes: Changes, seen: dict[Id, intake.Seen]) -> set[Id]:
        """The enterprises that the changes' numbers lead to; adds to what was seen of them."""
        wanted = changes.identifiers()
        if not wanted:
            return changes.resolve({})
        known, more = await intake.identifiers(self.connection, wanted)
        for enterprise_id, one in more.items():
            seen.setdefault(enterprise_id, one)  # read first: a change in between must show
        return changes.resolve(known)

    async def _firms(
        self, enterprises: set[Id], seen: dict[Id, intake.Seen]
    ) -> tuple[Firms, dict[Id, int]]:
        """What the database has of these firms, and their versions; adds to what was seen."""
        others = sorted(i for i in enterprises if i not in seen)
        if others:
            seen |= await intake.versions_of(self.connection, others)
        firms = Firms()
        versions = {i: seen[i][0] for i in enterprises if i in seen}
        if versions:
            existing = list(versions)
            recorded = [i for i in existing if seen[i][1]]
            firms.load(
                await intake.participations_of(self.connection, existing),
                await intake.referrals_of(self.connection, existing),
                await intake.records_of(self.connection, recorded) if recorded else (),
            )
        return firms, versions

    async def _following(
        self,
        messages: Iterable[Message],
        scopes: Mapping[str, Scopes],
        waiting: Mapping[Pair, list[Place]],
    ) -> Following:
        """What followers are told: the participations that messages and memories ask for."""
        followers = self.followers
        pairs = dict.fromkeys(waiting)
        waits: dict[Pair, dict[Place, None]] = {}
        for message in messages:
            follower = as_follower(self.connectors[message.stream])
            if isinstance(message.reading, Statement) and follower is not None:
                pairs.update(dict.fromkeys(follower.refers_to(message.reading)))
        for folder, follower in followers.items():
            memory = scopes.get(folder)
            if memory is None:
                continue
            for scope in memory.versions:
                for pair in follower.waits_for(memory.state(scope)):
                    pairs[pair] = None
                    waits.setdefault(pair, {})[folder, scope] = None
        known = await self._known(list(pairs))
        return Following(followers, known, waits)

    async def _known(self, pairs: list[Pair]) -> dict[Pair, dict[Id, Participation]]:
        several = {pair: self.desk.source_of_programme(pair[0]) for pair in pairs}
        ids = [
            uid("participation", *pair)
            for pair, source in several.items()
            if source is not None and not source.per_firm
        ]
        firms = [
            uid("pair", *pair)
            for pair, source in several.items()
            if source is not None and source.per_firm
        ]
        known: dict[Pair, dict[Id, Participation]] = {}
        if ids or firms:
            for row in await intake.participations_under(self.connection, ids, firms):
                p = from_document(row[1])
                known.setdefault((p.programme, p.source_key), {})[row[0]] = p
        return known

    async def _scopes(
        self, messages: Iterable[Message], waiting: Iterable[Iterable[Place]] = ()
    ) -> tuple[dict[str, Scopes], set[str]]:
        """The memories that the messages touch, and those of followers that wait for them."""
        wanted: dict[str, dict[str, None]] = {}
        merging: set[str] = set()
        for message in messages:
            if isinstance(message.reading, Statement):
                source = self.connectors[message.stream].source
                scopes = message.reading.scopes
                wanted.setdefault(source.folder, {}).update(dict.fromkeys(scopes))
                if len(scopes) > 1 or source.merges:
                    merging.add(source.folder)
        for folder, scope in (place for places in waiting for place in places):
            wanted.setdefault(folder, {})[scope] = None
            merging.add(folder)
        loaded = {}
        for folder, names in sorted(wanted.items()):
            if folder in merging:
                loaded[folder] = await self._merged(folder, list(names))
            else:
                found = await intake.scope_states(self.connection, folder, list(names))
                loaded[folder] = Scopes(
                    {name: state for name, (state, _) in found.items()},
                    {},
                    {name: version for name, (_, version) in found.items()},
                )
        return loaded, merging

    async def _merged(self, folder: str, names: list[str]) -> Scopes:
        """Memories that may have been merged: each name is followed to the scope that keeps it,
        and that scope's memory is read together with the fact that it is nobody's alias."""
        memory = Scopes(states := {}, {}, versions := {})
        while names:
            found = await intake.scopes_or_aliases(self.connection, folder, names)
            for name, keeper, state, version in found:
                if keeper is not None:
                    memory.aliases[name] = keeper
                else:
                    versions[name] = version or 0
                    if state is not None:
                        states[name] = state
            names = [n for n in set(memory.aliases.values()) if n not in memory.aliases]
            names = sorted(n for n in names if n not in versions)
        return memory

    async def _moved(self, refs: list[str]) -> dict[str, Moved]:
        """How earlier messages that change now stand in the inbox. They may have come from a
        partition of another worker: the desk then learns of it."""
        if not refs:
            return {}
        found, places = await intake.inbox_places(self.connection, [place_of(ref) for ref in refs])
        by_topic = {source.topic: source for source in self.desk.all_sources}
        for stream, (topic, partition) in places.items():
            self.desk.sources.setdefault(stream, (by_topic[topic], partition))
        return found
