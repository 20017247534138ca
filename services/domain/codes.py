"""What a reason code means, in Korean and English: the contracts' codes and the hub's own."""

from functools import cache

from schemas import reasons

OWN: dict[str, tuple[str, str]] = {
    "PROCESSING_FAILED": (
        "허브가 이 전문을 처리하지 못했습니다. 운영자가 확인합니다.",
        "the hub could not process this message; an operator looks at it",
    ),
    "PROCESS_KILLED": (
        "이 전문을 읽던 처리기가 세 번 중단되어 해독하지 않고 격리했습니다.",
        "three processes ended while reading this message; it was parked undecoded",
    ),
}


@cache
def _meanings() -> dict[str, tuple[str, str]]:
    lists = (reasons.QUARANTINED, reasons.HELD, reasons.DUPLICATE, reasons.SUPERSEDED)
    codes = [code for group in (*lists, reasons.WARNINGS) for code in group]
    return {code.code: (code.ko, code.en) for code in codes} | OWN


def meaning(code: str) -> tuple[str, str]:
    """(Korean, English); raises KeyError for a code that stands in no list."""
    return _meanings()[code]
