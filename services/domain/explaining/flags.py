"""Every flag with its clause, value and period: incentives both ways and what a course gets."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.domain.explaining.case import Case
from services.domain.explaining.words import Told, Words


def flags_of(case: Case) -> list[dict[str, Any]]:
    """The flags of the decision, in its order."""
    return [*_incentives(case), *_entitlements(case)]


def _incentives(case: Case) -> Iterator[dict[str, Any]]:
    words = case.words
    for flag_id, flag in (case.decision["incentives"] or {}).items():
        sentence = words.say(
            "flag_incentive",
            programme=words.programme(flag["programme"]),
            kind=words.word("flag_kind", flag["kind"]),
            value=value_of(words, flag),
            period=period_of(words, flag["valid_from"], None),
            status=words.word("flag_status", flag["status"]),
        )
        yield {
            "flag": flag_id,
            **_shared(words, flag_id, flag, flag["rule"]),
            "programme": flag["programme"],
            **_with(sentence, list(_earned(case, flag))),
        }


def _earned(case: Case, flag: Mapping[str, Any]) -> Iterator[Told]:
    words = case.words
    if "earned" not in flag:
        return
    if flag["evidence"]:
        evidence = words.joined(words.word("evidence", kind) for kind in flag["evidence"])
        yield words.say("flag_earned", evidence=evidence)
    else:
        yield words.say("flag_not_earned")
    yield words.say("flag_notify", state=words.word("tri", flag["notify_operator"]))


def _entitlements(case: Case) -> Iterator[dict[str, Any]]:
    words = case.words
    for rule, flag in case.decision["entitlements"].items():
        sentence = words.say(
            "flag_entitlement",
            kind=words.word("flag_kind", flag["kind"]),
            value=value_of(words, flag),
            period=period_of(words, flag["valid_from"], flag["valid_to"]),
            status=words.word("flag_status", flag["status"]),
        )
        more = []
        if flag["region_tier"] is not None:
            more.append(words.say("flag_tier", tier=words.word("region_tier", flag["region_tier"])))
        if flag["missing"]:
            more.append(words.say("flag_missing", missing=words.missing_names(flag["missing"])))
        if flag["status"] == "NOT_ENTITLED":
            more += _unmet(case, rule)
        more += [words.rule(note) for note in flag["also"]]
        yield {
            "flag": rule,
            **_shared(words, rule, flag, rule),
            "programme": None,
            "measure": words.measure(flag["measure"]),
            **_with(sentence, more),
        }


def _unmet(case: Case, rule: str) -> list[Told]:
    """The needs of the firm that an entitlement does not find."""
    words, eligibility = case.words, case.decision["eligibility"]
    needs = words.policy.entitlements.rules[rule].needs
    found = []
    if "priority_firm" in needs and eligibility["priority_firm"]["value"] == "NO":
        found.append(words.rule("PF", "NO"))
    if "no_arrears" in needs and eligibility["rules"]["EL-8"]["holds"] == "YES":
        found.append(words.rule("EL-8"))
    return found


def _shared(words: Words, flag_id: str, flag: Mapping[str, Any], rule: str) -> dict[str, Any]:
    return {
        "rule": rule,
        "kind": flag["kind"],
        "value": flag["value"],
        "unit": flag.get("unit"),
        "status": flag["status"],
        "valid_from": flag["valid_from"],
        "valid_to": flag.get("valid_to"),
        "why": words.rule(rule),
        **words.cited(rule, flag["section"]),
    }


def _with(sentence: Told, more: list[Told]) -> Told:
    return {
        language: " ".join([sentence[language], *(one[language] for one in more)])
        for language in ("ko", "en")
    }


def value_of(words: Words, flag: Mapping[str, Any]) -> Told:
    """A flag's value with its unit; an amount that nobody has stated is told as such."""
    value, unit = flag["value"], flag.get("unit")
    if value is None or unit is None:
        return words.say("value_unset")
    if unit == "bp":
        told = words.say("value_bp", number=_plain(value, 100))
    elif unit == "x100":
        told = words.say("value_x100", number=_plain(value, 100))
    else:
        told = words.say("value_krw", number=f"{value:,}")
    return words.say("value_up_to", value=told) if flag.get("up_to") else told


def _plain(value: int, by: int) -> str:
    whole, rest = divmod(value, by)
    return str(whole) if rest == 0 else f"{value / by:g}"


def period_of(words: Words, first: str | None, last: str | None) -> Told:
    """From when until when, both days included."""
    if first is None and last is None:
        return words.say("period_open")
    if last is None:
        return words.say("period_from", first=first)
    if first is None:
        return words.say("period_to", last=last)
    return words.say("period_both", first=first, last=last)
