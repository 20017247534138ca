"""All nine inputs through one hub and through two workers: the same in the end."""

from typing import Any

import orjson

from connectors import CONNECTORS
from connectors.base import Follower, Participation
from services.domain.desk import SURVEY_FOLDER as FOLDER
from services.domain.documents import from_document
from services.simulation.catalogue import FOLDERS
from tests.integration.hub.harness import Hub, eventually

EVENTS = 4_000
# Firms whose events reach the hub over one input and one key: every step is the same in any run.
_ENDS = {
    "offsets": "select topic, partition, next_offset from source_partition",
    "participation": "select participation_id, enterprise_id, establishment_id, status, doc"
    " from participation",
    "record": "select record_id, enterprise_id, establishment_id, doc from firm_record",
    "waiting": "select * from awaited",
    "identifier": "select kind, value, enterprise_id from identifier",
    "decision": "select distinct on (establishment_id) establishment_id, enterprise_id,"
    " decision_id, facts from decision_log order by establishment_id, version desc",
    "firms without records that have a referral": "select establishment_id from referral"
    " join enterprise using (enterprise_id) where not has_records",
}


def _nobody_waits_for_what_is_there(hub: Hub) -> None:
    """Every answer that waits, waits for good reason: judged once more, none is released."""
    survey = next(c for c in CONNECTORS if isinstance(c, Follower))
    found: dict[tuple[str, str], list[Participation]] = {}
    for programme, key, doc in hub.rows("select programme, source_key, doc from participation"):
        found.setdefault((programme, key), []).append(from_document(doc))
    waits = set()
    for scope, state in hub.rows("select scope, state from scope_state where source = $1", FOLDER):
        memory = orjson.loads(state)
        waits |= {(*pair, FOLDER, scope) for pair in survey.waits_for(memory)}
        again = survey.judge_again(memory, lambda p, k: tuple(found.get((p, k), ())))
        assert again[1] == (), scope
    assert waits == set(hub.rows("select * from awaited"))


def _ends(hub: Hub) -> dict[str, set[tuple[Any, ...]]]:
    return {what: set(hub.rows(sql)) for what, sql in _ENDS.items()}


def test_nine_inputs_and_two_workers(stack, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    with Hub.create(stack, tmp_path_factory.mktemp("one")) as one:
        one.publish(one.simulated(EVENTS, 41, programmes=FOLDERS, shared_firms=0.6))
        assert one.run().received == EVENTS
        one.sound()
        one.no_doubles()
        _nobody_waits_for_what_is_there(one)
        topics = one.rows(
            "select topic, sum(received), sum(applied) from intake_day"
            " join source_partition using (stream) group by 1 having sum(received) > 0"
        )
        assert len(topics) == len(FOLDERS) and all(row[2] for row in topics)
        waited = one.rows("select count(*) from scope_state where source = 'demand-survey'")
        assert waited[0][0] > 50
        with one.again() as two:
            two.start("ingest")
            two.start("ingest-1", slot=1)
            eventually(lambda: len(two.rows("select distinct owner from source_partition")) == 2)
            two.start("relay")
            assert two.drain().received == EVENTS
            two.sound()
            _nobody_waits_for_what_is_there(two)
            assert two.stop("ingest") == 0, two.log("ingest")
            assert two.stop("ingest-1") == 0, two.log("ingest-1")
            expected, found = _ends(one), _ends(two)
            for table in expected:
                assert found[table] == expected[table], table
