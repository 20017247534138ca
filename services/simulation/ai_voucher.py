"""P1 AI 통합 바우처: lives of voucher tasks, last write wins, re-sent at night."""

from services.simulation import wire
from services.simulation.ai_voucher_defects import DEFECTS
from services.simulation.chance import Weighted
from services.simulation.days import DAY, later, moment, on_workday
from services.simulation.firms import LARGE, MEDIUM, MICRO, MIDSIZE, SMALL, Firm, Profile
from services.simulation.story import Row, Step
from services.simulation.world import World

FOLDER, TOPIC = "ai-voucher", "src.msit.ai-voucher.v1"
_KST = 9 * 3600
_SIZE = {MICRO: "소상공인", SMALL: "중소", MEDIUM: "중소", MIDSIZE: "중견"}
_TYPES = Weighted((("일반", 70.0), ("AI반도체", 12.0), ("글로벌", 18.0)))
_SOLUTIONS = (
    ("비전 검사 AI", "제조 품질검사"),
    ("설비 예지보전 AI", "제조 설비"),
    ("수요 예측 AI", "유통·물류"),
    ("챗봇 상담 AI", "고객 응대"),
    ("문서 요약 AI", "사무 자동화"),
    ("영상 판독 보조 AI", "의료"),
    ("상품 추천 AI", "커머스"),
    ("번역 AI", "콘텐츠"),
)
_SUPPLIER_NAMES = ("주식회사 모의솔루션", "(주)가상에이아이", "모의데이터랩㈜", "예시비전 주식회사")
_MONTHS = {1: 12.0, 2: 38.0, 3: 34.0, 4: 8.0, 5: 5.0, 6: 3.0}
_ROUTES = Weighted(
    (
        (("선정", "협약체결", "수행중", "중간점검", "완료", "정산완료"), 52.0),
        (("선정", "협약체결", "수행중", "중간점검"), 14.0),
        (("선정", "협약체결", "수행중", "협약해지"), 5.0),
        (("선정", "포기"), 5.0),
        (("포기",), 4.0),
        ((), 20.0),
    )
)
_DAYS = {
    "선정": (28, 50), "협약체결": (10, 25), "수행중": (2, 14), "중간점검": (40, 70),
    "완료": (30, 60), "정산완료": (14, 30), "협약해지": (15, 60), "포기": (5, 40),
}  # fmt: skip
_OFFSETS = Weighted((("+09:00", 75.0), ("", 25.0)))
_CONSENT = Weighted(((None, 30.0), (True, 63.0), (False, 7.0)))
_CONSENT_ASKED = Weighted(((None, 25.0), (True, 67.0), (False, 8.0)))


