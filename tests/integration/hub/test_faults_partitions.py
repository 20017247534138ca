"""What stops, delays or endangers one partition, and that the others go on meanwhile."""

import asyncio
import signal
import time

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from schemas.registry import subject_of
from services.adapters.kafka.publisher import Outgoing
from tests.integration.hub.harness import Hub, eventually
from tests.integration.hub.tasks import TOPIC, Tasks, key_on

WAIT_S = 4
KILLER_NAME = "(주)죽이는이름"


def tasks_of(hub: Hub) -> Tasks:
    """Makes messages with the schema id that the hub has registered."""
    rows = hub.rows("select max(id) from schema_version where subject = $1", subject_of(TOPIC))
    return Tasks(rows[0][0])


def partition(hub: Hub, number: int, columns: str) -> tuple[object, ...]:
    """A row of the smart-factory topic's partitions."""
    sql = f"select {columns} from source_partition where topic = $1 and partition = $2"
    return hub.rows(sql, TOPIC, number)[0]


def applied(hub: Hub) -> set[str]:
    """Keys of the tasks that the hub has applied."""
    return {key for key, states in hub.states().items() if states[-1][0] == "applied"}


def test_a_message_that_kills_the_process_is_parked_alone(hub: Hub) -> None:
    """F2: as the supervisor would, starts the worker again until it lives; only the killer is
    parked, undecoded, although every partition had messages in the dead workers' hands."""
    tasks = tasks_of(hub)
    good = [key_on(n % 4, 400 + n) for n in range(20)]
    events = [tasks.row(key, 400 + n) for n, key in enumerate(good)]
    killer = tasks.row(key_on(2, 450), 450, ENTRPRS_NM=KILLER_NAME)
    hub.publish([*events[:10], killer, *events[10:]])
    deaths = 0
    while True:
        worker = hub.start("ingest", batch_events=8, failpoint=f"ingest:read:kill:{KILLER_NAME}")
        eventually(lambda: worker.poll() is not None or applied(hub) == set(good), 30)  # noqa: B023
        if worker.poll() is None:
            break
        assert worker.returncode == -signal.SIGKILL, hub.log("ingest")
        deaths += 1
        assert deaths <= 7, "a bounded number of restarts: halving 8 to 1, then three alone"
    hub.start("relay")
    assert hub.drain().quarantined == 1
    ((reasons, key, value),) = hub.quarantine().values()
    assert (reasons, key, value) == ("PROCESS_KILLED", killer.key, killer.value)
    hub.sound()
    assert hub.rows("select count(*) from source_partition where batch_cap > 0 or deaths > 0") == [
        (0,)
    ]


@pytest.fixture
def waiting(hub: Hub) -> Hub:
    """A hub that does not wait long for a late schema."""
    hub.start("ingest", schema_wait_s=WAIT_S)
    hub.start("relay")
    return hub


def _waiting(hub: Hub) -> set[str]:
    """What the worker reports as waiting: the status page shows it as paused."""
    rows = hub.rows("select facts::jsonb ->> 'waiting' from process where role like 'ingest%'")
    return set((rows[0][0] or "").split())


def test_an_unknown_schema_id_keeps_only_its_own_partition_waiting(waiting: Hub) -> None:
    """F4: registered while its partition waits, the messages are applied; an id that nobody
    registers is quarantined with its bytes when the time has passed."""
    hub, tasks = waiting, tasks_of(waiting)
    known = dict(hub.rows("select subject, max(id) from schema_version group by 1"))
    late_id = hub.rows("select max(id) + 1 from schema_version")[0][0]
    never, nor_this = Tasks(late_id + 1000), Tasks(late_id + 1001)
    late_key, behind_key = key_on(0, 500), key_on(0, 501)
    never_key, after_key, next_key = key_on(1, 502), key_on(1, 503), key_on(1, 504)
    others = [key_on(2 + n % 2, 510 + n) for n in range(10)]
    lost, lost_too = never.row(never_key, 502), nor_this.row(next_key, 504)
    hub.publish(
        [
            Tasks(late_id).row(late_key, 500),
            tasks.row(behind_key, 501),
            lost,
            lost_too,
            tasks.row(after_key, 503),
            *(tasks.row(key, 510 + n) for n, key in enumerate(others)),
        ]
    )
    eventually(lambda: applied(hub) == set(others))
    reading = time.monotonic()
    eventually(lambda: _waiting(hub) == {f"{TOPIC}/0", f"{TOPIC}/1"}, WAIT_S)
    assert known[subject_of(TOPIC)] < late_id
    hub.rows(
        "insert into schema_version (subject, version, schema, fingerprint)"
        " select subject, 2, schema, '\\x01' from schema_version where subject = $1 returning id",
        subject_of(TOPIC),
    )
    eventually(lambda: applied(hub) == {*others, late_key, behind_key}, WAIT_S)
    hub.drain()
    assert time.monotonic() - reading < 2 * WAIT_S, "two unknown ids wait at the same time"
    assert applied(hub) == {*others, late_key, behind_key, after_key}
    assert sorted(hub.quarantine().values()) == [
        ("SCHEMA_UNKNOWN", lost.key, lost.value),
        ("SCHEMA_UNKNOWN", lost_too.key, lost_too.value),
    ]
    hub.sound()


