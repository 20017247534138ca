"""A day and an instant as people write them, and a referral as it stood."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.domain.explaining.axes import Axes, axes_of
from services.domain.explaining.kept import Step, StoredReferral
from services.errors import WrongUse

FIRST, SECOND = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
REFERRAL = StoredReferral(
    referral_id="r",
    enterprise_id="e",
    establishment_id="w",
    round=0,
    version=5,
    status="requested",
    stage="survey",
    reasons=("LC-1",),
    addressees=("HRDK-BUSAN",),
    handed_over=True,
    as_of="2026-07-01",
    opened_at=FIRST,
    updated_at=SECOND,
    history=(
        Step(2, "held", FIRST, ("CONSENT_MISSING",), ("HRDK-SEOUL",)),
        Step(5, "requested", SECOND, ("LC-1",), ("HRDK-BUSAN",)),
    ),
)


def test_how_axes_are_written() -> None:
    assert axes_of("", None) == Axes()
    assert axes_of("2026-07-01", "") == Axes(date(2026, 7, 1), None)
    korean = axes_of(None, "2026-06-30T18:00:00").known_at
    assert korean == datetime(2026, 6, 30, 9, tzinfo=UTC)
    assert axes_of(None, "2026-06-30T18:00:00Z").known_at == datetime(2026, 6, 30, 18, tzinfo=UTC)


@pytest.mark.parametrize("written", [("1.7.2026", ""), ("", "yesterday"), ("2026-02-30", "")])
def test_what_cannot_be_read_is_said_in_two_languages(written: tuple[str, str]) -> None:
    with pytest.raises(WrongUse) as told:
        axes_of(*written)
    bad = written[0] or written[1]
    assert bad in told.value.message_ko and bad in told.value.message_en


def test_a_referral_as_it_stood() -> None:
    assert Axes().standing(REFERRAL) == REFERRAL
    assert Axes(known_at=SECOND).standing(REFERRAL) == REFERRAL
    assert Axes(known_at=datetime(2026, 3, 31, tzinfo=UTC)).standing(REFERRAL) is None
    between = Axes(known_at=datetime(2026, 5, 1, tzinfo=UTC)).standing(REFERRAL)
    assert between == replace(
        REFERRAL,
        version=2,
        status="held",
        stage=None,
        reasons=("CONSENT_MISSING",),
        addressees=("HRDK-SEOUL",),
        updated_at=FIRST,
        history=REFERRAL.history[:1],
    )
