"""The page in a real browser: both languages, both schemes, narrow and wide, without scripts."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.integration.web.served import Web

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: bash deploy/browser.sh installs it"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture
def opened(browser: Browser, busy: Web) -> Iterator[Any]:
    """Opens a path in a context of its own; afterwards nothing may have been said on the console
    or asked of another host."""
    busy.counted()
    said: list[str] = []
    contexts = []

    def open_(path: str, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda r: r.url.startswith(busy.address) or said.append(r.url))
        page.goto(busy.address + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [text for text in said if "502" not in text] == []


def test_korean_first_english_by_the_switch(opened: Any) -> None:
    page = opened("/")
    assert page.url.endswith("/status")
    assert page.locator("html").get_attribute("lang") == "ko"
    assert page.locator("#sentence").inner_text().startswith("정상입니다")
    page.get_by_role("link", name="English").click()
    assert page.url.endswith("/status?lang=en")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("#sentence").inner_text().startswith("All is well")
    page.reload()
    assert page.locator("h1").inner_text() == "All well"
    page.get_by_role("link", name="한국어").click()
    assert page.locator("h1").inner_text() == "정상"


def test_everything_is_there_without_scripts(opened: Any) -> None:
    page = opened("/status?lang=en", java_script_enabled=False)
    rows = page.locator("#connectors > .scroll tbody tr")
    assert rows.filter(has_text="Smart factory").locator("td").nth(5).inner_text() == "10"
    assert not page.locator("#live").is_visible()
    page.locator("#c-smart-factory summary").click()
    assert page.get_by_role("cell", name="ingest-0@here:41").first.is_visible()


def test_the_page_renews_itself_and_leaves_focus_and_details_alone(opened: Any, busy: Web) -> None:
    page = opened("/status?lang=en")
    details = page.locator("#c-smart-factory")
    details.locator("summary").click()
    page.locator("#d-rules summary").focus()
    busy.execute("update process set seen_at = now() - interval '5 s' where role = 'relay'")
    page.get_by_text("PROCESS_LATE").wait_for(timeout=15_000)
    assert page.locator("h1").inner_text() == "Needs a look"
    assert details.get_attribute("open") is not None
    focused = "document.activeElement.parentElement.id"
    assert page.evaluate(focused) == "d-rules"


def test_a_lost_server_is_said(opened: Any, busy: Web) -> None:
    page = opened("/status")
    lost = page.locator("#lost")
    assert not lost.is_visible()
    page.route("**/status", lambda route: route.fulfill(status=502, body="gone"))
    lost.wait_for(state="visible", timeout=15_000)
    page.unroute("**/status")
    lost.wait_for(state="hidden", timeout=15_000)
    page.close()


def test_it_fits_a_narrow_screen(opened: Any) -> None:
    page = opened("/status", viewport={"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_axe_finds_nothing(opened: Any, busy: Web) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

    def violations(path: str, scheme: str) -> list[Any]:
        page = opened(path, color_scheme=scheme)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        found = axe.run(page, options=options).response["violations"]
        return [(path, scheme, v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found]

    assert violations("/status", "light") + violations("/status?lang=en", "dark") == []
    busy.execute("update source_partition set owner = null")
    busy.within(5, "fail")
    assert violations("/status", "dark") + violations("/status?lang=en", "light") == []
