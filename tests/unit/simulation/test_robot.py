"""P7 messages are numbered and chained (the partner's note, §1)."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import pytest

from services.simulation import robot
from services.simulation.plan import SimulatedEvent

Decode: TypeAlias = Callable[[SimulatedEvent], Mapping[str, Any]]
Run: TypeAlias = Callable[[str], list[SimulatedEvent]]
Rows: TypeAlias = list[tuple[SimulatedEvent, Mapping[str, Any]]]

BLANK = ("        ", "00000000")


@pytest.fixture(scope="module")
def rows(run: Run, decode: Decode) -> Rows:
    return [
        (event, decode(event)) for event in run("robot") if not event.kind.startswith("defect:")
    ]


def test_the_fingerprint_is_the_contracts() -> None:
    assert robot.FINGERPRINT.hex(" ").upper() == "AF 15 7F 86 CD 63 C5 25"


def test_a_number_is_never_used_twice(rows: Rows) -> None:
    numbers = [row["seq"] for event, row in rows if event.kind != "duplicate"]
    assert len(numbers) == len(set(numbers))
    assert all(len(number) == 8 and number.startswith("26") for number in numbers)


def test_numbers_rise_with_the_day_of_sending(rows: Rows) -> None:
    firsts = sorted((row["seq"], row["snd_dt"]) for _, row in rows if row["corr_of"] in BLANK)
    days = [day for _, day in firsts]
    assert days == sorted(days)


def test_a_later_message_names_an_earlier_one(rows: Rows) -> None:
    first_named = 0
    firsts = {row["seq"] for _, row in rows if row["corr_of"] in BLANK}
    followers = [row for _, row in rows if row["corr_of"] not in BLANK]
    for row in followers:
        assert row["corr_of"] < row["seq"]
        first_named += row["corr_of"] in firsts
    assert 0.6 < first_named / len(followers) < 0.97


def test_some_messages_arrive_before_what_they_correct(rows: Rows) -> None:
    arrived: dict[str, int] = defaultdict(lambda: 1 << 30)
    for place, (_, row) in enumerate(rows):
        arrived[row["seq"]] = min(place, arrived[row["seq"]])
    early = sum(
        arrived[row["seq"]] < arrived[row["corr_of"]] < 1 << 30
        for _, row in rows
        if row["corr_of"] not in BLANK
    )
    assert early > 50


def test_contacts_are_invented(rows: Rows) -> None:
    contacts = {(row["pic_nm"].strip(), row["pic_tel"]) for _, row in rows}
    assert contacts == {("가상담당", "000-0000-0000")}


def test_codes_vary(rows: Rows) -> None:
    assert {row["stt"] for _, row in rows} == set("ABCDX")
    assert {row["agr_cd"] for _, row in rows} == set(" 0129")
    assert {row["ai_yn"] for _, row in rows} == set("YN ")
    assert {row["dmd_scale"] for _, row in rows} == set("123")
