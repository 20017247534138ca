"""What one batch writes: rows per table; the columns stand in the statements of the writing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Row: TypeAlias = tuple[Any, ...]


@dataclass(slots=True)
class Effects:
    """What follows from one message for firms, decisions, referrals and the outbox."""

    establishments: list[Row] = field(default_factory=list)
    reviews: list[Row] = field(default_factory=list)
    participations: list[Row] = field(default_factory=list)
    records: list[Row] = field(default_factory=list)
    asked: list[Row] = field(default_factory=list)
    blocks: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)
    decided: list[Row] = field(default_factory=list)
    referrals: list[Row] = field(default_factory=list)
    referral_versions: list[Row] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Writes(Effects):
    """The effects of a batch's messages together, and what is written of the batch itself: the
    inbox, the counts, what connectors remember, the audit."""

    inbox: list[Row] = field(default_factory=list)
    moved: list[Row] = field(default_factory=list)
    days: list[Row] = field(default_factory=list)
    reasons: list[Row] = field(default_factory=list)
    quarantine: list[Row] = field(default_factory=list)
    states: list[Row] = field(default_factory=list)
    aliases: list[Row] = field(default_factory=list)
    waits: list[Row] = field(default_factory=list)
    waits_over: list[Row] = field(default_factory=list)
    record_firms: list[Row] = field(default_factory=list)
    audit: list[Row] = field(default_factory=list)

    def add(self, effects: Iterable[Effects]) -> None:
        """Takes over the messages' effects in order. Of rows that a later message writes again
        only the last one is kept: a statement may touch a row once."""
        taken = list(effects)
        self.establishments += _newest([one.establishments for one in taken])
        self.reviews += _newest([one.reviews for one in taken])
        self.participations += _newest([one.participations for one in taken])
        records = _newest([one.records for one in taken])
        self.records += records
        self.record_firms += [(i,) for i in dict.fromkeys(row[3] for row in records)]
        self.blocks += _newest([one.blocks for one in taken])
        self.decisions += _newest([one.decisions for one in taken])
        self.referrals += _newest([one.referrals for one in taken])
        asked: dict[Any, Row] = {}
        decided: dict[Any, Row] = {}
        for one in taken:
            for row in one.asked:
                asked[row[0]] = row
            for row in one.participations:
                asked.pop(row[0], None)
            for row in one.decided:
                # One message may lead to the same decision again and again.
                decided.setdefault((row[0], row[1], row[7], row[8]), row)
            self.referral_versions += one.referral_versions
            self.outbox += one.outbox
        self.asked += asked.values()
        self.decided += decided.values()


def _newest(tables: list[list[Row]]) -> Iterable[Row]:
    """The last row of every key, the row's first column."""
    found: dict[Any, Row] = {}
    for rows in tables:
        for row in rows:
            found[row[0]] = row
    return found.values()
