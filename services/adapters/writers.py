"""The writer schemas allowed on each source topic (F6), and those that may still arrive (F4)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog

from connectors.base import Connector, Writers
from schemas.codec import BadFrame, frame_id, rabin_fingerprint
from schemas.registry import subject_of
from schemas.strict import Decoder, compile_schema
from services.adapters.postgres.schemas import Registered

_LOOK_AGAIN_S = (0.5, 1.0, 2.0, 4.0)
_LATE_LOOK_S = 30.0
_SINGLE_OBJECT = b"\xc3\x01"

log = structlog.get_logger("schemas")


def wire_id(connector: Connector, value: bytes | None) -> int | bytes | None:
    """The schema id or fingerprint that a value names; None where it names none."""
    if connector.source.wire == "avro-confluent":
        try:
            return frame_id(value or b"")
        except BadFrame:
            return None
    if connector.source.wire == "avro-single-object" and value and value[:2] == _SINGLE_OBJECT:
        return value[2:10]
    return None


@dataclass(slots=True)
class Wait:
    """A partition's wait for one schema id: since when, when to look again."""

    schema_id: int | bytes
    since: float
    next_look: float
    looks: int = 0


@dataclass(slots=True)
class WriterSchemas:
    """Compiled decoders by topic. load: fetches what is registered; wait_s: how long an unknown id
    may still arrive before its messages are quarantined."""

    load: Callable[[], Awaitable[list[Registered]]]
    wait_s: float
    _known: dict[str, dict[int | bytes, Decoder]] = field(default_factory=dict)
    _given_up: set[tuple[str, int | bytes]] = field(default_factory=set)
    _refused: set[tuple[str, int | bytes]] = field(default_factory=set)
    _late_look: float = 0.0

    async def refresh(self, connectors: Mapping[str, Connector]) -> None:
        """Compiles schema versions that are new since the last time. connectors: by topic."""
        subjects = {subject_of(topic): topic for topic in connectors}
        for one in await self.load():
            topic = subjects.get(one.subject)
            if topic is None or connectors[topic].source.wire == "json":
                continue
            known = self._known.setdefault(topic, {})
            single = connectors[topic].source.wire == "avro-single-object"
            name = rabin_fingerprint(one.parsed) if single else one.id
            if name in known or (topic, name) in self._refused:
                continue
            try:
                decoder = compile_schema(one.parsed)
            except ValueError as error:
                # One partner's bad schema must not stop the others; its messages are unknown.
                log.error("schema.refused", subject=one.subject, id=one.id, error=str(error))
                self._refused.add((topic, name))
                continue
            self._known[topic] = {**known, name: decoder}
            self._given_up.discard((topic, name))

    def allowed(self, topic: str) -> Writers:
        """The decoders of a topic."""
        return self._known.get(topic, {})

    def missing(self, connector: Connector, value: bytes | None) -> int | bytes | None:
        """The schema id that a value names and that may still be registered; else None."""
        name = wire_id(connector, value)
        topic = connector.source.topic
        if name is None or name in self.allowed(topic) or (topic, name) in self._given_up:
            return None
        return name

    def overdue(self, now: float) -> bool:
        """Whether to look again for ids that were given up: they may have been registered since,
        and later messages need not share the fate of the first."""
        if not self._given_up or now < self._late_look:
            return False
        self._late_look = now + _LATE_LOOK_S
        return True

    def still_waiting(self, connector: Connector, wait: Wait, now: float) -> bool:
        """After a refresh: whether to go on waiting; gives the id up when its time has passed."""
        topic = connector.source.topic
        if wait.schema_id in self.allowed(topic):
            return False
        if now - wait.since >= self.wait_s:
            self._given_up.add((topic, wait.schema_id))
            self._late_look = now + _LATE_LOOK_S
            return False
        pause = _LOOK_AGAIN_S[min(wait.looks, len(_LOOK_AGAIN_S) - 1)]
        wait.next_look = min(now + pause, wait.since + self.wait_s)
        wait.looks += 1
        return True
