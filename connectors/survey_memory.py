"""What a survey remembers of its versions, and what becomes of each (demand-survey note, "Repeats,
deletion" and "Which participation").

Answers are those of the newest applied version; consents are, kind by kind, those of the newest
applied version that says something. Versions that wait are kept whole, without their contact.
Revisions are texts that compare as they are ordered. Nothing here changes what it is given.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from connectors.base import EndState, Known, Outcome, Participation
from connectors.memory import repeats, superseded
from connectors.survey_consents import CONTACT

Memory: TypeAlias = dict[str, Any]
"""`applied`, the newest applied revision; `seen`, contents by revision; `waiting`, the bodies of
held versions by name; `conflicts`, the revisions of conflicting messages by name; `consents`, by
kind [revision, given, recipients]."""

NOTHING_YET: Memory = {"applied": "", "seen": {}, "waiting": {}, "conflicts": {}, "consents": {}}
PARTIES = frozenset({"LEAD", "DEMAND"})
FIELDS = {
    "REVISION_CONFLICT": "answer_version",
    "PARTICIPATION_UNKNOWN": "part_key",
}
"""The field of a reason, where it is not the firm's number."""

WITHOUT_ANSWERS = (
    "survey_id",
    "answer_version",
    "answer_state",
    "brn",
    "crn",
    "ei_workplace_no",
    "name",
    "legal_form",
    "program",
    "source_key",
    "consent_enterprise_info",
    "consent_contact",
)
"""What an older version than the applied one still determines."""


def judged_version(
    memory: Memory, ref: str, body: dict[str, Any], known: Known
) -> tuple[Memory, tuple[Outcome, ...]]:
    """One version beside the memory of its survey. known: the participations of other inputs."""
    revision, content = body["revision"], body["content"]
    match repeats(memory, revision, content):
        case True:
            return memory, (Outcome(ref, EndState.DUPLICATE, ("DUPLICATE_REVISION",)),)
        case False:
            seen = {**memory["seen"], revision: f"{memory['seen'][revision]} {content}"}
            conflicts = {**memory["conflicts"], ref: revision}
            new = {**memory, "seen": seen, "conflicts": conflicts}
            return new, (_held(ref, ("REVISION_CONFLICT",)),)
    received = {**memory, "seen": {**memory["seen"], revision: content}}
    if revision < memory["applied"] and not _says_more(memory, body):
        return received, (superseded(ref),)
    reasons = _doubts(body, known)
    if reasons:
        waiting = {**memory["waiting"], ref: {**body, "reasons": list(reasons)}}
        return {**received, "waiting": waiting}, (_held(ref, reasons),)
    return _applied(received, ref, body, known)


def judged_again(memory: Memory, known: Known) -> tuple[Memory, tuple[Outcome, ...]]:
    """The waiting versions once more, in their order."""
    outcomes: dict[str, Outcome] = {}
    survey = next((body["answer"]["survey_id"] for body in memory["waiting"].values()), None)
    for ref, body in sorted(memory["waiting"].items(), key=lambda item: item[1]["revision"]):
        if ref not in memory["waiting"]:
            continue
        reasons = _doubts(body, known)
        if not reasons:
            memory, settled = _applied(memory, ref, body, known)
            outcomes |= {one.ref: one for one in settled}
        elif list(reasons) != body["reasons"]:
            waiting = {**memory["waiting"], ref: {**body, "reasons": list(reasons)}}
            memory = {**memory, "waiting": waiting}
            outcomes[ref] = _held(ref, reasons)
    return memory, tuple(replace(one, source_key=survey) for one in outcomes.values())


def awaited(memory: Memory) -> tuple[tuple[str, str], ...]:
    """The (programme, source key) pairs that waiting versions refer to."""
    pairs = (body["refers_to"] for body in memory["waiting"].values() if not body["fault"])
    return tuple(dict.fromkeys((pair[0], pair[1]) for pair in pairs if pair is not None))


