"""A person's act on firms, in one transaction: lock, plan, move, decide anew, write as a batch
does, and remember what stood where, so that it can be taken back.

Its locks are those of a batch: the act's own place in the hub's stream, then the enterprises in
the order of their ids. A batch that had read one of these firms sees another version and decides
again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import orjson

from services.adapters.postgres import intake, writing
from services.adapters.postgres.connect import Connection, ours
from services.adapters.postgres.moves import Moves, decide_reviews
from services.adapters.postgres.own_streams import next_cause
from services.domain import acts
from services.domain.acts import Number, Numbers, Plan
from services.domain.deciding import Deciding
from services.domain.desk import Desk
from services.domain.firms import Firms
from services.domain.identity import Identifier, Link
from services.domain.ids import Id
from services.domain.moving import Holdings, Moved, settle
from services.domain.outgoing import Cause
from services.domain.writes import Writes


@dataclass(frozen=True, slots=True)
class Acting:
    """Carries acts out. clock: (now in UTC, deciding day). by: who decides, name or role; why:
    the ground, in that person's words."""

    connection: Connection
    desk: Desk
    clock: tuple[datetime, date]
    by: str
    why: str

    async def merge(
        self,
        keep: Id,
        gone: Id,
        review_id: Id | None = None,
        same_place: bool = False,
        changed_on: date | None = None,
    ) -> dict[str, Any]:
        """Makes one enterprise of two. Raises Refused, NotFound, Transient."""
        async with ours(), self.connection.transaction():
            cause = await next_cause(self.connection, acts.TOPIC)
            keep, gone = [await self._final(i) for i in (keep, gone)]
            if keep == gone:
                raise acts.Refused("이미 한 기업입니다.", "they are one firm already.")
            holdings, numbers = await self._holdings(keep, gone)
            plan = acts.merge(holdings, numbers, keep, gone, same_place, changed_on)
            return await self._carry_out(acts.MERGE, cause, holdings, numbers, plan, review_id)

    async def split(self, firm: Id, out: Iterable[Identifier]) -> dict[str, Any]:
        """Takes numbers out of a firm into one of their own. Raises Refused, NotFound, WrongUse."""
        async with ours(), self.connection.transaction():
            cause = await next_cause(self.connection, acts.TOPIC)
            firm, wanted = await self._final(firm), list(out)
            new = acts.new_enterprise(firm, wanted, await self._free(wanted), cause.offset)
            await self.connection.execute(
                "insert into enterprise (enterprise_id, created_at) values ($1, $2)"
                " on conflict do nothing",
                new,
                self.clock[0],
            )
            holdings, numbers = await self._holdings(firm, new)
            plan = acts.split(numbers, firm, wanted, new)
            return await self._carry_out(acts.SPLIT, cause, holdings, numbers, plan, None)

    async def dismiss(self, review_id: Id) -> dict[str, Any]:
        """The doubt was none. Raises Refused, NotFound."""
        async with ours(), self.connection.transaction():
            cause = await next_cause(self.connection, acts.TOPIC)
            row = await self.connection.fetchrow(
                "select state, enterprise_id::text, other_id::text from identity_review"
                " where review_id = $1 for update",
                review_id,
            )
            if row is None:
                raise _unknown(review_id)
            if row[0] != "open":
                raise acts.Refused(
                    f"이미 처리된 검토입니다: {row[0]}", f"this review is decided already: {row[0]}"
                )
            await decide_reviews(self.connection, [review_id], "dismissed", cause.offset)
            document = orjson.dumps({"reviews": {review_id: "open"}})
            await self._remember(acts.DISMISS, cause, (row[1], row[2]), review_id, None, document)
        return {"act": cause.offset, "kind": acts.DISMISS, "review_id": review_id}

    async def undo(self, act: int) -> dict[str, Any]:
        """Takes an act back. Raises Refused where a later one has touched the same firms."""
        async with ours(), self.connection.transaction():
            cause = await next_cause(self.connection, acts.TOPIC)
            row = await self.connection.fetchrow(
                "select kind, enterprises::text[], moved, undone, review_id::text from identity_act"
                " where act = $1 for update",
                act,
            )
            if row is None:
                raise acts.NotFound(f"그런 처리 기록이 없습니다: {act}", f"there is no act {act}.")
            kind, (first, second), document, undone, review_id = row
            if undone is not None or kind == acts.UNDO:
                raise acts.Refused(
                    f"되돌릴 수 없는 처리입니다: {act}", f"act {act} cannot be taken back (again)."
                )
            await self._none_later(act, (first, second))
            reviews = acts.reviews_before(document)
            if kind == acts.DISMISS:
                told: dict[str, Any] = {"act": cause.offset, "kind": acts.UNDO}
                await self._remember(
                    acts.UNDO, cause, (first, second), review_id, act, orjson.dumps({"reviews": {}})
                )
            else:
                holdings, numbers = await self._holdings(first, second)
                plan = acts.undo(kind, (first, second), document, numbers)
                told = await self._carry_out(
                    acts.UNDO, cause, holdings, numbers, plan, review_id, act
                )
            await self.connection.execute(
                "update identity_act set undone = $2 where act = $1", act, cause.offset
            )
            for one, state in reviews.items():
                await decide_reviews(self.connection, [one], state, None)
        return {**told, "undoes": act}

    # Reading

    async def _final(self, enterprise_id: Id) -> Id:
        """The firm into which this one has been merged, or itself."""
        found: Id | None = await self.connection.fetchval(
            "with recursive way as (select enterprise_id, merged_into from enterprise"
            " where enterprise_id = $1 union all select e.enterprise_id, e.merged_into"
            " from way join enterprise e on e.enterprise_id = way.merged_into)"
            " select enterprise_id::text from way where merged_into is null",
            enterprise_id,
        )
        if found is None:
            raise acts.NotFound(
                f"허브가 모르는 기업입니다: {enterprise_id}", f"no such firm: {enterprise_id}"
            )
        return found

    async def _free(self, out: list[Identifier]) -> list[Id]:
        """The id that fits these numbers, where no firm stands under it."""
        if not out:
            return []
        natural = acts.natural_enterprise(out)
        taken = await self.connection.fetchval(
            "select exists (select from enterprise where enterprise_id = $1"
            " and merged_into is null)",
            natural,
        )
        return [] if taken else [natural]

    async def _none_later(self, act: int, enterprises: tuple[Id, Id]) -> None:
        later: int | None = await self.connection.fetchval(
            "select min(act) from identity_act where act > $1 and enterprises && $2::uuid[]"
            " and undone is null and kind in ('merge', 'split')",
            act,
            list(enterprises),
        )
        if later is not None:
            raise acts.Refused(
                f"뒤의 처리 {later}번을 먼저 되돌려야 합니다.", f"take act {later} back first."
            )

    async def _holdings(self, first: Id, second: Id) -> tuple[Holdings, Numbers]:
        """Everything of two enterprises, locked."""
        both = sorted((first, second))
        rows = await self.connection.fetch(
            "select enterprise_id::text from enterprise where enterprise_id = any($1)"
            " order by enterprise_id for update",
            both,
        )
        if len(rows) != len(both):
            raise acts.NotFound("허브가 모르는 기업입니다.", "no such firm.")
        firms = Firms()
        firms.load(
            await intake.participations_of(self.connection, both),
            await intake.referrals_of(self.connection, both),
            await intake.records_of(self.connection, both),
        )
        numbers = {
            (row[0], row[1]): Number(Link(*row[2:6]), _text(row[6]), _text(row[7]))
            for row in await self.connection.fetch(
                "select kind, value, enterprise_id::text, establishment_id::text, confidence,"
                " place_id::text, valid_from, valid_to from identifier"
                " where enterprise_id = any($1)",
                both,
            )
        }
        places = {
            row[0]: (row[1], row[2])
            for row in await self.connection.fetch(
                "select establishment_id::text, enterprise_id::text, key from establishment"
                " where enterprise_id = any($1)",
                both,
            )
        }
        holdings = Holdings(firms, (first, second), places)
        links, _ = await intake.identifiers(self.connection, holdings.stated())
        elsewhere = {i: link for i, link in links.items() if i not in numbers}
        return replace(holdings, elsewhere=elsewhere), numbers

    # Writing

    async def _carry_out(
        self,
        kind: str,
        cause: Cause,
        holdings: Holdings,
        numbers: Numbers,
        plan: Plan,
        review_id: Id | None,
        undoes: int | None = None,
    ) -> dict[str, Any]:
        moved = settle(
            Deciding(holdings.firms, self.desk, self.clock),
            holdings,
            plan.links(),
            plan.follow,
            plan.kept,
            plan.reopened,
            cause,
            plan.reason,
        )
        moves = Moves(self.connection, self.clock[0])
        await moves.numbers(numbers, plan)
        await moves.owners(holdings, moved)
        writes = Writes()
        writes.add([moved.effects])
        await writing.write(self.connection, writes)
        await moves.enterprises(holdings, plan)
        state = {acts.MERGE: "merged", acts.SPLIT: "split"}.get(kind)
        reviews: dict[Id, str] = {}
        if state is not None:
            out = plan.taken_out(numbers) if kind == acts.SPLIT else []
            reviews = await moves.reviews(holdings, moved, state, cause.offset, review_id, out)
        document = acts.remembered(numbers, plan, moved, reviews)
        both = (holdings.enterprises[0], holdings.enterprises[1])
        await self._remember(kind, cause, both, review_id, undoes, document)
        changed = [
            i for i in numbers.keys() | plan.numbers.keys() if numbers.get(i) != plan.numbers.get(i)
        ]
        return {"act": cause.offset, "kind": kind, **_told(holdings, moved, len(changed))}

    async def _remember(
        self,
        kind: str,
        cause: Cause,
        enterprises: tuple[Id, Id],
        review_id: Id | None,
        undoes: int | None,
        document: bytes,
    ) -> None:
        await self.connection.execute(
            "insert into identity_act (act, kind, at, by, why, enterprises, review_id, undoes,"
            " moved) values ($1, $2, $3, $4, $5, $6::uuid[], $7, $8, $9)",
            cause.offset,
            kind,
            self.clock[0],
            self.by,
            self.why,
            list(enterprises),
            review_id,
            undoes,
            document,
        )


def _told(holdings: Holdings, moved: Moved, numbers: int) -> dict[str, Any]:
    """What an act has changed, for the person who acted."""
    return {
        "enterprises": list(holdings.enterprises),
        "numbers": numbers,
        "participations": len(moved.participations),
        "records": len(moved.records),
        "decided": len(moved.effects.decided),
        "referrals": len(moved.effects.referrals),
        "superseded": sorted(r.referral_id for r in moved.ended.values()),
    }


def _unknown(review_id: Id) -> acts.NotFound:
    return acts.NotFound(f"그런 검토가 없습니다: {review_id}", f"no such review: {review_id}")


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
