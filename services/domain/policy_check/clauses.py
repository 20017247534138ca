"""Clauses that can never hold, sets that overlap or leave codes out, numbers that do not add up."""

from collections.abc import Iterable, Iterator, Mapping

from schemas.policies import Policy
from services.domain.decision import facts as f
from services.domain.decision.incentives import EVIDENCE
from services.domain.decision.priority import RULES
from services.domain.policy_check.findings import Path, Said, never

FULL_SCORE = 1000


def clauses(policy: Policy) -> Iterator[Said]:
    """Every finding about clauses."""
    yield from _codes(policy)
    yield from _delivery(policy)
    yield from _matrix(policy)
    yield from _proposals(policy)
    yield from _numbers(policy)


def _codes(policy: Policy) -> Iterator[Said]:
    told = policy.eligibility
    yield from _partition(
        f.STATUSES,
        {
            "participant_statuses": told.participant_statuses,
            "ended_statuses": told.ended_statuses,
            "other_statuses": told.other_statuses,
        },
    )
    yield from _partition(
        f.ROLES, {"using_roles": told.using_roles, "other_roles": told.other_roles}
    )
    yield from _partition(
        f.SIZE_CLASSES,
        {
            "sme_sizes": told.sme_sizes,
            "midsize_sizes": told.midsize_sizes,
            "promo_only_sizes": told.promo_only_sizes,
        },
    )
    for status in sorted(told.finished_statuses - told.participant_statuses):
        yield never(
            ("eligibility", "finished_statuses"),
            f"{status}은(는) 참여 상태(participant_statuses)가 아닙니다.",
            f"{status} is not among participant_statuses.",
        )
    if told.absent_ended_by not in f.ENDINGS:
        yield never(
            ("eligibility", "absent_ended_by"),
            f"{told.absent_ended_by}라는 종료 사유가 없습니다.",
            f"there is no such ending as {told.absent_ended_by}.",
        )
    for section in sorted(set(told.priority_limits) - set(policy.industry.sections)):
        yield never(
            ("eligibility", "priority_limits", section),
            f"업종 {section}이 없습니다.",
            f"there is no industry section {section}.",
        )
    if policy.industry.manufacturing not in policy.industry.sections:
        yield never(
            ("industry", "manufacturing"),
            f"업종 {policy.industry.manufacturing}이 없습니다.",
            f"there is no industry section {policy.industry.manufacturing}.",
        )
    for at, code in enumerate(policy.excluded_industries.ksic):
        if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 5):
            yield never(
                ("excluded_industries", "ksic", at),
                f"업종코드의 앞 숫자 2~5자리여야 합니다: {code}",
                f"the leading two to five digits of a KSIC code are wanted: {code}",
            )


def _partition(codes: frozenset[str], sets: Mapping[str, frozenset[str]]) -> Iterator[Said]:
    """Every code belongs to exactly one of the sets."""
    seen: dict[str, str] = {}
    for name, members in sets.items():
        path: Path = ("eligibility", name)
        for code in sorted(members):
            if code not in codes:
                yield never(path, f"{code}라는 값이 없습니다.", f"there is no such code as {code}.")
            elif code in seen:
                yield Said(
                    "OVERLAP",
                    path,
                    f"{code}이(가) {seen[code]}에도 있습니다.",
                    f"{code} stands in {seen[code]} as well.",
                )
            seen.setdefault(code, name)
    for code in sorted(codes - set(seen)):
        yield Said(
            "GAP",
            ("eligibility", next(iter(sets))),
            f"{code}이(가) {', '.join(sets)} 어디에도 없습니다.",
            f"{code} stands in none of {', '.join(sets)}.",
        )


def _delivery(policy: Policy) -> Iterator[Said]:
    told = policy.delivery
    lists: list[tuple[Path, tuple[str, ...], frozenset[str]]] = [
        (("delivery", "hours"), told.hours, f.HOURS),
        (("delivery", "fields_other"), told.fields_other, f.FIELDS),
        (("delivery", "level_wanted"), (told.level_wanted,), f.LEVELS_WANTED),
        (
            ("delivery", "level_wanted_first_timer", "value"),
            (told.level_wanted_first_timer.value,),
            f.LEVELS_WANTED,
        ),
    ]
    for section, fields in told.fields.items():
        path: Path = ("delivery", "fields", section)
        lists.append((path, fields, f.FIELDS))
        if section not in policy.industry.sections:
            yield never(
                path, f"업종 {section}이 없습니다.", f"there is no industry section {section}."
            )
    for path, values, codes in lists:
        for value in values:
            if value not in codes:
                yield never(
                    path, f"{value}라는 값이 없습니다.", f"there is no such code as {value}."
                )


