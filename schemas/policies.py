"""The plan's rules and values: reads schemas/policy/*.yaml into one immutable Policy.

Data and evaluator are apart: nothing here decides anything. A policy can also be built from
changed documents (what-if, linter); its digest always tells what it was built from.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import yaml

from schemas.policy_benefits import (
    Agencies,
    Delivery,
    Entitlements,
    Incentives,
    Priority,
    Proposals,
)
from schemas.policy_explaining import Explaining
from schemas.policy_record import (
    Budget,
    ConsentForms,
    Limits,
    Measures,
    Questions,
    Schedule,
    Survey2025,
)
from schemas.policy_types import (
    Ax,
    Day,
    Eligibility,
    ExcludedIndustries,
    Industry,
    Item,
    Matrix,
    Rules,
)

WORDS = "explaining"
"""The file that decides nothing: the words in which decisions are told."""
POLICY_FOLDER = Path(__file__).parent / "policy"

Documents: TypeAlias = Mapping[str, Any]
"""File stem to parsed YAML."""


class Head(Item):
    """policy.yaml"""

    version: int
    plan: str
    title_ko: str
    title_en: str
    decided_on: Day


class Policy(Item):
    """All of schemas/policy, one attribute a file. digest: sha256, hex."""

    policy: Head
    rules: Rules
    matrix: Matrix
    eligibility: Eligibility
    industry: Industry
    excluded_industries: ExcludedIndustries
    ax: Ax
    measures: Measures
    proposals: Proposals
    agencies: Agencies
    delivery: Delivery
    entitlements: Entitlements
    priority: Priority
    incentives: Incentives
    schedule: Schedule
    budget: Budget
    survey_2025: Survey2025
    consent_forms: ConsentForms
    limits: Limits
    questions: Questions
    explaining: Explaining
    digest: str

    def section(self, rule: str) -> str:
        """The plan's section of a rule."""
        return self.rules.rules[rule].section


def load_documents(folder: Path = POLICY_FOLDER) -> dict[str, Any]:
    """Every YAML file of the folder by its stem. Raises OSError, yaml.YAMLError."""
    return {path.stem: _parsed(path) for path in sorted(folder.glob("*.yaml"))}


def _parsed(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text("utf-8"), Loader=loader)


def policy_of(documents: Documents) -> Policy:
    """The policy that these documents say. Documents without explaining.yaml are told with the
    shipped words: these decide nothing. Raises pydantic.ValidationError with every path."""
    read = {name: _frozen(document) for name, document in documents.items()}
    if WORDS not in read:
        read[WORDS] = _frozen(_parsed(POLICY_FOLDER / f"{WORDS}.yaml"))
    return Policy.model_validate({**read, "digest": digest_of(documents)})


def load_policy(folder: Path = POLICY_FOLDER) -> Policy:
    """The policy in force. Raises OSError, yaml.YAMLError, pydantic.ValidationError."""
    return policy_of(load_documents(folder))


def digest_of(documents: Documents) -> str:
    """sha256 (hex) over the content, whatever its order, comments and layout."""
    return sha256(
        orjson.dumps(plain(documents), option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    ).hexdigest()


def plan_lines(policy: Policy, folder: Path = POLICY_FOLDER) -> list[str]:
    """The lines of the plan's text; line n of a citation is at index n − 1."""
    return (folder / policy.policy.plan).read_text("utf-8").split("\n")


def plain(value: Any) -> Any:
    """A parsed document as JSON values: days as ISO text, keys as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
