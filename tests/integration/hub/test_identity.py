"""Merge, split and undo on real services: what a person decides holds for what comes later, and
running workers see it (handbook Q28, F65)."""

import asyncio
import threading
import time
from typing import Any

import pytest
from typer.testing import CliRunner

from services import wiring
from services.adapters.postgres.acting import Acting
from services.cli import app
from services.domain.acts import Refused
from services.domain.identity import Kind
from services.domain.ids import uid
from tests.integration.hub.harness import Hub
from tests.integration.hub.partners import Partners
from tests.integration.hub.tasks import Tasks, brn, key_on, participation_id

CRN = "9999110001019"
FIRMS = [uid("enterprise", "BRN", brn(n)) for n in range(4)]


def act(hub: Hub, work: Any, by: str = "담당관") -> dict[str, Any]:
    """Carries one act out in this process."""
    return asyncio.run(wiring.reviewing(hub.settings).act(by, "등기부 확인", work))


def merged(hub: Hub, keep: int, gone: int, **more: Any) -> dict[str, Any]:
    async def work(acting: Acting) -> dict[str, Any]:
        return await acting.merge(FIRMS[keep], FIRMS[gone], **more)

    return act(hub, work)


def split(hub: Hub, firm: str, *numbers: tuple[int, str]) -> dict[str, Any]:
    async def work(acting: Acting) -> dict[str, Any]:
        return await acting.split(firm, numbers)

    return act(hub, work)


def undone(hub: Hub, number: int) -> dict[str, Any]:
    async def work(acting: Acting) -> dict[str, Any]:
        return await acting.undo(number)

    return act(hub, work)


def tables(hub: Hub) -> dict[str, Any]:
    """Everything but versions, times and history."""
    asked = {
        "numbers": "select kind, value, enterprise_id, establishment_id, confidence, place_id,"
        " valid_from, valid_to from identifier",
        "firms": "select enterprise_id, merged_into, has_records from enterprise",
        "places": "select establishment_id, enterprise_id, key from establishment",
        "participations": "select participation_id, enterprise_id, establishment_id, status, doc,"
        " consent_asked, promotion_asked, stream, kafka_offset from participation",
        "records": "select record_id, enterprise_id, establishment_id, doc from firm_record",
        "referrals": "select referral_id, enterprise_id, establishment_id, round, status, stage,"
        " reasons, addressees, level, priority, handed_over, decision_id from referral",
        "reviews": "select review_id, issue, enterprise_id, other_id, detail, state, act"
        " from identity_review",
    }
    return {what: sorted(hub.rows(sql), key=str) for what, sql in asked.items()}


def owners(hub: Hub) -> dict[str, str]:
    return {
        str(row[0]): str(row[1])
        for row in hub.rows("select participation_id, enterprise_id from participation")
    }


