"""One list of metrics: what is exposed, what is documented and the list agree."""

import re
from pathlib import Path

from services.web.document import document
from services.web.metric_names import METRICS
from services.web.metrics import exposition
from services.web.middleware import Served
from services.web.parts import WebParts

from .conftest import Scene, ago, process

DOCS = Path(__file__).parents[3] / "docs" / "metrics.md"


def scraped(scene: Scene, parts: WebParts, accept: str = "") -> str:
    served = Served({("/status", "GET", 200): 3}, {"/status": (3, 0.25)})
    return exposition(document(scene.look(), parts), served, accept)[0].decode()


def exposed(text: str) -> dict[str, str]:
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))


def busy() -> Scene:
    scene = Scene()
    facts = '{"batches": 2, "events": 9, "last_batch": 5, "last_ms": 8.5, "failures": 1,'
    facts += ' "redone": 3}'
    scene.processes[0] = process("ingest-0", facts=facts)
    scene.doubt_since = ago(60)
    return scene


def test_the_list_is_what_is_exposed(parts: WebParts) -> None:
    assert exposed(scraped(busy(), parts)) == {m.name: m.kind for m in METRICS}


def test_the_documentation_has_the_same_rows() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (\w+) \| (.*?) \| (.*?) \| (.*?) \|$", DOCS.read_text(), re.M
    )
    assert rows == [
        (m.name, m.kind, ", ".join(f"`{label}`" for label in m.labels) or "–", m.ko, m.en)
        for m in METRICS
    ]


def test_names_say_kind_and_unit() -> None:
    for metric in METRICS:
        assert metric.name.startswith("naru_")
        assert metric.name.endswith("_total") is (metric.kind == "counter")


def test_labels_are_those_of_the_list(parts: WebParts) -> None:
    text = scraped(busy(), parts)
    for metric in METRICS:
        found = re.findall(rf"^{metric.name}(?:_count|_sum)?\{{(.*?)\}} ", text, re.M)
        for labels in found:
            assert set(re.findall(r'(\w+)="', labels)) == set(metric.labels)


def test_what_is_unknown_is_left_out(parts: WebParts) -> None:
    scene = busy()
    scene.postgres = False
    text = scraped(scene, parts)
    assert 'naru_dependency_up{dependency="postgres"} 0.0' in text
    assert not {"naru_lag_messages", "naru_messages", "naru_process_up"} & exposed(text).keys()


def test_open_metrics_on_request(parts: WebParts) -> None:
    text = scraped(busy(), parts, "application/openmetrics-text; version=1.0.0")
    assert text.endswith("# EOF\n")
