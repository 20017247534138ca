"""Defects that every Avro partner can have, and the small changes that partners' own build on."""

from collections.abc import Callable

from services.simulation.chance import Dice
from services.simulation.story import Defect, Row, Step, Wire

QUARANTINED, HELD, APPLIED = "quarantined", "held", "applied"
_TOO_LARGE = 65_537


def mark(step: Step, code: str) -> None:
    step.kind = f"defect:{code}"


def field_defect(
    code: str, end_state: str, change: Callable[[Dice, Row], Row | None]
) -> Defect:  # fmt: skip
    """A defect of this one message's fields. change: the new values, None where it cannot be."""

    def spoil(dice: Dice, step: Step, steps: list[Step]) -> bool:
        changes = change(dice, step.row)
        if changes is None:
            return False
        step.row = {**step.row, **changes}
        mark(step, code)
        return True

    return Defect(code, end_state, spoil)


def conflict(change: Callable[[Dice, Row], Row]) -> Defect:
    """The same revision once more, with other content."""

    def spoil(dice: Dice, step: Step, steps: list[Step]) -> bool:
        twin = Step(step.at, {**step.row, **change(dice, step.row)}, "")
        mark(twin, "REVISION_CONFLICT")
        steps.insert(steps.index(step) + 1, twin)
        return True

    return Defect("REVISION_CONFLICT", HELD, spoil)


def wire_defects(head: int, strange_head: bytes) -> tuple[Defect, ...]:
    """Bytes that cannot be read. head: length of the frame; strange_head: one of an unknown
    schema. The record's first field must be a plain string of at least two bytes."""

    def large(key: bytes, value: bytes) -> Wire:
        return key, value + bytes(_TOO_LARGE - len(value))

    def invalid_utf8(key: bytes, value: bytes) -> Wire:
        return key, value[: head + 1] + b"\xff\xfe" + value[head + 3 :]

    def negative_length(key: bytes, value: bytes) -> Wire:
        return key, value[:head] + b"\x01" + value[head + 1 :]

    def other_key(key: bytes, value: bytes) -> Wire:
        return key[:-1] + (b"1" if key[-1:] != b"1" else b"2"), value

    table: tuple[tuple[str, Callable[[bytes, bytes], Wire]], ...] = (
        ("VALUE_EMPTY", lambda key, value: (key, None)),
        ("VALUE_EMPTY", lambda key, value: (key, b"")),
        ("VALUE_TOO_LARGE", large),
        ("SCHEMA_UNKNOWN", lambda key, value: (key, strange_head + value[head:])),
        ("BYTES_UNDECODABLE", lambda key, value: (key, b"\x01" + value[1:])),
        ("BYTES_UNDECODABLE", lambda key, value: (key, value[: len(value) * 3 // 5])),
        ("BYTES_UNDECODABLE", lambda key, value: (key, value + b"\x00\x00")),
        ("BYTES_UNDECODABLE", invalid_utf8),
        ("BYTES_UNDECODABLE", negative_length),
        ("KEY_MISSING", lambda key, value: (None, value)),
        ("KEY_MISSING", lambda key, value: (b"  ", value)),
        ("KEY_MISMATCH", other_key),
    )
    return tuple(_wire_defect(code, wire) for code, wire in table)


def _wire_defect(code: str, wire: Callable[[bytes, bytes], Wire]) -> Defect:
    def spoil(dice: Dice, step: Step, steps: list[Step]) -> bool:
        step.spoil = wire
        mark(step, code)
        return True

    return Defect(code, QUARANTINED, spoil)


def masked(number: str) -> str:
    return number[:-4] + "****"


def wrong_check(number: str) -> str:
    return number[:-1] + str((int(number[-1]) + 3) % 10)


def full_width(number: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in number)


def with_control(text: str) -> str:
    """A zero width space and a tab inside."""
    return f"{text[:2]}\u200b{text[2:]}\t"


def json_defects(bare: bytes) -> tuple[Defect, ...]:
    """JSON that cannot be read. bare: a key that stands once in every message, with its quotes,
    as bytes."""

    def large(key: bytes, value: bytes) -> Wire:
        return key, value + b" " * (_TOO_LARGE - len(value))

    def twice(key: bytes, value: bytes) -> Wire:
        return key, value[:-1] + b"," + bare + b":null}"

    def other_key(key: bytes, value: bytes) -> Wire:
        return key[:-1] + (b"1" if key[-1:] != b"1" else b"2"), value

    table: tuple[tuple[str, Callable[[bytes, bytes], Wire]], ...] = (
        ("VALUE_EMPTY", lambda key, value: (key, None)),
        ("VALUE_EMPTY", lambda key, value: (key, b"")),
        ("VALUE_TOO_LARGE", large),
        ("BYTES_UNDECODABLE", lambda key, value: (key, value[: len(value) * 3 // 5])),
        ("BYTES_UNDECODABLE", lambda key, value: (key, value + b"}")),
        ("BYTES_UNDECODABLE", lambda key, value: (key, value.replace(b'"', b'"\xff', 1))),
        ("JSON_DUPLICATE_KEY", twice),
        (
            "JSON_TOO_DEEP",
            lambda key, value: (key, value[:-1] + b',"x":' + b"[" * 9 + b"]" * 9 + b"}"),
        ),
        ("KEY_MISSING", lambda key, value: (None, value)),
        ("KEY_MISSING", lambda key, value: (b"  ", value)),
        ("KEY_MISMATCH", other_key),
    )
    return tuple(_wire_defect(code, wire) for code, wire in table)
