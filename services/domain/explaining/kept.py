"""Rows of the hub's tables that explanations are made from."""

from collections.abc import Mapping
from datetime import datetime

from schemas.values import frozen
from services.domain.tax_status import TaxStatus


@frozen
class StoredParticipation:
    """A row of participation. doc: as documents.py writes it."""

    participation_id: str
    establishment_id: str
    version: int
    doc: bytes


@frozen
class StoredRecord:
    """A row of firm_record: a month of training, answers to the survey, or what a person stated of
    the firm's business. kind: training, survey or tax_status. stated: of the last kind alone."""

    kind: str
    source_key: str
    establishment_id: str
    version: int
    stated: TaxStatus | None = None


@frozen
class Step:
    """A version of a referral. reasons, addressees: empty also where they were not kept."""

    version: int
    status: str
    at: datetime
    reasons: tuple[str, ...] = ()
    addressees: tuple[str, ...] = ()


@frozen
class StoredReferral:
    """A row of referral; history: the oldest version first."""

    referral_id: str
    enterprise_id: str
    establishment_id: str
    round: int
    version: int
    status: str
    stage: str | None
    reasons: tuple[str, ...]
    addressees: tuple[str, ...]
    handed_over: bool
    as_of: str
    opened_at: datetime
    updated_at: datetime
    history: tuple[Step, ...] = ()


@frozen
class StoredDecision:
    """A row of decision_log with its decision. place: of the event that caused it."""

    establishment_id: str
    version: int
    decided_at: datetime
    decision_id: bytes
    policy_hash: bytes
    blocks: bytes
    bodies: Mapping[bytes, bytes]
    facts: bytes
    place: str


@frozen
class StoredEvent:
    """A row of inbox with its place; fields: the partner's field by reason, of a quarantined
    message whose contract names one."""

    topic: str
    partition: int
    offset: int
    received_at: datetime
    source_at: datetime | None
    source_key: str | None
    end_state: str
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    fields: Mapping[str, str]

    @property
    def place(self) -> str:
        """topic/partition/offset."""
        return f"{self.topic}/{self.partition}/{self.offset}"


@frozen
class StoredMessage:
    """A row of outbox. kind: its CloudEvents type."""

    topic: str
    key: str
    kind: str
    message_id: str
    at: datetime
    published: bool


@frozen
class StoredFirm:
    """An enterprise with everything the hub keeps of it. establishments: (id, key). reviews:
    (issue, the other firm)."""

    enterprise_id: str
    created_at: datetime
    participations: tuple[StoredParticipation, ...]
    referrals: tuple[StoredReferral, ...]
    establishments: tuple[tuple[str, str], ...]
    decisions: tuple[StoredDecision, ...]
    records: tuple[StoredRecord, ...]
    reviews: tuple[tuple[str, str], ...]
