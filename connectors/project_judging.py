"""What becomes of a P4 fact: repeated, late, waiting for what is missing, held, applied
(P4 "How the facts become one state", end states)."""

from dataclasses import replace
from typing import Any

from connectors.base import EndState, Outcome, Participation, State
from connectors.memory import repeats, superseded
from connectors.project_facts import (
    NO_FACTS,
    Facts,
    changes,
    gone,
    live_participants,
    merged,
    participations,
    pending,
)
from connectors.project_members import CONTACT, ENTERPRISE, PARTICIPANTS

READ_KINDS = (ENTERPRISE, CONTACT)
FIELDS = {
    "REVISION_CONFLICT": "event_no",
    "STATUS_PENDING": "event",
    "MEMBERS_PENDING": "members",
    "ROLE_UNKNOWN": "members[].role",
}
"""The field of a reason, where it is not the member's number."""

NOTHING_READ: dict[str, Any] = {"highest": "", "seen": {}, "waiting": {}, "facts": NO_FACTS}


def judged_fact(
    state: State, ref: str, project: str, body: dict[str, Any]
) -> tuple[State, tuple[Outcome, ...]]:
    """One fact beside the memory of its project."""
    number, content = body["revision"], body["content"]
    match repeats(state, number, content):
        case True:
            return state, (Outcome(ref, EndState.DUPLICATE, ("DUPLICATE_REVISION",)),)
        case False:
            seen = {**state["seen"], number: f"{state['seen'][number]} {content}"}
            return {**state, "seen": seen}, (_held(ref, ("REVISION_CONFLICT",), ()),)
    return _judged(state, ref, project, body)


def _judged(
    state: State, ref: str, project: str, body: dict[str, Any]
) -> tuple[State, tuple[Outcome, ...]]:
    """A fact that is no repeat. All that it states counts from now on, even where it waits."""
    number, before = body["revision"], state["facts"]
    is_late = number < state["highest"]
    facts = merged(before, body)
    new = {
        **state,
        "highest": max(state["highest"], number),
        "seen": {**state["seen"], number: body["content"]},
        "facts": facts,
    }
    known, now = participations(project, before), participations(project, facts)
    others = gone(project, [firm for firm in known if firm not in now])
    if is_late and not changes(before, facts):
        others += tuple(one for firm, one in now.items() if known.get(firm) != one)
        return new, (replace(superseded(ref), others=others),)
    new["waiting"] = {**state["waiting"], ref: _entry(before, body, is_late)}
    reasons = pending(facts)
    if reasons:
        return _all_waiting(new, ref, reasons)
    waiting = sorted(new["waiting"].items(), key=lambda item: (item[0] != ref, item[1]["revision"]))
    shown = tuple(now.values())
    first, *released = (_settled(one, entry, facts, shown) for one, entry in waiting)
    return {**new, "waiting": {}}, (replace(first, others=others), *released)


def _entry(before: Facts, body: dict[str, Any], is_late: bool) -> dict[str, Any]:
    """What has to be known of a fact to settle it, now or when what it waits for has come."""
    members, warnings = body["members"], body["warnings"]
    if members is not None and not is_late and not live_participants(before) <= members.keys():
        warnings = [*warnings, "MEMBER_ABSENT"]
    sides = [block["role"] in PARTICIPANTS for block in (members or {}).values()]
    return {
        "revision": body["revision"],
        "reasons": [],
        "doubts": body["doubts"],
        "warnings": [*warnings, "LATE_FACT"] if is_late else warnings,
        "lacks_demand_side": body["has_members"] and not any(sides),
        "consents": [key for key in body["consents"] if key.split()[1] in READ_KINDS],
    }


def _all_waiting(
    state: State, ref: str, reasons: tuple[str, ...]
) -> tuple[State, tuple[Outcome, ...]]:
    """The fact waits; so do earlier ones, perhaps for less than before."""
    known = state["waiting"]
    moved = [one for one in known if one != ref and known[one]["reasons"] != list(reasons)]
    waiting = {one: {**entry, "reasons": list(reasons)} for one, entry in known.items()}
    outcomes = tuple(_held(one, reasons, ()) for one in (ref, *moved))
    return {**state, "waiting": waiting}, outcomes


def _settled(
    ref: str, entry: dict[str, Any], facts: Facts, shown: tuple[Participation, ...]
) -> Outcome:
    """Identity and content of a fact (steps 4 and 5); both know the whole state."""
    if entry["doubts"]:
        return _held(ref, tuple(entry["doubts"]), shown)
    warnings = list(entry["warnings"])
    if entry["lacks_demand_side"] and not shown:
        warnings.append("NO_DEMAND_SIDE")
    if any(key.split()[0] not in facts["members"] for key in entry["consents"]):
        warnings.append("CONSENT_UNCLEAR")
    return Outcome(ref, EndState.APPLIED, (), tuple(dict.fromkeys(warnings)), shown)


def _held(ref: str, reasons: tuple[str, ...], shown: tuple[Participation, ...]) -> Outcome:
    fields = {reason: FIELDS.get(reason, "members[].brn") for reason in reasons}
    return Outcome(ref, EndState.HELD, reasons, (), shown, fields)
