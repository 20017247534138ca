from pathlib import Path

from services.adapters.local import storage


def test_the_tool_runs_once_and_copies_get_ids_of_their_own(tmp_path: Path) -> None:
    calls: list[str] = []

    def tool(folder: Path, cluster: str) -> None:
        calls.append(cluster)
        (folder / "bootstrap.checkpoint").write_bytes(b"records")
        (folder / "meta.properties").write_text(f"cluster.id={cluster}\n")

    template = tmp_path / "template"
    for name in ("one", "two"):
        storage.create(tmp_path / name, template, tool)
        assert storage.is_formatted(tmp_path / name)
        assert (tmp_path / name / "bootstrap.checkpoint").read_bytes() == b"records"
    assert len(calls) == 1
    assert calls[0] not in (tmp_path / "two" / "meta.properties").read_text()


def test_what_was_left_half_done_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "one.partial").mkdir()
    (tmp_path / "one.partial" / "rubbish").touch()
    storage.create(tmp_path / "one", tmp_path / "none", _tool)
    assert not (tmp_path / "one" / "rubbish").exists()
    assert not (tmp_path / "one.partial").exists()


def _tool(folder: Path, cluster: str) -> None:
    (folder / "bootstrap.checkpoint").touch()
    (folder / "meta.properties").write_text(cluster)


def test_an_id_never_looks_like_a_flag() -> None:
    assert not any(storage.new_id().startswith("-") for _ in range(2_000))
