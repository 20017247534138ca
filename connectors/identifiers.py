"""Business, corporate and workplace numbers (READING-AVRO §3, READING-FACTS-AND-JSON §3).

All take cleaned texts. A number that is present but wrong is a matter of the contract: the
functions say what is wrong, the connector says what follows.
"""

from connectors.fields import remembered

BRN_DIGITS = 10
CRN_DIGITS = 13
WORKPLACE_DIGITS = 11

_ZERO = ord("0")
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_SEPARATORS = str.maketrans("", "", " " + _HYPHENS)
_CORPORATE_KINDS = frozenset({"81", "86", "87", "88"})
_SOLE_KINDS = frozenset(f"{kind:02}" for kind in (*range(1, 80), *range(90, 100)))


def bare(text: str) -> str:
    """The text without spaces and hyphens of any kind."""
    return text if text.isascii() and text.isalnum() else text.translate(_SEPARATORS)


def brn_passes(digits: str) -> bool:
    """Whether ten ASCII digits pass the check: weights 1 3 7 1 3 7 1 3 5 on the first nine, plus
    the tens of the last product. Ten zeros pass and mean nothing (handbook 2.1)."""
    a, b, c, d, e, f, g, h, i, check = digits.encode()
    i -= _ZERO
    total = a + d + g + 3 * (b + e + h) + 7 * (c + f) - 26 * _ZERO + 5 * i + i * 5 // 10
    return (10 - total % 10) % 10 == check - _ZERO


def crn_passes(digits: str) -> bool:
    """Whether thirteen ASCII digits pass the check: weights 1 2 1 2 … on the first twelve."""
    codes = digits.encode()
    total = sum(codes[0:12:2]) + 2 * sum(codes[1:12:2]) - 18 * _ZERO
    return (10 - total % 10) % 10 == codes[12] - _ZERO


@remembered
def brn(text: str) -> tuple[str | None, str | None]:
    """A business number and, where it is present but not valid, the reason to hold the event.
    (None, None) is blank; ten zeros are blank."""
    digits = bare(text)
    if not digits or digits == "0000000000":
        return None, None
    if "*" in digits:
        return None, "BRN_MASKED"
    if len(digits) != BRN_DIGITS or not (digits.isascii() and digits.isdigit()):
        return None, "BRN_MALFORMED"
    return (digits, None) if brn_passes(digits) else (None, "BRN_CHECKSUM")


def crn(text: str) -> tuple[str | None, str | None]:
    """A corporate number and a warning. One with a wrong check digit is kept + CRN_CHECK; it does
    not identify a firm alone."""
    digits = bare(text)
    if only_zeros(digits):
        return None, None
    if len(digits) != CRN_DIGITS or not (digits.isascii() and digits.isdigit()):
        return None, "ID_UNREADABLE"
    return digits, None if crn_passes(digits) else "CRN_CHECK"


def workplace(text: str) -> tuple[str | None, str | None]:
    """An employment-insurance workplace number, opaque, and a warning."""
    digits = bare(text)
    if only_zeros(digits):
        return None, None
    if len(digits) != WORKPLACE_DIGITS or not (digits.isascii() and digits.isdigit()):
        return None, "ID_UNREADABLE"
    return digits, None


def only_zeros(digits: str) -> bool:
    """Whether nothing but zeros is left, or nothing at all."""
    return not digits.strip("0")


def brn_of_workplace(workplace_no: str | None) -> str | None:
    """The business number in the first ten digits of a workplace number, if there is one: they
    pass the check, are not zeros and do not begin with 9 (those were given without one)."""
    if workplace_no is None or workplace_no[0] == "9":
        return None
    digits = workplace_no[:BRN_DIGITS]
    return digits if digits.strip("0") and brn_passes(digits) else None


def legal_form_of_kind(number: str | None) -> str:
    """The legal form that the kind (fourth and fifth digit) of a valid business number says."""
    if number is None:
        return "UNKNOWN"
    kind = number[3:5]
    if kind in _CORPORATE_KINDS:
        return "CORP"
    if kind == "82":
        return "NONPROFIT"
    return "SOLE" if kind in _SOLE_KINDS else "UNKNOWN"
