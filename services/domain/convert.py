"""`naru convert`: what the hub would make of events, without a server.

Pure: lines in, answers out, with the same reading and judging as in the hub. The form of lines
and answers is the partners' ("The command that shows a result" in their guide).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from connectors.base import (
    Connector,
    EndState,
    Outcome,
    Participation,
    Refusal,
    State,
    Statement,
    Writers,
    as_follower,
)
from services.domain.convert_lines import Event, Reset, WrongLine, event_of
from services.domain.partner_wire import contract_writers
from services.errors import WrongUse

Answer: TypeAlias = dict[str, Any]

SCHEMA_ID_LIMIT = 2**32
"""A Confluent frame has four bytes for the id."""

_OPEN = frozenset({EndState.HELD, EndState.QUARANTINED})


def run(
    connectors: Iterable[Connector],
    programme: str,
    lines: Iterable[str | bytes],
    schema_id: int = 1,
    alone: bool = False,
) -> Iterator[Answer]:
    """The answers to the lines of a file, in their order; blank lines and resets give none.

    programme: folder of the input that a line belongs to unless it names another. schema_id: the
    Confluent id that stands for the contract's schema. alone: judge each line as if nothing had
    come before. A line that cannot be used is answered with {"name", "error"}. Raises WrongUse
    for a programme that does not exist and for an id that no frame can hold.
    """
    inputs = {connector.source.folder: connector for connector in connectors}
    if programme not in inputs:
        known = ", ".join(inputs)
        raise WrongUse(
            f"모르는 입력입니다: {programme} (가능한 값: {known})",
            f"unknown input: {programme} (one of {known})",
        )
    if not 0 <= schema_id < SCHEMA_ID_LIMIT:
        raise WrongUse(
            f"스키마 번호는 0 이상 {SCHEMA_ID_LIMIT - 1} 이하입니다: {schema_id}",
            f"a schema id is 0 to {SCHEMA_ID_LIMIT - 1}: {schema_id}",
        )
    writers = {name: contract_writers(one.source, schema_id) for name, one in inputs.items()}
    stretch = _Stretch(inputs, writers)
    for number, line in enumerate(lines, 1):
        step = event_of(line, number, programme, inputs, schema_id)
        if step is None:
            continue
        if not isinstance(step, Reset):
            stretch.take(step)
        if alone or isinstance(step, Reset):
            yield from stretch.answers()
            stretch = _Stretch(inputs, writers)
    yield from stretch.answers()


def exit_status(answers: Iterable[Answer]) -> int:
    """0: all applied, duplicate or superseded; 1: some held or quarantined; 2: unusable lines."""
    status = 0
    for answer in answers:
        if "error" in answer:
            return 2
        if answer["end_state"] in _OPEN:
            status = 1
    return status


@dataclass(slots=True)
class _Entry:
    """One line on its way: what it was when it had been read, and what it is now."""

    name: str | None
    connector: Connector | None
    arrived: Outcome | None = None
    now: Outcome | None = None
    error: WrongLine | None = None


@dataclass(slots=True)
class _Cell:
    """One memory and the scopes that share it."""

    scopes: tuple[str, ...]
    state: State


@dataclass(slots=True)
class _Stretch:
    """The lines up to a reset, judged in their order."""

    inputs: Mapping[str, Connector]
    writers: Mapping[str, Writers]
    entries: list[_Entry] = field(default_factory=list)
    cells: dict[str, dict[str, _Cell]] = field(default_factory=dict)
    applied: dict[tuple[str, str], dict[str, Participation]] = field(default_factory=dict)

    def take(self, event: Event | WrongLine) -> None:
        """Judges one line beside all before it."""
        ref = str(len(self.entries))
        if isinstance(event, WrongLine):
            self.entries.append(_Entry(event.name, None, error=event))
            return
        connector = self.inputs[event.folder]
        entry = _Entry(event.name, connector)
        self.entries.append(entry)
        reading = connector.read(event.key, event.value, self.writers[event.folder])
        if isinstance(reading, Refusal):
            entry.now = Outcome(ref, EndState.QUARANTINED, reading.reasons, fields=reading.fields)
        else:
            changed = self._note(connector, self._judged(connector, ref, reading))
            self._tell_followers(changed)
        entry.arrived = entry.now

    def answers(self) -> list[Answer]:
        """What every line has become by now."""
        return [_answer(entry) for entry in self.entries]

    def _judged(self, connector: Connector, ref: str, statement: Statement) -> tuple[Outcome, ...]:
        cells = self.cells.setdefault(connector.source.folder, {})
        met = {id(cell): cell for scope in statement.scopes if (cell := cells.get(scope))}
        states = tuple(cell.state for cell in met.values() if cell.state is not None)
        if (follower := as_follower(connector)) is not None:
            new, outcomes = follower.judge_knowing(states, ref, statement, self._known)
        else:
            new, outcomes = connector.judge(states, ref, statement)
        shared = dict.fromkeys(statement.scopes)
        for cell in met.values():
            shared.update(dict.fromkeys(cell.scopes))
        merged = _Cell(tuple(shared), new)
        cells.update(dict.fromkeys(shared, merged))
        return outcomes

    def _note(self, connector: Connector, outcomes: Iterable[Outcome]) -> set[tuple[str, str]]:
        """Writes outcomes down and gives the participations that they changed."""
        changed = set()
        for outcome in outcomes:
            self.entries[int(outcome.ref)].now = outcome
            for one in outcome.changed:
                place = (one.programme, one.source_key)
                firm = _member(one) if connector.source.per_firm else ""
                self.applied.setdefault(place, {})[firm] = one
                changed.add(place)
        return changed

    def _tell_followers(self, changed: set[tuple[str, str]]) -> None:
        for connector in self.inputs.values() if changed else ():
            if (follower := as_follower(connector)) is None:
                continue
            cells = self.cells.get(connector.source.folder, {})
            for cell in {id(cell): cell for cell in cells.values()}.values():
                if not changed.isdisjoint(follower.waits_for(cell.state)):
                    cell.state, outcomes = follower.judge_again(cell.state, self._known)
                    self._note(connector, outcomes)

    def _known(self, programme: str, source_key: str) -> tuple[Participation, ...]:
        return tuple(self.applied.get((programme, source_key), {}).values())


def _answer(entry: _Entry) -> Answer:
    if entry.error is not None:
        return {"name": entry.name, "error": entry.error.as_json()}
    connector, arrived, now = entry.connector, entry.arrived, entry.now
    if connector is None or arrived is None or now is None:
        raise AssertionError("a line was answered before it was judged")
    answer: Answer = {
        "name": entry.name,
        "end_state": str(now.end_state),
        "reasons": list(now.reasons),
        "warnings": list(now.warnings),
        **_results(connector, now),
    }
    if (arrived.end_state, set(arrived.reasons)) != (now.end_state, set(now.reasons)):
        answer["at_arrival"] = {
            "end_state": str(arrived.end_state),
            "reasons": list(arrived.reasons),
        }
        if arrived.participations:
            answer["at_arrival"]["participations"] = _shown(arrived.participations)
    return answer


def _results(connector: Connector, outcome: Outcome) -> Answer:
    """The neutral form of what the message brought, as its contract prints it."""
    if outcome.extra is not None:
        return dict(outcome.extra)
    shown = _shown(outcome.participations)
    if connector.source.programme is None:
        return {}
    if connector.source.single:
        return {"participation": shown[0]} if shown else {}
    if outcome.end_state in (EndState.APPLIED, EndState.HELD):
        return {"participations": shown}
    return {}


def _member(one: Participation) -> str:
    """What tells the firms of one project apart."""
    return one.brn or one.crn or one.ei_workplace_no or ""


def _shown(participations: Iterable[Participation]) -> list[Answer]:
    return [{name: getattr(one, name) for name in one.stated} for one in participations]
