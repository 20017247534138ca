"""`/metrics`: the status document's numbers for Prometheus. What is unknown is left out."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    SummaryMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from services.web import metric_names as names
from services.web.metric_names import Metric
from services.web.middleware import Served
from services.web.states import State

Json = Mapping[str, Any]
Sample = tuple[tuple[str, ...], float | None]
_RANK = {"pass": 0, "warn": 1, "fail": 2}


def exposition(found: Json, served: Served, accept: str) -> tuple[bytes, str]:
    """(body, media type) as the scraper asks for it."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once(families(found, served)))
    encode, media_type = choose_encoder(accept)
    return encode(registry), media_type


class _Once(Collector):
    def __init__(self, found: Iterable[Family]) -> None:
        self._found = list(found)

    def collect(self) -> Iterable[Family]:
        return self._found


def families(found: Json, served: Served) -> Iterator[Family]:
    """One family a metric, without those that have no value."""
    for metric, samples in _samples(found):
        known = [(labels, float(value)) for labels, value in samples if value is not None]
        if known:
            yield _family(metric, known)
    yield _family(
        names.HTTP,
        [((route, method, str(code)), n) for (route, method, code), n in served.requests.items()],
    )
    summary = SummaryMetricFamily(
        names.HTTP_SECONDS.name, names.HTTP_SECONDS.en, labels=names.HTTP_SECONDS.labels
    )
    for route, (count, seconds) in served.seconds.items():
        summary.add_metric((route,), count_value=count, sum_value=seconds)
    yield summary


def _family(metric: Metric, samples: Iterable[tuple[tuple[str, ...], float]]) -> Family:
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = kind(metric.name, metric.en, labels=metric.labels)
    for labels, value in samples:
        family.add_metric(labels, value)
    return family


def _samples(found: Json) -> Iterator[tuple[Metric, list[Sample]]]:
    yield from _hub(found)
    yield from _connectors(found["connectors"])
    yield from _queues(found)
    yield from _referrals(found)
    yield from _processes(found)


def _hub(found: Json) -> Iterator[tuple[Metric, list[Sample]]]:
    services = found["dependencies"]
    yield names.UP, [((d["name"],), float(d["status"] == "pass")) for d in services]
    yield names.DEPENDENCY_SECONDS, [((d["name"],), _seconds(d["latency_ms"])) for d in services]
    yield (
        names.STATUS,
        [
            (("all",), _RANK[found["status"]]),
            (("operation",), _RANK[found["operation"]]),
        ],
    )
    yield names.BUILD, [((found["version"], found["schema_version"] or "unknown"), 1)]
    yield names.POLICY, [((found["policy"]["hash"],), 1)]
    yield names.REVIEWS, [((), found["policy"]["overdue"])]


def _connectors(rows: list[Json]) -> Iterator[tuple[Metric, list[Sample]]]:
    yield names.RECEIVED, [((r["id"],), (r["end_states"] or {}).get("received")) for r in rows]
    yield (
        names.MESSAGES,
        [
            ((r["id"], state), count)
            for r in rows
            for state, count in (r["end_states"] or {}).items()
            if state != "received"
        ],
    )
    yield (
        names.REASONS,
        [
            ((r["id"], reason["end_state"] or "applied", reason["code"]), reason["count"])
            for r in rows
            for reason in r["reasons"] or ()
        ],
    )
    yield names.LAG_MESSAGES, [((r["id"],), r["lag"]["messages"]) for r in rows]
    yield names.LAG_SECONDS, [((r["id"],), r["lag"]["seconds"]) for r in rows]
    yield names.LAST_EVENT, [((r["id"],), _epoch(r["last_event_at"])) for r in rows]
    yield (
        names.CONNECTOR,
        [((r["id"], state.value), float(r["state"] == state)) for r in rows for state in State],
    )


def _queues(found: Json) -> Iterator[tuple[Metric, list[Sample]]]:
    outbox, quarantine = found["pipeline"]["outbox"], found["quarantine"]
    yield names.QUARANTINED, [((), quarantine["count"])]
    yield names.QUARANTINE_AGE, [((), quarantine["oldest_s"])]
    yield names.IDENTITY_REVIEWS, [((), found["reviews"]["count"])]
    yield names.IDENTITY_REVIEW_AGE, [((), found["reviews"]["oldest_s"])]
    yield names.OUTBOX, [((), outbox["backlog"])]
    yield names.OUTBOX_AGE, [((), outbox["age_s"])]


def _referrals(found: Json) -> Iterator[tuple[Metric, list[Sample]]]:
    funnel, rows = found["funnel"], found["agencies"] or ()
    yield names.ENTERPRISES, [((), funnel["enterprises"])]
    yield names.PARTICIPATIONS, [((), funnel["participations"])]
    yield names.REFERRALS, [((status,), n) for status, n in (funnel["by_status"] or {}).items()]
    yield (
        names.AGENCY_REFERRALS,
        [((r["code"], status), n) for r in rows for status, n in r["by_status"].items()],
    )
    yield names.AGENCY_WAIT, [((r["code"],), r["oldest_unacknowledged_s"]) for r in rows]


def _processes(found: Json) -> Iterator[tuple[Metric, list[Sample]]]:
    rows = found["processes"] or ()
    yield names.PROCESS_UP, [((r["role"],), float(r["state"] in ("alive", "late"))) for r in rows]
    yield names.PROCESS_START, [((r["role"],), _epoch(r["started_at"])) for r in rows]
    workers = found["pipeline"]["workers"] or ()
    yield names.PROCESS_MESSAGES, [((w["role"],), w["messages"]) for w in workers]
    yield names.PROCESS_BATCHES, [((w["role"],), w["batches"]) for w in workers]
    yield names.PROCESS_FAILURES, [((w["role"],), w["failures"]) for w in workers]
    yield names.PROCESS_REDONE, [((w["role"],), w["redone"]) for w in workers]
    yield names.PROCESS_BATCH_SECONDS, [((w["role"],), _seconds(w["last_ms"])) for w in workers]


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _epoch(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()