def _doubts(body: Mapping[str, Any], known: Known) -> tuple[str, ...]:
    """Step 4: all reasons. A wrong number is reported as such, and no participation looked at."""
    if body["fault"] is not None:
        return (body["fault"],)
    reasons = () if body["is_identified"] else ("IDENTITY_MISSING",)
    if body["refers_to"] is None:
        return reasons
    firms = _parties(body, known)
    if not firms:
        return (*reasons, "PARTICIPATION_UNKNOWN")
    own = body["answer"]["brn"]
    if own is not None and own not in {firm.brn for firm in firms}:
        return (*reasons, "FIRM_MISMATCH")
    return reasons


def _parties(body: Mapping[str, Any], known: Known) -> list[Participation]:
    """The LEAD and DEMAND firms of the participation that a version refers to."""
    if body["refers_to"] is None:
        return []
    programme, source_key = body["refers_to"]
    return [p for p in known(programme, source_key) if not p.is_deleted and p.role in PARTIES]


def _says_more(memory: Memory, body: Mapping[str, Any]) -> bool:
    """Whether a version's consents say something that no newer applied version says."""
    return any(_is_newer(memory, kind, body["revision"]) for kind in body["says"])


def _is_newer(memory: Memory, kind: str, revision: str) -> bool:
    known: list[Any] | None = memory["consents"].get(kind)
    return known is None or bool(known[0] < revision)


def _applied(
    memory: Memory, ref: str, body: dict[str, Any], known: Known
) -> tuple[Memory, tuple[Outcome, ...]]:
    """The version applied: whole, or, being older than the applied one, its consents alone; then
    the older versions that have nothing more to say are passed."""
    revision = body["revision"]
    is_late = revision < memory["applied"]
    if is_late and not _says_more(memory, body):
        waiting = {one: kept for one, kept in memory["waiting"].items() if one != ref}
        return {**memory, "waiting": waiting}, (superseded(ref),)
    said = {
        kind: [revision, *given]
        for kind, given in body["says"].items()
        if _is_newer(memory, kind, revision)
    }
    new = {
        **memory,
        "applied": max(memory["applied"], revision),
        "consents": {**memory["consents"], **said},
    }
    left = {one: kept for one, kept in memory["waiting"].items() if one != ref}
    waiting = {
        one: kept
        for one, kept in left.items()
        if kept["revision"] > revision or _says_more(new, kept)
    }
    conflicts = {one: number for one, number in memory["conflicts"].items() if number >= revision}
    passed = [one for one in (*left, *memory["conflicts"]) if one not in {**waiting, **conflicts}]
    parties = sorted({p.brn for p in _parties(body, known) if p.brn is not None})
    outcome = _outcome(new, ref, body, is_late, parties)
    return (
        {**new, "waiting": waiting, "conflicts": conflicts},
        (outcome, *map(superseded, passed)),
    )


def _outcome(
    memory: Memory, ref: str, body: dict[str, Any], is_late: bool, parties: list[str]
) -> Outcome:
    in_force = memory["consents"]
    may_keep = in_force.get(CONTACT, [None, False])[1]
    warnings = list(body["consent_warnings"])
    if body["has_contact"] and not may_keep:
        warnings.append("CONTACT_DROPPED")
    answer = body["answer"]
    if is_late:
        warnings.append("LATE_FACT")
        answer = {name: answer[name] for name in WITHOUT_ANSWERS}
    else:
        warnings += body["warnings"]
    consents = {
        kind: {"version": given[0], "granted": given[1], "recipients": given[2]}
        for kind, given in in_force.items()
    }
    return Outcome(
        ref,
        EndState.APPLIED,
        warnings=tuple(dict.fromkeys(warnings)),
        extra={"survey_answer": answer},
        rules={
            "consents": consents,
            "keeps_contact": bool(body["has_contact"] and may_keep),
            "is_newest": not is_late,
            "event_on": body["day"],
            "parties": parties,
        },
    )


def _held(ref: str, reasons: tuple[str, ...]) -> Outcome:
    fields = {reason: FIELDS.get(reason, "brn") for reason in reasons}
    return Outcome(ref, EndState.HELD, reasons, fields=fields)
