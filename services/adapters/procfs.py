"""CPU time and memory of processes and of what they have started, from /proc."""

import os
from dataclasses import dataclass, field
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            stat = _stat(int(entry.name))
            if stat:
                found.setdefault(int(stat[1]), []).append(int(entry.name))
    return found


def family(pid: int) -> list[int]:
    """The process and everything below it."""
    children = _children()
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        todo += children.get(one, [])
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of the family, ended children included."""
    total = 0
    for one in family(pid):
        stat = _stat(one)
        if stat:
            total += sum(int(stat[place]) for place in (11, 12, 13, 14))
    return total * _TICK_S


def memory_mb(pid: int) -> float:
    """Proportional memory of the family, MiB: shared pages count once."""
    total = 0
    for one in family(pid):
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        line = next((line for line in rollup.splitlines() if line.startswith("Pss:")), "Pss: 0")
        total += int(line.split()[1])
    return total / 1024


@dataclass(slots=True)
class Meter:
    """CPU since the start and peak memory of named processes."""

    pids: dict[str, int]
    _before: dict[str, float] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        """Remembers the CPU time that is spent already."""
        self._before = {name: cpu_seconds(pid) for name, pid in self.pids.items()}

    def sample(self) -> None:
        """Looks at the memory once."""
        for name, pid in self.pids.items():
            self.peak_mb[name] = max(self.peak_mb.get(name, 0.0), memory_mb(pid))

    def cpu(self) -> dict[str, float]:
        """CPU seconds since the start."""
        return {n: cpu_seconds(pid) - self._before.get(n, 0.0) for n, pid in self.pids.items()}


def machine() -> dict[str, object]:
    """What the numbers were measured on."""
    cpu = ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    kib = int(Path("/proc/meminfo").read_text().split()[1])
    return {
        "cpu": cpu,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(kib / 1024**2, 1),
        "kernel": os.uname().release,
    }
