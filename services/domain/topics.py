"""How topics are named and kept (architecture §4)."""

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
