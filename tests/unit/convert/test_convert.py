"""The lines and answers of `naru convert`, whatever the input."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors import CONNECTORS
from services.domain.convert import exit_status, run
from services.domain.partner_wire import avro_value, contract_fingerprint
from services.errors import WrongUse

EXAMPLES = Path(__file__).parents[2] / "examples"
DELETE = {"TASK_SN": "1", "CHG_SE": "D", "LAST_CHG_DT": "20260616180000"}


def line(**members: Any) -> str:
    return json.dumps({"name": "n", "key": "1", "value": DELETE, **members})


def answers(*lines: str | bytes, **options: Any) -> list[dict[str, Any]]:
    return list(run(CONNECTORS, "smart-factory", lines, **options))


def states(*lines: str | bytes, **options: Any) -> list[str]:
    return [answer["end_state"] for answer in answers(*lines, **options)]


def test_an_answer() -> None:
    assert answers(line()) == [
        {
            "name": "n",
            "end_state": "applied",
            "reasons": [],
            "warnings": ["CHANGE_OUT_OF_STEP"],
            "participation": {"programme": "P3", "source_key": "1", "is_deleted": True},
        }
    ]


def test_lines_are_judged_with_what_came_before() -> None:
    assert states(line(), line()) == ["applied", "duplicate"]


def test_alone() -> None:
    assert states(line(), line(), alone=True) == ["applied", "applied"]


def test_reset_forgets_and_gives_no_output() -> None:
    assert states(line(), '{"reset": true}', line(), line()) == ["applied", "applied", "duplicate"]


def test_blank_lines_and_a_byte_order_mark() -> None:
    assert states("\ufeff" + line(), "", "  \n", line() + "\n") == ["applied", "duplicate"]


def test_bytes_as_lines() -> None:
    assert states(line().encode()) == ["applied"]


def test_key_and_value_as_hex() -> None:
    value = "00000000010231"
    first, second, third = answers(
        '{"key_hex": "31", "value_hex": null}',
        f'{{"key_hex": null, "value_hex": "{value}"}}',
        '{"key": null, "value": null, "name": "null"}',
    )
    assert first == {
        "name": None,
        "end_state": "quarantined",
        "reasons": ["VALUE_EMPTY"],
        "warnings": [],
    }
    assert second["reasons"] == ["BYTES_UNDECODABLE"]
    assert third["reasons"] == ["VALUE_EMPTY"]


def test_schema_id() -> None:
    sample = (EXAMPLES / "smart-factory/bytes.jsonl").read_text(encoding="utf-8").splitlines()[0]
    assert states(sample) == ["applied"]
    assert answers(sample, schema_id=2)[0]["reasons"] == ["SCHEMA_UNKNOWN"]
    assert states(line(), schema_id=70_000) == ["applied"]


def test_another_input_on_a_line() -> None:
    sample = (EXAMPLES / "robot/samples.jsonl").read_text(encoding="utf-8").splitlines()[0]
    robot = json.dumps({**json.loads(sample), "input": "robot"})
    found = answers(line(), robot)
    assert [answer["end_state"] for answer in found] == ["applied", "applied"]
    assert found[1]["participation"]["programme"] == "P7"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("[1]", "LINE_NOT_JSON"),
        ("{", "LINE_NOT_JSON"),
        ('{"key": "1"} x', "LINE_NOT_JSON"),
        ('{"key": "1",}', "LINE_NOT_JSON"),
        ('{1: "1"}', "LINE_NOT_JSON"),
        ("[" * 100_000, "LINE_NOT_JSON"),
        (b"\xff", "LINE_NOT_JSON"),
        ("{}", "VALUE_UNFIT"),
        (line(input="nowhere"), "INPUT_UNKNOWN"),
        (line(input=7), "INPUT_UNKNOWN"),
        (line(key=7), "VALUE_UNFIT"),
        ('{"value": null}', "VALUE_UNFIT"),
        ('{"key": "1"}', "VALUE_UNFIT"),
        ('{"key": "1", "value_hex": "0"}', "VALUE_UNFIT"),
        ('{"key_hex": 1, "value": null}', "VALUE_UNFIT"),
        (line(value="text"), "VALUE_UNFIT"),
        (line(value={"TASK_SN": 1}), "VALUE_UNFIT"),
        (line(value={"TASK_SN": None}), "VALUE_UNFIT"),
        (line(value={"NO_SUCH_FIELD": "1"}), "VALUE_UNFIT"),
        ('{"key": "1", "value": {"TASK_SN": "\\ud800"}}', "VALUE_UNFIT"),
        (line(input="robot", value={"seq": "1"}), "VALUE_UNFIT"),
        (line(input="ai-voucher", value={"taskNo": "1", "vchrAmt": 2**63}), "VALUE_UNFIT"),
        (line(input="ai-voucher", value={"taskNo": "1", "vchrAmt": 1.0}), "VALUE_UNFIT"),
        (line(input="ai-voucher", value={"taskNo": "1", "dmndEmpCnt": True}), "VALUE_UNFIT"),
    ],
)
def test_a_line_that_cannot_be_used(wrong: str | bytes, code: str) -> None:
    """It is answered in its place, the others are judged all the same, and the status is 2."""
    found = answers(line(), wrong, line())
    assert found[1]["error"]["code"] == code
    assert "2" in found[1]["error"]["message_ko"]
    assert found[2]["end_state"] == "duplicate"
    assert exit_status(found) == 2


def test_unknown_programme() -> None:
    with pytest.raises(WrongUse, match="nowhere"):
        list(run(CONNECTORS, "nowhere", []))


def test_exit_status() -> None:
    held = {**DELETE, "CHG_SE": "C", "STTUS_CD": "ST10"}
    older = {**DELETE, "LAST_CHG_DT": "20250101000000"}
    assert exit_status(answers()) == 0
    assert exit_status(answers(line(), line(), line(value=older))) == 0
    assert exit_status(answers(line(value=held))) == 1
    assert exit_status(answers(line(value=None))) == 1


def test_held_and_then_passed() -> None:
    held = {**DELETE, "CHG_SE": "C", "STTUS_CD": "ST10"}
    first, second = answers(line(value=held), line())
    assert first["end_state"] == "superseded"
    assert first["at_arrival"] == {"end_state": "held", "reasons": ["IDENTITY_MISSING"]}
    assert "participation" not in first
    assert "at_arrival" not in second
    assert exit_status([first, second]) == 0


def test_fingerprint_of_the_robot_contract() -> None:
    """As printed in the partner's note."""
    assert contract_fingerprint("avro/source/robot.avsc").hex(" ") == "af 15 7f 86 cd 63 c5 25"


