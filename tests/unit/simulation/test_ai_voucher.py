"""P1 lives look like the programme's (the partner's note)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, TypeAlias

import pytest

from services.simulation.plan import SimulatedEvent

Decode: TypeAlias = Callable[[SimulatedEvent], Mapping[str, Any]]
Run: TypeAlias = Callable[[str], list[SimulatedEvent]]
Rows: TypeAlias = list[tuple[SimulatedEvent, Mapping[str, Any]]]

KST = timezone(timedelta(hours=9))


@pytest.fixture(scope="module")
def rows(run: Run, decode: Decode) -> Rows:
    return [
        (event, decode(event))
        for event in run("ai-voucher")
        if not event.kind.startswith("defect:")
    ]


def instant(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=KST)


def test_the_last_change_is_written_in_every_allowed_form(rows: Rows) -> None:
    stamps = [row["updDtm"] for _, row in rows]
    assert any(stamp.endswith("Z") for stamp in stamps)
    assert any(stamp.endswith("+09:00") for stamp in stamps)
    assert any(len(stamp) == 19 for stamp in stamps)
    assert any(stamp[10] == " " for stamp in stamps)
    assert all(stamp[19:20] in ("", ".", "+", "Z") for stamp in stamps)


def test_nightly_repeats_have_the_same_moment_and_content(rows: Rows) -> None:
    seen: dict[tuple[bytes | None, datetime], Mapping[str, Any]] = {}
    respelled = 0
    for event, row in rows:
        revision = (event.key, instant(row["updDtm"]))
        if event.kind == "duplicate":
            first = seen[revision]
            assert {**row, "updDtm": ""} == {**first, "updDtm": ""}
            respelled += row["updDtm"] != first["updDtm"]
        else:
            assert revision not in seen
        seen[revision] = row
    assert respelled > 50


def test_a_late_event_is_overtaken_by_a_newer_one_of_its_key(rows: Rows) -> None:
    newest: dict[bytes | None, datetime] = defaultdict(lambda: datetime(2000, 1, 1, tzinfo=KST))
    for event, row in rows:
        at = instant(row["updDtm"])
        if event.kind == "late":
            assert at < newest[event.key]
        newest[event.key] = max(at, newest[event.key])


def test_contacts_are_invented(rows: Rows) -> None:
    assert {(row["picNm"], row["picTel"]) for _, row in rows} == {("가상담당", "000-0000-0000")}


def test_sizes_types_and_consents_vary(rows: Rows) -> None:
    made = [row for event, row in rows if event.kind == "create"]
    assert {row["dmndCorpScale"] for row in made} == {"소상공인", "중소", "중견", "의료기관"}
    types = {row["voucherType"] for row in made}
    assert types == {"일반", "소상공인", "의료", "AI반도체", "글로벌"}
    consents = Counter(row["infoAgreeYn"] for row in made)
    assert consents[True] > consents[None] > consents[False] > 0
    signed = {row["infoAgreeDt"][:7] for row in made if row["infoAgreeDt"]}
    assert {"2026-02", "2026-03"} < signed and any(day < "2026" for day in signed)


def test_an_agreement_has_amounts_in_thousands(rows: Rows) -> None:
    agreed = [row for _, row in rows if row["taskStat"] in ("협약체결", "수행중", "완료")]
    assert agreed and all(10_000 <= row["vchrAmt"] <= 200_000 for row in agreed)
