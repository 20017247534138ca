"""Logs: one JSON object a line on stderr, numbers of firms and contacts masked (F83, F85)."""

import logging
import re
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

_NUMBER = re.compile(r"(?<!\d)\d{3}-?\d{2}-?\d{5}(?!\d)")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}")
_SELDOM_S = 10.0
_MOST_SAID = 1000
_PASSWORD = re.compile(r"://[^:/@\s]{1,64}:[^@\s]{1,128}@")


def mask(text: str) -> str:
    """The text without business numbers, mail addresses and passwords in addresses."""
    text = _PASSWORD.sub("://****@", text)
    return _MAIL.sub("****@****", _NUMBER.sub("**********", text))


def _redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key not in ("timestamp", "level"):
            event[key] = mask(value)
    return event


class Seldom(logging.Filter):
    """Lets a library say the same thing once in ten seconds, with the number of times it was said
    since: a client without its broker writes thousands of lines a second (F30). clock: seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._last: dict[tuple[str, str], float] = {}
        self._kept_back: dict[tuple[str, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        said = (record.name, str(record.msg))
        now = self._clock()
        if now - self._last.get(said, -_SELDOM_S) < _SELDOM_S:
            self._kept_back[said] = self._kept_back.get(said, 0) + 1
            return False
        if len(self._last) >= _MOST_SAID:
            self._last.clear()
            self._kept_back.clear()
        self._last[said] = now
        again = self._kept_back.pop(said, 0)
        if again:
            record.msg = f"{record.getMessage()} (+{again})"
            record.args = ()
        return True


def configure(level: str, role: str) -> None:
    """Sets up structlog and the standard library's logging for one process."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(role=role)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    handler.addFilter(Seldom())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(number, logging.WARNING))
