"""Faults are visible within ten seconds and gone within fifteen after recovery (F76)."""

import signal

import pytest

from tests.integration.web.served import Web

pytestmark = pytest.mark.services


@pytest.mark.parametrize(
    ("server", "number", "code"),
    [
        ("postgres", signal.SIGKILL, "POSTGRES_DOWN"),
        ("postgres", signal.SIGSTOP, "POSTGRES_DOWN"),
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
    """A table that somebody holds locked stands for a database that accepts and never answers."""
    busy.within(5, "pass")
    with busy.holding("lock table process in access exclusive mode"):
        found = busy.within(10, "fail")
        assert found["dependencies"][0]["status"] == "fail"
        assert found["processes"] is None
    busy.within(15, "pass")


def test_a_table_that_is_not_there_is_no_500(busy: Web) -> None:
    busy.within(5, "pass")
    busy.execute("alter table process rename to process_hidden")
    assert "process" in busy.within(10, "fail")["dependencies"][0]["failure"]["en"]
    busy.execute("alter table process_hidden rename to process")
    busy.within(15, "pass")


def test_a_process_that_stops_reporting_is_seen(busy: Web) -> None:
    busy.within(5, "pass")
    busy.execute("update process set seen_at = now() - interval '5 s' where role = 'relay'")
    assert busy.within(3, "warn")["alerts"][0]["code"] == "PROCESS_LATE"
    busy.execute("update process set seen_at = now() - interval '10 s' where role = 'relay'")
    assert busy.within(3, "fail")["alerts"][0]["code"] == "RELAY_ABSENT"
    busy.execute("update process set seen_at = now() + interval '1 hour'")
    busy.within(5, "pass")


def test_a_database_that_lets_nobody_in(busy: Web) -> None:
    """F45: said on the page and in the registry's own words; both recover."""
    busy.within(5, "pass")
    name = busy.settings.postgres.get_secret_value().rpartition("/")[2]
    busy.elsewhere(f"alter database {name} allow_connections false")
    busy.elsewhere(
        f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
    )
    assert busy.within(10, "fail")["alerts"][0]["code"] == "POSTGRES_DOWN"
    refused = busy.get("/subjects")
    assert (refused.status_code, refused.json()["error_code"]) == (503, 50001)
    busy.elsewhere(f"alter database {name} allow_connections true")
    busy.within(15, "pass")
    assert busy.get("/subjects").status_code == 200
