"""What partners are told (contracts, last section of each; lifecycle.md).

Refusals with every reason in two languages and the partner's own field names; the release of a
held message; consent and promotion asked, once each; the status of a referral.
"""

from datetime import datetime

from connectors.base import EndState, Participation
from services.domain.desk import Desk
from services.domain.feedback_record import error_of, feedback_record, send_feedback
from services.domain.holding import Held
from services.domain.ids import Id
from services.domain.judging import Judged, place_of
from services.domain.outgoing import Cause, Outbox
from services.domain.records import SurveyAnswer
from services.domain.referral import Referral
from services.domain.standing import Standing

_REFUSED = (EndState.HELD, EndState.QUARANTINED)
_FROM_SELECTED = frozenset(
    {"SELECTED", "CONTRACTED", "IN_PROGRESS", "INTERIM_CHECK", "COMPLETED", "SETTLED"}
)
_NO_REFERRALS = frozenset({"P5"})
ABSENT = "ABSENT_FROM_LIST"
"""How a participation ends that a complete list leaves out (facts.md, `ended_by`)."""


def about_message(desk: Desk, outbox: Outbox, one: Judged, now: datetime) -> None:
    """`refused` for a held or quarantined message, `released` for one that was held before."""
    if one.outcome.end_state in _REFUSED:
        _refused(desk, outbox, one, now)
    elif one.outcome.ref != one.cause.ref:
        _released(desk, outbox, one, now)


def _refused(desk: Desk, outbox: Outbox, one: Judged, now: datetime) -> None:
    outcome = one.outcome
    stream, offset = place_of(outcome.ref)
    source = desk.source(stream)
    waited = outcome.ref != one.cause.ref
    key = outcome.source_key or (None if waited else one.cause.reading.source_key)
    errors = [error_of(code, (outcome.fields or {}).get(code)) for code in outcome.reasons]
    ko = "; ".join(e["message_ko"] for e in errors)
    en = "; ".join(e["message_en"] for e in errors)
    held = outcome.end_state is EndState.HELD
    state = outcome.end_state.value
    record = feedback_record(
        "refused",
        source,
        desk.cause(stream, offset),
        key,
        ("보류: " if held else "격리: ") + ko,
        ("held: " if held else "quarantined: ") + en,
        now,
        errors=errors,
        end_state=state,
        missing=[outcome.missing] if outcome.missing else [],
    )
    trigger = desk.cause(one.cause.stream, one.cause.offset)
    # Held again, when what it waited for has come: not the message that was told first.
    again = sorted(outcome.reasons) if waited else []
    send_feedback(desk, outbox, trigger, source, key, record, stream, offset, state, *again)


def _released(desk: Desk, outbox: Outbox, one: Judged, now: datetime) -> None:
    outcome = one.outcome
    stream, offset = place_of(outcome.ref)
    source = desk.source(stream)
    key = outcome.source_key or one.cause.reading.source_key
    state = outcome.end_state.value
    record = feedback_record(
        "released",
        source,
        desk.cause(stream, offset),
        key,
        f"보류되었던 전문이 처리되었습니다: {state}",
        f"a held message has been settled: {state}",
        now,
        end_state=state,
    )
    trigger = desk.cause(one.cause.stream, one.cause.offset)
    send_feedback(desk, outbox, trigger, source, key, record, stream, offset, state)


def about_decision(
    desk: Desk, outbox: Outbox, cause: Cause, standing: Standing, now: datetime
) -> list[Held]:
    """`consent_asked` and `promotion_asked`, once per participation (A-83); returns those that
    were asked."""
    asked = []
    for held in standing.own:
        p = held.p
        if p.is_deleted or p.ended_by is not None or p.status not in _FROM_SELECTED:
            continue
        form = p.consent_form or p.programme
        if (
            "consent.enterprise_info" in standing.verdict.missing
            and _may_be_asked(desk, p)
            and not _has_promotion_only(standing, held)
            and held.consent_asked != form
        ):
            held.consent_asked = form
            asked.append(held)
            _ask(desk, outbox, cause, held, "consent_asked", form, now)
        if (
            not held.promotion_asked
            and standing.promotes(p.programme)
            and (p.programme != "P5" or p.promo_ok is True)
        ):
            held.promotion_asked = True
            asked.append(held)
            _ask(desk, outbox, cause, held, "promotion_asked", "", now)
    return asked


def _may_be_asked(desk: Desk, p: Participation) -> bool:
    """Whether the contract wants to be asked for the firm's consent as it stands."""
    source = desk.source_of_programme(p.programme)
    if source is None:
        return False
    return p.consent_enterprise_info is None or (
        source.asks_when_refused and p.consent_enterprise_info is False
    )


def _hears_of_referrals(standing: Standing, held: Held) -> bool:
    """Not before selection (A-68), though a status that went back to it ends what was begun."""
    begun = held.p.status != "APPLIED" or held.promotion_asked or held.consent_asked
    return bool(begun) and not _has_promotion_only(standing, held)


