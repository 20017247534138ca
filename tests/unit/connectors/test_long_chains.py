"""A chain of corrections costs what it is long, in whatever order it comes (P7 §1)."""

import json
from collections import Counter
from collections.abc import Callable
from time import process_time
from typing import Any

import pytest

from connectors.robot import Robot
from services.domain.convert import run

LENGTH = 1_500
CPU_SECONDS = 15


@pytest.mark.parametrize("order", [1, -1], ids=["as numbered", "the first one last"])
def test_a_long_chain(order: int, sample: Callable[..., dict[str, Any]]) -> None:
    chain = [
        line(sample, number, "" if number == 1 else f"26{number - 1:06}")
        for number in range(1, LENGTH + 1)
    ]
    began = process_time()
    answers = list(run([Robot()], "robot", chain[::order]))
    assert process_time() - began < CPU_SECONDS
    assert Counter(answer["end_state"] for answer in answers) == {"applied": LENGTH}
    assert {answer["participation"]["source_key"] for answer in answers} == {"26000001"}


def line(sample: Callable[..., dict[str, Any]], number: int, target: str) -> str:
    seq = f"26{number:06}"
    return json.dumps({"key": seq, "value": sample("robot", "agreement", seq=seq, corr_of=target)})
