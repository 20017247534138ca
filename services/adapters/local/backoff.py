"""How long to wait before a process that died is started again."""

FIRST = 0.2
CAP = 5.0
CALM = 10.0


def next_pause(previous: float, ran_for: float) -> float:
    """Seconds to wait: 0.2, doubling up to 5; from the start again after a run of 10 seconds."""
    if previous <= 0 or ran_for >= CALM:
        return FIRST
    return min(previous * 2, CAP)
