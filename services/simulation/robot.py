"""P7 지능형로봇 보급 및 확산: projects as numbered messages, each naming the one it replaces."""

from services.simulation import wire
from services.simulation.chance import Weighted
from services.simulation.days import DAY, later, moment
from services.simulation.firms import LARGE, MEDIUM, MICRO, MIDSIZE, SMALL, Firm, Profile
from services.simulation.robot_defects import DEFECTS
from services.simulation.story import Row, Step
from services.simulation.world import World

FOLDER, TOPIC = "robot", "src.motir.robot.v1"
FINGERPRINT = bytes.fromhex("AF157F86CD63C525")
_HEAD = wire.SINGLE_OBJECT_MARK + FINGERPRINT
_SIZE = {MICRO: "1", SMALL: "1", MEDIUM: "1", MIDSIZE: "2", LARGE: "3"}
_NUMBERS_A_YEAR = 1_000_000
_TYPES = Weighted((("1", 74.0), ("2", 12.0), ("3", 14.0)))
_ROBOTS = Weighted((("협동", 46.0), ("수직다관절", 30.0), ("직교", 12.0), ("AMR", 12.0)))
_MONTHS = {1: 4.0, 2: 12.0, 3: 30.0, 4: 30.0, 5: 14.0, 6: 6.0}
_ROUTES = Weighted(
    (
        (("B", "C", "report", "D"), 44.0),
        (("B", "C", "report", "report", "D"), 18.0),
        (("B", "C", "X", "C", "D"), 6.0),
        (("B", "X"), 8.0),
        (("X",), 8.0),
        (("B", "C"), 16.0),
    )
)
_DAYS = {"B": (15, 45), "C": (10, 40), "report": (15, 40), "D": (40, 90), "X": (10, 50)}
_CONSENT = Weighted(((" ", 34.0), ("0", 6.0), ("1", 22.0), ("2", 38.0)))
_CONSENT_ASKED = Weighted(((" ", 30.0), ("0", 8.0), ("1", 22.0), ("2", 40.0)))
_NO_DATE, _NO_NUMBER, _NO_AMOUNT = "00-00-00", " " * 8, " " * 12
_ZIPS = {
    "11": (1, 9), "26": (46, 49), "27": (41, 43), "28": (21, 23), "29": (61, 62), "30": (34, 35),
    "31": (44, 45), "36": (30, 30), "41": (10, 20), "43": (27, 29), "44": (31, 33), "46": (57, 60),
    "47": (36, 40), "48": (50, 53), "50": (63, 63), "51": (24, 26), "52": (54, 56),
}  # fmt: skip


