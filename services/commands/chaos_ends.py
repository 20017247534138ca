"""What a run has ended with, and in what two runs differ."""

from dataclasses import dataclass, field
from typing import Any

from schemas.codec import decode
from services import wiring
from services.adapters.kafka.tail import whole
from services.adapters.postgres.connect import close
from services.adapters.postgres.contents import broken, contents
from services.adapters.postgres.totals import Totals, totals
from services.domain import exchange
from services.domain.topics import agency_topic
from services.settings import Settings

_SHOWN = 3
_WIDTH = 400
_RUN_SPECIFIC = frozenset({"issued_at"})


@dataclass(slots=True)
class Ended:
    """The end of one run. tables: rows by name. delivered: the last record of each referral on
    each agency's topic. wrong: what must never be, by name. repeats: messages that came more than
    once, same id and bytes."""

    totals: Totals
    tables: dict[str, set[tuple[Any, ...]]]
    delivered: dict[tuple[str, str], dict[str, Any]]
    wrong: dict[str, list[str]]
    repeats: int


@dataclass(slots=True)
class _Delivery:
    """What lies on the agencies' topics."""

    last: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    repeats: int = 0
    _by_id: dict[tuple[str, bytes], bytes] = field(default_factory=dict)
    _by_version: dict[tuple[str, str, int], bytes] = field(default_factory=dict)

    def take(self, topic: str, name: bytes, value: bytes) -> None:
        """One message in the order of its topic. name: its `ce_id`."""
        record = decode("referral", value)
        referral, version = record["referral_id"], record["version"]
        before = self._by_id.get((topic, name))
        self._by_id.setdefault((topic, name), value)
        if before is not None:
            self.repeats += 1
            if before != value:
                self._note("one id, other bytes", topic, referral, version)
            return
        if self._by_version.setdefault((topic, referral, version), name) != name:
            self._note("one version, two messages", topic, referral, version)
        known = self.last.get((topic, referral))
        if known is not None and known["version"] >= version:
            self._note("an older version after a newer one", topic, referral, version)
        self.last[topic, referral] = record

    def _note(self, what: str, topic: str, referral: str, version: int) -> None:
        self.wrong.setdefault(what, []).append(f"{topic} {referral} v{version}")


async def ended(settings: Settings, events: int) -> Ended:
    """Reads tables and topics of a hub that has drained."""
    delivery = _Delivery()
    topics = {agency_topic(code) for code in exchange.receiving_agencies()}
    async for one in whole(settings.kafka, topics):
        delivery.take(one.topic, one.headers["ce_id"], one.value)
    connection = await wiring.connecting(settings)()
    try:
        found = await totals(connection)
        tables = await contents(connection)
        wrong = {
            what: [str(row) for row in rows] for what, rows in (await broken(connection)).items()
        }
        handed = await connection.fetch(
            "select referral_id::text, version from referral where handed_over"
        )
    finally:
        await close(connection)
    counted = found.applied + found.duplicate + found.superseded + found.held + found.quarantined
    if found.received != events or counted != events:
        wrong["messages"] = [f"{events} published, {found.received} received, {counted} settled"]
    newest: dict[str, int] = {}
    for (_, referral), record in delivery.last.items():
        newest[referral] = max(newest.get(referral, 0), record["version"])
    late = [f"{r} v{v}: {newest.get(r)}" for r, v in handed if newest.get(r) != v]
    if late:
        wrong["not delivered"] = late
    wrong |= delivery.wrong
    return Ended(found, tables, delivery.last, wrong, delivery.repeats)


def differences(calm: Ended, storm: Ended) -> dict[str, Any]:
    """What the disturbed run ended with otherwise: how many rows of each table only one of the two
    has, and the first few; empty where both ended the same."""
    found: dict[str, Any] = {}
    for what, rows in calm.tables.items():
        found |= _compared(what, rows, storm.tables[what])
    found |= _compared("delivered", _rows(calm), _rows(storm))
    for run, one in (("calm", calm), ("storm", storm)):
        for what, examples in one.wrong.items():
            found[f"{run}: {what}"] = {"count": len(examples), "first": examples[:_SHOWN]}
    return found


def _rows(one: Ended) -> set[tuple[Any, ...]]:
    """(topic, referral, field, value) of every last record."""
    return {
        (*place, name, repr(value))
        for place, record in one.delivered.items()
        for name, value in record.items()
        if name not in _RUN_SPECIFIC
    }


def _compared(what: str, calm: set[tuple[Any, ...]], storm: set[tuple[Any, ...]]) -> dict[str, Any]:
    if calm == storm:
        return {}
    lost, extra = _texts(calm - storm), _texts(storm - calm)
    return {
        what: {
            "only_calm": len(lost),
            "only_storm": len(extra),
            "first": {"calm": lost[:_SHOWN], "storm": extra[:_SHOWN]},
        }
    }


def _texts(rows: set[tuple[Any, ...]]) -> list[str]:
    return sorted(repr(row)[:_WIDTH] for row in rows)
