"""Two decisions side by side: which of their items differ, in words."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from services.domain.explaining.flags import value_of
from services.domain.explaining.words import Told, Words, both

Json: TypeAlias = Mapping[str, Any]
Line: TypeAlias = tuple[str, Told, Any, Told]
"""An item of a decision: its path, what it is called, its value, and that in words."""


def differences(words: Words, before: Json, after: Json) -> list[dict[str, Any]]:
    """The items that differ: path, before, after (as in the JSON), and the texts `item`, `from`,
    `to`. Both decisions are of the same participations in the same order."""
    first = {path: (item, value, said) for path, item, value, said in lines(words, before)}
    second = {path: (item, value, said) for path, item, value, said in lines(words, after)}
    found = []
    for path in dict.fromkeys([*first, *second]):
        item, old, old_said = first.get(path) or (second[path][0], None, words.say("nobody"))
        _, new, new_said = second.get(path) or (item, None, words.say("nobody"))
        if old != new and old_said != new_said:
            found.append(
                {
                    "path": path,
                    "before": old,
                    "after": new,
                    "item": item,
                    "from": old_said,
                    "to": new_said,
                }
            )
    return found


def lines(words: Words, decision: Json) -> Iterator[Line]:
    """Everything of a decision that a firm or an agency would notice."""
    yield from _referral(words, decision["referral"])
    yield from _ground(words, decision)
    yield from _measures(words, decision["measures"])
    for part, one in (decision["agencies"] or {}).items():
        said = words.say("nobody") if one["agency"] is None else words.agency(one["agency"])
        yield f"agencies.{part}", words.word("agency_part", part), one["agency"], said
    for flag_id, flag in (decision["incentives"] or {}).items():
        programme = words.programme(flag["programme"])
        kind = words.word("flag_kind", flag["kind"])
        item = words.say("item_flag", programme=programme, kind=kind)
        yield f"incentives.{flag_id}", item, flag["status"], words.say("flag_there")
    yield from entitlement_lines(words, decision["entitlements"])
    if decision["priority"] is not None:
        score = decision["priority"]["score"]
        yield "priority.score", words.say("item_priority"), score, both(str(score))
    for alarm in decision["alarms"]:
        named = words.policy.rules.alarms[alarm]
        said = {"ko": named.ko, "en": named.en}
        yield f"alarms.{alarm}", words.say("item_alarm"), alarm, said


def _referral(words: Words, referral: Json) -> Iterator[Line]:
    status, stage, kind = referral["status"], referral["stage"], referral["diagnosis_kind"]
    yield (
        "referral.status",
        words.say("item_status"),
        status,
        words.word("referral_status", status),
    )
    if stage is not None:
        yield "referral.stage", words.say("item_stage"), stage, words.word("referral_stage", stage)
    if kind is not None:
        said = words.word("diagnosis_kind", kind)
        yield "referral.diagnosis_kind", words.say("item_diagnosis"), kind, said
    if referral["addressees"]:
        said = words.joined(map(words.agency, referral["addressees"]))
        yield "referral.addressees", words.say("item_addressees"), referral["addressees"], said
    if referral["missing"]:
        said = words.missing_names(referral["missing"])
        yield "referral.missing", words.say("item_missing"), referral["missing"], said


def _ground(words: Words, decision: Json) -> Iterator[Line]:
    for at, view in enumerate(decision["participations"]):
        item = words.say("item_counts", programme=words.programme(view["programme"]))
        counts = view["counts"]
        yield f"participations.{at}.counts", item, counts, words.word("tri", counts)
    for name in ("capital", "decline", "concern"):
        state = decision["region"][name]
        item = words.say("item_region", trait=words.say(f"trait_{name}"))
        yield f"region.{name}", item, state, words.word("tri", state)
    for name, cell in decision["modes"]["cells"].items():
        _, programme, mode = name.split("-", 2)
        item = words.say(
            "item_mode",
            programme=words.programme(programme),
            number=words.policy.matrix.modes[mode].number,
        )
        yield f"modes.{name}", item, cell["state"], words.word("state", cell["state"])
    level = decision["ax"]["level"]
    yield "ax.level", words.say("item_level"), level, words.word("level", level)


def _measures(words: Words, measures: Json | None) -> Iterator[Line]:
    if measures is None:
        return
    primary, secondary = measures["primary"], measures["secondary"]
    said = words.say("nobody") if primary is None else words.measure(primary)
    yield "measures.primary", words.say("item_primary"), primary, said
    said = words.joined(map(words.measure, secondary))
    yield "measures.secondary", words.say("item_secondary"), secondary, said
    for name, one in measures["items"].items():
        item = words.say("item_measure", measure=words.measure(name))
        yield f"measures.{name}", item, one["state"], words.word("state", one["state"])


def entitlement_lines(words: Words, entitlements: Json) -> Iterator[Line]:
    """What a course gets, one line a benefit."""
    for rule, flag in entitlements.items():
        item = words.say("item_entitlement", rule=rule, kind=words.word("flag_kind", flag["kind"]))
        status, value = words.word("flag_status", flag["status"]), value_of(words, flag)
        said = {language: f"{value[language]} ({status[language]})" for language in ("ko", "en")}
        yield f"entitlements.{rule}", item, [flag["status"], flag["value"]], said
