"""Which messages are decided again when something that they share has changed."""

from hypothesis import given
from hypothesis import strategies as st

from services.domain.grouping import connected

A, B, C = ("firm", "a"), ("firm", "b"), ("number", (1, "c"))


def test_only_what_hangs_together() -> None:
    touched = {"1:0": {A}, "1:1": {A, B}, "2:0": {B, C}, "2:1": {C}, "3:0": {("firm", "d")}}
    assert connected(touched, [A]) == {"1:0", "1:1", "2:0", "2:1"}
    assert connected(touched, [("firm", "d")]) == {"3:0"}
    assert connected(touched, [("firm", "nobody")]) == set()
    assert connected(touched, []) == set()


@given(
    st.dictionaries(
        st.integers(0, 30).map(str), st.sets(st.integers(0, 20).map(lambda n: ("firm", n)))
    ),
    st.sets(st.integers(0, 20).map(lambda n: ("firm", n))),
)
def test_the_rest_shares_nothing(touched: dict, keys: set) -> None:
    found = connected(touched, keys)
    inside = set().union(keys, *(touched[ref] for ref in found))
    outside = set().union(*(own for ref, own in touched.items() if ref not in found))
    assert not inside & outside
