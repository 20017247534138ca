"""What a simulation contained, for the demo's table."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from services.simulation.plan import SimulatedEvent


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of one run: by folder and kind, with all defects as one kind, and each defect."""

    events: int
    by_programme: dict[str, dict[str, int]]
    defects: dict[str, int]


def summary(events: Iterable[SimulatedEvent]) -> Summary:
    kinds: dict[str, Counter[str]] = {}
    defects: Counter[str] = Counter()
    for event in events:
        kind, _, code = event.kind.partition(":")
        kinds.setdefault(event.folder, Counter())[kind] += 1
        if code:
            defects[code] += 1
    return Summary(
        events=sum(counts.total() for counts in kinds.values()),
        by_programme={folder: dict(sorted(kinds[folder].items())) for folder in sorted(kinds)},
        defects=dict(sorted(defects.items())),
    )
