"""What goes to an agency never goes beyond what the firm has agreed to (handbook 6, 9)."""

from collections import Counter
from typing import Any

from schemas.codec import decode
from services.domain.documents import from_document
from services.domain.draft import Drafts


def _forwarded(rows: list[Any]) -> list[tuple[str, dict[str, Any]]]:
    """(addressee, record) of what one message leaves with agencies: the last version of each
    referral, for a message that releases held ones applies several in turn."""
    found = {}
    for row in rows:
        if row[1].startswith("agency."):
            agency = row[1].removeprefix("agency.").removesuffix(".referral.v1")
            record = decode("referral", row[3])
            found[agency, record["referral_id"]] = record
    return [(agency, record) for (agency, _), record in found.items()]


def _names(recipients: tuple[str, ...] | None, agency: str) -> bool:
    """Whether a list names the agency: its kind, or the operator (A-02)."""
    kind = agency.split("-")[0] if agency.startswith("HRDK") else agency.replace("-", ":", 1)
    return recipients is not None and (kind in recipients or agency in recipients)


def test_invariant_9_nothing_beyond_consent_is_forwarded(office) -> None:  # type: ignore[no-untyped-def]
    """Message by message: each named participation agrees now, one of them names the agency, a
    recall names nobody; after a withdrawal nothing of that project goes out any more."""
    memory = office.memory()
    seen: Counter[str] = Counter()
    granted_once: set[str] = set()
    for message in office.messages(2500, 23, shared_firms=0.5, corrections=0.2, late=0.1):
        writes, _, learnt = Drafts([memory.draft([message])]).writes([message])
        memory.keep(writes, learnt)
        now = {pid: from_document(row[9]) for pid, row in memory.participations.items()}
        for agency, record in _forwarded(writes.outbox):
            seen["messages"] += 1
            named = [now[one["participation_id"]] for one in record["participations"]]
            assert all(p.consent_enterprise_info is True and not p.is_deleted for p in named)
            if record["recall"]:
                seen["recalls"] += 1
                assert not named and record["enterprise"] is record["establishment"] is None
            elif record["status"] == "requested":
                seen["requested"] += 1
                assert any(p.consent and _names(p.consent.recipients, agency) for p in named)
        for row in writes.participations:
            p = now[row[0]]
            if p.consent_enterprise_info is True:
                granted_once.add(row[0])
            elif p.consent_enterprise_info is False and row[0] in granted_once:
                seen["withdrawn"] += 1
    assert seen["requested"] > 300 and seen["recalls"] > 0 and seen["withdrawn"] > 0, seen
