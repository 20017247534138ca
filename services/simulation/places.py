"""Places of firms: 시군구 in their generations of codes and names, with invented streets."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from services.simulation.chance import Dice, Weighted

_SPRING_2026 = date(2026, 3, 1).toordinal()
_DECLINE_WEIGHT = 0.35
_MANUFACTURING = {
    "11": 7.0, "26": 7.0, "27": 6.5, "28": 8.0, "29": 2.5, "30": 2.0, "31": 2.5, "36": 0.6,
    "41": 30.0, "43": 4.5, "44": 6.0, "46": 3.0, "47": 8.5, "48": 10.0, "50": 0.5, "51": 2.0,
    "52": 3.5,
}  # fmt: skip
_ALL_INDUSTRIES = {**_MANUFACTURING, "11": 26.0, "41": 26.0, "48": 6.0, "47": 5.0, "30": 3.5}
_SHORT = {
    "11": "서울", "12": "전남광주", "26": "부산", "27": "대구", "28": "인천", "29": "광주",
    "30": "대전", "31": "울산", "36": "세종", "41": "경기", "42": "강원", "43": "충북",
    "44": "충남", "45": "전북", "46": "전남", "47": "경북", "48": "경남", "50": "제주",
    "51": "강원", "52": "전북",
}  # fmt: skip
_STREETS = ("가상로", "모의로", "예시대로", "견본길", "가상산단로", "모의공단1로", "예시테크노로")


@dataclass(frozen=True, slots=True)
class Row:
    """One generation of a 시군구: its code and names, and the generation before it."""

    code: str
    sido: str
    sido_name: str
    name: str
    since: int
    city: str | None
    before: "Row | None" = None

    def on(self, day: int) -> "Row":
        """The generation in force on an ordinal day."""
        row = self
        while row.before is not None and day < row.since:
            row = row.before
        return row

    def text(self, short: bool) -> str:
        """Province and 시군구 as written in an address."""
        province = _SHORT[self.sido] if short else self.sido_name
        return province if self.sido == "36" else f"{province} {self.name}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an establishment stands. `unit` is the newest generation of its 시군구."""

    unit: Row
    dong: str
    street: str

    def row(self, day: int, lagging: bool) -> Row:
        """The generation a sender writes; a lagging one still writes the one before."""
        row = self.unit.on(day)
        return row.before if lagging and row.before is not None else row

    def code(self, day: int, lagging: bool) -> str:
        """법정동코드, ten digits."""
        return self.row(day, lagging).code + self.dong

    def address(self, day: int, lagging: bool = False, short: bool = False) -> str:
        return f"{self.row(day, lagging).text(short)} {self.street}"

    @property
    def zip_sido(self) -> str:
        return self.unit.on(_SPRING_2026).sido


class Places:
    """All 시군구 with the weights of where firms are."""

    __slots__ = ("_all", "_manufacturing")

    def __init__(self) -> None:
        units = tuple(_units())
        decline = _decline_codes()
        self._manufacturing = _weighted(units, decline, _MANUFACTURING)
        self._all = _weighted(units, decline, _ALL_INDUSTRIES)

    def draw(self, dice: Dice, manufacturing: bool) -> Place:
        unit = dice.draw(self._manufacturing if manufacturing else self._all)
        rural = unit.name.endswith("군")
        dong = f"{dice.between(250, 370)}{dice.between(21, 39)}" if rural else _urban_dong(dice)
        return Place(unit, dong, f"{dice.pick(_STREETS)} {dice.between(1, 299)}")


def _urban_dong(dice: Dice) -> str:
    return f"1{dice.between(1, 39):02d}00"


def _read(name: str) -> list[dict[str, str]]:
    text = (files("schemas") / "reference" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _units() -> Iterable[Row]:
    """The newest generations, once for each generation that became them."""
    table = {row["sigungu_code"]: row for row in _read("regions.csv")}
    parents = {row["parent_code"] for row in table.values()}
    before = defaultdict(list)
    for code, row in table.items():
        for successor in filter(None, row["successor_codes"].split("|")):
            before[successor].append(code)

    def make(code: str, older: str | None) -> Row:
        row = table[code]
        since = date.fromisoformat(row["valid_from"]).toordinal() if row["valid_from"] else 0
        parent = table.get(row["parent_code"])
        return Row(
            code,
            row["sido_code"],
            row["sido_name"],
            row["sigungu_name"],
            since,
            parent["sigungu_name"] if parent else None,
            make(older, next(iter(before[older]), None)) if older else None,
        )

    for code, row in table.items():
        if not row["successor_codes"] and code not in parents:
            olders: list[str | None] = [*before[code]]
            for older in olders or [None]:
                yield make(code, older)


def _decline_codes() -> set[str]:
    rows = _read("region_designations.csv")
    return {row["sigungu_code"] for row in rows if row["kind"] == "DECLINE"}


def _weighted(
    units: tuple[Row, ...], decline: set[str], provinces: dict[str, float]
) -> Weighted[Row]:
    raw = []
    sums: dict[str, float] = defaultdict(float)
    for unit in units:
        spring = unit.on(_SPRING_2026)
        weight = _DECLINE_WEIGHT if spring.code in decline else 1.0
        raw.append((unit, spring.sido, weight))
        sums[spring.sido] += weight
    return Weighted((unit, provinces[sido] * weight / sums[sido]) for unit, sido, weight in raw)
