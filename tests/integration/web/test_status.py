"""The status endpoints over real services: empty, busy, behind."""

import asyncio
import time

import pytest
from aiokafka import AIOKafkaProducer

from tests.integration.web.served import TOPIC, Web

pytestmark = pytest.mark.services
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def publish(servers: str, partition: int, count: int) -> None:
    async def send() -> None:
        async with AIOKafkaProducer(bootstrap_servers=servers, acks="all") as producer:
            for _ in range(count):
                await producer.send_and_wait(TOPIC, b"x", partition=partition)

    asyncio.run(send())


def test_an_empty_hub_answers_and_says_that_nobody_works(web: Web) -> None:
    assert web.get("/livez").json() == {"status": "pass"}
    assert web.get("/readyz").status_code == 200
    answer = web.get("/status")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/health+json"
    found = answer.json()
    assert found["status"] == "fail"
    assert "INGEST_ABSENT" in {alert["code"] for alert in found["alerts"]}
    assert found["dependencies"][0]["version"].startswith("18")
    assert found["dependencies"][1]["version"] is None
    assert {flow["state"] for flow in found["connectors"]} == {"stopped"}
    assert found["funnel"]["received"] == 0
    assert found["agencies"] == []


def test_a_busy_hub_passes_with_its_numbers(busy: Web) -> None:
    found = busy.counted()
    assert (found["status"], found["alerts"]) == ("pass", [])
    (flow,) = [flow for flow in found["connectors"] if flow["topic"] == TOPIC]
    assert flow["state"] == "running"
    assert flow["lag"] == {"messages": 0, "seconds": 0.0}
    assert flow["end_states"]["received"] == 10
    assert flow["rate_per_s"] == pytest.approx(10 / 60, abs=0.01)
    assert {reason["code"] for reason in flow["reasons"]} >= {"KEY_MISSING", "BRN_CHECKSUM"}
    assert flow["schema_versions"] == [1]
    assert found["quarantine"]["count"] == 1 and found["quarantine"]["oldest_s"] > 50
    assert found["funnel"]["enterprises"] == 4 and found["funnel"]["handed_over"] == 3
    (seoul,) = found["agencies"]
    assert (seoul["issued"], seoul["by_status"]) == (3, {"requested": 3})
    assert 295 < seoul["oldest_unacknowledged_s"] < 400
    assert found["pipeline"]["receive_s"]["p50"] == pytest.approx(1, abs=0.2)
    assert found["today_fixed"] is True and found["today"] == "2026-04-15"


def test_received_is_the_sum_of_the_five_states(busy: Web) -> None:
    busy.within(5, "pass")
    busy.execute("update intake_day set held = 0")
    found = busy.within(5, "fail")
    assert found["alerts"][0]["code"] == "BALANCE_BROKEN"


def test_lag_in_messages_and_seconds(busy: Web) -> None:
    busy.within(5, "pass")
    publish(busy.settings.kafka, 3, 3)
    time.sleep(1.2)
    (flow,) = [flow for flow in busy.status()["connectors"] if flow["topic"] == TOPIC]
    assert flow["lag"]["messages"] == 3
    assert 1 < flow["lag"]["seconds"] < 8
    (number,) = [p for p in flow["partitions"] if p["partition"] == 3]
    assert (number["offset"], number["log_end"], number["lag"]) == (0, 3, 3)
    busy.execute("update source_partition set next_offset = 2 where partition = 3")
    time.sleep(1.1)
    (flow,) = [flow for flow in busy.status()["connectors"] if flow["topic"] == TOPIC]
    assert flow["lag"]["messages"] == 1 and flow["lag"]["seconds"] > 1
    busy.execute("update source_partition set next_offset = 3 where partition = 3")


def test_the_page_in_both_languages(busy: Web) -> None:
    busy.within(5, "pass")
    korean, english = busy.get("/status", BROWSER), busy.get("/status?lang=en", BROWSER)
    assert korean.headers["content-type"].startswith("text/html")
    assert (korean.headers["content-language"], english.headers["content-language"]) == ("ko", "en")
    assert "정상입니다" in korean.text and "All is well" in english.text
    assert "설정으로 고정" in korean.text and "fixed by a setting" in english.text
    assert busy.get("/status?format=json", BROWSER).json()["status"] == "pass"


def test_the_start_page_leads_to_the_status(web: Web) -> None:
    answer = web.get("/?lang=en")
    assert (answer.status_code, answer.headers["location"]) == (307, "/status?lang=en")


def test_metrics_count_by_programme_state_and_reason(busy: Web) -> None:
    busy.counted()
    text = busy.get("/metrics").text
    assert 'naru_messages{end_state="applied",programme="smart-factory"} 6.0' in text
    assert (
        'naru_message_reasons_total{end_state="held",programme="smart-factory",'
        'reason="BRN_CHECKSUM"} 1.0' in text
    )
    assert 'naru_agency_referrals{agency="HRDK-SEOUL",status="requested"} 3.0' in text
    assert 'naru_http_requests_total{method="GET",route="/status",status="200"}' in text


def test_a_look_is_shared_and_quick(busy: Web) -> None:
    busy.status()
    started = time.monotonic()
    for _ in range(20):
        busy.get("/status")
    assert time.monotonic() - started < 2
