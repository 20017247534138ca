"""Joins go through numbers only, and nothing is joined on a doubt (handbook 3.2, Q28)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Participation
from services.domain.identity import (
    BY_CORPORATION,
    CERTAIN,
    JOINS,
    UNCHECKED,
    Identifier,
    Kind,
    Link,
    Resolved,
    bears_another_name,
    establishment_key,
    identifiers_of,
    naming,
    resolve,
)
from services.domain.ids import uid

P = Participation("P3", "1", ())
BRN, OTHER_BRN = "9998101014", "9998601019"
CRN = "9999110001019"
OWN_PLACE, BRANCH = BRN + "0", "99985010190"


class Register:
    """What is known, as the hub learns it."""

    def __init__(self) -> None:
        self.links: dict[Identifier, Link] = {}
        self.places: dict[str, str] = {}

    def meet(self, trusted: bool = True, **numbers: str | None) -> Resolved | None:
        found = resolve(replace(P, **numbers), trusted, self.links.get)  # type: ignore[arg-type]
        if found is not None:
            assert not self.links.keys() & found.learnt.keys(), "what is known is not overwritten"
            self.links |= found.learnt
        return found

    def enterprise(self, **numbers: str | None) -> str:
        found = self.meet(**numbers)
        assert found is not None
        return found.enterprise_id


def test_numbers_strongest_first() -> None:
    p = replace(P, brn=BRN, crn=CRN, ei_workplace_no=BRANCH)
    assert [kind for kind, _ in identifiers_of(p, True)] == [1, 2, 3]
    assert (Kind.CRN, CRN) not in identifiers_of(p, False)


def test_without_a_number_that_joins_there_is_no_firm() -> None:
    assert Register().meet() is None
    assert Register().meet(trusted=False, crn=CRN) is None


@pytest.mark.parametrize(
    ("numbers", "key"),
    [
        ({"brn": BRN}, f"BRN:{BRN}"),
        ({"brn": BRN, "ei_workplace_no": OWN_PLACE}, f"BRN:{BRN}"),
        ({"brn": BRN, "ei_workplace_no": BRANCH}, f"EI:{BRANCH}"),
        ({"ei_workplace_no": BRANCH}, f"EI:{BRANCH}"),
        ({"crn": CRN}, f"CRN:{CRN}"),
    ],
)
def test_what_tells_workplaces_apart(numbers: dict[str, str], key: str) -> None:
    assert establishment_key(replace(P, **numbers)) == key  # type: ignore[arg-type]


def test_two_ministries_mean_one_firm() -> None:
    """F66: whoever comes first."""
    first, second = Register(), Register()
    assert first.enterprise(brn=BRN, crn=CRN) == first.enterprise(brn=BRN)
    assert second.enterprise(brn=BRN) == second.enterprise(brn=BRN, crn=CRN)
    assert first.enterprise(brn=BRN) == second.enterprise(brn=BRN)


def test_a_corporation_joins_its_business_numbers() -> None:
    register = Register()
    head = register.enterprise(brn=BRN, crn=CRN)
    found = register.meet(brn=OTHER_BRN, crn=CRN)
    assert found is not None and found.enterprise_id == head
    assert found.learnt[Kind.BRN, OTHER_BRN].confidence == BY_CORPORATION < CERTAIN
    assert found.establishment_key == f"BRN:{OTHER_BRN}"


def test_numbers_that_lead_to_different_firms_join_nothing() -> None:
    register = Register()
    one, two = register.enterprise(brn=BRN), register.enterprise(crn=CRN)
    found = register.meet(brn=BRN, crn=CRN)
    assert found is not None and found.enterprise_id == one
    ((review),) = found.reviews
    assert (review.issue, review.other_id) == ("CRN_LEADS_ELSEWHERE", two)
    assert register.meet(brn=BRN, crn=CRN) == found, "the same doubt again has the same id"


def test_a_workplace_of_another_firm_is_a_doubt_and_no_join() -> None:
    register = Register()
    owner = register.enterprise(brn=BRN, ei_workplace_no=BRANCH)
    found = register.meet(brn=OTHER_BRN, ei_workplace_no=BRANCH)
    assert found is not None and found.enterprise_id != owner
    assert [review.issue for review in found.reviews] == ["EI_WORKPLACE_LEADS_ELSEWHERE"]
    assert found.establishment_key == f"BRN:{OTHER_BRN}"


def test_so_it_is_for_a_firm_that_states_its_corporate_number_only() -> None:
    register = Register()
    owner = register.enterprise(brn=BRN, ei_workplace_no=BRANCH)
    found = register.meet(crn=CRN, ei_workplace_no=BRANCH)
    assert found is not None and found.enterprise_id != owner
    assert found.establishment_key == f"CRN:{CRN}"
    assert found.establishment_id == uid("establishment", found.establishment_key)


def test_a_corporate_number_that_fails_its_check_is_below_the_limit() -> None:
    """Q28: no merge below 0.9; the second firm that states it is a doubt for a person."""
    register = Register()
    one = register.meet(trusted=False, brn=BRN, crn=CRN)
    assert one is not None and one.learnt[Kind.CRN, CRN].confidence == UNCHECKED < JOINS
    assert one.learnt[Kind.BRN, BRN].confidence == CERTAIN
    two = register.meet(trusted=False, brn=OTHER_BRN, crn=CRN)
    assert two is not None and two.enterprise_id != one.enterprise_id
    ((review),) = two.reviews
    assert (review.issue, review.other_id) == ("CRN_UNCHECKED", one.enterprise_id)
    assert register.meet(trusted=False, brn=BRN, crn=CRN) == replace_learnt(one)


def replace_learnt(found: Resolved) -> Resolved:
    return Resolved(found.enterprise_id, found.establishment_id, found.establishment_key)


def test_names_join_nothing_and_part_nothing() -> None:
    """Two names under one number: one firm and a doubt; one name under two numbers: two firms."""
    register = Register()
    assert register.enterprise(brn=BRN) != register.enterprise(brn=OTHER_BRN)
    here, other = replace(P, brn=BRN, name="가상정공"), replace(P, brn=BRN, name="다른상사")
    assert bears_another_name(here, [other])
    assert not bears_another_name(here, [replace(other, name="가상 정공"), replace(P, brn=BRN)])
    assert not bears_another_name(here, [replace(other, brn=OTHER_BRN)])
    assert not bears_another_name(replace(here, name=None), [other])


def test_what_a_person_said_of_a_workplace_holds() -> None:
    """A number that names another's workplace leads there; a conflict still falls back."""
    register = Register()
    register.enterprise(brn=BRN)
    link = register.links[Kind.BRN, BRN]
    register.links[Kind.BRN, BRN] = Link(link.enterprise_id, link.establishment_id, 100, "there")
    found = register.meet(brn=BRN)
    assert found is not None and found.establishment_id == "there"
    assert naming(found.establishment_key) == (Kind.BRN, BRN)


