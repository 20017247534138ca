"""An address with a postcode beside it (P7 §4)."""

from connectors.places import (
    Place,
    from_head,
    from_text_within,
    head_of,
    provinces_of,
)
from schemas.regions import era

_RANGES = (
    (1, 9, ("11",)),
    (10, 20, ("41",)),
    (21, 23, ("28",)),
    (24, 26, ("42", "51")),
    (27, 29, ("43",)),
    (30, 30, ("36",)),
    (31, 33, ("44",)),
    (34, 35, ("30",)),
    (36, 40, ("47",)),
    (41, 43, ("27",)),
    (44, 45, ("31",)),
    (46, 49, ("26",)),
    (50, 53, ("48",)),
    (54, 56, ("45", "52")),
    (57, 60, ("46",)),
    (61, 62, ("29",)),
    (63, 63, ("50",)),
)
POSTCODES = {
    f"{first:02}": provinces for low, high, provinces in _RANGES for first in range(low, high + 1)
}
"""The first two digits of a postcode → the 시도 codes of the rows to search."""

MERGED = ("12",)
MERGED_FROM = ("29", "46")
"""전남광주 goes with the postcodes of both provinces that it was made of."""


def from_text_and_postcode(
    address: str, postcode: str, day: str
) -> tuple[Place, tuple[str | None, ...]]:
    """The place of a cleaned address on `day` (ISO) and its warnings. A province word decides;
    without one the postcode's province does; a postcode of another form is ignored."""
    usable = len(postcode) == 5 and postcode.isascii() and postcode.isdigit()
    said = POSTCODES.get(postcode[:2], ()) if usable else ()
    head = head_of(address)
    if provinces_of(head) or not said:
        place = from_head(head, era(day))
        conflict = _contradicts(said, provinces_of(head), place)
        return place, (place.warning, "REGION_CONFLICT" if conflict else None)
    place = from_text_within(address, said, day)
    return place, (place.warning,)


def _contradicts(said: tuple[str, ...], words: tuple[str, ...], place: Place) -> bool:
    """Whether the postcode's province is neither among the rows of the address's province word
    nor the province of the place."""
    if not said or place.sigungu is None:
        return False
    rows = MERGED_FROM if words == MERGED else words
    return not {*said}.intersection((*rows, *words, place.sigungu[:2]))