JUNK_TOPIC = "src.motir.robot.v1"


def junk(number: int, count: int) -> list[Outgoing]:
    """Values for one partition of a topic that no other test reads from before its present end."""
    return [
        Outgoing(JUNK_TOPIC, key_on(number, 600 + n).encode(), b"junk", []) for n in range(count)
    ]


def forget(kafka: str, number: int, before: int) -> None:
    """Deletes the messages of a partition before an offset, as retention does."""

    async def delete() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
        await admin.start()
        place = TopicPartition(JUNK_TOPIC, number)
        await admin.delete_records({place: RecordsToDelete(before_offset=before)})
        await admin.close()

    asyncio.run(delete())


def test_a_partition_whose_offset_is_gone_stops_and_nothing_is_skipped(hub: Hub) -> None:
    """F31 at the start (0) and under way (2), F37 (1: the log ends before where we stand); the
    others go on."""

    def standing(number: int) -> tuple[int, str | None]:
        """How many messages of the partition are done, and why it is stopped."""
        sql = (
            "select next_offset - first_offset, stopped from source_partition"
            " where topic = $1 and partition = $2"
        )
        done, stopped = hub.rows(sql, JUNK_TOPIC, number)[0]
        return int(done), stopped

    begun = {number: hub.begun[JUNK_TOPIC, number] for number in range(4)}
    hub.publish([one for number in range(4) for one in junk(number, 3)])
    forget(hub.settings.kafka, 0, begun[0] + 2)
    hub.rows(
        "update source_partition set next_offset = next_offset + 9 where topic = $1"
        " and partition = 1 returning stream",
        JUNK_TOPIC,
    )
    worker = hub.start("ingest")
    eventually(lambda: standing(2) == (3, None) and standing(3) == (3, None))
    assert standing(0) == (0, "OFFSET_GONE")
    assert standing(1) == (9, "TOPIC_RECREATED")

    worker.send_signal(signal.SIGSTOP)
    time.sleep(0.3)  # the broker has answered the fetch that was under way
    hub.publish(junk(2, 4))
    forget(hub.settings.kafka, 2, begun[2] + 3 + 2)
    worker.send_signal(signal.SIGCONT)
    eventually(lambda: standing(2) == (3, "OFFSET_GONE"))
    hub.publish(junk(3, 2))
    eventually(lambda: standing(3) == (5, None))
    assert hub.stop("ingest") == 0
    assert [standing(number)[0] for number in range(4)] == [0, 9, 3, 5]
    assert hub.rows("select count(*) from inbox") == [(8,)]
    hub.sound()


def test_sigterm_ends_in_good_order(hub: Hub) -> None:
    """F72: under load, within 25 seconds, with status 0; nobody is suspected afterwards."""
    hub.publish(hub.simulated(1500, 3, programmes=("smart-factory",)))
    hub.start("ingest", batch_events=20)
    hub.start("relay")
    eventually(lambda: hub.rows("select count(*) > 200 from inbox") == [(True,)])
    asked = time.monotonic()
    assert [hub.stop("ingest"), hub.stop("relay")] == [0, 0], hub.log("ingest")
    assert time.monotonic() - asked < 25
    rows = "select sum(next_offset - first_offset)::bigint, bool_and(clean), count(owner)"
    done, clean, owners = hub.rows(f"{rows} from source_partition")[0]
    assert 200 < done < 1500, "it was under load"
    assert (clean, owners) == (True, 0)
    assert hub.rows("select count(*) from inbox") == [(done,)]
    hub.start("ingest")
    hub.start("relay")
    assert hub.drain().received == 1500
    hub.sound()
    hub.no_doubles()


def test_transactions_of_a_partner(hub: Hub) -> None:
    """Decision 4, read_committed: what is taken back is never read, the ends of transactions are
    no messages that are missing (F27: the watchdog), an open one only waits."""
    tasks = tasks_of(hub)
    first, gone, open_one = (tasks.row(key_on(0, 700 + n), 700 + n) for n in range(3))

    async def transact() -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=hub.settings.kafka, transactional_id=hub.settings.group
        )
        await producer.start()
        async with producer.transaction():
            await producer.send(TOPIC, first.value, first.key, partition=0)
        await producer.begin_transaction()
        await producer.send_and_wait(TOPIC, gone.value, gone.key, partition=0)
        await producer.abort_transaction()
        await asyncio.to_thread(hub.drain, 15)
        assert await asyncio.to_thread(_keys, hub) == {first.key}
        await producer.begin_transaction()
        await producer.send_and_wait(TOPIC, open_one.value, open_one.key, partition=0)
        await asyncio.sleep(4)
        assert worker.poll() is None, hub.log("ingest")
        await producer.commit_transaction()
        await producer.stop()

    worker = hub.start("ingest", watchdog_s=2)
    hub.start("relay")
    asyncio.run(transact())
    hub.drain(15)
    assert _keys(hub) == {first.key, open_one.key}
    assert worker.poll() is None, hub.log("ingest")
    hub.sound()


def _keys(hub: Hub) -> set[bytes]:
    return {key.encode() for key in hub.states()}
