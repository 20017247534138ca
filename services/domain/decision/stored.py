"""Facts as they lie beside a stored decision: the dataclasses of facts.py as JSON; and the
decision's own blocks."""

from collections.abc import Mapping
from typing import Any

import orjson

from services.domain.decision.block import DIGEST_BYTES
from services.domain.decision.decision import ABSENT, NAMES
from services.domain.decision.facts import (
    Consent,
    Consents,
    Course,
    Establishment,
    Facts,
    Firm,
    Outcome,
    ParticipationFacts,
    Survey,
    Training,
)

BLOCK_NAMES = tuple(name.decode().strip('":') for name in NAMES)
"""The blocks of a decision in the order in which their digests are stored."""


class UnreadableStored(Exception):
    """The stored facts are not of the form that this program writes."""


def facts_from_stored(raw: bytes) -> Facts:
    """The same facts that were stored. Raises UnreadableStored, also for a member that is not known
    here: a decision on other facts proves nothing."""
    try:
        told = orjson.loads(raw)
        consents, course = told["consents"], told["course"]
        return Facts(
            told["as_of"],
            told["origin"],
            told["subject"],
            tuple([_participation(p) for p in told["participations"]]),
            Firm(**told["firm"]),
            Establishment(**told["establishment"]),
            Survey(**_tuples(told["survey"])),
            Training(**told["training"]),
            told["final_level"],
            Outcome(**told["outcome"]),
            Consents(**{**consents, "enterprise_info": _consent(consents["enterprise_info"])}),
            None if course is None else Course(**course),
        )
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise UnreadableStored(str(error)) from error


def digests_of(blocks: bytes) -> list[bytes]:
    """The digests of a stored decision, in the order of BLOCK_NAMES."""
    return [blocks[at : at + DIGEST_BYTES] for at in range(0, len(blocks), DIGEST_BYTES)]


def decision_from_stored(blocks: bytes, bodies: Mapping[bytes, bytes]) -> dict[str, Any]:
    """A stored decision as the JSON of facts.md, without case and day. bodies: block by digest.
    The participations stand in an order of their own."""
    pairs = zip(BLOCK_NAMES, digests_of(blocks), strict=True)
    return {
        name: None if digest == ABSENT else orjson.loads(bodies[digest]) for name, digest in pairs
    }


def _participation(told: dict[str, Any]) -> ParticipationFacts:
    told["consent"] = _consent(told["consent"])
    return ParticipationFacts(**told)


def _consent(told: dict[str, Any] | None) -> Consent | None:
    if told is None:
        return None
    recipients = told["recipients"]
    return Consent(told["granted"], None if recipients is None else tuple(recipients))


def _tuples(told: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if type(v) is list else v for name, v in told.items()}
