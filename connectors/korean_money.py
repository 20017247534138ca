"""Sums of money in words: `10.5억`, `10억 5천만원`, `1,050백만원` (P6 "Free text", money)."""

import re
from typing import NamedTuple

from connectors.brackets import split_brackets
from connectors.fields import remembered

LIMIT = 2**63
LONGEST_NUMBER = 30
UNITS = {"억": 8, "천만": 7, "백만": 6, "만": 4}
"""Powers of ten."""

_SUM = re.compile(
    r"(?=.)(?:(?P<large>[0-9]+(?:\.[0-9]+)?)억)?"
    r"(?:(?P<small>[0-9]+(?:\.[0-9]+)?)(?P<unit>천만|백만|만))?원?"
)
_SPLIT = re.compile(r"(현금|현물):?(.+?)[,/·;]?(?!\1)(현금|현물):?(.+)")


class Share(NamedTuple):
    """A private share: cash, and the share in kind where the text splits them."""

    cash: int | None
    in_kind: int | None
    is_split: bool
    warnings: tuple[str, ...]


@remembered
def won(text: str) -> tuple[int | None, str | None]:
    """A cleaned sum in KRW and a warning; bracketed parts are dropped."""
    return _won(split_brackets(text)[0]) if text else (None, None)


@remembered
def share(text: str) -> Share:
    """A cleaned sum that is cash as a whole, or split in brackets: `(현금 8억, 현물 2.5억)`."""
    if not text:
        return Share(None, None, False, ())
    outside, inside = split_brackets(text)
    whole, doubt = _won(outside)
    splits = [found for part in inside if (found := _SPLIT.fullmatch(part.replace(" ", "")))]
    if whole is None or not splits:
        return Share(whole, None, False, () if doubt is None else (doubt,))
    parts = {splits[0][1]: _won(splits[0][2]), splits[0][3]: _won(splits[0][4])}
    warnings = dict.fromkeys(code for _, code in parts.values() if code is not None)
    return Share(parts["현금"][0], parts["현물"][0], True, tuple(warnings))


def _won(text: str) -> tuple[int | None, str | None]:
    bare = text.replace(" ", "").replace(",", "")
    found = _SUM.fullmatch(bare.removeprefix("-"))
    if found is None or not (found["large"] or found["small"]):
        return None, "NUMBER_UNREADABLE"
    if bare.startswith("-"):
        return None, "NUMBER_OUT_OF_RANGE"
    parts = [(found["large"] or "0", "억"), (found["small"] or "0", found["unit"] or "만")]
    if any(len(number) > LONGEST_NUMBER for number, _ in parts):
        return None, "NUMBER_OUT_OF_RANGE"
    shifted = [_shifted(number, UNITS[unit]) for number, unit in parts]
    if any(value is None for value in shifted):
        return None, "NUMBER_UNREADABLE"
    total = sum(value for value in shifted if value is not None)
    return (total, None) if total < LIMIT else (None, "NUMBER_OUT_OF_RANGE")


def _shifted(number: str, power: int) -> int | None:
    """A decimal number times a power of ten; None where that is not whole."""
    whole, _, decimals = number.partition(".")
    decimals = decimals.rstrip("0")
    return int(whole + decimals.ljust(power, "0")) if len(decimals) <= power else None
