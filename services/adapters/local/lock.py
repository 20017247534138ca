"""The committed list of Kafka's jars with their hashes, and the check against it."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from services.errors import ServiceMissing


@dataclass(frozen=True, slots=True)
class Jar:
    """One locked jar by its Maven names and its SHA-256 in hex."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def filename(self) -> str:
        """The name under which every repository keeps it."""
        return f"{self.artifact}-{self.version}.jar"


def read_lock(path: Path) -> tuple[Jar, ...]:
    """The jars of a jgo lock file; ValueError when one of them has no hash."""
    rows = tomllib.loads(path.read_text("utf-8"))["dependencies"]
    jars = tuple(
        Jar(row["groupId"], row["artifactId"], row["version"], row.get("sha256", ""))
        for row in rows
    )
    bare = [jar.filename for jar in jars if len(jar.sha256) != 64]
    if bare:
        raise ValueError(f"no hash in {path}: {bare}")
    return jars


def lock_key(jars: Iterable[Jar]) -> str:
    """A short name of exactly this set of jars."""
    text = "\n".join(sorted(f"{jar.filename} {jar.sha256}" for jar in jars))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def verify(files: Mapping[Jar, Path]) -> None:
    """Check every file against its hash; ServiceMissing naming the first one that differs."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        digests = list(pool.map(_digest, files.values()))
    for (jar, path), digest in zip(files.items(), digests, strict=True):
        if digest != jar.sha256:
            raise ServiceMissing(
                f"{path} 의 내용이 잠금 파일과 다릅니다(SHA-256 {digest}, 기대값 {jar.sha256}). "
                "사용하지 않습니다. 파일을 지우고 다시 받으십시오.",
                f"{path} differs from the lock file (SHA-256 {digest}, expected {jar.sha256}). "
                "It is not used. Delete the file and fetch it again.",
            )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
