"""YAML with the place of every key and value."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from services.domain.policy_check.findings import Finding, Path

Place: TypeAlias = tuple[int, int]
"""Line and column, from 1."""
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Marked:
    """One file: its value (None where it cannot be read), its nodes, what is wrong already."""

    name: str
    value: Any
    root: yaml.Node | None
    findings: tuple[Finding, ...]

    def place(self, path: Path) -> Place:
        """The place of the deepest part of the path that is there; a key's own place."""
        node, found = self.root, (1, 1)
        if node is not None:
            found = _at(node)
        for step in path:
            following = None if node is None else _child(node, step)
            if following is None:
                break
            key, node = following
            found = _at(key)
        return found


def read_marked(name: str, raw: str | bytes) -> Marked:
    """A file's content; a fault of the syntax or a name that stands twice is a finding."""
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        place = (before.count(b"\n") + 1, column)
        return _unreadable(name, place, "UTF-8이 아닌 글자", "a byte that is not UTF-8")
    try:
        root = yaml.compose(text, Loader=_LOADER)
        if root is None:
            return _unreadable(name, (1, 1), "빈 파일", "an empty file")
        twice = list(_twice(f"{name}.yaml", root, ()))
        return Marked(name, yaml.load(text, Loader=_LOADER), root, tuple(twice))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        problem = getattr(error, "problem", None) or str(error) or type(error).__name__
        return _unreadable(name, place, problem, problem)


def _unreadable(name: str, place: Place, ko: str, en: str) -> Marked:
    finding = Finding(
        "SYNTAX",
        "error",
        f"{name}.yaml",
        *place,
        name,
        f"YAML로 읽을 수 없습니다: {ko}",
        f"this is no YAML: {en}",
    )
    return Marked(name, None, None, (finding,))


def _at(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _twice(file: str, node: yaml.Node, path: Path) -> Iterator[Finding]:
    if isinstance(node, yaml.SequenceNode):
        for at, item in enumerate(node.value):
            yield from _twice(file, item, (*path, at))
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[str, int] = {}
    for key, value in node.value:
        name = str(key.value)
        line, column = _at(key)
        if name in seen:
            yield Finding(
                "DUPLICATE_KEY",
                "error",
                file,
                line,
                column,
                told((*path, name)),
                f"'{name}'이(가) 이미 {seen[name]}행에 있습니다. 하나만 남기세요.",
                f"'{name}' stands in line {seen[name]} already; keep one of them.",
            )
        seen.setdefault(name, line)
        yield from _twice(file, value, (*path, name))


def told(path: Path) -> str:
    """A path as text: a.b[0].c"""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
