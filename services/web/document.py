"""The status document: an observation as JSON-ready facts, in the shape of health+json. Pure.

Unknown is null, never zero. Times are ISO 8601 in UTC, days are Korean.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeAlias

from schemas.reasons import CODES
from services.domain.codes import meaning
from services.logs import mask
from services.web import agencies, clock_view, policy_view
from services.web.alerts import Verdict, verdict
from services.web.definitions import DEFINITIONS
from services.web.observation import Dependency, Observation
from services.web.outbox import Outbox, outbox_of
from services.web.parts import WebParts
from services.web.states import Connector, Partition, Process, connectors, processes
from services.web.words import WORDS

Json: TypeAlias = dict[str, Any]
END_STATES = ("applied", "duplicate", "superseded", "held", "quarantined")


def document(seen: Observation, parts: WebParts) -> Json:
    """Everything that `/status` says."""
    running = processes(seen)
    flows = connectors(seen, parts.sources, running)
    outbox = outbox_of(seen)
    found = verdict(seen, running, flows, outbox, parts.policy, parts.tables)
    return {
        **_head(seen, parts, found),
        "connectors": [_connector(seen, flow, parts) for flow in flows],
        "pipeline": _pipeline(seen, running, outbox, flows),
        "clock": clock_view.clock_of(seen, running, parts),
        "quarantine": _quarantine(seen),
        "reviews": _reviews(seen),
        "policy": policy_view.policy_of(seen, parts),
        "agencies": agencies.agencies_of(seen, parts),
        "agency_register": agencies.register_of(parts),
        "funnel": _funnel(seen),
        "dependencies": [_dependency(d) for d in (seen.postgres, seen.kafka)],
        "processes": [_process(p) for p in running] if running is not None else None,
        "definitions": {path: _words(words) for path, words in DEFINITIONS.items()},
    }


def _head(seen: Observation, parts: WebParts, found: Verdict) -> Json:
    skew = seen.skew
    return {
        "status": found.status.value,
        "operation": found.operation.value,
        "sentence": _words(found.sentence),
        "alerts": [
            {"code": a.code, "severity": a.severity.value, "kind": a.kind, "ko": a.ko, "en": a.en}
            for a in found.alerts
        ],
        "serviceId": "naru",
        "version": parts.version,
        "schema_version": seen.live.schema_version if seen.live is not None else None,
        "observed_at": _time(seen.at),
        "today": seen.today.isoformat(),
        "today_fixed": parts.today_fixed,
        "clock_skew_ms": None if skew is None else round(skew.total_seconds() * 1000),
    }


def _words(pair: tuple[str, str]) -> Json:
    return {"ko": pair[0], "en": pair[1]}


def _time(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(timespec="milliseconds")


def _number(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _connector(seen: Observation, flow: Connector, parts: WebParts) -> Json:
    source, topic = flow.source, flow.source.topic
    worker = flow.worker
    rate = _rate(seen, topic)
    return {
        "topic": topic,
        "id": source.folder,
        "programme": source.programme,
        "name": _name(flow, parts),
        "operator": {"ko": source.operator_ko, "en": source.operator_en},
        "state": flow.state.value,
        "why": sorted({p.why for p in flow.partitions if p.why is not None}),
        "last_event_at": _time(flow.last_event_at),
        "last_success_at": _time(flow.last_success_at),
        "last_failure": mask(worker.failure) if worker is not None and worker.failure else None,
        "lag": {"messages": flow.lag, "seconds": _number(flow.lag_s)},
        "rate_per_s": rate,
        "end_states": _end_states(seen, topic),
        "reasons": _reasons(seen, topic),
        "schema_versions": _versions(seen, f"{topic}-value"),
        "partitions": [_partition(p) for p in flow.partitions],
    }


def _name(flow: Connector, parts: WebParts) -> Json:
    row = parts.policy.matrix.programmes.get(flow.source.programme or "")
    if row is not None:
        return {"ko": row.ko, "en": row.en}
    folder = flow.source.folder
    return _words(WORDS.get(folder, (folder, folder)))


def _rate(seen: Observation, topic: str) -> float | None:
    if seen.live is None:
        return None
    return round(sum(r.advanced for r in seen.live.partitions if r.topic == topic) / 60, 2)


def _end_states(seen: Observation, topic: str) -> Json | None:
    """Zeros for a topic of which nothing has come; None where the database does not answer."""
    if seen.live is None:
        return None
    for row in seen.live.states:
        if row.topic == topic:
            counts = asdict(row)
            return {"received": row.received, **{state: counts[state] for state in END_STATES}}
    return dict.fromkeys(("received", *END_STATES), 0)


def _reasons(seen: Observation, topic: str) -> list[Json] | None:
    if seen.live is None:
        return None
    return [reason_of(code, n) for found, code, n in seen.live.reasons if found == topic]


def reason_of(code: str, count: int) -> Json:
    """A reason code with its count, end state and meaning; the hub's own codes are quarantines."""
    known = CODES.get(code)
    try:
        ko, en = meaning(code)
    except KeyError:
        ko = en = code
    end_state = known.end_state if known is not None else "quarantined"
    return {"code": code, "count": count, "end_state": end_state, "ko": ko, "en": en}


