"""P4: facts in any order give one state; what the rules read beside the neutral form."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.ai_product import AiProduct
from connectors.base import Consent, EndState, Refusal
from connectors.recipients import usable_recipients

KEY = "AXS-MSS-2026-014"
LEAD, SECOND, THIRD = "9998100015", "9998600121", "9998100029"


def member(number: str | None, role: str = "DEMAND", **change: Any) -> dict[str, Any]:
    block = {"name": "(주)가람정밀", "size": "SME", "sigungu_cd": "48123", "ksic": "C26421"}
    return {"role": role, "brn": number, **block, **change}


def fact(
    number: int, event: str = "milestone_reached", **stated: Any
) -> tuple[str, dict[str, Any]]:
    head = {"event": event, "event_no": number, "project_id": KEY}
    return KEY, {**head, "occurred_at": f"2026-05-{number + 1:02}T09:30:00+09:00", **stated}


def consent(number: str = LEAD, **change: Any) -> dict[str, Any]:
    given_at = "2026-04-20T10:00:00+09:00"
    stated = {"kind": "ENTERPRISE_INFO", "recipients": ["HRDK"], "granted_at": given_at}
    return {"member_brn": number, **stated, **change}


def test_what_the_rules_read(desk: Any) -> None:
    hub = desk(AiProduct())
    hub.take(
        *fact(
            1,
            "project_selected",
            track="AGILE",
            members=[member(LEAD, "LEAD"), member(SECOND)],
            incentive_requested=True,
            joint_consulting_requested=True,
            consents=[
                consent(recipients=["HRDK", "SMTECH", "KBIZ", "NIPA", "MOEL"]),
                consent(SECOND, granted_at=None),
            ],
        )
    )
    lead, second = hub.participations[KEY, LEAD], hub.participations[KEY, SECOND]
    assert (lead.track, lead.ministry, lead.event_on) == ("AGILE", "MSS", "2026-05-02")
    assert (lead.incentive_requested, second.joint_consulting_requested) == (True, True)
    assert lead.consent == Consent(
        True, ("HRDK", "OPERATOR:P3", "OPERATOR:P4", "OPERATOR:P1", "MOEL")
    )
    assert second.consent == Consent(False, None)
    hub.take(*fact(2, joint_consulting_requested=False, ministry="MOTIR", members=[member(THIRD)]))
    lead, third = hub.participations[KEY, LEAD], hub.participations[KEY, THIRD]
    assert (lead.joint_consulting_requested, lead.incentive_requested) == (False, True)
    assert (lead.ministry, third.consent) == ("MOTIR", None)


def test_a_late_wish_reaches_the_rules_though_its_fact_is_passed(desk: Any) -> None:
    hub = desk(AiProduct()).take_all([fact(3, members=[member(LEAD, "LEAD")])])
    outcome = hub.take(*fact(2, joint_consulting_requested=True))
    assert outcome.reasons == ("OLDER_REVISION",)
    assert [one.joint_consulting_requested for one in outcome.others] == [True]


def test_a_firm_that_becomes_a_supplier_is_no_participant_any_more(desk: Any) -> None:
    hub = desk(AiProduct()).take_all([fact(1, members=[member(LEAD, "LEAD"), member(SECOND)])])
    outcome = hub.take(*fact(2, members=[member(SECOND, "SUPPLY"), member(LEAD, "LEAD")]))
    assert [one.brn for one in outcome.participations] == [LEAD]
    assert [(one.brn, one.is_deleted) for one in outcome.others] == [(SECOND, True)]


def test_refusals_name_the_partners_fields(desk: Any) -> None:
    hub = desk(AiProduct())
    hub.take(*fact(1, members=[member(None), {**member(SECOND), "role": "UNKNOWN"}]))
    assert hub.outcomes["0"].fields == {
        "IDENTITY_MISSING": "members[].brn",
        "ROLE_UNKNOWN": "members[].role",
    }


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], None),
        ([" ", ""], None),
        (["HRDK"], ("HRDK",)),
        (["HRDK", "", "HRDK"], ("HRDK",)),
        ([" 한국 산업 인력 공단 "], ("HRDK",)),
        (["한국산업인력공단 및 기타"], None),
        (["HRDK", "등"], None),
        (["HRDK", "(등)"], None),
        (["HRDK", "ALL"], None),
        (["HRDK", "*"], None),
        (["hrdk"], None),
        (["MOEL"], None),
        (["HRDK", "등대기업"], ("HRDK", "등대기업")),
        (["POLYTECH", "ALL OTHERS"], ("POLYTECH", "ALL OTHERS")),
    ],
)
def test_usable_recipients(entries: list[str], expected: tuple[str, ...] | None) -> None:
    assert usable_recipients(entries) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"event_no": "1"},
        {"members": {}},
        {"members": [1]},
        {"period": []},
        {"gov_rate": "x"},
        {"consents": [{"recipients": [1]}]},
        {"incentive_requested": 1},
        {"gov_share_krw": 1.5},
    ],
)
def test_a_writer_with_other_types_is_undecodable(change: dict[str, Any]) -> None:
    record = {**fact(1)[1], **change}
    writers: Any = {1: lambda data, offset: record}
    reading = AiProduct().read(KEY.encode(), b"\0\0\0\0\1x", writers)
    assert isinstance(reading, Refusal)
    assert reading.reasons == ("BYTES_UNDECODABLE",)


BLOCKS = st.lists(
    st.sampled_from(
        [
            member(LEAD, "LEAD"),
            member(SECOND),
            member(SECOND, left_on="2026-05-01"),
            member(SECOND, "SUPPLY"),
            member(THIRD, size="MID"),
            member(THIRD, "UNKNOWN"),
            member("999-86-*****"),
            member(None, "RESEARCH"),
        ]
    ),
    max_size=3,
)
STATED = st.fixed_dictionaries(
    {},
    optional={
        "members": BLOCKS,
        "product_name": st.sampled_from(["가", "나", " "]),
        "track": st.sampled_from(["AGILE", "BUILD_UP", "UNKNOWN"]),
        "gov_share_krw": st.integers(-1, 1),
        "agreement_at": st.sampled_from(["2026-05-02T00:00:00Z", "x"]),
        "consents": st.lists(
            st.sampled_from(
                [consent(), consent(SECOND), consent(revoked_at="x"), consent(recipients=[])]
            ),
            max_size=2,
        ),
        "joint_consulting_requested": st.booleans(),
    },
)
EVENTS = st.sampled_from(
    ["project_selected", "member_changed", "milestone_reached", "project_cancelled", "x"]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_order_and_no_repetition_changes_the_end(desk: Any, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(st.tuples(EVENTS, STATED), min_size=1, max_size=6))
    events = [fact(n + 8, event, **stated) for n, (event, stated) in enumerate(drawn)]
    mixed = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events)))))
    straight, shuffled = desk(AiProduct()).take_all(events), desk(AiProduct()).take_all(mixed)
    assert live(straight) == live(shuffled)
    assert waiting(straight) == waiting(shuffled)


def live(hub: Any) -> Any:
    return {key: one for key, one in hub.participations.items() if not one.is_deleted}


def waiting(hub: Any) -> list[str]:
    """What is still missing at the end."""
    reasons = [one.reasons for one in hub.outcomes.values() if one.end_state is EndState.HELD]
    return sorted({reason for some in reasons for reason in some if reason.endswith("PENDING")})
