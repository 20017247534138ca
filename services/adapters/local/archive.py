"""An archive of Apache Kafka as its maker publishes it, unpacked into the cache."""

import hashlib
import os
import shutil
import tarfile
from pathlib import Path

from services.errors import WrongUse


def unpacked(archive: Path, folder: Path) -> Path:
    """The one folder inside a tar archive, unpacked beneath folder at the first use.

    WrongUse when the file is no such archive.
    """
    with archive.open("rb") as file:
        key = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    home = folder / f"archive-{key}"
    if not home.is_dir():
        _unpack(archive, home)
    inside = list(home.iterdir())
    if len(inside) != 1:
        raise _not_an_archive(archive)
    return inside[0]


def _unpack(archive: Path, home: Path) -> None:
    partial = home.with_name(f"{home.name}.{os.getpid()}.partial")
    try:
        with tarfile.open(archive) as tar:
            _extract(tar, partial)
        partial.replace(home)
    except (tarfile.TarError, EOFError) as cause:
        raise _not_an_archive(archive) from cause
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _extract(tar: tarfile.TarFile, target: Path) -> None:
    """Plain files and folders beneath target; raises TarError for anything else. Debian 12's
    Python 3.11.2 has no filter of its own yet."""
    tar.extraction_filter = getattr(tarfile, "data_filter", None)
    for member in tar:
        path = Path(member.name)
        if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
            raise tarfile.TarError(member.name)
        tar.extract(member, target)


def _not_an_archive(archive: Path) -> WrongUse:
    return WrongUse(
        f"{archive} 은(는) Apache Kafka 배포 파일이 아닙니다.",
        f"{archive} is not an archive of Apache Kafka.",
    )
