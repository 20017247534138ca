"""Replay: stored decisions are taken again from their stored facts and compared by hash.

Equal content hashes prove equal decisions: the hash is over the policy's hash and every block's
digest (A-93).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

from services.domain.decision.block import DIGEST_BYTES
from services.domain.decision.decision import ABSENT, NULL, Decision
from services.domain.decision.facts import Facts
from services.domain.decision.stored import (
    BLOCK_NAMES,
    UnreadableStored,
    facts_from_stored,
)

DIFFERENT = "DIFFERENT"
DECISION_MISSING = "DECISION_MISSING"
DECISION_BROKEN = "DECISION_BROKEN"
POLICY_UNKNOWN = "POLICY_UNKNOWN"
FACTS_UNREADABLE = "FACTS_UNREADABLE"
BLOCK_BROKEN = "BLOCK_BROKEN"

WORDS: Mapping[str, tuple[str, str]] = {
    DIFFERENT: ("다시 판단하면 결과가 다릅니다", "decided again, the result differs"),
    DECISION_MISSING: ("저장된 판단이 없습니다", "the stored decision is missing"),
    DECISION_BROKEN: (
        "저장된 판단이 그 식별자와 맞지 않습니다",
        "the stored decision does not match its own id",
    ),
    POLICY_UNKNOWN: (
        "그때의 정책이 저장되어 있지 않아 다시 판단할 수 없습니다",
        "the policy of its day is not stored, so it cannot be taken again",
    ),
    FACTS_UNREADABLE: ("저장된 사실을 읽을 수 없습니다", "the stored facts cannot be read"),
    BLOCK_BROKEN: (
        "저장된 판단 조각이 그 식별자와 맞지 않습니다",
        "a stored block does not match its own id",
    ),
}
"""What each finding means, in Korean and English."""


class Engine(Protocol):
    """The rules of one policy."""

    def decide(self, facts: Facts) -> Decision: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of the decision log with its decision. policy_hash, blocks None: the decision is not
    there. place: topic, partition and offset of the message that caused it."""

    establishment_id: str
    version: int
    as_of: str
    decision_id: bytes
    policy_hash: bytes | None
    blocks: bytes | None
    facts: bytes
    place: tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored decision that was not proved equal. blocks: names of the parts that differ."""

    kind: str
    stored: Stored
    decided: bytes | None = None
    blocks: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """As `naru replay --json` lists it."""
        stored, (ko, en) = self.stored, WORDS[self.kind]
        topic, partition, offset = stored.place
        return {
            "kind": self.kind,
            "ko": ko,
            "en": en,
            "establishment_id": stored.establishment_id,
            "version": stored.version,
            "as_of": stored.as_of,
            "message": {"topic": topic, "partition": partition, "offset": offset},
            "stored": stored.decision_id.hex(),
            "decided": None if self.decided is None else self.decided.hex(),
            "blocks": list(self.blocks),
            "policy_hash": None if stored.policy_hash is None else stored.policy_hash.hex(),
        }


def check(stored: Stored, engines: Mapping[bytes, Engine]) -> Difference | None:
    """None where the decision, taken again by the policy of its day, has the stored hash."""
    if stored.policy_hash is None or stored.blocks is None:
        return Difference(DECISION_MISSING, stored)
    if content_hash(stored.policy_hash, stored.blocks) != stored.decision_id:
        return Difference(DECISION_BROKEN, stored)
    engine = engines.get(stored.policy_hash)
    if engine is None:
        return Difference(POLICY_UNKNOWN, stored)
    try:
        facts = facts_from_stored(stored.facts)
    except UnreadableStored:
        return Difference(FACTS_UNREADABLE, stored)
    decision = engine.decide(facts)
    if decision.content_hash == stored.decision_id:
        return None
    return Difference(DIFFERENT, stored, decision.content_hash, differing(stored.blocks, decision))


def content_hash(policy_hash: bytes, blocks: bytes) -> bytes:
    """The hash of a decision that is stored as its blocks' digests."""
    parts = [NULL if one == ABSENT else one for one in _split(blocks)]
    return blake2b(policy_hash + b"".join(parts), digest_size=DIGEST_BYTES).digest()


def differing(blocks: bytes, decision: Decision) -> tuple[str, ...]:
    """Names of the parts in which a decision differs from a stored one."""
    stored = _split(blocks)
    found = [ABSENT if block is None else block.digest for block in decision.blocks]
    if len(stored) != len(found):
        return BLOCK_NAMES
    return tuple(
        name for name, one, other in zip(BLOCK_NAMES, stored, found, strict=True) if one != other
    )


def _split(blocks: bytes) -> list[bytes]:
    return [blocks[at : at + DIGEST_BYTES] for at in range(0, len(blocks), DIGEST_BYTES)]
