"""Fixture numbers only: heads that no tax office and no registry office uses (handbook §2.1)."""

from services.simulation.chance import Dice, Weighted

_BRN_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_SUPPLIER_KIND, _SUPPLIERS = "86", 300
_SERIALS = 10_000
_CORPORATE = Weighted((("81", 55.0), ("86", 25.0), ("87", 12.0), ("88", 8.0)))
_SOLE = tuple(f"{kind:02d}" for kind in (*range(1, 80), *range(90, 100)))


def brn_check(nine: str) -> str:
    """The check digit of a business number's first nine digits."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, _BRN_WEIGHTS, strict=True))
    return str((10 - (total + int(nine[8]) * 5 // 10) % 10) % 10)


def crn_check(twelve: str) -> str:
    """The check digit of a corporate number's first twelve digits."""
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(twelve))
    return str((10 - total % 10) % 10)


class Numbers:
    """Hands out numbers, each once in a run."""

    __slots__ = ("_crn", "_dice", "_next", "_shift", "_sole", "_soles", "suppliers")

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._shift = dice.below(_SERIALS)
        self._next: dict[str, int] = {}
        self._sole = dice.shuffled(_SOLE)
        self._soles = 0
        self._crn = 0
        self.suppliers = tuple(self._take(_SUPPLIER_KIND) for _ in range(_SUPPLIERS))

    def corporate(self) -> str:
        """A corporation's number (81, 86, 87, 88); a sole one when all 40,000 are used."""
        kind = self._dice.draw(_CORPORATE)
        for candidate in (kind, *_CORPORATE.items):
            if self._next.get(candidate, 0) < _SERIALS:
                return self._take(candidate)
        return self.sole()

    def sole(self) -> str:
        """A sole proprietor's number (01–79, 90–99)."""
        kind = self._sole[self._soles % len(self._sole)]
        if self._next.get(kind, 0) >= _SERIALS:
            raise ValueError("fixture business numbers are used up: fewer events, please")
        self._soles += 1
        return self._take(kind)

    def branch(self) -> str | None:
        """A branch's own number (85), as long as there are any."""
        return self._take("85") if self._next.get("85", 0) < _SERIALS else None

    def crn(self) -> str:
        self._crn += 1
        twelve = f"999911{self._crn:06d}"
        return twelve + crn_check(twelve)

    def _take(self, kind: str) -> str:
        used = self._next.get(kind, 0)
        self._next[kind] = used + 1
        nine = f"999{kind}{(self._shift + used * 7_919) % _SERIALS:04d}"
        return nine + brn_check(nine)
