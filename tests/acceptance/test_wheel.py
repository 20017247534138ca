"""From a partner's event to the agency's referral, on the installed wheel and nothing else of
the checkout."""

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def naru(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `naru` of a wheel installed into an environment of its own; the locked
    dependencies are those of the environment that runs the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "build", "-q", "--wheel", "-o", folder, ROOT], check=True)
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, folder / "venv"], check=True)
    python = folder / "venv/bin/python"
    wheel = next(folder.glob("naru-*.whl"))
    subprocess.run([uv, "pip", "install", "-q", "--python", python, "--no-deps", wheel], check=True)
    asked = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "venv/bin/naru"


def test_the_wheel_is_the_program(naru: Path, tmp_path: Path) -> None:
    python = naru.with_name("python")
    asked = [python, "-c", "import services; print(services.__file__)"]
    found = subprocess.run(asked, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    assert str(naru.parents[1]) in found


@pytest.mark.timeout(400)
def test_demo_once(naru: Path, tmp_path: Path) -> None:
    ended = subprocess.run(
        [naru, "demo", "--once", "--json", "--events", "600", "--data-dir", tmp_path / "data"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    states = ("applied", "duplicate", "superseded", "held", "quarantined")
    assert found["received"] == 600 == sum(found[state] for state in states)
    assert found["referrals"] > 10
    assert found["agencies"] > 5


def test_convert_and_decide_need_no_server(naru: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.jsonl"
    facts.write_text('{"as_of": "2026-04-15", "case_id": "x"}\nnot json\n')
    ended = subprocess.run([naru, "decide", facts], capture_output=True, text=True, check=False)
    first, second = map(json.loads, ended.stdout.splitlines())
    assert ended.returncode == 1
    assert first["referral"]["reasons"] == ["NO_PARTICIPATION"]
    assert second["error"]["code"] == "NOT_A_JSON_OBJECT"
    examples = ROOT / "tests/examples/smart-factory/samples.jsonl"
    ended = subprocess.run(
        [naru, "convert", "smart-factory", examples, "--alone"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    states = [json.loads(line)["end_state"] for line in ended.stdout.splitlines()]
    assert states.count("applied") == 6
    assert states[-2:] == ["held", "quarantined"]
