"""The lines that `naru convert` reads: events as record or as bytes, and resets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.base import Connector
from services.domain.partner_wire import wire_bytes

_JSON = json.JSONDecoder()
_SPACES = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Event:
    """One message as it would have stood on Kafka."""

    name: str | None
    folder: str
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Reset:
    """Forget what came before."""


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line that cannot be used, and why."""

    number: int
    name: str | None
    code: str
    ko: str
    en: str

    def as_json(self) -> dict[str, str]:
        return {
            "code": self.code,
            "message_ko": f"{self.number}번째 줄: {self.ko}",
            "message_en": f"line {self.number}: {self.en}",
        }


def event_of(
    line: str | bytes,
    number: int,
    programme: str,
    inputs: Mapping[str, Connector],
    schema_id: int,
) -> Event | Reset | WrongLine | None:
    """What one line says; None for a blank line. inputs: the connectors by folder."""
    try:
        text = line.decode() if isinstance(line, bytes) else line
        text = text.removeprefix("\ufeff") if number == 1 else text
        if not text.strip(_SPACES):
            return None
        members = _members(text)
    except (ValueError, RecursionError) as error:
        return WrongLine(
            number, None, "LINE_NOT_JSON", f"JSON 객체가 아닙니다 ({error})", f"not JSON ({error})"
        )
    if _given(members, "reset") is True:
        return Reset()
    name = _given(members, "name")
    name = name if isinstance(name, str) else None
    folder = _given(members, "input", programme)
    if not isinstance(folder, str) or folder not in inputs:
        ko, en = f"모르는 입력입니다: {folder}", f"unknown input: {folder}"
        return WrongLine(number, name, "INPUT_UNKNOWN", ko, en)
    try:
        key = _key(members)
        value = _value(members, inputs[folder], schema_id)
    except ValueError as error:
        ko, en = f"메시지로 만들 수 없습니다 ({error})", f"cannot be made a message ({error})"
        return WrongLine(number, name, "VALUE_UNFIT", ko, en)
    return Event(name, folder, key, value)


def _given(members: Mapping[str, tuple[Any, str]], name: str, default: Any = None) -> Any:
    return members[name][0] if name in members else default


def _key(members: Mapping[str, tuple[Any, str]]) -> bytes | None:
    if "key_hex" in members:
        return _bytes(_given(members, "key_hex"), "key_hex")
    if "key" not in members:
        raise ValueError("neither key nor key_hex")
    key = _given(members, "key")
    if key is None:
        return None
    if not isinstance(key, str):
        raise ValueError("key is not a text")
    return key.encode()


def _value(
    members: Mapping[str, tuple[Any, str]], connector: Connector, schema_id: int
) -> bytes | None:
    if "value_hex" in members:
        return _bytes(_given(members, "value_hex"), "value_hex")
    if "value" not in members:
        raise ValueError("neither value nor value_hex")
    value, text = members["value"]
    return None if value is None else wire_bytes(connector.source, value, text, schema_id)


def _bytes(digits: object, name: str) -> bytes | None:
    if digits is None:
        return None
    if not isinstance(digits, str):
        raise ValueError(f"{name} is not a text")
    return bytes.fromhex(digits)


def _members(text: str) -> dict[str, tuple[Any, str]]:
    """The members of the JSON object that fills `text`, each with its own spelling, so that a
    JSON partner's record reaches its connector as it was written. Raises ValueError."""
    members: dict[str, tuple[Any, str]] = {}
    at = _expect(text, _skip(text, 0), "{")
    if text[at : at + 1] == "}":
        at += 1
    else:
        at = _member(text, at, members)
        while text[at : at + 1] == ",":
            at = _member(text, _skip(text, at + 1), members)
        at = _expect(text, at, "}")
    if text[at:].strip(_SPACES):
        raise ValueError("something follows the object")
    return members


def _member(text: str, at: int, members: dict[str, tuple[Any, str]]) -> int:
    name, at = _JSON.raw_decode(text, at)
    start = _expect(text, _skip(text, at), ":")
    value, end = _JSON.raw_decode(text, start)
    if not isinstance(name, str):
        raise ValueError("a name is not a text")
    members[name] = (value, text[start:end])
    return _skip(text, end)


def _expect(text: str, at: int, sign: str) -> int:
    if text[at : at + 1] != sign:
        raise ValueError(f"{sign} expected at {at}")
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in _SPACES:
        at += 1
    return at