class Robot:
    """One run's robot projects."""

    programme = "P7"
    folder, topic, weight, defects = FOLDER, TOPIC, 2.0, DEFECTS
    profile = Profile(Weighted(((SMALL, 45.0), (MEDIUM, 40.0), (MIDSIZE, 12.0), (LARGE, 3.0))), 1.0)

    def __init__(self, world: World) -> None:
        self._world = world
        self._openings = world.calendar.opening(_MONTHS)
        self._free: dict[int, int] = {}

    def welcomes(self, firm: Firm) -> bool:
        return firm.industry.manufacturing

    def life(self, firm: Firm) -> list[Step]:
        world, dice = self._world, self._world.dice
        at = moment(dice, dice.draw(self._openings))
        row = self._selected(firm, at)
        short = dice.chance(0.6)
        steps = [Step(at, row, "create")]
        for move in dice.draw(_ROUTES):
            at = later(dice, at, *_DAYS[move])
            if at >= world.calendar.end:
                break
            row = {**row, **self._moved(row, move, at)}
            row["addr"] = firm.place.address(at // DAY, short=short)
            self.stamp(row, at)
            steps.append(Step(at, row, "update"))
        return steps

    def amend(self, row: Row) -> Row:
        dice = self._world.dice
        match dice.below(5):
            case 0 if row["prv_amt"] != _NO_AMOUNT:
                return {"prv_amt": _amount(dice.between(50, 400) * 1_000)}
            case 1:
                return {"ai_yn": dice.pick("YN")}
            case 2 if row["agr_cd"] in "12":
                return {"agr_cd": "9"}
            case 3:
                return {"ksic2": dice.pick(("25", "26", "28", "29", "30"))}
            case _:
                return {"robot_qty": f"{dice.between(1, 24):04d}"}

    def stamp(self, row: Row, at: int) -> None:
        row["snd_dt"] = self._date(at // DAY)

    def seal(self, steps: list[Step]) -> None:
        """Numbers the messages, and lets each name the message that it replaces."""
        dice = self._world.dice
        numbers: list[str] = []
        for step in steps:
            number = self._number(step.at, int(numbers[-1]) if numbers else 0)
            target = "00000000" if dice.chance(0.1) else _NO_NUMBER
            if numbers:
                latest = step.kind == "correction" or dice.chance(0.15)
                target = numbers[-1] if latest else numbers[0]
            numbers.append(number)
            step.row = {**step.row, "seq": number, "corr_of": target}

    def resend(self, step: Step) -> Row:
        return step.row

    def encode(self, row: Row) -> tuple[bytes, bytes]:
        return row["seq"].encode(), wire.texts(_HEAD, row.values())

    def _number(self, at: int, after: int) -> str:
        """The next free number at that moment of the year: rising with time, never used twice."""
        day, second = divmod(at, DAY)
        iso = self._world.calendar.iso(day)
        start = self._world.calendar.day_of(f"{iso[:4]}-01-01")
        part = ((day - start) * DAY + second) * _NUMBERS_A_YEAR // (366 * DAY)
        wanted = max(int(iso[2:4]) * _NUMBERS_A_YEAR + part + 1, after + 1)
        number = self._first_free(wanted)
        self._free[number] = number + 1
        return f"{number:08d}"

    def _first_free(self, wanted: int) -> int:
        passed = []
        while wanted in self._free:
            passed.append(wanted)
            wanted = self._free[wanted]
        for number in passed:
            self._free[number] = wanted
        return wanted

    def _date(self, ordinal: int) -> str:
        return self._world.calendar.iso(ordinal)[2:]

    def _selected(self, firm: Firm, at: int) -> Row:
        world, dice = self._world, self._world.dice
        consent = dice.draw(_CONSENT)
        supplier = dice.pick(world.numbers.suppliers)
        brn = firm.brn
        low, high = _ZIPS[firm.place.zip_sido]
        return {
            "seq": "",
            "corr_of": "",
            "yr": world.calendar.iso(at // DAY)[:4],
            "type": dice.draw(_TYPES),
            "lead_org": "가상로봇진흥협회".ljust(12),
            "dmd_nm": firm.spelled(dice).ljust(14),
            "dmd_bizno": f"{brn[:3]} {brn[3:5]} {brn[5:]}",
            "dmd_scale": _SIZE[firm.size],
            "zip": f"{dice.between(low, high):02d}{dice.between(0, 999):03d}",
            "addr": firm.place.address(at // DAY, short=dice.chance(0.6)),
            "ksic2": firm.industry.ksic[:2],
            "proc_model_cd": f"M-{dice.between(1, 189):03d}",
            "robot_kind": dice.draw(_ROBOTS).ljust(6),
            "robot_qty": f"{dice.between(1, 12):04d}",
            "si_nm": "모의로봇".ljust(10),
            "si_bizno": f"{supplier[:3]} {supplier[3:5]} {supplier[5:]}",
            "gov_amt": _NO_AMOUNT,
            "prv_amt": _NO_AMOUNT,
            "local_amt": _NO_AMOUNT,
            "match_rate": " 70" if firm.size == LARGE else " 50",
            "stt": "A",
            "safe_consult_dt": _NO_DATE,
            "agree_dt": _NO_DATE,
            "end_dt": _NO_DATE,
            "ai_yn": dice.pick("Y N    "),
            "snd_dt": self._date(at // DAY),
            "agr_cd": consent,
            "agr_dt": self._date(at // DAY - dice.below(10)) if consent in "12" else _NO_DATE,
            "pic_nm": "가상담당".ljust(6),
            "pic_tel": "000-0000-0000",
        }

    def _moved(self, row: Row, move: str, at: int) -> Row:
        dice = self._world.dice
        day = at // DAY
        match move:
            case "report":
                return {"ai_yn": row["ai_yn"] if row["ai_yn"] != " " else dice.pick("YN  ")}
            case "B":
                return {"stt": move, **self._consent(row, day), **self._agreement(day)}
            case "C":
                return {"stt": move, "safe_consult_dt": self._date(day - dice.between(1, 9))}
            case _:
                return {"stt": move}

    def _consent(self, row: Row, day: int) -> Row:
        if row["agr_cd"] != " ":
            return {}
        given = self._world.dice.draw(_CONSENT_ASKED)
        return {"agr_cd": given, "agr_dt": self._date(day) if given in "12" else _NO_DATE}

    def _agreement(self, day: int) -> Row:
        dice = self._world.dice
        government = dice.between(80, 500) * 1_000
        agreed = day - dice.below(8)
        return {
            "gov_amt": _amount(government),
            "prv_amt": _amount(government * dice.between(80, 120) // 100),
            "local_amt": _amount(government * dice.below(3) // 10),
            "agree_dt": self._date(agreed),
            "end_dt": self._date(agreed + dice.between(150, 240)),
        }


def _amount(thousand: int) -> str:
    return f"{thousand:,}".rjust(12)
