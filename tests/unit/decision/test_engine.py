"""What the hub takes from a decision: attributes, hashes, the policy's hash."""

import json
from dataclasses import replace
from hashlib import blake2b

from schemas.policies import Policy, load_documents, policy_of
from schemas.tables import Tables
from services.domain.decision.engine import Engine
from services.domain.decision.facts import (
    Consent,
    Establishment,
    Facts,
    Firm,
    ParticipationFacts,
    Survey,
    Training,
)

CONSENT = Consent(True, ("HRDK", "AI_CENTER", "OPERATOR:P3"))
FACTS = Facts(
    "2026-04-15",
    participations=(
        ParticipationFacts(
            "P3",
            role="DEMAND",
            status="CONTRACTED",
            agreement_on="2026-04-10",
            level_goal="MID2",
            joint_consulting_requested=True,
            consent=CONSENT,
        ),
    ),
    firm=Firm(size_class="SMALL", regular_workers=45, ksic="C26421", tax_status="ACTIVE"),
    establishment=Establishment("48123", "CODE", insured_workers=45, ei_arrears=False),
    survey=Survey(wishes=True),
    training=Training(0, False),
)


def test_a_decision_is_read_by_attribute(engine: Engine) -> None:
    decision = engine.decide(FACTS)
    assert decision.referral.status == "requested"
    assert decision.referral.reasons == ("LC-1",)
    assert decision.referral.stage == "diagnosis"
    assert decision.referral.diagnosis_kind == "JOINT_TECH_HRD"
    assert decision.referral.addressees == ("HRDK-GYEONGNAM", "OPERATOR:P3")
    assert decision.modes.union["INCENTIVE"] == ("P3",)
    assert decision.ax.level == "INTERMEDIATE"
    assert decision.measures is not None
    assert decision.measures.primary == "act-visit-diagnosis"
    assert decision.measures.states["act-L2-skillup"] == "YES"
    assert decision.agencies is not None
    assert decision.agencies.named["SECOND"] == "OPERATOR:P3"
    assert decision.priority is not None
    assert decision.priority.score == 850
    assert decision.incentives is not None
    assert [flag.flag_id for flag in decision.incentives.flags] == ["IN-1-P3", "IN-2-P3"]
    assert decision.entitlements.items == {}
    assert decision.eligibility.priority.value == "YES"
    assert decision.consent.results.joint_with == "P3"


def test_equal_cases_share_their_blocks(engine: Engine) -> None:
    one = engine.decide(FACTS)
    other = engine.decide(replace(FACTS, as_of="2026-04-16"))
    assert one.content_hash == other.content_hash
    assert all(a is b for a, b in zip(one.blocks, other.blocks, strict=True))


def test_every_block_is_known_by_the_digest_of_its_bytes(engine: Engine) -> None:
    for block in engine.decide(FACTS).blocks:
        assert block is not None
        assert block.digest == blake2b(block.raw, digest_size=16).digest()
        assert block.json() == json.loads(block.raw)


def test_another_decision_has_another_hash(engine: Engine) -> None:
    hashes = {
        engine.decide(facts).content_hash
        for facts in (
            FACTS,
            replace(FACTS, survey=Survey(wishes=None)),
            replace(FACTS, training=Training(1, True)),
            replace(FACTS, participations=()),
            replace(FACTS, as_of="2026-10-20"),
        )
    }
    assert len(hashes) == 5


def test_the_policy_is_part_of_the_hash(engine: Engine, tables: Tables) -> None:
    documents = load_documents()
    documents["questions"]["questions"]["Q1"]["en"] += "?"
    other = Engine(policy_of(documents), tables)
    assert other.policy_hash != engine.policy_hash
    assert other.decide(FACTS).content_hash != engine.decide(FACTS).content_hash


def test_a_changed_value_changes_the_decision(policy: Policy, tables: Tables) -> None:
    """What-if: the evaluator holds no value of its own."""
    documents = load_documents()
    documents["matrix"]["programmes"]["P3"]["modes"] = ["PROMO"]
    decision = Engine(policy_of(documents), tables).decide(FACTS)
    assert decision.referral.status == "promo_only"
    documents = load_documents()
    documents["priority"]["factors"]["PR-1"]["points"] = 100
    documents["ax"]["levels"]["intermediate_from"] = 6
    decision = Engine(policy_of(documents), tables).decide(FACTS)
    assert decision.priority is not None
    assert decision.priority.score == 700
    assert decision.ax.level == "BEGINNER"


def test_an_entered_industry_is_excluded(tables: Tables) -> None:
    """A-46: the list is empty until entered."""
    documents = load_documents()
    documents["excluded_industries"]["ksic"] = ["264"]
    engine = Engine(policy_of(documents), tables)
    assert engine.decide(FACTS).eligibility.rules["EL-8"] == "YES"
    said_no = replace(FACTS, establishment=replace(FACTS.establishment, excluded_industry=False))
    assert engine.decide(said_no).eligibility.rules["EL-8"] == "NO"