def _has_promotion_only(standing: Standing, held: Held) -> bool:
    """P5, and another ministry's part of P4 (A-66, A-67): neither consent nor referral."""
    return held.p.programme in _NO_REFERRALS or not standing.is_home(held)


def about_absence(desk: Desk, outbox: Outbox, cause: Cause, held: Held, now: datetime) -> None:
    """`question` to a programme whose complete list has left a project out (P2: absence is not
    withdrawal)."""
    source = desk.source_of_programme(held.p.programme)
    if source is None:
        return
    record = feedback_record(
        "question",
        source,
        cause,
        held.p.source_key,
        "완결된 목록에 이 과제가 없습니다. 끝났는지, 빠뜨렸는지 다음 목록으로 알려 주세요.",
        "a complete list leaves this project out: has it ended, or is it missing by mistake?"
        " Please say so with the next list.",
        now,
        participation_id=held.participation_id,
        reasons=[ABSENT],
    )
    send_feedback(
        desk, outbox, cause, source, held.p.source_key, record, held.participation_id, held.version
    )


_ASKS = {
    "consent_asked": (
        "고용노동부 AI 훈련 연계를 위한 기업정보 제공 동의를 기업에 확인해 주세요.",
        "please ask the firm for consent to pass its enterprise information to the training side.",
        "CG-4",
        "IV-5 ②",
    ),
    "promotion_asked": (
        "참여기업에 고용노동부 AI 훈련 지원사업을 안내해 주세요.",
        "please tell the participant about the labour ministry's AI training support.",
        "CG-1",
        "IV-5 ①",
    ),
}


def _ask(
    desk: Desk, outbox: Outbox, cause: Cause, held: Held, kind: str, form: str, now: datetime
) -> None:
    source = desk.source_of_programme(held.p.programme)
    if source is None:
        return
    ko, en, rule, section = _ASKS[kind]
    record = feedback_record(
        kind,
        source,
        cause,
        held.p.source_key,
        ko,
        en,
        now,
        participation_id=held.participation_id,
        rule=rule,
        section=section,
    )
    send_feedback(
        desk, outbox, cause, source, held.p.source_key, record, held.participation_id, form
    )


def about_referral(
    desk: Desk,
    outbox: Outbox,
    cause: Cause,
    before: Referral | None,
    after: Referral,
    standing: Standing,
    now: datetime,
) -> None:
    """`referral_status` to every programme of the workplace when status or reasons change."""
    if not _has_changed(before, after):
        return
    missing = list(standing.verdict.missing)
    status = after.status.value
    unknown = ", ".join(missing)
    for held in standing.own:
        source = desk.source_of_programme(held.p.programme)
        if source is None or not _hears_of_referrals(standing, held):
            continue
        record = feedback_record(
            "referral_status",
            source,
            cause,
            held.p.source_key,
            f"연계 상태: {status}" + (f" (미확인: {unknown})" if missing else ""),
            f"referral status: {status}" + (f" (missing: {unknown})" if missing else ""),
            now,
            participation_id=held.participation_id,
            referral_id=after.referral_id,
            status=status,
            reasons=list(after.reasons),
            missing=missing,
            section="IV-5",
        )
        version = (held.participation_id, after.referral_id, after.version)
        send_feedback(desk, outbox, cause, source, held.p.source_key, record, *version)


def about_answers(
    desk: Desk,
    outbox: Outbox,
    cause: Cause,
    before: Referral | None,
    after: Referral | None,
    standing: Standing,
    now: datetime,
    changed: Id | None,
) -> None:
    """`referral_status` per survey: a referral opened or why not, when the answer or the status
    has changed. changed: the id of what has led to the decision, None where no record has."""
    verdict, source = standing.verdict, desk.survey_source
    status = verdict.status if after is None else after.status.value
    reasons = verdict.reasons if after is None else after.reasons
    said = f"{status} ({', '.join(reasons)})"
    is_news = after is not None and _has_changed(before, after)
    for kept in standing.own_kept:
        answer = kept.record
        if not isinstance(answer, SurveyAnswer) or not (is_news or kept.record_id == changed):
            continue
        record = feedback_record(
            "referral_status",
            source,
            cause,
            answer.source_key,
            f"연계 상태: {said}",
            f"referral status: {said}",
            now,
            referral_id=None if after is None else after.referral_id,
            status=status,
            reasons=list(reasons),
            missing=list(verdict.missing),
            section="IV-5 ②",
        )
        version = "" if after is None else after.version
        place = (kept.record_id, cause.stream, cause.offset, version)
        send_feedback(desk, outbox, cause, source, answer.source_key, record, *place)


def _has_changed(before: Referral | None, after: Referral) -> bool:
    """Whether partners are told: versions with equal status and reasons are of no interest."""
    return before is None or (before.status, before.reasons) != (after.status, after.reasons)