def _versions(seen: Observation, subject: str) -> list[int] | None:
    if seen.totals is None:
        return None
    return next((list(found) for name, found in seen.totals.subjects if name == subject), [])


def _partition(partition: Partition) -> Json:
    row, log = partition.row, partition.log
    return {
        "partition": partition.number,
        "state": partition.state.value,
        "why": partition.why,
        "owner": row.owner if row is not None else None,
        "epoch": row.epoch if row is not None else None,
        "offset": row.next_offset if row is not None else None,
        "log_start": log[0] if log is not None else None,
        "log_end": log[1] if log is not None else None,
        "lag": partition.lag,
        "lag_s": _number(partition.lag_s),
        "batch_cap": row.batch_cap or None if row is not None else None,
        "moved_at": _time(row.updated_at) if row is not None else None,
        "still_s": _number(partition.still_s),
    }


def _pipeline(
    seen: Observation,
    running: tuple[Process, ...] | None,
    outbox: Outbox,
    flows: tuple[Connector, ...],
) -> Json:
    delays = seen.totals.delays if seen.totals is not None else None
    rows = seen.live.partitions if seen.live is not None else None
    lags = [flow.lag for flow in flows if flow.lag is not None]
    return {
        "lag": sum(lags) if len(lags) == len(flows) else None,
        "rate_per_s": round(sum(r.advanced for r in rows) / 60, 2) if rows is not None else None,
        "workers": [_worker(p) for p in running if p.kind != "web"]
        if running is not None
        else None,
        "outbox": {
            "backlog": outbox.backlog,
            "at_least": outbox.at_least,
            "age_s": _number(outbox.age_s),
        },
        "receive_s": _percentiles(delays),
        "referral_s": _percentiles(None),
        "partitions_owned": sum(
            p.state in ("running", "stalled") for f in flows for p in f.partitions
        )
        if rows is not None
        else None,
    }


def _percentiles(found: tuple[float, float, float] | None) -> Json:
    values: tuple[float | None, ...] = found or (None, None, None)
    return {
        name: None if value is None else round(value, 3)
        for name, value in zip(("p50", "p95", "p99"), values, strict=True)
    }


def _worker(process: Process) -> Json:
    facts = process.facts
    keys = ("batches", "last_batch", "last_ms", "failures", "fenced", "redone", "epoch")
    found: Json = {key: facts.get(key) for key in keys}
    handled = facts.get("events", facts.get("published"))
    return {"role": process.row.role, "state": process.state.value, "messages": handled, **found}


def _quarantine(seen: Observation) -> Json:
    if seen.totals is None:
        return {"count": None, "oldest_s": None, "by_reason": None}
    reasons: Counter[str] = Counter()
    for codes, count, _ in seen.totals.parked:
        for code in codes.split():
            reasons[code] += count
    oldest = min((since for _, _, since in seen.totals.parked), default=None)
    return {
        "count": sum(count for _, count, _ in seen.totals.parked),
        "oldest_s": _number(seen.age(oldest)),
        "by_reason": [reason_of(code, count) for code, count in reasons.most_common()],
    }


def _reviews(seen: Observation) -> Json:
    if seen.totals is None:
        return {"count": None, "oldest_s": None}
    return {
        "count": seen.totals.reviews,
        "oldest_s": _number(seen.age(seen.totals.reviews_since)),
    }


def _funnel(seen: Observation) -> Json:
    received: Mapping[str, int] | None = None
    if seen.live is not None:
        received = {
            "received": sum(row.received for row in seen.live.states),
            "applied": sum(row.applied for row in seen.live.states),
        }
    totals = seen.totals
    statuses: Counter[str] = Counter()
    for group in totals.referrals if totals is not None else ():
        statuses[group.status] += group.count
    return {
        "received": received["received"] if received is not None else None,
        "applied": received["applied"] if received is not None else None,
        "participations": totals.participations if totals is not None else None,
        "enterprises": totals.enterprises if totals is not None else None,
        "establishments": totals.establishments if totals is not None else None,
        "referrals": sum(statuses.values()) if totals is not None else None,
        "handed_over": sum(g.count for g in totals.referrals if g.handed_over)
        if totals is not None
        else None,
        "by_status": dict(sorted(statuses.items())) if totals is not None else None,
        "identity_reviews": totals.reviews if totals is not None else None,
        "observed_at": _time(totals.at) if totals is not None else None,
    }


def _dependency(dependency: Dependency) -> Json:
    failure = dependency.failure
    return {
        "name": dependency.name,
        "status": "pass" if dependency.answers else "fail",
        "version": dependency.version,
        "latency_ms": dependency.latency_ms,
        "failure": _words((mask(failure[0]), mask(failure[1]))) if failure is not None else None,
    }


def _process(process: Process) -> Json:
    row = process.row
    return {
        "role": row.role,
        "pid": row.pid,
        "state": process.state.value,
        "version": row.version,
        "started_at": _time(row.started_at),
        "seen_at": _time(row.seen_at),
        "seen_s": process.age_s,
        "failures": process.facts.get("failures"),
        "last_failure": mask(process.failure) if process.failure else None,
    }
