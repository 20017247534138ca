"""The state of a consortium: what reading all of its documents in order of 차수 gives
(P6 "Members that go, corrections, retraction").

Kept are, by revision, what each document said of the project, and by firm the newest document
that named it. Firms are known by their numbers. Nothing here changes what it is given.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from connectors.base import Consent, Participation

Documents: TypeAlias = Mapping[str, Mapping[str, Any]]
"""By revision: `day`, `retracts`, `lets_leave`, `project`."""

Firms: TypeAlias = Mapping[str, Mapping[str, Any]]
"""By number: `revision` of the newest document that named the firm, and its `facts` there."""

LEFT, RETRACTED = "LEFT", "RETRACTED"
STATED = (
    "programme",
    "source_key",
    "role",
    "status",
    "status_raw",
    "brn",
    "crn",
    "ei_workplace_no",
    "name",
    "legal_form",
    "sigungu",
    "region_confidence",
    "size_class",
    "regular_workers",
    "ksic_code",
    "agreement_on",
    "starts_on",
    "ends_on",
    "solution",
    "consent_enterprise_info",
    "consent_contact",
    "ended_by",
)
SUMS = ("gov_amount_krw", "private_cash_krw", "private_inkind_krw")


def read_into(
    documents: Documents, firms: Firms, body: Mapping[str, Any]
) -> tuple[Documents, Firms]:
    """Documents and firms after one more document, whatever its place in the order."""
    revision = body["revision"]
    kept = {name: body[name] for name in ("day", "retracts", "lets_leave", "project")}
    newer = {
        key: {"revision": revision, "facts": facts}
        for key, facts in body["firms"].items()
        if key not in firms or firms[key]["revision"] < revision
    }
    return {**documents, revision: kept}, {**firms, **newer}


def unnamed_since(firms: Firms, body: Mapping[str, Any]) -> list[str]:
    """The firms of a late document that no newer document names."""
    revision = body["revision"]
    return [key for key in body["firms"] if firms.get(key, {"revision": ""})["revision"] < revision]


def participations(number: str, documents: Documents, firms: Firms) -> dict[str, Participation]:
    """Every firm of the consortium as it now stands."""
    revisions = sorted(documents)
    return {key: _participation(number, documents, revisions, firm) for key, firm in firms.items()}


def _participation(
    number: str, documents: Documents, revisions: list[str], firm: Mapping[str, Any]
) -> Participation:
    """A firm follows the newest document until one lets it go: one that does not name it, knows
    all of its members and does not retract the whole."""
    last = documents[firm["revision"]]
    ended_by = None
    for revision in revisions[revisions.index(firm["revision"]) + 1 :]:
        document = documents[revision]
        if document["lets_leave"] and not document["retracts"]:
            ended_by = LEFT
            break
        last = document
    facts = dict(firm["facts"])
    recipients = facts.pop("recipients")
    project = dict(last["project"])
    if ended_by is not None:
        project["status"] = "WITHDRAWN"
    elif last["retracts"]:
        ended_by = RETRACTED
    return Participation(
        "P6",
        number,
        (*STATED, *(name for name in SUMS if name in facts)),
        ended_by=ended_by,
        event_on=documents[firm["revision"]]["day"],
        consent=Consent(
            facts["consent_enterprise_info"], None if recipients is None else tuple(recipients)
        ),
        **facts,
        **project,
    )
