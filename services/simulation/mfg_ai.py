"""P2 제조업 AI 융합기반 조성: the monthly full list, row by row, between two markers."""

from datetime import date

import orjson

from services.simulation.chance import Weighted
from services.simulation.days import DAY, on_workday
from services.simulation.firms import MEDIUM, MICRO, MIDSIZE, SMALL, Firm, Profile
from services.simulation.mfg_ai_defects import DEFECTS
from services.simulation.places import Place
from services.simulation.story import Row, Step
from services.simulation.world import World

FOLDER, TOPIC = "mfg-ai", "src.msit.mfg-ai.v1"
_BODIES = {
    "26": ("부산정보산업진흥원", "부산"),
    "27": ("대구디지털혁신진흥원", "대구"),
    "31": ("울산정보산업진흥원", "울산"),
    "47": ("포항TP", "경북"),
    "48": ("경남TP", "경남"),
}
_WORDS = {
    "선정": ("선정", "선정됨", "선정완료"),
    "협약": ("협약", "협약완료", "협약 체결"),
    "진행": ("진행", "진행중", "수행중"),
    "실증": ("실증", "실증중", "현장실증"),
    "완료": ("완료", "사업완료", "과제완료"),
    "중도포기": ("중도포기", "포기", "과제포기"),
}
_AGREED = ("협약", "진행", "실증", "완료")
_SIZE = {MICRO: "소상공인", SMALL: "소기업", MEDIUM: "중기업", MIDSIZE: "중견기업"}
_OPENS = Weighted(((0, 6.0), (1, 10.0), (2, 30.0), (3, 34.0), (4, 12.0), (5, 8.0)))
_ROUTES = Weighted(
    (
        ("선정 협약 진행 진행 진행 실증 실증 완료 완료 완료", 36.0),
        ("선정 선정 협약 진행 진행 진행 진행 실증 실증 완료", 26.0),
        ("선정 협약 협약 진행 진행 실증 완료 완료 완료 완료", 18.0),
        ("선정 협약 진행 중도포기 중도포기 중도포기 중도포기", 8.0),
        ("선정 협약 진행 진행", 6.0),
        ("선정 중도포기 중도포기 중도포기 중도포기", 6.0),
    )
)
_SOLUTIONS = (
    "비전 불량 탐지",
    "설비 이상 예측",
    "에너지 최적화",
    "생산 계획 추천",
    "숙련 작업 보조",
)
_YES, _NO = ("O", "○", "o"), ("X", "×", "x")
_NONE = ("-", "해당없음", "")


