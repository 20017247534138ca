"""Finds what is to be explained, reads it in one snapshot, and tells it: in a thread, because
deciding anew takes some milliseconds a workplace."""

import re
from asyncio import to_thread
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from uuid import UUID

from connectors.base import Source
from services.adapters.postgres import explaining as read
from services.adapters.postgres import explaining_events as events
from services.adapters.postgres import rulebooks
from services.adapters.postgres.connect import Connection, close, ours
from services.domain.decision.stored import UnreadableStored
from services.domain.explaining.axes import Axes
from services.domain.explaining.explainer import Explainer
from services.domain.explaining.kept import (
    StoredDecision,
    StoredEvent,
    StoredFirm,
)
from services.domain.explaining.records import Records
from services.domain.ids import uid
from services.domain.outgoing import Cause
from services.domain.topics import PARTICIPATION_TOPIC
from services.errors import Poison, WrongUse

Json: TypeAlias = dict[str, Any]

_PLACE = re.compile(r"(?P<topic>[\w.-]+)/(?P<partition>\d{1,6})/(?P<offset>\d{1,18})")
_NUMBER = re.compile(r"\d{3}-?\d{2}-?\d{5}|\d{6}-?\d{7}|\d{11}")
_WORKPLACE = re.compile(r"(BRN|EI|CRN):\d{10,13}")
_SEARCH_MS = 8_000
LONGEST = 300
RECORDS = ("training", "survey")
"""Kinds of records beside participations (domain/records.py)."""
NOW = Axes()
FORMER = 8
"""How many former policies are remembered."""


