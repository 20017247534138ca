"""The laboratory's results as tables for people."""

import json
from typing import Any

from rich.table import Table

from services.commands.output import console
from services.domain.laboratory.policy_diff import WORDS

_VERDICTS = {
    "gains": "유리 gains",
    "loses": "불리 loses",
    "mixed": "엇갈림 mixed",
    "other": "기타 변경 other",
    "same": "같음 same",
}
_GROUPS = {
    "region": "지역 region",
    "tier": "지역 구분 tier",
    "size": "규모 size (상시근로자 workers)",
    "programme": "사업 programme",
}
_MOVES_SHOWN = 20


def show_replay(found: dict[str, Any]) -> None:
    """`naru replay` for people: the proof, or the list of what is not equal."""
    out = console()
    mark = "✓" if found["equal"] else "✗"
    out.print(
        f"{mark} 다시 판단 {found['decisions']:,}건, 해시가 같음 {found['proved_equal']:,}건"
        f" · {found['decisions']:,} decided again, {found['proved_equal']:,} equal by hash"
        f" ({found['seconds']} s)"
    )
    for kind, count in found["kinds"].items():
        out.print(f"  {kind}: {count:,}")
    for one in found["differences"]:
        message = one["message"]
        out.print(
            f"  {one['establishment_id']} v{one['version']} {one['as_of']} {one['kind']}"
            f" {message['topic']}/{message['partition']}@{message['offset']}"
            f" {', '.join(one['blocks'])}\n    {one['ko']} · {one['en']}",
            markup=False,
        )
    for one in found["broken_blocks"]:
        out.print(f"  BLOCK_BROKEN {one['name']} {one['block_id']}", markup=False)
    if len(found["differences"]) < found["not_equal"]:
        out.print("  … (--list N)")


def show_whatif(found: dict[str, Any]) -> None:
    """`naru policy whatif` for people."""
    out = console()
    out.print(
        f"다시 판단 {found['decisions']:,}건, 달라짐 {found['decisions_changed']:,}건"
        f" · {found['decisions']:,} decisions taken again, {found['decisions_changed']:,} change"
    )
    out.print(
        f"사업장 {found['workplaces']:,}곳 · workplaces: "
        + ", ".join(f"{words} {found['verdicts'][name]:,}" for name, words in _VERDICTS.items())
    )
    for name, ko, en in (
        ("unknown_policy", "그때의 정책을 몰라 빠짐", "left out, their policy is not stored"),
        ("unreadable", "사실을 읽을 수 없어 빠짐", "left out, unreadable facts"),
        (
            "not_reproduced",
            "원래 판단이 재현되지 않음",
            "original not reproduced: run `naru replay`",
        ),
    ):
        if found[name]:
            out.print(f"! {ko} {found[name]:,} · {en}", markup=False)
    table = Table("구분", "집단 group", *_VERDICTS.values())
    for row in found["groups"]:
        counts = (f"{row[name]:,}" for name in _VERDICTS)
        table.add_row(_GROUPS[row["by"]], row["group"], *counts)
    out.print(table)
    changed = [row for row in found["totals"] if row["before"] != row["after"]]
    totals = Table("항목 what", "값 value", "지금 before", "초안 draft", "차이 change")
    for row in changed:
        difference = row["after"] - row["before"]
        totals.add_row(
            row["what"], row["value"], f"{row['before']:,}", f"{row['after']:,}", f"{difference:+,}"
        )
    out.print(totals)
    moves = sorted(found["moves"].items(), key=lambda item: -sum(item[1].values()))
    for name, counts in moves[:_MOVES_SHOWN]:
        told = ", ".join(f"{_VERDICTS[verdict]} {n:,}" for verdict, n in counts.items())
        out.print(f"  {name}: {told}", markup=False)


def show_diff(found: list[dict[str, Any]]) -> None:
    """`naru policy diff` for people."""
    out = console()
    file = ""
    for one in found:
        if one["file"] != file:
            file = one["file"]
            out.print(f"[bold]{file}[/bold]")
        ko, en = WORDS[one["kind"]]
        field = f" · {one['field']}" if one["field"] else ""
        out.print(f"  {one['subject']}{field}: {ko} {en}", markup=False)
        if one["before"] is not None:
            out.print(f"    - {_short(one['before'])}", markup=False)
        if one["after"] is not None:
            out.print(f"    + {_short(one['after'])}", markup=False)
        cited = one["citation"]
        if cited["section"] or cited["quote"]:
            line = f" {cited['line']}행 line: “{cited['quote']}”" if cited["quote"] else ""
            out.print(f"    근거 basis: {cited['section'] or ''}{line}", markup=False)
        if one["ko"]:
            out.print(f"    {one['ko']} · {one['en']}", markup=False)
    out.print(f"차이 {len(found)}곳 · {len(found)} differences")


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
