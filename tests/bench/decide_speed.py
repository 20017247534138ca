"""How many decisions a second on one core: `python tests/bench/decide_speed.py [COUNT]`.

Facts are all different, drawn from every code list; the time includes parsing and serialising.
The second line decides typical smart-factory firms from ready facts, as the hub does. Times
are processor times. Nothing is asserted: numbers go into the change's description.
"""

import random
import sys
import time
from datetime import date, timedelta
from typing import Any

import orjson

from schemas.policies import load_policy
from schemas.tables import load_tables
from services.domain.decision import facts as f
from services.domain.decision.engine import Engine
from services.domain.decision.lines import decide_line
from services.domain.decision.reading import facts_from_json

TRI = (True, False, None)
KSIC = ("C26421", "C10", "26", "J58", "G47", "I56", "F41", "A01", "M70", "S96", None)
RECIPIENTS = ("HRDK", "AI_CENTER", "JOINT_CENTER", "POLYTECH", "OPERATOR:P1", "OPERATOR:P3")


def day(rng: random.Random, first: int = 2025, days: int = 730) -> str:
    """A day from the start of a year on."""
    return (date(first, 1, 1) + timedelta(rng.randrange(days))).isoformat()


def consent(rng: random.Random) -> dict[str, Any]:
    """A consent with some recipients."""
    named = rng.sample(RECIPIENTS, rng.randrange(1, 7))
    return {"granted": rng.choice((True, True, True, False, None)), "recipients": named}


def participation(rng: random.Random) -> dict[str, Any]:
    """A participation of any kind."""
    return {
        "programme": rng.choice(f.PROGRAMMES),
        "role": rng.choice(("DEMAND", "DEMAND", "LEAD", *sorted(f.ROLES))),
        "status": rng.choice(sorted(f.STATUSES)),
        "agreement_on": day(rng),
        "ends_on": day(rng),
        "completed_on": rng.choice((None, day(rng))),
        "level_goal": rng.choice(sorted(f.GOALS)),
        "business_kind": rng.choice(sorted(f.BUSINESS_KINDS)),
        "ai_applied": rng.choice(TRI),
        "stage": rng.choice(sorted(f.STAGES)),
        "track": rng.choice(sorted(f.TRACKS)),
        "dx_mentor_visits": rng.randrange(6),
        "joint_consulting_requested": rng.choice(TRI),
        "consent_enterprise_info": consent(rng),
    }


def case(rng: random.Random, number: int, codes: list[str]) -> dict[str, Any]:
    """One firm's facts."""
    return {
        "as_of": day(rng, 2026, 360),
        "case_id": f"case-{number}",
        "origin": rng.choice(("PARTNER_PROGRAM", "PARTNER_PROGRAM", *sorted(f.ORIGINS))),
        "participations": [participation(rng) for _ in range(rng.randrange(1, 4))],
        "firm": {
            "size_class": rng.choice(("MICRO", "SMALL", "MEDIUM", "SME", "MIDSIZE", "LARGE")),
            "regular_workers": rng.randrange(600),
            "ksic": rng.choice(KSIC),
            "group_affiliate": rng.choice(TRI),
            "tax_status": rng.choice(("ACTIVE", None)),
        },
        "establishment": {
            "sigungu": rng.choice(codes),
            "region_confidence": "CODE",
            "insured_workers": rng.randrange(500),
            "ei_arrears": rng.choice(TRI),
        },
        "survey": {
            "wishes": rng.choice((True, None)),
            "uses_ai": rng.choice(TRI),
            "level_wanted": rng.choice(sorted(f.LEVELS_WANTED)),
            "fields": rng.sample(sorted(f.FIELDS), rng.randrange(4)),
            "mode_wanted": rng.choice((None, *sorted(f.DELIVERY_MODES))),
            "obstacles": rng.sample(sorted(f.OBSTACLES), rng.randrange(3)),
        },
        "training": {"ai_courses_last_24m": rng.randrange(4), "any_record": rng.choice(TRI)},
        "course": {
            "kind": rng.choice(sorted(f.COURSE_KINDS)),
            "start_on": day(rng, 2025),
            "site_sigungu": rng.choice(codes),
            "provider_sigungu": rng.choice(codes),
            "visiting": rng.choice(TRI),
        },
    }


def typical(rng: random.Random, codes: list[str]) -> dict[str, Any]:
    """A smart-factory firm as the hub mostly sees it."""
    workers = rng.randrange(1, 300)
    return {
        "as_of": day(rng, 2026, 300),
        "participations": [
            {
                "programme": "P3",
                "role": "DEMAND",
                "status": rng.choice(("SELECTED", "CONTRACTED", "IN_PROGRESS")),
                "agreement_on": day(rng, 2026, 300),
                "ends_on": day(rng, 2026, 600),
                "level_goal": rng.choice(("BASIC", "MID1", "MID2")),
                "business_kind": rng.choice(("A02", "A04", "A05")),
                "ai_applied": rng.choice(TRI),
                "dx_mentor_visits": rng.randrange(5),
                "consent_enterprise_info": {
                    "granted": True,
                    "recipients": ["HRDK", "AI_CENTER", "JOINT_CENTER", "POLYTECH", "OPERATOR:P3"],
                },
            }
        ],
        "firm": {
            "size_class": rng.choice(("SMALL", "MEDIUM")),
            "regular_workers": workers,
            "ksic": rng.choice(("C26421", "C10301", "C29271", "C20302")),
        },
        "establishment": {
            "sigungu": rng.choice(codes),
            "region_confidence": "CODE",
            "insured_workers": rng.choice((workers, None)),
        },
    }


def main(count: int) -> None:
    """Prints decisions a second, and microseconds for one decision inside the hub."""
    rng = random.Random(1)
    tables = load_tables()
    engine = Engine(load_policy(), tables)
    codes = [row.code for row in tables.regions]
    lines = [orjson.dumps(case(rng, number, codes)) for number in range(count)]
    began = time.process_time()
    size = sum(len(decide_line(line, engine)[0]) for line in lines)
    spent = time.process_time() - began
    print(f"{count / spent:,.0f} decisions/s, {size // count:,} bytes each, all facts different")
    firms = [facts_from_json(typical(rng, codes)) for _ in range(count)]
    began = time.process_time()
    for facts in firms:
        _ = engine.decide(facts).content_hash
    spent = time.process_time() - began
    print(f"{spent / count * 1e6:.1f} µs for a typical P3 firm, with its content hash")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
