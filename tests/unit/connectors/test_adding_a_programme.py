"""A programme is added with one file, one line of the tuple, one schema and examples, and is gone
without a trace when these are taken away. Done in a copy of the tree."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PARTS = ("connectors", "schemas", "services", "docs", "tests", "deploy")
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*_cache")

CONNECTOR = '''"""P8 시범사업: an example of a programme that the plan does not know."""

from connectors.avro_values import text, whole
from connectors.base import (
    EndState,
    Outcome,
    Participation,
    Reading,
    Refusal,
    Source,
    State,
    Statement,
    Writers,
)
from connectors.frames import confluent_record, key_text, refused
from connectors.identifiers import brn
from connectors.json_values import content_digest, ordered
from connectors.memory import held_for, judged_before_identity, memory_of, with_applied, with_held

STATUSES = {"시작": "SELECTED", "끝": "COMPLETED"}


class Pilot:
    """The connector of the pilot."""

    source = Source(
        folder="pilot",
        programme="P8",
        topic="src.mss.pilot.v1",
        feedback_topic="feedback.mss.pilot.v1",
        wire="avro-confluent",
        schema_file="avro/source/pilot.avsc",
        record="kr.go.mss.Pilot",
        single=True,
        key_field="no",
        operator_ko="시범기관",
        operator_en="Pilot office",
    )

    def keep(self, value: bytes | None, writers: Writers) -> bytes | None:
        return value

    def read(self, key: bytes | None, value: bytes | None, writers: Writers) -> Reading:
        record = confluent_record(value, writers)
        if isinstance(record, str):
            return refused(key, record)
        number, status = text(record, "no").text, text(record, "status").text
        if not number or key_text(key) != number:
            return Refusal(("KEY_MISMATCH",), {"KEY_MISMATCH": "no"}, number or None)
        if status not in STATUSES:
            return Refusal(("STATUS_UNKNOWN",), {"STATUS_UNKNOWN": "status"}, number)
        own, fault = brn(text(record, "brn").text)
        body = {
            "revision": ordered(str(whole(record, "rev"))),
            "content": content_digest([number, status, own]),
            "brn": own,
            "hold": fault,
            "status": status,
        }
        return Statement((number,), number, body)

    def judge(
        self, states: tuple[State, ...], ref: str, statement: Statement
    ) -> tuple[State, tuple[Outcome, ...]]:
        memory, body = memory_of(states), statement.body
        revision, content = body["revision"], body["content"]
        early = judged_before_identity(memory, ref, revision, content, "rev")
        if early is not None:
            return early[0], (early[1],)
        if body["hold"] is not None:
            return with_held(memory, ref, revision, content), (held_for(body["hold"], "brn", ref),)
        taken = Participation(
            "P8",
            statement.source_key,
            ("programme", "source_key", "status", "brn"),
            role="DEMAND",
            status=STATUSES[body["status"]],
            brn=body["brn"],
            size_class="SMALL",
        )
        new, passed = with_applied(memory, revision, content)
        return new, (Outcome(ref, EndState.APPLIED, participations=(taken,)), *passed)
'''

SCHEMA = {
    "type": "record",
    "name": "Pilot",
    "namespace": "kr.go.mss",
    "fields": [
        {"name": "no", "type": "string"},
        {"name": "rev", "type": "int"},
        {"name": "brn", "type": "string"},
        {"name": "status", "type": "string"},
    ],
}

PARTICIPATION = {
    "programme": "P8",
    "source_key": "PL-1",
    "status": "SELECTED",
    "brn": "9998100015",
}
VALUE = {"no": "PL-1", "rev": 1, "brn": "999-81-00015", "status": "시작"}
EXAMPLES = {
    "samples": [
        {
            "name": "begun",
            "key": "PL-1",
            "value": VALUE,
            "expect": {"end_state": "applied", "participation": PARTICIPATION},
        }
    ],
    "others": [
        {
            "name": "masked",
            "key": "PL-1",
            "value": {**VALUE, "brn": "999-81-0****"},
            "expect": {"end_state": "held", "reasons": ["BRN_MASKED"]},
        }
    ],
}

# What the hub does with it, in memory: topics, registered schema, participation, decision.
HUB = """
from services import wiring
from services.domain import exchange
from services.domain.draft import Drafts
from services.settings import Settings
from tests.unit.hub.conftest import Message, _writers, opened

