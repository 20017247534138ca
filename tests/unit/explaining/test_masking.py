"""Numbers of firms are never shown whole."""

import pytest

from services.domain.explaining.masking import masked, masked_key


@pytest.mark.parametrize(
    ("kind", "number", "shown"),
    [
        ("brn", "9998100015", "999*****15"),
        ("crn", "9999110000012", "999911*******"),
        ("ei_workplace_no", "99981000150", "999******50"),
    ],
)
def test_the_middle_of_a_number_is_hidden(kind: str, number: str, shown: str) -> None:
    assert masked(kind, number) == shown


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("BRN:9998100015", "BRN:999*****15"),
        ("EI:99981000150", "EI:999******50"),
        ("99981000150-202605", "999******50-202605"),
        ("AIV-2026-493047", "AIV-2026-493047"),
        ("2605123433", "2605123433"),
        (None, None),
    ],
)
def test_only_keys_that_hold_a_number_are_masked(key: str | None, shown: str | None) -> None:
    assert masked_key(key) == shown
