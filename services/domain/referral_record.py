"""The referral as agencies read it: from a decision to the Avro record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.base import Participation
from services.domain.decision.block import Block
from services.domain.desk import Desk
from services.domain.evidence import establishment_with, firm_with, stated
from services.domain.holding import Held
from services.domain.merge import latest
from services.domain.referral import NEED, Referral
from services.domain.splitting import SplitEncoder
from services.domain.standing import Standing

GROUPS = (
    (
        "referral_id",
        "version",
        "round",
        "need",
        "status",
        "stage",
        "reasons",
        "recall",
        "as_of",
        "issued_at",
        "origin",
        "addressees",
        "diagnosis_kind",
        "enterprise",
        "establishment",
        "participations",
    ),
    ("modes",),
    ("level",),
    ("measures",),
    ("agencies",),
    ("delivery",),
    ("priority",),
    ("flags",),
    ("missing", "alarms", "decision_id", "policy_hash"),
)
_HEAD, _MODES, _LEVEL, _MEASURES, _AGENCIES, _DELIVERY, _PRIORITY, _FLAGS, _TAIL = range(9)


def referral_bytes(desk: Desk, referral: Referral, standing: Standing, now: datetime) -> bytes:
    """The framed record. A recall carries no firm data (F22, F71)."""
    encoder, decision = desk.referral_encoder, standing.decision
    firm = EMPTY_FIRM if referral.recall else _firm(referral, standing)
    return encoder.join(
        encoder.part(_HEAD, {**_head(referral, standing, now), **firm}),
        _block(encoder, _MODES, decision.modes, _modes),
        _block(encoder, _LEVEL, decision.ax, _level),
        _block(encoder, _MEASURES, decision.measures, _measures),
        _block(encoder, _AGENCIES, decision.agencies, _agencies),
        _block(encoder, _DELIVERY, decision.delivery, _delivery),
        _block(encoder, _PRIORITY, decision.priority, _priority),
        _flags_part(desk, encoder, standing),
        encoder.part(
            _TAIL,
            {
                "missing": standing.verdict.missing,
                "alarms": decision.alarms.json(),
                "decision_id": standing.decision_id.hex(),
                "policy_hash": desk.policy_hash.hex(),
            },
        ),
    )


EMPTY_FIRM: Mapping[str, Any] = {"enterprise": None, "establishment": None, "participations": []}


def _head(referral: Referral, standing: Standing, now: datetime) -> dict[str, Any]:
    return {
        "referral_id": referral.referral_id,
        "version": referral.version,
        "round": referral.round,
        "need": NEED,
        "status": referral.status.value,
        "stage": referral.stage,
        "reasons": referral.reasons,
        "recall": referral.recall,
        "as_of": standing.facts.as_of,
        "issued_at": now,
        "origin": standing.facts.origin,
        "addressees": referral.addressees,
        "diagnosis_kind": standing.decision.referral.diagnosis_kind,
    }


def _firm(referral: Referral, standing: Standing) -> dict[str, Any]:
    shared = [h for h in standing.held if _may_be_passed_on(h)]
    live = [h.p for h in shared]
    own = [h.p for h in standing.own if _may_be_passed_on(h)]
    said, here = [k.record for k in standing.kept], [k.record for k in standing.own_kept]
    firm, place = firm_with(live, said), establishment_with(own or live, here)
    return {
        "enterprise": {
            "enterprise_id": referral.enterprise_id,
            "name": latest(live, _name) or stated(said, "name"),
            "legal_form": latest(live, _legal_form) or stated(said, "legal_form"),
            "brn": latest(own, _brn) or latest(live, _brn) or stated([*here, *said], "brn"),
            "crn": latest(live, _crn) or stated(said, "crn"),
            "size_class": firm.size_class,
            "regular_workers": firm.regular_workers,
            "ksic_code": firm.ksic,
            "ksic_revision": latest(live, _ksic_revision),
            "priority_firm": standing.decision.eligibility.priority.value,
        },
        "establishment": {
            "establishment_id": referral.establishment_id,
            "ei_workplace_no": latest(own, _workplace) or stated(here, "ei_workplace_no"),
            "sigungu": place.sigungu,
            "region_confidence": place.region_confidence,
        },
        "participations": [_participation(h) for h in shared],
    }


def _may_be_passed_on(held: Held) -> bool:
    """Only what a project's own consent covers goes to an agency; another project of the firm may
    have refused or withdrawn (invariant 9)."""
    return not held.p.is_deleted and held.p.consent_enterprise_info is True


def _participation(held: Held) -> dict[str, Any]:
    p = held.p
    return {
        "participation_id": held.participation_id,
        "version": held.version,
        "programme": p.programme,
        "source_key": p.source_key,
        "role": p.role,
        "status": p.status,
        "agreement_on": p.agreement_on,
        "starts_on": p.starts_on,
        "ends_on": p.ends_on,
        "solution": p.solution,
        "level_goal": p.level_goal,
    }


def _name(p: Participation) -> str | None:
    return p.name


def _legal_form(p: Participation) -> str | None:
    return p.legal_form if p.legal_form != "UNKNOWN" else None


def _brn(p: Participation) -> str | None:
    return p.brn


def _crn(p: Participation) -> str | None:
    return p.crn


def _ksic_revision(p: Participation) -> int | None:
    return p.ksic_revision


def _workplace(p: Participation) -> str | None:
    return p.ei_workplace_no


# Parts that many decisions share: encoded once per block.


def _block(encoder: SplitEncoder, group: int, block: Block | None, shape: Any) -> bytes:
    key = b"" if block is None else block.digest
    known = encoder.known(group, key)
    if known is not None:
        return known
    return encoder.keep(group, key, shape(None if block is None else block.json()))


def _modes(body: Any) -> dict[str, Any]:
    return {"modes": [{"mode": m, "programmes": ps} for m, ps in body["union"].items()]}


def _level(body: Any) -> dict[str, Any]:
    return {"level": body}


def _measures(body: Any) -> dict[str, Any]:
    if body is None:
        return {"measures": []}
    picks = {body["primary"]: "primary", **dict.fromkeys(body["secondary"], "secondary")}
    return {
        "measures": [
            {"measure_id": name, "pick": picks.get(name, "listed"), **item}
            for name, item in body["items"].items()
        ]
    }


def _agencies(body: Any) -> dict[str, Any]:
    return {"agencies": [{"part": part, **item} for part, item in (body or {}).items()]}


def _delivery(body: Any) -> dict[str, Any]:
    return {
        "delivery": [
            {
                "item": item,
                **one,
                "value": one["value"] if isinstance(one["value"], list) else [one["value"]],
            }
            for item, one in (body or {}).items()
        ]
    }


def _priority(body: Any) -> dict[str, Any]:
    if body is None:
        return {"priority": None}
    return {
        "priority": {
            "score": body["score"],
            "factors": [{"rule": rule, **one} for rule, one in body["factors"].items()],
        }
    }


def _flags_part(desk: Desk, encoder: SplitEncoder, standing: Standing) -> bytes:
    decision = standing.decision
    incentives = decision.incentives
    key = standing.facts.as_of.encode() + decision.entitlements.digest
    key += b"" if incentives is None else incentives.digest
    known = encoder.known(_FLAGS, key)
    if known is not None:
        return known
    granted = {} if incentives is None else incentives.json()
    flags = [
        {
            "flag_id": flag_id,
            "as_of": standing.facts.as_of,
            "citation": desk.citation(one["rule"], one["section"]),
            **one,
        }
        for flag_id, one in granted.items()
    ]
    for rule, one in decision.entitlements.json().items():
        if one["attached"]:
            flags.append(
                {
                    "flag_id": rule,
                    "rule": rule,
                    "as_of": standing.facts.as_of,
                    "citation": desk.citation(rule, one["section"]),
                    **one,
                }
            )
    return encoder.keep(_FLAGS, key, {"flags": flags})
