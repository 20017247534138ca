"""Every setting, once, with its meaning. The only module that reads the environment.

Order of sources: values given by the caller (command line), then `NARU_*` variables, then the
defaults below. Nothing is read at import.
"""

import os
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


def _cache_home() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return Path(home) if home else Path.home() / ".cache"


class Settings(BaseSettings):
    """Settings of one process; field descriptions are what `naru config` prints."""

    model_config = SettingsConfigDict(env_prefix="NARU_", extra="ignore", frozen=True)

    kafka: str = Field("", description="Kafka bootstrap servers, host:port[,host:port]")
    postgres: SecretStr = Field(SecretStr(""), description="Postgres DSN (may name several hosts)")
    data_dir: Path = Field(
        default_factory=lambda: _cache_home() / "naru" / "data",
        description="folder of the local stack: databases, logs, state",
    )
    cache_dir: Path = Field(
        default_factory=lambda: _cache_home() / "naru",
        description="folder of downloaded parts (Kafka's jars)",
    )
    kafka_dir: Path | None = Field(None, description="an unpacked Apache Kafka or a folder of jars")
    java: str | None = Field(None, description="the java program to use")
    java_home: str | None = Field(
        default_factory=lambda: os.environ.get("JAVA_HOME"), description="folder of a Java 17+"
    )
    search_path: str = Field(
        default_factory=lambda: os.environ.get("PATH", ""),
        description="where programs are looked up",
    )
    today: date | None = Field(
        None, description="deciding day instead of the calendar's (demos and tests)"
    )
    policy_dir: Path | None = Field(
        None, description="a policy folder to decide by, instead of the shipped one"
    )
    slot: int = Field(0, description="number of this ingest worker; names it in its group")
    workers: int = Field(1, description="ingest workers that `naru up` starts")
    group: str = Field("naru-ingest", description="Kafka consumer group of the ingest workers")
    source_partitions: int = Field(4, description="partitions of a source topic when it is created")
    batch_events: int = Field(2000, description="events in one transaction, at most")
    batch_bytes: int = Field(4 * 1024 * 1024, description="bytes of values in one transaction")
    session_timeout_ms: int = Field(10_000, description="silence after which a worker is given up")
    schema_wait_s: float = Field(
        60, description="how long an unknown schema id may still arrive (F4)"
    )
    watchdog_s: float = Field(30, description="lag without progress after which the process ends")
    quarantine_key: SecretStr = Field(
        SecretStr(""), description="key of the quarantine's bytes: 32 bytes, base64url"
    )
    web_host: str = Field("127.0.0.1", description="address the web process listens on")
    web_port: int = Field(0, description="port of the web process; 0 = a free one")
    fast: bool = Field(False, description="local stack for tests: no fsync, quick start")
    failpoint: str = Field("", description="named point at which a test kills the process")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Caller, then environment; no files that a person might forget."""
        return (init_settings, env_settings)

    def environment(self, **changes: Any) -> dict[str, str]:
        """The `NARU_*` variables with which a child process gets these settings, and changes."""
        values = {**self.model_dump(), **changes}
        shown = {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in values.items()
            if value not in (None, "") and name != "search_path"
        }
        return {f"NARU_{name.upper()}": str(value) for name, value in shown.items()}

    def origins(self) -> list[tuple[str, str, str, str]]:
        """(name, value with secrets masked, origin, description) of every setting."""
        rows = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            shown = (
                "****" if isinstance(value, SecretStr) and value.get_secret_value() else str(value)
            )
            given = name in self.model_fields_set
            from_env = f"NARU_{name.upper()}" in os.environ
            origin = ("environment" if from_env else "caller") if given else "default"
            rows.append((name, shown, origin, field.description or ""))
        return rows


def base_environment() -> dict[str, str]:
    """The environment that child processes start from."""
    return dict(os.environ)
