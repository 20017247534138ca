"""The linter of the policy: everything that a machine can find wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schemas.tables import Tables
from services.domain.policy_check.basis import based, cited, overdue
from services.domain.policy_check.clauses import clauses
from services.domain.policy_check.evidence import evidence
from services.domain.policy_check.findings import Finding, Path, Said
from services.domain.policy_check.marks import Marked, read_marked, told
from services.domain.policy_check.places import FIRST_LINE, places
from services.domain.policy_check.printed import printed
from services.domain.policy_check.references import references, unknown
from services.domain.policy_check.shape import shaped
from services.domain.policy_check.spans import spans


def check_policy(
    texts: Mapping[str, str | bytes],
    plan: Sequence[str],
    tables: Tables,
    today: str,
    plan_name: str = "",
) -> list[Finding]:
    """Every finding, by file and line. texts: the files' contents by stem; plan: the lines of the
    plan's text, which policy.yaml must name plan_name.

    What the clauses say is looked at only where the form of all files is right.
    """
    files = {name: read_marked(name, text) for name, text in texts.items()}
    found = [finding for file in files.values() for finding in file.findings]
    documents: dict[str, Any] = {
        name: file.value for name, file in files.items() if file.root is not None
    }
    unread = set(files) - set(documents)
    said = [*cited(documents, plan)]
    policy, faults = shaped(documents)
    said += [fault for fault in faults if fault.path[0] not in unread]
    if policy is not None:
        said += [
            *based(policy),
            *overdue(policy, tables, today),
            *printed(policy, plan),
            *places(tables, [policy.agencies.public.kind]),
            *references(documents, policy, tables),
            *spans(policy),
            *clauses(policy),
            *evidence(policy),
        ]
        if plan_name and policy.policy.plan != plan_name:
            said.append(unknown(("policy", "plan"), "policy", policy.policy.plan, [plan_name]))
    found += _placed(said, files)
    return sorted(found, key=lambda one: (one.file, one.line, one.column, one.code, one.path))


def _placed(said: Iterable[Said], files: Mapping[str, Marked]) -> list[Finding]:
    found = []
    for one in dict.fromkeys(said):
        name = str(one.path[0])
        file = files.get(name)
        line, column = file.place(one.path[1:]) if file is not None else _row(one.path)
        suffix = "csv" if name.startswith("reference/") else "yaml"
        found.append(
            Finding(
                one.code,
                one.severity,
                f"{name}.{suffix}",
                line,
                column,
                told(one.path),
                one.ko,
                one.en,
            )
        )
    return found


def _row(path: Path) -> tuple[int, int]:
    """The place of a table's row, of the whole file where none is named."""
    at = path[1] if len(path) > 1 else None
    return (at + FIRST_LINE, 1) if isinstance(at, int) else (0, 0)
