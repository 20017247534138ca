"""Processes by heartbeat; partitions and connectors by owner, progress and lag."""

import orjson
import pytest

from services.web.states import Alive, Connector, State, connectors, lag_of, processes

from .conftest import SOURCE, TOPIC, Scene, ago, partition, process


def connector(scene: Scene) -> Connector:
    seen = scene.look()
    return connectors(seen, [SOURCE], processes(seen))[0]


@pytest.mark.parametrize(
    ("seen", "state"),
    [(0.5, Alive.ALIVE), (4, Alive.ALIVE), (6, Alive.LATE), (11, Alive.STALE), (4000, Alive.GONE)],
)
def test_a_process_by_its_last_heartbeat(scene: Scene, seen: float, state: Alive) -> None:
    scene.processes = [process("relay", seen=seen)]
    assert [p.state for p in processes(scene.look()) or ()] == [state]


def test_without_the_database_processes_are_unknown(scene: Scene) -> None:
    scene.postgres = False
    assert processes(scene.look()) is None
    flow = connector(scene)
    assert (flow.state, flow.lag, flow.lag_s) == (State.UNKNOWN, None, None)


@pytest.mark.parametrize("facts", ["", "[]", "nonsense", '{"last_failure": null}'])
def test_facts_that_cannot_be_read_are_no_facts(scene: Scene, facts: str) -> None:
    scene.processes = [process("ingest-0", facts=facts)]
    found = processes(scene.look())
    assert found is not None and found[0].failure is None


@pytest.mark.parametrize(
    ("ours", "log", "lag"),
    [
        (100, (0, 100), 0),
        (40, (0, 100), 60),
        (40, (70, 100), 30),
        (None, (70, 100), 30),
        (120, (0, 100), 0),
        (40, None, None),
    ],
)
def test_lag_is_the_end_minus_the_larger_of_our_offset_and_the_logs_start(
    ours: int | None, log: tuple[int, int] | None, lag: int | None
) -> None:
    assert lag_of(partition(next_offset=ours), log) == lag


def test_all_read_is_running_without_lag(scene: Scene) -> None:
    flow = connector(scene)
    assert (flow.state, flow.lag, flow.lag_s) == (State.RUNNING, 0, 0.0)
    assert flow.worker is not None and flow.worker.row.role == "ingest-0"


def test_lag_in_seconds_is_the_age_of_the_oldest_unread_message(scene: Scene) -> None:
    scene.partitions.append(partition(partition=1, next_offset=90))
    scene.partitions.append(partition(partition=2, next_offset=99))
    scene.ends |= {(TOPIC, 1): (0, 100), (TOPIC, 2): (0, 100)}
    scene.unread = {(TOPIC, 1): ago(2), (TOPIC, 2): ago(7)}
    flow = connector(scene)
    assert (flow.state, flow.lag, flow.lag_s) == (State.RUNNING, 11, 7.0)


def test_lag_in_seconds_is_unknown_when_a_partitions_is(scene: Scene) -> None:
    scene.ends[TOPIC, 0] = (0, 120)
    flow = connector(scene)
    assert (flow.lag, flow.lag_s) == (20, None)


@pytest.mark.parametrize(
    ("moved", "since", "state"),
    [
        (1, 100, State.RUNNING),
        (60, 1, State.RUNNING),
        (60, 60, State.STALLED),
        (60, None, State.STALLED),
    ],
)
def test_stalled_means_messages_wait_and_nothing_moves(
    scene: Scene, moved: float, since: float | None, state: State
) -> None:
    scene.partitions = [partition(updated_at=ago(moved))]
    scene.ends[TOPIC, 0] = (0, 120)
    scene.unread = {} if since is None else {(TOPIC, 0): ago(since)}
    assert connector(scene).state is state


def test_a_quiet_partition_is_not_stalled(scene: Scene) -> None:
    scene.partitions = [partition(updated_at=ago(9000))]
    assert connector(scene).state is State.RUNNING


@pytest.mark.parametrize("owner", [None, "ingest-0@host:7", "ingest-1@host:41"])
def test_a_partition_without_a_live_owner_is_stopped(scene: Scene, owner: str | None) -> None:
    scene.partitions = [partition(owner=owner)]
    flow = connector(scene)
    assert flow.state is State.STOPPED
    assert [p.why for p in flow.partitions] == ["NO_OWNER"]


def test_a_dead_owner_is_none(scene: Scene) -> None:
    scene.processes[0] = process("ingest-0", seen=30)
    assert connector(scene).state is State.STOPPED


def test_a_partition_that_nobody_ever_took_is_stopped_and_its_lag_is_the_whole_log(
    scene: Scene,
) -> None:
    scene.partitions = []
    scene.ends[TOPIC, 0] = (5, 25)
    flow = connector(scene)
    assert (flow.state, flow.lag) == (State.STOPPED, 20)


def test_the_hubs_own_stop_carries_its_reason(scene: Scene) -> None:
    scene.partitions = [partition(stopped="OFFSET_GONE")]
    flow = connector(scene)
    assert (flow.state, flow.partitions[0].why) == (State.STOPPED, "OFFSET_GONE")


def test_a_partition_that_waits_for_a_schema_is_paused(scene: Scene) -> None:
    scene.processes[0] = process(
        "ingest-0", facts=orjson.dumps({"waiting": f"{TOPIC}/0 other/1"}).decode()
    )
    flow = connector(scene)
    assert (flow.state, flow.partitions[0].why) == (State.PAUSED, "WAITS_FOR_SCHEMA")


def test_read_but_nothing_ever_came_is_silent(scene: Scene) -> None:
    scene.partitions = [partition(next_offset=0, last_source_at=None, last_received_at=None)]
    scene.ends[TOPIC, 0] = (0, 0)
    flow = connector(scene)
    assert (flow.state, flow.last_event_at) == (State.SILENT, None)


def test_without_the_broker_nothing_can_be_read(scene: Scene) -> None:
    scene.kafka = False
    flow = connector(scene)
    assert (flow.state, flow.lag) == (State.STALLED, None)


def test_the_worst_partition_decides(scene: Scene) -> None:
    scene.partitions.append(partition(partition=1, owner=None))
    scene.ends[TOPIC, 1] = (0, 100)
    assert connector(scene).state is State.STOPPED


def test_a_topic_that_does_not_exist_is_stopped(scene: Scene) -> None:
    scene.partitions, scene.ends = [], {}
    assert connector(scene).state is State.STOPPED