class MfgAi:
    """One run's lists: every project stands in every list from its selection on."""

    programme = "P2"
    folder, topic, weight, defects = FOLDER, TOPIC, 0.5, DEFECTS
    profile = Profile(Weighted(((MICRO, 8.0), (SMALL, 46.0), (MEDIUM, 42.0), (MIDSIZE, 4.0))), 1.0)

    def __init__(self, world: World) -> None:
        self._world = world
        self._lists = _lists(world.calendar.first, world.calendar.last)
        self._rows: dict[str, int] = {}
        self._sent: dict[str, set[str]] = {}
        self._first = world.dice.below(90) * 1_000
        self._serial = 0

    def welcomes(self, firm: Firm) -> bool:
        inside = firm.place.zip_sido in _BODIES
        return inside and firm.industry.manufacturing and firm.size in _SIZE

    def life(self, firm: Firm) -> list[Step]:
        """One project: a row in each list from its selection on; it ends finished, or by not
        standing in a list any more."""
        world, dice = self._world, self._world.dice
        place = self._inside(firm.place)
        opens = min(dice.draw(_OPENS), len(self._lists) - 1)
        statuses = dice.draw(_ROUTES).split(" ")
        steps: list[Step] = []
        row: Row = {}
        before = ""
        for (sent, _, _), status in zip(self._lists[opens:], statuses, strict=False):
            at = min(sent * DAY + 10 * 3600 + dice.below(10_000), world.calendar.end - 1)
            if not steps:
                row = self._selected(firm, place, at)
            elif status == before:
                row = self._spaced(row)
            else:
                row = {**row, **self._moved(row, status, at)}
            self.stamp(row, at)
            steps.append(
                Step(
                    at,
                    row,
                    "create" if not steps else "unchanged" if status == before else "update",
                )
            )
            before = status
        return steps

    def amend(self, row: Row) -> Row:
        dice = self._world.dice
        if row["국비(백만원)"] not in _NONE and dice.chance(0.5):
            return {"국비(백만원)": f"{dice.between(100, 900)}.5"}
        return {"AI솔루션": f"{dice.pick(_SOLUTIONS)} {dice.between(2, 4)}차"}

    def stamp(self, row: Row, at: int) -> None:
        """The newest list that has been begun by then; a corrected row stands further down."""
        _, number, day = [one for one in self._lists if one[0] * DAY <= at][-1]
        row["목록번호"], row["기준일"] = number, day

    def seal(self, steps: list[Step]) -> None:
        """Rows of a list are numbered as they are entered."""
        for step in steps:
            number = step.row["목록번호"]
            self._rows[number] = self._rows.get(number, 0) + 1
            step.row["연번"] = str(self._rows[number])

    def resend(self, step: Step) -> Row:
        return step.row

    def encode(self, row: Row) -> tuple[bytes, bytes]:
        if row["자료구분"] != "행":
            return f"목록:{row['목록번호']}".encode(), orjson.dumps(row)
        self._sent.setdefault(row["목록번호"], set()).add(row["연번"])
        return row["과제번호"].replace(" ", "").encode(), orjson.dumps(row)

    def frames(self) -> int:
        return 2 * len(self._lists)

    def framing(self) -> list[Step]:
        """Begin and end of every list, with the number of rows that were sent."""
        steps = []
        for sent, number, day in self._lists:
            count = str(len(self._sent.get(number, ())))
            for kind, second in (("목록시작", 9 * 3600), ("목록완료", 15 * 3600)):
                row = {"자료구분": kind, "목록번호": number, "기준일": day, "총건수": count}
                steps.append(Step(sent * DAY + second, row, "list"))
        return steps

    def _inside(self, place: Place) -> Place:
        while place.zip_sido not in _BODIES:
            place = self._world.places.draw(self._world.dice, True)
        return place

    def _selected(self, firm: Firm, place: Place, at: int) -> Row:
        dice = self._world.dice
        self._serial += 1
        body, province = _BODIES[place.zip_sido]
        brn = firm.brn
        asked = dice.chance(0.8)
        contact = asked and dice.chance(0.6)
        return {
            "자료구분": "행",
            "목록번호": "",
            "기준일": "",
            "연번": "",
            "과제번호": f"제조AI-{province}-26-{self._first + self._serial:05d}",
            "수행기관": body,
            "과제명": f"{firm.industry.endings[0]} 공정 AI 적용",
            "현안분야": dice.pick(("노동력", "원재료", "설비", "환경", "에너지")),
            "수요기업명": firm.spelled(dice),
            "사업자번호": dice.pick(
                (brn, brn, f"{brn[:3]}-{brn[3:5]}-{brn[5:]}", f"{brn[:3]} {brn[3:]}")
            ),
            "소재지": place.row(at // DAY, dice.chance(0.2)).text(True),
            "업종": f"{firm.industry.endings[0]} 제조업",
            "기업규모": _SIZE[firm.size] if dice.chance(0.3) else dice.pick(_NONE),
            "AI솔루션": dice.pick(_SOLUTIONS),
            "공급기업명": "(주)가상에이아이",
            "국비(백만원)": "-",
            "지방비(백만원)": "-",
            "민간부담금(백만원)": "-",
            "협약일자": "-",
            "사업기간": "-",
            "진행상태": dice.pick(_WORDS["선정"]),
            "TTA검증": dice.pick(_NO),
            "기업정보동의": dice.pick(_YES if dice.chance(0.85) else _NO) if asked else "-",
            "담당자동의": dice.pick(_YES) if contact else dice.pick(_NO),
            "담당자제공기관": "한국산업인력공단, 중소기업AI훈련확산센터" if contact else "-",
            "동의일자": self._day(at // DAY - 3),
            "담당자명": "가상담당" if contact else "-",
            "담당자연락처": "000-0000-0000" if contact else "-",
            "비고": "-",
        }

    def _moved(self, row: Row, status: str, at: int) -> Row:
        dice = self._world.dice
        changes: Row = {"진행상태": dice.pick(_WORDS[status])}
        if status in _AGREED and row["협약일자"] == "-":
            day = at // DAY - dice.between(3, 20)
            end = day + dice.between(150, 270)
            changes |= {
                "협약일자": self._day(day),
                "사업기간": f"{self._day(day)} ~ {self._day(end)}",
                "국비(백만원)": dice.pick((f"{dice.between(100, 900)}", "1,250.5", "250.5")),
                "지방비(백만원)": f"{dice.between(20, 90)}",
                "민간부담금(백만원)": f"{dice.between(20, 200)}",
            }
        return changes

    def _spaced(self, row: Row) -> Row:
        """The same row as somebody else typed it: spaces and spellings are no change."""
        dice = self._world.dice
        match dice.below(4):
            case 0:
                return {**row, "소재지": row["소재지"].replace(" ", "  ")}
            case 1:
                return {**row, "수행기관": f" {row['수행기관']}"}
            case 2:
                return {**row, "비고": "전월과 동일"}
            case _:
                return dict(row)

    def _day(self, ordinal: int) -> str:
        iso = self._world.calendar.iso(ordinal)
        year, month, day = int(iso[:4]), int(iso[5:7]), int(iso[8:])
        return self._world.dice.pick(
            (
                f"{year}.{month}.{day}.",
                f"{year % 100}.{month}.{day}",
                iso,
                f"'{iso[2:].replace('-', '. ')}.",
            )
        )


def _lists(first: int, last: int) -> list[tuple[int, str, str]]:
    """(day of sending, number, 기준일) of the lists that a run's days hold, at least one."""
    found: list[tuple[int, str, str]] = []
    year, month = (date.fromordinal(first).year, date.fromordinal(first).month)
    while True:
        sent = on_workday(date(year, month, 5).toordinal())
        if sent > last and found:
            return found
        ends = date.fromordinal(date(year, month, 1).toordinal() - 1)
        if sent >= first:
            found.append(
                (min(sent, last), f"{ends:%Y-%m}-1", f"{ends.year}.{ends.month}.{ends.day}.")
            )
        if sent > last:
            return found or [(first, f"{ends:%Y-%m}-1", f"{ends.year}.{ends.month}.{ends.day}.")]
        year, month = (year + month // 12, month % 12 + 1)
