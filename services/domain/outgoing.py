"""Messages that leave: CloudEvents headers, deterministic ids, stored once as bytes."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

import orjson

from services.domain.ids import uid

SOURCE = "urn:kr:moel:naru"
CONTENT_TYPE = "application/avro"


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
        headers = orjson.dumps(
            (
                ("ce_specversion", "1.0"),
                ("ce_id", uid("message", kind, *identity)),
                ("ce_source", SOURCE),
                ("ce_type", kind),
                ("ce_subject", key),
                ("ce_time", self._time),
                ("content-type", CONTENT_TYPE),
                ("traceparent", cause.traceparent),
            )
        )
        self.rows.append((cause.stream, topic, key.encode(), value, headers, self.at))
