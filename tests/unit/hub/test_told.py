"""What partners are told because of decisions and lists (contracts, last section of each)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from connectors.base import EndState, Outcome, Participation
from schemas.codec import decode
from services.domain import daily
from services.domain.deciding import Deciding
from services.domain.feedback import about_message
from services.domain.firms import Firms
from services.domain.holding import Held
from services.domain.judging import Judged
from services.domain.outgoing import Cause, Outbox, headers_of
from tests.unit.hub.conftest import CLOCK, Office

CAUSE = Cause(1, "src.mss.smart-factory.v1", 0, 7)
P = Participation(
    "P3", "a", (), role="DEMAND", status="CONTRACTED", sigungu="48123", region_confidence="CODE",
    size_class="MEDIUM", regular_workers=45, ksic_code="C26", event_on="2026-04-01",
    agreement_on="2026-03-11", brn="9998101014", name="가상정공",
)  # fmt: skip


def told(office: Office, *participations: Participation) -> list[dict[str, Any]]:
    """The feedback about the last of these participations' decisions, all of one workplace."""
    firms = Firms()
    for n, p in enumerate(participations):
        firms.put(None, Held(f"p{n}", "firm", "place", 1, None, False, p))
    deciding = Deciding(firms, office.desk, CLOCK)
    effects = deciding.begin()
    deciding.decide(CAUSE, None, "firm", "place")
    return [decode("feedback", r[3]) for r in effects.outbox if r[1].startswith("feedback.")]


def asked(found: list[dict[str, Any]]) -> list[str]:
    return sorted(one["programme"] for one in found if one["kind"] == "consent_asked")


def test_consent_is_never_asked_of_a_programme_that_does_not_know_it(office: Office) -> None:
    """P5: refused and promotion asked, nothing else; it carries no consent."""
    loan = replace(P, programme="P5", source_key="b", role="BORROWER", promo_ok=True)
    found = told(office, P, loan)
    assert asked(found) == ["P3"]
    assert {f["kind"] for f in found if f["programme"] == "P5"} == {"promotion_asked"}


@pytest.mark.parametrize(
    ("programme", "granted", "asks"),
    [("P2", None, 1), ("P2", False, 1), ("P2", True, 0), ("P3", False, 0), ("P3", None, 1)],
)
def test_whose_refusal_is_asked_about(
    office: Office, programme: str, granted: bool | None, asks: int
) -> None:
    """P2: consent asked where the mark is not O; P1, P3, P7: only where it is blank."""
    found = told(office, replace(P, programme=programme, consent_enterprise_info=granted))
    assert asked(found) == [programme] * asks


def kinds_of(found: list[dict[str, Any]], programme: str) -> set[str]:
    return {one["kind"] for one in found if one["programme"] == programme}


def test_another_ministrys_part_is_asked_for_promotion_only(office: Office) -> None:
    """P4: "applied, MINISTRY_OTHER, promotion only", also beside a programme with a referral."""
    own = replace(P, programme="P4", source_key="b", role="LEAD", ministry="MSS")
    found = told(office, P, replace(own, ministry="MOTIR"))
    assert kinds_of(found, "P4") == {"promotion_asked"}
    assert kinds_of(found, "P3") == {"promotion_asked", "consent_asked", "referral_status"}
    everything = {"promotion_asked", "consent_asked", "referral_status"}
    assert kinds_of(told(office, P, own), "P4") == everything


def test_nothing_is_told_before_selection(office: Office) -> None:
    """A-68: APPLIED gives no mode and no feedback, also beside a programme with a referral."""
    applied = replace(P, programme="P1", source_key="b", status="APPLIED")
    found = told(office, P, applied)
    assert kinds_of(found, "P1") == set()
    assert "referral_status" in kinds_of(found, "P3")


