import hashlib
import tarfile
import tomllib
from io import BytesIO
from pathlib import Path

import pytest

from services.adapters.local.jars import find_jars
from services.adapters.local.lock import Jar, lock_key, read_lock, verify
from services.adapters.local.options import LocalOptions, quiet
from services.adapters.local.places import shipped
from services.errors import ServiceMissing, WrongUse


def jar_file(folder: Path, name: str = "one", content: bytes = b"content") -> tuple[Jar, Path]:
    jar = Jar("org.example", name, "1.0", hashlib.sha256(content).hexdigest())
    path = folder / jar.filename
    path.write_bytes(content)
    return jar, path


def test_the_committed_lock_holds_the_broker_and_its_log_binding() -> None:
    names = {jar.filename for jar in read_lock(shipped("jgo.lock.toml"))}
    assert {"kafka_2.13-4.3.1.jar", "kafka-clients-4.3.1.jar"} <= names
    log4j = {name.removesuffix(".jar").rpartition("-")[2] for name in names if "log4j" in name}
    assert len(log4j) == 1


def test_no_address_stands_in_the_lock() -> None:
    assert "://" not in shipped("jgo.lock.toml").read_text("utf-8")


def test_a_right_jar_passes(tmp_path: Path) -> None:
    verify(dict([jar_file(tmp_path)]))


def test_a_tampered_jar_is_refused_in_two_languages(tmp_path: Path) -> None:
    good, good_path = jar_file(tmp_path, "good")
    bad, bad_path = jar_file(tmp_path, "bad")
    bad_path.write_bytes(b"something else")
    with pytest.raises(ServiceMissing) as caught:
        verify({good: good_path, bad: bad_path})
    assert str(bad_path) in caught.value.message_ko
    assert str(bad_path) in caught.value.message_en
    assert bad.sha256 in caught.value.message_en


def test_a_lock_without_a_hash_is_no_lock(tmp_path: Path) -> None:
    lock = tmp_path / "jgo.lock.toml"
    lock.write_text('[[dependencies]]\ngroupId="g"\nartifactId="a"\nversion="1"\n')
    with pytest.raises(ValueError, match="no hash"):
        read_lock(lock)


def test_the_key_names_exactly_the_set(tmp_path: Path) -> None:
    one, _ = jar_file(tmp_path, "one")
    two, _ = jar_file(tmp_path, "two")
    assert lock_key([one, two]) == lock_key([two, one]) != lock_key([one])


def test_a_folder_that_lacks_jars_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="lacks"):
        find_jars(LocalOptions(tmp_path, tmp_path, kafka_dir=tmp_path), quiet)


def test_a_jar_in_the_cache_that_was_changed_is_refused(tmp_path: Path) -> None:
    jars = read_lock(shipped("jgo.lock.toml"))
    home = tmp_path / "kafka" / lock_key(jars)
    home.mkdir(parents=True)
    for jar in jars:
        (home / jar.filename).write_bytes(b"not this")
    with pytest.raises(ServiceMissing, match="differs from the lock file"):
        find_jars(LocalOptions(tmp_path, tmp_path, offline=True), quiet)


def test_without_network_and_cache_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ServiceMissing) as caught:
        find_jars(LocalOptions(tmp_path, tmp_path, offline=True), quiet)
    assert "--kafka-dir" in caught.value.message_ko
    assert "--kafka-dir" in caught.value.message_en
    assert caught.value.exit_code == 3
    assert list(tmp_path.rglob("*.partial")) == []


@pytest.fixture
def release(tmp_path: Path) -> Path:
    home = tmp_path / "kafka_2.13-4.3.1"
    for name in ("bin/kafka-server-start.sh", "libs/kafka_2.13-4.3.1.jar"):
        (home / name).parent.mkdir(parents=True)
        (home / name).touch()
    return home


def test_an_unpacked_release_is_taken_as_its_maker_packed_it(release: Path) -> None:
    found = find_jars(LocalOptions(release, release, kafka_dir=release), quiet)
    assert found == (release / "libs" / "kafka_2.13-4.3.1.jar",)


def test_so_is_its_archive(release: Path, tmp_path: Path) -> None:
    archive = tmp_path / "kafka.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(release, arcname=release.name)
    options = LocalOptions(tmp_path, tmp_path / "cache", kafka_dir=archive)
    (jar,) = find_jars(options, quiet)
    assert jar.is_relative_to(tmp_path / "cache")
    assert find_jars(options, quiet) == (jar,)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("../outside", tarfile.REGTYPE), ("/outside", tarfile.REGTYPE), ("link", tarfile.SYMTYPE)],
)
def test_an_archive_that_leads_outside_is_refused(tmp_path: Path, name: str, kind: bytes) -> None:
    archive = tmp_path / "kafka.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/passwd"
        tar.addfile(member, BytesIO())
    with pytest.raises(WrongUse, match="not an archive"):
        find_jars(LocalOptions(tmp_path, tmp_path / "cache", kafka_dir=archive), quiet)
    assert not list(tmp_path.rglob("outside"))


def test_another_file_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "kafka.tgz").write_bytes(b"nothing of the kind")
    with pytest.raises(WrongUse, match="not an archive"):
        find_jars(LocalOptions(tmp_path, tmp_path, kafka_dir=tmp_path / "kafka.tgz"), quiet)


def test_everything_asked_for_in_the_spec_is_locked() -> None:
    asked = tomllib.loads(shipped("jgo.toml").read_text("utf-8"))["dependencies"]["coordinates"]
    locked = {
        f"{jar.group}:{jar.artifact}:{jar.version}" for jar in read_lock(shipped("jgo.lock.toml"))
    }
    assert {one.removesuffix("!") for one in asked} <= locked
