"""One batch, one transaction: fence, load, judge, resolve, lock, decide, write (decision 1)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from connectors.base import Connector, EndState, Statement
from services.adapters.failpoints import Failpoints
from services.adapters.postgres import intake
from services.adapters.postgres.connect import Connection, ours, poison
from services.adapters.postgres.partitions import Advance, fence
from services.domain.account import Account, Moved
from services.domain.desk import Desk
from services.domain.firms import Firms, Resolution
from services.domain.identity import Identifier, Link
from services.domain.ids import Id
from services.domain.judging import Judged, Message, Scopes, judge_batch, place_of
from services.domain.writes import Writes
from services.errors import Transient

_RESOLVE_TRIES = 4


@dataclass(frozen=True, slots=True)
class Batch:
    """What a worker wants to write: read messages and how far each partition moves with them."""

    messages: list[Message]
    advances: list[Advance]


@dataclass(frozen=True, slots=True)
class Written:
    """What one transaction did: end states of the messages, referrals opened or renewed."""

    states: Counter[EndState]
    referrals: int
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
        if not await fence(connection, batch.advances):
            return Written(Counter(), 0, repeated=True)
        scopes = await _load_scopes(connection, batch.messages, connectors)
        judged = judge_batch(connectors, scopes, batch.messages)
        firms = await _load_firms(connection, judged, desk, clock)
        account = Account(batch.messages, judged, connectors, clock, desk.seal)
        writes = Writes()
        firms.decide_all(judged, writes)
        moved = await _moved(connection, account.moved_refs())
        account.write(moved, writes)
        for folder, memory in scopes.items():
            writes.states += [(folder, scope, state) for scope, state in memory.changed()]
            writes.aliases += [(folder, alias, scope) for alias, scope in memory.learnt()]
        account.audit(
            [(a.stream, a.epoch, a.start, a.end) for a in batch.advances],
            worker,
            desk.policy_hash,
            await intake.chains(connection, [a.stream for a in batch.advances]),
            writes,
        )
        await intake.write(connection, writes)
        failpoints.reach("ingest:written")
    desk.committed(writes)
    failpoints.reach("ingest:committed")
    return Written(account.states, len(writes.referrals))


async def _load_scopes(
    connection: Connection, messages: Iterable[Message], connectors: Mapping[int, Connector]
) -> dict[str, Scopes]:
    wanted: dict[str, dict[str, None]] = {}
    several: set[str] = set()
    for message in messages:
        if isinstance(message.reading, Statement):
            folder = connectors[message.stream].source.folder
            scopes = message.reading.scopes
            wanted.setdefault(folder, {}).update(dict.fromkeys(scopes))
            if len(scopes) > 1 or connectors[message.stream].source.merges:
                several.add(folder)
    loaded = {}
    for folder, names in sorted(wanted.items()):
        aliases = await _chase(connection, folder, list(names)) if folder in several else {}
        memory = Scopes({}, aliases)
        keepers = sorted({memory.canonical(name) for name in names})
        memory.stored = await intake.scope_states(connection, folder, keepers)
        loaded[folder] = memory
    return loaded


async def _chase(connection: Connection, folder: str, names: list[str]) -> dict[str, str]:
    aliases: dict[str, str] = {}
    while names:
        found = await intake.scope_aliases(connection, folder, names)
        aliases |= found
        names = [scope for scope in set(found.values()) if scope not in aliases]
    return aliases


async def _load_firms(
    connection: Connection, judged: list[Judged], desk: Desk, clock: tuple[datetime, date]
) -> Firms:
    """Resolves every changed participation to a firm, locks those firms, loads what they have."""
    firms = Firms(desk, clock)
    ids = firms.collect(judged)
    owners = await intake.owners_of(connection, ids) if ids else {}
    resolution = await _resolve(connection, firms, owners)
    enterprises = sorted(resolution.enterprises | set(owners.values()))
    if enterprises:
        await intake.lock_enterprises(connection, enterprises)
        firms.load(
            await intake.participations_of(connection, enterprises),
            await intake.referrals_of(connection, enterprises),
        )
    return firms


async def _resolve(connection: Connection, firms: Firms, owners: Mapping[Id, Id]) -> Resolution:
    """Resolves against what is known and inserts what is learnt; when another worker has learnt
    one of them first, resolves again with its answer."""
    wanted = firms.identifiers()
    for _ in range(_RESOLVE_TRIES):
        known: dict[Identifier, Link] = (
            await intake.identifiers(connection, wanted) if wanted else {}
        )
        resolution = firms.resolve(known)
        if not resolution.learnt:
            return resolution
        ours_now = await intake.learn_identifiers(connection, dict(resolution.learnt))
        if len(ours_now) == len(resolution.learnt):
            return resolution
        await intake.unlearn_identifiers(connection, ours_now)
    raise Transient("식별자 경합", "identifiers were learnt by others again and again")


async def _moved(connection: Connection, refs: list[str]) -> dict[str, Moved]:
    places = [place_of(ref) for ref in refs]
    if not places:
        return {}
    rows = await connection.fetch(
        "select stream, kafka_offset, received_on, end_state, source_key from inbox join unnest("
        "$1::smallint[], $2::bigint[]) as m(stream, kafka_offset) using (stream, kafka_offset)",
        [stream for stream, _ in places],
        [offset for _, offset in places],
    )
    return {f"{r[0]}:{r[1]}": Moved(r[0], r[1], r[2], r[3], r[4]) for r in rows}
