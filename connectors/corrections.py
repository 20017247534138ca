"""Numbered messages that replace one another across keys: which project a message belongs to,
and what waits for a message that has not come (P7 §1).

Every message has a number and names the number that it replaces, or none where it opens a
project. The memory of all messages that hang together is compact JSON: `links`, number → the
number it replaces ('' = it is the first); `seen`, number → digests of the contents received;
`applied`, the newest applied number of every project; `held`, name of a held message → its
number; `waiting`, number → name and body of a message whose chain is broken.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from connectors.base import EndState, Outcome, Participation, State
from connectors.memory import held_for, superseded

Body: TypeAlias = dict[str, Any]
"""What a message said: `number`, `target`, `content`, `faults` (step 2: reason → field) or `hold`
(step 6: reason and field) or `warnings` and the facts of its participation."""

Participate: TypeAlias = Callable[[str, Body], Participation]
"""The participation of a project's number and the body that states it."""


class Corrections:
    """The merged memory of one judgement. It copies what it is given, and is thrown away."""

    def __init__(self, states: tuple[State, ...], participate: Participate) -> None:
        self.participate = participate
        self.links: dict[str, str] = {}
        self.seen: dict[str, str] = {}
        self.applied: list[str] = []
        self.held: dict[str, str] = {}
        self.waiting: dict[str, list[Any]] = {}
        self.outcomes: dict[str, Outcome] = {}
        for state in states:
            self.links |= state["links"]
            self.seen |= state["seen"]
            self.applied += state["applied"]
            self.held |= state["held"]
            self.waiting |= state["waiting"]

    def state(self) -> State:
        return {
            "links": self.links,
            "seen": self.seen,
            "applied": self.applied,
            "held": self.held,
            "waiting": self.waiting,
        }

    def judge(self, ref: str, body: Body) -> tuple[Outcome, ...]:
        """This message's outcome, then those of messages that it released or passed."""
        number = body["number"]
        known = number in self.links
        contents = self.seen.get(number)
        if body["faults"] is not None:
            faults = body["faults"]
            self.links.setdefault(number, body["target"])
            self._put(Outcome(ref, EndState.QUARANTINED, tuple(faults), fields=faults))
        elif contents is not None:
            self._repeat(ref, number, body["content"], contents)
        else:
            # A quarantined message makes its number known; the first to pass step 2 decides
            # what it replaces.
            self.links[number] = body["target"]
            self.seen[number] = body["content"]
            self._place(ref, body)
        if (not known or contents is None) and self._first(number)[0] is not None:
            self._release()
        return tuple(self.outcomes.values())

    def _repeat(self, ref: str, number: str, content: str, contents: str) -> None:
        if content in contents:
            self._put(Outcome(ref, EndState.DUPLICATE, ("DUPLICATE_REVISION",)))
            return
        self.seen[number] = f"{contents} {content}"
        self.held[ref] = number
        self._put(held_for("REVISION_CONFLICT", "seq", ref, self._first(number)[0]))

    def _place(self, ref: str, body: Body) -> None:
        """Steps 4 to 7."""
        number = body["number"]
        project, missing = self._first(number)
        if project is None:
            self.waiting[number] = [ref, body]
            unknown = "CORRECTION_TARGET_UNKNOWN"
            fields = {unknown: "corr_of"}
            self._put(Outcome(ref, EndState.HELD, (unknown,), fields=fields, missing=missing))
        elif any(number < newer for newer in self._applied_of(project)):
            self._put(superseded(ref, project))
        elif body["hold"] is not None:
            self.held[ref] = number
            reason, field = body["hold"]
            self._put(held_for(reason, field, ref, project))
        else:
            self._apply(ref, body, project)

    def _apply(self, ref: str, body: Body, project: str) -> None:
        number = body["number"]
        passed = set(self._applied_of(project))
        self.applied = [*(other for other in self.applied if other not in passed), number]
        self._put(
            Outcome(
                ref,
                EndState.APPLIED,
                warnings=tuple(dict.fromkeys(body["warnings"])),
                participations=(self.participate(project, body),),
                source_key=project,
            )
        )
        for held, older in sorted(self.held.items(), key=lambda item: (item[1], item[0])):
            if older < number and self._first(older)[0] == project:
                del self.held[held]
                self._put(superseded(held, project))

    def _release(self) -> None:
        """The waiting messages whose chain is whole now, in rising number. Only a number whose own
        chain is whole makes another's whole; looking at all of them each time would take as long
        as the cube of a chain that comes last message first."""
        for number in sorted(self.waiting):
            if self._first(number)[0] is not None:
                ref, body = self.waiting.pop(number)
                self._place(ref, body)

    def _first(self, number: str) -> tuple[str | None, str | None]:
        """The project of a known number, or the unknown number at which its chain breaks. A
        number is greater than the one it replaces, so that the walk ends."""
        while True:
            if number not in self.links:
                return None, number
            if not self.links[number]:
                return number, None
            number = self.links[number]

    def _applied_of(self, project: str) -> list[str]:
        return [number for number in self.applied if self._first(number)[0] == project]

    def _put(self, outcome: Outcome) -> None:
        """A message may change twice within one judgement; only what it became last counts."""
        self.outcomes[outcome.ref] = outcome
