"""A batch against the memories of its scopes: the same, however messages are cut into batches."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import EndState, Refusal
from services.domain.judging import Message, Scopes, place_of
from tests.unit.domain.conftest import Memories

MANY = 600


def test_every_message_has_one_state(messages: tuple[Message, ...]) -> None:
    memories = Memories()
    memories.take(list(messages))
    assert memories.states.keys() == {m.ref for m in messages}
    assert {state for state, _ in memories.states.values()} == set(EndState)


def test_a_refused_message_touches_no_memory(messages: tuple[Message, ...]) -> None:
    memories = Memories()
    refused = [m for m in messages if isinstance(m.reading, Refusal)]
    judged = memories.take(refused)
    assert {one.outcome.end_state for one in judged} == {EndState.QUARANTINED}
    assert not any(memories.stored.values())


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(1, MANY - 1), max_size=12))
def test_any_cut_into_batches_gives_the_same(
    messages: tuple[Message, ...], cuts: list[int]
) -> None:
    """Also one message a batch, as after bisecting (F49); memories go through their bytes."""
    whole, parts = Memories(), Memories()
    whole.take(list(messages))
    for start, end in pairwise([0, *sorted(set(cuts)), MANY]):
        parts.take(list(messages[start:end]))
    assert parts.states == whole.states
    assert parts.aliases == whole.aliases
    assert {k: v for k, v in parts.stored["robot"].items() if v != b"null"} == {
        k: v for k, v in whole.stored["robot"].items() if v != b"null"
    }
    assert parts.stored["smart-factory"] == whole.stored["smart-factory"]


def test_one_by_one_is_the_same_too(messages: tuple[Message, ...]) -> None:
    whole, singles = Memories(), Memories()
    whole.take(list(messages))
    for message in messages:
        singles.take([message])
    assert singles.states == whole.states


def test_the_same_batch_again_gives_the_same(messages: tuple[Message, ...]) -> None:
    """A retry of the unit of work (F39) begins with what is stored."""
    memories, again = Memories(), Memories()
    assert memories.take(list(messages)) == again.take(list(messages))
    assert memories.stored == again.stored


def test_memories_are_loaded_once_and_only_where_touched() -> None:
    scopes = Scopes({"a": b'{"x":1}'}, {"c": "b", "b": "a"})
    assert scopes.canonical("c") == "a"
    assert scopes.state("a") == {"x": 1} and scopes.state("new") is None
    assert list(scopes.changed()) == [] and list(scopes.learnt()) == []


@pytest.mark.parametrize(("ref", "place"), [("3:0", (3, 0)), ("12:9999999999", (12, 9999999999))])
def test_a_name_is_a_place(ref: str, place: tuple[int, int]) -> None:
    assert place_of(ref) == place
