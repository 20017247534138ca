"""P5 AX 스프린트 우대 트랙: loan cases as the daily delta tells them, each whole."""

import orjson

from services.simulation.ax_sprint_defects import DEFECTS
from services.simulation.chance import Weighted
from services.simulation.days import DAY, EPOCH_DAY, later, moment
from services.simulation.firms import LARGE, MEDIUM, MICRO, MIDSIZE, SMALL, Firm, Profile
from services.simulation.story import Row, Step
from services.simulation.world import World

FOLDER, TOPIC = "ax-sprint", "src.mss.ax-sprint.v1"
_MS = 86_400_000
_KST_MS = 9 * 3_600_000
_MONTHS = {1: 20.0, 2: 16.0, 3: 12.0, 4: 10.0, 5: 8.0, 6: 8.0, 7: 8.0, 8: 6.0, 9: 6.0}
_ROUTES = Weighted(
    (
        (("심사", "승인", "대출실행"), 55.0),
        (("심사", "승인"), 12.0),
        (("심사", "승인", "심사", "승인", "대출실행"), 4.0),
        (("심사", "거절"), 22.0),
        (("심사",), 7.0),
    )
)
_DAYS = {"심사": (2, 8), "승인": (10, 40), "대출실행": (5, 30), "거절": (10, 45)}
_FUNDS = Weighted(((11, 45.0), (21, 55.0)))
_SECRETS = ("lmt_mm", "exec_mm", "int_rt", "crd_gr", "rej_rsn")


def midnight_ms(ordinal: int) -> int:
    """Epoch milliseconds of a day's Korean midnight."""
    return (ordinal - EPOCH_DAY) * _MS - _KST_MS


class AxSprint:
    """One run's loan cases."""

    folder, topic, weight, defects = FOLDER, TOPIC, 1.2, DEFECTS
    profile = Profile(Weighted(((MICRO, 14.0), (SMALL, 48.0), (MEDIUM, 34.0), (MIDSIZE, 4.0))), 0.7)

    def __init__(self, world: World) -> None:
        self._world = world
        self._openings = world.calendar.opening(_MONTHS)
        self._first = world.dice.below(900) * 1_000
        self._serial = 0

    def welcomes(self, firm: Firm) -> bool:
        return firm.size not in (LARGE, MIDSIZE)

    def life(self, firm: Firm) -> list[Step]:
        """One loan case from application on."""
        world, dice = self._world, self._world.dice
        at = moment(dice, dice.draw(self._openings))
        row = self._applied(firm, at)
        self.stamp(row, at)
        steps = [Step(at, row, "create")]
        for status in dice.draw(_ROUTES):
            at = later(dice, at, *_DAYS[status])
            if at >= world.calendar.end:
                break
            row = {**row, "st": status, **self._credit(status)}
            if status == "승인":
                row["appr_ts"] = midnight_ms(at // DAY)
            self.stamp(row, at)
            steps.append(Step(at, row, "update"))
        return steps

    def amend(self, row: Row) -> Row:
        dice = self._world.dice
        match dice.below(3):
            case 0:
                return {"promo_ok": 1 - row["promo_ok"]}
            case 1:
                return {"appl_ts": row["appl_ts"] - _MS}
            case _:
                return {"fund": 11 if row["fund"] == 21 else 21, "elig": 1}

    def stamp(self, row: Row, at: int) -> None:
        row["base_dt"] = midnight_ms(at // DAY)

    def seal(self, steps: list[Step]) -> None:
        """How many times the case was sent for a day."""
        sent: dict[int, int] = {}
        for step in steps:
            day = step.row["base_dt"]
            sent[day] = step.row["seq"] = sent.get(day, 0) + 1

    def resend(self, step: Step) -> Row:
        """The exporter sends the same case again, its credit figures looked up anew."""
        return {**step.row, "lmt_mm": self._world.dice.between(50, 3_000)}

    def encode(self, row: Row) -> tuple[bytes, bytes]:
        known = {name: value for name, value in row.items() if value is not None}
        return row["loan_ref"].encode(), orjson.dumps(known)

    def _applied(self, firm: Firm, at: int) -> Row:
        dice = self._world.dice
        self._serial += 1
        branch = firm.branch if firm.branch and dice.chance(0.4) and firm.crn else None
        short = dice.chance(0.7)
        place = firm.place.row(at // DAY, False).text(short)
        return {
            "loan_ref": f"KS-{26}-{self._first + self._serial:07d}",
            "base_dt": 0,
            "seq": 1,
            "fund": dice.draw(_FUNDS),
            "track": "AXS",
            "elig": dice.pick((0, 1, 2, 2)),
            "bzno": branch or firm.brn,
            "corpno": firm.crn or 0,
            "nm": firm.spelled(dice),
            "sido": place.split(" ")[0],
            "indcd": f"{dice.between(101_000, 963_999)}",
            "appl_ts": midnight_ms(at // DAY),
            "appr_ts": 0,
            "st": "신청",
            "promo_ok": 1 if dice.chance(0.7) else 0,
            **dict.fromkeys(_SECRETS),
        }

    def _credit(self, status: str) -> Row:
        """What must be dropped at the edge: the exporter cannot filter."""
        dice = self._world.dice
        figures: Row = {"crd_gr": dice.pick(("AA", "A", "BBB", "BB", "B"))}
        if status in ("승인", "대출실행"):
            figures["lmt_mm"] = dice.between(50, 3_000)
            figures["int_rt"] = f"{dice.between(20, 55) / 10}"
        if status == "대출실행":
            figures["exec_mm"] = dice.between(30, 2_000)
        if status == "거절":
            figures["rej_rsn"] = dice.pick(("신용등급 미달", "담보 부족", "기존 대출 과다"))
        return figures
