"""What a worker has on its desk for every batch: the engine, the encoders, the sources by number.

Built once per process; holds no state of any firm, only memories that change speed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from connectors.base import Participation, Source
from schemas.codec import Encoder
from schemas.values import frozen
from services.domain.decision.decision import NAMES, Decision
from services.domain.decision.facts import PLANNED, Facts
from services.domain.decision.referral import PARTNER
from services.domain.decision.values import NO
from services.domain.evidence import OWN_DISCOVERY
from services.domain.holding import Held
from services.domain.ids import Id, uid
from services.domain.outgoing import Cause
from services.domain.splitting import SplitEncoder
from services.domain.writes import Effects, Writes

SURVEY_FOLDER = "demand-survey"

_ABSENT = bytes(16)
_REMEMBERED = 200_000
_BLOCK_NAMES = tuple(name.decode().strip('":') for name in NAMES)


class Engine(Protocol):
    """The rules: facts in, decision out."""

    @property
    def policy_hash(self) -> str: ...

    def decide(self, facts: Facts) -> Decision: ...


@frozen
class Verdict:
    """The referral part of a decision, as it holds for one workplace."""

    status: str
    stage: str | None
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    addressees: tuple[str, ...]


_NO_PARTICIPATION = Verdict("none", None, ("NO_PARTICIPATION",), (), ())
_SURVEY_FIRST = Verdict("none", None, ("SURVEY_FIRST",), (), ())
_OPENING = ("requested", "held")


@dataclass(slots=True)
class Desk:
    """sources: by stream, with the partition's number. seal: encrypts bytes for the quarantine.
    facts_json: facts as stored beside a decision. citations: the plan's line of a rule or a section
    key."""

    engine: Engine
    sources: dict[int, tuple[Source, int]]
    all_sources: tuple[Source, ...]
    participation_encoder: Encoder
    feedback_encoder: Encoder
    referral_encoder: SplitEncoder
    seal: Callable[[bytes | None], bytes | None]
    facts_json: Callable[[Facts], bytes]
    citations: Mapping[str, str]
    _stored: set[bytes] = field(default_factory=set)
    _cause: Cause | None = None

    @property
    def policy_hash(self) -> bytes:
        """The hash of the rules in force."""
        return bytes.fromhex(self.engine.policy_hash)

    def source(self, stream: int) -> Source:
        """The input that a stream belongs to."""
        return self.sources[stream][0]

    def cause(self, stream: int, offset: int) -> Cause:
        """A message's place, for headers and feedback."""
        last = self._cause
        if last is None or last.stream != stream or last.offset != offset:
            source, partition = self.sources[stream]
            last = self._cause = Cause(stream, source.topic, partition, offset)
        return last

    def source_of_programme(self, programme: str) -> Source | None:
        """The partner that runs a programme."""
        for source in self.all_sources:
            if source.programme == programme:
                return source
        return None

    def pair_id(self, p: Participation) -> Id | None:
        """Under what all firms of one source key are found; None where there is one firm a key."""
        source = self.source_of_programme(p.programme)
        if source is None or not source.per_firm:
            return None
        return uid("pair", p.programme, p.source_key)

    @property
    def survey_source(self) -> Source:
        """The input that asks firms."""
        return next(s for s in self.all_sources if s.folder == SURVEY_FOLDER)

    def citation(self, rule: str, section: str) -> str | None:
        """The plan's own words for a rule, else for its section key such as `IV-5 ③`."""
        return self.citations.get(rule) or self.citations.get(section)

    def verdict(
        self, decision: Decision, own: list[Held], held: list[Held], origin: str, answered: bool
    ) -> Verdict:
        """The decision's referral. None for a workplace of a partner programme's firm without a
        participation of its own that counts or may count (A-74), and for a discovered one that
        has not answered itself (A-14). answered: the workplace's own survey answer stands."""
        r = decision.referral
        if origin != PARTNER:
            if origin == OWN_DISCOVERY and not answered and r.status in _OPENING:
                return _SURVEY_FIRST
            return Verdict(r.status, r.stage, r.reasons, r.missing, r.addressees)
        live = live_of(held)
        views = decision.participations.views
        mine = [v for h, v in zip(live, views, strict=True) if any(h is one for one in own)]
        if len(mine) < len(live) and all(view.counts == NO for view in mine):
            return _NO_PARTICIPATION
        return Verdict(r.status, r.stage, r.reasons, r.missing, r.addressees)

    def store(self, decision: Decision, effects: Effects) -> bytes:
        """The decision's id; adds the rows of what may not be stored yet."""
        decision_id = decision.content_hash
        if decision_id in self._stored:
            return decision_id
        digests = []
        for name, block in zip(_BLOCK_NAMES, decision.blocks, strict=True):
            if block is None:
                digests.append(_ABSENT)
                continue
            digests.append(block.digest)
            if block.digest not in self._stored:
                effects.blocks.append((block.digest, name, block.raw))
        effects.decisions.append((decision_id, self.policy_hash, b"".join(digests)))
        return decision_id

    def committed(self, writes: Writes) -> None:
        """Remembers what the transaction has stored for good."""
        if len(self._stored) > _REMEMBERED:
            self._stored.clear()
        self._stored.update(row[0] for row in writes.blocks)
        self._stored.update(row[0] for row in writes.decisions)

    def forget(self) -> None:
        """After the database went away nothing is known to be stored: it may have come back from
        a copy that lacks the last transactions (F47)."""
        self._stored.clear()

    def participation(self, held: Held, cause: Cause, warnings: tuple[str, ...]) -> bytes:
        """The framed participation record. Contacts and consents about them are not in it."""
        p = held.p
        return self.participation_encoder(
            {
                "participation_id": held.participation_id,
                "version": held.version,
                "programme": p.programme,
                "source_key": p.source_key,
                "source_topic": cause.topic,
                "source_partition": cause.partition,
                "source_offset": cause.offset,
                "enterprise_id": held.enterprise_id,
                "establishment_id": held.establishment_id,
                "warnings": warnings,
                **{name: getattr(p, name) for name in _NEUTRAL},
            }
        )

    def encode_feedback(self, record: Mapping[str, Any]) -> bytes:
        """The framed feedback record."""
        return self.feedback_encoder(record)


_NEUTRAL = (
    "is_deleted",
    "ended_by",
    "role",
    "status",
    "status_raw",
    "brn",
    "crn",
    "ei_workplace_no",
    "name",
    "legal_form",
    "sigungu",
    "region_confidence",
    "size_class",
    "regular_workers",
    "ksic_code",
    "ksic_revision",
    "applied_on",
    "selected_on",
    "agreement_on",
    "starts_on",
    "ends_on",
    "gov_amount_krw",
    "private_cash_krw",
    "private_inkind_krw",
    "local_amount_krw",
    "level_goal",
    "ai_applied",
    "solution",
    "consent_enterprise_info",
    "promo_ok",
)


def live_of(held: list[Held]) -> list[Held]:
    """The participations that a decision has a view of, in the order of its views."""
    return [h for h in held if not h.p.is_deleted and h.p.programme in PLANNED]
