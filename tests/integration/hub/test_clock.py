"""The clock: a day that touches firms brings new versions, exactly those, whatever happens."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import orjson
import pytest
from pydantic import SecretStr

from services import wiring
from services.commands.clock import foresee
from services.domain.explaining.axes import Axes
from services.errors import WrongUse
from tests.integration.hub.harness import Hub, eventually

BEFORE, AFTER, LATER = date(2026, 2, 27), date(2026, 3, 2), date(2026, 7, 1)
EVENTS, SEED = 900, 7


def counts(hub: Hub) -> tuple[Any, ...]:
    """(decisions taken, versions of referrals, messages) so far."""
    return hub.rows(
        "select (select count(*) from decision_log), (select count(*) from referral_version),"
        " (select count(*) from outbox)"
    )[0]


def through(hub: Hub, pid: int) -> bool:
    """Whether this clock has no more to do on its day."""
    rows = hub.rows("select facts from process where role = 'clock' and pid = $1", pid)
    return bool(rows) and orjson.loads(rows[0][0])["doing"] == "done_fixed"


def tick(hub: Hub, day: date, **changes: Any) -> None:
    """Runs the clock for a day, to its end."""
    pid = hub.start("clock", today=day, **changes).pid
    eventually(lambda: through(hub, pid), 60)
    hub.drain()
    assert hub.stop("clock") == 0, hub.log("clock")


def of_day(hub: Hub, day: date) -> tuple[int, int]:
    """(workplaces with another decision, new versions) of the newest run for a day."""
    rows = hub.rows(
        "select changed, referrals from clock_run where day = $1 order by run desc limit 1", day
    )
    return rows[0]


def winter(hub: Hub) -> Hub:
    """The hub, deciding before 1 March 2026 in small portions."""
    hub.settings = hub.settings.model_copy(update={"today": BEFORE, "batch_events": 60})
    return hub


@pytest.fixture(scope="module")
def wintry(stack, tmp_path_factory):  # type: ignore[no-untyped-def]
    """A hub that has decided its firms before 1 March 2026."""
    with Hub.create(stack, tmp_path_factory.mktemp("winter")) as hub:
        winter(hub).publish(hub.simulated(EVENTS, SEED, programmes=("smart-factory", "ai-voucher")))
        hub.run()
        hub.start("relay")
        yield hub


def test_a_day_brings_what_was_foreseen_and_nothing_else(wintry: Hub) -> None:
    hub = wintry
    standing = dict(hub.rows("select referral_id::text, version from referral"))
    before = counts(hub)
    tick(hub, BEFORE)
    assert counts(hub) == before, "nothing has changed, nothing is written"
    keyless = hub.settings.model_copy(update={"quarantine_key": SecretStr("")})
    foreseen = foresee(keyless, AFTER, 10_000)
    assert counts(hub) == before, "looking ahead writes nothing"
    tick(hub, AFTER)
    hub.sound()
    changed, referrals = of_day(hub, AFTER)
    assert changed > 50
    assert referrals > 50
    assert (foreseen["workplaces"], foreseen["new_versions"]) == (changed, referrals)
    log = hub.rows(
        "select establishment_id::text, encode(decision_id, 'hex') from decision_log"
        " where as_of = $1",
        AFTER,
    )
    assert sorted(log) == sorted(
        (one["establishment_id"], one["decision_id"]) for one in foreseen["list"]
    )
    now = dict(hub.rows("select referral_id::text, version from referral"))
    promised = {
        one["referral_id"]: one["version"] for one in foreseen["list"] if one["new_version"]
    }
    assert now == {**standing, **promised}
    assert all(promised[one] > standing.get(one, 0) for one in promised)
    sent = hub.rows(
        "select o.topic, count(*) from outbox o join source_partition p using (stream)"
        " where p.topic = 'hub.clock' group by 1"
    )
    feedback = {topic: n for topic, n in sent if topic.startswith("feedback.")}
    assert {t: n for t, n in sent if t.startswith(("agency.", "hub."))} == {
        t: n for t, n in foreseen["messages"].items() if t.startswith(("agency.", "hub."))
    }
    told = hub.rows("select topic, kind, keys from clock_told order by 1")
    assert [row[:2] for row in told] == [
        ("src.msit.ai-voucher.v1", "daily_count"),
        ("src.mss.smart-factory.v1", "out_of_step_list"),
    ]
    asked = {t: n for t, n in foreseen["messages"].items() if t.startswith("feedback.")}
    lists = {"feedback.msit.ai-voucher.v1": 1, "feedback.mss.smart-factory.v1": told[1][2] > 0}
    assert feedback == {
        t: asked.get(t, 0) + lists.get(t, 0) for t in {*asked, *lists} if asked.get(t) or lists[t]
    }
    again = counts(hub)
    tick(hub, AFTER)
    assert counts(hub) == again, "the day is decided once"


def test_partners_are_told_of_the_day_that_is_over(wintry: Hub) -> None:
    hub = wintry
    told = {
        kind: [one for one in hub.feedback(topic) if one["kind"] == kind]
        for topic, kind in (
            ("feedback.msit.ai-voucher.v1", "daily_count"),
            ("feedback.mss.smart-factory.v1", "out_of_step_list"),
        )
    }
    received = hub.rows(
        "select sum(received)::int, sum(applied)::int from intake_day"
        " join source_partition using (stream) where topic = 'src.msit.ai-voucher.v1'"
    )[0]
    [count] = told["daily_count"]
    assert f"{received[0]:,} received, {received[1]:,} applied" in count["message_en"]
    keys = hub.rows(
        "select distinct source_key from inbox join source_partition using (stream)"
        " where topic = 'src.mss.smart-factory.v1' and warnings like '%CHANGE_OUT_OF_STEP%'"
    )
    assert keys, "the simulation sends no change out of step: nothing would be proved"
    [listed] = told["out_of_step_list"]
    assert sorted(listed["keys"]) == sorted(row[0] for row in keys)


def test_a_flag_that_begins_in_july(wintry: Hub) -> None:
    hub = wintry
    tick(hub, date(2026, 6, 30))
    standing = dict(hub.rows("select referral_id::text, version from referral"))
    foreseen = foresee(hub.settings, LATER, 10_000)
    tick(hub, LATER)
    now = dict(hub.rows("select referral_id::text, version from referral"))
    moved = {one["referral_id"] for one in foreseen["list"] if one["new_version"]}
    assert moved
    assert {one for one in now if now[one] != standing.get(one)} == moved
    hub.sound()
    hub.no_doubles()


def test_what_was_known_and_what_was_in_force(wintry: Hub) -> None:
    """Two axes: the version before the clock's, and its facts under the later day's rules."""
    hub = wintry
    referral, version, decision, at = hub.rows(
        "select v.referral_id::text, v.version, encode(v.decision_id, 'hex'), v.at"
        " from referral_version v join decision_log l using (decision_id)"
        " join referral r using (referral_id) join source_partition p using (stream)"
        " where p.topic = 'hub.clock' and l.as_of = $1 and r.establishment_id = l.establishment_id"
        " and r.opened_at < v.at and l.decided_at = v.at order by 1 limit 1",
        AFTER,
    )[0]
    explained = wiring.explained(hub.settings)
    before = at - timedelta(milliseconds=1)

    def told(axes: Axes) -> Any:
        return asyncio.run(explained.anything(referral, axes))

    then = told(Axes(known_at=before))
    assert then["referral"]["version"] < version
    kept = hub.rows(
        "select reasons, addressees from referral_version where referral_id = $1 and version = $2",
        referral,
        then["referral"]["version"],
    )[0]
    assert kept[0].split() == [one["reason"] for one in then["referral"]["reasons"]]
    assert kept[1].split() == then["referral"]["addressees"] != []
    assert then["decision"]["as_of"] == BEFORE.isoformat() == then["explanation"]["as_of"]
    assert told(Axes(known_at=at))["referral"]["version"] == version
    foreseen = told(Axes(in_force_on=AFTER, known_at=before))
    assert foreseen["decision"]["decision_id"] == then["decision"]["decision_id"] != decision
    assert foreseen["explanation"]["as_of"] == AFTER.isoformat()
    assert foreseen["explanation"]["decision_id"] == decision
    assert len(told(Axes())["history"]) > len(then["history"])
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert told(Axes(known_at=long_ago)) is None
    with pytest.raises(WrongUse):
        asyncio.run(explained.anything("src.mss.smart-factory.v1/0/1", Axes(known_at=before)))


def test_killed_in_the_middle_it_ends_the_same(wintry: Hub) -> None:
    with wintry.again() as calm:
        winter(calm).run()
        points = ("written", 0), ("written", 1), ("committed", 0), ("committed", 1)
        with wintry.again() as hub:
            copy_database(calm, hub)
            calm.start("relay")
            tick(calm, AFTER)
            winter(hub).start("relay")
            for point, unharmed in points:
                hub.until_killed("clock", today=AFTER, failpoint=f"clock:{point}:kill:{unharmed}")
            tick(hub, AFTER)
            hub.sound()
            assert hub.contents() == calm.contents()
            assert of_day(hub, AFTER) == of_day(calm, AFTER)
            assert counts(hub) == counts(calm)


def copy_database(of: Hub, to: Hub) -> None:
    """Both hubs stand at the same point: the order in which several programmes' messages were read
    may differ from run to run, and with it what was asked on the way."""

    async def copy() -> None:
        admin = await asyncpg.connect(of.stack.dsn)
        names = [h.settings.postgres.get_secret_value().rsplit("/", 1)[1] for h in (of, to)]
        await admin.execute(f"drop database {names[1]} with (force)")
        await admin.execute(f"create database {names[1]} template {names[0]}")
        await admin.close()

    asyncio.run(copy())


def test_beside_ingest(wintry: Hub) -> None:
    """Events of the new day come while the clock goes through the firms."""
    with wintry.again() as hub:
        winter(hub).start("relay")
        hub.start("ingest", failpoint="ingest:committed:kill:8").wait(60)
        hub.start("ingest", today=AFTER)
        hub.start("clock", today=AFTER, batch_events=1)
        hub.drain()
        eventually(lambda: through(hub, hub.processes["clock"].pid), 60)
        hub.drain()
        assert hub.stop("clock") == 0, hub.log("clock")
        hub.sound()
        hub.no_doubles()
        assert foresee(hub.settings.model_copy(update={"today": AFTER}), AFTER, 1)["firms"] == 0
        by_clock, by_ingest = hub.rows(
            "select count(*) filter (where topic = 'hub.clock'),"
            " count(*) filter (where topic <> 'hub.clock')"
            " from decision_log join source_partition using (stream) where as_of = $1",
            AFTER,
        )[0]
        assert by_clock > 0
        assert by_ingest > 0
        last: dict[tuple[str, str], int] = {}
        for topic, _, record in hub.published("agency.", "referral"):
            place = (topic, record["referral_id"])
            assert record["version"] >= last.get(place, 0), "an older version after a newer one"
            last[place] = record["version"]


def test_another_clock_takes_over(wintry: Hub) -> None:
    first = wintry.start("clock", today=AFTER)
    eventually(lambda: through(wintry, first.pid), 60)
    second = wintry.start("clock-1", role="clock", today=date(2026, 9, 1))
    eventually(lambda: second.poll() is None and bool(_epoch(wintry, second.pid)), 60)
    epoch, owner = wintry.rows("select epoch, owner from clock_lease")[0]
    assert epoch >= 2
    assert owner.endswith(f":{second.pid}")


def _epoch(hub: Hub, pid: int) -> int:
    rows = hub.rows("select owner from clock_lease")
    return int(rows[0][0].endswith(f":{pid}"))
