"""Lengths of time in words: (Korean, English)."""

_UNITS = ((86_400, "일", "d"), (3_600, "시간", "h"), (60, "분", "min"))


def span(seconds: float) -> tuple[str, str]:
    """The largest unit of which there is at least one, and what remains in the next."""
    whole = round(seconds)
    for place, (size, ko, en) in enumerate(_UNITS):
        if whole >= size:
            count, rest = divmod(whole, size)
            ko, en = f"{count}{ko}", f"{count} {en}"
            if place + 1 < len(_UNITS):
                below, ko_below, en_below = _UNITS[place + 1]
                if rest // below:
                    ko, en = f"{ko} {rest // below}{ko_below}", f"{en} {rest // below} {en_below}"
            return ko, en
    if seconds < 1:
        return f"{seconds:.1f}초", f"{seconds:.1f} s"
    return f"{whole}초", f"{whole} s"
