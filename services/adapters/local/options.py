"""What the local stack is told: where its files lie, which Java, how it reports."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Progress:
    """One message for the person who waits; done of total is a share, total is 0 when unknown."""

    ko: str
    en: str
    done: int = 0
    total: int = 0


Say = Callable[[Progress], None]


def quiet(_: Progress) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class LocalOptions:
    """Settings of one local stack; values of the environment come in as arguments.

    java, java_home and search_path are what NARU_JAVA, JAVA_HOME and PATH say. kafka_dir is an
    unpacked Apache Kafka, its archive, or a folder of jars. With first_port, ports are taken
    upwards from it. fast is for tests: no fsync, no training of the Java
    cache. offline forbids downloads. drop_privileges says how Postgres runs when we are root:
    "auto", or "nobody" to become that user.
    """

    data_dir: Path
    cache_dir: Path
    kafka_dir: Path | None = None
    java: str | None = None
    java_home: str | None = None
    search_path: str = ""
    first_port: int = 0
    fast: bool = False
    offline: bool = False
    drop_privileges: Literal["auto", "nobody"] = "auto"

    @property
    def logs(self) -> Path:
        """Folder of the log files, one a role."""
        return self.data_dir / "logs"