def _matrix(policy: Policy) -> Iterator[Said]:
    matrix = policy.matrix
    held = {mode for row in matrix.programmes.values() for mode in row.modes}
    for mode in matrix.modes:
        if mode not in held:
            yield never(
                ("matrix", "modes", mode),
                "이 방식을 가진 사업이 없습니다.",
                "no programme has this mode.",
            )
    for at, mode in enumerate(matrix.referral_modes):
        if mode not in held:
            yield never(
                ("matrix", "referral_modes", at),
                f"{mode} 방식을 가진 사업이 없습니다.",
                f"no programme has the mode {mode}.",
            )
    for name, row in matrix.programmes.items():
        for mode in sorted({m for m in row.modes if row.modes.count(m) > 1}):
            yield Said(
                "OVERLAP",
                ("matrix", "programmes", name, "modes"),
                f"{mode}이(가) 두 번 있습니다.",
                f"{mode} stands twice.",
            )
        if "JOINT_CONSULT" in row.modes and name not in matrix.joint_order:
            yield Said(
                "GAP",
                ("matrix", "joint_order"),
                f"{name}은(는) 합동 컨설팅이 있으나 순서(joint_order)에 없습니다.",
                f"{name} has joint consulting but no place in joint_order.",
            )
    for at, name in enumerate(matrix.joint_order):
        known = matrix.programmes.get(name)
        if known is None or "JOINT_CONSULT" not in known.modes:
            yield never(
                ("matrix", "joint_order", at),
                f"{name}에는 합동 컨설팅(JOINT_CONSULT)이 없습니다.",
                f"{name} has no joint consulting (JOINT_CONSULT).",
            )
    for name in sorted(set(matrix.home_ministry) - set(matrix.programmes)):
        yield never(
            ("matrix", "home_ministry", name), f"사업 {name}이 없습니다.", f"no programme {name}."
        )


def _proposals(policy: Policy) -> Iterator[Said]:
    told = policy.proposals
    dates = {name: m.in_force_from or "" for name, m in policy.measures.measures.items()}
    for at, option in enumerate(told.diagnosis):
        earlier = [
            other.measure
            for other in told.diagnosis[:at]
            if dates.get(other.measure, "") <= dates.get(option.measure, "")
        ]
        if earlier:
            yield never(
                ("proposals", "diagnosis", at),
                f"{earlier[0]}이(가) 언제나 먼저 시행 중입니다.",
                f"{earlier[0]} is always in force first.",
            )
    for level in sorted(f.FINAL_LEVELS - set(told.levels)):
        yield Said(
            "GAP",
            ("proposals", "levels"),
            f"{level} 수준의 제안이 없습니다.",
            f"the level {level} has no proposals.",
        )
    for level, proposals in told.levels.items():
        names = [proposal.measure for proposal in proposals]
        for at, name in enumerate(names):
            if name in names[:at]:
                yield Said(
                    "OVERLAP",
                    ("proposals", "levels", level, at),
                    f"{name}이(가) 이 수준에 두 번 있습니다.",
                    f"{name} stands twice at this level.",
                )
    if told.short_of_time.obstacle not in f.OBSTACLES:
        yield never(
            ("proposals", "short_of_time", "obstacle"),
            f"{told.short_of_time.obstacle}라는 장애요인이 없습니다.",
            f"there is no obstacle {told.short_of_time.obstacle}.",
        )
    for flag_at, flag in enumerate(policy.incentives.flags):
        for evidence in sorted(set(flag.earned_by) - set(EVIDENCE)):
            yield never(
                ("incentives", "flags", flag_at, "earned_by"),
                f"{evidence}라는 증거가 없습니다.",
                f"there is no evidence {evidence}.",
            )


def _numbers(policy: Policy) -> Iterator[Said]:
    budget = policy.budget
    yield from _sum(
        ("budget", "total_krw"), budget.total_krw, (x.counted_krw for x in budget.lines.values())
    )
    yield from _sum(
        ("budget", "all_lines_krw"),
        budget.all_lines_krw,
        (x.printed_krw for x in budget.lines.values()),
    )
    academy = policy.measures.measures.get("inf-teacher-academy")
    if academy is not None and academy.target is not None:
        path: Path = ("measures", "measures", "inf-teacher-academy", "target")
        yield from _sum(path, academy.target.value, (row.people for row in budget.academy))
    factors = policy.priority.factors
    for rule in RULES:
        if rule not in factors:
            yield Said(
                "GAP",
                ("priority", "factors"),
                f"{rule}의 점수가 없습니다.",
                f"{rule} has no points.",
            )
    for rule in sorted(set(factors) - set(RULES)):
        yield never(
            ("priority", "factors", rule),
            "판단에 없는 요소입니다.",
            "no decision knows this factor.",
        )
    points = sum(one.points for one in factors.values())
    most = points + max(policy.priority.size_points.values(), default=0)
    if most > FULL_SCORE:
        yield Said(
            "CONTRADICTION",
            ("priority", "factors"),
            f"점수의 합이 {FULL_SCORE}을 넘습니다: {most}",
            f"the points add up to more than {FULL_SCORE}: {most}",
        )


def _sum(path: Path, total: int, parts: Iterable[int]) -> Iterator[Said]:
    found = sum(parts)
    if found != total:
        yield Said(
            "CONTRADICTION",
            path,
            f"적힌 합계는 {total:,}, 더하면 {found:,}입니다.",
            f"it says {total:,}, the parts add up to {found:,}.",
        )
