"""What was decided in one sentence, why, and what is missing."""

from collections.abc import Iterator
from typing import Any

from services.domain.explaining.case import Case
from services.domain.explaining.words import Told

_OF_FIRM = frozenset({"EL-4", "EL-5", "EL-9"})
"""Reasons that say that their condition is met."""


def conclusion_of(case: Case) -> dict[str, Any]:
    """Status, sentence, reasons with their clauses, missing facts with who is asked."""
    referral, words = case.decision["referral"], case.words
    return {
        "status": referral["status"],
        "stage": referral["stage"],
        "diagnosis_kind": referral["diagnosis_kind"],
        "route": case.decision["eligibility"]["route"],
        **sentence_of(case),
        "reasons": list(_reasons(case)),
        "missing": [words.missing_fact(fact) for fact in referral["missing"]],
    }


def sentence_of(case: Case) -> Told:
    """The conclusion alone."""
    referral, words = case.decision["referral"], case.words
    slots: dict[str, Any] = {}
    if referral["status"] == "requested":
        slots["agencies"] = words.joined(map(words.agency, referral["addressees"]))
        slots["stage"] = words.word("referral_stage", referral["stage"])
    if referral["status"] == "held":
        slots["missing"] = words.missing_names(referral["missing"])
    return words.say(f"conclusion_{referral['status']}", **slots)


def _reasons(case: Case) -> Iterator[dict[str, Any]]:
    words = case.words
    for reason in case.decision["referral"]["reasons"]:
        named = words.policy.rules.reasons.get(reason)
        if named is not None:
            clause = words.clause("-", named)
            yield {"reason": reason, "ko": named.ko, "en": named.en, "because": [], **clause}
            continue
        failed = [] if reason in _OF_FIRM else list(_failed(case, reason))
        for sentence in failed or [words.rule(reason)]:
            yield {
                "reason": reason,
                **sentence,
                "because": [] if failed else case.because(reason),
                **words.cited(reason),
            }


def _failed(case: Case, reason: str) -> Iterator[Told]:
    """The participations that this rule alone keeps from counting."""
    words = case.words
    if reason not in words.policy.explaining.failures or _closed(case, reason):
        return
    ends = "YES" if reason in ("EL-6", "ABSENT") else "NO"
    for p, view in zip(case.live, case.decision["participations"], strict=True):
        if view[reason] == ends:
            yield words.failure(
                reason,
                programme=words.programme(p["programme"]),
                role=words.value("participation.role", p.get("role")),
                status=words.value("participation.status", p.get("status")),
            )


def _closed(case: Case, reason: str) -> bool:
    """EL-6 of the whole firm is the tax office's word, not a participation's."""
    return reason == "EL-6" and case.facts.firm.tax_status == "CLOSED"
