"""The tax office's answers about business numbers (국세청 사업자등록 상태조회, handbook 2.1): read
from a file of CSV with a header, JSON lines, or the service's own JSON."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from services.domain.tax_status import ACTIVE, CLOSED, SUSPENDED
from services.errors import WrongUse

CODES = {"01": ACTIVE, "02": SUSPENDED, "03": CLOSED}


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one number: status None: the office does not know the number. closed_on: of a closing."""

    line: int
    number: str
    status: str | None
    closed_on: date | None


def read_answers(raw: bytes) -> list[Answer]:
    """The answers of a file. Raises WrongUse with the line that cannot be read."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUse("파일이 UTF-8이 아닙니다.", "the file is not UTF-8.") from None
    return [_answer(line, row) for line, row in _rows(text)]


def _rows(text: str) -> Iterator[tuple[int, Any]]:
    if not text.lstrip().startswith(("{", "[")):
        for row in (reader := csv.DictReader(io.StringIO(text))):
            yield reader.line_num, row
        return
    try:
        whole = orjson.loads(text)
    except orjson.JSONDecodeError:
        for line, one in enumerate(text.splitlines(), 1):
            if one.strip():
                yield line, _json(line, one)
        return
    rows = whole.get("data", [whole]) if isinstance(whole, dict) else whole
    yield from enumerate(rows, 1)


def _json(line: int, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _unread(line, "JSON") from None


def _answer(line: int, row: Any) -> Answer:
    if not isinstance(row, Mapping):
        raise _unread(line, "b_no")
    number = str(row.get("b_no") or "").replace("-", "").strip()
    if len(number) != 10 or not (number.isascii() and number.isdigit()):
        raise _unread(line, "b_no")
    code = str(row.get("b_stt_cd") or "").strip()
    if code and code not in CODES:
        raise _unread(line, "b_stt_cd")
    return Answer(line, number, CODES.get(code), _closed_on(line, row, code))


def _closed_on(line: int, row: Mapping[str, Any], code: str) -> date | None:
    text = str(row.get("end_dt") or "").strip()
    if not text or CODES.get(code) != CLOSED:
        return None
    try:
        if len(text) != 8:
            raise ValueError(text)
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        raise _unread(line, "end_dt") from None


def _unread(line: int, field: str) -> WrongUse:
    return WrongUse(
        f"{line}번째 줄의 {field} 값을 읽을 수 없습니다"
        " (b_no 열 자리, b_stt_cd 01·02·03 또는 빈칸, end_dt YYYYMMDD).",
        f"line {line}: {field} cannot be read"
        " (b_no ten digits, b_stt_cd 01, 02, 03 or blank, end_dt YYYYMMDD).",
    )
