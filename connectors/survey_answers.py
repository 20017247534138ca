"""The answers of the demand survey: numbers of the printed questionnaire and their meaning
(demand-survey note, "Answer numbers")."""

from collections.abc import Iterable
from typing import Any

from connectors.avro_values import Record, flag, whole, wholes
from connectors.fields import WORKERS_BOUND, bounded

NO_ANSWER = 0


def _codes(words: str) -> tuple[str, ...]:
    """The codes of one question, in the order of their numbers."""
    return tuple(words.split())


LISTS = {
    "fields": _codes("PLAN PRODUCTION MARKETING HR CS NEW_MARKET OFFICE KNOWHOW"),
    "obstacles": _codes("CEO STAFF INFO COST TIME SECURITY EFFECT"),
    "support_wanted": _codes(
        "DIAGNOSIS FIELD_EXPERT INHOUSE_TEACHER COST LEARNING_GROUP DEGREE SHORT_FORM GOOD_CASE"
    ),
}
SINGLES = {
    "level_wanted": _codes("LITERACY WORK_PRACTICE SYSTEM_LINK OWN_MODEL"),
    "mode_wanted": _codes("INHOUSE_GROUP INHOUSE_REMOTE OUT_GROUP OUT_REMOTE LIVE_ONLINE VISITING"),
    "hours_wanted": _codes("LT4 4_8 8_16 16_40 GE40"),
}
FLAGS = ("wishes", "uses_ai")
TRAINEES = "trainee_count"


def answers(record: Record, warnings: list[str]) -> dict[str, Any]:
    """All answers of a firm that answered, lists in the questionnaire's order. Raises
    TypeError."""
    trainees, doubt = bounded(whole(record, TRAINEES), WORKERS_BOUND)
    given: dict[str, Any] = {name: flag(record, name) for name in FLAGS}
    if given["wishes"] is None:
        warnings.append("FIELD_MISSING")
    for name, codes in LISTS.items():
        given[name] = _in_order(wholes(record, name), codes, warnings)
    for name, codes in SINGLES.items():
        number = whole(record, name)
        chosen = _in_order([] if number is None else [number], codes, warnings)
        given[name] = chosen[0] if chosen else None
    given[TRAINEES] = trainees
    warnings += (doubt,) if doubt is not None else ()
    return given


def no_answers() -> dict[str, Any]:
    """The answers of a firm that gave none."""
    return {
        **dict.fromkeys((*FLAGS, *SINGLES, TRAINEES)),
        **{name: [] for name in LISTS},
    }


def is_filled_in(record: Record) -> bool:
    """Whether any answer stands in a record; 0 is none. Raises TypeError."""
    numbers = [whole(record, name) for name in (*SINGLES, TRAINEES)]
    listed = [number for name in LISTS for number in wholes(record, name)]
    return any(flag(record, name) is not None for name in FLAGS) or any((*numbers, *listed))


def answers_content(record: Record) -> list[Any]:
    """What of the answers counts when two versions are compared. Raises TypeError."""
    return [
        [flag(record, name) for name in FLAGS],
        [sorted(wholes(record, name)) for name in LISTS],
        [whole(record, name) for name in (*SINGLES, TRAINEES)],
    ]


def _in_order(numbers: Iterable[int], codes: tuple[str, ...], warnings: list[str]) -> list[str]:
    chosen = set(numbers) - {NO_ANSWER}
    if not chosen <= set(range(1, len(codes) + 1)):
        warnings.append("CODE_UNKNOWN")
    return [code for number, code in enumerate(codes, 1) if number in chosen]
