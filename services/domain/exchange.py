"""What the hub takes in and sends out: inputs, topics, and the schemas of their values."""

from connectors import CONNECTORS
from connectors.base import Connector
from schemas.registry import Subject, subject_of
from schemas.tables import Tables, load_tables
from services.domain.topics import PARTICIPATION_TOPIC, Topic, agency_topic


def by_topic() -> dict[str, Connector]:
    """Every connector by the topic that it reads."""
    return {connector.source.topic: connector for connector in CONNECTORS}


def receiving_agencies(tables: Tables | None = None) -> list[str]:
    """Agencies that are sent referrals: every HRDK branch, and the operators of programmes whose
    firms may ask for joint consulting (A-18, A-19). tables: of the policy in force, None: those
    shipped."""
    agencies = (tables or load_tables()).agencies
    branches = [a.code for a in agencies if a.kind == "HRDK_BRANCH"]
    return [*branches, *(f"OPERATOR:{p}" for p in ("P1", "P3", "P4"))]


def topics(source_partitions: int, tables: Tables | None = None) -> list[Topic]:
    """The topics that the hub needs. tables: of the policy in force, None: those shipped."""
    found = [Topic(PARTICIPATION_TOPIC, 2, compacted=True)]
    for c in CONNECTORS:
        found.append(Topic(c.source.topic, source_partitions, incoming=True))
        found.append(Topic(c.source.feedback_topic, 1))
    return found + [Topic(agency_topic(code), 1) for code in receiving_agencies(tables)]


def own_topic(name: str) -> Topic | None:
    """How a topic is made that is found missing while running: an agency's, because a policy that
    has come into force may name a new one. None for any other."""
    is_agency = name.startswith("agency.") and name.endswith(".referral.v1")
    return Topic(name, 1) if is_agency else None


def subjects(tables: Tables | None = None) -> list[Subject]:
    """Every subject with the shipped schema of its newest version: one per topic. tables: of the
    policy in force, None: those shipped."""
    found = [
        Subject(subject_of(c.source.topic), f"source/{c.source.folder}")
        for c in CONNECTORS
        if c.source.wire != "json"
    ]
    found.append(Subject(subject_of(PARTICIPATION_TOPIC), "participation"))
    found += [Subject(subject_of(c.source.feedback_topic), "feedback") for c in CONNECTORS]
    agencies = receiving_agencies(tables)
    found += [Subject(subject_of(agency_topic(a)), "referral") for a in agencies]
    return found
