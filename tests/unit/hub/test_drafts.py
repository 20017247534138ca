"""A batch some of whose messages are decided twice comes to the same as a batch decided once."""

from dataclasses import fields
from typing import Any

import pytest

from services.domain.draft import Drafts
from services.domain.following import Key
from services.domain.judging import Message
from services.domain.writes import Writes

BATCH = 400


def _as_read(writes: Writes) -> dict[str, Any]:
    """Everything; rows whose order says nothing are sorted."""
    found = {f.name: list(getattr(writes, f.name)) for f in fields(writes)}
    return {
        name: rows if name in ("outbox", "decided", "referral_versions") else sorted(rows, key=repr)
        for name, rows in found.items()
    }


@pytest.fixture(scope="module")
def messages(office) -> list[Message]:  # type: ignore[no-untyped-def]
    return office.messages(2000, 21, shared_firms=0.6, corrections=0.1, late=0.1)


def test_deciding_some_messages_again_changes_nothing(office, messages) -> None:  # type: ignore[no-untyped-def]
    memory = office.memory()
    several = 0
    for at in range(0, len(messages), BATCH):
        batch = messages[at : at + BATCH]
        whole, _, learnt = Drafts([memory.draft(batch)]).writes(batch)
        drafts = Drafts([memory.draft(batch)])
        for key in sorted(drafts.all[0].enterprises)[::17]:
            refs = drafts.to_redo({("firm", key)})
            again = memory.draft([m for m in batch if m.ref in refs])
            drafts.all.append(again)
            assert drafts.collisions(again) == set()
            several += len(refs) > 1
        redone, account, learnt_again = drafts.writes(batch)
        assert _as_read(redone) == _as_read(whole)
        assert learnt_again == learnt
        assert sum(account.states().values()) == len(batch)
        memory.keep(whole, learnt)
    assert several > 10


def test_what_stands_shares_nothing_with_what_is_decided_again(office, messages) -> None:  # type: ignore[no-untyped-def]
    """Neither firm nor number, memory or participation, over however many other messages."""
    batch = messages[: 2 * BATCH]
    memory = office.memory()
    first = memory.draft(batch)
    touched = {m.ref: set(first.keys_of(m)) for m in batch}
    for key in sorted(set().union(*touched.values()), key=repr)[::97]:
        drafts = Drafts([memory.draft(batch)])
        refs = drafts.to_redo({key})
        assert refs == _closure(touched, {key})
        assert drafts.to_redo({key}) == set()
        assert {m.ref for m in drafts.all[0].standing()} == touched.keys() - refs
    assert drafts.to_redo({("firm", "nobody")}) == set()


def test_what_a_new_draft_comes_to_is_drafted_again_too(office, messages) -> None:  # type: ignore[no-untyped-def]
    """A message drafted again may lead to another firm than before: who stands there collides."""
    memory = office.memory()
    batch = messages[:BATCH]
    first = memory.draft(batch)
    drafts = Drafts([first])
    firms = sorted(first.enterprises)
    refs = drafts.to_redo({("firm", firms[0])})
    other = next(m for m in first.standing() if ("firm", firms[-1]) in first.keys_of(m))
    again = memory.draft([m for m in batch if m.ref in refs or m is other])
    drafts.all.append(again)
    found = drafts.collisions(again)
    assert ("firm", firms[-1]) in found
    assert found <= set(again.keys_of(other))
    assert other.ref in drafts.to_redo(found)
    assert other.ref not in {m.ref for draft in drafts.all for m in draft.standing()}


def _closure(touched: dict[str, set[Key]], keys: set[Key]) -> set[str]:
    found: set[str] = set()
    while more := {r for r, own in touched.items() if own & keys and r not in found}:
        found |= more
        keys = keys.union(*(touched[ref] for ref in more))
    return found


def test_a_changed_memory_takes_its_project_along(office, messages) -> None:  # type: ignore[no-untyped-def]
    """Numbered messages that were merged in this very batch are found under every name."""
    memory = office.memory()
    batch = messages[:BATCH]
    whole, _, _ = Drafts([memory.draft(batch)]).writes(batch)
    assert whole.aliases
    for folder, alias, _ in whole.aliases:
        drafts = Drafts([memory.draft(batch)])
        refs = drafts.to_redo({("scope", (folder, alias))})
        named = {
            m.ref for m in batch if alias in getattr(m.reading, "scopes", ()) and folder == "robot"
        }
        assert named <= refs
        drafts.all.append(memory.draft([m for m in batch if m.ref in refs]))
        assert _as_read(drafts.writes(batch)[0]) == _as_read(whole)


def test_a_draft_that_meets_others_is_not_alone(office, messages) -> None:  # type: ignore[no-untyped-def]
    """Decided again, a message may lead to a firm that other messages of the batch have to do
    with: those must be decided again with it."""
    memory = office.memory()
    batch = messages[:BATCH]
    first = memory.draft(batch)
    touched = {m.ref: first.keys_of(m) for m in batch}
    shared = max(first.enterprises, key=lambda i: sum(("firm", i) in k for k in touched.values()))
    refs = [ref for ref, keys in touched.items() if ("firm", shared) in keys]
    assert len(refs) > 1
    drafts = Drafts([first])
    first.drop({refs[0]})
    again = memory.draft([m for m in batch if m.ref == refs[0]])
    drafts.all.append(again)
    both = drafts.to_redo(drafts.collisions(again))
    assert set(refs) <= both
