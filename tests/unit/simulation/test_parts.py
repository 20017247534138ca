"""The parts: check digits, generations of places, days, and chance."""

import random
from datetime import date

import pytest

from services.simulation.chance import Deck, Dice, Quota, Weighted
from services.simulation.days import DAY, Calendar, later, on_workday
from services.simulation.numbers import Numbers, brn_check, crn_check
from services.simulation.places import Places
from services.simulation.wire import text, zigzag


@pytest.fixture
def dice() -> Dice:
    return Dice(random.Random(11))


@pytest.mark.parametrize(
    "number",
    ["1234567891", "1348672683", "9998100015", "9998600121", "9998500070", "9998200458"],
)
def test_brn_vectors_of_the_handbook(number: str) -> None:
    assert brn_check(number[:9]) == number[9]


@pytest.mark.parametrize("number", ["1101110062432", "9999110000011"])
def test_crn_vectors_of_the_handbook(number: str) -> None:
    assert crn_check(number[:12]) == number[12]


def test_numbers_are_handed_out_once(dice: Dice) -> None:
    numbers = Numbers(dice)
    given = [numbers.corporate() for _ in range(45_000)] + [numbers.sole() for _ in range(5_000)]
    assert len(set(given)) == len(given)
    assert {number[3:5] for number in given[:30_000]} == {"81", "86", "87", "88"}


def test_a_place_has_its_generations(dice: Dice) -> None:
    places = Places()
    drawn = [places.draw(dice, True) for _ in range(4_000)]
    june, july = (date(2026, month, 1).toordinal() for month in (6, 7))
    haenam = next(place for place in drawn if place.unit.code == "12790")
    assert haenam.row(june, False).code == "46820"
    assert haenam.row(july, False).code == "12790"
    assert haenam.row(july, True).code == "46820"
    assert haenam.address(june).startswith("전라남도 해남군 ")
    assert haenam.address(july, short=True).startswith("전남광주 해남군 ")
    incheon = {place.row(june, False).code for place in drawn if place.unit.code == "28125"}
    assert incheon == {"28110", "28140"}
    assert all(len(place.code(june, False)) == 10 for place in drawn)


def test_days_are_working_days(dice: Dice) -> None:
    saturday = date(2026, 8, 1)
    assert date.fromordinal(on_workday(saturday.toordinal())) == date(2026, 8, 3)
    calendar = Calendar(date(2026, 1, 2), date(2026, 1, 31))
    at = later(dice, saturday.toordinal() * DAY, 0, 0)
    assert calendar.ymd_stamp(at).startswith("20260803")
    assert calendar.iso_stamp(at)[11:13] in {f"{hour:02d}" for hour in range(9, 18)}
    month = calendar.opening({1: 2.0})
    assert {date.fromordinal(day).weekday() for day in month.items} == {0, 1, 2, 3, 4}


def test_a_quota_keeps_its_share_although_few_can_take_part(dice: Dice) -> None:
    quota, taken = Quota(dice, 0.05), 0
    for total in range(10_000):
        if total % 4 == 0 and quota.wants(total):
            quota.took()
            taken += 1
    assert taken == pytest.approx(500, abs=3)


def test_a_deck_deals_every_card_before_any_again(dice: Dice) -> None:
    deck = Deck(dice, (1, 2, 3))
    first = [deck.deal(lambda card: card != 2), deck.deal(lambda card: card != 2)]
    assert sorted(card for card in first if card) == [1, 3]
    assert deck.deal(lambda card: card != 2) is None
    assert deck.deal(lambda card: True) == 2


def test_weights_decide(dice: Dice) -> None:
    table = Weighted((("often", 9.0), ("never", 0.0), ("seldom", 1.0)))
    drawn = [dice.draw(table) for _ in range(5_000)]
    assert drawn.count("never") == 0
    assert drawn.count("seldom") == pytest.approx(500, abs=80)


def test_avro_lengths() -> None:
    assert zigzag(0) == b"\x00" and zigzag(-1) == b"\x01" and zigzag(64) == b"\x80\x01"
    assert text("가") == b"\x06\xea\xb0\x80"
