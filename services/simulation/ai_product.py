"""P4 AI응용제품 신속 상용화: projects as facts, each of which states only what it concerns."""

import json

from schemas.codec import schema_text
from schemas.writer import compile_writer
from services.simulation import wire
from services.simulation.ai_product_defects import DEFECTS
from services.simulation.chance import Weighted
from services.simulation.days import DAY, later, moment
from services.simulation.firms import LARGE, MEDIUM, MICRO, MIDSIZE, SMALL, Firm, Profile, found
from services.simulation.story import Row, Step
from services.simulation.world import World

FOLDER, TOPIC = "ai-product", "src.mss.ai-product.v1"
_SIZE = {MICRO: "SME", SMALL: "SME", MEDIUM: "SME", MIDSIZE: "MID", LARGE: "LARGE"}
_MONTHS = {3: 10.0, 4: 40.0, 5: 30.0, 6: 12.0}
_ROUTES = Weighted(
    (
        (("agreement_signed", "milestone_reached", "product_released", "project_closed"), 34.0),
        (("agreement_signed", "milestone_reached", "milestone_reached"), 24.0),
        (("agreement_signed", "member_changed", "milestone_reached", "product_released"), 18.0),
        (("agreement_signed", "member_changed"), 8.0),
        (("agreement_signed", "project_cancelled"), 8.0),
        (("project_cancelled",), 8.0),
    )
)
_DAYS = {
    "agreement_signed": (14, 35), "milestone_reached": (25, 60), "product_released": (30, 70),
    "project_closed": (20, 50), "member_changed": (15, 60), "project_cancelled": (10, 60),
}  # fmt: skip
_TRACKS = Weighted((("AGILE", 60.0), ("BUILD_UP", 40.0)))
_PROBLEMS = ("SAFETY", "QUALITY", "DELIVERY", "PROCESS", "REGIONAL_ANCHOR")
_PRODUCTS = (
    "비전 검사 모듈",
    "예지보전 단말",
    "작업자 안전 감지기",
    "공정 최적화 제어기",
    "물류 경로 엔진",
)
_RECIPIENTS = Weighted(
    ((("HRDK", "AI_CENTER"), 60.0), (("HRDK", "AI_CENTER", "SMTECH"), 25.0), (("HRDK",), 15.0))
)
_OTHERS = Profile(Weighted(((SMALL, 55.0), (MEDIUM, 40.0), (MIDSIZE, 5.0))), 0.9)


