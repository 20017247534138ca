"""A real Apache Kafka: one KRaft node on loopback, formatted once, started from its jars."""

import hashlib
import os
import signal
import subprocess
from pathlib import Path

from services.adapters.local import ports, storage
from services.adapters.local.aot import JavaCache
from services.adapters.local.jars import find_jars
from services.adapters.local.java import Java, find_java
from services.adapters.local.options import LocalOptions, Progress, Say
from services.adapters.local.places import fill, shipped
from services.adapters.local.probe import broker_answers
from services.adapters.local.processes import Launch, mark
from services.errors import ServiceMissing

_MEMORY = ("-Xmx512m", "-XX:+UseSerialGC")
_QUICK_COMPILER = "-XX:TieredStopAtLevel=1"
"""One node's broker mostly moves bytes: Java's second compiler took two seconds of a core at every
start, and 200,000 events later had not earned them back."""
_MAIN = "kafka.Kafka"


class KafkaServer:
    """One broker in a data folder; the caller holds the folder's lock."""

    name = "kafka"
    stop_signal = signal.SIGTERM

    def __init__(self, options: LocalOptions, port: int, controller_port: int) -> None:
        self._options = options
        self._port = port
        self._controller_port = controller_port
        self._java = Java(Path(), 0, "")
        self._jars: tuple[Path, ...] = ()
        self._cache: JavaCache | None = None
        self._was_ready = True

    @property
    def ports(self) -> dict[str, int]:
        """The ports in use, by the name under which they are remembered."""
        return {"kafka": self._port, "kafka-controller": self._controller_port}

    @property
    def address(self) -> str:
        """host:port for clients."""
        return f"{ports.LOOPBACK}:{self._port}"

    def prepare(self, say: Say) -> None:
        """Find Java and the jars, format the storage once; errors of find_java and find_jars."""
        self._java = find_java(self._options)
        self._jars = find_jars(self._options, say)
        owner = hashlib.sha256(str(self._home).encode()).hexdigest()[:12]
        folder = self._options.cache_dir / "java"
        self._cache = JavaCache(folder, self._java, self._jars, owner)
        if not storage.is_formatted(self._home):
            say(Progress("Kafka 저장소를 만듭니다.", "Creating Kafka's storage."))
            storage.create(self._home, self._template(), self._format)

    def launch(self) -> Launch:
        """What to run; without Java's cache if the last start with it never got ready."""
        if self._cache and not self._was_ready:
            self._cache.drop()
        self._was_ready = False
        flags = self._cache.flags(train=not self._options.fast) if self._cache else ()
        return self._run(_MAIN, str(self._configure(self._home)), flags=flags)

    def ready(self, _pid: int) -> bool:
        """Whether the broker takes requests and is not fenced."""
        answers = broker_answers(self._port)
        self._was_ready = self._was_ready or answers
        return answers

    def another_try(self) -> bool:
        """Whether a start that failed may go better: without Java's cache, or on other ports."""
        moved = not (ports.is_free(self._port) and ports.is_free(self._controller_port))
        if moved:
            self._port = ports.choose()
            self._controller_port = ports.choose(taken=(self._port,))
        return moved or (self._cache is not None and self._cache.drop())

    def stopped(self) -> None:
        """After an orderly stop: keep what Java has learned."""
        if self._cache:
            self._cache.keep()

    @property
    def _home(self) -> Path:
        return self._options.data_dir / self.name

    def _template(self) -> Path:
        names = "\n".join(sorted(jar.name for jar in self._jars))
        key = hashlib.sha256(names.encode()).hexdigest()[:16]
        return self._options.cache_dir / "kafka" / f"storage-{key}"

    def _configure(self, home: Path) -> Path:
        config = self._options.data_dir / "server.properties"
        fill(
            "server.properties",
            config,
            broker_port=self._port,
            controller_port=self._controller_port,
            broker_session_ms=2_000 if self._options.fast else 4_000,
            log_dir=home,
        )
        return config

    def _run(self, main: str, *arguments: str, flags: tuple[str, ...] = ()) -> Launch:
        argv = (
            str(self._java.program),
            *_MEMORY,
            _QUICK_COMPILER,
            *flags,
            f"-XX:ErrorFile={self._options.logs / 'kafka.crash.log'}",
            f"-Dlog4j2.configurationFile={shipped('log4j2.xml')}",
            "-cp",
            os.pathsep.join(str(jar) for jar in self._jars),
            main,
            *arguments,
        )
        env = {"LC_ALL": "C.UTF-8", "TZ": "UTC", **mark(self._options.data_dir)}
        return Launch(argv, env, folder=self._options.data_dir)

    def _format(self, folder: Path, cluster: str) -> None:
        config = str(self._configure(folder))
        launch = self._run("kafka.tools.StorageTool", "format", "-t", cluster, "-c", config)
        done = subprocess.run(
            launch.argv,
            env=dict(launch.env),
            cwd=launch.folder,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode:
            tail = (done.stdout + done.stderr).strip()[-600:]
            raise ServiceMissing(
                f"Kafka 저장소를 만들지 못했습니다: {tail}",
                f"cannot create Kafka's storage: {tail}",
            )
