"""What a scope remembers of its messages, and the repeat and order rules over it
(READING-AVRO §7, steps 3 and 5).

The memory is compact JSON: `applied`, the newest applied revision ('' = none); `seen`, for every
revision received the digests of its contents, joined by spaces; `held`, the revision of every
message that is still held, by its name. Revisions are texts that compare as they are ordered. A
connector may add facts of its own. Nothing here changes what it is given.
"""

from typing import Any, TypeAlias

from connectors.base import EndState, Outcome

Memory: TypeAlias = dict[str, Any]

NOTHING_YET: Memory = {"applied": "", "seen": {}, "held": {}}


def memory_of(states: tuple[Memory, ...]) -> Memory:
    """The memory of a scope that is never merged with another."""
    return states[0] if states else NOTHING_YET


def repeats(memory: Memory, revision: str, content: str) -> bool | None:
    """True for a duplicate, False for other content under a known revision, None for a new one."""
    contents = memory["seen"].get(revision)
    return None if contents is None else content in contents


def with_seen(memory: Memory, revision: str, content: str) -> Memory:
    """The memory that has also received this message."""
    seen = memory["seen"]
    known = seen.get(revision)
    return {**memory, "seen": {**seen, revision: f"{known} {content}" if known else content}}


def with_held(memory: Memory, ref: str, revision: str, content: str) -> Memory:
    """The memory that has received this message and holds it."""
    received = with_seen(memory, revision, content)
    received["held"] = {**memory["held"], ref: revision}
    return received


def with_applied(
    memory: Memory, revision: str, content: str, **facts: Any
) -> tuple[Memory, tuple[Outcome, ...]]:
    """The memory that has applied this message, and the held messages that it has passed."""
    received = with_seen(memory, revision, content)
    received["applied"] = revision
    received.update(facts)
    held = memory["held"]
    if not held:
        return received, ()
    passed = sorted((older, ref) for ref, older in held.items() if older < revision)
    received["held"] = {ref: older for ref, older in held.items() if older >= revision}
    return received, tuple(superseded(ref) for _, ref in passed)


def judged_before_identity(
    memory: Memory, ref: str, revision: str, content: str, ordering_field: str
) -> tuple[Memory, Outcome] | None:
    """Steps 3 and 5 of one message; None where it goes on to its identity."""
    match repeats(memory, revision, content):
        case True:
            return memory, Outcome(ref, EndState.DUPLICATE, ("DUPLICATE_REVISION",))
        case False:
            held = held_for("REVISION_CONFLICT", ordering_field, ref)
            return with_held(memory, ref, revision, content), held
    if revision < memory["applied"]:
        return with_seen(memory, revision, content), superseded(ref)
    return None


def judged_before_content(
    memory: Memory,
    ref: str,
    body: dict[str, Any],
    ordering_field: str,
    hold: tuple[str, str] | None,
) -> tuple[Memory, tuple[Outcome, ...]] | None:
    """Steps 3, 5 and 6 of one message; None where it is applied. hold: why its identity makes it
    wait, and the partner's field."""
    revision, content = body["revision"], body["content"]
    early = judged_before_identity(memory, ref, revision, content, ordering_field)
    if early is not None:
        return early[0], (early[1],)
    if hold is None:
        return None
    return with_held(memory, ref, revision, content), (held_for(hold[0], hold[1], ref),)


def held_for(reason: str, field: str, ref: str, source_key: str | None = None) -> Outcome:
    """A message that waits, and the partner's field that makes it wait."""
    return Outcome(ref, EndState.HELD, (reason,), fields={reason: field}, source_key=source_key)


def superseded(ref: str, source_key: str | None = None) -> Outcome:
    """A message that a newer applied one has made void."""
    return Outcome(ref, EndState.SUPERSEDED, ("OLDER_REVISION",), source_key=source_key)
