"""A closed or suspended firm on real services (EL-6, A-98, F63): what a person states holds from
its day on, ends or holds what is open, and can be taken back."""

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services import wiring
from services.adapters.postgres.acting import Acting
from services.cli import app
from services.domain.ids import uid
from tests.integration.hub.harness import Hub, eventually
from tests.integration.hub.partners import Partners
from tests.integration.hub.tasks import FEEDBACK, Tasks, brn, key_on

FIRM = uid("enterprise", "BRN", brn(1))
OTHER = uid("enterprise", "BRN", brn(2))
BASIS = "국세청 사업자등록 상태조회"


class Desk:
    """A hub with running processes, and the commands a person uses."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.partners = Partners.of(hub)
        self.tasks = Tasks(self.partners.ids["src.mss.smart-factory.v1-value"])
        hub.start("ingest")
        hub.start("relay")

    def put(self, *messages: Any) -> None:
        self.hub.publish(messages)
        self.settled()

    def settled(self) -> None:
        self.hub.drain()
        self.hub.sound()
        if self.sent():
            self.hub.no_doubles()

    def naru(self, *words: str, status: int = 0, **more: str) -> Any:
        """What a command says with --json."""
        dsn = self.hub.settings.postgres.get_secret_value()
        today = str(self.hub.settings.today)
        tail = ["--json", "--postgres", dsn]
        tail += ["--today", today] if "--by" in words else []
        result = CliRunner().invoke(app, [*words, *tail])
        assert result.exit_code == status, result.output
        return json.loads(result.stdout) if result.stdout.strip() else None

    def state(self, firm: str, says: str, since: str, *more: str) -> dict[str, Any]:
        found: dict[str, Any] = self.naru(
            "firm",
            "status",
            firm,
            says,
            "--since",
            since,
            "--basis",
            BASIS,
            "--by",
            "담당관",
            *more,
        )
        self.settled()
        return found

    def undo(self, act: int) -> dict[str, Any]:
        found: dict[str, Any] = self.naru(
            "review", "undo", str(act), "--by", "담당관", "--why", "착오"
        )
        self.settled()
        return found

    def referral(self, firm: str = FIRM) -> tuple[str, str]:
        """(status, reasons) of the firm's newest referral."""
        rows = self.hub.rows(
            "select status, reasons from referral where enterprise_id = $1"
            " order by round desc limit 1",
            firm,
        )
        return rows[0] if rows else ("", "")

    def sent(self, table: str = "referral_version") -> int:
        counted: int = self.hub.rows(f"select count(*)::int from {table}")[0][0]
        return counted


@pytest.fixture
def desk(hub: Hub) -> Desk:
    return Desk(hub)


def test_a_closing_ends_what_is_open_and_an_undo_brings_it_back(desk: Desk) -> None:
    desk.put(desk.tasks.row(key_on(0, 800), 1), desk.tasks.row(key_on(1, 801), 2))
    assert desk.referral() == ("requested", "LC-1")
    told = desk.state(brn(1), "closed", "2026-04-01")
    assert (told["records"], told["decided"], told["referrals"]) == (1, 1, 1)
    assert desk.referral() == ("cancel_requested", "EL-6 firm_closed")
    assert desk.referral(OTHER)[0] == "requested"
    newest = [record for _, record in desk.hub.referrals() if record["status"] != "requested"]
    assert [r["reasons"] for r in newest] == [["EL-6", "firm_closed"]], "the agency hears of it"
    kinds = [f["status"] for f in desk.hub.feedback(FEEDBACK) if f["kind"] == "referral_status"]
    assert kinds.count("cancel_requested") == 1, "and so does the partner"
    assert desk.state(brn(1), "closed", "2026-04-01")["act"] is None, "the same again is nothing"

    back = desk.undo(told["act"])
    assert back["undoes"] == told["act"]
    assert desk.referral() == ("requested", "LC-1")
    [row] = desk.naru("explain", brn(1))["records"]
    assert (row["since"], row["basis"], row["is_undone"]) == ("2026-04-01", BASIS, True)
    assert "취소됨" in row["ko"] and "Taken back" in row["en"]
    refused = desk.naru(
        "review", "undo", str(told["act"]), "--by", "담당관", "--why", "착오", status=1
    )
    assert "REVIEW_REFUSED" in json.dumps(refused)
    acts = desk.naru("review", "show", brn(1))["acts"]
    assert [(a["kind"], a["why"]) for a in acts] == [("tax_status", BASIS), ("undo", "착오")]
    assert desk.naru("replay")["equal"]


def test_a_closing_that_waits_to_be_confirmed_holds(desk: Desk) -> None:
    desk.put(desk.tasks.row(key_on(0, 802), 1))
    desk.state(brn(1), "closed", "2026-04-01", "--unconfirmed")
    assert desk.referral() == ("on_hold", "CLOSING_UNCONFIRMED")
    [row] = desk.naru("explain", brn(1))["records"]
    assert "폐업, 2026-04-01부터, 확인 전. 근거: " + BASIS in row["ko"]
    assert "closed, from 2026-04-01, not confirmed yet" in row["en"]
    assert brn(1) not in json.dumps(row), "numbers of firms are masked"
    desk.put(desk.tasks.row(key_on(0, 802), 1, LAST_CHG_DT="20260410093000", ORDTM_LABRR_CNT="46"))
    assert desk.referral() == ("on_hold", "CLOSING_UNCONFIRMED"), "an event changes nothing of it"
    told = desk.state(brn(1), "closed", "2026-04-01", "--confirmed")
    assert told["referrals"] == 1
    assert desk.referral() == ("cancel_requested", "EL-6 firm_closed")
    desk.state(brn(1), "active", "2026-04-12")
    assert desk.referral() == ("requested", "LC-1"), "reopened: decided again"


