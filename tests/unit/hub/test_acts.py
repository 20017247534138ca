"""Merge, split and undo without a database: any firms, any acts, taken back, leave what was there.

The tables are those of `Memory`; an act is carried out on them as the adapter does on Postgres.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Consent, Participation
from connectors.identifiers import crn_passes
from services.domain import acts
from services.domain.acts import Number, Numbers, Plan
from services.domain.deciding import Deciding
from services.domain.documents import to_document
from services.domain.firms import Firms
from services.domain.identity import Identifier, Kind, Link, resolve
from services.domain.ids import Id, uid
from services.domain.moving import Holdings, Moved, settle
from services.domain.outgoing import Cause
from services.errors import WrongUse
from services.simulation.numbers import brn_check
from tests.unit.hub.conftest import CLOCK

CRN = "9999110001019"
BRNS = [f"99981{n:04d}" + brn_check(f"99981{n:04d}") for n in range(1, 5)]
CONSENT = Consent(True, ("HRDK", "AI_CENTER"))


@dataclass
class World:
    """The tables that an act reads and writes."""

    desk: Any
    numbers: Numbers = field(default_factory=dict)
    places: dict[Id, tuple[Id, str]] = field(default_factory=dict)
    held: dict[Id, tuple[Id, Id, int, Participation]] = field(default_factory=dict)
    referrals: dict[Id, tuple[Any, ...]] = field(default_factory=dict)
    sent: list[tuple[Any, ...]] = field(default_factory=list)
    offset: int = 0

    def meet(self, key: str, **numbers: str | None) -> None:
        """A participation comes, as an event would bring it."""
        p = Participation(
            "P3", key, (), role="DEMAND", status="CONTRACTED", sigungu="48123",
            region_confidence="CODE", size_class="MEDIUM", regular_workers=45, ksic_code="C26",
            consent_enterprise_info=True, consent=CONSENT, event_on="2026-04-01",
            agreement_on="2026-03-11", **numbers,  # type: ignore[arg-type]
        )  # fmt: skip
        links = {i: n.link for i, n in self.numbers.items()}
        found = resolve(p, p.crn is not None and crn_passes(p.crn), links.get)
        assert found is not None
        self.numbers |= {i: Number(link) for i, link in found.learnt.items()}
        here = (found.enterprise_id, found.establishment_key)
        self.places.setdefault(found.establishment_id, here)
        pid = uid("participation", "P3", key)
        self.held[pid] = (found.enterprise_id, found.establishment_id, 1, p)
        firms = self.loaded({found.enterprise_id})
        places = {(h[0], h[1]) for h in self.held.values() if h[0] == found.enterprise_id}
        self.keep(Deciding(firms, self.desk, CLOCK).decide_anew(self.cause(), sorted(places)))

    def cause(self) -> Cause:
        self.offset += 1
        return Cause(99, acts.TOPIC, 0, self.offset)

    def loaded(self, enterprises: set[Id]) -> Firms:
        firms = Firms()
        firms.load(
            [
                (pid, e, w, version, None, True, to_document(p))
                for pid, (e, w, version, p) in self.held.items()
                if e in enterprises
            ],
            [(*r[:8], r[9], r[12]) for r in self.referrals.values() if r[1] in enterprises],
        )
        return firms

    def keep(self, effects: Any) -> None:
        self.referrals |= {row[0]: row for row in effects.referrals}
        self.sent += effects.outbox

    def holdings(self, *enterprises: Id) -> tuple[Holdings, Numbers]:
        mine = {i: n for i, n in self.numbers.items() if n.link.enterprise_id in enterprises}
        places = {w: one for w, one in self.places.items() if one[0] in enterprises}
        holdings = Holdings(self.loaded(set(enterprises)), enterprises, places)
        stated = {i: self.numbers[i].link for i in holdings.stated() if i in self.numbers}
        elsewhere = {i: link for i, link in stated.items() if i not in mine}
        return replace(holdings, elsewhere=elsewhere), mine

    def carry_out(self, holdings: Holdings, numbers: Numbers, plan: Plan) -> bytes:
        moved = settle(
            Deciding(holdings.firms, self.desk, CLOCK),
            holdings,
            plan.links(),
            plan.follow,
            plan.kept,
            plan.reopened,
            self.cause(),
            plan.reason,
        )
        for identifier in numbers:
            del self.numbers[identifier]
        self.numbers |= plan.numbers
        self.move(holdings, moved)
        return acts.remembered(numbers, plan, moved, {})

    def move(self, holdings: Holdings, moved: Moved) -> None:
        for h in moved.participations:
            self.held[h.participation_id] = (h.enterprise_id, h.establishment_id, h.version, h.p)
        self.places |= moved.places
        for rid, row in self.referrals.items():
            if row[2] in moved.places:
                self.referrals[rid] = (row[0], moved.places[row[2]][0], *row[2:])
        self.keep(moved.effects)

    def contents(self) -> dict[str, Any]:
        """Without versions and history; a workplace that nobody is at any more is history."""
        peopled = {w for _, w, _, _ in self.held.values()}
        return {
            "numbers": self.numbers,
            "participations": {pid: (e, w) for pid, (e, w, _, _) in self.held.items()},
            "places": {w: one for w, one in self.places.items() if w in peopled},
            "referrals": {
                r[0]: (r[1], r[2], r[3], *r[5:13])
                for r in self.referrals.values()
                if r[2] in peopled
            },
        }

    def sound(self) -> None:
        """Everything is where its numbers lead, one open referral a workplace."""
        links = {i: n.link for i, n in self.numbers.items()}
        owners: dict[Id, Id] = {}
        for e, w, _, p in self.held.values():
            found = resolve(p, p.crn is not None and crn_passes(p.crn), links.get)
            assert found is not None and (found.enterprise_id, found.establishment_id) == (e, w)
            assert owners.setdefault(w, e) == e, "a workplace has one firm"
            assert self.places[w][0] == e
        open_ = [r for r in self.referrals.values() if r[5] in ("requested", "held")]
        assert sorted(r[2] for r in open_) == sorted(owners)
        assert all(r[1] == owners[r[2]] for r in open_)
        ids = [(r[1], r[4].split(b"\x1f")[3]) for r in self.sent if r[1].startswith("agency.")]
        assert len(ids) == len(set(ids)), "no version goes out twice"


EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "brn": st.sampled_from(BRNS),
            "crn": st.sampled_from([None, None, CRN]),
            "ei_workplace_no": st.sampled_from([None, BRNS[0] + "0", BRNS[1] + "2"]),
        }
    ),
    min_size=2,
    max_size=6,
)
_QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _world(office: Any, events: list[dict[str, str | None]]) -> World:
    world = World(office.desk)
    for number, event in enumerate(events):
        world.meet(f"T{number}", **event)
    return world


def _firms(world: World) -> list[Id]:
    return sorted({e for e, _, _, _ in world.held.values()})


@_QUICK
@given(events=EVENTS, same_place=st.booleans())
def test_merge_then_undo(office, events, same_place) -> None:  # type: ignore[no-untyped-def]
    world = _world(office, events)
    firms = _firms(world)
    if len(firms) < 2:
        return
    keep, gone = firms[:2]
    before = world.contents()
    holdings, numbers = world.holdings(keep, gone)
    try:
        plan = acts.merge(holdings, numbers, keep, gone, same_place)
    except acts.Refused:
        assert same_place
        return
    document = world.carry_out(holdings, numbers, plan)
    world.sound()
    assert gone not in _firms(world)
    holdings, numbers = world.holdings(keep, gone)
    world.carry_out(holdings, numbers, acts.undo(acts.MERGE, (keep, gone), document, numbers))
    world.sound()
    assert world.contents() == before


@_QUICK
@given(events=EVENTS, which=st.integers(0, 5))
def test_split_then_undo(office, events, which) -> None:  # type: ignore[no-untyped-def]
    world = _world(office, events)
    firm = _firms(world)[0]
    own = sorted(i for i, n in world.numbers.items() if n.link.enterprise_id == firm)
    out = [own[which % len(own)]]
    new = acts.new_enterprise(firm, out, [acts.natural_enterprise(out)], 1)
    assert new != firm
    before = world.contents()
    holdings, numbers = world.holdings(firm, new)
    try:
        plan = acts.split(numbers, firm, out, new)
    except acts.Refused:
        return
    document = world.carry_out(holdings, numbers, plan)
    world.sound()
    holdings, numbers = world.holdings(firm, new)
    world.carry_out(holdings, numbers, acts.undo(acts.SPLIT, (firm, new), document, numbers))
    world.sound()
    assert world.contents()["participations"] == before["participations"]
    assert world.contents()["numbers"] == before["numbers"]


def test_a_number_of_another_firm_cannot_be_split_out(office: Any) -> None:
    world = _world(office, [{"brn": BRNS[0]}, {"brn": BRNS[1]}])
    firm = world.numbers[Kind.BRN, BRNS[0]].link.enterprise_id
    _, numbers = world.holdings(firm)
    for out in ([], [(Kind.BRN, BRNS[1])]):
        with pytest.raises(WrongUse):
            acts.split(numbers, firm, out, "x")
    with pytest.raises(acts.Refused):
        acts.split(numbers, firm, [(Kind.BRN, BRNS[0])], "x")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("BRN:999-81-01014", (Kind.BRN, "9998101014")),
        ("crn:9999110001019", (Kind.CRN, CRN)),
        ("EI:99981010140", (Kind.EI_WORKPLACE, "99981010140")),
    ],
)
def test_numbers_as_people_write_them(text: str, number: Identifier) -> None:
    assert acts.number_from_text(text) == number
    assert acts.number_from_text(acts.numbers_as_text([number])[0]) == number


@pytest.mark.parametrize("text", ["", "9998101014", "BRN:", "BRN:123456****", "NAME:1"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(WrongUse):
        acts.number_from_text(text)


def test_a_workplace_that_stood_alone_goes_where_a_person_said(office: Any) -> None:
    from services.domain.identity import alone

    p = Participation("", "x", (), ei_workplace_no="99981010140")
    own = alone(p)
    link = Link(uid("enterprise", "BRN", BRNS[0]), own.establishment_id, 100)
    found = alone(p, link)
    assert found.enterprise_id == link.enterprise_id != own.enterprise_id
    assert found.establishment_id == own.establishment_id
