"""A person's act on the state of a firm's business, in one transaction, as acts on its numbers
are: lock, plan, decide anew, write as a batch does, remember."""

from typing import Any

import orjson

from services.adapters.postgres import clock as store
from services.adapters.postgres import intake, writing
from services.adapters.postgres.acting import Acting
from services.adapters.postgres.connect import ours
from services.adapters.postgres.own_streams import next_cause
from services.domain import acts, firm_status
from services.domain.deciding import Deciding
from services.domain.firm_status import Statement
from services.domain.firms import Firms
from services.domain.identity import Identifier, Kind, resolve
from services.domain.ids import Id
from services.domain.outgoing import Cause
from services.domain.records import Kept, numbers_of
from services.domain.tax_status import KIND
from services.domain.writes import Writes


class Stating(Acting):
    """Carries out what `Acting` does, and statements about a firm's business."""

    async def state(
        self, firm: Id, statement: Statement, number: Identifier | None = None
    ) -> dict[str, Any]:
        """States it of one number of the firm, else of all its business numbers, or of its
        corporate number where it has none. Nothing is written where nothing of it is new. Raises
        Refused, NotFound, Transient."""
        async with ours(), self.connection.transaction():
            cause = await next_cause(self.connection, acts.TOPIC)
            firm = await self._final(firm)
            firms, last = await self._locked([firm])
            numbers = [number] if number is not None else await self._numbers(firm)
            changed: list[Kept] = []
            writes = Writes()
            for one in sorted(numbers):
                numbered = numbers_of(statement.of(one, cause.offset))
                links, _ = await intake.identifiers(self.connection, [one])
                found = resolve(numbered, True, links.get)
                if found is None or one not in links or found.enterprise_id != firm:
                    raise acts.Refused(
                        f"이 기업의 번호가 아닙니다: {one[1]}",
                        f"not a number of this firm: {one[1]}",
                    )
                here = (found.enterprise_id, found.establishment_id)
                changed += firm_status.stating(
                    firms.firm(firm), statement, [one], here, cause.offset
                )
                writes.establishments.append((here[1], here[0], found.establishment_key))
            return await self._write(KIND, cause, [firm], firms, last, changed, writes)

    async def undo(self, act: int) -> dict[str, Any]:
        """Takes an act of any kind back. Raises Refused, NotFound, Transient."""
        kind = await self.connection.fetchval("select kind from identity_act where act = $1", act)
        if kind != KIND:
            return await super().undo(act)
        async with ours(), self.connection.transaction():
            cause = await next_cause(self.connection, acts.TOPIC)
            [owner, undone] = await self.connection.fetchrow(
                "select enterprises[1]::text, undone from identity_act where act = $1 for update",
                act,
            )
            if undone is not None:
                raise acts.Refused(
                    f"되돌릴 수 없는 처리입니다: {act}", f"act {act} cannot be taken back (again)."
                )
            owners = await self._holders(act) or [await self._final(owner)]
            firms, last = await self._locked(owners)
            changed = [
                kept for one in owners for kept in firm_status.taking_back(firms.firm(one), act)
            ]
            told = await self._write(
                acts.UNDO, cause, owners, firms, last, changed, Writes(), undoes=act
            )
            await self.connection.execute(
                "update identity_act set undone = $2 where act = $1", act, cause.offset
            )
        return {**told, "undoes": act}

    async def _holders(self, act: int) -> list[Id]:
        """The firms that have the act's records now: merges and splits may have moved them."""
        rows = await self.connection.fetch(
            "select distinct r.enterprise_id::text from firm_record r, identity_act a"
            " where a.act = $1 and r.record_id = any(select jsonb_array_elements_text("
            "convert_from(a.moved, 'utf8')::jsonb -> 'records')::uuid) order by 1",
            act,
        )
        return [row[0] for row in rows]

    async def _locked(self, owners: list[Id]) -> tuple[Firms, dict[Id, bytes]]:
        """The firms, locked, and by workplace the digests of its last decision's blocks."""
        await store.lock(self.connection, owners)
        firms = Firms()
        return firms, await store.load(self.connection, owners, firms)

    async def _numbers(self, firm: Id) -> list[Identifier]:
        rows = await self.connection.fetch(
            "select kind, value from identifier where enterprise_id = $1 and valid_to is null"
            " and kind = any($2::smallint[]) order by 1, 2",
            firm,
            [Kind.BRN, Kind.CRN],
        )
        found: list[Identifier] = [(row[0], row[1]) for row in rows]
        return [one for one in found if one[0] == Kind.BRN] or found

    async def _write(
        self,
        kind: str,
        cause: Cause,
        owners: list[Id],
        firms: Firms,
        last: dict[Id, bytes],
        changed: list[Kept],
        writes: Writes,
        undoes: int | None = None,
    ) -> dict[str, Any]:
        told: dict[str, Any] = {"kind": kind, "enterprises": owners, "records": len(changed)}
        if not changed:
            return {"act": None, **told, "decided": 0, "referrals": 0}
        deciding = Deciding(firms, self.desk, self.clock)
        effects = []
        for owner in owners:
            own = [one for one in changed if one.enterprise_id == owner]
            effects.append(firm_status.decide(deciding, owner, own, last, cause))
        writes.add(effects)
        await writing.write(self.connection, writes)
        await store.bump(self.connection, owners)
        document = orjson.dumps({"reviews": {}, "records": [one.record_id for one in changed]})
        await self._remember(kind, cause, (owners[0], owners[-1]), None, undoes, document)
        return {
            "act": cause.offset,
            **told,
            "decided": sum(len(one.decided) for one in effects),
            "referrals": sum(len(one.referrals) for one in effects),
        }
