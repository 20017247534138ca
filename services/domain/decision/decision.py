"""One decision: the blocks it is made of, its JSON and its content hash (facts.md, A-93)."""

from hashlib import blake2b

from schemas.values import frozen
from services.domain.decision.agencies import Agencies
from services.domain.decision.ax import AxLevel
from services.domain.decision.block import DIGEST_BYTES, Block
from services.domain.decision.consent import ConsentGate
from services.domain.decision.delivery import Delivery
from services.domain.decision.eligibility import Eligibility
from services.domain.decision.entitlements import Entitlements
from services.domain.decision.incentives import Incentives
from services.domain.decision.measures import Measures
from services.domain.decision.modes import Modes
from services.domain.decision.participations import Group
from services.domain.decision.priority import Priority
from services.domain.decision.referral import Referral
from services.domain.decision.region import Region

NULL = b"null"
ABSENT = bytes(DIGEST_BYTES)
"""Stands in a stored decision where it has no block."""


@frozen(eq=False)
class Decision:
    """A pure value with its reasons. The last five before `referral` are None without a referral
    (A-69). policy_hash: what the rules were when it was taken."""

    policy_hash: bytes
    participations: Group
    region: Region
    eligibility: Eligibility
    modes: Modes
    consent: ConsentGate
    ax: AxLevel
    entitlements: Entitlements
    measures: Measures | None
    agencies: Agencies | None
    delivery: Delivery | None
    priority: Priority | None
    incentives: Incentives | None
    referral: Referral
    alarms: Block

    @property
    def blocks(self) -> tuple[Block | None, ...]:
        """The blocks in the order of the JSON."""
        return (
            self.participations,
            self.region,
            self.eligibility,
            self.modes,
            self.consent,
            self.ax,
            self.entitlements,
            self.measures,
            self.agencies,
            self.delivery,
            self.priority,
            self.incentives,
            self.referral,
            self.alarms,
        )

    @property
    def content_hash(self) -> bytes:
        """Sixteen bytes: equal decisions under one policy have one hash, whatever the case, the
        deciding day and the order of participations (A-93)."""
        parts = [NULL if block is None else block.digest for block in self.blocks]
        return blake2b(self.policy_hash + b"".join(parts), digest_size=DIGEST_BYTES).digest()

    @property
    def digests(self) -> bytes:
        """The blocks' digests one behind the other, as they are stored (stored.py)."""
        parts = [ABSENT if block is None else block.digest for block in self.blocks]
        return b"".join(parts)

    def to_json_bytes(self, case_id: bytes, as_of: str) -> bytes:
        """The JSON object of facts.md, one line. case_id: a JSON value, echoed."""
        parts = [NULL if block is None else block.raw for block in self.blocks]
        parts[0] = self.participations.listed
        members = [name + part for name, part in zip(NAMES, parts, strict=True)]
        head = b'{"case_id":' + case_id + b',"as_of":"' + as_of.encode() + b'",'
        return head + b",".join(members) + b"}"


NAMES = (
    b'"participations":',
    b'"region":',
    b'"eligibility":',
    b'"modes":',
    b'"consent":',
    b'"ax":',
    b'"entitlements":',
    b'"measures":',
    b'"agencies":',
    b'"delivery":',
    b'"priority":',
    b'"incentives":',
    b'"referral":',
    b'"alarms":',
)