class Flow:
    """A hub with running processes and hand-made messages."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.partners = Partners.of(hub)
        self.tasks = Tasks(self.partners.ids["src.mss.smart-factory.v1-value"])
        hub.start("ingest")
        hub.start("relay")

    def put(self, *messages: Any) -> None:
        self.hub.publish(messages)
        self.hub.drain()
        self.hub.sound()


@pytest.fixture
def flow(hub: Hub) -> Flow:
    return Flow(hub)


def test_a_review_is_merged_and_taken_back(flow: Flow) -> None:
    hub, tasks = flow.hub, flow.tasks
    first, second, third, later = (key_on(n % 4, 700 + n) for n in range(4))
    flow.put(tasks.row(first, 1), tasks.row(second, 2, JURIRNO=CRN))
    flow.put(tasks.row(third, 1, JURIRNO=CRN), flow.partners.month(2, "2026-03"))
    ((review, issue),) = hub.rows("select review_id::text, issue from identity_review")
    assert issue == "CRN_LEADS_ELSEWHERE"
    before = tables(hub)

    told = merged(hub, 1, 2, review_id=review)
    assert (told["participations"], told["records"], told["superseded"]) == (1, 1, [])
    assert set(owners(hub).values()) == {FIRMS[1]}
    assert hub.rows("select state, act from identity_review") == [("merged", told["act"])]
    open_ = hub.rows(
        "select enterprise_id::text, count(*), count(distinct establishment_id)"
        " from referral where status = 'requested' group by 1"
    )
    assert open_ == [(FIRMS[1], 2, 2)], "one open referral a workplace, both the merged firm's"

    flow.put(tasks.row(later, 2))
    assert owners(hub)[participation_id(later)] == FIRMS[1], "the old number finds the merged firm"
    back = undone(hub, told["act"])
    assert back["undoes"] == told["act"]
    assert owners(hub)[participation_id(later)] == FIRMS[2], "what came since goes where it belongs"
    flow.put(tasks.deleted(later, "20260403093000"))
    after = tables(hub)
    for table in ("numbers", "firms", "places", "records", "reviews"):
        assert after[table] == before[table], table
    with pytest.raises(Refused):
        undone(hub, told["act"])
    flow.put()
    hub.no_doubles()


def test_merge_then_undo_leaves_what_was_there(flow: Flow) -> None:
    """Exactly, but for versions and history; an agency's newest version is not a recall."""
    hub, tasks = flow.hub, flow.tasks
    flow.put(
        tasks.row(key_on(0, 710), 1),
        tasks.row(key_on(1, 711), 2),
        flow.partners.answer("SV-9", 1, 2),
    )
    before = tables(hub)
    told = merged(hub, 1, 2, same_place=True)
    gone = uid("establishment", f"BRN:{brn(2)}")
    assert hub.rows("select status, reasons from referral where establishment_id = $1", gone) == [
        ("superseded", "merged")
    ]
    assert len(told["superseded"]) == 1
    assert hub.rows("select count(*) from referral where status = 'requested'") == [(1,)]
    flow.put()
    recalls = [r for _, r in hub.referrals() if r["status"] == "superseded"]
    assert len(recalls) >= 1
    assert all(r["recall"] and r["enterprise"] is None for r in recalls)
    assert {r["referral_id"] for r in recalls} == set(told["superseded"])
    undone(hub, told["act"])
    assert tables(hub) == before
    flow.put()
    newest: dict[str, Any] = {}
    for _, record in hub.referrals():
        if record["version"] >= newest.get(record["referral_id"], record)["version"]:
            newest[record["referral_id"]] = record
    assert [r["recall"] for r in newest.values()] == [False, False]
    hub.no_doubles()


def test_a_changed_number_is_the_same_workplace(flow: Flow) -> None:
    """F65: a dated alias; referrals follow the entity."""
    hub, tasks = flow.hub, flow.tasks
    old, new, again = (key_on(n, 720 + n) for n in range(3))
    flow.put(tasks.row(new, 1), tasks.row(old, 2))

    async def work(acting: Acting) -> dict[str, Any]:
        from datetime import date

        return await acting.merge(FIRMS[1], FIRMS[2], same_place=True, changed_on=date(2026, 3, 1))

    act(hub, work)
    flow.put(tasks.row(again, 2))
    assert hub.rows(
        "select distinct enterprise_id::text, establishment_id::text from participation"
    ) == [(FIRMS[1], uid("establishment", f"BRN:{brn(1)}"))]
    assert [
        (row[0], str(row[1]), str(row[2]))
        for row in hub.rows(
            "select value, valid_from, valid_to from identifier where kind = 1 order by 1"
        )
    ] == [(brn(1), "2026-03-01", "None"), (brn(2), "None", "2026-02-28")]
    assert hub.rows("select count(*) from referral where status = 'requested'") == [(1,)]


def test_a_branch_is_split_out_and_taken_back(flow: Flow) -> None:
    """Two business numbers that one corporate number has joined were two firms."""
    hub, tasks = flow.hub, flow.tasks
    one, two, later = (key_on(n, 730 + n) for n in range(3))
    flow.put(tasks.row(one, 1, JURIRNO=CRN))
    flow.put(tasks.row(two, 2, JURIRNO=CRN))
    assert set(owners(hub).values()) == {FIRMS[1]}
    before = tables(hub)
    told = split(hub, FIRMS[1], (Kind.BRN, brn(2)))
    assert owners(hub) == {participation_id(one): FIRMS[1], participation_id(two): FIRMS[2]}
    flow.put(tasks.row(later, 2), tasks.row(two, 2, JURIRNO=CRN, LAST_CHG_DT="20260405093000"))
    found = owners(hub)
    assert (found[participation_id(later)], found[participation_id(two)]) == (FIRMS[2], FIRMS[2])
    assert hub.rows("select count(*) from identity_review where state = 'open'") == [(0,)], (
        "the doubt that the split itself makes is decided with it"
    )
    assert hub.rows("select count(*) from referral where status = 'requested'") == [(2,)]
    undone(hub, told["act"])
    assert set(owners(hub).values()) == {FIRMS[1]}
    after = tables(hub)
    assert after["numbers"] == before["numbers"] and after["reviews"] == before["reviews"]
    flow.put()


