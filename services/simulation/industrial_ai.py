"""P6 산업AI솔루션 실증·확산: whole documents of consortia, sent anew at every change."""

import orjson

from services.simulation.chance import Weighted
from services.simulation.days import DAY, later, moment
from services.simulation.firms import LARGE, MEDIUM, MIDSIZE, SMALL, Firm, Profile, found
from services.simulation.industrial_ai_defects import DEFECTS
from services.simulation.story import Row, Step
from services.simulation.world import World

FOLDER, TOPIC = "industrial-ai", "src.motir.industrial-ai.v1"
_SIZE = {SMALL: "중소기업", MEDIUM: "중소기업", MIDSIZE: "중견기업", LARGE: "대기업"}
_MONTHS = {3: 8.0, 4: 40.0, 5: 34.0, 6: 14.0}
_STAGES = ("문제정의", "데이터수집", "파인튜닝", "실증", "확산")
_SPELLINGS = {
    "문제정의": ("문제정의", "1단계 문제 정의"),
    "데이터수집": ("데이터수집", "데이터 수집 완료", "2단계 데이터수집 진행 중"),
    "파인튜닝": ("파인튜닝", "3단계 파인튜닝 진행 중"),
    "실증": ("실증", "4단계 실증 진행"),
    "확산": ("확산", "5단계 확산"),
}
_ROUTES = Weighted(((5, 30.0), (4, 26.0), (3, 18.0), (2, 10.0), (-3, 4.0), (1, 12.0)))
_SOLUTIONS = ("용접 품질 예측", "설비 이상 탐지", "수율 예측", "작업 지시 생성", "물성 추정 모델")
_AGENCIES = Weighted(
    (
        (("한국산업인력공단", "중소기업AI훈련확산센터"), 65.0),
        (("한국산업인력공단",), 20.0),
        (("한국산업인력공단", "한국폴리텍대학", "가상지역산업진흥원"), 15.0),
    )
)
_ASKED = Weighted((("있음", 66.0), ("없음", 14.0), ("미정", 20.0)))
_OTHERS = Profile(Weighted(((SMALL, 45.0), (MEDIUM, 50.0), (MIDSIZE, 5.0))), 1.0)


