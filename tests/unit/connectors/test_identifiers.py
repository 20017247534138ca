"""Business, corporate and workplace numbers; wrong checks known in the wild (handbook 2.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.fields import clean
from connectors.identifiers import (
    brn,
    brn_of_workplace,
    brn_passes,
    crn,
    crn_passes,
    legal_form_of_kind,
    workplace,
)

WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def by_formula(digits: str) -> bool:
    """The check as the handbook prints it."""
    numbers = [int(digit) for digit in digits]
    total = sum(w * d for w, d in zip(WEIGHTS, numbers, strict=False)) + numbers[8] * 5 // 10
    return (10 - total % 10) % 10 == numbers[9]


def weighting_the_tenth_too(digits: str) -> bool:
    numbers = [int(digit) for digit in digits]
    total = sum(w * d for w, d in zip((*WEIGHTS, 1), numbers, strict=True))
    return (10 - total % 10) % 10 == numbers[9]


def summing_eight_only(digits: str) -> bool:
    numbers = [int(digit) for digit in digits]
    total = sum(w * d for w, d in zip(WEIGHTS[:8], numbers, strict=False)) + numbers[8] * 5 // 10
    return (10 - total % 10) % 10 == numbers[9]


ten_digits = st.text("0123456789", min_size=10, max_size=10)


@given(digits=ten_digits)
def test_invariant_12_check_digit_is_the_formula(digits: str) -> None:
    assert brn_passes(digits) == by_formula(digits)


@pytest.mark.parametrize(
    ("digits", "valid"),
    [
        ("1234567891", True),
        ("1348672683", True),
        ("1234567890", False),
        ("9998100015", True),
        ("9998600121", True),
        ("9998500070", True),
        ("9998200458", True),
    ],
)
def test_vectors_of_the_handbook(digits: str, valid: bool) -> None:
    assert brn_passes(digits) is valid
    assert brn(digits) == ((digits, None) if valid else (None, "BRN_CHECKSUM"))


def test_it_is_neither_of_the_wrong_checks() -> None:
    sample = [f"{number:010}" for number in range(1_000_000_000, 1_000_010_000)]
    ours = [brn_passes(digits) for digits in sample]
    assert sum(ours) == 1_000
    assert ours != [weighting_the_tenth_too(digits) for digits in sample]
    assert ours != [summing_eight_only(digits) for digits in sample]


@given(digits=ten_digits, place=st.integers(0, 9), other=st.sampled_from("0123456789"))
def test_every_single_digit_error_is_caught(digits: str, place: int, other: str) -> None:
    """F62."""
    if other != digits[place] and brn_passes(digits):
        assert not brn_passes(digits[:place] + other + digits[place + 1 :])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", (None, None)),
        ("  -  ", (None, None)),
        ("0000000000", (None, None)),
        ("000-00-00000", (None, None)),
        ("000000000", (None, "BRN_MALFORMED")),
        ("999-81-00015", ("9998100015", None)),
        ("999 81 00015", ("9998100015", None)),
        ("９９９－８１－０００１５", ("9998100015", None)),
        ("9998100015\n", ("9998100015", None)),
        ("999‒81―00015", ("9998100015", None)),
        ("999~81~00015", (None, "BRN_MALFORMED")),
        ("999.81.00015", (None, "BRN_MALFORMED")),
        ("999-81-0001", (None, "BRN_MALFORMED")),
        ("999-81-000155", (None, "BRN_MALFORMED")),
        ("٩٩٩٨١٠٠٠١٥", (None, "BRN_MALFORMED")),
        ("²998100015", (None, "BRN_CHECKSUM")),
        ("999810****", (None, "BRN_MASKED")),
        ("없음*", (None, "BRN_MASKED")),
        ("없음", (None, "BRN_MALFORMED")),
        ("x" * 5_000, (None, "BRN_MALFORMED")),
    ],
)
def test_business_number(raw: str, expected: tuple[str | None, str | None]) -> None:
    assert brn(clean(raw)) == expected


def test_invariant_12_an_uncleaned_newline_does_not_slip_through() -> None:
    assert brn("9998100015\n") == (None, "BRN_MALFORMED")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("110111-0062432", ("1101110062432", None)),
        ("1101110062433", ("1101110062433", "CRN_CHECK")),
        ("110111006243", (None, "ID_UNREADABLE")),
        ("110111-00624321", (None, "ID_UNREADABLE")),
        ("110111-006243*", (None, "ID_UNREADABLE")),
        ("0000000000000", (None, None)),
        ("", (None, None)),
    ],
)
def test_corporate_number(raw: str, expected: tuple[str | None, str | None]) -> None:
    assert crn(raw) == expected


@given(twelve=st.text("0123456789", min_size=12, max_size=12))
def test_one_check_digit_fits_a_corporate_number(twelve: str) -> None:
    assert sum(crn_passes(f"{twelve}{check}") for check in range(10)) == 1


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("999-81-00015-0", ("99981000150", None)),
        ("99981000150", ("99981000150", None)),
        ("9998100015", (None, "ID_UNREADABLE")),
        ("999810001501", (None, "ID_UNREADABLE")),
        ("00000000000", (None, None)),
        ("", (None, None)),
    ],
)
def test_workplace_number(raw: str, expected: tuple[str | None, str | None]) -> None:
    assert workplace(raw) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("12345678910", "1234567891"),
        ("12345678915", "1234567891"),
        ("12345678900", None),
        ("99981000150", None),
        ("00000000001", None),
        (None, None),
    ],
)
def test_number_in_a_workplace_number(number: str | None, expected: str | None) -> None:
    assert brn_of_workplace(number) == expected


FORMS = {
    "SOLE": ("01", "79", "90", "99"),
    "CORP": ("81", "86", "87", "88"),
    "NONPROFIT": ("82",),
    "UNKNOWN": ("00", "80", "83", "84", "85", "89"),
}


@pytest.mark.parametrize(
    ("kind", "form"), [(kind, form) for form, kinds in FORMS.items() for kind in kinds]
)
def test_legal_form_of_the_kind(kind: str, form: str) -> None:
    assert legal_form_of_kind(f"999{kind}00000") == form


def test_legal_form_without_number() -> None:
    assert legal_form_of_kind(None) == "UNKNOWN"