DATE = {"type": "int", "logicalType": "date"}
INSTANT = {"type": "long", "logicalType": "timestamp-millis"}
KIND = {"type": "enum", "name": "K", "symbols": ["A"], "default": "A"}


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (DATE, "1970-01-02", 1),
        (DATE, 5, 5),
        (INSTANT, "2026-06-15T01:00:00Z", 1_781_485_200_000),
        (INSTANT, "1970-01-01T09:00:00+09:00", 0),
        (["null", KIND], "A", "A"),
        (["null", KIND], None, None),
        ({"type": "array", "items": "double"}, [1, 2.5], [1.0, 2.5]),
        ({"type": {"type": "string"}}, "x", "x"),
    ],
)
def test_values_in_json(schema: Any, value: Any, expected: Any) -> None:
    assert avro_value(schema, value, {}, "value") == expected


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (DATE, "2026-02-30"),
        (INSTANT, "2026-06-15T01:00:00"),
        (INSTANT, "x"),
        (KIND, "B"),
        (["null", KIND], "B"),
        ("int", 2**31),
        ("boolean", 1),
        ("null", 0),
        ({"type": "array", "items": "int"}, {"a": 1}),
    ],
)
def test_values_that_do_not_fit(schema: Any, value: Any) -> None:
    with pytest.raises(ValueError, match="value is no"):
        avro_value(schema, value, {}, "value")
