"""Subjects and their shipped schemas: which schema belongs to which topic (decision 13).

A subject is `<topic>-value`. Ids are given by Postgres when the migration registers the shipped
schemas; this module only knows names and texts.
"""

import hashlib
import json
from dataclasses import dataclass

from schemas.codec import schema_text


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject and the shipped schema file (`avro/<name>.avsc`) of its newest version."""

    subject: str
    name: str

    @property
    def text(self) -> str:
        """The schema's JSON text, white space normalised as registries do."""
        return json.dumps(json.loads(schema_text(self.name)), ensure_ascii=False)

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the text: tells whether this version is registered already."""
        return hashlib.sha256(self.text.encode()).digest()


def subject_of(topic: str) -> str:
    """The subject of a topic's values."""
    return f"{topic}-value"
