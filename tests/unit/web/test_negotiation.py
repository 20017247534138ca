"""Who gets the page and who gets JSON; lengths of time in words."""

import pytest

from services.web.negotiation import wanted
from services.web.page import language_of, mix
from services.web.spans import span

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (CHROME, "html"),
        ("text/html", "html"),
        ("TEXT/HTML ; q=0.5", "html"),
        ("application/health+json;q=0.4, text/html;q=0.5", "html"),
        ("", "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("application/health+json", "json"),
        ("application/json, text/html;q=0.9", "json"),
        ("application/json, text/html", "json"),
        ("text/html, application/json", "html"),
        ("text/html;q=0", "json"),
        ("text/html;q=much", "json"),
        ("image/png", "json"),
        (";;,,=;q", "json"),
    ],
)
def test_the_form_that_a_client_wants(accept: str, form: str) -> None:
    assert wanted(accept) == form


@pytest.mark.parametrize(("asked", "language"), [(None, "ko"), ("en", "en"), ("xx", "ko")])
def test_korean_unless_english_is_asked_for(asked: str | None, language: str) -> None:
    assert language_of(asked) == language


@pytest.mark.parametrize(
    ("seconds", "ko", "en"),
    [
        (0.4, "0.4초", "0.4 s"),
        (59, "59초", "59 s"),
        (60, "1분", "1 min"),
        (3700, "1시간 1분", "1 h 1 min"),
        (90_000, "1일 1시간", "1 d 1 h"),
        (200_000, "2일 7시간", "2 d 7 h"),
    ],
)
def test_lengths_of_time(seconds: float, ko: str, en: str) -> None:
    assert span(seconds) == (ko, en)


def test_the_bar_has_the_parts_of_the_whole() -> None:
    states = {
        "received": 10,
        "applied": 5,
        "duplicate": 3,
        "superseded": 0,
        "held": 1,
        "quarantined": 1,
    }
    assert mix(states) == [
        ("applied", 0, 50.0),
        ("duplicate", 50.0, 30.0),
        ("held", 80.0, 10.0),
        ("quarantined", 90.0, 10.0),
    ]
