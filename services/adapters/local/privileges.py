"""Postgres refuses to run as root: ways to run it from root without creating a user."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from services.adapters.local.options import LocalOptions

NOBODY = 65_534
_SHARED = Path("/var/lib/naru")
_MAP = ("--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")


@dataclass(frozen=True, slots=True)
class Guise:
    """How a program is started: words before its own, and the user it becomes (None: stay)."""

    prefix: tuple[str, ...] = ()
    user: int | None = None

    def may_reach(self, path: Path) -> bool:
        """Whether the program can open what lies under this existing folder."""
        if self.user is None:
            return True
        return all(place.stat().st_mode & 0o001 for place in (path, *path.resolve().parents))

    def own(self, path: Path) -> None:
        """Make a folder, private to whoever the program becomes."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user is not None:
            os.chown(path, self.user, self.user)


def guise(options: LocalOptions) -> Guise:
    """The least intrusive way that works here; options.drop_privileges may insist on one."""
    if os.geteuid() != 0:
        return Guise()
    unshare = shutil.which("unshare", path=options.search_path or os.defpath)
    if unshare and options.drop_privileges != "nobody" and _works(unshare):
        return Guise(prefix=(unshare, *_MAP))
    return Guise(user=NOBODY)


def home_for(chosen: Guise, data_dir: Path, name: str) -> Path:
    """The folder for a server's data: in data_dir, or where `nobody` can get at it."""
    if chosen.user is None:
        return data_dir / name
    data_dir.chmod(0o711)
    if chosen.may_reach(data_dir):
        return data_dir / name
    key = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:16]
    shared = _SHARED / key
    shared.mkdir(mode=0o711, parents=True, exist_ok=True)
    return shared / name


def programs_for(chosen: Guise, install: Path, version: str) -> Path:
    """The installed programs, or a copy of them where `nobody` can get at it."""
    if chosen.may_reach(install):
        return install
    copy = _SHARED / f"{install.name}-{version}"
    if not copy.is_dir():
        _SHARED.mkdir(mode=0o711, parents=True, exist_ok=True)
        partial = copy.with_suffix(f".{os.getpid()}.partial")
        shutil.copytree(install, partial, symlinks=True)
        partial.replace(copy)
    return copy


def _works(unshare: str) -> bool:
    try:
        trial = subprocess.run((unshare, *_MAP, "true"), capture_output=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return trial.returncode == 0
