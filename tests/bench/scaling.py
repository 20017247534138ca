"""How much more two workers do than one, where the workers and not the machine are the limit.

make scaling        (python -m tests.bench.scaling [EVENTS] [SHARE] [ROUNDS])

On two cores that carry broker, database and relay as well, two workers cannot have twice what one
has. Here the kernel holds every worker to SHARE per cent of a core (a control group's quota), with
one worker as with two, so that the machine has room for both. Needs root and a writable `cpu`
controller (cgroup v1 or v2); exit status 3 without.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

import orjson
import psutil

_PERIOD_US = 10_000
_V1, _V2 = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")


def _groups(count: int, share: int) -> list[Path]:
    """Control groups, each with its own share of a core."""
    quota = _PERIOD_US * share // 100
    made = []
    for number in range(count):
        group = (_V1 if _V1.is_dir() else _V2) / f"naru-scaling-{os.getpid()}-{number}"
        group.mkdir()
        if _V1.is_dir():
            (group / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (group / "cpu.max").write_text(f"{quota} {_PERIOD_US}")
        made.append(group)
    return made


@contextlib.contextmanager
def _held(count: int, share: int) -> Iterator[list[Path]]:
    try:
        groups = _groups(count, share)
    except OSError as error:
        print(f"CPU 제어 그룹을 쓸 수 없습니다 · no writable cpu controller: {error}")
        raise SystemExit(3) from error
    try:
        yield groups
    finally:
        for group in groups:
            group.rmdir()


def _workers(bench: psutil.Process) -> list[int]:
    found = []
    for child in bench.children():
        with contextlib.suppress(psutil.Error):
            if child.cmdline()[-1:] == ["ingest"]:
                found.append(child.pid)
    return sorted(found)


def _rate(events: int, workers: int, share: int) -> int:
    """Events a second of one bench whose workers are held."""
    out = Path(tempfile.mkdtemp()) / "bench.json"
    naru = Path(sys.executable).parent / "naru"
    command = [naru, "bench", "--events", str(events), "--ingest", str(workers)]
    with (
        _held(workers, share) as groups,
        subprocess.Popen([*command, "--out", out], stdout=subprocess.DEVNULL) as run,
    ):
        bench = psutil.Process(run.pid)
        while len(pids := _workers(bench)) < workers:
            if run.poll() is not None:
                raise SystemExit(f"naru bench ended with status {run.returncode}")
            time.sleep(0.02)
        for group, pid in zip(groups, pids, strict=True):
            (group / "cgroup.procs").write_text(str(pid))
        if run.wait():
            raise SystemExit(f"naru bench ended with status {run.returncode}")
    rate: int = orjson.loads(out.read_bytes())["events_per_s"]
    return rate


def main() -> None:
    """Prints the rates of one and of two workers, in turns, and their ratio."""
    given = [int(text) for text in sys.argv[1:]]
    events, share, rounds = (*given, *(100_000, 50, 3)[len(given) :])
    rates: dict[int, list[int]] = {1: [], 2: []}
    for number in range(rounds):
        for workers in (1, 2):
            rates[workers].append(_rate(events, workers, share))
        one, two = rates[1][-1], rates[2][-1]
        print(
            f"round {number + 1}: {one:,} and {two:,} events/s, {two / one:.2f} times", flush=True
        )
    one, two = fmean(rates[1]), fmean(rates[2])
    print(f"mean, workers held to {share} % of a core: {two / one:.2f} times")


if __name__ == "__main__":
    main()
