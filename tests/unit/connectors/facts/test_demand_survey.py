"""Demand survey: versions in any order, participations before or after, contacts and consents."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import EndState, Follower, Participation, Refusal
from connectors.contacts import Contact
from connectors.demand_survey import DemandSurvey
from services.domain.partner_wire import contract_writers, wire_bytes

EXAMPLES = Path(__file__).parents[3] / "examples" / "demand-survey"
KEY = "SV-2026-000123"
ENTERPRISE = {
    "kind": "ENTERPRISE_INFO",
    "granted": True,
    "recipients": ["HRDK", "KBIZ"],
    "items": ["firm_nm"],
    "form_version": "2026-1",
}
PERSONAL = {**ENTERPRISE, "kind": "PERSONAL_3RD", "items": ["name", "phone"]}
ANSWER = {
    "survey_id": KEY,
    "answer_version": 1,
    "answered_at": "2026-04-03T02:10:00Z",
    "answer_state": "ANSWERED",
    "channel": "WEB",
    "brn": "9998100015",
    "firm_nm": "(주)가람정밀",
    "wishes": True,
}
REFERENCE = {"program": "P3", "part_key": "2640000411"}
TAKES_PART = Participation("P3", "2640000411", (), role="DEMAND", brn="9998100015")


def answer(version: int, **change: Any) -> dict[str, Any]:
    return {**ANSWER, "answer_version": version, **change}


def refused(consent: dict[str, Any]) -> dict[str, Any]:
    return {**consent, "granted": False}


class Survey:
    """One survey beside the participations that are known so far."""

    def __init__(self) -> None:
        self.connector = DemandSurvey()
        self.writers = contract_writers(self.connector.source, 1)
        self.known: tuple[Participation, ...] = ()
        self.state: Any = None
        self.outcomes: dict[str, Any] = {}
        self.answer: Any = None

    def take(self, value: dict[str, Any]) -> Any:
        raw = wire_bytes(self.connector.source, value, "", 1)
        reading = self.connector.read(KEY.encode(), raw, self.writers)
        assert not isinstance(reading, Refusal)
        ref = str(len(self.outcomes))
        states = () if self.state is None else (self.state,)
        self._note(*self.connector.judge_knowing(states, ref, reading, self._known))
        return self.outcomes[ref]

    def meet(self, *participations: Participation) -> None:
        """A participation has been applied, or has changed."""
        self.known = participations
        if self.connector.waits_for(self.state):
            self._note(*self.connector.judge_again(self.state, self._known))

    def _known(self, programme: str, source_key: str) -> tuple[Participation, ...]:
        here = (programme, source_key)
        return tuple(p for p in self.known if (p.programme, p.source_key) == here)

    def _note(self, state: Any, outcomes: Any) -> None:
        self.state = json.loads(json.dumps(state))
        for outcome in outcomes:
            self.outcomes.setdefault(outcome.ref, None)
            self.outcomes[outcome.ref] = outcome
            if outcome.rules and outcome.rules["is_newest"]:
                self.answer = outcome.extra

    def end(self) -> Any:
        held = [one.reasons for one in self.outcomes.values() if one.end_state is EndState.HELD]
        return self.answer, self.state["consents"], self.state["applied"], sorted(held)


def test_it_is_a_follower() -> None:
    assert isinstance(DemandSurvey(), Follower)
    assert DemandSurvey().waits_for(None) == ()


def test_it_waits_for_the_participation_it_names() -> None:
    survey = Survey()
    survey.take(answer(1, **REFERENCE))
    survey.take(answer(2, program="P1", part_key="AIV-2026-00001"))
    survey.take(answer(3, program="P6", part_key="IAI-2026-03", brn="9998100016"))
    pairs = {("P3", "2640000411"), ("P1", "AIV-2026-00001")}
    assert set(survey.connector.waits_for(survey.state)) == pairs
    survey.meet(TAKES_PART)
    assert survey.outcomes["0"].end_state is EndState.APPLIED
    assert survey.connector.waits_for(survey.state) == (("P1", "AIV-2026-00001"),)


def test_a_deleted_participation_is_none() -> None:
    survey = Survey()
    survey.meet(Participation("P3", "2640000411", (), is_deleted=True))
    assert survey.take(answer(1, **REFERENCE)).reasons == ("PARTICIPATION_UNKNOWN",)


def test_what_the_rules_read() -> None:
    survey = Survey()
    outcome = survey.take(answer(1, consents=[ENTERPRISE, PERSONAL], contact={"name": "가"}))
    recipients = ["HRDK", "OPERATOR:P4"]
    given = {"version": "00001.1", "granted": True, "recipients": recipients}
    assert json.loads(json.dumps(outcome.rules)) == {
        "consents": {"ENTERPRISE_INFO": given, "PERSONAL_3RD": given},
        "keeps_contact": True,
        "is_newest": True,
        "event_on": "2026-04-03",
        "parties": [],
    }
    outcome = survey.take(answer(2, consents=[refused(PERSONAL)], contact={"name": "가"}))
    assert outcome.rules["consents"]["ENTERPRISE_INFO"]["granted"] is True
    assert outcome.rules["consents"]["PERSONAL_3RD"]["granted"] is False
    assert outcome.rules["keeps_contact"] is False


def secrets() -> list[Any]:
    found = []
    for path in sorted(EXAMPLES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            example = json.loads(line)
            expect = example["expect"]
            if isinstance(expect, dict) and "must_not_store" in expect:
                found.append(pytest.param(example, id=example["name"]))
    return found


@pytest.mark.parametrize("example", secrets())
def test_contacts_without_consent_stand_nowhere(example: dict[str, Any], desk: Any) -> None:
    hub = desk(DemandSurvey())
    hub.take(example["key"], example["value"])
    assert hub.kept[0] is not None
    for secret in example["expect"]["must_not_store"]:
        assert secret not in hub.everything()


def test_a_contact_is_read_from_the_bytes_only(desk: Any) -> None:
    hub = desk(DemandSurvey())
    contact = {"name": "나다라", "phone": None, "email": "a@example.kr"}
    hub.take(KEY, answer(1, consents=[PERSONAL], contact=contact))
    connector, writers = DemandSurvey(), contract_writers(DemandSurvey.source, 1)
    expected = Contact("나다라", None, ("HRDK", "OPERATOR:P4"), "a@example.kr")
    assert connector.contact(hub.kept[0], writers) == expected
    hub.kept.clear()
    assert "나다라" not in hub.everything()
    hub.take(KEY, answer(2, contact=contact))
    assert connector.contact(hub.kept[0], writers) is None
    assert connector.read(KEY.encode(), hub.kept[0], writers) == connector.read(
        KEY.encode(), wire_bytes(connector.source, answer(2), "", 1), writers
    )


@pytest.mark.parametrize(
    "change",
    [
        {"answer_version": "1"},
        {"fields": ["1"]},
        {"wishes": 1},
        {"consents": [{"kind": 1}]},
        {"contact": []},
        {"trainee_count": True},
    ],
)
def test_a_writer_with_other_types_is_undecodable(change: dict[str, Any]) -> None:
    class Decoder:
        def __call__(self, data: bytes, offset: int) -> dict[str, Any]:
            return {**ANSWER, "answered_at": 1_775_182_200_000, **change}

        def without(self, data: bytes, offset: int, names: Any) -> bytes:
            raise ValueError

    writers: Any = {1: Decoder()}
    value = b"\0\0\0\0\1x"
    reading = DemandSurvey().read(KEY.encode(), value, writers)
    assert isinstance(reading, Refusal)
    assert reading.reasons == ("BYTES_UNDECODABLE",)
    assert DemandSurvey().keep(value, writers) in (None, value)


CONSENTS = st.lists(
    st.sampled_from(
        [
            ENTERPRISE,
            refused(ENTERPRISE),
            PERSONAL,
            refused(PERSONAL),
            {**ENTERPRISE, "recipients": []},
            {**ENTERPRISE, "kind": "MARKETING"},
        ]
    ),
    max_size=2,
)
CHANGES = st.fixed_dictionaries(
    {"consents": CONSENTS},
    optional={
        "wishes": st.none() | st.booleans(),
        "answer_state": st.sampled_from(["ANSWERED", "REFUSED", "RETRACTED"]),
        "brn": st.sampled_from([None, "9998100016", "9998600121"]),
        "program": st.just("P3"),
        "part_key": st.just("2640000411"),
        "contact": st.just({"name": "가"}),
    },
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_order_and_no_repetition_changes_the_end(desk: Any, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(CHANGES, min_size=1, max_size=5))
    events: list[Any] = [answer(n + 8, **change) for n, change in enumerate(drawn)]
    again = data.draw(st.lists(st.sampled_from(events), max_size=3))
    mixed = data.draw(st.permutations([*events, *again, None]))
    straight, shuffled = Survey(), Survey()
    straight.meet(TAKES_PART)
    for event in events:
        straight.take(event)
    for event in mixed:
        if event is None:
            shuffled.meet(TAKES_PART)
        else:
            shuffled.take(event)
    assert straight.end() == shuffled.end()
