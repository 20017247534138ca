"""Kafka's storage: formatted by Kafka's own tool once for a set of jars, then copied.

The copy gets identifiers of its own; what the tool writes beside them (the first records, with
the feature levels) is the same for every new cluster.
"""

import base64
import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

_RECORDS = "bootstrap.checkpoint"
_PROPERTIES = "meta.properties"


def is_formatted(home: Path) -> bool:
    """Whether the folder is the storage of a cluster."""
    return (home / _PROPERTIES).is_file()


def create(home: Path, template: Path, tool: Callable[[Path, str], None]) -> None:
    """Make a new cluster's storage at home, in one step.

    tool(folder, cluster_id) runs Kafka's format and raises when it fails; it is called when
    template has no records yet.
    """
    partial = _empty(home)
    records = template / _RECORDS
    cluster = new_id()
    if records.is_file():
        shutil.copyfile(records, partial / _RECORDS)
        (partial / _PROPERTIES).write_text(_properties(cluster, new_id()), "ascii")
    else:
        tool(partial, cluster)
        _remember(partial / _RECORDS, records)
    partial.replace(home)


def new_id() -> str:
    """A random id as Kafka writes them; one that begins with a hyphen would look like a flag."""
    while (text := _encoded(uuid.uuid4())).startswith("-"):
        pass
    return text


def _encoded(value: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(value.bytes).decode("ascii").rstrip("=")


def _properties(cluster: str, directory: str) -> str:
    return f"version=1\nnode.id=1\ncluster.id={cluster}\ndirectory.id={directory}\n"


def _empty(home: Path) -> Path:
    partial = home.with_name(f"{home.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    return partial


def _remember(made: Path, records: Path) -> None:
    records.parent.mkdir(parents=True, exist_ok=True)
    copy = records.with_name(f"{records.name}.{os.getpid()}")
    shutil.copyfile(made, copy)
    copy.replace(records)
