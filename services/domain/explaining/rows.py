"""Rows of the hub's tables in words, one at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from connectors.base import Participation
from services.domain.codes import meaning
from services.domain.documents import from_document
from services.domain.explaining.flags import period_of
from services.domain.explaining.kept import (
    Step,
    StoredEvent,
    StoredMessage,
    StoredParticipation,
    StoredRecord,
    StoredReferral,
)
from services.domain.explaining.masking import SHOWN, masked, masked_key
from services.domain.explaining.words import Told, Words, both
from services.domain.tax_status import CLOSED, TaxStatus

KOREA = timezone(timedelta(hours=9))


def korean(at: datetime) -> str:
    """An instant on Korea's clock, for people."""
    return f"{at.astimezone(KOREA):%Y-%m-%d %H:%M:%S} KST"


def _key_of(stored: StoredRecord) -> str | None:
    stated = stored.stated
    if stated is not None and stated.brn is not None:
        return masked("brn", stated.brn)
    if stated is not None and stated.crn is not None:
        return masked("crn", stated.crn)
    return masked_key(stored.source_key)


@dataclass(frozen=True, slots=True)
class Rows:
    """Tells rows with the policy's words; numbers of firms are masked."""

    words: Words

    def standing(self, referral: StoredReferral) -> dict[str, Any]:
        """A referral as it stands."""
        words = self.words
        return {
            "referral_id": referral.referral_id,
            "enterprise_id": referral.enterprise_id,
            "establishment_id": referral.establishment_id,
            "round": referral.round,
            "version": referral.version,
            "status": referral.status,
            "stage": referral.stage,
            "reasons": [self._why(code) for code in referral.reasons],
            "addressees": list(referral.addressees),
            "handed_over": referral.handed_over,
            "as_of": referral.as_of,
            "opened_at": referral.opened_at.isoformat(timespec="seconds"),
            "updated_at": referral.updated_at.isoformat(timespec="seconds"),
            **words.say(
                "referral_stands",
                status=words.word("status_of_referral", referral.status),
                version=referral.version,
                round=referral.round + 1,
                agencies=words.joined(map(words.agency, referral.addressees)),
            ),
        }

    def _why(self, code: str) -> dict[str, Any]:
        named = self.words.policy.rules.reasons.get(code)
        ended = self.words.policy.explaining.words["referral_reason"].get(code)
        if named is None and ended is not None:
            return {"reason": code, "ko": ended.ko, "en": ended.en}
        said = self.words.rule(code) if named is None else {"ko": named.ko, "en": named.en}
        return {"reason": code, **said}

    def step(self, row: Step) -> dict[str, Any]:
        """A version of a referral."""
        told, at = row.at.isoformat(timespec="seconds"), korean(row.at)
        named = self.words.word("status_of_referral", row.status)
        sentence = self.words.say("history_row", version=row.version, status=named, at=at)
        return {"version": row.version, "status": row.status, "at": told, **sentence}

    def participation(self, stored: StoredParticipation) -> dict[str, Any]:
        """A participation as it stands."""
        words, p = self.words, from_document(stored.doc)
        key = masked_key(p.source_key)
        return {
            "participation_id": stored.participation_id,
            "establishment_id": stored.establishment_id,
            "programme": p.programme,
            "source_key": key,
            "role": p.role,
            "status": p.status,
            "version": stored.version,
            "is_deleted": p.is_deleted,
            **words.say(
                "participation_row",
                programme=words.programme(p.programme),
                key=key,
                role=words.value("participation.role", p.role),
                status=words.value("participation.status", p.status),
                version=stored.version,
            ),
        }

    def record(self, stored: StoredRecord) -> dict[str, Any]:
        """What is known of a firm beside its participations."""
        key = _key_of(stored)
        kind = self.words.word("record", stored.kind)
        row = {
            "kind": stored.kind,
            "source_key": key,
            "establishment_id": stored.establishment_id,
            "version": stored.version,
        }
        if stored.stated is not None:
            return {**row, **self._stated(stored.stated, kind, key)}
        return {**row, **self.words.say("record_row", kind=kind, key=key, version=stored.version)}

    def _stated(self, stated: TaxStatus, kind: Told, key: str | None) -> dict[str, Any]:
        sentence = "tax_row"
        if stated.is_undone:
            sentence = "tax_row_undone"
        elif stated.status == CLOSED and not stated.is_confirmed:
            sentence = "tax_row_open"
        return {
            "status": stated.status,
            "since": stated.since,
            "until": stated.until,
            "basis": stated.basis,
            "is_confirmed": stated.is_confirmed,
            "is_undone": stated.is_undone,
            "act": stated.act,
            **self.words.say(
                sentence,
                kind=kind,
                key=key,
                status=self.words.word("tax_status", stated.status),
                period=period_of(self.words, stated.since, stated.until),
                basis=stated.basis,
                act=stated.act,
            ),
        }

    def numbers(self, live: list[Participation]) -> list[dict[str, Any]]:
        """The firm's numbers, masked."""
        found = dict.fromkeys(
            (kind, number)
            for kind in SHOWN
            for p in live
            if (number := getattr(p, kind)) is not None
        )
        return [
            {
                "kind": kind,
                "number": masked(kind, number),
                **self.words.say(
                    "number_row",
                    kind=self.words.word("number_kind", kind),
                    number=masked(kind, number),
                ),
            }
            for kind, number in found
        ]

    def event(self, event: StoredEvent) -> dict[str, Any]:
        """A message as it stands in the inbox."""
        at = event.received_at.isoformat(timespec="seconds")
        source_at = event.source_at
        return {
            "topic": event.topic,
            "partition": event.partition,
            "offset": event.offset,
            "source_key": masked_key(event.source_key),
            "received_at": at,
            "source_at": None if source_at is None else source_at.isoformat(timespec="seconds"),
            "end_state": event.end_state,
            **self.words.word("end_state", event.end_state),
        }

    def reason(self, code: str, event: StoredEvent) -> dict[str, Any]:
        """A reason or warning code, with the partner's field where one is known."""
        ko, en = meaning(code)
        field = event.fields.get(code)
        said = {"ko": f"{code}: {ko}", "en": f"{code}: {en}"}
        if field is not None:
            said = self.words.say("reason_field", meaning=said, field=field)
        return {"code": code, "field": field, **said}

    def message(self, message: StoredMessage) -> dict[str, Any]:
        """A message that left because of an event."""
        state = "message_published" if message.published else "message_waiting"
        return {
            "topic": message.topic,
            "key": masked_key(message.key),
            "type": message.kind,
            "message_id": message.message_id,
            "at": message.at.isoformat(timespec="seconds"),
            "published": message.published,
            **self.words.say(
                "message_row",
                topic=message.topic,
                kind=self.words.word("message", message.kind),
                state=self.words.say(state),
            ),
        }

    def other(self, event: StoredEvent) -> dict[str, Any]:
        """Another event of the same key."""
        at = korean(event.received_at)
        state = self.words.word("end_state_short", event.end_state)
        return {
            "id": event.place,
            "end_state": event.end_state,
            **self.words.say("other_event", place=both(event.place), state=state, at=at),
        }
