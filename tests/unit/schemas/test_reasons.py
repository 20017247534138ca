"""The list of codes against the connectors' use of it (style, habit 7)."""

import re
from pathlib import Path

from schemas.reasons import CODES, DUPLICATE, HELD, QUARANTINED, SUPERSEDED, WARNINGS

CONNECTORS = Path(__file__).parents[3] / "connectors"
WORD = re.compile(r'"([A-Z]+(?:_[A-Z0-9]+)+)"')


def test_every_code_has_two_languages_and_one_entry() -> None:
    rows = (*QUARANTINED, *HELD, *DUPLICATE, *SUPERSEDED, *WARNINGS)
    assert len(rows) == len(CODES) == 64
    assert all(row.en and row.ko for row in rows)
    assert {row.end_state for row in WARNINGS} == {None}


def test_connectors_use_no_other_code() -> None:
    prefixes = ("BRN_", "REGION_", "DATE_", "NUMBER_", "FIELD_", "CODE_", "KEY_", "VALUE_", "ID_")
    for path in CONNECTORS.glob("*.py"):
        for word in WORD.findall(path.read_text(encoding="utf-8")):
            if word.startswith(prefixes):
                assert word in CODES, (path.name, word)
