"""One pass over messages: load, judge, resolve, load, decide. It reads only; what it read is
checked when the firms and memories are locked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from connectors.base import Connector, Statement
from services.adapters.postgres import intake
from services.adapters.postgres.connect import Connection
from services.domain.account import Account, Moved
from services.domain.changes import Changes
from services.domain.desk import Desk
from services.domain.draft import Draft
from services.domain.firms import Firms
from services.domain.judging import Message, Scopes, judge_batch, place_of


@dataclass(frozen=True, slots=True)
class Drafting:
    """What every pass of a batch needs. clock: (instant of receiving, UTC; deciding day)."""

    connection: Connection
    connectors: Mapping[int, Connector]
    desk: Desk
    clock: tuple[datetime, date]

    async def draft(self, messages: list[Message]) -> Draft:
        """Reads what these messages touch and decides. A firm's version is read before anything
        else of the firm, so that whatever changes later shows."""
        scopes, merging = await self._scopes(messages)
        judged = judge_batch(self.connectors, scopes, messages)
        account = Account(messages, judged, self.connectors, self.clock, self.desk.seal)
        account.know(await self._moved(account.moved_refs()))
        changes = Changes(self.desk)
        ids = changes.collect(judged)
        owners = await intake.owners_of(self.connection, ids) if ids else {}
        wanted = changes.identifiers()
        known = await intake.identifiers(self.connection, wanted) if wanted else {}
        enterprises = changes.resolve(known) | set(owners.values())
        firms = Firms(self.desk, self.clock)
        versions = {}
        if enterprises:
            touched = sorted(enterprises)
            versions = await intake.versions_of(self.connection, touched)
            existing = list(versions)
            if existing:
                firms.load(
                    await intake.participations_of(self.connection, existing),
                    await intake.referrals_of(self.connection, existing),
                )
        return Draft(
            messages=messages,
            judged=judged,
            scopes=scopes,
            merging=merging,
            changes=changes,
            owners=owners,
            enterprises=enterprises,
            versions=versions,
            effects=firms.decide_all(judged, changes),
            account=account,
            connectors=self.connectors,
        )

    async def _scopes(self, messages: Iterable[Message]) -> tuple[dict[str, Scopes], set[str]]:
        wanted: dict[str, dict[str, None]] = {}
        merging: set[str] = set()
        for message in messages:
            if isinstance(message.reading, Statement):
                source = self.connectors[message.stream].source
                scopes = message.reading.scopes
                wanted.setdefault(source.folder, {}).update(dict.fromkeys(scopes))
                if len(scopes) > 1 or source.merges:
                    merging.add(source.folder)
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
