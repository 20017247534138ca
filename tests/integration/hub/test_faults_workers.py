"""Two workers at once: messages of one project on partitions of different workers."""

import json
import signal
from pathlib import Path

import pytest

from connectors import CONNECTORS
from services.adapters.kafka.publisher import Outgoing
from services.domain.partner_wire import wire_bytes
from tests.integration.hub.harness import Hub, eventually
from tests.integration.hub.tasks import partition_of

ROBOT = next(c.source for c in CONNECTORS if c.source.folder == "robot")
EXAMPLES = Path(__file__).parents[2] / "examples" / "robot" / "samples.jsonl"
AGREEMENT = json.loads(EXAMPLES.read_text("utf-8").splitlines()[0])["value"]


def message(number: str, corrects: str, **fields: str) -> Outgoing:
    """A numbered message of the robot programme."""
    value = {**AGREEMENT, "seq": number, "corr_of": corrects or "        ", **fields}
    wire = wire_bytes(ROBOT, value, "", 0)
    return Outgoing(ROBOT.topic, number.encode(), wire, [])


def numbers(first: int, partitions: tuple[int, int]) -> tuple[str, str]:
    """A project's first number and a correction's, on these two partitions."""
    rising = map(str, range(26_000_000 + first, 26_100_000))
    project = next(n for n in rising if partition_of(n) == partitions[0])
    return project, next(n for n in rising if partition_of(n) == partitions[1])


@pytest.fixture
def pair(hub: Hub) -> Hub:
    """A relay and two workers that share the robot topic's partitions."""
    hub.start("relay")
    hub.start("ingest")
    hub.start("ingest-1", slot=1)
    eventually(lambda: len(_owners(hub)) == 2 and set(map(len, _owners(hub).values())) == {2})
    return hub


def _owners(hub: Hub) -> dict[str, list[int]]:
    """The partitions of the robot topic by owner, as "ingest-0" and "ingest-1"."""
    owners: dict[str, list[int]] = {}
    for owner, partition in hub.rows(
        "select owner, partition from source_partition where topic = $1 and owner is not null"
        " order by 2",
        ROBOT.topic,
    ):
        owners.setdefault(owner.split("@")[0], []).append(partition)
    return owners


def test_a_message_held_by_one_worker_is_released_by_another(pair: Hub) -> None:
    """A correction that came first waits; the message it corrects reaches the other worker."""
    zero, one = _owners(pair).values()
    project, correction = numbers(0, (zero[0], one[0]))
    pair.publish([message(correction, project, stt="C")])
    eventually(lambda: pair.states() == {correction: [("held", "CORRECTION_TARGET_UNKNOWN")]})
    pair.publish([message(project, "")])
    pair.drain()
    assert pair.states() == {project: [("applied", "")], correction: [("applied", "")]}
    kinds = [(r["kind"], r["source_key"]) for r in pair.feedback(ROBOT.feedback_topic)]
    assert ("released", project) in kinds
    pair.sound()


def test_two_workers_meet_in_one_memory(pair: Hub) -> None:
    """A message and its correction at the same moment: neither forgets the other."""
    owners = _owners(pair)
    assert pair.stop("ingest-1") == 0
    stopped = pair.start("ingest-1", slot=1, failpoint="ingest:written:stop")
    eventually(lambda: _owners(pair) == owners)
    project, correction = numbers(1000, (owners["ingest-1"][0], owners["ingest-0"][0]))
    pair.publish([message(project, "")])
    eventually(lambda: _is_stopped(stopped.pid))
    pair.publish([message(correction, project, stt="C")])
    eventually(lambda: _waits_or_has(pair, correction), 3)
    stopped.send_signal(signal.SIGCONT)
    pair.drain()
    assert pair.states() == {project: [("applied", "")], correction: [("applied", "")]}
    pair.sound()


def _waits_or_has(hub: Hub, key: str) -> bool:
    """Whether a worker waits for the other's lock, or has written the message already."""
    locks = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    return bool(hub.rows(locks)[0][0]) or key in hub.states()


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"
