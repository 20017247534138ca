"""The status document as a page: Jinja2 templates beside this file, nothing from another host."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from services.domain.explaining.plain import SECTIONS, at, capital
from services.web.spans import span
from services.web.words import LANGUAGES, Language, words

KOREA = ZoneInfo("Asia/Seoul")
FUNNEL = (
    "received",
    "applied",
    "participations",
    "enterprises",
    "establishments",
    "referrals",
    "handed_over",
)
END_STATES = ("applied", "duplicate", "superseded", "held", "quarantined")

Json = Mapping[str, Any]


def language_of(asked: str | None) -> Language:
    """English where it is asked for, else Korean."""
    return "en" if asked == "en" else "ko"


def environment() -> Environment:
    """Templates escape everything and refuse names they do not know."""
    found = Environment(
        loader=PackageLoader("services.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"number": number, "percent": percent, "kst": kst, "utc": utc}
    return found


def status_page(templates: Environment, found: Json, language: Language) -> str:
    """The whole page."""
    return templates.get_template("status.html").render(
        **_shared(language),
        doc=found,
        funnel=_funnel(found["funnel"]),
        end_states=END_STATES,
        mix=mix,
        span=_spans(language),
        tip=_tips(found, language),
    )


def problem_page(templates: Environment, found: Json, language: Language) -> str:
    """A problem for somebody who came with a browser."""
    return templates.get_template("problem.html").render(**_shared(language), problem=found)


def explanation_page(
    templates: Environment, found: Json, language: Language, here: str, titles: Json
) -> str:
    """Why a referral, an event or a firm stands as it does. here: the page's own path."""
    return templates.get_template("explanation.html").render(
        **{**_shared(language), "here": here},
        found=found,
        titles=titles,
        sections=SECTIONS,
        at=at,
        capital=capital,
    )


def _shared(language: Language) -> dict[str, Any]:
    other = next(one for one in LANGUAGES if one != language)
    return {"w": words(language), "lang": language, "other": other, "here": "/status"}


def number(value: float | None) -> str | None:
    """With thousands separated; None stays None (shown as unknown)."""
    if value is None:
        return None
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def percent(part: int | None, whole: int | None) -> float:
    """For bars: 0 to 100."""
    return round(100 * part / whole, 1) if part and whole else 0.0


def kst(text: str | None, form: str = "%m-%d %H:%M:%S") -> str | None:
    """An ISO instant on Korea's clock."""
    if text is None:
        return None
    return datetime.fromisoformat(text).astimezone(KOREA).strftime(form)


def utc(text: str) -> str:
    """The same instant in UTC, in full."""
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def mix(states: Mapping[str, int]) -> list[tuple[str, float, float]]:
    """(end state, start, width) of each part of a bar of 100."""
    whole = states["received"]
    parts, start = [], 0.0
    for state in END_STATES:
        width = percent(states[state], whole)
        if width:
            parts.append((state, round(start, 1), width))
            start += width
    return parts


def _funnel(found: Json) -> list[tuple[str, int | None, float]]:
    most = max((found[step] or 0 for step in FUNNEL), default=0)
    return [(step, found[step], percent(found[step], most)) for step in FUNNEL]


def _spans(language: Language) -> Callable[[float | None], str | None]:
    place = LANGUAGES.index(language)

    def said(seconds: float | None) -> str | None:
        return None if seconds is None else span(seconds)[place]

    return said


def _tips(found: Json, language: Language) -> Callable[[str], str]:
    definitions = found["definitions"]

    def tip(path: str) -> str:
        text: str = definitions[path][language]
        return text

    return tip