class IndustrialAi:
    """One run's consortia."""

    programme = "P6"
    folder, topic, weight, defects = FOLDER, TOPIC, 0.8, DEFECTS
    profile = Profile(
        Weighted(((SMALL, 14.0), (MEDIUM, 34.0), (MIDSIZE, 42.0), (LARGE, 10.0))), 1.0
    )

    def __init__(self, world: World) -> None:
        self._world = world
        self._openings = world.calendar.opening(_MONTHS)
        self._first = world.dice.below(90) * 1_000
        self._serial = 0

    def welcomes(self, firm: Firm) -> bool:
        return firm.incorporated and firm.industry.manufacturing and firm.size in _SIZE

    def life(self, firm: Firm) -> list[Step]:
        """One consortium from its selection on; the firm leads it."""
        world, dice = self._world, self._world.dice
        at = moment(dice, dice.draw(self._openings))
        others = [
            found(dice, world.numbers, world.places, _OTHERS)
            for _ in range(dice.pick((0, 1, 1, 2)))
        ]
        row = self._document(firm, others, at)
        self.stamp(row, at)
        steps = [Step(at, row, "create")]
        stages = dice.draw(_ROUTES)
        for stage in _STAGES[1 : abs(stages)]:
            at = later(dice, at, 25, 60)
            if at >= world.calendar.end:
                return steps
            row = self._moved(row, stage, at)
            steps.append(Step(at, row, "update"))
        if stages < 0:
            at = later(dice, at, 10, 40)
            if at < world.calendar.end:
                row = {**row, "문서정보": {**row["문서정보"], "구분": "철회"}}
                self.stamp(row, at)
                steps.append(Step(at, row, "update"))
        return steps

    def amend(self, row: Row) -> Row:
        dice = self._world.dice
        return {"솔루션": f"{dice.pick(_SOLUTIONS)} {dice.between(2, 5)}판"}

    def stamp(self, row: Row, at: int) -> None:
        row["문서정보"] = {**row["문서정보"], "작성일": self._day(at // DAY)}

    def seal(self, steps: list[Step]) -> None:
        """Every document has the next 차수."""
        for number, step in enumerate(steps, 1):
            spelled = self._world.dice.pick((f"{number}차", f"제{number}차", f" {number} 차"))
            step.row["문서정보"] = {**step.row["문서정보"], "차수": spelled}

    def resend(self, step: Step) -> Row:
        return step.row

    def encode(self, row: Row) -> tuple[bytes, bytes]:
        return row["컨소시엄"]["번호"].encode(), orjson.dumps(row)

    def _document(self, firm: Firm, others: list[Firm], at: int) -> Row:
        dice = self._world.dice
        self._serial += 1
        year = self._world.calendar.iso(at // DAY)[:4]
        members = [
            {"기관명": "가상대학교 산학협력단", "기관구분": "대학"},
            *({**self._firm(one, at, "기관명"), "기관구분": "수요기업"} for one in others),
        ]
        return {
            "문서정보": {"차수": "1차", "작성일": "", "구분": "신규"},
            "컨소시엄": {
                "번호": f"IAI-{year}-{self._first + self._serial:05d}",
                "업종": f"{firm.industry.endings[0]} 제조업",
                "총괄기관": {"기관명": "한국모의산업협회", "기관구분": "협회"},
                "주관기업": self._firm(firm, at, "기업명"),
                "AI공급기업": [self._supplier()],
                "참여기관": members,
            },
            "사업비": {"국비": "미정", "민간": "미정"},
            "협약일": "미정",
            "기간": "미정",
            "단계": dice.pick(_SPELLINGS["문제정의"]),
            "솔루션": dice.pick(_SOLUTIONS),
            "데이터셋제공": dice.pick(("있음", "없음")),
        }

    def _moved(self, row: Row, stage: str, at: int) -> Row:
        dice = self._world.dice
        changed = {
            **row,
            "단계": dice.pick(_SPELLINGS[stage]),
            "문서정보": {**row["문서정보"], "구분": "변경"},
        }
        if row["협약일"] == "미정":
            changed |= self._agreement(at)
        consortium = changed["컨소시엄"]
        if len(consortium["참여기관"]) > 2 and dice.chance(0.08):
            members = consortium["참여기관"][:-1]
            changed["컨소시엄"] = {**consortium, "참여기관": members}
        self.stamp(changed, at)
        return changed

    def _agreement(self, at: int) -> Row:
        dice = self._world.dice
        day = at // DAY
        iso, end = self._world.calendar.iso(day), self._world.calendar.iso(day + 250)
        share = dice.between(10, 60)
        private = dice.pick(
            (f"{share / 2}억(현금 {share / 4}억, 현물 {share / 4}억)", f"{share}억원")
        )
        return {
            "사업비": {"국비": dice.pick((f"{share}억", f"{share}억 5,000만 원")), "민간": private},
            "협약일": self._day(day),
            "기간": f"'{iso[2:4]}.{int(iso[5:7])}월 ~ '{end[2:4]}.{int(end[5:7])}월",
        }

    def _day(self, ordinal: int) -> str:
        iso = self._world.calendar.iso(ordinal)
        year, month, day = int(iso[:4]), int(iso[5:7]), int(iso[8:])
        long = f"{year}년 {month}월 {day}일"
        return self._world.dice.pick((long, long, f"'{year % 100}.{month}.{day}"))

    def _firm(self, firm: Firm, at: int, named: str) -> Row:
        dice = self._world.dice
        brn, crn = firm.brn, firm.crn
        written = f"{brn[:3]}-{brn[3:5]}-{brn[5:]}"
        numbers = [f"{dice.pick(('사업자등록번호', '사업자번호'))}: {written}"]
        if crn and dice.chance(0.6):
            numbers.append(f"법인등록번호: {crn[:6]}-{crn[6:]}")
        site = firm.place.address(at // DAY, dice.chance(0.2), dice.chance(0.7))
        contact = dice.draw(_ASKED)
        block: Row = {
            named: firm.spelled(dice),
            "기업구분": _SIZE.get(firm.size, "중소기업"),
            "등록정보": ", ".join(numbers),
            "본사": "서울특별시 강남구 가상로 1" if dice.chance(0.3) else site,
            "실증사업장": site,
            "상시근로자": dice.pick((f"{firm.workers:,}명", f"{firm.workers} 명")),
            "동의": {
                "기업정보제공": dice.draw(_ASKED),
                "담당자제공": contact,
                "제공받는자": [*dice.draw(_AGENCIES)],
                "동의일": self._day(at // DAY),
            },
        }
        if contact == "있음":
            block["담당자"] = {"성명": "가상담당", "전화": "000-0000-0000"}
        return block

    def _supplier(self) -> Row:
        number = self._world.dice.pick(self._world.numbers.suppliers)
        written = f"{number[:3]}-{number[3:5]}-{number[5:]}"
        return {"기업명": "(주)가상에이아이", "등록정보": f"사업자등록번호: {written}"}
