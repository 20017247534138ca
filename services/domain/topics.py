"""Every topic of the hub, with who writes it and how it is kept (architecture §4)."""

from collections.abc import Iterable
from dataclasses import dataclass

PARTICIPATION_TOPIC = "hub.participation.v1"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic to be created: name, partitions, `cleanup.policy=compact` where compacted, and
    whether others write it (incoming)."""

    name: str
    partitions: int
    compacted: bool = False
    incoming: bool = False


def agency_topic(code: str) -> str:
    """The referral topic of one agency; the colon of `OPERATOR:P3` is not allowed in a name."""
    return f"agency.{code.replace(':', '-')}.referral.v1"


def progress_topic(code: str) -> str:
    """The topic on which one agency reports."""
    return f"agency.{code.replace(':', '-')}.progress.v1"


def all_topics(
    sources: Iterable[tuple[str, str]], agencies: Iterable[str], source_partitions: int
) -> list[Topic]:
    """The topics of the hub for these sources (topic, feedback topic) and receiving agencies."""
    topics = [Topic(PARTICIPATION_TOPIC, 2, compacted=True)]
    for topic, feedback in sources:
        topics += [Topic(topic, source_partitions, incoming=True), Topic(feedback, 1)]
    topics += [Topic(agency_topic(code), 1) for code in agencies]
    return topics