class Explained:
    """connect: opens a database connection. explainer_of: explanations by a policy that was kept,
    None where it cannot be read. sources: every input, for the keys of its events."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        explainer: Explainer,
        explainer_of: Callable[[bytes], Explainer | None],
        sources: Iterable[Source],
    ) -> None:
        self._connect = connect
        self.explainer = explainer
        self._explainer_of = explainer_of
        self._former: dict[bytes, Explainer | None] = {}
        self._sources = {source.topic: source for source in sources}

    async def anything(self, what: str, axes: Axes = NOW) -> Json | None:
        """The explanation of a referral id, an event (`topic/partition/offset`, or a source key)
        or a firm (enterprise id, workplace id or key, number); None where the hub knows none, or
        knew none at that instant. Raises WrongUse, Transient."""
        asked = checked(what)
        async with self._reading() as connection:
            if is_id(asked):
                found = await self._referral(connection, asked, axes)
                return found or await self._firm(connection, asked, axes)
            found = None
            if not _PLACE.fullmatch(asked):
                found = await self._firm(connection, asked, axes)
            if found is None:
                _only_now(axes)
            return found or await self._event(connection, asked)

    async def referral(self, referral_id: str, axes: Axes = NOW) -> Json | None:
        """The explanation of a referral. Raises WrongUse, Transient."""
        asked = checked(referral_id)
        async with self._reading() as connection:
            return await self._referral(connection, asked, axes) if is_id(asked) else None

    async def event(self, event: str, axes: Axes = NOW) -> Json | None:
        """The explanation of an event, which happened once: axes are refused. Raises WrongUse,
        Transient."""
        _only_now(axes)
        async with self._reading() as connection:
            return await self._event(connection, checked(event))

    async def firm(self, firm: str, axes: Axes = NOW) -> Json | None:
        """The explanation of a firm. Raises WrongUse, Transient."""
        async with self._reading() as connection:
            return await self._firm(connection, checked(firm), axes)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Connection]:
        """A connection of its own with one read-only snapshot."""
        connection = await self._connect()
        try:
            async with (
                ours(),
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                yield connection
        except UnreadableStored as error:
            raise Poison(
                f"저장된 사실을 읽을 수 없습니다: {error}", f"stored facts cannot be read: {error}"
            ) from error
        finally:
            await close(connection)

    async def _referral(self, connection: Connection, referral_id: str, axes: Axes) -> Json | None:
        found = await read.referral(connection, referral_id)
        referral = None if found is None else axes.standing(found[0])
        if found is None or referral is None:
            return None
        decision_id: bytes | None = found[1]
        if axes.known_at is not None:
            decision_id = await read.decision_of_version(connection, referral_id, referral.version)
        establishments = [referral.establishment_id]
        decisions = await read.last_decisions(
            connection, establishments, decision_id, axes.known_at
        )
        parts = await read.participations(connection, referral.enterprise_id)
        records = await self._records(connection, decisions, axes)
        last = decisions[0] if decisions else None
        return await to_thread(records.referral, referral, last, parts)

    async def _firm(self, connection: Connection, asked: str, axes: Axes) -> Json | None:
        enterprise_id = await self._enterprise(connection, asked)
        if enterprise_id is None:
            return None
        since = await read.enterprise_since(connection, enterprise_id)
        if since is None or (axes.known_at is not None and since > axes.known_at):
            return None
        parts = await read.participations(connection, enterprise_id)
        referrals = await read.referrals(connection, [enterprise_id])
        places = sorted(
            {one.establishment_id for one in parts} | {one.establishment_id for one in referrals}
        )
        decisions = await read.last_decisions(connection, places, None, axes.known_at)
        records = await self._records(connection, decisions, axes)
        stood = [axes.standing(one) for one in referrals]
        return await to_thread(
            records.firm,
            StoredFirm(
                enterprise_id,
                since,
                tuple(parts),
                tuple(one for one in stood if one is not None),
                tuple(await read.establishment_keys(connection, places)),
                tuple(decisions),
                tuple(await read.records(connection, enterprise_id)),
                tuple(await read.reviews(connection, enterprise_id)),
            ),
        )

    async def _enterprise(self, connection: Connection, asked: str) -> str | None:
        if is_id(asked):
            if await read.enterprise_since(connection, asked) is not None:
                return asked
            return await read.enterprise_of_establishment(connection, asked)
        if _WORKPLACE.fullmatch(asked):
            place = uid("establishment", asked)
            return await read.enterprise_of_establishment(connection, place)
        if _NUMBER.fullmatch(asked):
            return await read.enterprise_of_number(connection, asked.replace("-", ""))
        return None

    async def _event(self, connection: Connection, asked: str) -> Json | None:
        place = _PLACE.fullmatch(asked)
        others: list[StoredEvent] = []
        if place is not None:
            at = place["topic"], int(place["partition"]), int(place["offset"])
            found = await events.event(connection, *at)
        else:
            await connection.execute(f"set local statement_timeout = {_SEARCH_MS:d}")
            of_key = await events.events_of_key(connection, asked)
            found = of_key[0] if of_key else None
            others = [event for event, _ in of_key[1:]]
        return None if found is None else await self._told(connection, *found, others)

    async def _told(
        self, connection: Connection, event: StoredEvent, stream: int, others: list[StoredEvent]
    ) -> Json:
        cause = Cause(stream, event.topic, event.partition, event.offset)
        messages = await events.messages(connection, stream, event.received_at, cause.traceparent)
        ids = [one.key for one in messages if one.topic == PARTICIPATION_TOPIC]
        pair = None
        source = self._sources.get(event.topic)
        if source is not None and source.programme is not None and event.source_key is not None:
            ids.append(uid("participation", source.programme, event.source_key))
            pair = uid("pair", source.programme, event.source_key)
        parts, firms = await read.participations_of_key(connection, ids, pair)
        record_ids = [uid("record", kind, event.source_key or "") for kind in RECORDS]
        records_of, theirs = await read.records_of(connection, record_ids)
        firms = sorted({*firms, *theirs})
        places = {one.establishment_id for one in parts}
        places |= {one.establishment_id for one in records_of}
        referrals = await read.referrals(connection, firms)
        around = places | {one.establishment_id for one in referrals}
        decisions = await read.decisions_of_event(connection, sorted(around), stream, event.offset)
        touched = places | {one.establishment_id for one in decisions}
        records = await self._records(connection, decisions)
        return await to_thread(
            records.event,
            event,
            parts,
            records_of,
            decisions,
            [one for one in referrals if one.establishment_id in touched],
            messages,
            others,
            [one for firm in firms for one in await read.participations(connection, firm)],
        )

    async def _records(
        self, connection: Connection, decisions: Iterable[StoredDecision], axes: Axes = NOW
    ) -> Records:
        """Words for these decisions: each by the policy under which it was taken, where that is
        still kept."""
        now = bytes.fromhex(self.explainer.policy_hash)
        wanted = {one.policy_hash for one in decisions} - {now, *self._former}
        if wanted:
            if len(self._former) > FORMER:
                self._former.clear()
            kept = await rulebooks.kept(connection, wanted)
            for policy_hash in wanted:
                content = kept.get(policy_hash)
                former = None if content is None else self._explainer_of(content)
                fits = former is not None and former.policy_hash == policy_hash.hex()
                self._former[policy_hash] = former if fits else None
        return Records(self.explainer, {h: one for h, one in self._former.items() if one}, axes)


def _only_now(axes: Axes) -> None:
    if not axes.now:
        raise WrongUse(
            "날짜와 시각은 연계와 기업에만 물을 수 있습니다.",
            "a day and an instant can be asked for of referrals and firms only.",
        )


def checked(what: str) -> str:
    """What was asked for, without blanks around it. Raises WrongUse for nothing, or too much."""
    asked = what.strip()
    if not asked or len(asked) > LONGEST or not asked.isprintable():
        raise WrongUse(
            "무엇을 설명할지 적어 주세요: 연계 번호, 사건(토픽/파티션/오프셋 또는 키), 기업 번호.",
            "say what to explain: a referral id, an event (topic/partition/offset or key), a firm.",
        )
    return asked


def is_id(asked: str) -> bool:
    """Whether it is written as an id of the hub."""
    try:
        return str(UUID(asked)) == asked.lower()
    except ValueError:
        return False
