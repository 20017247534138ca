"""What one batch writes: rows per table, in the order in which the tables are written."""

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
class Writes:
    """Rows per table; the columns stand in the statements of the intake store."""

    inbox: list[Row] = field(default_factory=list)
    moved: list[Row] = field(default_factory=list)
    days: list[Row] = field(default_factory=list)
    reasons: list[Row] = field(default_factory=list)
    quarantine: list[Row] = field(default_factory=list)
    states: list[Row] = field(default_factory=list)
    aliases: list[Row] = field(default_factory=list)
    waits: list[Row] = field(default_factory=list)
    waits_over: list[Row] = field(default_factory=list)
    establishments: list[Row] = field(default_factory=list)
    reviews: list[Row] = field(default_factory=list)
    participations: list[Row] = field(default_factory=list)
    records: list[Row] = field(default_factory=list)
    record_firms: list[Row] = field(default_factory=list)
    asked: list[Row] = field(default_factory=list)
    blocks: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)
    decided: list[Row] = field(default_factory=list)
    referrals: list[Row] = field(default_factory=list)
    referral_versions: list[Row] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)
    audit: list[Row] = field(default_factory=list)

    def add(self, effects: Iterable[Effects]) -> None:
        """Takes over the messages' effects in order. Of rows that a later message writes again
        only the last one is kept: a statement may touch a row once."""
        establishments: dict[Any, Row] = {}
        reviews: dict[Any, Row] = {}
        participations: dict[Any, Row] = {}
        records: dict[Any, Row] = {}
        asked: dict[Any, Row] = {}
        blocks: dict[Any, Row] = {}
        decisions: dict[Any, Row] = {}
        decided: dict[Any, Row] = {}
        referrals: dict[Any, Row] = {}
        for one in effects:
            for row in one.establishments:
                establishments[row[0]] = row
            for row in one.reviews:
                reviews[row[0]] = row
            for row in one.asked:
                asked[row[0]] = row
            for row in one.participations:
                participations[row[0]] = row
                asked.pop(row[0], None)
            for row in one.records:
                records[row[0]] = row
            for row in one.blocks:
                blocks[row[0]] = row
            for row in one.decisions:
                decisions[row[0]] = row
            for row in one.referrals:
                referrals[row[0]] = row
            for row in one.decided:
                # One message may lead to the same decision again and again.
                decided.setdefault((row[0], row[1], row[7], row[8]), row)
            self.referral_versions += one.referral_versions
            self.outbox += one.outbox
        self.establishments += establishments.values()
        self.reviews += reviews.values()
        self.participations += participations.values()
        self.records += records.values()
        self.record_firms += [(i,) for i in dict.fromkeys(row[3] for row in records.values())]
        self.asked += asked.values()
        self.blocks += blocks.values()
        self.decisions += decisions.values()
        self.decided += decided.values()
        self.referrals += referrals.values()
