"""CPU time of the pure part of a batch, stage by stage, without Kafka and Postgres.

python -m tests.bench.pure_path [EVENTS] [PROGRAMME ...]
"""

import gc
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime

import orjson

from connectors import CONNECTORS
from schemas.codec import Encoder, rabin_fingerprint, schema_text
from schemas.policies import load_policy
from schemas.strict import compile_schema
from schemas.tables import load_tables
from services.domain.account import Account
from services.domain.applying import Applying
from services.domain.changes import Changes
from services.domain.citations import citations
from services.domain.deciding import Deciding
from services.domain.decision.engine import Engine
from services.domain.desk import Desk
from services.domain.firms import Firms
from services.domain.judging import Message, Scopes, judge_batch
from services.domain.referral_record import GROUPS
from services.domain.splitting import SplitEncoder
from services.domain.writes import Writes
from services.simulation.plan import SimulationPlan
from services.simulation.stream import simulate

BATCH = 1500


def main() -> None:
    """Prints µs of CPU an event for each stage."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    folders = tuple(sys.argv[2:]) or ("smart-factory",)
    connectors = {c.source.topic: c for c in CONNECTORS}
    streams = {topic: n for n, topic in enumerate(connectors, 1)}
    by_stream = {streams[t]: c for t, c in connectors.items()}
    writers = {}
    for topic, c in connectors.items():
        if c.source.wire != "json":
            schema = orjson.loads(schema_text(f"source/{c.source.folder}"))
            name = rabin_fingerprint(schema) if c.source.wire == "avro-single-object" else 1
            writers[topic] = {name: compile_schema(schema)}
    engine = Engine(load_policy(), load_tables())
    desk = Desk(
        engine=engine,
        sources={n: (connectors[t].source, 0) for t, n in streams.items()},
        all_sources=tuple(c.source for c in CONNECTORS),
        participation_encoder=Encoder("participation", 1),
        feedback_encoder=Encoder("feedback", 2),
        referral_encoder=SplitEncoder("referral", 3, GROUPS),
        seal=lambda value: value,
        facts_json=orjson.dumps,
        citations=citations(engine.policy),
    )
    stream = list(simulate(SimulationPlan(events=events, seed=5, programmes=folders)))
    states: dict[tuple[str, str], bytes] = {}
    aliases: dict[str, dict[str, str]] = {}
    links: dict = {}
    participations: dict = {}
    referrals: dict = {}
    clock = (datetime.now(UTC), date(2026, 4, 15))
    spent: Counter[str] = Counter()
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    offset = 0
    for at in range(0, len(stream), BATCH):
        t0 = time.process_time()
        messages = []
        for event in stream[at : at + BATCH]:
            connector = connectors[event.topic]
            reading = connector.read(event.key, event.value, writers.get(event.topic, {}))
            messages.append(
                Message(
                    streams[event.topic], offset, 0, event.key, event.value, lambda v: v, reading
                )
            )
            offset += 1
        t1 = time.process_time()
        memory = {
            c.source.folder: Scopes(
                {k[1]: v for k, v in states.items() if k[0] == c.source.folder},
                aliases.setdefault(c.source.folder, {}),
            )
            for c in CONNECTORS
        }
        t1b = time.process_time()
        judged = judge_batch(by_stream, memory, messages)
        t2 = time.process_time()
        firms = Firms()
        changes = Changes(desk)
        ids = changes.collect(judged)
        wanted = changes.identifiers()
        enterprises = changes.resolve({i: links[i] for i in wanted if i in links})
        t3 = time.process_time()
        links.update(changes.learnt())
        touched = enterprises | {participations[i][3] for i in ids if i in participations}
        t3b = time.process_time()
        firms.load(
            [
                (r[0], r[3], r[4], r[5], r[7], r[8], r[9])
                for r in participations.values()
                if r[3] in touched
            ],
            [
                (r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[9], r[12])
                for r in referrals.values()
                if r[1] in touched
            ],
        )
        t4 = time.process_time()
        writes = Writes()
        effects = Applying(Deciding(firms, desk, clock)).apply_all(judged, changes)
        writes.add(effects.values())
        t5 = time.process_time()
        account = Account(messages, judged, by_stream, clock, desk.seal)
        account.write(writes) if not account.moved_refs() else None
        for folder, scope in memory.items():
            for name, state, _ in scope.changed():
                states[folder, name] = state
        desk.committed(writes)
        t6 = time.process_time()
        for row in writes.participations:
            participations[row[0]] = row
        for row in writes.referrals:
            referrals[row[0]] = row
        spent["read"] += t1 - t0
        spent["judge"] += t2 - t1b
        spent["resolve"] += t3 - t2
        spent["load"] += t4 - t3b
        spent["apply_all"] += t5 - t4
        spent["account"] += t6 - t5
    total = sum(spent.values())
    for stage, seconds in spent.items():
        print(f"{stage:12} {seconds / events * 1e6:7.1f} µs/event")
    print(f"{'sum':12} {total / events * 1e6:7.1f} µs/event  ({events / total:,.0f} events/s)")


if __name__ == "__main__":
    main()