made = opened(wiring.engine_of(wiring.rulebook(None)))
(stream,) = [n for n, c in made.connectors.items() if c.source.folder == "pilot"]
connector = made.connectors[stream]
from services.domain.partner_wire import wire_bytes
value = wire_bytes(connector.source, {VALUE!r}, "", 1)
reading = connector.read(b"PL-1", value, _writers(connector))
message = Message(stream, 0, 0, b"PL-1", value, lambda v: v, reading)
writes, _, _ = Drafts([made.memory().draft([message])]).writes([message])
assert [row[1:3] for row in writes.participations] == [("P8", "PL-1")]
assert len(writes.decided) == 1 and not writes.referrals
topics = {{t.name for t in exchange.topics(Settings().source_partitions)}}
assert {{"src.mss.pilot.v1", "feedback.mss.pilot.v1"}} <= topics
assert "src.mss.pilot.v1-value" in {{s.subject for s in exchange.subjects()}}
"""


TESTS = (
    "tests/unit/connectors/test_examples.py",
    "tests/unit/docs/test_docs.py",
    "tests/unit/domain",
)


class Tree:
    """A copy of the sources in which programs can be run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in PARTS:
            shutil.copytree(ROOT / part, folder / part, ignore=IGNORED)
        for path in ROOT.iterdir():
            if path.is_file():
                shutil.copy(path, folder / path.name)

    def digests(self) -> dict[str, str]:
        """Every file and its content."""
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not {"__pycache__", ".hypothesis"} & set(path.parts)
        }

    def run(self, *arguments: str) -> None:
        """Runs Python in the tree; fails with what it said."""
        env = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            (sys.executable, *arguments), cwd=self.folder, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    def add(self) -> set[str]:
        """The programme: its file, its line, its schema, its examples; returns the files."""
        (self.folder / "connectors/pilot.py").write_text(CONNECTOR, "utf-8")
        schema = json.dumps(SCHEMA, ensure_ascii=False)
        (self.folder / "schemas/avro/source/pilot.avsc").write_text(schema, "utf-8")
        (self.folder / "tests/examples/pilot").mkdir()
        for name, examples in EXAMPLES.items():
            lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in examples]
            path = self.folder / f"tests/examples/pilot/{name}.jsonl"
            path.write_text("".join(lines), "utf-8")
        tuple_file = self.folder / "connectors/__init__.py"
        text = tuple_file.read_text("utf-8")
        text = text.replace("    Robot(),\n", "    Robot(),\n    Pilot(),\n")
        imported = "from connectors.robot import Robot\n"
        text = text.replace(imported, f"from connectors.pilot import Pilot\n{imported}")
        tuple_file.write_text(text, "utf-8")
        return {
            "connectors/pilot.py",
            "connectors/__init__.py",
            "schemas/avro/source/pilot.avsc",
            "tests/examples/pilot/samples.jsonl",
            "tests/examples/pilot/others.jsonl",
        }

    def remove(self) -> None:
        """Takes the same away again."""
        (self.folder / "connectors/pilot.py").unlink()
        (self.folder / "schemas/avro/source/pilot.avsc").unlink()
        shutil.rmtree(self.folder / "tests/examples/pilot")
        shutil.copy(ROOT / "connectors/__init__.py", self.folder / "connectors/__init__.py")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "tree")


def test_a_programme_comes_and_goes(tree: Tree) -> None:
    before = tree.digests()
    own = tree.add()
    tree.run("-m", "tests.unit.docs.lists")
    tree.run("-c", HUB.format(VALUE=VALUE))
    tree.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS)
    after = tree.digests()
    touched = {name for name in after if after[name] != before.get(name)}
    assert touched - own <= {name for name in touched if name.startswith("docs/")}
    assert own <= touched
    tree.remove()
    tree.run("-m", "tests.unit.docs.lists")
    assert tree.digests() == before
