"""One batch, one transaction: fence, decide, lock, decide again where needed, write (decision 1).

Deciding takes most of the time and needs no lock: what it has read carries versions. The locks
come late and last only as long as the writing, so that workers whose batches share a firm hardly
wait for one another.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from connectors.base import Connector, EndState
from services.adapters.failpoints import Failpoints
from services.adapters.postgres import intake, writing
from services.adapters.postgres.connect import Connection, ours, poison
from services.adapters.postgres.drafting import Drafting
from services.adapters.postgres.locking import Locks
from services.adapters.postgres.partitions import Advance, fence
from services.domain.desk import Desk
from services.domain.draft import Drafts
from services.domain.judging import Message
from services.errors import Transient

_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Batch:
    """What a worker wants to write: read messages and how far each partition moves with them."""

    messages: list[Message]
    advances: list[Advance]


@dataclass(frozen=True, slots=True)
class Written:
    """What one transaction did: end states of the messages, referrals opened or renewed, messages
    decided twice because another worker had changed their firm."""

    states: Counter[EndState]
    referrals: int
    redone: int = 0
    repeated: bool = False


async def write_batch(
    connection: Connection,
    batch: Batch,
    connectors: Mapping[int, Connector],
    desk: Desk,
    clock: tuple[datetime, date],
    worker: str,
    failpoints: Failpoints,
) -> Written:
    """Writes the batch whole or not at all.

    clock: (instant of receiving, UTC; deciding day in Korea). Raises FencedOff, Transient, or
    Poison where one of the messages cannot be written.
    """
    async with ours(), poison(), connection.transaction():
        drafting = Drafting(connection, connectors, desk, clock)
        follows = drafting.follows(batch.messages)
        if not await fence(connection, batch.advances, gate=not follows):
            return Written(Counter(), 0, repeated=True)
        chains = await intake.chains(connection, [a.stream for a in batch.advances])
        drafts = Drafts([await drafting.draft(batch.messages)])
        locks = Locks(connection, follows)
        redone = await _settle(drafting, drafts, locks, batch.messages)
        writes, account, learnt = drafts.writes(batch.messages)
        account.audit(
            [(a.stream, a.epoch, a.start, a.end) for a in batch.advances],
            worker,
            desk.policy_hash,
            chains,
            writes,
        )
        if learnt:
            await intake.learn_identifiers(connection, learnt)
        await locks.bump()
        await writing.write(connection, writes)
        failpoints.reach("ingest:written")
    desk.committed(writes)
    failpoints.reach("ingest:committed")
    return Written(account.states(), len(writes.referrals), redone)


async def _settle(drafting: Drafting, drafts: Drafts, locks: Locks, messages: list[Message]) -> int:
    """Locks what the drafts touch and drafts again what had changed by then, until everything
    that stands was read as it is; returns how many messages were drafted again."""
    redone = 0
    stale = await locks.take(drafts.all[0])
    for _ in range(_ROUNDS):
        if not stale:
            return redone
        refs = drafts.to_redo(stale)
        again = await drafting.draft([m for m in messages if m.ref in refs])
        redone += len(refs)
        drafts.all.append(again)
        stale = await locks.take(again) | drafts.collisions(again)
    raise Transient("기업 경합", "firms were changed by others again and again")
