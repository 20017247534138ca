"""What the supervisor runs beside the two servers, as the caller says it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """One process of the hub: its name, program and arguments, and whole environment.

    With ready_url, the role counts as ready when that address answers a GET with 200.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    ready_url: str = ""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the servers are, and a free port for the web process (remembered like the others)."""

    kafka: str
    postgres: str
    web_port: int
    data_dir: Path


@dataclass(frozen=True, slots=True)
class Plan:
    """The roles to keep running, what to run once before them, and the web process's address."""

    roles: tuple[RoleSpec, ...]
    prepare: RoleSpec | None = None
    web: str = ""


Planner = Callable[[Addresses], Plan]
