"""What one batch writes: rows per table, in the order in which the tables are written."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

Row: TypeAlias = tuple[Any, ...]


@dataclass(slots=True)
class Writes:
    """Rows per table; the columns stand in the statements of the intake store."""

    inbox: list[Row] = field(default_factory=list)
    moved: list[Row] = field(default_factory=list)
    days: list[Row] = field(default_factory=list)
    reasons: list[Row] = field(default_factory=list)
    quarantine: list[Row] = field(default_factory=list)
    states: list[Row] = field(default_factory=list)
    aliases: list[Row] = field(default_factory=list)
    establishments: list[Row] = field(default_factory=list)
    reviews: list[Row] = field(default_factory=list)
    participations: list[Row] = field(default_factory=list)
    blocks: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)
    decided: list[Row] = field(default_factory=list)
    referrals: list[Row] = field(default_factory=list)
    referral_versions: list[Row] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)
    audit: list[Row] = field(default_factory=list)
