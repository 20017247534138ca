"""Where the shipped files of the local stack lie."""

from pathlib import Path
from string import Template

_WHEEL = Path(__file__).parents[2] / "deploy_local"
_CHECKOUT = Path(__file__).parents[3] / "deploy" / "local"


def shipped(name: str) -> Path:
    """A file of deploy/local, from the wheel or from the checkout."""
    return (_WHEEL if _WHEEL.is_dir() else _CHECKOUT) / name


def fill(name: str, target: Path, **values: object) -> None:
    """Write a shipped file to target with its $names filled in."""
    text = Template(shipped(name).read_text("utf-8")).substitute(values)
    target.write_text(text, "utf-8")
