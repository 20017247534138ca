"""Strict JSON, step 1 of the reading rules for the JSON partners (READING-FACTS-AND-JSON §1).

Read without recursion, so that no nesting can exhaust the stack (F16, F90). Keys are cleaned;
numbers stay as they were written, because `1.0` and `1e3` are not integers.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from connectors.fields import clean
from connectors.frames import VALUE_LIMIT

DEPTH_LIMIT = 8
VALUES_LIMIT = 2_000

_BOM = b"\xef\xbb\xbf"
_TOKEN = re.compile(
    r"[ \t\n\r]*+(?:"
    r"(?P<sign>[{}\[\],:])"
    r'|(?P<text>"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\x00-\x1f]*+)*+")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)"
    r"|(?P<word>true|false|null)"
    r"|(?P<end>\Z))"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS = {"true": True, "false": False, "null": None}
_INTEGER = re.compile(r"-?[0-9]+")


class Number(NamedTuple):
    """A JSON number as it was written."""

    written: str

    @property
    def is_integer(self) -> bool:
        """Whether it has neither fraction nor exponent."""
        return _INTEGER.fullmatch(self.written) is not None


Value: TypeAlias = bool | str | Number | list["Value"] | dict[str, "Value"] | None
Path: TypeAlias = tuple[str | int, ...]


class Place(NamedTuple):
    """Where a member's value stands in the text, and the keys and list positions that lead to it
    (of a member that is too deep, its key alone)."""

    path: Path
    start: int
    end: int


@dataclass(slots=True)
class Document:
    """One JSON object. fault: what is wrong with it although it is well-formed.

    places: of every member, in the order in which their values end.
    """

    text: str
    has_bom: bool
    root: dict[str, Value] = field(default_factory=dict)
    fault: str | None = None
    places: list[Place] = field(default_factory=list)

    def with_null_at(self, chosen: Callable[[Path], bool]) -> bytes:
        """The document's bytes with `null` for the values at the chosen paths."""
        pieces = []
        done = 0
        for place in sorted(self.places, key=lambda place: place.start):
            if place.start >= done and chosen(place.path):
                pieces += [self.text[done : place.start], "null"]
                done = place.end
        return (_BOM if self.has_bom else b"") + "".join([*pieces, self.text[done:]]).encode()


class _Malformed(Exception):
    """The text is not one JSON object."""


def json_document(value: bytes | None) -> Document | str:
    """The document that a Kafka value holds, or the reason of step 1."""
    document = readable_document(value)
    return document if isinstance(document, str) else document.fault or document


def readable_document(value: bytes | None) -> Document | str:
    """The same, but a document that is only too deep, too large or repeats a key is given with its
    fault: what it holds can still be told, and personal data taken out of it."""
    if not value:
        return "VALUE_EMPTY"
    if len(value) > VALUE_LIMIT:
        return "VALUE_TOO_LARGE"
    has_bom = value.startswith(_BOM)
    try:
        text = value.removeprefix(_BOM).decode()
        document = Document(text, has_bom)
        _Reader(document).read()
    except (UnicodeDecodeError, _Malformed):
        return "BYTES_UNDECODABLE"
    return document


class _Reader:
    """Fills a document from its text, one token after the other. Raises _Malformed."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.open: list[dict[str, Value] | list[Value]] = []
        self.path: list[str | int] = []
        self.starts: list[int] = []
        self.values = 0
        self.repeats = False

    def read(self) -> None:
        tokens = _tokens(self.document.text)
        kind, token, start, _ = next(tokens)
        if token != "{":
            raise _Malformed
        self._begin(self.document.root, start)
        first = True
        while self.open:
            kind, token, start, end = next(tokens)
            container = self.open[-1]
            if token == ("}" if isinstance(container, dict) else "]") and kind == "sign":
                self._finish(end)
                first = False
                continue
            if not first:
                _must_be(",", kind, token)
                kind, token, start, end = next(tokens)
            if isinstance(container, dict):
                self._key(container, kind, token)
                _must_be(":", *next(tokens)[:2])
                kind, token, start, end = next(tokens)
            else:
                self.path.append(len(container))
            first = self._value(container, kind, token, start, end)
        if next(tokens)[0] != "end":
            raise _Malformed

    def _key(self, container: dict[str, Value], kind: str, token: str) -> None:
        if kind != "text":
            raise _Malformed
        key = clean(_unquoted(token))
        self.repeats |= key in container
        self.path.append(key)

    def _value(
        self, container: dict[str, Value] | list[Value], kind: str, token: str, start: int, end: int
    ) -> bool:
        """Adds a value to its container; whether it is a container itself and now open."""
        value: Value
        match kind, token:
            case "sign", "{":
                value = {}
            case "sign", "[":
                value = []
            case "text", _:
                value = _unquoted(token)
            case "number", _:
                value = Number(token)
            case "word", _:
                value = _WORDS[token]
            case _:
                raise _Malformed
        if isinstance(container, dict):
            container[str(self.path[-1])] = value
        else:
            container.append(value)
        if isinstance(value, dict | list):
            self._begin(value, start)
            return True
        self._count()
        self._leave(start, end)
        return False

    def _begin(self, container: dict[str, Value] | list[Value], start: int) -> None:
        self.open.append(container)
        self.starts.append(start)
        self._count()
        if len(self.open) > DEPTH_LIMIT:
            self.document.fault = "JSON_TOO_DEEP"

    def _finish(self, end: int) -> None:
        self.open.pop()
        start = self.starts.pop()
        if self.open:
            self._leave(start, end)
        elif self.repeats and self.document.fault is None:
            self.document.fault = "JSON_DUPLICATE_KEY"

    def _leave(self, start: int, end: int) -> None:
        if isinstance(self.path[-1], str):
            path = self.path if len(self.path) < DEPTH_LIMIT else self.path[-1:]
            self.document.places.append(Place(tuple(path), start, end))
        self.path.pop()

    def _count(self) -> None:
        self.values += 1
        if self.values > VALUES_LIMIT:
            self.document.fault = "JSON_TOO_DEEP"


def _tokens(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Kind, text, start and end of every token; the end comes again and again."""
    at = 0
    while True:
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise _Malformed
        kind = found.lastgroup
        at = found.end()
        yield kind, found[kind], found.start(kind), at


def _must_be(sign: str, kind: str, token: str) -> None:
    if kind != "sign" or token != sign:
        raise _Malformed


def _unquoted(token: str) -> str:
    if "\\" not in token:
        return token[1:-1]
    text: str = json.loads(token)
    if _SURROGATE.search(text):
        raise _Malformed
    return text
