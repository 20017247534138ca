"""The two axes of time on which a decision is asked for (architecture, decision 11): in force on,
the day as of which it holds, and known at, the instant whose knowledge it uses."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from schemas.values import frozen
from services.domain.decision.facts import Facts
from services.domain.explaining.kept import StoredReferral
from services.domain.explaining.words import Told
from services.errors import WrongUse

_KOREA = timezone(timedelta(hours=9))


@frozen
class Axes:
    """in_force_on None: the decision's own day. known_at None: all that is known by now."""

    in_force_on: date | None = None
    known_at: datetime | None = None

    @property
    def now(self) -> bool:
        """Whether neither is asked for."""
        return self.in_force_on is None and self.known_at is None

    def facts(self, facts: Facts) -> Facts:
        """The facts of the decision, for the day that is asked for."""
        if self.in_force_on is None:
            return facts
        return replace(facts, as_of=self.in_force_on.isoformat())

    def standing(self, referral: StoredReferral) -> StoredReferral | None:
        """The referral as it stood; None where it was not opened yet. Of earlier versions
        status, reasons, addressees and time are kept; the rest is told by the decision of then."""
        if self.known_at is None:
            return referral
        steps = tuple(step for step in referral.history if step.at <= self.known_at)
        if not steps:
            return None
        last = steps[-1]
        if last.version == referral.version:
            return replace(referral, history=steps)
        return replace(
            referral,
            version=last.version,
            status=last.status,
            stage=None,
            reasons=last.reasons,
            addressees=last.addressees,
            updated_at=last.at,
            history=steps,
        )

    @property
    def note(self) -> Told | None:
        """What is shown, in words; None where neither axis is asked for."""
        ko, en = [], []
        if self.known_at is not None:
            instant = self.known_at.isoformat(timespec="seconds")
            ko.append(f"{instant}에 알고 있던 사실과 그때의 판단입니다.")
            en.append(f"What was known and had been decided at {instant}.")
        if self.in_force_on is not None:
            ko.append(f"그 사실을 {self.in_force_on}에 시행되는 규정으로 다시 판단했습니다.")
            en.append(f"Decided again from these facts, as of {self.in_force_on}.")
        return {"ko": " ".join(ko), "en": " ".join(en)} if ko else None


def axes_of(as_of: str | None, known_at: str | None) -> Axes:
    """The axes as people write them: a day, and an instant in ISO 8601 (Korean where it names no
    zone). Raises WrongUse for what cannot be read."""
    try:
        day = date.fromisoformat(as_of) if as_of else None
    except ValueError as error:
        raise WrongUse(
            f"날짜를 읽을 수 없습니다: {as_of} (예: 2026-07-01)",
            f"cannot read the day {as_of} (for example 2026-07-01)",
        ) from error
    try:
        instant = datetime.fromisoformat(known_at) if known_at else None
    except ValueError as error:
        raise WrongUse(
            f"시각을 읽을 수 없습니다: {known_at} (예: 2026-06-30T18:00:00+09:00)",
            f"cannot read the instant {known_at} (for example 2026-06-30T18:00:00+09:00)",
        ) from error
    if instant is not None and instant.tzinfo is None:
        instant = instant.replace(tzinfo=_KOREA)
    return Axes(day, instant)
