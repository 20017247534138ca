"""Broker and database restarted and killed while events flow: nothing lost, nothing doubled."""

import asyncio
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from services import wiring
from services.adapters.local.stack import Stack
from services.adapters.postgres.connect import ours
from services.errors import Transient
from tests.integration.hub.harness import Hub, eventually

EVENTS = 400


def _restart(name: str) -> Callable[[Stack], None]:
    return lambda stack: stack.restart(name)


def _kill(name: str) -> Callable[[Stack], None]:
    def hurt(stack: Stack) -> None:
        stack.kill(name)
        stack.start(name)

    return hurt


def _stall(stack: Stack) -> None:
    """Open connections on which nothing comes, for longer than the group's session (F33)."""
    stack.kill("kafka", signal.SIGSTOP)
    time.sleep(4)
    stack.kill("kafka", signal.SIGCONT)


HURTS = {
    "broker restarted": _restart("kafka"),
    "broker killed": _kill("kafka"),
    "broker stalled": _stall,
    "database restarted": _restart("postgres"),
    "database killed": _kill("postgres"),
}


@pytest.fixture(scope="module")
def flowing(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub whose processes run through all of it, with small batches: many transactions."""
    with Hub.create(stack, tmp_path_factory.mktemp("flowing")) as hub:
        hub.start("ingest", batch_events=10, session_timeout_ms=3000)
        hub.start("relay")
        yield hub


@pytest.mark.parametrize("name", HURTS)
def test_a_server_goes_and_comes_back_under_load(flowing: Hub, name: str) -> None:
    """F27, F32, F33 (broker); F39, F40, F41 (database): the processes themselves live on."""
    hub, seed = flowing, list(HURTS).index(name)
    before = _received(hub)
    events = hub.simulated(EVENTS, 100 + seed, programmes=("smart-factory",))
    hub.publish(events[: EVENTS // 2])
    eventually(lambda: _received(hub) > before)
    HURTS[name](hub.stack)
    hub.publish(events[EVENTS // 2 :])
    assert hub.drain(60).received == before + EVENTS
    hub.sound()
    hub.no_doubles()
    assert [hub.processes[role].poll() for role in ("ingest", "relay")] == [None, None]


def test_all_of_it_was_delivered(flowing: Hub) -> None:
    """F51, F52: every version that was written has been published, in order."""
    written = {
        (referral, version)
        for referral, version in flowing.rows(
            "select v.referral_id::text, v.version from referral_version v"
            " join referral using (referral_id) where handed_over"
        )
    }
    sent: dict[str, list[int]] = {}
    for _, record in flowing.referrals():
        versions = sent.setdefault(record["referral_id"], [])
        if not versions or record["version"] != versions[-1]:
            versions.append(record["version"])
    assert {(referral, version) for referral, vs in sent.items() for version in vs} <= written
    newest = dict(flowing.rows("select referral_id::text, version from referral where handed_over"))
    assert {referral: max(versions) for referral, versions in sent.items()} == newest


def _received(hub: Hub) -> int:
    return int(hub.rows("select coalesce(sum(received), 0)::bigint from intake_day")[0][0])


@pytest.mark.parametrize("quick", [True, False])
def test_no_lock_is_waited_for_for_long(hub: Hub, quick: bool) -> None:
    """F46: a worker gives up after a second and tries again; a command has more patience."""

    async def timeouts() -> set[str]:
        connection = await wiring.connecting(hub.settings, quick=quick)()
        try:
            names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
            return {await connection.fetchval("select current_setting($1)", n) for n in names}
        finally:
            await connection.close()

    async def waited() -> float:
        opened = wiring.connecting(hub.settings, quick=quick)
        first, second = await opened(), await opened()
        try:
            begun = first.transaction()
            await begun.start()
            await first.execute("update relay_lease set epoch = epoch")
            started = time.monotonic()
            with pytest.raises(Transient):
                async with ours():
                    await second.execute("update relay_lease set epoch = epoch")
            return time.monotonic() - started
        finally:
            await first.close()
            await second.close()

    assert asyncio.run(timeouts()) == ({"1s", "4s", "10s"} if quick else {"10s", "30s"})
    if quick:
        assert 1 <= asyncio.run(waited()) < 4
