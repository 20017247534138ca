"""Own discovery 자체 발굴: the training register's months, corrected when they are settled."""

import json

from schemas.codec import schema_text
from schemas.writer import compile_writer
from services.simulation import wire
from services.simulation.chance import Weighted
from services.simulation.days import DAY, EPOCH_DAY, instant, later, moment, on_workday
from services.simulation.firms import LARGE, MEDIUM, MICRO, MIDSIZE, SMALL, Firm, Profile
from services.simulation.story import Row, Step
from services.simulation.training_history_defects import DEFECTS
from services.simulation.world import World

FOLDER, TOPIC = "training-history", "src.moel.training-history.v1"
_MONTHS_BACK = 24
_COURSES = Weighted(
    (
        (("산업안전 정기교육", "N"), 30.0),
        (("품질관리 실무", "N"), 22.0),
        (("사무 자동화", "N"), 14.0),
        (("AI 시대의 리더십", "N"), 4.0),
        (("생성형 AI 업무 활용", "Y"), 12.0),
        (("제조 데이터 분석", "Y"), 8.0),
        (("머신비전 기초", "Y"), 5.0),
        (("디지털 전환 이해", None), 5.0),
    )
)
_MODES = Weighted((("GROUP", 45.0), ("REMOTE", 40.0), ("FIELD", 8.0), ("MIXED", 7.0)))
_PRIORITY = {MICRO: True, SMALL: True, MEDIUM: True, MIDSIZE: False, LARGE: False}


class TrainingHistory:
    """One run's register."""

    follows = True
    folder, topic, weight, defects = FOLDER, TOPIC, 1.5, DEFECTS
    profile = Profile(
        Weighted(((MICRO, 20.0), (SMALL, 40.0), (MEDIUM, 30.0), (MIDSIZE, 8.0), (LARGE, 2.0))), 0.6
    )

    def __init__(self, world: World) -> None:
        self._world = world
        schema = json.loads(schema_text(f"source/{FOLDER}"))
        self._write = compile_writer(schema)
        self._head = wire.confluent_head(world.schema_id(FOLDER))
        self._months: dict[str, set[str]] = {}

    def welcomes(self, firm: Firm) -> bool:
        return firm.size != LARGE

    def life(self, firm: Firm) -> list[Step]:
        """Some months of one workplace, old ones as they were loaded at the start, with their
        settlements and repayments. The head office's: a branch's training is its own."""
        world, dice = self._world, self._world.dice
        start = moment(dice, on_workday(world.calendar.first + dice.below(10)))
        offset = dice.below(10)
        steps: list[Step] = []
        told = self._months.setdefault(firm.brn, set())
        for back in self._old_months(told, self._iso(start))[: dice.between(1, 3)]:
            month = _month_before(self._iso(start), back)
            told.add(month)
            at = min(start + back * 7 + offset, world.calendar.end - 2)
            steps += self._month(firm, month, at, "create")
        if dice.chance(0.7):
            at = moment(dice, on_workday(world.calendar.first + dice.between(30, 200)))
            month = _month_before(self._iso(at), 1)
            if at < world.calendar.end and month not in told:
                told.add(month)
                steps += self._month(firm, month, at, "create")
        return sorted(steps, key=lambda step: step.at)

    def _old_months(self, told: set[str], iso: str) -> list[int]:
        """How many months back the ones lie that have not been told yet, in any order."""
        backs = [b for b in range(1, _MONTHS_BACK + 1) if _month_before(iso, b) not in told]
        return self._world.dice.shuffled(backs)

    def amend(self, row: Row) -> Row:
        """The month is settled anew: another count of workers, or of completers."""
        dice = self._world.dice
        if row["courses"] and dice.chance(0.5):
            first, *others = row["courses"]
            completed = max(0, first["completed"] - 1)
            return {"courses": [{**first, "completed": completed}, *others]}
        return {"insured_cnt": row["insured_cnt"] + dice.between(1, 4)}

    def stamp(self, row: Row, at: int) -> None:
        row["issued_at"] = instant(at)

    def seal(self, steps: list[Step]) -> None:
        """Every sending of a month has the next number."""
        sent: dict[str, int] = {}
        for step in steps:
            key = step.row["hist_key"]
            sent[key] = step.row["rev"] = sent.get(key, 0) + 1

    def resend(self, step: Step) -> Row:
        return step.row

    def encode(self, row: Row) -> tuple[bytes, bytes]:
        out = [self._head]
        self._write(row, out)
        return row["hist_key"].encode(), b"".join(out)

    def _iso(self, at: int) -> str:
        return self._world.calendar.iso(at // DAY)

    def _month(self, firm: Firm, month: str, at: int, kind: str) -> list[Step]:
        world, dice = self._world, self._world.dice
        row = self._row(firm, month, at)
        self.stamp(row, at)
        steps = [Step(at, row, kind)]
        for state, chance in (("NORMAL", 0.15), ("CANCELLED", 0.04), ("NORMAL", 0.02)):
            if not dice.chance(chance):
                continue
            at = later(dice, at, 20, 60)
            if at >= world.calendar.end:
                break
            row = {**row, **self.amend(row), "rec_stat": state}
            self.stamp(row, at)
            steps.append(Step(at, row, "update"))
        return steps

    def _row(self, firm: Firm, month: str, at: int) -> Row:
        dice = self._world.dice
        number = firm.brn + "0"
        return {
            "hist_key": f"{number}-{month.replace('-', '')}",
            "rev": 1,
            "issued_at": None,
            "period_ym": month.replace("-", ""),
            "rec_stat": "NORMAL",
            "wkpl_mng_no": f"{number[:3]}-{number[3:5]}-{number[5:10]}-{number[10]}",
            "brn": firm.brn,
            "crn": firm.crn or None,
            "wkpl_nm": firm.spelled(dice),
            "ent_kind": "CORP" if firm.incorporated else "SOLE",
            "is_hq": True,
            "hq_wkpl_mng_no": None,
            "ldong_cd": firm.place.code(at // DAY, dice.chance(0.2)),
            "ind_cd": firm.industry.ksic,
            "prior_sprt": _PRIORITY[firm.size],
            "insured_cnt": max(1, firm.workers - dice.below(3)),
            "courses": [self._course(month) for _ in range(dice.between(1, 4))],
        }

    def _course(self, month: str) -> Row:
        dice = self._world.dice
        title, ai = dice.draw(_COURSES)
        ends = self._world.calendar.day_of(f"{month}-{dice.between(5, 28):02d}")
        enrolled = dice.between(3, 40)
        return {
            "tr_pr_id": f"AIG{month[:4]}{dice.below(3_000):07d}",
            "tr_pr_degr": dice.between(1, 6),
            "title": title,
            "ai_yn": ai,
            "ncs_cd": "20010702" if ai == "Y" else None,
            "mode": dice.draw(_MODES),
            "starts_on": ends - dice.below(25) - EPOCH_DAY,
            "ends_on": ends - EPOCH_DAY,
            "hours": dice.pick((4, 8, 16, 24)),
            "enrolled": enrolled,
            "completed": max(0, enrolled - dice.below(4)),
        }


def _month_before(iso: str, back: int) -> str:
    months = int(iso[:4]) * 12 + int(iso[5:7]) - 1 - back
    return f"{months // 12}-{months % 12 + 1:02d}"
