"""Killed at every named point, paused, rebalanced: the tables end equal, nothing is doubled."""

import signal
import time

import pytest

from tests.integration.hub.harness import Hub, eventually

EVENTS, SEED = 1200, 11


@pytest.fixture(scope="module")
def undisturbed(stack, tmp_path_factory):  # type: ignore[no-untyped-def]
    """The same messages, read by a hub that nobody disturbs."""
    with Hub.create(stack, tmp_path_factory.mktemp("calm")) as hub:
        hub.publish(hub.simulated(EVENTS, SEED, programmes=("smart-factory",)))
        totals = hub.run()
        hub.sound()
        assert totals.received == EVENTS
        assert totals.referrals > 20
        yield hub, hub.contents()


@pytest.mark.parametrize("point", ["fetched", "written", "committed"])
def test_kill_of_ingest_at_a_named_point(undisturbed, point: str) -> None:  # type: ignore[no-untyped-def]
    calm, expected = undisturbed
    with calm.again() as hub:
        hub.start("relay")
        for passed in (0, 1, 3):
            hub.until_killed("ingest", failpoint=f"ingest:{point}:kill:{passed}")
        hub.start("ingest")
        hub.drain()
        hub.sound()
        assert hub.contents() == expected
        _no_doubles(hub)


def test_kill_during_a_rebalance(undisturbed) -> None:  # type: ignore[no-untyped-def]
    calm, expected = undisturbed
    with calm.again() as hub:
        hub.start("relay")
        hub.until_killed("ingest", failpoint="ingest:rebalance:kill")
        hub.start("ingest")
        hub.start("ingest-1", slot=1, failpoint="ingest:rebalance:kill")
        hub.drain()
        hub.sound()
        assert hub.contents() == expected


def test_kill_of_the_relay_after_send_before_cursor(undisturbed) -> None:  # type: ignore[no-untyped-def]
    calm, expected = undisturbed
    with calm.again() as hub:
        hub.start("ingest")
        for _ in range(3):
            hub.until_killed("relay", failpoint="relay:sent:kill")
        hub.start("relay")
        hub.drain()
        assert hub.contents() == expected
        ids = [headers["ce_id"] for headers, _ in hub.referrals()]
        assert len(ids) > len(set(ids)), "the crash came too late to publish anything twice"
        _no_doubles(hub)


def test_a_paused_zombie_writes_nothing(undisturbed) -> None:  # type: ignore[no-untyped-def]
    """F25: paused inside its transaction, past the session timeout; another worker takes over."""
    calm, expected = undisturbed
    with calm.again() as hub:
        hub.start("relay")
        zombie = hub.start("ingest", failpoint="ingest:fetched:stop:2")
        eventually(lambda: _stopped(zombie.pid))
        hub.start("ingest-1", slot=1)
        hub.drain()
        zombie.send_signal(signal.SIGCONT)
        time.sleep(3)
        hub.sound()
        assert hub.contents() == expected
        _no_doubles(hub)


def _stopped(pid: int) -> bool:
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] == "T"


def _no_doubles(hub: Hub) -> None:
    """One message per referral and version; a repeat has the same id and the same bytes."""
    seen: dict[tuple[str, int, str], tuple[str, object]] = {}
    for headers, record in hub.referrals():
        key = (record["referral_id"], record["version"], headers["ce_id"])
        assert seen.setdefault(key, (headers["ce_id"], record)) == (headers["ce_id"], record)
    pairs = {(referral, version) for referral, version, _ in seen}
    assert len(pairs) == len(seen)