def test_acts_are_taken_back_in_turn(flow: Flow) -> None:
    hub, tasks = flow.hub, flow.tasks
    flow.put(*(tasks.row(key_on(n, 740 + n), n) for n in (1, 2, 3)))
    before = tables(hub)
    first = merged(hub, 1, 2)["act"]
    second = merged(hub, 3, 2)["act"]
    assert set(owners(hub).values()) == {FIRMS[3]}, "a merged firm stands for all of it"
    with pytest.raises(Refused):
        undone(hub, first)
    undone(hub, second)
    undone(hub, first)
    assert tables(hub) == before


def test_workers_and_people_at_once(hub: Hub) -> None:
    """Two workers take in events of a few firms while these are merged and taken back again and
    again: at the end everything is where the numbers lead."""
    partners = Partners.of(hub)
    tasks = Tasks(partners.ids["src.mss.smart-factory.v1-value"])
    keys = [key_on(n % 4, 760 + n) for n in range(40)]
    hub.start("ingest")
    hub.start("ingest-1", slot=1)
    hub.start("relay")
    hub.publish([tasks.row(key_on(n, 750 + n), n) for n in (1, 2)])
    hub.drain()
    done = threading.Event()
    numbers: list[int] = []

    def people() -> None:
        while not done.is_set() or len(numbers) < 4:
            told = merged(hub, 1, 2)
            numbers.append(told["act"])
            undone(hub, told["act"])

    thread = threading.Thread(target=people)
    thread.start()
    for round_ in range(6):
        at = f"202604{round_ + 10:02d}093000"
        hub.publish(
            [
                tasks.row(k, 1 + n % 2, LAST_CHG_DT=at, ORDTM_LABRR_CNT=str(40 + round_))
                for n, k in enumerate(keys)
            ]
        )
        time.sleep(0.5)
    done.set()
    thread.join(60)
    assert not thread.is_alive() and len(numbers) >= 4
    last = merged(hub, 1, 2)
    assert last["numbers"] >= 1
    hub.drain()
    hub.sound()
    assert set(owners(hub).values()) == {FIRMS[1]}
    assert len(owners(hub)) == 42
    undone(hub, last["act"])
    links = {
        row[0]: str(row[1])
        for row in hub.rows("select value, enterprise_id from identifier where kind = 1")
    }
    assert links == {brn(1): FIRMS[1], brn(2): FIRMS[2]}
    found = owners(hub)
    assert [found[participation_id(k)] for k in keys] == [FIRMS[1 + n % 2] for n in range(40)]
    hub.drain()
    hub.sound()
    hub.no_doubles()
    assert (
        hub.rows(
            "select referral_id from referral where status = 'requested'"
            " group by establishment_id, referral_id having count(*) > 1"
        )
        == []
    )


def test_the_command(flow: Flow) -> None:
    hub, tasks = flow.hub, flow.tasks
    flow.put(tasks.row(key_on(0, 780), 1), tasks.row(key_on(1, 781), 2, JURIRNO=CRN))
    flow.put(tasks.row(key_on(2, 782), 1, JURIRNO=CRN))
    runner = CliRunner()
    dsn = ["--postgres", hub.settings.postgres.get_secret_value()]

    def naru(*words: str, status: int = 0) -> str:
        result = runner.invoke(app, ["review", *words, *dsn])
        assert result.exit_code == status, result.output
        return result.output

    assert "1 reviews" in naru("list")
    (review,) = hub.rows("select review_id::text from identity_review")[0]
    assert brn(1) in naru("show", review) and brn(2) in naru("show", review)
    assert "--why" in naru("merge", review, "--by", "x", "--json", status=2)
    decided = ("--by", "담당관", "--why", "등기부 확인", "--today", "2026-04-15")
    assert "merge" in naru("merge", review, *decided)
    assert "NOT_FOUND" in naru("show", "00000000-0000-5000-8000-000000000000", "--json", status=1)
    naru("merge", review, *decided, status=1)
    assert "undo" in naru("undo", "0", *decided)
    naru("dismiss", review, *decided[:4])
    naru("dismiss", review, *decided[:4], status=1)
    naru("split", brn(1), "--number", "nonsense", *decided, status=2)
    assert naru("list").startswith("검토 0건")
    unreachable = ["review", "list", "--postgres", "postgresql://127.0.0.1:1/none"]
    assert runner.invoke(app, unreachable).exit_code == 3