class AiVoucher:
    """One run's voucher tasks."""

    programme = "P1"
    folder, topic, weight, defects = FOLDER, TOPIC, 3.0, DEFECTS
    profile = Profile(Weighted(((MICRO, 30.0), (SMALL, 36.0), (MEDIUM, 28.0), (MIDSIZE, 6.0))), 0.4)

    def __init__(self, world: World) -> None:
        self._world = world
        self._head = wire.confluent_head(world.schema_id(FOLDER))
        self._openings = world.calendar.opening(_MONTHS)
        self._carried_until = world.calendar.early(60)
        self._first = world.dice.below(900) * 1_000
        self._serial = 0

    def welcomes(self, firm: Firm) -> bool:
        return firm.size != LARGE

    def life(self, firm: Firm) -> list[Step]:
        """One task: of this year, or one of last year's that is being closed."""
        world, dice = self._world, self._world.dice
        dotted, lagging, short = dice.chance(0.1), dice.chance(0.2), dice.chance(0.3)
        if dice.chance(0.08):
            day = on_workday(dice.between(world.calendar.first, self._carried_until))
            at = moment(dice, min(day, world.calendar.last))
            row = self._carried(firm, at, dotted)
            route: tuple[str, ...] = ("정산완료",)
        else:
            at = moment(dice, dice.draw(self._openings))
            row, route = self._received(firm, at, at), dice.draw(_ROUTES)
        self.stamp(row, at)
        steps = [Step(at, row, "create")]
        for status in route:
            at = later(dice, at, *_DAYS[status])
            if at >= world.calendar.end:
                break
            row = {**row, **self._moved(row, status, at, dotted)}
            row["dmndAddr"] = firm.place.address(at // DAY, lagging, short)
            self.stamp(row, at)
            steps.append(Step(at, row, "update"))
        return steps

    def amend(self, row: Row) -> Row:
        dice = self._world.dice
        match dice.below(5):
            case 0 | 1 if row["dmndEmpCnt"] is not None:
                return {"dmndEmpCnt": row["dmndEmpCnt"] + dice.between(1, 6)}
            case 2 if row["vchrAmt"] is not None:
                return {"vchrAmt": row["vchrAmt"] * 9 // 10}
            case 3 if row["infoAgreeYn"]:
                return {"infoAgreeYn": False}
            case _:
                name, field = dice.pick(_SOLUTIONS)
                return {"solutionNm": f"{name} 2.0", "solutionField": field}

    def stamp(self, row: Row, at: int) -> None:
        dice = self._world.dice
        fraction = f".{dice.between(1, 999_999):06d}"[: dice.between(2, 7)]
        stamp = self._world.calendar.iso_stamp(at) + (fraction if dice.chance(0.5) else "")
        blank = dice.chance(0.05)
        row["updDtm"] = (stamp.replace("T", " ") if blank else stamp) + dice.draw(_OFFSETS)

    def seal(self, steps: list[Step]) -> None:
        pass

    def resend(self, step: Step) -> Row:
        """Half of the repeats come from the nightly server, which writes the moment in UTC."""
        if self._world.dice.chance(0.5):
            return step.row
        fraction = step.row["updDtm"][19:].partition("+")[0]
        utc = self._world.calendar.iso_stamp(step.at - _KST)
        return {**step.row, "updDtm": f"{utc}{fraction}Z"}

    def encode(self, row: Row) -> tuple[bytes, bytes]:
        number = row["taskNo"]
        parts = [self._head, wire.text(number)]
        parts.extend(wire.nullable(value) for name, value in row.items() if name != "taskNo")
        return number.encode(), b"".join(parts)

    def _received(self, firm: Firm, at: int, signed_at: int) -> Row:
        world, dice = self._world, self._world.dice
        self._serial += 1
        medical = firm.industry.section == "Q"
        brn = (firm.branch if dice.chance(0.5) else None) or firm.brn
        supplier = dice.pick(world.numbers.suppliers)
        solution, solution_field = dice.pick(_SOLUTIONS)
        year = int(world.calendar.iso(at // DAY)[:4])
        agreed = dice.draw(_CONSENT)
        return {
            "taskNo": f"AIV-{year}-{self._first + self._serial:06d}",
            "bizYear": year,
            "voucherType": _type(medical, firm.size) or dice.draw(_TYPES),
            "dmndCorpNm": firm.spelled(dice),
            "dmndBrno": brn if dice.chance(0.1) else f"{brn[:3]}-{brn[3:5]}-{brn[5:]}",
            "dmndCorpScale": "의료기관" if medical else _SIZE[firm.size],
            "dmndAddr": firm.place.address(at // DAY, short=dice.chance(0.3)),
            "dmndEmpCnt": None if dice.chance(0.03) else firm.workers,
            "splyCorpNm": dice.pick(_SUPPLIER_NAMES),
            "splyBrno": f"{supplier[:3]}-{supplier[3:5]}-{supplier[5:]}",
            "solutionNm": solution,
            "solutionField": solution_field,
            "vchrAmt": None,
            "selfCashAmt": None,
            "selfInKindAmt": None,
            "agreeDt": None,
            "taskBgnDt": None,
            "taskEndDt": None,
            "taskStat": "접수",
            "picNm": "가상담당",
            "picTel": "000-0000-0000",
            "infoAgreeYn": agreed,
            "infoAgreeDt": self._signed(signed_at) if agreed is not None else None,
            "updDtm": None,
        }

    def _carried(self, firm: Firm, at: int, dotted: bool) -> Row:
        """A task of the year before, completed; agreed and signed under last year's text."""
        agreed_at = at - self._world.dice.between(240, 300) * DAY
        row = self._received(firm, at, agreed_at - 20 * DAY)
        year = row["bizYear"] - 1
        row |= {"bizYear": year, "taskNo": f"AIV-{year}-{row['taskNo'][9:]}"}
        return row | self._agreement(row, agreed_at, dotted) | {"taskStat": "완료"}

    def _moved(self, row: Row, status: str, at: int, dotted: bool) -> Row:
        """What a move changes, apart from the place and the time of change."""
        dice = self._world.dice
        changes: Row = {"taskStat": status}
        if status == "선정" and row["infoAgreeYn"] is None:
            agreed = dice.draw(_CONSENT_ASKED)
            changes["infoAgreeYn"] = agreed
            changes["infoAgreeDt"] = self._signed(at) if agreed is not None else None
        if status == "협약체결":
            changes |= self._agreement(row, at, dotted)
        if status == "중간점검" and row["infoAgreeYn"] and dice.chance(0.02):
            changes["infoAgreeYn"] = False
        return changes

    def _signed(self, at: int) -> str:
        return self._world.calendar.iso(at // DAY - self._world.dice.below(8))

    def _agreement(self, row: Row, at: int, dotted: bool) -> Row:
        world, dice = self._world, self._world.dice
        voucher = dice.between(20, 200) * 1_000
        agreed = at // DAY - dice.below(6)
        starts = agreed + dice.between(0, 15)
        days = [
            world.calendar.iso(day) for day in (agreed, starts, starts + dice.between(150, 240))
        ]
        if dotted:
            days = [day.replace("-", ".") for day in days]
        return {
            "vchrAmt": voucher,
            "selfCashAmt": voucher * dice.between(10, 20) // 100,
            "selfInKindAmt": voucher * dice.below(11) // 100,
            "agreeDt": days[0],
            "taskBgnDt": days[1],
            "taskEndDt": days[2],
        }


def _type(medical: bool, size: str) -> str | None:
    if medical:
        return "의료"
    return "소상공인" if size == MICRO else None
