"""Values and states as people read them, in Korean and English."""

from collections.abc import Mapping
from typing import Any

STATUS: Mapping[str, tuple[str, str]] = {
    "INDICATIVE": ("해당합니다", "applies"),
    "CATALOGUE": ("해당합니다 (개인·훈련기관 대상)", "applies (to persons and providers)"),
    "HELD": ("아직 정할 수 없습니다", "cannot be decided yet"),
    "NOT_ENTITLED": ("해당하지 않습니다", "does not apply"),
}
IN_FORCE: Mapping[str, tuple[str, str]] = {
    "YES": ("시행 중", "in force"),
    "NO": ("시행 전", "not in force yet"),
    "UNDETERMINED": ("시행 여부를 정할 수 없음", "not known to be in force"),
}
NOT_STATED = ("계획에 금액이 없음", "the plan states no amount")


def value_words(item: Mapping[str, Any]) -> tuple[str, str]:
    """What an entitlement gives."""
    value, kind = item["value"], item["kind"]
    if value is None:
        return NOT_STATED if kind == "TEACHER_FEE" else ("–", "–")
    per_cent = f"{value / 100:g}"
    at_most = (" 이내", "up to ") if item["up_to"] else ("", "")
    if kind == "SELF_PAY_WAIVER":
        return ("자부담 없음", "no own share") if value == 0 else _own_share(per_cent)
    if kind == "SUBSIDY_RATE":
        return f"수강료의 {per_cent}% 지원", f"{per_cent} % of the course fee is paid"
    if kind == "ALLOWANCE_MONTH":
        return f"월 {value:,}원", f"{value:,} KRW a month"
    if item["unit"] == "x100":
        times = f"{value / 100:g}"
        return f"기준단가의 {times}배{at_most[0]}", f"{at_most[1]}{times} times the unit price"
    if item["unit"] == "bp":
        return (
            f"기준단가의 {per_cent}%{at_most[0]}",
            f"{at_most[1]}{per_cent} % of the unit price",
        )
    return f"{value:,}원", f"{value:,} KRW"


def _own_share(per_cent: str) -> tuple[str, str]:
    return f"자부담 {per_cent}%", f"own share {per_cent} %"


def period_words(first: str | None, last: str | None) -> tuple[str, str]:
    """From when to when."""
    if first is None and last is None:
        return "기간 제한 없음", "no limit of time"
    if last is None:
        return f"{first}부터", f"from {first}"
    if first is None:
        return f"{last}까지", f"until {last}"
    return f"{first}부터 {last}까지", f"{first} to {last}"
