"""To whom a version of a referral goes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from services.domain.desk import Desk
from services.domain.outgoing import Cause, Outbox
from services.domain.referral import Referral, Status
from services.domain.referral_record import referral_bytes
from services.domain.standing import Standing
from services.domain.topics import agency_topic

TYPE = "kr.naru.referral.v1"


def publish(
    desk: Desk,
    outbox: Outbox,
    cause: Cause,
    before: Referral | None,
    after: Referral,
    standing: Standing,
    now: datetime,
    show: Callable[[str], Standing] | None = None,
) -> None:
    """Sends a version to its addressees; those who are no longer addressed get a recall. show:
    what an agency may see of it, where that is not everything."""
    if not after.handed_over:
        return
    former = set(before.addressees) - set(after.addressees) if before is not None else set()
    for agency in after.addressees:
        shown = standing if show is None else show(agency)
        _send(desk, outbox, cause, agency, after, referral_bytes(desk, after, shown, now))
    for agency in sorted(former):
        gone = _rerouted(after)
        shown = standing if show is None else show(agency)
        _send(desk, outbox, cause, agency, gone, referral_bytes(desk, gone, shown, now))


def _rerouted(referral: Referral) -> Referral:
    return replace(referral, status=Status.SUPERSEDED, reasons=("rerouted",), recall=True)


def _send(
    desk: Desk, outbox: Outbox, cause: Cause, agency: str, referral: Referral, value: bytes
) -> None:
    outbox.add(
        cause,
        agency_topic(agency),
        referral.referral_id,
        value,
        TYPE,
        referral.referral_id,
        referral.version,
        agency,
    )
