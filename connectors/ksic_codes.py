"""Industry codes with a section letter before them, as P4 writes them (P4 "Fields", KSIC)."""

import re

from connectors.fields import remembered

SECTIONS = {
    f"{division:02}": letter
    for letter, first, last in (
        ("A", 1, 3),
        ("B", 5, 8),
        ("C", 10, 34),
        ("D", 35, 35),
        ("E", 36, 39),
        ("F", 41, 42),
        ("G", 45, 47),
        ("H", 49, 52),
        ("I", 55, 56),
        ("J", 58, 63),
        ("K", 64, 66),
        ("L", 68, 68),
        ("M", 70, 73),
        ("N", 74, 76),
        ("O", 84, 84),
        ("P", 85, 85),
        ("Q", 86, 87),
        ("R", 90, 91),
        ("S", 94, 96),
        ("T", 97, 98),
        ("U", 99, 99),
    )
    for division in range(first, last + 1)
}

_CODE = re.compile(r"([A-Za-z]?)([0-9]{2,5})")
_SIX_DIGITS = re.compile(r"[0-9]{6}")
_WORD = re.compile(r"[^\W\d_]{2}")


@remembered
def ksic_with_section(text: str) -> tuple[str | None, str | None]:
    """The digits of a cleaned code and a warning: its division must exist, and a section letter,
    where there is one, fit it; six digits are the tax office's, words no code at all."""
    if not text:
        return None, None
    found = _CODE.fullmatch(text)
    if found is not None:
        section = SECTIONS.get(found[2][:2])
        fits = section is not None and found[1].upper() in ("", section)
        return (found[2], None) if fits else (None, "CODE_UNKNOWN")
    if _SIX_DIGITS.fullmatch(text) or _WORD.search(text):
        return None, "INDUSTRY_NOT_KSIC"
    return None, "CODE_UNKNOWN"
