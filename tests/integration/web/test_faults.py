"""Faults are visible within ten seconds and gone within fifteen after recovery (F76)."""

import signal
import time

import pytest

from tests.integration.web.served import Web

pytestmark = pytest.mark.services


@pytest.mark.parametrize(
    ("server", "number", "code"),
    [
        ("postgres", signal.SIGKILL, "POSTGRES_DOWN"),
        ("kafka", signal.SIGSTOP, "KAFKA_DOWN"),
        ("kafka", signal.SIGKILL, "KAFKA_DOWN"),
    ],
)
def test_a_server_that_dies_or_hangs_is_seen_and_so_is_its_return(
    busy: Web, server: str, number: signal.Signals, code: str
) -> None:
    busy.within(5, "pass")
    busy.get("/schemas/ids/1").raise_for_status()
    busy.stack.kill(server, number)
    try:
        found = busy.within(10, "fail")
        assert code in {alert["code"] for alert in found["alerts"]}
        ready = busy.get("/readyz")
        assert (ready.status_code, ready.headers["content-type"]) == (
            503,
            "application/problem+json",
        )
        assert ready.headers["retry-after"]
        assert {"ko", "en", "title", "detail"} <= ready.json().keys()
        assert busy.get("/livez").status_code == 200
        assert f'naru_dependency_up{{dependency="{server}"}} 0.0' in busy.get("/metrics").text
        page = busy.get("/status", "text/html")
        assert page.status_code == 200 and "장애" in page.text
        assert busy.get("/schemas/ids/1").status_code == 200
    finally:
        if number == signal.SIGSTOP:
            busy.stack.kill(server, signal.SIGCONT)
        else:
            busy.stack.start(server)
    busy.within(15, "pass")


def test_a_database_that_hangs_is_seen_and_so_is_its_return(busy: Web) -> None:
    """A stopped postmaster still has its backends: a lock that the page waits for stands for one
    that hangs."""
    busy.within(5, "pass")
    busy.execute("alter table process rename to process_hidden")
    try:
        assert busy.within(10, "fail")["dependencies"][0]["status"] == "fail"
    finally:
        busy.execute("alter table process_hidden rename to process")
    busy.within(15, "pass")


def test_a_process_that_stops_reporting_is_seen(busy: Web) -> None:
    busy.within(5, "pass")
    busy.execute("update process set seen_at = now() where role = 'relay'")
    started = time.monotonic()
    assert busy.within(10, "warn")["alerts"][0]["code"] == "PROCESS_LATE"
    assert busy.within(12, "fail")["alerts"][0]["code"] == "RELAY_ABSENT"
    assert time.monotonic() - started > 3
    busy.execute("update process set seen_at = now() + interval '1 hour'")
    busy.within(5, "pass")


def test_no_connection_is_free(busy: Web) -> None:
    """F45: the page says so, and recovers."""
    busy.within(5, "pass")
    name = busy.settings.postgres.get_secret_value().rpartition("/")[2]
    busy.execute(f"alter database {name} connection limit 0")
    busy.execute("select 1")
    busy.execute(f"alter database {name} connection limit -1")
    busy.within(15, "pass")
