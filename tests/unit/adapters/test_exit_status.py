"""Exit status of commands: 0 done, 1 a check failed, 2 wrong use, 3 a service is not there."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli import app

SAMPLES = Path(__file__).parents[2] / "examples" / "smart-factory" / "samples.jsonl"
GOOD = SAMPLES.read_text("utf-8").splitlines()[0]
BAD = json.dumps({"key": "1", "value_hex": "00"})


@pytest.fixture
def naru(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("NARU_DATA_DIR", str(tmp_path / "data"))
    for name in ("NARU_KAFKA", "NARU_POSTGRES"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str, given: str = "") -> Result:
        return CliRunner().invoke(app, words, input=given)

    return run


def _end_states(result: Result) -> list[str]:
    return [json.loads(line)["end_state"] for line in result.stdout.splitlines()]


def test_convert(naru) -> None:  # type: ignore[no-untyped-def]
    good = naru("convert", "smart-factory", given=GOOD)
    assert (good.exit_code, _end_states(good)) == (0, ["applied"])
    mixed = naru("convert", "smart-factory", given=f"{GOOD}\n{BAD}\n")
    assert (mixed.exit_code, _end_states(mixed)) == (1, ["applied", "quarantined"])
    assert naru("convert", "smart-factory", given="no json").exit_code == 2


def test_convert_with_half_a_surrogate_pair(naru) -> None:  # type: ignore[no-untyped-def]
    named = json.dumps({**json.loads(BAD), "name": "\ud800"})
    unfit = json.dumps({"name": "a", "key": "1", "value": {"\udfff": ""}})
    answered = naru("convert", "smart-factory", given=f"{named}\n{unfit}\n{GOOD}\n")
    first, second, third = map(json.loads, answered.stdout.splitlines())
    assert (first["name"], first["end_state"]) == ("\ud800", "quarantined")
    assert second["error"]["code"] == "VALUE_UNFIT"
    assert (third["end_state"], answered.exit_code) == ("applied", 2)


def test_convert_with_an_id_that_no_frame_holds(naru) -> None:  # type: ignore[no-untyped-def]
    assert naru("convert", "smart-factory", "--schema-id", "4294967295", given=GOOD).exit_code == 0
    for wrong in ("-1", "4294967296"):
        refused = naru("convert", "smart-factory", "--schema-id", wrong, given=GOOD)
        assert refused.exit_code == 2
        assert f"a schema id is 0 to 4294967295: {wrong}" in refused.stderr


def test_convert_of_something_that_is_not_there(naru, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert naru("convert", "no-programme", given=GOOD).exit_code == 2
    assert naru("convert", "smart-factory", str(tmp_path / "none")).exit_code == 2
    assert naru("convert").exit_code == 2


def test_decide(naru) -> None:  # type: ignore[no-untyped-def]
    assert naru("decide", given='{"as_of": "2026-04-15"}').exit_code == 0
    assert naru("decide", given="{}").exit_code == 1


@pytest.mark.parametrize("command", [("drain",), ("simulate", "--events", "5")])
def test_without_a_stack(naru, command: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    result = naru(*command, "--json")
    assert result.exit_code == 3
    error = json.loads(result.stdout)["error"]
    assert error["code"] == "SERVICE_MISSING" and error["message_ko"] and error["message_en"]


def test_nothing_runs(naru) -> None:  # type: ignore[no-untyped-def]
    down, ps = naru("down", "--json"), naru("ps", "--json")
    assert (down.exit_code, json.loads(down.stdout)) == (0, {"stopped": False})
    assert (ps.exit_code, json.loads(ps.stdout)) == (0, [])


def test_wrong_use(naru) -> None:  # type: ignore[no-untyped-def]
    role = naru("run", "nobody", "--json")
    assert (role.exit_code, json.loads(role.stdout)["error"]["code"]) == (2, "WRONG_USE")
    assert naru("nothing").exit_code == 2
    assert naru("simulate", "--events", "0").exit_code == 2
    shares = naru("simulate", "--duplicates", "0.9", "--json")
    assert (shares.exit_code, json.loads(shares.stdout)["error"]["code"]) == (2, "WRONG_USE")


def test_config_masks_secrets(naru, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("NARU_POSTGRES", "postgresql://naru:geheim@127.0.0.1:1/naru")
    result = naru("config", "--json")
    rows = {row["name"]: row for row in json.loads(result.stdout)}
    assert rows["postgres"]["origin"] == "environment"
    assert "geheim" not in result.stdout and rows["postgres"]["value"] == "****"
