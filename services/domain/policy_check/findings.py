"""What the linter finds: a code, a place in a file, words in Korean and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]
Path: TypeAlias = tuple[str | int, ...]
"""File stem first, then keys and positions."""

CODES: Mapping[str, tuple[str, str]] = {
    "SYNTAX": ("YAML로 읽을 수 없음", "no YAML"),
    "DUPLICATE_KEY": ("같은 이름이 두 번", "a name stands twice"),
    "FILE_MISSING": ("파일이 없음", "a file is missing"),
    "FILE_UNKNOWN": ("모르는 파일", "an unknown file"),
    "FIELD_MISSING": ("필요한 항목이 없음", "a needed field is missing"),
    "FIELD_UNKNOWN": ("모르는 항목", "an unknown field"),
    "VALUE_WRONG": ("값이 형식에 맞지 않음", "a value of the wrong form"),
    "BASIS_MISSING": ("근거가 없음", "no basis"),
    "BASIS_WRONG": ("근거가 계획과 다름", "the basis differs from the plan"),
    "BASIS_OVERDUE": ("근거의 재검토 기한이 지남", "a basis is overdue for review"),
    "REFERENCE_UNKNOWN": ("없는 것을 가리킴", "names something that does not exist"),
    "OVERLAP": ("겹침", "an overlap"),
    "GAP": ("빈틈", "a gap"),
    "NEVER_HOLDS": ("결코 적용될 수 없음", "can never hold"),
    "CONTRADICTION": ("다른 곳과 맞지 않음", "contradicts another place"),
}
"""Every kind of finding."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. line, column: from 1; 0 where there is no such place."""

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    path: str
    ko: str
    en: str

    def json(self) -> dict[str, Any]:
        """As `naru policy check --json` lists it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "ko": self.ko,
            "en": self.en,
        }


@dataclass(frozen=True, slots=True)
class Said:
    """A finding before it has a place."""

    code: str
    path: Path
    ko: str
    en: str
    severity: Severity = "error"


def never(path: Path, ko: str, en: str) -> Said:
    """A clause that can never hold."""
    return Said("NEVER_HOLDS", path, f"결코 적용될 수 없습니다: {ko}", f"it can never hold: {en}")
