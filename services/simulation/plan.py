"""What a simulation is asked for, and what it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


class SimulatedEvent(NamedTuple):
    """One message as it would stand on Kafka.

    folder: the partner's folder (`smart-factory`). key, value: wire bytes; None only where the
    missing part is the defect. kind, for statistics: create, update, delete, correction,
    duplicate, late, unchanged (a row of a full list that says nothing new), list (its markers) or
    `defect:<code>`.
    """

    folder: str
    topic: str
    key: bytes | None
    value: bytes | None
    kind: str


@dataclass(frozen=True, slots=True)
class SimulationPlan:
    """How many events of what sort; the same plan gives the same bytes on every machine.

    events: exact number of messages, all programmes together. Shares are of all messages, but
    `shared_firms` is the share of firms that take part in more than one of the programmes.
    schema_ids: Confluent id by folder; a folder not named has its default id.
    Raises ValueError for shares outside 0 to 0.3, no programme, or days in the wrong order.
    """

    events: int
    seed: int
    programmes: tuple[str, ...] = ("smart-factory",)
    duplicates: float = 0.05
    late: float = 0.05
    corrections: float = 0.05
    defects: float = 0.03
    shared_firms: float = 0.25
    first_day: date = date(2026, 1, 2)
    last_day: date = date(2026, 9, 30)
    schema_ids: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("duplicates", "late", "corrections", "defects"):
            if not 0 <= getattr(self, name) <= 0.3:
                raise ValueError(f"{name} must lie between 0 and 0.3")
        if not 0 <= self.shared_firms <= 1:
            raise ValueError("shared_firms must lie between 0 and 1")
        if self.events < 0 or not self.programmes:
            raise ValueError("events and at least one programme are needed")
        if self.first_day > self.last_day:
            raise ValueError("first_day lies after last_day")
        if self.first_day.year < 2024 or self.last_day.year > 2029:
            raise ValueError("days must lie in 2024 to 2029")
