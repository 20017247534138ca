"""Business, corporate and workplace numbers as they are shown: nobody needs them to understand a
decision."""

import re

RECORD_KEY = re.compile(r"(\d{11})-(\d{6})")
"""The key of a month's training record: workplace number, month."""
SHOWN = {"brn": (3, 2), "crn": (6, 0), "ei_workplace_no": (3, 2)}
"""How many digits of a number are shown at its beginning and at its end."""


def masked(kind: str, number: str) -> str:
    """A number with its middle hidden."""
    first, last = SHOWN[kind]
    hidden = "*" * max(0, len(number) - first - last)
    return number[:first] + hidden + (number[-last:] if last else "")


def masked_key(key: str | None) -> str | None:
    """A key with the number in it masked: a workplace's own, or that of a training record, which
    begins with the workplace number. No other input is keyed by a number of the firm; what a person
    states of one (tax_status) is masked where it is told."""
    if key is None:
        return None
    record = RECORD_KEY.fullmatch(key)
    if record is not None:
        return f"{masked('ei_workplace_no', record[1])}-{record[2]}"
    kind, colon, number = key.rpartition(":")
    if colon and kind in ("BRN", "EI", "CRN"):
        names = {"BRN": "brn", "EI": "ei_workplace_no", "CRN": "crn"}
        return f"{kind}:{masked(names[kind], number)}"
    return key
