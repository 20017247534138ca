"""The short locks of a batch's transaction: taken after deciding, kept until the commit.

What a draft has read without locks is compared with what the locked rows say. Locks are taken in a
fixed order: shared memories by name, then firms by id. A memory that belongs to one key is
written by the owner of the key's partition alone and needs no lock.
"""

from dataclasses import dataclass, field

from services.adapters.postgres import intake
from services.adapters.postgres.connect import Connection
from services.adapters.postgres.partitions import GATE
from services.domain.draft import Draft
from services.domain.following import Key
from services.domain.ids import Id

_TURN_MS = 9000
"""Less than a transaction may stand idle."""


@dataclass(slots=True)
class Locks:
    """The rows that this transaction has locked."""

    connection: Connection
    follows: bool = False
    closed: bool = False
    scopes: set[tuple[str, str]] = field(default_factory=set)
    firms: set[Id] = field(default_factory=set)
    _existing: set[Id] = field(default_factory=set)
    _passed: bool = False

    async def take(self, draft: Draft) -> set[Key]:
        """Locks what the draft touches and is not locked yet; returns what has changed since the
        draft read it."""
        stale: set[Key] = await self._pass_gate(draft) if self.follows else set()
        read = {
            (folder, name): version
            for folder in draft.merging
            for name, version in draft.scopes[folder].versions.items()
            if (folder, name) not in self.scopes
        }
        if read:
            now = await self._lock_scopes(sorted(read), [p for p, v in read.items() if not v])
            stale.update(
                ("scope", place) for place, version in read.items() if now[place] != version
            )
            self.scopes |= read.keys()
        new = draft.enterprises - self.firms
        if new:
            stale.update(("firm", i) for i in await self._changed_firms(new, draft))
            self.firms |= new
        return stale

    async def _pass_gate(self, draft: Draft) -> set[Key]:
        """Nobody may change a participation unseen while a message begins to wait for one.

        Other batches pass the gate before they read who waits. This one, which has messages that
        may wait, comes to it after deciding: where some begin to wait it closes the gate until
        the commit and looks once more for what they wait for.
        """
        begun = set() if self.closed else draft.new_waits()
        if begun:
            await self._close_gate()
        elif not self._passed:
            await self.connection.execute(f"select pg_advisory_xact_lock_shared({GATE})")
        self.closed, self._passed = self.closed or bool(begun), True
        pairs = list(draft.changes.pairs)
        if pairs:
            _, _, waiting = await intake.owners_of(self.connection, [], pairs)
            begun |= {
                ("pair", pair)
                for pair, places in waiting.items()
                if set(places) != set(draft.waiting.get(pair, ()))
            }
        return begun

    async def _close_gate(self) -> None:
        """Waits until the batches that are inside have ended: whole batches, which take longer
        than a lock on a row may. Nobody passes meanwhile; this wait is a turn, not a fault (F46).
        """
        await self.connection.execute(
            f"set local lock_timeout = {_TURN_MS}; set local statement_timeout = {_TURN_MS}"
        )
        await self.connection.execute(
            f"select pg_advisory_xact_lock({GATE})", timeout=_TURN_MS / 1000 + 1
        )
        await self.connection.execute(
            "set local lock_timeout to default; set local statement_timeout to default"
        )

    async def _lock_scopes(
        self, places: list[tuple[str, str]], unwritten: list[tuple[str, str]]
    ) -> dict[tuple[str, str], int]:
        if unwritten:
            unwritten.sort()
            await self.connection.execute(
                "insert into scope_state (source, scope, state) select s, n, 'null' from unnest("
                "$1::text[], $2::text[]) as w(s, n) order by 1, 2 on conflict do nothing",
                [source for source, _ in unwritten],
                [scope for _, scope in unwritten],
            )
        rows = await self.connection.fetch(
            "select s.source, s.scope, s.version from scope_state s join unnest($1::text[],"
            " $2::text[]) as w(source, scope) using (source, scope) order by 1, 2 for update of s",
            [source for source, _ in places],
            [scope for _, scope in places],
        )
        return {(row[0], row[1]): row[2] for row in rows}

    async def _changed_firms(self, firms: set[Id], draft: Draft) -> set[Id]:
        """Creates the missing ones at version 1, locks the others."""
        missing = sorted(i for i in firms if i not in draft.versions)
        created: set[Id] = set()
        if missing:
            rows = await self.connection.fetch(
                "insert into enterprise (enterprise_id, created_at, version) select id, now(), 1"
                " from unnest($1::uuid[]) as t(id) order by id on conflict do nothing"
                " returning enterprise_id::text",
                missing,
            )
            created = {row[0] for row in rows}
        existing = firms - created
        if not existing:
            return set()
        rows = await self.connection.fetch(
            "select enterprise_id::text, version from enterprise where enterprise_id = any($1)"
            " order by enterprise_id for update",
            sorted(existing),
        )
        self._existing |= existing
        return {row[0] for row in rows if draft.versions.get(row[0]) != row[1]}

    async def bump(self) -> None:
        """Whoever has read one of these firms without a lock will see that it has changed."""
        if self._existing:
            await self.connection.execute(
                "update enterprise set version = version + 1 where enterprise_id = any($1)",
                sorted(self._existing),
            )
