"""How the training is offered (handbook 1.9, 4.7; A-54, A-62, A-64)."""

from dataclasses import dataclass
from typing import Any

from schemas.policies import Policy
from services.domain.decision.block import Block, seal
from services.domain.decision.values import YES, Tri

ANSWER = "DM-1"
REMOTE, GROUP, BOTH = "REMOTE", "GROUP", "BOTH"


@dataclass(frozen=True, slots=True)
class Answers:
    """What the firm said itself about how it wants to be trained; None or empty: nothing."""

    mode: str | None
    hours: str | None
    fields: tuple[str, ...]
    level_wanted: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Delivery(Block):
    """mode: a DeliveryMode code, or REMOTE, GROUP, BOTH as a recommendation."""

    mode: str
    hours: tuple[str, ...]
    fields: tuple[str, ...]
    level_wanted: str


def band_of(policy: Policy, workers: int | None) -> str | None:
    """The size band of the enterprise's regular workers (A-54)."""
    if workers is None:
        return None
    return next(band.band for band in reversed(policy.delivery.bands) if workers >= band.least)


def delivery(
    policy: Policy, band: str | None, experienced: Tri, section: str | None, *said: Any
) -> Delivery:
    """The delivery block: per question the firm's answer, else the survey's prior. said: the
    values of Answers."""
    answers = Answers(*said)
    prior = policy.delivery
    mode, share = _mode(policy, band, experienced)
    fields = prior.fields.get(section or "", prior.fields_other)
    level = _level(policy, band, experienced)
    if answers.mode:
        mode, share = answers.mode, None
    hours = (answers.hours,) if answers.hours else prior.hours
    fields = answers.fields or fields
    level = answers.level_wanted or level
    raw, digest = seal(
        {
            "mode": {**_item(policy, mode, answers.mode, "DM-2"), "p_remote": share},
            "hours": _item(policy, hours, answers.hours, "DM-4"),
            "fields": _item(policy, fields, answers.fields, "DM-5"),
            "level_wanted": _item(policy, level, answers.level_wanted, "DM-6"),
        }
    )
    return Delivery(raw, digest, mode, hours, fields, level)


def _mode(policy: Policy, band: str | None, experienced: Tri) -> tuple[str, int | None]:
    prior = policy.delivery
    if band is None:
        return BOTH, None
    column = prior.remote.experienced if experienced == YES else prior.remote.not_experienced
    share = column[band]
    if share >= prior.remote_from:
        return REMOTE, share
    return (GROUP if share <= prior.group_to else BOTH), share


def _level(policy: Policy, band: str | None, experienced: Tri) -> str:
    first_timer = policy.delivery.level_wanted_first_timer
    if band == first_timer.band and experienced != YES:
        return first_timer.value
    return policy.delivery.level_wanted


def _item(policy: Policy, value: Any, answer: Any, prior_rule: str) -> dict[str, Any]:
    rule = ANSWER if answer else prior_rule
    return {
        "value": value,
        "basis": "SURVEY" if answer else "PRIOR",
        "rule": rule,
        "section": policy.section(rule),
    }
