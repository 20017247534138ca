"""The firms that one transaction touches, in memory: what the database has of them, and what has
changed since."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from services.domain.documents import from_document
from services.domain.holding import Held
from services.domain.ids import Id
from services.domain.records import Kept
from services.domain.records import from_document as from_record
from services.domain.referral import STATUSES, Referral
from services.domain.tax_status import TaxStatus


@dataclass(slots=True)
class Firm:
    """One enterprise. referrals: the newest of each workplace."""

    participations: dict[Id, Held] = field(default_factory=dict)
    records: dict[Id, Kept] = field(default_factory=dict)
    referrals: dict[Id, Referral] = field(default_factory=dict)

    def workplaces(self) -> set[Id]:
        """Those at which somebody takes part, was trained or answered."""
        places = {held.establishment_id for held in self.participations.values()}
        if self.records:
            places |= {
                kept.establishment_id
                for kept in self.records.values()
                if not isinstance(kept.record, TaxStatus)
            }
        return places


class Firms:
    """Enterprises by id, and in which of them a participation or record stands."""

    def __init__(self) -> None:
        self._firms: dict[Id, Firm] = {}
        self._owners: dict[Id, Id] = {}

    def load(
        self,
        participations: Iterable[Any],
        referrals: Iterable[Any],
        records: Iterable[Any] = (),
    ) -> None:
        """What the database has of these firms, as rows."""
        for row in participations:
            p = from_document(row[6])
            self.put(None, Held(row[0], row[1], row[2], row[3], row[4], row[5], p))
        for row in records:
            record = from_record(row[4], row[5])
            self.put_record(None, Kept(row[0], row[1], row[2], row[3], record))
        for row in referrals:
            referral = _referral(row)
            known = self.firm(referral.enterprise_id).referrals
            standing = known.get(referral.establishment_id)
            if standing is None or standing.round < referral.round:
                known[referral.establishment_id] = referral

    def firm(self, enterprise_id: Id) -> Firm:
        """An enterprise as it stands, empty where nothing of it is known."""
        firm = self._firms.get(enterprise_id)
        if firm is None:
            firm = self._firms[enterprise_id] = Firm()
        return firm

    def held(self, participation_id: Id) -> Held | None:
        """A participation as it stands; None where it is not known."""
        owner = self._owners.get(participation_id)
        return None if owner is None else self._firms[owner].participations.get(participation_id)

    def kept(self, record_id: Id) -> Kept | None:
        """A record as it stands; None where it is not known."""
        owner = self._owners.get(record_id)
        return None if owner is None else self._firms[owner].records.get(record_id)

    def put(self, before: Held | None, after: Held) -> None:
        """A participation stands at its firm. before: as it stood, perhaps at another one."""
        if before is not None and before.enterprise_id != after.enterprise_id:
            del self.firm(before.enterprise_id).participations[before.participation_id]
        self.firm(after.enterprise_id).participations[after.participation_id] = after
        self._owners[after.participation_id] = after.enterprise_id

    def put_record(self, before: Kept | None, after: Kept) -> None:
        """A record stands at its firm. before: as it stood, perhaps at another one."""
        if before is not None and before.enterprise_id != after.enterprise_id:
            del self.firm(before.enterprise_id).records[before.record_id]
        self.firm(after.enterprise_id).records[after.record_id] = after
        self._owners[after.record_id] = after.enterprise_id


def _referral(row: Any) -> Referral:
    return Referral(
        referral_id=row[0],
        enterprise_id=row[1],
        establishment_id=row[2],
        round=row[3],
        version=row[4],
        status=STATUSES[row[5]],
        stage=row[6],
        reasons=tuple(row[7].split()),
        addressees=tuple(row[8].split()),
        handed_over=row[9],
    )