@pytest.mark.parametrize(
    ("key", "number"),
    [
        (f"BRN:{BRN}", (Kind.BRN, BRN)),
        (f"EI:{BRANCH}", (Kind.EI_WORKPLACE, BRANCH)),
        (f"CRN:{CRN}", (Kind.CRN, CRN)),
    ],
)
def test_the_number_that_names_a_workplace(key: str, number: Identifier) -> None:
    assert naming(key) == number


def test_a_workplace_alone_leads_to_its_firm() -> None:
    register = Register()
    owner = register.enterprise(brn=BRN, ei_workplace_no=BRANCH)
    assert register.enterprise(ei_workplace_no=BRANCH) == owner


NUMBERS = st.fixed_dictionaries(
    {
        "brn": st.sampled_from([None, BRN, OTHER_BRN]),
        "crn": st.sampled_from([None, CRN, "9999110002010"]),
        "ei_workplace_no": st.sampled_from([None, OWN_PLACE, BRANCH]),
        "trusted": st.booleans(),
    }
)


@given(st.lists(NUMBERS, max_size=8))
def test_whatever_comes_a_workplace_has_one_firm(events: list[dict[str, object]]) -> None:
    """Else two firms would write one referral; and the same event again means the same firm."""
    register, owner = Register(), {}
    for numbers in events:
        found = register.meet(**numbers)  # type: ignore[arg-type]
        if found is not None:
            place = owner.setdefault(found.establishment_id, found.enterprise_id)
            assert place == found.enterprise_id
            again = register.meet(**numbers)  # type: ignore[arg-type]
            assert again is not None and again.learnt == {}
            assert (again.enterprise_id, again.establishment_id) == (
                found.enterprise_id,
                found.establishment_id,
            )


def test_ids_are_stable() -> None:
    """Decision 7: made once and for all; a change here would double every referral."""
    assert uid("referral", "x", "ai-training", 0) == "084ad0c8-846b-5741-a1a9-e77896fb21b7"
    assert uid("a", "b") != uid("ab") and uid("a", 1) == uid("a", "1")
