"""What decisions make of a referral, in every order (lifecycle.md; F22, F71)."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.referral import (
    OPEN,
    WITH_AGENCY,
    Circumstances,
    Referral,
    Status,
    advance,
)

PLACE = ("enterprise", "establishment")
CALM = Circumstances(deleted=False, suspended=False, consent_withdrawn=False)
DELETED, SUSPENDED = replace(CALM, deleted=True), replace(CALM, suspended=True)
WITHDRAWN = replace(CALM, consent_withdrawn=True)


@dataclass(frozen=True)
class Says:
    """A verdict."""

    status: str
    stage: str | None = None
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    addressees: tuple[str, ...] = ()


REQUESTED = Says("requested", "survey", ("LC-1",), (), ("HRDK-SEOUL",))
NO_CONSENT = Says("held", None, ("MISSING_FACTS",), ("consent.enterprise_info",))
NO_PLACE = Says("held", None, ("MISSING_FACTS",), ("establishment.sigungu",))
NONE = Says("none", None, ("NO_PARTICIPATION",))
REFUSED = Says("none", None, ("FIRM_REFUSED",))


def life(*steps: tuple[Says, Circumstances]) -> Referral | None:
    """A referral after these decisions, versions 1, 2, …"""
    referral = None
    for version, (verdict, circumstances) in enumerate(steps, 1):
        referral = advance(referral, PLACE, version, verdict, circumstances)
    return referral


def lived(*steps: tuple[Says, Circumstances]) -> Referral:
    referral = life(*steps)
    assert referral is not None
    return referral


def test_nothing_comes_of_nothing() -> None:
    assert life((NONE, CALM), (NONE, DELETED)) is None


def test_handed_over_at_once() -> None:
    referral = lived((REQUESTED, CALM))
    assert (referral.status, referral.stage) == (Status.REQUESTED, "survey")
    assert referral.addressees == ("HRDK-SEOUL",) and referral.handed_over


def test_held_without_addressees_until_the_facts_are_there() -> None:
    held = lived((NO_CONSENT, CALM))
    assert (held.status, held.addressees, held.handed_over) == (Status.HELD, (), False)
    requested = lived((NO_CONSENT, CALM), (REQUESTED, CALM))
    assert requested.referral_id == held.referral_id and requested.status is Status.REQUESTED


@pytest.mark.parametrize("circumstances", [CALM, WITHDRAWN])
def test_consent_gone_after_the_hand_over_is_a_recall(circumstances: Circumstances) -> None:
    referral = lived((REQUESTED, CALM), (NO_CONSENT, circumstances))
    assert (referral.status, referral.recall) == (Status.ON_HOLD, True)
    reason = "CONSENT_WITHDRAWN" if circumstances.consent_withdrawn else "MISSING_FACTS"
    assert referral.reasons == (reason,)
    assert referral.addressees == ("HRDK-SEOUL",), "the recall goes where the data went"


def test_another_missing_fact_is_no_recall() -> None:
    referral = lived((REQUESTED, CALM), (NO_PLACE, CALM))
    assert (referral.status, referral.recall) == (Status.ON_HOLD, False)


def test_consent_given_again_puts_it_in_force_again() -> None:
    referral = lived((REQUESTED, CALM), (NO_CONSENT, WITHDRAWN), (REQUESTED, CALM))
    assert (referral.status, referral.recall, referral.round) == (Status.REQUESTED, False, 0)


@pytest.mark.parametrize("verdict", [NONE, REFUSED])
@pytest.mark.parametrize("suspended", [False, True])
def test_nothing_of_a_firm_goes_out_after_its_withdrawal(verdict: Says, suspended: bool) -> None:
    """F71: a cancellation or a suspension that follows leaves the firm's data out as well."""
    after = replace(WITHDRAWN, suspended=suspended)
    referral = lived((REQUESTED, CALM), (NO_CONSENT, WITHDRAWN), (verdict, after))
    assert referral.recall
    assert lived((REQUESTED, CALM), (verdict, after)).recall, "also both at once"


def test_a_delete_before_the_hand_over_was_an_error() -> None:
    referral = lived((NO_CONSENT, CALM), (NONE, DELETED))
    assert (referral.status, referral.recall) == (Status.ENTERED_IN_ERROR, False)


def test_a_delete_after_it_recalls() -> None:
    """F22"""
    referral = lived((REQUESTED, CALM), (NONE, DELETED))
    assert (referral.status, referral.recall) == (Status.CANCEL_REQUESTED, True)
    assert referral.reasons == ("NO_PARTICIPATION", "mistake")


def test_support_that_ends_is_cancelled_without_recall() -> None:
    referral = lived((REQUESTED, CALM), (NONE, CALM))
    assert (referral.status, referral.recall) == (Status.CANCEL_REQUESTED, False)
    assert "support_withdrawn" in referral.reasons
    assert "firm_withdrew" in lived((REQUESTED, CALM), (REFUSED, CALM)).reasons


EL_6 = Says("none", None, ("EL-6",))
SAID_TO_BE_CLOSED, IS_CLOSED = replace(CALM, closing=False), replace(CALM, closing=True)


