import pytest

from services.adapters.local.backoff import CALM, CAP, FIRST, next_pause


def test_the_pause_doubles_up_to_its_cap() -> None:
    pauses = [0.0]
    for _ in range(8):
        pauses.append(next_pause(pauses[-1], ran_for=0.1))
    assert pauses[1:] == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0])


def test_a_calm_run_makes_the_pause_short_again() -> None:
    assert next_pause(CAP, ran_for=CALM) == FIRST
    assert next_pause(CAP, ran_for=CALM - 0.1) == CAP
