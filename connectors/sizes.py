"""Size words of the Korean senders (READING-FACTS-AND-JSON §6)."""

from connectors.json_values import Cell

SIZES = {
    "소상공인": "MICRO",
    "소기업": "SMALL",
    "중기업": "MEDIUM",
    "중소기업": "SME",
    "중소": "SME",
    "중견기업": "MIDSIZE",
    "중견": "MIDSIZE",
    "대기업": "LARGE",
    "비영리법인": "NONPROFIT",
    "비영리": "NONPROFIT",
    "공공기관": "PUBLIC",
}


def size_class(field: Cell) -> tuple[str, str | None]:
    """The size class of a field and a warning; what is blank or no size word is UNKNOWN."""
    if field.is_blank:
        return "UNKNOWN", None
    known = SIZES.get(field.text)
    return known or "UNKNOWN", None if known else "CODE_UNKNOWN"
