"""What an act writes beside what a batch writes: numbers, owners, workplaces, reviews."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from services.adapters.postgres import writing
from services.adapters.postgres.connect import Connection, columns
from services.domain.acts import ABSENT, Numbers, Plan
from services.domain.ids import Id
from services.domain.moving import Holdings, Moved


@dataclass(frozen=True, slots=True)
class Moves:
    """Writes inside the act's transaction. at: its instant, UTC."""

    connection: Connection
    at: datetime

    async def numbers(self, before: Numbers, plan: Plan) -> None:
        """Where numbers now lead."""
        gone = [i for i in before if i not in plan.numbers]
        if gone:
            await self.connection.execute(
                "delete from identifier i using unnest($1::smallint[], $2::text[]) as g(k, v)"
                " where i.kind = g.k and i.value = g.v",
                *columns(gone, 2),
            )
        changed = [(i, n) for i, n in sorted(plan.numbers.items()) if before.get(i) != n]
        rows = [
            (
                *identifier,
                number.link.enterprise_id,
                number.link.establishment_id,
                number.link.confidence,
                number.link.place_id,
                _day(number.valid_from),
                _day(number.valid_to),
            )
            for identifier, number in changed
        ]
        if rows:
            await self.connection.execute(
                "insert into identifier (kind, value, enterprise_id, establishment_id, confidence,"
                " place_id, valid_from, valid_to) select * from unnest($1::smallint[], $2::text[],"
                " $3::uuid[], $4::uuid[], $5::smallint[], $6::uuid[], $7::date[], $8::date[])"
                " order by 1, 2 on conflict (kind, value) do update set"
                " enterprise_id = excluded.enterprise_id,"
                " establishment_id = excluded.establishment_id, confidence = excluded.confidence,"
                " place_id = excluded.place_id, valid_from = excluded.valid_from,"
                " valid_to = excluded.valid_to",
                *columns(rows, 8),
            )

    async def owners(self, holdings: Holdings, moved: Moved) -> None:
        """Where participations, records, workplaces and their referrals now are. A participation
        keeps the message that it comes from."""
        parts = [
            (h.participation_id, h.enterprise_id, h.establishment_id, h.version)
            for h in moved.participations
        ]
        if parts:
            await self.connection.execute(
                "update participation p set enterprise_id = m.e, establishment_id = m.w,"
                " version = m.v, updated_at = $5 from unnest($1::uuid[], $2::uuid[], $3::uuid[],"
                " $4::int[]) as m(i, e, w, v) where p.participation_id = m.i",
                *columns(parts, 4),
                self.at,
            )
        records = [
            (k.record_id, k.enterprise_id, k.establishment_id, k.version) for k in moved.records
        ]
        if records:
            await self.connection.execute(
                "update firm_record r set enterprise_id = m.e, establishment_id = m.w,"
                " version = m.v, updated_at = $5 from unnest($1::uuid[], $2::uuid[], $3::uuid[],"
                " $4::int[]) as m(i, e, w, v) where r.record_id = m.i",
                *columns(records, 4),
                self.at,
            )
        places = [
            (place, *owner)
            for place, owner in sorted(moved.places.items())
            if holdings.places.get(place) != owner
        ]
        if places:
            await self.connection.execute(
                "insert into establishment (establishment_id, enterprise_id, key) select * from"
                " unnest($1::uuid[], $2::uuid[], $3::text[]) on conflict (establishment_id)"
                " do update set enterprise_id = excluded.enterprise_id",
                *columns(places, 3),
            )
            await self.connection.execute(
                "update referral r set enterprise_id = m.e from unnest($1::uuid[], $2::uuid[])"
                " as m(w, e) where r.establishment_id = m.w and r.enterprise_id <> m.e",
                *columns([row[:2] for row in places], 2),
            )

    async def enterprises(self, holdings: Holdings, plan: Plan) -> None:
        """Whoever has read one of them without a lock will see that it has changed."""
        for enterprise_id in sorted(holdings.enterprises):
            await self.connection.execute(
                "update enterprise set version = version + 1, has_records = exists ("
                "select from firm_record r where r.enterprise_id = $1), merged_into = case when $2"
                " then $3::uuid else merged_into end where enterprise_id = $1",
                enterprise_id,
                enterprise_id in plan.gone,
                plan.gone.get(enterprise_id),
            )

    async def reviews(
        self,
        holdings: Holdings,
        moved: Moved,
        state: str,
        act: int,
        review_id: Id | None,
        out: list[str],
    ) -> dict[Id, str]:
        """Doubts between these firms are decided by the act, and those that it turns into doubts
        about the firm as it now is; new ones with others are noted. out: numbers that a split has
        taken out, whose doubts about names it decides. Returns what they were."""
        inside = sorted(holdings.enterprises)
        rows = [
            (r.review_id, self.at, r.issue, r.enterprise_id, r.other_id, r.detail)
            for r in sorted(moved.doubts.values(), key=attrgetter("review_id"))
        ]
        new: set[Id] = set()
        if rows:
            made = await self.connection.fetch(
                writing.STATEMENTS["reviews"][1] + " returning review_id::text", *columns(rows, 6)
            )
            new = {row[0] for row in made}
        found = await self.connection.fetch(
            "select review_id::text from identity_review r where state = 'open' and"
            " (review_id = $2 or (enterprise_id = any($1) and other_id = any($1)"
            " and (enterprise_id <> other_id or detail = any($6)))"
            " or ((enterprise_id = any($1) or other_id = any($1)) and review_id <> all($3)"
            " and exists (select from unnest($3::uuid[], $4::text[], $5::text[]) as d(i, s, t)"
            " where d.s = r.issue and d.t = r.detail))) order by review_id for update",
            inside,
            review_id,
            [row[0] for row in rows],
            [row[2] for row in rows],
            [row[5] for row in rows],
            out,
        )
        decided = [row[0] for row in found]
        await decide_reviews(self.connection, decided, state, act)
        return {i: ABSENT if i in new else "open" for i in sorted({*decided, *new})}


async def decide_reviews(
    connection: Connection, reviews: Iterable[Id], state: str, act: int | None
) -> None:
    """Notes what reviews have come to; those that were not there before the act that is taken
    back are none again."""
    if state == ABSENT:
        await connection.execute(
            "delete from identity_review where review_id = any($1)", list(reviews)
        )
        return
    await connection.execute(
        "update identity_review set state = $2, act = $3 where review_id = any($1)",
        list(reviews),
        state,
        act,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
