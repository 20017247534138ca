"""Draws that are the same on every machine and Python version.

Only `Random.random()` is promised to repeat itself between versions, so every draw is made from
it; `choices`, `shuffle` and the like are not used.
"""

import random
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Values with weights, prepared for drawing."""

    __slots__ = ("cumulative", "items", "total")

    def __init__(self, pairs: Iterable[tuple[T, float]]) -> None:
        kept = [(item, weight) for item, weight in pairs if weight > 0]
        self.items = tuple(item for item, _ in kept)
        self.cumulative = list(accumulate(weight for _, weight in kept))
        self.total = self.cumulative[-1]


class Dice:
    """One stream of chance for one run."""

    __slots__ = ("_random",)

    def __init__(self, source: random.Random) -> None:
        self._random = source.random

    def chance(self, probability: float) -> bool:
        return self._random() < probability

    def below(self, limit: int) -> int:
        return int(self._random() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self._random() * len(items))]

    def draw(self, table: Weighted[T]) -> T:
        return table.items[bisect_right(table.cumulative, self._random() * table.total)]

    def shuffled(self, items: Iterable[T]) -> list[T]:
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = int(self._random() * (last + 1))
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed


class Quota:
    """Keeps a share near its aim although not every event can take part.

    The further the share lies behind, the likelier the next candidate is taken.
    """

    __slots__ = ("_dice", "_share", "_taken")

    def __init__(self, dice: Dice, share: float) -> None:
        self._dice = dice
        self._share = share
        self._taken = 0

    def wants(self, total: int) -> bool:
        """Whether the next candidate should be taken, `total` events having been counted."""
        behind = self._share * total - self._taken
        return behind > 0 and self._dice.chance(behind)

    def took(self) -> None:
        self._taken += 1


class Deck(Generic[T]):
    """Draws every card once before any comes again; a card that does not fit waits."""

    __slots__ = ("_cards", "_dice", "_left")

    def __init__(self, dice: Dice, cards: Sequence[T]) -> None:
        self._dice = dice
        self._cards = cards
        self._left: list[T] = []

    def deal(self, fits: Callable[[T], bool]) -> T | None:
        """The first waiting card that fits; None when none of those left does."""
        if not self._left:
            self._left = self._dice.shuffled(self._cards)
        for place, card in enumerate(self._left):
            if fits(card):
                del self._left[place]
                return card
        return None
