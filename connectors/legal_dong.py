"""A place stated twice: as 법정동코드 and as address text (P3 §5)."""

from functools import lru_cache

from connectors.places import UNRESOLVED, Place, assumed, from_head, head_of
from schemas.regions import converted, era, is_city_with_gu, linked, parent_of, regions

LEGAL_DONG_DIGITS = 10


def from_code_and_text(dong: str, address: str, day: str) -> tuple[Place, tuple[str, ...]]:
    """The place of a cleaned ten-digit code and a cleaned address on `day` (ISO), and all its
    warnings. The code decides; the text narrows down a city or a split, or contradicts."""
    known = len(dong) == LEGAL_DONG_DIGITS and dong.isascii() and dong.isdigit()
    code = dong[:5] if known and dong[:5] in regions().by_code else ""
    place, warnings = _from_code_and_head(code, head_of(address), era(day))
    return place, (*warnings, "CODE_UNKNOWN") if dong and not code else warnings


@lru_cache(maxsize=16_384)
def _from_code_and_head(
    code: str, head: tuple[str, ...], first_day: str
) -> tuple[Place, tuple[str, ...]]:
    text = from_head(head, first_day)
    place = _place(code, text, first_day) if code else text
    warnings = (place.warning,) if place.warning is not None else ()
    if code and place is not UNRESOLVED and _contradicts(text.sigungu, place.sigungu or ""):
        return place, (*warnings, "REGION_CONFLICT")
    return place, warnings


def _place(code: str, text: Place, first_day: str) -> Place:
    now = converted(code, first_day)
    if now is None:
        split = text.sigungu in linked(code)
        return Place(text.sigungu, "PARSED", None) if split else UNRESOLVED
    if not is_city_with_gu(now, first_day):
        return Place(now, "CODE", None)
    if text.sigungu is not None and parent_of(text.sigungu) == now:
        return Place(text.sigungu, "PARSED", None)
    return assumed(now)


def _contradicts(text: str | None, place: str) -> bool:
    """Whether the text names another place that is neither the city of this one nor its 구."""
    return text is not None and text not in (place, parent_of(place)) and parent_of(text) != place
