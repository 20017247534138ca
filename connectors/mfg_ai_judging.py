"""What becomes of a row or a marker of P2's lists, and of the projects that a list leaves out
(P2 "Repeats, corrections, absence")."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from connectors.base import Consent, EndState, Outcome, Participation, State
from connectors.many import entries, entry, with_entry
from connectors.memory import (
    NOTHING_YET,
    Memory,
    held_for,
    judged_before_identity,
    with_applied,
    with_held,
)
from connectors.project_list import Lists, is_absent, newest_complete, with_marker, with_row

CONSENT_FORM = "제조AI-동의-2026"
RECIPIENTS = ("HRDK", "AI_CENTER")
ABSENT = "ABSENT_FROM_LIST"

STATED = (
    "programme",
    "source_key",
    "role",
    "status",
    "status_raw",
    "brn",
    "name",
    "legal_form",
    "sigungu",
    "region_confidence",
    "size_class",
    "ksic_code",
    "agreement_on",
    "starts_on",
    "ends_on",
    "gov_amount_krw",
    "local_amount_krw",
    "private_cash_krw",
    "solution",
    "consent_enterprise_info",
    "consent_contact",
    "ended_by",
)

NO_STATE: dict[str, Any] = {"lists": {}, "complete": "", "projects": {}}
"""`lists` of `project_list`; `complete`, the newest complete one; `projects`, many memories."""


def judged_marker(
    state: State, ref: str, body: dict[str, Any]
) -> tuple[State, tuple[Outcome, ...]]:
    """A marker is applied whether or not its list is complete."""
    lists, is_new = with_marker(state["lists"], body["list"], body["kind"], body["count"])
    new, others = _with_lists(state, lists, body["list"])
    match is_new:
        case True:
            shown = {"list_id": body["list_id"], "kind": body["kind"], "count": body["count"]}
            outcome = Outcome(
                ref,
                EndState.APPLIED,
                warnings=tuple(body["warnings"]),
                extra={"list": shown},
                others=others,
            )
        case None:
            outcome = Outcome(ref, EndState.DUPLICATE, ("DUPLICATE_REVISION",), others=others)
        case False:
            reason = "LIST_MARKER_INVALID"
            outcome = Outcome(
                ref, EndState.QUARANTINED, (reason,), fields={reason: "총건수"}, others=others
            )
    return new, (outcome,)


def judged_row(
    state: State, ref: str, project: str, body: dict[str, Any]
) -> tuple[State, tuple[Outcome, ...]]:
    """A row counts in its list whatever becomes of it, and shows that its project is not absent
    from it; then it is judged as any revision is."""
    memory: Memory = entry(state["projects"], project) or NOTHING_YET
    memory = {**memory, "seen_in": max(memory.get("seen_in", ""), body["list"])}
    memory, own, passed = _judged_revision(memory, ref, body)
    projects = with_entry(state["projects"], project, memory)
    lists = with_row(state["lists"], body["list"], body["serial"])
    new, others = _with_lists({**state, "projects": projects}, lists, body["list"], project)
    if own.end_state is EndState.APPLIED:
        others = tuple(one for one in others if one.source_key != project)
        stated = _participation(project, entry(new["projects"], project))
        own = replace(own, participations=(stated,))
    return new, (replace(own, others=others), *passed)


def _judged_revision(
    memory: Memory, ref: str, body: dict[str, Any]
) -> tuple[Memory, Outcome, tuple[Outcome, ...]]:
    faults = body["faults"]
    if faults:
        return memory, Outcome(ref, EndState.QUARANTINED, tuple(faults), fields=faults), ()
    revision, content = body["revision"], body["content"]
    early = judged_before_identity(memory, ref, revision, content, "연번")
    if early is not None:
        return *early, ()
    if memory.get("in_force") == content:
        new, passed = with_applied(memory, revision, content)
        return new, Outcome(ref, EndState.DUPLICATE, ("UNCHANGED_ROW",)), passed
    if body["hold"] is not None:
        held = held_for(body["hold"], "사업자번호", ref)
        return with_held(memory, ref, revision, content), held, ()
    facts = {"in_force": content, "facts": body["facts"], "day": body["day"]}
    new, passed = with_applied(memory, revision, content, **facts)
    return new, Outcome(ref, EndState.APPLIED, warnings=tuple(body["warnings"])), passed


def _with_lists(
    state: State, lists: Lists, changed: str, project: str | None = None
) -> tuple[State, tuple[Participation, ...]]:
    """The state after one list has changed, every project's absence as it then is, and the
    participations that this changes. project: the one that the list's new row is about."""
    complete = newest_complete(lists, changed, state["complete"])
    new = {**state, "lists": lists, "complete": complete}
    # Only a list that has become complete, or is no more, tells anything of other projects.
    if complete != state["complete"]:
        return _with_absences(new, entries(new["projects"]))
    return _with_absences(new, _one(new, project))


def _one(state: State, project: str | None) -> Iterable[tuple[str, Memory]]:
    return () if project is None else ((project, entry(state["projects"], project)),)


def _with_absences(
    state: State, touched: Iterable[tuple[str, Memory]]
) -> tuple[State, tuple[Participation, ...]]:
    moved = {}
    for project, memory in touched:
        if "facts" in memory:
            complete, status = state["complete"], memory["facts"]["status"]
            absent = is_absent(memory["seen_in"], status, complete)
            if absent != memory.get("absent", False):
                moved[project] = {**memory, "absent": absent}
    projects = state["projects"]
    for project, memory in moved.items():
        projects = with_entry(projects, project, memory)
    others = tuple(_participation(project, moved[project]) for project in sorted(moved))
    return {**state, "projects": projects}, others


def _participation(project: str, memory: Memory) -> Participation:
    facts = memory["facts"]
    granted = facts["consent_enterprise_info"]
    return Participation(
        "P2",
        project,
        STATED,
        role="DEMAND",
        ended_by=ABSENT if memory.get("absent", False) else None,
        event_on=memory["day"],
        consent=Consent(granted, RECIPIENTS if granted else None),
        consent_form=CONSENT_FORM,
        **facts,
    )
