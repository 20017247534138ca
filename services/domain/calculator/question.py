"""What the calculator is asked, from words as people and programs write them.

Everything wrong is found at once, each fault in Korean and English. A blank answer means that the
fact is not known (A-71); a word that cannot be read is a fault, never a guess.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from schemas.policies import Policy
from services.domain.decision.facts import Course, Establishment, Firm

MEASURE, START, PLACE = "measure", "start_on", "place"
LONGEST = 100
MOST_WORKERS = 10_000_000
MOST_MEASURES = 100
_YES_NO = {"yes": True, "no": False, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One fault of a question."""

    name: str
    value: str
    code: str
    ko: str
    en: str

    def json(self) -> dict[str, str]:
        """As answers list it."""
        return {
            "name": self.name,
            "value": self.value[:LONGEST],
            "code": self.code,
            "ko": self.ko,
            "en": self.en,
        }


class WrongQuestion(Exception):
    """The question has faults; all of them."""

    def __init__(self, faults: Sequence[Wrong]) -> None:
        super().__init__("; ".join(fault.en for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Question:
    """measures: ids. course: without a kind, which follows from the measure."""

    measures: tuple[str, ...]
    course: Course
    firm: Firm
    establishment: Establishment


NAMES: Mapping[str, tuple[str, str]] = {
    MEASURE: ("시책, EN 규칙 또는 과정 종류", "a measure, an EN rule or a course kind; repeatable"),
    START: ("과정 시작일 (YYYY-MM-DD)", "first day of the course (YYYY-MM-DD)"),
    PLACE: ("과정 개설지와 훈련기관 소재지의 시군구", "시군구 of both course and provider"),
    "site": ("과정 개설지 시군구", "시군구 where the course is held"),
    "provider": ("훈련기관 소재지 시군구", "시군구 of the provider"),
    "visiting": ("찾아가는 훈련인가 (yes, no)", "whether the provider visits the firm (yes, no)"),
    "priority_firm": (
        "우선지원대상기업인가 (yes, no)",
        "whether a priority-support firm (yes, no)",
    ),
    "regular_workers": ("상시근로자 수", "regular workers"),
    "ksic": ("업종코드 (KSIC)", "industry code (KSIC)"),
    "insured_workers": ("고용보험 피보험자 수", "insured workers"),
    "ei_arrears": ("고용보험료 체납 (yes, no)", "employment-insurance arrears (yes, no)"),
    "excluded_industry": ("제외 업종인가 (yes, no)", "whether in an excluded industry (yes, no)"),
}
"""Every name that a question may use, with its meaning."""


def read_question(
    policy: Policy, places: Container[str], given: Mapping[str, Sequence[str]]
) -> Question:
    """The question of these words by name. places: known 시군구 codes. Raises WrongQuestion."""
    reader = _Reader(policy, places, given)
    reader.names()
    measures = reader.measures()
    place = reader.one(PLACE, reader.sigungu)
    course = Course(
        None,
        reader.one(START, reader.day),
        reader.one("site", reader.sigungu) or place,
        reader.one("provider", reader.sigungu) or place,
        reader.one("visiting", reader.yes_no),
    )
    priority = reader.one("priority_firm", reader.yes_no)
    firm = Firm(
        priority_firm=None if priority is None else "YES" if priority else "NO",
        regular_workers=reader.one("regular_workers", reader.count),
        ksic=reader.one("ksic", reader.ksic),
    )
    establishment = Establishment(
        insured_workers=reader.one("insured_workers", reader.count),
        ei_arrears=reader.one("ei_arrears", reader.yes_no),
        excluded_industry=reader.one("excluded_industry", reader.yes_no),
    )
    if reader.faults:
        raise WrongQuestion(reader.faults)
    return Question(measures, course, firm, establishment)


class _Reader:
    """Reads words and collects faults."""

    def __init__(
        self, policy: Policy, places: Container[str], given: Mapping[str, Sequence[str]]
    ) -> None:
        self._policy = policy
        self._places = places
        self._given = given
        self.faults: list[Wrong] = []

    def names(self) -> None:
        """Every name must be known."""
        for name, values in self._given.items():
            if name not in NAMES:
                near = _near(name, list(NAMES))
                self._wrong(
                    name,
                    values[0] if values else "",
                    "UNKNOWN_NAME",
                    f"모르는 항목입니다{near[0]}. 쓸 수 있는 것: {', '.join(NAMES)}.",
                    f"unknown name{near[1]}; known are {', '.join(NAMES)}.",
                )

    def measures(self) -> tuple[str, ...]:
        """The measures asked for, all where none is named."""
        known = self._policy.measures.measures
        words = [word for word in self._given.get(MEASURE, ()) if word.strip()]
        if len(words) > MOST_MEASURES:
            self._wrong(
                MEASURE,
                str(len(words)),
                "TOO_MANY",
                f"시책은 한 번에 {MOST_MEASURES}개까지 물을 수 있습니다.",
                f"at most {MOST_MEASURES} measures can be asked for at once.",
            )
            return ()
        found: dict[str, None] = {}
        for word in words:
            meant = self._meant(word)
            if not meant:
                names = [*known, *self._policy.entitlements.rules, *self._policy.entitlements.kinds]
                near = _near(word, names)
                self._wrong(
                    MEASURE,
                    word,
                    "UNKNOWN_MEASURE",
                    f"모르는 시책입니다{near[0]}. 시책 42개의 이름, EN-1~EN-12,"
                    f" 과정 종류({', '.join(self._policy.entitlements.kinds)})를 쓸 수 있습니다.",
                    f"unknown measure{near[1]}; a measure's id, EN-1 to EN-12 or a course kind"
                    f" ({', '.join(self._policy.entitlements.kinds)}) is wanted.",
                )
            found.update(dict.fromkeys(meant))
        return tuple(found) if words else tuple(known)

    def _meant(self, word: str) -> list[str]:
        policy = self._policy.entitlements
        if word in self._policy.measures.measures:
            return [word]
        if word in policy.rules:
            return [policy.rules[word].measure]
        if word == policy.skillup.decline_note:
            return [policy.rules[policy.skillup.held].measure]
        return [policy.rules[rule].measure for rule in policy.kinds.get(word, ())]

    def one(self, name: str, read: Callable[[str, str], Any]) -> Any:
        """The one word of a name, read; None where nothing is said."""
        words = [word.strip() for word in self._given.get(name, ())]
        if len(words) > 1:
            self._wrong(
                name,
                ", ".join(words),
                "REPEATED",
                f"{NAMES[name][0]}을(를) 한 번만 적어 주세요.",
                f"{name} is given more than once.",
            )
            return None
        return read(name, words[0]) if words and words[0] else None

    def day(self, name: str, word: str) -> str | None:
        """A day of the calendar."""
        try:
            if len(word) == len("YYYY-MM-DD") and word[4] == word[7] == "-":
                return date.fromisoformat(word).isoformat()
        except ValueError:
            pass
        self._wrong(
            name,
            word,
            "NOT_A_DAY",
            "달력에 있는 날을 YYYY-MM-DD로 적어 주세요. 예: 2026-03-01.",
            "a day of the calendar is wanted as YYYY-MM-DD, such as 2026-03-01.",
        )
        return None

    def sigungu(self, name: str, word: str) -> str | None:
        """A known code."""
        if word in self._places:
            return word
        self._wrong(
            name,
            word,
            "UNKNOWN_PLACE",
            "모르는 시군구 코드입니다. 행정구역 다섯 자리 코드를 적어 주세요. 예: 48123.",
            "unknown 시군구 code; a five-digit administrative code is wanted, such as 48123.",
        )
        return None

    def yes_no(self, name: str, word: str) -> bool | None:
        """yes or no; for not known leave it out."""
        if word.lower() in _YES_NO:
            return _YES_NO[word.lower()]
        self._wrong(
            name,
            word,
            "NOT_YES_OR_NO",
            "yes 또는 no로 적어 주세요. 모르면 비워 두세요.",
            "yes or no is wanted; leave it out where it is not known.",
        )
        return None

    def count(self, name: str, word: str) -> int | None:
        """A whole number from 0."""
        if word.isascii() and word.isdigit() and len(word) <= 8 and int(word) <= MOST_WORKERS:
            return int(word)
        self._wrong(
            name,
            word,
            "NOT_A_COUNT",
            f"0에서 {MOST_WORKERS:,}까지의 정수를 적어 주세요.",
            f"a whole number from 0 to {MOST_WORKERS:,} is wanted.",
        )
        return None

    def ksic(self, name: str, word: str) -> str | None:
        """An industry code: a letter, digits or both."""
        letter = word[:1] if word[:1] in self._policy.industry.sections else ""
        digits = word[len(letter) :]
        if len(word) <= 6 and (letter or digits) and (not digits or _is_digits(digits)):
            return word
        self._wrong(
            name,
            word,
            "NOT_A_KSIC",
            "한국표준산업분류 코드를 적어 주세요. 예: C26, 26421.",
            "a KSIC code is wanted, such as C26 or 26421.",
        )
        return None

    def _wrong(self, name: str, value: str, code: str, ko: str, en: str) -> None:
        self.faults.append(Wrong(name, value, code, ko, en))


def _is_digits(word: str) -> bool:
    return word.isascii() and word.isdigit() and 2 <= len(word) <= 5


def _near(word: str, known: list[str]) -> tuple[str, str]:
    """A suggestion, in both languages."""
    found = get_close_matches(word, known, 1)
    return (f" (혹시 {found[0]}?)", f" (did you mean {found[0]}?)") if found else ("", "")
