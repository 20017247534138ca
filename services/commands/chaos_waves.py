"""Putting events into an order in which every run must end exactly the same.

In which order partitions are read is nobody's promise, and much hangs on it: whether a referral was
handed over before a consent was withdrawn, how many revisions came before the newest. So events go
out in waves, each awaited before the next: in one wave, all that concerns one firm lies in one
partition. Firms keep the order of their events; workers still run side by side.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connectors.base import Connector, Statement, Writers
from connectors.identifiers import crn_passes
from services.adapters.kafka.publisher import partition_of
from services.domain.identity import identifiers_of
from services.domain.judging import Scopes
from services.simulation.plan import SimulatedEvent

Name = tuple[object, ...]


@dataclass(slots=True)
class _Groups:
    """Names that belong together."""

    _above: dict[Name, Name] = field(default_factory=dict)

    def top(self, name: Name) -> Name:
        """The name that stands for all that belong together."""
        while (above := self._above.setdefault(name, name)) != name:
            self._above[name] = self._above[above]
            name = above
        return name

    def join(self, names: Iterable[Name]) -> None:
        """These belong together."""
        first, *others = map(self.top, names)
        for other in others:
            self._above[other] = first


def waves(
    events: list[SimulatedEvent],
    connectors: Mapping[str, Connector],
    writers: Mapping[str, Writers],
    partitions: int,
) -> list[list[SimulatedEvent]]:
    """The events in waves. connectors, writers: by topic. partitions: of each source topic."""
    groups = _Groups()
    memories: dict[str, Scopes] = {}
    for number, event in enumerate(events):
        connector = connectors[event.topic]
        memory = memories.setdefault(event.topic, Scopes({}, {}))
        groups.join(_names(event, connector, writers[event.topic], memory, f"0:{number}"))
    found: list[list[SimulatedEvent]] = []
    last: dict[Name, tuple[int, tuple[str, int]]] = {}
    for event in events:
        group, place = groups.top(_key(event)), (event.topic, partition_of(event.key, partitions))
        wave, before = last.get(group, (0, place))
        wave += place != before
        last[group] = wave, place
        while len(found) <= wave:
            found.append([])
        found[wave].append(event)
    return found


def slices(found: list[list[SimulatedEvent]], most: int) -> list[tuple[list[SimulatedEvent], bool]]:
    """Waves cut into parts of at most so many events; whether a part ends its wave."""
    return [
        (wave[at : at + most], at + most >= len(wave))
        for wave in found
        for at in range(0, len(wave), most)
    ]


def _key(event: SimulatedEvent) -> Name:
    return "key", event.folder, event.key


def _names(
    event: SimulatedEvent, connector: Connector, writers: Writers, memory: Scopes, ref: str
) -> list[Name]:
    """Whatever ties the event to others: its key, its scopes, its firms' numbers."""
    names: list[Name] = [_key(event)]
    reading = connector.read(event.key, event.value, writers)
    if isinstance(reading, Statement):
        names += [("scope", event.folder, scope) for scope in reading.scopes]
        for outcome in memory.judge(connector, ref, reading):
            for p in outcome.changed:
                trusted = p.crn is not None and crn_passes(p.crn)
                names += [("number", *one) for one in identifiers_of(p, trusted)]
    return names