def test_who_was_asked_still_hears_when_its_status_goes_back(office: Office) -> None:
    """A status may go backwards: what became of the referral is told all the same."""
    firms = Firms()
    back = replace(P, status="APPLIED")
    firms.put(None, Held("p0", "firm", "place", 1, None, True, back))
    firms.put(None, Held("p1", "firm", "place", 1, None, False, replace(P, programme="P2")))
    deciding = Deciding(firms, office.desk, CLOCK)
    effects = deciding.begin()
    deciding.decide(CAUSE, None, "firm", "place")
    found = [decode("feedback", r[3]) for r in effects.outbox if r[1].startswith("feedback.")]
    assert kinds_of(found, "P3") == {"referral_status"}


def test_nothing_new_is_asked_about_a_project_that_its_list_leaves_out(office: Office) -> None:
    """P2: "Nothing new is started from it; we expect a question"."""
    gone = replace(P, programme="P2", source_key="b", ended_by="ABSENT_FROM_LIST")
    for other in (P, replace(P, programme="P2", source_key="c")):
        found = [f for f in told(office, other, gone) if f["source_key"] == "b"]
        assert {f["kind"] for f in found} == {"referral_status"}


def test_nobody_is_asked_twice(office: Office) -> None:
    firms = Firms()
    blank = replace(P, programme="P2")
    firms.put(None, Held("p", "firm", "place", 1, None, False, blank))
    deciding = Deciding(firms, office.desk, CLOCK)
    kinds = []
    for version, granted in enumerate((None, False, False), 2):
        before = firms.held("p")
        assert before is not None
        said = replace(blank, consent_enterprise_info=granted)
        firms.put(before, replace(before, version=version, p=said))
        effects = deciding.begin()
        deciding.decide(CAUSE, None, "firm", "place")
        kinds += [decode("feedback", r[3])["kind"] for r in effects.outbox if "feedback" in r[1]]
    assert kinds.count("consent_asked") == 1


def test_a_month_is_counted(office: Office) -> None:
    """Training history: records read, applied, held; nothing per firm."""
    source = next(s for s in office.desk.all_sources if s.folder == "training-history")
    assert source.told_monthly
    outbox = Outbox(CLOCK[0])
    names = ("received", "applied", "duplicate", "superseded", "held", "quarantined")
    counts = dict(zip(names, (1200, 1100, 60, 20, 15, 5), strict=True))
    daily.monthly_count(office.desk, outbox, CAUSE, source, date(2026, 3, 1), counts, CLOCK[0])
    [row] = outbox.rows
    record = decode("feedback", row[3])
    assert (row[1], row[2], record["kind"]) == (
        source.feedback_topic,
        b"2026-03-01",
        "monthly_count",
    )
    assert record["message_en"].startswith("2026-03: 1,200 received, 1,100 applied")
    assert record["message_ko"].startswith("2026-03 수신 1,200건: 반영 1,100")
    assert (record["source_key"], record["participation_id"]) == (None, None)


def test_a_reminder_says_what_was_said_first(office: Office) -> None:
    """P7 §7: the number that is missing, again after one day."""
    stream = next(n for n, (s, _) in office.desk.sources.items() if s.folder == "robot")
    source = office.desk.source(stream)
    assert source.told_daily == ("reminder",)
    waits = Outcome(f"{stream}:4", EndState.HELD, (daily.REMINDED,), missing="26900001")
    outbox = Outbox(CLOCK[0])
    message = replace(office.messages(1, 1)[0], stream=stream, offset=4)
    about_message(office.desk, outbox, Judged(message, waits), CLOCK[0])
    [first] = outbox.rows
    record = decode("feedback", first[3])
    assert dict(headers_of(first[4]))["ce_id"].decode() == daily.first_told(source, stream, 4)
    again = Outbox(CLOCK[0])
    daily.reminder(office.desk, again, CAUSE, source, record, first[2], CLOCK[0])
    [row] = again.rows
    second = decode("feedback", row[3])
    assert row[1:3] == first[1:3]
    assert second["feedback_id"] != record["feedback_id"]
    assert second["missing"] == ["26900001"]
    assert {**second, "feedback_id": ""} == {**record, "feedback_id": ""}
