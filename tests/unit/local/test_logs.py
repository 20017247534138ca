from itertools import islice
from pathlib import Path

import pytest

from services.adapters.local.logs import log_lines, roles_with_logs
from services.errors import WrongUse


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "relay.log").write_text("하나\ntwo\nthree\n")
    (tmp_path / "logs" / "relay.1.log").write_text("old\n")
    return tmp_path


def test_the_last_lines_of_a_role(data_dir: Path) -> None:
    assert roles_with_logs(data_dir) == ["relay"]
    assert list(log_lines(data_dir, "relay", last=2)) == ["two", "three"]


def test_an_unknown_role_is_wrong_use(data_dir: Path) -> None:
    with pytest.raises(WrongUse, match="relay"):
        list(log_lines(data_dir, "../secret"))


def test_following_goes_on_in_a_new_file(data_dir: Path) -> None:
    lines = log_lines(data_dir, "relay", follow=True)
    assert list(islice(lines, 3)) == ["하나", "two", "three"]
    log = data_dir / "logs" / "relay.log"
    with log.open("a") as file:
        file.write("four\n")
    assert next(lines) == "four"
    log.replace(data_dir / "logs" / "relay.2.log")
    log.write_text("five\n")
    assert next(lines) == "five"