def test_head_office_and_branch_of_one_corporation(flow: Flow) -> None:
    """Worked case 7: one enterprise, two establishments, a referral each; without the link no
    merge by name, but a review."""
    hub, tasks = flow.hub, flow.tasks
    head, branch, other = (key_on(n, 790 + n) for n in range(3))
    flow.put(tasks.row(head, 1, JURIRNO=CRN))
    flow.put(tasks.row(branch, 2, JURIRNO=CRN), tasks.row(other, 3))
    assert owners(hub) == {
        participation_id(head): FIRMS[1],
        participation_id(branch): FIRMS[1],
        participation_id(other): FIRMS[3],
    }
    assert hub.rows(
        "select value, confidence from identifier where kind = 1 and enterprise_id = $1 order by 1",
        FIRMS[1],
    ) == [(brn(1), 100), (brn(2), 95)]
    places = hub.rows(
        "select establishment_id::text from referral where enterprise_id = $1"
        " and status = 'requested' order by 1",
        FIRMS[1],
    )
    assert places == sorted((uid("establishment", f"BRN:{brn(n)}"),) for n in (1, 2))
    assert hub.rows("select 1 from identity_review") == []
    found = asyncio.run(wiring.reviewing(hub.settings).find())
    assert found == {"opened": 1}, "the third firm has the same name and place"
    assert hub.rows(
        "select issue, array[enterprise_id, other_id]::text[] from identity_review"
    ) == [("NAME_SAME", sorted([FIRMS[1], FIRMS[3]]))]
    assert asyncio.run(wiring.reviewing(hub.settings).find()) == {"opened": 0}
    assert len(set(owners(hub).values())) == 2


def test_a_workplace_number_of_the_firm_is_a_place_of_its_own(flow: Flow) -> None:
    """Branches: one firm, one referral a workplace (Q19)."""
    hub, tasks = flow.hub, flow.tasks
    far = brn(2) + "0"
    flow.put(
        tasks.row(key_on(0, 800), 1, BPL_NO=brn(1) + "0"), tasks.row(key_on(1, 801), 1, BPL_NO=far)
    )
    assert set(owners(hub).values()) == {FIRMS[1]}
    keys = hub.rows("select key from establishment order by 1")
    assert keys == [(f"BRN:{brn(1)}",), (f"EI:{far}",)]
    assert hub.rows("select count(*) from referral where status = 'requested'") == [(2,)]


def test_a_number_under_two_names_and_a_masked_number(flow: Flow) -> None:
    hub, tasks = flow.hub, flow.tasks
    flow.put(
        tasks.row(key_on(0, 810), 1),
        tasks.row(key_on(1, 811), 1, ENTRPRS_NM="다른상사(주)"),
        tasks.row(key_on(2, 812), 1, BIZR_NO=brn(1)[:6] + "****"),
    )
    assert set(owners(hub).values()) == {FIRMS[1]}, "by its number"
    assert len(owners(hub)) == 2, "a masked number joins nothing"
    assert hub.states()[key_on(2, 812)] == [("held", "BRN_MASKED")]
    assert hub.rows(
        "select issue, enterprise_id::text, other_id::text, detail from identity_review"
    ) == [("NAME_DIFFERS", FIRMS[1], FIRMS[1], brn(1))]


def test_a_corporate_number_that_fails_its_check_joins_nothing(flow: Flow) -> None:
    """Below 0.9: two firms and a review (Q28)."""
    hub, tasks = flow.hub, flow.tasks
    wrong = CRN[:-1] + str((int(CRN[-1]) + 1) % 10)
    flow.put(tasks.row(key_on(0, 820), 1, JURIRNO=wrong))
    flow.put(tasks.row(key_on(1, 821), 2, JURIRNO=wrong))
    assert set(owners(hub).values()) == {FIRMS[1], FIRMS[2]}
    assert hub.rows("select issue from identity_review") == [("CRN_UNCHECKED",)]
    assert hub.rows("select confidence from identifier where kind = 2") == [(70,)]