class AiProduct:
    """One run's projects."""

    programme = "P4"
    folder, topic, weight, defects = FOLDER, TOPIC, 1.5, DEFECTS
    profile = Profile(
        Weighted(((MICRO, 8.0), (SMALL, 42.0), (MEDIUM, 40.0), (MIDSIZE, 8.0), (LARGE, 2.0))), 0.85
    )

    def __init__(self, world: World) -> None:
        self._world = world
        schema = json.loads(schema_text(f"source/{FOLDER}"))
        self._fields = {field["name"]: field.get("default") for field in schema["fields"]}
        self._write = compile_writer(schema)
        self._head = wire.confluent_head(world.schema_id(FOLDER))
        self._openings = world.calendar.opening(_MONTHS)
        self._first = world.dice.below(900) * 100
        self._serial = 0

    def welcomes(self, firm: Firm) -> bool:
        return firm.incorporated and firm.size != LARGE

    def life(self, firm: Firm) -> list[Step]:
        """One project from its selection on; the firm leads it."""
        world, dice = self._world, self._world.dice
        at = moment(dice, dice.draw(self._openings))
        lagging = dice.chance(0.3)
        members = [self._member("LEAD", firm, at, lagging)]
        if dice.chance(0.3):
            other = found(dice, world.numbers, world.places, _OTHERS)
            members.append(self._member("DEMAND", other, at, lagging))
        members.append(self._supplier())
        base = {
            **self._fields,
            "project_id": self._number(at),
            "track": dice.draw(_TRACKS),
        }
        row = {
            **base,
            "problem_type": dice.pick(_PROBLEMS),
            "members": members,
            "product_name": dice.pick(_PRODUCTS),
            "incentive_requested": dice.chance(0.5),
            "joint_consulting_requested": dice.pick((None, None, True, False)),
            "consents": self._consents(members, at) if dice.chance(0.5) else None,
        }
        self._state(row, "project_selected", at)
        steps = [Step(at, row, "create")]
        for event in dice.draw(_ROUTES):
            at = later(dice, at, *_DAYS[event])
            if at >= world.calendar.end:
                break
            row = {**base, **self._told(event, members, at)}
            members = row["members"] or members
            self._state(row, event, at)
            steps.append(Step(at, row, "update"))
        return steps

    def amend(self, row: Row) -> Row:
        """A further fact of the same kind corrects what the wrong one stated."""
        dice = self._world.dice
        if row["gov_share_krw"] is not None and dice.chance(0.5):
            return {"gov_share_krw": row["gov_share_krw"] * 9 // 10}
        return {"product_name": f"{dice.pick(_PRODUCTS)} {dice.between(2, 4)}세대"}

    def stamp(self, row: Row, at: int) -> None:
        row["occurred_at"] = self._instant(at)

    def seal(self, steps: list[Step]) -> None:
        """Facts of a project are counted from 1 without gaps."""
        for number, step in enumerate(steps, 1):
            step.row["event_no"] = number

    def resend(self, step: Step) -> Row:
        return step.row

    def encode(self, row: Row) -> tuple[bytes, bytes]:
        out = [self._head]
        self._write(row, out)
        return row["project_id"].encode(), b"".join(out)

    def _number(self, at: int) -> str:
        self._serial += 1
        year = self._world.calendar.iso(at // DAY)[:4]
        return f"AXS-MSS-{year}-{self._first + self._serial:05d}"

    def _state(self, row: Row, event: str, at: int) -> None:
        row["event"], row["event_no"] = event, 1
        self.stamp(row, at)

    def _instant(self, at: int) -> str:
        dice = self._world.dice
        fraction = f".{dice.below(1000):03d}" if dice.chance(0.3) else ""
        if dice.chance(0.15):
            return self._world.calendar.iso_stamp(at - 9 * 3600) + fraction + "Z"
        return self._world.calendar.iso_stamp(at) + fraction + "+09:00"

    def _told(self, event: str, members: list[Row], at: int) -> Row:
        """What a fact states beside its kind."""
        dice = self._world.dice
        if event == "agreement_signed":
            gov = dice.between(100, 900) * 1_000_000
            day = at // DAY
            return {
                "members": members,
                "gov_share_krw": gov,
                "private_share_krw": gov * 3 // 7,
                "gov_rate": 0.7,
                "agreement_at": self._instant(at),
                "period": {
                    "from": self._world.calendar.iso(day),
                    "to": self._world.calendar.iso(day + dice.between(240, 500)),
                },
                "consents": self._consents(members, at),
            }
        if event == "member_changed":
            return {"members": self._changed(members, at)}
        if event == "project_cancelled":
            return {"cancel_kind": dice.pick(("WITHDRAWN", "TERMINATED", None))}
        return {"product_name": dice.pick(_PRODUCTS) if dice.chance(0.3) else None}

    def _changed(self, members: list[Row], at: int) -> list[Row]:
        """One of the other firms leaves, or a new one joins."""
        world, dice = self._world, self._world.dice
        others = [one for one in members if one["role"] == "DEMAND" and one["left_on"] is None]
        if others:
            left = {**others[0], "left_on": world.calendar.iso(at // DAY)}
            return [left if one is others[0] else one for one in members]
        joined = found(dice, world.numbers, world.places, _OTHERS)
        return [*members, self._member("DEMAND", joined, at, lagging=False)]

    def _member(self, role: str, firm: Firm, at: int, lagging: bool) -> Row:
        brn, industry = firm.brn, firm.industry
        digits = industry.ksic[: self._world.dice.pick((2, 3, 5))]
        return {
            "role": role,
            "brn": f"{brn[:3]}-{brn[3:5]}-{brn[5:]}",
            "name": firm.spelled(self._world.dice),
            "size": _SIZE[firm.size],
            "sigungu_cd": firm.place.row(at // DAY, lagging).code,
            "ksic": industry.section + digits,
            "left_on": None,
        }

    def _supplier(self) -> Row:
        number = self._world.dice.pick(self._world.numbers.suppliers)
        return {
            "role": "SUPPLY",
            "brn": f"{number[:3]}-{number[3:5]}-{number[5:]}",
            "name": "(주)가상에이아이",
            "size": "SME",
            "sigungu_cd": "11680",
            "ksic": "J58222",
            "left_on": None,
        }

    def _consents(self, members: list[Row], at: int) -> list[Row]:
        """What firms of the demand side were asked; some refuse, some withdraw later."""
        dice, given = self._world.dice, []
        for member in members:
            if member["role"] not in ("LEAD", "DEMAND") or dice.chance(0.15):
                continue
            recipients = [*dice.draw(_RECIPIENTS)]
            for kind, chance in (("ENTERPRISE_INFO", 0.85), ("PERSONAL_3RD", 0.5)):
                granted = dice.chance(chance)
                given.append(
                    {
                        "member_brn": member["brn"],
                        "kind": kind,
                        "recipients": recipients,
                        "granted_at": self._instant(at - DAY) if granted else None,
                        "revoked_at": None,
                    }
                )
        return given