def test_a_closing_holds_until_it_is_confirmed() -> None:
    """A-98, F63"""
    held = lived((REQUESTED, CALM), (EL_6, SAID_TO_BE_CLOSED))
    assert (held.status, held.reasons) == (Status.ON_HOLD, ("CLOSING_UNCONFIRMED",))
    assert held.addressees == REQUESTED.addressees
    ended = lived((REQUESTED, CALM), (EL_6, SAID_TO_BE_CLOSED), (EL_6, IS_CLOSED))
    assert (ended.status, ended.reasons) == (Status.CANCEL_REQUESTED, ("EL-6", "firm_closed"))
    assert not ended.recall
    again = lived((REQUESTED, CALM), (EL_6, IS_CLOSED), (EL_6, SAID_TO_BE_CLOSED))
    assert again.status is Status.CANCEL_REQUESTED, "a lesser word takes nothing back"


def test_a_closing_before_the_hand_over() -> None:
    assert lived((NO_PLACE, CALM), (EL_6, SAID_TO_BE_CLOSED)).status is Status.HELD
    assert lived((NO_PLACE, CALM), (EL_6, IS_CLOSED)).status is Status.CANCELLED


def test_a_firm_that_opens_again_is_handed_over_again() -> None:
    back = lived((REQUESTED, CALM), (EL_6, IS_CLOSED), (REQUESTED, CALM))
    assert (back.status, back.round) == (Status.REQUESTED, 0)
    held = lived((REQUESTED, CALM), (EL_6, SAID_TO_BE_CLOSED), (REQUESTED, CALM))
    assert held.status is Status.REQUESTED


def test_a_closing_weighs_more_than_a_suspended_participation() -> None:
    after = replace(IS_CLOSED, suspended=True)
    assert lived((REQUESTED, CALM), (EL_6, after)).status is Status.CANCEL_REQUESTED


def test_a_suspension_holds() -> None:
    referral = lived((REQUESTED, CALM), (NONE, SUSPENDED))
    assert (referral.status, referral.reasons) == (Status.ON_HOLD, ("SUSPENDED",))


@pytest.mark.parametrize("status", sorted(WITH_AGENCY - {Status.REQUESTED}))
def test_what_the_agency_has_reached_stays(status: Status) -> None:
    """More participations join the open referral, they do not set it back."""
    standing = replace(lived((REQUESTED, CALM)), status=status, stage="diagnosed")
    after = advance(standing, PLACE, 2, REQUESTED, CALM)
    assert after is not None
    assert (after.status, after.stage, after.round) == (status, "diagnosed", 0)


@pytest.mark.parametrize("status", sorted(set(Status) - OPEN))
def test_an_ended_referral_that_an_agency_had_is_never_reopened(status: Status) -> None:
    """A-74: what is needed again is a new round, a referral of its own."""
    ended = replace(lived((REQUESTED, CALM)), status=status)
    for verdict in (NONE, REFUSED):
        assert advance(ended, PLACE, 2, verdict, CALM) is ended
        assert advance(ended, PLACE, 2, verdict, DELETED) is ended
    again = advance(ended, PLACE, 2, REQUESTED, CALM)
    assert again is not None and again.round == 1 and again.referral_id != ended.referral_id


def test_one_that_no_agency_has_seen_is_written_on() -> None:
    again = lived((NO_CONSENT, CALM), (NONE, CALM), (REQUESTED, CALM))
    assert again.round == 0 and again.status is Status.REQUESTED


VERDICTS = st.sampled_from([REQUESTED, NO_CONSENT, NO_PLACE, NONE, REFUSED])
CIRCUMSTANCES = st.builds(Circumstances, st.booleans(), st.booleans(), st.booleans())
STEPS = st.lists(
    st.tuples(st.integers(0, 9), VERDICTS, CIRCUMSTANCES, st.sampled_from([None, *Status])),
    max_size=12,
)


@given(STEPS)
def test_whatever_happens(
    steps: list[tuple[int, Says, Circumstances, Status | None]],
) -> None:
    """A version never falls, a hand-over is never forgotten, a round never goes back, and firm
    data never follow a verdict that misses the consent. Agencies move the status in between."""
    before: Referral | None = None
    for version, verdict, circumstances, moved in steps:
        if before is not None and moved is not None and before.handed_over:
            before = replace(before, status=moved)
        after = advance(before, PLACE, version, verdict, circumstances)
        if after is None:
            assert before is None and verdict.status == "none"
            continue
        if before is not None and after is not before:
            assert after.round >= before.round
            if after.round == before.round:
                assert after.referral_id == before.referral_id
                assert after.version > before.version
                assert after.handed_over >= before.handed_over
            else:
                assert before.handed_over and before.status not in OPEN
        if after is not before and after.handed_over:
            misses = "consent.enterprise_info" in verdict.missing
            assert after.recall or not misses
            assert after.addressees, "whoever had it is told"
        assert after.handed_over or not after.addressees
        before = after
