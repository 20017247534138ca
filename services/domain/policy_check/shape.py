"""Form: every file, field and type as the schema wants it, in words of both languages."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from schemas.policies import Documents, Policy, policy_of
from schemas.policy_types import NOT_A_DAY, NOT_BLANK
from services.domain.policy_check.findings import Path, Said

NOT_FILES = frozenset({"digest"})
_TYPES: Mapping[str, tuple[str, str]] = {
    "string_type": ("글자", "text"),
    "int_type": ("정수", "a whole number"),
    "float_type": ("수", "a number"),
    "bool_type": ("true 또는 false", "true or false"),
    "dict_type": ("이름: 값 목록", "a mapping"),
    "mapping_type": ("이름: 값 목록", "a mapping"),
    "model_type": ("이름: 값 목록", "a mapping"),
    "tuple_type": ("목록", "a list"),
    "list_type": ("목록", "a list"),
    "frozen_set_type": ("목록", "a list"),
}

_BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("이상이어야 합니다", "it must be at least"),
    "less_than_equal": ("이하여야 합니다", "it must be at most"),
}


def shaped(documents: Documents) -> tuple[Policy | None, list[Said]]:
    """The typed policy, None where the form is wrong; and every fault of the form."""
    try:
        return policy_of(documents), []
    except ValidationError as error:
        return None, list(_told(error))


def _told(error: ValidationError) -> Iterator[Said]:
    seen: set[tuple[Path, str]] = set()
    for one in error.errors(include_url=False):
        said = _said(one["type"], tuple(one["loc"]), one)
        if (said.path, said.code) not in seen:
            seen.add((said.path, said.code))
            yield said


def _said(kind: str, path: Path, error: Mapping[str, Any]) -> Said:
    last = path[-1]
    if kind == "missing":
        if len(path) == 1:
            return Said(
                "FILE_MISSING",
                path,
                f"{last}.yaml 파일이 없습니다.",
                f"the file {last}.yaml is missing.",
            )
        return Said(
            "FIELD_MISSING", path, f"'{last}' 항목이 필요합니다.", f"the field '{last}' is needed."
        )
    if kind == "extra_forbidden":
        known = _fields(path[:-1])
        near = get_close_matches(str(last), known, 1)
        ko, en = (f" 혹시 '{near[0]}'?", f" Did you mean '{near[0]}'?") if near else ("", "")
        if len(path) == 1:
            return Said(
                "FILE_UNKNOWN",
                path,
                f"{last}.yaml은 모르는 파일입니다.{ko}",
                f"{last}.yaml is an unknown file.{en}",
            )
        return Said(
            "FIELD_UNKNOWN",
            path,
            f"'{last}'은(는) 모르는 항목입니다.{ko} 쓸 수 있는 것: {', '.join(known)}.",
            f"'{last}' is an unknown field.{en} Known are {', '.join(known)}.",
        )
    return _value(kind, path, error)


def _value(kind: str, path: Path, error: Mapping[str, Any]) -> Said:
    context = error.get("ctx", {})
    given = _short(error.get("input"))
    if kind in _TYPES:
        ko, en = _TYPES[kind]
        return Said("VALUE_WRONG", path, f"{ko}이어야 합니다: {given}", f"{en} is wanted: {given}")
    if kind == "literal_error":
        wanted = context.get("expected", "")
        return Said(
            "VALUE_WRONG",
            path,
            f"{wanted.replace(' or ', ', ')} 가운데 하나여야 합니다: {given}",
            f"one of {wanted} is wanted: {given}",
        )
    if kind == NOT_A_DAY:
        return Said(
            "VALUE_WRONG",
            path,
            f"달력에 없는 날입니다: {given}",
            f"there is no such day: {given}",
        )
    if kind in _BOUNDS:
        bound = context.get("ge", context.get("le"))
        ko, en = _BOUNDS[kind]
        return Said("VALUE_WRONG", path, f"{bound} {ko}: {given}", f"{en} {bound}: {given}")
    if kind == "string_pattern_mismatch" and context.get("pattern") == NOT_BLANK:
        return Said("VALUE_WRONG", path, "비어 있으면 안 됩니다.", "it must not be blank.")
    if kind == "string_pattern_mismatch":
        pattern = context.get("pattern", "")
        return Said(
            "VALUE_WRONG",
            path,
            f"{pattern} 꼴이어야 합니다: {given}",
            f"it must look like {pattern}: {given}",
        )
    return Said(
        "VALUE_WRONG",
        path,
        f"값이 형식에 맞지 않습니다 ({error.get('msg', kind)}): {given}",
        f"the value has the wrong form ({error.get('msg', kind)}): {given}",
    )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _fields(path: Path) -> list[str]:
    """The names that the model at a path knows, as they stand in YAML."""
    model: Any = Policy
    for step in path:
        model = _model_at(model, step)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    names = [field.alias or name for name, field in model.model_fields.items()]
    return [name for name in names if model is not Policy or name not in NOT_FILES]


def _model_at(model: Any, step: str | int) -> Any:
    if isinstance(model, type) and issubclass(model, BaseModel):
        for name, field in model.model_fields.items():
            if step in (name, field.alias):
                return _inner(field.annotation)
    return model  # a key of a mapping or a place in a list


def _inner(annotation: Any) -> Any:
    """The model behind Mapping[str, Model], tuple[Model, ...] and Model | None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in reversed(get_args(annotation)):
        found = _inner(argument)
        if found is not None:
            return found
    return None
