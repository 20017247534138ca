"""Business, corporate and workplace numbers as they are shown: nobody needs them to understand a
decision."""

SHOWN = {"brn": (3, 2), "crn": (6, 0), "ei_workplace_no": (3, 2)}
"""How many digits of a number are shown at its beginning and at its end."""
_BRN_DIGITS = 10


def masked(kind: str, number: str) -> str:
    """A number with its middle hidden."""
    first, last = SHOWN[kind]
    hidden = "*" * max(0, len(number) - first - last)
    return number[:first] + hidden + (number[-last:] if last else "")


def masked_key(key: str | None) -> str | None:
    """A source key or workplace key; a business number in it is masked."""
    if key is None:
        return None
    kind, colon, number = key.rpartition(":")
    if colon and kind in ("BRN", "EI", "CRN"):
        names = {"BRN": "brn", "EI": "ei_workplace_no", "CRN": "crn"}
        return f"{kind}:{masked(names[kind], number)}"
    return masked("brn", key) if len(key) == _BRN_DIGITS and key.isdecimal() else key
