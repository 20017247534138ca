"""The lists that docs/ repeats from the code, as Markdown; `python -m tests.unit.docs.lists`
writes them anew between `<!-- list: NAME -->` and `<!-- /list -->`."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from typer import Typer

from connectors import CONNECTORS
from schemas import reasons
from schemas.codec import schema_text
from schemas.policies import load_policy
from schemas.reasons import Code
from schemas.tables import REFERENCE_FOLDER
from services.adapters import failpoints
from services.cli import app
from services.domain import codes, exchange
from services.domain.calculator.question import NAMES
from services.domain.policy_check.findings import CODES
from services.domain.topics import agency_topic
from services.settings import Settings

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
LIST = re.compile(r"(<!-- list: ([a-z-]+) -->\n)(.*?)(<!-- /list -->)", re.DOTALL)
_WIRES = {
    "avro-confluent": "Avro, `00` + id",
    "avro-single-object": "Avro, `C3 01` + fingerprint",
    "json": "JSON, UTF-8",
}


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(heads)
    lines = [names, ["---"] * len(names), *([_cell(c) for c in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _inputs() -> str:
    rows = [
        (
            c.source.programme or "–",
            f"`{c.source.folder}`",
            f"`{c.source.topic}`",
            f"`{c.source.key_field}`",
            _WIRES[c.source.wire],
            f"`{c.source.feedback_topic}`",
            f"{c.source.operator_ko} {c.source.operator_en}",
        )
        for c in CONNECTORS
    ]
    return _table(
        ("사업", "폴더 folder", "토픽 topic", "키 key", "형식 wire", "회신 feedback", "기관"), rows
    )


def _codes(found: Iterable[Code]) -> str:
    rows = [(f"`{c.code}`", c.end_state or "applied", c.ko, c.en) for c in found]
    return _table(("코드 code", "상태 end state", "뜻", "meaning"), rows)


def _reasons() -> str:
    groups = (reasons.QUARANTINED, reasons.HELD, reasons.DUPLICATE, reasons.SUPERSEDED)
    return _codes(code for group in groups for code in group)


def _own_codes() -> str:
    rows = [(f"`{code}`", "quarantined", ko, en) for code, (ko, en) in codes.OWN.items()]
    return _table(("코드 code", "상태 end state", "뜻", "meaning"), rows)


def _decision_reasons() -> str:
    named = load_policy().rules.reasons
    return _table(
        ("코드 code", "뜻", "meaning"), [(f"`{code}`", r.ko, r.en) for code, r in named.items()]
    )


def _agencies() -> str:
    with (REFERENCE_FOLDER / "agencies.csv").open(encoding="utf-8-sig", newline="") as file:
        names = {row["agency_code"]: row["name_ko"] for row in csv.DictReader(file)}
    operators = load_policy().matrix.programmes
    rows = []
    for code in exchange.receiving_agencies():
        name = names.get(code) or operators[code.removeprefix("OPERATOR:")].operator_ko
        rows.append((f"`{code}`", name, f"`{agency_topic(code)}`"))
    return _table(("기관 agency", "이름 name", "토픽 topic"), rows)


def _settings() -> str:
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default if field.default_factory is None else _FOUND[name]
        text = str(getattr(default, "get_secret_value", lambda value=default: value)())
        shown = "–" if text in ("", "None") else f"`{text}`"
        rows.append((f"`NARU_{name.upper()}`", shown, field.description or ""))
    return _table(("변수 variable", "기본값 default", "뜻 meaning"), rows)


_FOUND = {
    "data_dir": "~/.cache/naru/data",
    "cache_dir": "~/.cache/naru",
    "java_home": "$JAVA_HOME",
    "search_path": "$PATH",
}


def _commands() -> str:
    rows = [(f"`naru {name}`", text) for name, text in commands()]
    return _table(("명령 command", "하는 일 what it does"), rows)


def commands() -> Iterator[tuple[str, str]]:
    """Every command with its words, those of groups as `group command`."""
    yield from _of(app, "")
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield from _of(group.typer_instance, f"{group.name} ")


def _of(found: Typer, before: str) -> Iterator[tuple[str, str]]:
    for command in found.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__.replace("_", "-")
        yield before + name, (command.callback.__doc__ or "").strip()


def _failpoints() -> str:
    return "".join(f"- `{name}`\n" for name in failpoints.NAMES)


def _questions() -> str:
    rows = [
        (name, q.section, f"{q.ko}<br>{q.en}", f"{q.default_ko}<br>{q.default_en}", q.review_by)
        for name, q in load_policy().questions.questions.items()
    ]
    return _table(
        (
            "",
            "절 section",
            "계획이 정하지 않은 것 the plan is silent on",
            "기본값 default",
            "재검토 기한 review by",
        ),
        rows,
    )


def _policy_findings() -> str:
    rows = [(f"`{code}`", ko, en) for code, (ko, en) in CODES.items()]
    return _table(("코드 code", "뜻", "meaning"), rows)


def _calculator() -> str:
    rows = [(f"`{name}`", ko, en) for name, (ko, en) in NAMES.items()]
    return _table(("이름 name", "뜻", "meaning"), rows)


LISTS: dict[str, Callable[[], str]] = {
    "policy-findings": _policy_findings,
    "calculator": _calculator,
    "inputs": _inputs,
    "reasons": _reasons,
    "warnings": lambda: _codes(reasons.WARNINGS),
    "own-codes": _own_codes,
    "decision-reasons": _decision_reasons,
    "agencies": _agencies,
    "settings": _settings,
    "commands": _commands,
    "failpoints": _failpoints,
    "questions": _questions,
}


def field_paths(name: str) -> list[str]:
    """Every field of a hub schema, nested ones as `outer.inner`."""
    return list(_paths(json.loads(schema_text(name)), ""))


def _paths(schema: Any, outer: str) -> Iterator[str]:
    if isinstance(schema, list):
        for branch in schema:
            yield from _paths(branch, outer)
    elif isinstance(schema, dict) and schema["type"] == "array":
        yield from _paths(schema["items"], outer)
    elif isinstance(schema, dict) and schema["type"] == "record":
        for one in schema["fields"]:
            path = f"{outer}.{one['name']}" if outer else one["name"]
            yield path
            yield from _paths(one["type"], path)


def renewed(text: str) -> str:
    """A page with every list as the code says it now."""
    return LIST.sub(lambda m: f"{m[1]}\n{LISTS[m[2]]()}\n{m[4]}", text)


if __name__ == "__main__":
    for page in sorted(DOCS.rglob("*.md")):
        page.write_text(renewed(page.read_text("utf-8")), "utf-8")
