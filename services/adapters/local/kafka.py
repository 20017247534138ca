"""A real Apache Kafka: one KRaft node on loopback, formatted once, started from its jars."""

import base64
import os
import shutil
import signal
import subprocess
import uuid
from pathlib import Path

from services.adapters.local.jars import find_jars
from services.adapters.local.java import Java, find_java
from services.adapters.local.options import LocalOptions, Progress, Say
from services.adapters.local.places import fill, shipped
from services.adapters.local.ports import LOOPBACK
from services.adapters.local.probe import broker_answers
from services.adapters.local.processes import Launch, mark
from services.errors import ServiceMissing

_MEMORY = ("-Xmx512m", "-XX:+UseSerialGC")


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

    @property
    def address(self) -> str:
        """host:port for clients."""
        return f"{LOOPBACK}:{self._port}"

    def prepare(self, say: Say) -> None:
        """Find Java and the jars, format the storage once; errors of find_java and find_jars."""
        self._java = find_java(self._options)
        self._jars = find_jars(self._options, say)
        if not (self._home / "meta.properties").is_file():
            say(Progress("Kafka 저장소를 만듭니다.", "Creating Kafka's storage."))
            self._format()

    def launch(self) -> Launch:
        """What to run."""
        config = self._configure(self._home)
        return self._run("kafka.Kafka", str(config))

    def ready(self, _pid: int) -> bool:
        """Whether the broker takes requests and is not fenced."""
        return broker_answers(self._port)

    @property
    def _home(self) -> Path:
        return self._options.data_dir / self.name

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

    def _run(self, main: str, *arguments: str) -> Launch:
        quick = ("-XX:TieredStopAtLevel=1",) if self._options.fast else ()
        argv = (
            str(self._java.program),
            *_MEMORY,
            *quick,
            f"-Dlog4j2.configurationFile={shipped('log4j2.xml')}",
            "-cp",
            os.pathsep.join(str(jar) for jar in self._jars),
            main,
            *arguments,
        )
        return Launch(argv, {"LC_ALL": "C.UTF-8", "TZ": "UTC", **mark(self._options.data_dir)})

    def _format(self) -> None:
        partial = self._home.with_name(f"{self.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        config = str(self._configure(partial))
        launch = self._run("kafka.tools.StorageTool", "format", "-t", cluster, "-c", config)
        done = subprocess.run(
            launch.argv, env=dict(launch.env), capture_output=True, text=True, timeout=120
        )
        if done.returncode:
            tail = (done.stdout + done.stderr).strip()[-600:]
            raise ServiceMissing(
                f"Kafka 저장소를 만들지 못했습니다: {tail}",
                f"cannot create Kafka's storage: {tail}",
            )
        partial.replace(self._home)
