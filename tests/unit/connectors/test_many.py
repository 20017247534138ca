"""A large mapping inside a memory: as a dict, but what is given stays as it was."""

import json

from hypothesis import given
from hypothesis import strategies as st

from connectors.many import Many, entries, entry, with_entry

KEYS = st.text(st.characters(codec="utf-8"), max_size=4)


@given(st.lists(st.tuples(KEYS, st.integers())))
def test_it_holds_what_a_dict_would(pairs: list[tuple[str, int]]) -> None:
    many: Many = {}
    for key, value in pairs:
        before, text = many, json.dumps(many)
        many = with_entry(many, key, value)
        assert json.dumps(before) == text
    expected = dict(pairs)
    assert dict(entries(json.loads(json.dumps(many)))) == expected
    assert {key: entry(many, key) for key in expected} == expected
    assert entry(many, "absent key") is None


def test_one_more_entry_shares_nearly_all_with_what_was_there() -> None:
    many: Many = {}
    for number in range(10_000):
        many = with_entry(many, f"제조AI-경남-26-{number:05}", number)
    new = with_entry(many, "제조AI-부산-26-1", 1)
    known = {id(one) for one in _dicts(many)}
    copied = [one for one in _dicts(new) if id(one) not in known]
    assert sum(map(len, copied)) < 80


def _dicts(value: Many) -> list[Many]:
    inner = [one for one in value.values() if isinstance(one, dict)]
    return [value, *(found for one in inner for found in _dicts(one))]
