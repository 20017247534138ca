"""A policy that comes into force names an agency for which no topic was made: the broker makes none
by itself, and everything behind that referral would wait for ever."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from schemas.codec import decode
from schemas.policies import POLICY_FOLDER
from schemas.rulebook import REFERENCE, load_rulebook
from schemas.tables import REFERENCE_FOLDER
from services.adapters.kafka.publisher import Outgoing, Publisher
from services.adapters.kafka.tail import whole
from services.domain import exchange
from services.domain.topics import agency_topic
from services.errors import Transient
from tests.integration.hub.harness import Hub
from tests.integration.hub.partners import Partners
from tests.integration.hub.tasks import Tasks, key_on

OLD = "HRDK-GYEONGNAM"


def with_agency(folder: Path, code: str) -> Path:
    """A draft in which another branch has the firms of 창원."""
    draft = folder / "draft"
    shutil.copytree(POLICY_FOLDER, draft)
    shutil.copytree(REFERENCE_FOLDER, draft / REFERENCE)
    for name in ("agencies", "agency_jurisdictions"):
        path = draft / REFERENCE / f"{name}.csv"
        path.write_text(path.read_text("utf-8").replace(OLD, code), "utf-8")
    return draft


def read(hub: Hub, topic: str) -> list[dict[str, Any]]:
    async def values() -> list[dict[str, Any]]:
        return [
            decode("referral", stored.value)
            async for stored in whole(hub.settings.kafka, {topic})
            if stored.value is not None
        ]

    return asyncio.run(values())


def test_the_relay_makes_the_topic_that_is_missing(hub: Hub, tmp_path: Path) -> None:
    code = f"HRDK-{hub.settings.group.upper()}"
    draft = with_agency(tmp_path, code)
    hub.settings = hub.settings.model_copy(update={"policy_dir": draft})
    tasks = Tasks(Partners.of(hub).ids["src.mss.smart-factory.v1-value"])
    hub.publish([tasks.row(key_on(0, 900), 1)])
    hub.start("ingest")
    hub.start("relay")
    hub.drain(60)
    [record] = read(hub, agency_topic(code))
    assert record["status"] == "requested" and record["addressees"] == [code]


def test_start_up_makes_the_topics_of_the_policy_in_force(tmp_path: Path) -> None:
    tables = load_rulebook(with_agency(tmp_path, "HRDK-NEW")).tables()
    named = {t.name for t in exchange.topics(4, tables)}
    assert agency_topic("HRDK-NEW") in named and agency_topic(OLD) not in named
    subjects = {s.subject for s in exchange.subjects(tables)}
    assert f"{agency_topic('HRDK-NEW')}-value" in subjects


def test_no_other_topic_is_made(hub: Hub) -> None:
    """A partner's topic that is missing is a fault of the set-up, not ours to hide."""

    async def send() -> None:
        publisher = Publisher(hub.settings.kafka, makes=exchange.own_topic)
        await publisher.start()
        try:
            await publisher.publish([Outgoing("src.nobody.v1", b"k", b"v", [])])
        finally:
            await publisher.stop()

    with pytest.raises(Transient):
        asyncio.run(send())
