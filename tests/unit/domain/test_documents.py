"""A participation as JSON and back."""

from dataclasses import fields, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Consent, Participation
from services.domain.documents import from_document, to_document

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES: dict[str, Any] = {
    "str": TEXT,
    "str | None": st.none() | TEXT,
    "int | None": st.none() | st.integers(-(2**53), 2**53),
    "bool": st.booleans(),
    "Tri": st.none() | st.booleans(),
    "Consent | None": st.none()
    | st.builds(
        Consent, st.none() | st.booleans(), st.none() | st.lists(TEXT, max_size=3).map(tuple)
    ),
}


def _type_name(annotation: Any) -> str:
    if isinstance(annotation, str):
        return annotation
    if annotation == bool | None:
        return "Tri"
    return getattr(annotation, "__name__", None) or str(annotation).rpartition(".")[2]


PARTICIPATIONS = st.builds(
    Participation,
    stated=st.just(()),
    **{f.name: VALUES[_type_name(f.type)] for f in fields(Participation) if f.name != "stated"},
)


@given(PARTICIPATIONS)
def test_there_and_back(p: Participation) -> None:
    assert from_document(to_document(p)) == p


def test_only_what_is_known_takes_room() -> None:
    p = Participation("P3", "1", ("name",))
    assert to_document(p) == b'{"programme":"P3","source_key":"1"}'
    assert from_document(to_document(p)) == replace(p, stated=())


def test_no_is_not_unknown() -> None:
    """Decision 10: a stated no is kept."""
    p = Participation("P3", "1", (), ai_applied=False, consent=Consent(False, ()))
    back = from_document(to_document(p))
    assert back.ai_applied is False and back.consent == Consent(False, ())
