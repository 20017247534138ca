"""Every connector against every example of its folder (tests/examples/README.md)."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors import CONNECTORS
from services.domain.convert import run

EXAMPLES = Path(__file__).parents[2] / "examples"
RESULTS = ("participation", "participations", "list", "training_record", "survey_answer")


def examples() -> list[Any]:
    found = []
    for connector in CONNECTORS:
        folder = connector.source.folder
        for path in sorted((EXAMPLES / folder).glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                example = json.loads(line)
                name = f"{folder}/{path.stem}/{example['name']}"
                found.append(pytest.param(folder, example, id=name))
    return found


@pytest.mark.parametrize(("folder", "example"), examples())
def test_example(folder: str, example: dict[str, Any]) -> None:
    events = example.get("sequence", [example])
    expected = example["expect"] if "sequence" in example else [example["expect"]]
    answers = list(run(CONNECTORS, folder, [json.dumps(event) for event in events]))
    assert [seen(answer) for answer in answers] == [
        wanted(answer, expect) for answer, expect in zip(answers, expected, strict=True)
    ]


def seen(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer with its codes as sets, without what the example does not speak of."""
    plain = {name: value for name, value in answer.items() if name not in ("name", "at_arrival")}
    plain["reasons"] = sorted(answer.get("reasons", []))
    plain["warnings"] = sorted(answer.get("warnings", []))
    if "at_arrival" in answer:
        arrived = answer["at_arrival"]
        plain["at_arrival"] = {
            "end_state": arrived["end_state"],
            "reasons": sorted(arrived["reasons"]),
        }
    return plain


def wanted(answer: dict[str, Any], expect: dict[str, Any]) -> dict[str, Any]:
    """The example's expectation in the same form; an unspoken result of an applied event may be
    anything, one of a held event may be an empty list."""
    full: dict[str, Any] = {
        "end_state": expect["end_state"],
        "reasons": sorted(expect.get("reasons", [])),
        "warnings": sorted(expect.get("warnings", [])),
    }
    for name in RESULTS:
        if name in expect:
            full[name] = with_unspoken(answer.get(name), expect[name])
        elif name in answer and (expect["end_state"] == "applied" or answer[name] == []):
            full[name] = answer[name]
    if "at_arrival" in expect:
        arrived = expect["at_arrival"]
        full["at_arrival"] = {
            "end_state": arrived["end_state"],
            "reasons": sorted(arrived.get("reasons", [])),
        }
    return full


def with_unspoken(answer: Any, expect: Any) -> Any:
    """An expected result; a field that it leaves out is not determined by it (partners' form)."""
    if isinstance(answer, dict) and isinstance(expect, dict):
        return answer | expect
    if isinstance(answer, list) and isinstance(expect, list) and len(answer) == len(expect):
        return [with_unspoken(*pair) for pair in zip(answer, expect, strict=True)]
    return expect


def test_every_input_has_examples_of_its_own() -> None:
    for connector in CONNECTORS:
        folder = EXAMPLES / connector.source.folder
        assert (folder / "samples.jsonl").is_file()
        assert len(list(folder.glob("*.jsonl"))) > 1
