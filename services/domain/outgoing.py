"""Messages that leave: CloudEvents headers, deterministic ids, stored once as bytes."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from services.domain.ids import uid

SOURCE = "urn:kr:moel:naru"
CONTENT_TYPE = "application/avro"
_HEADERS = (
    "ce_specversion",
    "ce_source",
    "content-type",
    "ce_id",
    "ce_type",
    "ce_time",
    "traceparent",
    "ce_subject",  # the last: only here a partner's text may hold a separator
)


def headers_of(stored: bytes) -> list[tuple[str, bytes]]:
    """The headers of a message from the outbox, where their values lie one behind the other with
    unit separators between them: two or three messages leave for every event."""
    return list(zip(_HEADERS, stored.split(b"\x1f", len(_HEADERS) - 1), strict=True))


@dataclass(slots=True)
class Cause:
    """The source message that led to an outgoing one."""

    stream: int
    topic: str
    partition: int
    offset: int
    _trace: str = ""

    @property
    def traceparent(self) -> str:
        """W3C trace context, the same for everything that one source message caused."""
        if not self._trace:
            self._trace = self._traced()
        return self._trace

    def _traced(self) -> str:
        digest = blake2b(
            f"{self.topic}/{self.partition}/{self.offset}".encode(), digest_size=24
        ).hexdigest()
        return f"00-{digest[:32]}-{digest[32:]}-01"


@dataclass(slots=True)
class Outbox:
    """Collects the outbox rows of one transaction. at: the instant of the transaction, UTC."""

    at: datetime
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    _time: str = ""

    def add(
        self,
        cause: Cause,
        topic: str,
        key: str,
        value: bytes | None,
        kind: str,
        *identity: str | int,
    ) -> None:
        """One message. kind: its CloudEvents type; identity: what makes it the same message when
        it is made again (replays and resends carry the same id)."""
        self._time = self._time or self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        ce_id = uid("message", kind, *identity)
        own = f"{ce_id}\x1f{kind}\x1f{self._time}\x1f{cause.traceparent}\x1f{key}"
        headers = f"1.0\x1f{SOURCE}\x1f{CONTENT_TYPE}\x1f{own}".encode()
        self.rows.append((cause.stream, topic, key.encode(), value, headers, self.at))
