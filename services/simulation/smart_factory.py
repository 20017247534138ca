"""P3 스마트공장 보급: lives of tasks as the change log tells them."""

from dataclasses import dataclass

from services.simulation import wire
from services.simulation.chance import Weighted
from services.simulation.days import DAY, later, moment, on_workday
from services.simulation.firms import LARGE, MEDIUM, MICRO, MIDSIZE, SMALL, Firm, Profile
from services.simulation.smart_factory_defects import DEFECTS
from services.simulation.story import Row, Step
from services.simulation.world import World

FOLDER, TOPIC = "smart-factory", "src.mss.smart-factory.v1"
_SIZE = {MICRO: "01", SMALL: "01", MEDIUM: "02", MIDSIZE: "03"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A sub-programme: its levels (now, goal), top support in million KRW, months, AI share."""

    code: str
    levels: Weighted[tuple[str, str]]
    support: int
    months: int
    ai: Weighted[str]


def _kind(code: str, levels: str, support: int, months: int, ai: float) -> Kind:
    pairs = [(now, goal) for now, goal in (pair.split(">") for pair in levels.split())]
    answers = Weighted((("Y", ai), ("", (1 - ai) * 0.5), ("N", (1 - ai) * 0.5)))
    return Kind(code, Weighted((pair, 1.0) for pair in pairs), support, months, answers)


# Handbook 2.5: of about 450 AI-factory projects 30 are A01, 400 A02, 20 A03; A01 has up to 6억
# over two years and needs 중간1 built. The other kinds' numbers are not published: own weights.
_KINDS = Weighted(
    (
        (_kind("A01", "02>04 03>04 02>03", 600, 24, 0.97), 30.0),
        (_kind("A02", "01>02 01>03 02>03 02>04 01>03", 200, 9, 0.94), 400.0),
        (_kind("A03", "01>02 02>03 01>03", 200, 9, 0.9), 20.0),
        (_kind("A04", "01>02 01>03 02>03", 200, 9, 0.25), 180.0),
        (_kind("A05", "00>01 00>01 00>02", 50, 6, 0.08), 110.0),
        (_kind("A06", "01>02 01>03 00>01", 150, 9, 0.35), 60.0),
    )
)
_SOLUTIONS = Weighted((("MES", 48.0), ("ERP", 14.0), ("PLM", 6.0), ("SCM", 5.0), ("FEMS", 7.0)))
_MONTHS = {1: 10.0, 2: 26.0, 3: 30.0, 4: 16.0, 5: 6.0, 6: 4.0}
_ROUTES = Weighted(
    (
        (("ST20", "ST30", "ST40", "visit", "ST50", "visit", "ST60", "ST70"), 30.0),
        (("ST20", "ST30", "ST40", "ST50", "visit", "ST60"), 18.0),
        (("ST20", "ST30", "visit", "ST40", "ST60"), 12.0),
        (("ST91",), 26.0),
        (("ST20", "ST90"), 5.0),
        (("ST20", "ST30", "ST40", "ST90"), 6.0),
        (("D",), 1.5),
        (("ST20", "D"), 1.5),
    )
)
_CARRIED_ROUTES = Weighted(
    (
        (("visit", "ST50", "visit", "ST60", "ST70"), 55.0),
        (("visit", "ST60", "ST70"), 35.0),
        (("visit", "ST90"), 8.0),
        (("D",), 2.0),
    )
)
_DAYS = {
    "ST20": (25, 55), "ST30": (14, 40), "ST40": (3, 14), "visit": (15, 45), "ST50": (30, 70),
    "ST60": (25, 70), "ST70": (20, 60), "ST90": (10, 60), "ST91": (25, 55), "D": (1, 20),
}  # fmt: skip
_FIELDS = (
    "TASK_SN", "BSNS_YR", "BSNS_SE_CD", "CHG_SE", "BIZR_NO", "BPL_NO", "JURIRNO", "ENTRPRS_NM",
    "ENTRPRS_SCALE_CD", "INDUTY_CD", "ORDTM_LABRR_CNT", "LDONG_CD", "RDNM_ADRES", "NOW_LVL_CD",
    "GOAL_LVL_CD", "SOLUTN_SE", "AI_APLC_YN", "SPLY_BIZR_NO", "GOVSPRT_AMT", "ALOTM_AMT",
    "AGRM_DE", "BGNDE", "ENDDE", "STTUS_CD", "DX_MENTOR_CNT", "THIRD_PRVD_AGRE_YN", "LAST_CHG_DT",
)  # fmt: skip
_BLANK = dict.fromkeys(_FIELDS, "")


class SmartFactory:
    """One run's smart-factory tasks."""

    programme = "P3"
    folder, topic, weight, defects = FOLDER, TOPIC, 5.0, DEFECTS
    profile = Profile(Weighted(((MICRO, 12.0), (SMALL, 48.0), (MEDIUM, 37.0), (MIDSIZE, 3.0))), 1.0)

    def __init__(self, world: World) -> None:
        self._world = world
        self._head = wire.confluent_head(world.schema_id(FOLDER))
        self._openings = world.calendar.opening(_MONTHS)
        self._carried_until = world.calendar.early(20)
        self._first = world.dice.below(900) * 10_000
        self._serial = 0

    def welcomes(self, firm: Firm) -> bool:
        return firm.industry.manufacturing and firm.size != LARGE

    def life(self, firm: Firm) -> list[Step]:
        """One task: begun this year, or one of last year's as it was loaded at the start."""
        world, dice = self._world, self._world.dice
        if dice.chance(0.25):
            day = dice.between(world.calendar.first, self._carried_until)
            at = moment(dice, min(on_workday(day), world.calendar.last))
            row, route = self._carried(firm, at), dice.draw(_CARRIED_ROUTES)
        else:
            at = moment(dice, dice.draw(self._openings))
            row, route = self._applied(firm, at), dice.draw(_ROUTES)
        steps = [Step(at, row, "create")]
        lagging, short = dice.chance(0.25), dice.chance(0.2)
        for move in route:
            at = later(dice, at, *_DAYS[move])
            if at >= world.calendar.end:
                break
            if move == "D":
                row = {**_BLANK, "TASK_SN": row["TASK_SN"], "CHG_SE": "D"}
                row["LAST_CHG_DT"] = world.calendar.ymd_stamp(at)
                steps.append(Step(at, row, "delete"))
                break
            row = {**row, **self._moved(row, move, at), **self._place(firm, at, lagging, short)}
            self.stamp(row, at)
            steps.append(Step(at, row, "update"))
        return steps

    def amend(self, row: Row) -> Row:
        dice = self._world.dice
        match dice.below(6):
            case 0 | 1:
                workers = int(row["ORDTM_LABRR_CNT"])
                return {"ORDTM_LABRR_CNT": str(max(1, workers + dice.between(1, 9) - workers % 5))}
            case 2 if row["GOVSPRT_AMT"]:
                return {"GOVSPRT_AMT": str(int(row["GOVSPRT_AMT"]) * 9 // 10)}
            case 3:
                return {"THIRD_PRVD_AGRE_YN": "N" if row["THIRD_PRVD_AGRE_YN"] == "Y" else "Y"}
            case 4:
                return {"AI_APLC_YN": "N" if row["AI_APLC_YN"] == "Y" else "Y"}
            case _:
                return {"SPLY_BIZR_NO": dice.pick(self._world.numbers.suppliers)}

    def stamp(self, row: Row, at: int) -> None:
        row["CHG_SE"] = "U"
        row["LAST_CHG_DT"] = self._world.calendar.ymd_stamp(at)

    def seal(self, steps: list[Step]) -> None:
        pass

    def resend(self, step: Step) -> Row:
        return step.row

    def encode(self, row: Row) -> tuple[bytes, bytes]:
        return row["TASK_SN"].encode(), wire.texts(self._head, row.values())

    def _applied(self, firm: Firm, at: int) -> Row:
        world, dice = self._world, self._world.dice
        self._serial += 1
        kind = dice.draw(_KINDS)
        now, goal = dice.draw(kind.levels)
        ai = dice.draw(kind.ai)
        year = world.calendar.iso(at // DAY)[:4]
        section = firm.industry.section if dice.chance(0.05) else ""
        return {
            "TASK_SN": f"{year[2:]}{self._first + self._serial:08d}",
            "BSNS_YR": year,
            "BSNS_SE_CD": kind.code,
            "CHG_SE": "C",
            "BIZR_NO": firm.brn,
            "BPL_NO": (firm.branch or firm.brn) + "0",
            "JURIRNO": firm.crn,
            "ENTRPRS_NM": firm.spelled(dice),
            "ENTRPRS_SCALE_CD": _SIZE[firm.size],
            "INDUTY_CD": section + firm.industry.ksic,
            "ORDTM_LABRR_CNT": str(firm.workers),
            **self._place(firm, at, False, dice.chance(0.2)),
            "NOW_LVL_CD": now,
            "GOAL_LVL_CD": goal,
            "SOLUTN_SE": "AI" if ai == "Y" and dice.chance(0.35) else dice.draw(_SOLUTIONS),
            "AI_APLC_YN": ai,
            "SPLY_BIZR_NO": dice.pick(world.numbers.suppliers),
            "GOVSPRT_AMT": "",
            "ALOTM_AMT": "",
            "AGRM_DE": "00000000" if dice.chance(0.15) else "",
            "BGNDE": "",
            "ENDDE": "99991231" if dice.chance(0.1) else "",
            "STTUS_CD": "ST10",
            "DX_MENTOR_CNT": "0",
            "THIRD_PRVD_AGRE_YN": dice.draw(_CONSENT_AT_FIRST),
            "LAST_CHG_DT": world.calendar.ymd_stamp(at),
        }

    def _carried(self, firm: Firm, at: int) -> Row:
        """A task of the year before, under way: agreed four to seven months ago."""
        row = self._applied(firm, at)
        year = str(int(row["BSNS_YR"]) - 1)
        row |= {"BSNS_YR": year, "TASK_SN": year[2:] + row["TASK_SN"][2:], "STTUS_CD": "ST40"}
        agreed = at - self._world.dice.between(110, 210) * DAY
        return row | self._moved(row, "ST30", agreed) | {"STTUS_CD": "ST40", "DX_MENTOR_CNT": "1"}

    def _moved(self, row: Row, move: str, at: int) -> Row:
        """What a move changes, apart from the place and the time of change."""
        dice = self._world.dice
        visits = int(row["DX_MENTOR_CNT"])
        match move:
            case "visit":
                return {"DX_MENTOR_CNT": str(min(4, visits + 1))}
            case "ST20" if not row["THIRD_PRVD_AGRE_YN"]:
                return {"STTUS_CD": move, "THIRD_PRVD_AGRE_YN": dice.draw(_CONSENT_ASKED)}
            case "ST30":
                return {"STTUS_CD": move, **self._agreement(row, at)}
            case "ST60":
                return {"STTUS_CD": move, "DX_MENTOR_CNT": str(min(4, visits + 2))}
            case "ST40" if row["THIRD_PRVD_AGRE_YN"] == "Y" and dice.chance(0.015):
                return {"STTUS_CD": move, "THIRD_PRVD_AGRE_YN": "N"}
            case _:
                return {"STTUS_CD": move}

    def _agreement(self, row: Row, at: int) -> Row:
        world, dice = self._world, self._world.dice
        kind = next(kind for kind in _KINDS.items if kind.code == row["BSNS_SE_CD"])
        support = kind.support * dice.between(40, 100) * 10_000
        agreed = at // DAY - dice.below(6)
        starts = agreed + dice.between(0, 12)
        ends = starts + kind.months * 30 + dice.between(-15, 15)
        write = world.calendar.iso if dice.chance(0.1) else world.calendar.ymd
        return {
            "GOVSPRT_AMT": str(support),
            "ALOTM_AMT": str(support * dice.between(50, 100) // 100),
            "AGRM_DE": write(agreed),
            "BGNDE": write(starts),
            "ENDDE": write(ends),
        }

    def _place(self, firm: Firm, at: int, lagging: bool, short: bool) -> Row:
        day, place = at // DAY, firm.place
        return {
            "LDONG_CD": place.code(day, lagging),
            "RDNM_ADRES": place.address(day, short=short),
        }


_CONSENT_AT_FIRST = Weighted((("", 40.0), ("Y", 54.0), ("N", 6.0)))
_CONSENT_ASKED = Weighted((("", 35.0), ("Y", 58.0), ("N", 7.0)))
