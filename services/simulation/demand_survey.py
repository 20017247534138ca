"""Demand survey 수요조사: answers of firms that were asked in a programme, or that came by
themselves; changed, refused, taken back."""

import json

from schemas.codec import schema_text
from schemas.writer import compile_writer
from services.simulation import wire
from services.simulation.chance import Weighted
from services.simulation.days import DAY, instant, later, moment, on_workday
from services.simulation.demand_survey_defects import DEFECTS
from services.simulation.firms import LARGE, MEDIUM, MICRO, MIDSIZE, SMALL, Firm, Profile
from services.simulation.story import Row, Step
from services.simulation.world import World

FOLDER, TOPIC = "demand-survey", "src.moel.demand-survey.v1"
_CHANNELS = Weighted((("WEB", 60.0), ("PHONE", 22.0), ("VISIT", 8.0), ("PAPER", 10.0)))
_STATES = Weighted((("ANSWERED", 84.0), ("REFUSED", 7.0), ("NO_RESPONSE", 9.0)))
_WISHES = Weighted(((True, 62.0), (False, 16.0), (None, 22.0)))
_NEXT = Weighted((((), 70.0), (("ANSWERED",), 18.0), (("RETRACTED",), 4.0), (("refused",), 8.0)))
_ITEMS = ("firm_nm", "brn", "wishes", "fields", "level_wanted")
_RECIPIENTS = Weighted(((("HRDK", "AI_CENTER"), 70.0), (("HRDK",), 20.0), (("HRDK", "KBIZ"), 10.0)))
_SILENT = ("wishes", "uses_ai", "level_wanted", "mode_wanted", "hours_wanted", "trainee_count")


class DemandSurvey:
    """One run's survey desk."""

    follows = True
    folder, topic, weight, defects = FOLDER, TOPIC, 1.5, DEFECTS
    profile = Profile(Weighted(((MICRO, 24.0), (SMALL, 42.0), (MEDIUM, 30.0), (MIDSIZE, 4.0))), 0.6)

    def __init__(self, world: World) -> None:
        self._world = world
        schema = json.loads(schema_text(f"source/{FOLDER}"))
        self._fields = {field["name"]: field.get("default") for field in schema["fields"]}
        self._write = compile_writer(schema)
        self._head = wire.confluent_head(world.schema_id(FOLDER))
        self._first = world.dice.below(900) * 1_000
        self._serial = 0

    def welcomes(self, firm: Firm) -> bool:
        return firm.size != LARGE

    def life(self, firm: Firm) -> list[Step]:
        """One survey of the firm: about one of its projects, where it has any."""
        world, dice = self._world, self._world.dice
        projects = world.projects.get(firm.brn, ())
        project = dice.pick(projects) if projects and dice.chance(0.85) else None
        if project is None:
            at = moment(dice, on_workday(world.calendar.first + dice.below(200)))
        else:
            at = later(dice, project.at, 0, 60) - DAY * dice.pick((0, 0, 0, 0, 2))
        at = max(world.calendar.first * DAY, min(at, world.calendar.end - 2))
        self._serial += 1
        year = world.calendar.iso(at // DAY)[:4]
        row = {
            **self._fields,
            "survey_id": f"SV-{year}-{self._first + self._serial:06d}",
            "answer_version": 1,
            "answered_at": None,
            "answer_state": dice.draw(_STATES),
            "channel": dice.draw(_CHANNELS),
            "round": "DISCOVERY" if project is None else dice.pick(("SELECTED", "COMPLETED")),
            "program": None if project is None else project.programme,
            "part_key": None if project is None else project.source_key,
            "brn": firm.brn,
            "crn": firm.crn if firm.crn and dice.chance(0.3) else None,
            "wkpl_mng_no": None,
            "firm_nm": firm.spelled(dice),
            "consents": self._consents(at),
        }
        row |= self._answers(firm) if row["answer_state"] == "ANSWERED" else {}
        row |= {"contact": self._contact(row)}
        self.stamp(row, at)
        steps = [Step(at, row, "create")]
        for state in dice.draw(_NEXT):
            at = later(dice, at, 3, 40)
            if at >= world.calendar.end:
                break
            row = {**row, **self._changed(firm, row, state)}
            self.stamp(row, at)
            steps.append(Step(at, row, "update"))
        return steps

    def amend(self, row: Row) -> Row:
        dice = self._world.dice
        if row["answer_state"] != "ANSWERED":
            return {"channel": dice.draw(_CHANNELS), "firm_nm": f"{row['firm_nm']} 본점"}
        return {
            "trainee_count": (row["trainee_count"] or 0) + dice.between(1, 9),
            "fields": [dice.between(1, 8)],
        }

    def stamp(self, row: Row, at: int) -> None:
        row["answered_at"] = instant(at)

    def seal(self, steps: list[Step]) -> None:
        """Every sending of an answer has the next version."""
        for version, step in enumerate(steps, 1):
            step.row["answer_version"] = version

    def resend(self, step: Step) -> Row:
        return step.row

    def encode(self, row: Row) -> tuple[bytes, bytes]:
        out = [self._head]
        self._write(row, out)
        return row["survey_id"].encode(), b"".join(out)

    def _answers(self, firm: Firm) -> Row:
        dice = self._world.dice
        return {
            "wishes": dice.draw(_WISHES),
            "uses_ai": dice.pick((None, True, False)),
            "fields": dice.shuffled(range(1, 9))[: dice.between(0, 3)],
            "level_wanted": dice.pick((None, 0, 1, 2, 2, 3, 4)),
            "mode_wanted": dice.pick((None, 1, 2, 3, 4, 5, 6)),
            "hours_wanted": dice.pick((None, 1, 2, 3, 4, 5)),
            "trainee_count": dice.between(1, min(firm.workers, 60)),
            "obstacles": dice.shuffled(range(1, 8))[: dice.between(0, 2)],
            "support_wanted": dice.shuffled(range(1, 9))[: dice.between(0, 3)],
        }

    def _changed(self, firm: Firm, row: Row, state: str) -> Row:
        """The next version: answered again, taken back, or its consent withdrawn."""
        if state == "refused":
            withdrawn = [{**one, "granted": False} for one in row["consents"]]
            return {"consents": withdrawn, "contact": None}
        if state == "RETRACTED":
            silent = dict.fromkeys(_SILENT)
            empty: Row = {"fields": [], "obstacles": [], "support_wanted": []}
            return {"answer_state": state, "consents": [], "contact": None, **silent, **empty}
        return {"answer_state": state, "contact": None, **self._answers(firm)}

    def _consents(self, at: int) -> list[Row]:
        dice, given = self._world.dice, []
        recipients = [*dice.draw(_RECIPIENTS)]
        for kind, asked, granted in (
            ("ENTERPRISE_INFO", 0.95, 0.88),
            ("PERSONAL_3RD", 0.7, 0.7),
            ("MARKETING", 0.5, 0.5),
            ("SURVEY", 0.5, 0.8),
        ):
            if dice.chance(asked):
                given.append(
                    {
                        "kind": kind,
                        "granted": dice.chance(granted),
                        "recipients": recipients,
                        "items": list(_ITEMS),
                        "form_version": "2026-1",
                    }
                )
        return given

    def _contact(self, row: Row) -> Row | None:
        """The desk names a contact person only where one has agreed; now and then it forgets."""
        dice = self._world.dice
        agreed = any(one["kind"] == "PERSONAL_3RD" and one["granted"] for one in row["consents"])
        if not (agreed and dice.chance(0.8)):
            return None
        return {"name": "가상담당", "phone": "000-0000-0000", "email": "nobody@example.invalid"}
