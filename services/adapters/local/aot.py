"""Java's ahead-of-time cache: learned at one orderly stop of the broker, used from then on.

It saves half of the broker's start. It is never needed: whatever is wrong with it, the broker
starts without it.
"""

import hashlib
from pathlib import Path

from services.adapters.local.java import Java

_FIRST_RELEASE = 25


class JavaCache:
    """The cache for one Java and one class path; training writes a file of this stack's own."""

    def __init__(self, folder: Path, java: Java, jars: tuple[Path, ...], owner: str) -> None:
        self._usable = java.release >= _FIRST_RELEASE
        key = _key(java, jars)
        self._file = folder / f"{key}.aot"
        self._training = folder / f"{key}.{owner}.training"

    def flags(self, train: bool) -> tuple[str, ...]:
        """Java's arguments: use the cache, or else (when train) learn it."""
        if not self._usable:
            return ()
        if self._file.is_file():
            return (f"-XX:AOTCache={self._file}", "-Xlog:aot*=off")
        if not train:
            return ()
        self._training.parent.mkdir(parents=True, exist_ok=True)
        self._training.unlink(missing_ok=True)
        return (f"-XX:AOTCacheOutput={self._training}",)

    def keep(self) -> None:
        """After an orderly stop: what was learned becomes the cache."""
        if self._training.is_file():
            self._training.replace(self._file)

    def drop(self) -> bool:
        """Delete the cache; whether there was one."""
        there = self._file.is_file()
        self._file.unlink(missing_ok=True)
        return there


def _key(java: Java, jars: tuple[Path, ...]) -> str:
    """Java refuses a cache made with another Java, other jars or jars of another time."""
    words = [java.version, str(java.program)]
    for jar in jars:
        about = jar.stat()
        words.append(f"{jar} {about.st_size} {about.st_mtime_ns}")
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
