"""Training history and demand survey through the hub: before or after the project, by themselves,
taken back; two workers at once."""

from typing import Any

from services.adapters.kafka.publisher import Outgoing
from tests.integration.hub.harness import Hub
from tests.integration.hub.partners import ENTERPRISE_INFO, Partners
from tests.integration.hub.tasks import Tasks, key_on

SURVEY_FEEDBACK = "feedback.moel.demand-survey.v1"
TASK = key_on(1, 1)


def made(hub: Hub) -> tuple[Partners, Tasks]:
    partners = Partners.of(hub)
    return partners, Tasks(partners.ids["src.mss.smart-factory.v1-value"])


def answered(partners: Partners, **fields: Any) -> Outgoing:
    """The first firm's answer about its task."""
    return partners.answer("SV-1", 1, 1, program="P3", part_key=TASK, **fields)


def one_after_the_other(hub: Hub, messages: list[Outgoing]) -> None:
    """Each message is written before the next one comes."""
    hub.start("ingest")
    hub.start("relay")
    for message in messages:
        hub.publish([message])
        hub.drain()
    assert hub.stop("ingest") == 0, hub.log("ingest")
    assert hub.stop("relay") == 0, hub.log("relay")
    hub.sound()


def ends(hub: Hub) -> dict[str, Any]:
    """What is left of the first firm when all has been read."""
    return {
        "decision": hub.rows(
            "select decision_id, facts from decision_log order by version desc limit 1"
        ),
        "referral": hub.rows("select referral_id, version, status, priority from referral"),
        "records": hub.rows(
            "select record_id, kind, establishment_id, version, doc from firm_record order by 1"
        ),
        "inbox": sorted(hub.states().items()),
        "awaited": hub.rows("select * from awaited"),
    }


def test_an_answer_waits_for_its_project(stack, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    """Answer and training before the project, or after: the same in the end."""
    found = []
    for order in ((0, 1, 2), (2, 1, 0)):
        with Hub.create(stack, tmp_path_factory.mktemp("order")) as hub:
            partners, tasks = made(hub)
            messages = [answered(partners), partners.month(1, "2026-03"), tasks.row(TASK, 1)]
            one_after_the_other(hub, [messages[n] for n in order])
            found.append(ends(hub))
            kinds = [(m["kind"], m["source_key"]) for m in hub.feedback(SURVEY_FEEDBACK)]
            waited = order[0] == 0
            assert (("refused", "SV-1") in kinds) is waited
            assert (("released", "SV-1") in kinds) is waited
            assert ("referral_status", "SV-1") in kinds
            record = hub.referrals()[-1][1]
            factors = {one["rule"]: one["state"] for one in record["priority"]["factors"]}
            assert (factors["PR-1"], factors["PR-2"]) == ("YES", "NO")
            assert record["enterprise"]["priority_firm"] == "YES"
            assert hub.rows("select has_records from enterprise") == [(True,)]
    assert found[0] == found[1]
    assert found[0]["awaited"] == []
    (referral,) = found[0]["referral"]
    assert referral[1:3] == (3, "requested")


def test_a_discovered_firm_is_asked_first(hub) -> None:  # type: ignore[no-untyped-def]
    """Own discovery opens a case but no referral; the firm's own answer opens it, and taking the
    answer back recalls it."""
    partners, _ = made(hub)
    one_after_the_other(hub, [partners.month(2, "2026-03")])
    facts = hub.rows("select convert_from(facts, 'utf8') from decision_log")
    assert len(facts) == 1 and '"origin":"OWN_DISCOVERY"' in facts[0][0]
    assert hub.rows("select * from referral") == []
    one_after_the_other(hub, [partners.answer("SV-2", 1, 2)])
    assert hub.rows("select status, stage from referral") == [("requested", "diagnosis")]
    record = hub.referrals()[-1][1]
    assert record["origin"] == "SELF"
    assert record["enterprise"]["name"] == "가상정공"
    assert record["establishment"]["sigungu"] == "48123"
    one_after_the_other(hub, [partners.answer("SV-2", 2, 2, answer_state="RETRACTED")])
    assert hub.rows("select status from referral") == [("cancel_requested",)]
    record = hub.referrals()[-1][1]
    assert record["recall"] is True and record["enterprise"] is None


def test_answers_and_register_stay_where_they_may_go(hub) -> None:  # type: ignore[no-untyped-def]
    """An answer whose consent names no agency decides, but is shown to none."""
    partners, tasks = made(hub)
    silent = {**ENTERPRISE_INFO, "granted": False}
    messages = [tasks.row(TASK, 1), answered(partners, consents=[silent], uses_ai=True)]
    one_after_the_other(hub, messages)
    (stored,) = hub.rows("select priority from referral")
    record = hub.referrals()[-1][1]
    factors = {one["rule"]: one["points"] for one in record["priority"]["factors"]}
    assert factors["PR-1"] == 0
    assert stored[0] == record["priority"]["score"] + 250
    assert hub.rows(
        "select count(*) from decision where encode(decision_id, 'hex') = $1",
        record["decision_id"],
    ) == [(1,)]


def test_a_refused_wish_ends_the_referral(hub) -> None:  # type: ignore[no-untyped-def]
    partners, tasks = made(hub)
    one_after_the_other(hub, [tasks.row(TASK, 1), answered(partners, wishes=False)])
    assert hub.rows("select status from referral") == [("cancel_requested",)]
