"""Kafka's jars: from a given folder, from the cache, or downloaded through jgo."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from services.adapters.local.archive import unpacked
from services.adapters.local.lock import Jar, lock_key, read_lock, verify
from services.adapters.local.options import LocalOptions, Progress, Say
from services.adapters.local.places import shipped
from services.adapters.local.processes import identify
from services.errors import ServiceMissing, WrongUse

_WORKERS = 6
_TIMEOUT = 30


def find_jars(options: LocalOptions, say: Say) -> tuple[Path, ...]:
    """The class path of the broker, every locked jar checked against its hash.

    WrongUse when the given folder lacks jars; ServiceMissing when a jar differs from the lock or
    nothing can be downloaded.
    """
    jars = read_lock(shipped("jgo.lock.toml"))
    cache = options.cache_dir / "kafka"
    if options.kafka_dir:
        given = options.kafka_dir
        return _from_folder(unpacked(given, cache) if given.is_file() else given, jars)
    home = cache / lock_key(jars)
    files = {jar: home / jar.filename for jar in jars}
    if not all(path.is_file() for path in files.values()):
        _download(options, jars, home, say)
    verify(files)
    return tuple(files.values())


def _from_folder(folder: Path, jars: tuple[Jar, ...]) -> tuple[Path, ...]:
    if (folder / "bin" / "kafka-server-start.sh").is_file():
        # A release of Apache Kafka as its maker packed it: its jars are not Maven's.
        return tuple(sorted((folder / "libs").glob("*.jar")))
    there = {path.name: path for path in sorted(folder.rglob("*.jar"))}
    missing = [jar.filename for jar in jars if jar.filename not in there]
    if missing:
        names = ", ".join(missing[:5])
        raise WrongUse(
            f"--kafka-dir {folder} 에 jar 파일 {len(missing)}개가 없습니다: {names} …",
            f"--kafka-dir {folder} lacks {len(missing)} jars: {names} …",
        )
    files = {jar: there[jar.filename] for jar in jars}
    verify(files)
    return tuple(files.values())


def _download(options: LocalOptions, jars: tuple[Jar, ...], home: Path, say: Say) -> None:
    _clear_abandoned(home.parent)
    partial = home.with_name(f"{home.name}.{os.getpid()}.partial")
    try:
        if options.offline:
            raise ConnectionError("offline")
        fetched = _fetch(jars, partial, say)
    except ServiceMissing:
        raise
    except Exception as cause:
        raise _cannot_download(cause) from cause
    else:
        verify(fetched)
        home.mkdir(parents=True, exist_ok=True)
        for jar, path in fetched.items():
            path.replace(home / jar.filename)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _clear_abandoned(folder: Path) -> None:
    """What a killed download left; the number in its name is the pid of its process."""
    for partial in folder.glob("*.*.partial"):
        pid = partial.name.split(".")[-2]
        if pid.isdigit() and identify(int(pid)) is None:
            shutil.rmtree(partial, ignore_errors=True)


def _fetch(jars: tuple[Jar, ...], partial: Path, say: Say) -> dict[Jar, Path]:
    # Only a download needs jgo, and importing it takes longer than starting the database.
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext, PythonResolver

    context = MavenContext(
        resolver=PythonResolver(progress_callback=_meter(say, len(jars))),
        repo_cache=partial,
        timeout=_TIMEOUT,
    )
    # A mirror named "central" in the user's jgo settings replaces the public repository.
    context.remote_repos.update(GlobalSettings.load().repositories)

    def resolve(jar: Jar) -> Path:
        component = context.project(jar.group, jar.artifact).at_version(jar.version)
        return Path(component.artifact().resolve())

    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        return dict(zip(jars, pool.map(resolve, jars), strict=True))


def _meter(say: Say, total: int) -> Callable[[str, int], Any]:
    """jgo's progress callback, which begins once a file: counts files, and may raise to end it."""
    begun = itertools.count(1)

    @contextmanager
    def begin(_name: str, _size: int) -> Iterator[Callable[[int], None]]:
        say(_downloading(next(begun), total))
        yield lambda _part: None

    say(_downloading(0, total))
    return begin


def _downloading(done: int, total: int) -> Progress:
    return Progress("Apache Kafka를 내려받습니다.", "Downloading Apache Kafka.", done, total)


def _cannot_download(cause: Exception) -> ServiceMissing:
    if isinstance(cause, ImportError):
        return ServiceMissing(
            "Apache Kafka를 받을 도구가 없습니다. pip install 'naru[embedded]' 를 실행하거나 "
            "--kafka-dir 를 지정하십시오.",
            "What fetches Apache Kafka is missing. Run pip install 'naru[embedded]', or give "
            "--kafka-dir.",
        )
    return ServiceMissing(
        f"Apache Kafka를 내려받지 못했습니다({type(cause).__name__}). 망이 없는 곳에서는 다른 "
        "컴퓨터에서 받은 Apache Kafka 4.3.1 폴더나 jar 폴더를 --kafka-dir 로 지정하십시오.",
        f"Apache Kafka cannot be downloaded ({type(cause).__name__}). Without a network, name an "
        "unpacked Apache Kafka 4.3.1 or a folder of its jars, fetched on another machine, with "
        "--kafka-dir.",
    )
