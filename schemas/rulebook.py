"""Everything that a decision depends on beside the facts: the policy and the reference tables.

A rulebook can be kept as bytes beside the decisions taken under it, so that they can be taken again
years later (architecture, decision 9).
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from schemas.policies import (
    POLICY_FOLDER,
    Documents,
    Policy,
    load_documents,
    plain,
    policy_of,
)
from schemas.tables import REFERENCE_FOLDER, Tables, load_rows, tables_of

REFERENCE = "reference"
"""Folder inside a policy folder; where it is missing the shipped tables count."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """documents: the policy's files by stem, parsed. rows: the reference tables' rows by stem."""

    documents: Documents
    rows: Mapping[str, Sequence[Mapping[str, str]]]

    def policy(self) -> Policy:
        """The typed policy. Raises pydantic.ValidationError with every path."""
        return policy_of(self.documents)

    def tables(self) -> Tables:
        """The typed tables. Raises KeyError for a missing column."""
        return tables_of(self.rows)

    def packed(self) -> bytes:
        """The whole content as compressed JSON. The tables' columns keep their order: it is part of
        their digest."""
        value: dict[str, Any] = {"documents": plain(self.documents), "rows": plain(self.rows)}
        return zlib.compress(orjson.dumps(value), 9)


def load_rulebook(folder: Path | None = None) -> Rulebook:
    """A policy folder with its `reference` folder; None: what is shipped.

    Raises OSError, yaml.YAMLError.
    """
    policy = POLICY_FOLDER if folder is None else folder
    reference = policy / REFERENCE
    return Rulebook(
        load_documents(policy), load_rows(reference if reference.is_dir() else REFERENCE_FOLDER)
    )


def unpacked(content: bytes) -> Rulebook:
    """The rulebook that was packed. Raises zlib.error, orjson.JSONDecodeError, KeyError."""
    value = orjson.loads(zlib.decompress(content))
    return Rulebook(value["documents"], value["rows"])