def test_a_closed_firm_gets_no_referral_and_a_suspended_one_does(desk: Desk) -> None:
    """The first decision: EL-6; a suspension changes nothing (A-98)."""
    desk.put(
        desk.tasks.row(key_on(0, 803), 1, STTUS_CD="ST10"),
        desk.tasks.row(key_on(1, 804), 2, STTUS_CD="ST10"),
    )
    desk.state(brn(1), "closed", "2026-04-01")
    desk.state(brn(2), "suspended", "2026-04-01")
    desk.put(
        desk.tasks.row(key_on(0, 803), 1, LAST_CHG_DT="20260410093000"),
        desk.tasks.row(key_on(1, 804), 2, LAST_CHG_DT="20260410093000"),
    )
    assert desk.referral() == ("", "")
    assert desk.referral(OTHER) == ("requested", "LC-1")
    before = desk.sent(), desk.sent("decision_log")
    desk.state(brn(2), "active", "2026-04-02")
    assert desk.sent() == before[0], "what changes no decision sends nothing"
    told = desk.naru("explain", brn(1))
    assert [one["kind"] for one in told["records"]] == ["tax_status"]
    [place] = told["establishments"]
    assert place["decision"]["stored"]["referral"]["reasons"] == ["EL-6"]
    assert "폐업" in json.dumps(place["explanation"], ensure_ascii=False)


def test_a_day_to_come_is_the_clocks(desk: Desk) -> None:
    hub = desk.hub
    desk.put(desk.tasks.row(key_on(0, 805), 1))
    sent = desk.sent()
    desk.state(brn(1), "closed", "2026-05-01", "--until", "2026-05-31")
    assert (desk.referral()[0], desk.sent()) == ("requested", sent)
    for day, status in ((date(2026, 5, 1), "cancel_requested"), (date(2026, 6, 1), "requested")):
        hub.start("clock", today=day)
        eventually(lambda s=status: desk.referral()[0] == s)  # type: ignore[misc]
        assert hub.stop("clock") == 0, hub.log("clock")
        desk.settled()


def test_statements_follow_their_number_through_merge_and_split(desk: Desk) -> None:
    desk.put(desk.tasks.row(key_on(0, 806), 1), desk.tasks.row(key_on(1, 807), 2))
    told = desk.state(brn(2), "closed", "2026-04-01")
    assert desk.referral(OTHER)[0] == "cancel_requested"

    async def merge(acting: Acting) -> dict[str, Any]:
        return await acting.merge(FIRM, OTHER)

    asyncio.run(wiring.reviewing(desk.hub.settings).act("담당관", "등기부", merge))
    desk.settled()
    owners = desk.hub.rows("select enterprise_id::text from firm_record")
    assert owners == [(FIRM,)]
    by_place = dict(
        desk.hub.rows(
            "select e.key, r.status from referral r join establishment e using (establishment_id)"
        )
    )
    assert by_place == {f"BRN:{brn(1)}": "requested", f"BRN:{brn(2)}": "cancel_requested"}
    assert desk.undo(told["act"])["enterprises"] == [FIRM]
    open_ = desk.hub.rows("select count(*)::int from referral where status = 'requested'")
    assert open_ == [(2,)]


def test_a_file_of_answers(desk: Desk, tmp_path: Path) -> None:
    desk.put(desk.tasks.row(key_on(0, 808), 1), desk.tasks.row(key_on(1, 809), 2))
    file = tmp_path / "status.csv"
    file.write_text(
        f"b_no,b_stt_cd,end_dt\n{brn(1)},03,20260401\n{brn(2)},01,\n{brn(3)},03,20260101\n"
        f"{brn(4)},,\n"
    )
    words = ("firm", "status", "--file", str(file), "--basis", BASIS, "--by", "담당관")
    desk.naru(*words, status=2)
    told = desk.naru(*words, "--since", "2026-04-10")
    assert [one["number"] for one in told["recorded"]] == [brn(1), brn(2)]
    assert (told["unknown"], told["no_answer"]) == ([brn(3)], [brn(4)])
    assert desk.referral() == ("on_hold", "CLOSING_UNCONFIRMED"), "a machine's answer is no proof"
    assert desk.referral(OTHER) == ("requested", "LC-1")
    again = desk.naru(*words, "--since", "2026-04-10")
    assert (again["recorded"], again["unchanged"]) == ([], 2)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("{one}", "closed"),
        ("{one}", "shut", "--since", "2026-04-01"),
        ("12", "closed", "--since", "2026-04-01"),
        ("{one}", "closed", "--since", "2026-04-01", "--until", "2026-03-01"),
    ],
)
def test_wrong_use_says_what_is_missing(hub: Hub, words: tuple[str, ...]) -> None:
    dsn = hub.settings.postgres.get_secret_value()
    given = [word.format(one=brn(1)) for word in words]
    tail = ["--basis", BASIS, "--by", "담당관", "--postgres", dsn]
    result = CliRunner().invoke(app, ["firm", "status", *given, *tail])
    assert result.exit_code == 2, result.output
