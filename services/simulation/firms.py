"""Invented firms: size, industry, place, name and fixture numbers."""

from dataclasses import dataclass

from services.simulation.chance import Dice, Weighted
from services.simulation.industries import MANUFACTURING, SERVICES, Industry
from services.simulation.numbers import Numbers
from services.simulation.places import Place, Places

MICRO, SMALL, MEDIUM, MIDSIZE, LARGE = "MICRO", "SMALL", "MEDIUM", "MIDSIZE", "LARGE"

_WORKERS = {
    MICRO: Weighted((((1, 4), 7.0), ((5, 9), 3.0))),
    SMALL: Weighted((((5, 9), 3.0), ((10, 29), 5.0), ((30, 49), 2.0))),
    MEDIUM: Weighted((((20, 49), 4.0), ((50, 99), 4.0), ((100, 299), 2.0))),
    MIDSIZE: Weighted((((150, 299), 3.0), ((300, 500), 5.0), ((501, 950), 2.0))),
    LARGE: Weighted((((600, 1500), 7.0), ((1501, 6000), 3.0))),
}
_SOLE_SHARE = {MICRO: 0.55, SMALL: 0.2, MEDIUM: 0.02, MIDSIZE: 0.0, LARGE: 0.0}
_BRANCH_SHARE = {MICRO: 0.0, SMALL: 0.02, MEDIUM: 0.08, MIDSIZE: 0.25, LARGE: 0.4}

# Every name begins with a word that says it is invented.
_MARKS = ("가상", "모의", "예시", "견본", "가정")
_STEMS = (
    "한빛", "대성", "동방", "미래", "서진", "우진", "신영", "태광", "세종", "남양", "광명", "청솔",
    "한결", "다온", "가온", "누리", "나래", "하람", "새봄", "보람", "정우", "성진", "대한", "동아",
    "영진", "삼우", "일신", "유일", "진성", "명성", "경동", "제일", "중앙", "현진", "승리", "평화",
    "푸른", "큰솔", "온누리", "해오름", "참", "바른", "으뜸", "한울", "두리", "아라", "미르", "솔",
)  # fmt: skip
_CORPORATE_FORMS = Weighted(
    (
        ("(주){}", 40.0),
        ("㈜{}", 16.0),
        ("주식회사 {}", 22.0),
        ("{}(주)", 8.0),
        ("{} 주식회사", 8.0),
        ("{}㈜", 4.0),
        ("(주) {}", 2.0),
    )
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Which firms a programme draws: weights of sizes, and the share of manufacturers."""

    sizes: Weighted[str]
    manufacturing: float


@dataclass(frozen=True, slots=True)
class Firm:
    """One enterprise with one establishment. branch: the establishment's own number, if any."""

    brn: str
    crn: str
    branch: str | None
    name: str
    incorporated: bool
    size: str
    workers: int
    industry: Industry
    place: Place

    def spelled(self, dice: Dice) -> str:
        """The name as somebody types it: with one of the legal form's spellings."""
        if not self.incorporated:
            return self.name
        return dice.draw(_CORPORATE_FORMS).format(self.name)


def found(dice: Dice, numbers: Numbers, places: Places, profile: Profile) -> Firm:
    """A new firm as the programme's profile has them."""
    size = dice.draw(profile.sizes)
    making = dice.chance(profile.manufacturing)
    industry = dice.draw(MANUFACTURING if making else SERVICES)
    low, high = dice.draw(_WORKERS[size])
    incorporated = not dice.chance(_SOLE_SHARE[size])
    return Firm(
        brn=numbers.corporate() if incorporated else numbers.sole(),
        crn=numbers.crn() if incorporated else "",
        branch=numbers.branch() if dice.chance(_BRANCH_SHARE[size]) else None,
        name=dice.pick(_MARKS) + dice.pick(_STEMS) + dice.pick(industry.endings),
        incorporated=incorporated,
        size=size,
        workers=dice.between(low, high),
        industry=industry,
        place=places.draw(dice, making),
    )
