"""What docs/ states is what the code does: lists, names, links, examples."""

import json
import re
from pathlib import Path

import pytest

from connectors import CONNECTORS
from schemas.codec import parsed_schema
from schemas.policies import POLICY_FOLDER, load_policy
from schemas.tables import load_tables
from services import wiring
from services.domain import exchange
from services.domain.convert import run
from services.domain.decision.engine import Engine
from services.domain.decision.lines import decide_line
from services.domain.decision.reading import facts_from_json
from services.domain.explaining.plain import Plain
from services.settings import Settings
from tests.unit.docs.lists import (
    DOCS,
    LIST,
    LISTS,
    ROOT,
    commands,
    field_paths,
    renewed,
)

PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "CHANGELOG.md", ROOT / "deploy/README.md"]
RENEW = "run: python -m tests.unit.docs.lists"
CODE = re.compile(r"```json\n(.*?)\n```", re.DOTALL)


def text_of(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


def names_after(marker: str, page: str) -> list[str]:
    """What stands in backticks in the first column of the table after a marker."""
    table = text_of(page).split(f"<!-- {marker} -->\n\n")[1].split("\n\n")[0]
    rows = table.splitlines()[2:]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row.split(" | ")[0])]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_lists_are_as_the_code_says(page: Path) -> None:
    text = page.read_text("utf-8")
    assert renewed(text) == text, RENEW


def test_every_list_is_shown() -> None:
    shown = {name for page in PAGES for _, name, *_ in LIST.findall(page.read_text("utf-8"))}
    assert shown == set(LISTS)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_named_commands_and_targets_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    known = {name for name, _ in commands()}
    groups = {name.split()[0] for name in known if " " in name}
    for name, after in re.findall(r"(?:`|\$ |=\S+ )naru ([a-z]+)(?: ([a-z]+))?", text):
        assert f"{name} {after}" in known if name in groups and after else name in known | groups
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"(?:`|\$ )make ([a-z-]+)", text):
        assert f"\n{target}:" in makefile, target


def test_every_field_of_a_referral_is_explained() -> None:
    assert names_after("fields: referral", "agencies.md") == field_paths("referral")


def test_every_field_and_kind_of_feedback_is_explained() -> None:
    text = text_of("partners.md")
    schema = parsed_schema("feedback")
    fields = {field["name"]: field["type"] for field in schema["fields"]}
    for name in (*fields, *fields["kind"]["symbols"]):
        assert f"`{name}`" in text, name


def test_every_table_is_described() -> None:
    folder = ROOT / "services/adapters/postgres/migrations"
    text = "".join(path.read_text("utf-8") for path in sorted(folder.rglob("*.sql")))
    made = re.findall(r"^create table (\w+)(?! partition of)\b", text, re.MULTILINE)
    assert set(names_after("tables", "architecture.md")) == {
        name for name in made if not re.fullmatch(r"outbox_p\d+", name)
    }


def test_every_invariant_is_tested_where_the_table_says() -> None:
    """Handbook 6: twelve, each with its number in the name of a test."""
    table = text_of("architecture.md").split("<!-- invariants -->")[1]
    rows = re.findall(r"^\| `(\d+)` \|.*\| (.+) \|$", table, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 13))
    for number, where in rows:
        for path in re.findall(r"`([^`]+)`", where):
            text = (ROOT / path).read_text("utf-8")
            assert re.search(rf"def test_\w*invariant_{number}_", text), (number, path)


def test_every_alert_is_explained() -> None:
    source = (ROOT / "services/web/alerts.py").read_text("utf-8")
    raised = set(re.findall(r'(?<!== )"([A-Z]+(?:_[A-Z]+)+)"', source))
    raised |= {f"{role.upper()}_ABSENT" for role in ("ingest", "relay", "clock")}
    assert set(names_after("alerts", "operators.md")) == raised


def test_every_topic_has_a_described_form() -> None:
    forms = [r"src\.\w+\.[\w-]+\.v1", r"feedback\.\w+\.[\w-]+\.v1"]
    forms += [r"agency\.[\w-]+\.referral\.v1", r"hub\.participation\.v1"]
    for topic in exchange.topics(Settings().source_partitions):
        assert any(re.fullmatch(form, topic.name) for form in forms), topic.name


def test_every_policy_file_is_described() -> None:
    named = set(re.findall(r"`([\w.-]+\.(?:yaml|txt))`", text_of("policy.md")))
    held = {path.name for path in POLICY_FOLDER.iterdir() if path.suffix in (".yaml", ".txt")}
    assert held <= named


def test_the_example_of_convert() -> None:
    after = text_of("partners.md").split("<!-- example: convert smart-factory -->")[1]
    given, expected = CODE.findall(after)[:2]
    answers = run(CONNECTORS, "smart-factory", given.encode().splitlines(), 1, False)
    assert [json.loads(line) for line in expected.splitlines()] == list(answers)


def test_the_example_of_decide() -> None:
    after = text_of("policy.md").split("<!-- example: decide -->")[1]
    given, expected = CODE.findall(after)[:2]
    engine = Engine(load_policy(), load_tables())
    decision = json.loads(decide_line(given.encode(), engine)[0])
    assert_part(json.loads(expected), decision)
    later = json.loads(decide_line(given.replace("2026-02-28", "2026-03-01").encode(), engine)[0])
    assert later["referral"]["addressees"] == ["HRDK-GYEONGNAM", "OPERATOR:P3"]
    assert '["HRDK-GYEONGNAM", "OPERATOR:P3"]' in after


def test_the_example_of_explain() -> None:
    text = text_of("policy.md")
    facts = CODE.findall(text.split("<!-- example: decide -->")[1])[0]
    shown = text.split("<!-- example: explain -->")[1].split("```text\n")[1].split("```")[0]
    explainer = wiring.explainer(Settings())
    plain = Plain(explainer.words, "ko")
    told = plain.explanation(explainer.explain(facts_from_json(json.loads(facts))), short=True)
    assert set(shown.splitlines()) <= set(told)


def assert_part(part: object, whole: object) -> None:
    if isinstance(part, dict):
        assert isinstance(whole, dict)
        for name, value in part.items():
            assert_part(value, whole[name])
    else:
        assert part == whole


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_pages_speak_of_the_repository_only(page: Path) -> None:
    assert not re.search(r"/work/|shared/|/root/", page.read_text("utf-8"))
