"""The published JSON Schemas are those of the code, and accept the shipped files."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from schemas.policies import POLICY_FOLDER, load_documents, plain
from schemas.policy_schema import DIALECT, FILES, json_schema
from services.cli import app
from services.commands.policy import schema_text

FOLDER = POLICY_FOLDER / "schema"


@pytest.mark.parametrize("file", FILES)
def test_published_schemas_are_current(file: str) -> None:
    published = (FOLDER / f"{file}.schema.json").read_text("utf-8")
    assert published == schema_text(json_schema(file)), (
        "run: naru policy schema --out schemas/policy/schema"
    )


def test_every_file_has_one_and_nothing_else_lies_there() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.schema.json" for name in FILES}
    assert {path.stem for path in POLICY_FOLDER.glob("*.yaml")} == set(FILES)


@pytest.mark.parametrize("file", FILES)
def test_the_schema_knows_every_field_of_the_file(file: str) -> None:
    schema = json_schema(file)
    assert schema["$schema"] == DIALECT
    assert schema["additionalProperties"] is False
    assert set(plain(load_documents()[file])) <= set(schema["properties"])


def test_the_command_prints_and_writes(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["policy", "schema", "matrix"])
    assert json.loads(answer.stdout) == json_schema("matrix")
    told: dict[str, Any] = json.loads(CliRunner().invoke(app, ["policy", "schema"]).stdout)
    assert set(told) == set(FILES)
    CliRunner().invoke(app, ["policy", "schema", "--out", str(tmp_path / "s")])
    assert len(list((tmp_path / "s").iterdir())) == len(FILES)
    assert CliRunner().invoke(app, ["policy", "schema", "stray"]).exit_code == 2


def test_yaml_and_schema_agree_on_names_with_an_alias() -> None:
    """`from` and `to` in YAML, not the names in the code."""
    period = json_schema("entitlements")["$defs"]["Period"]["properties"]
    assert {"from", "to"} <= set(period)
    assert yaml.safe_load("from: 1") == {"from": 1}
