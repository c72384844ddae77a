"""Measure one child process: wall clock, CPU of it and its children, peak memory."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a process cost: seconds on the wall, CPU seconds (user and system, children included), peak MB."""

    seconds: float
    cpu: float
    peak_mb: float


class MeasuredCommandFailed(RuntimeError):
    """A measured command ended with an error; carries what it said."""


def measure(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end and return its cost; raise MeasuredCommandFailed if it does not end with 0.

    Peak memory is that of the largest process among it and its children, as the kernel counted it.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.append(process.stdout.read() if process.stdout else ""))
    reader.start()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    reader.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise MeasuredCommandFailed(
            f"{' '.join(command)} ended with {process.returncode}:\n{said[0][-4000:]}"
        )
    return Cost(
        round(seconds, 2), round(usage.ru_utime + usage.ru_stime, 2), round(usage.ru_maxrss / 1024, 1)
    )


def measure_python(code: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Cost:
    """Measure a piece of Python in a process of its own, as the product's commands are."""
    return measure([sys.executable, "-c", code, *arguments], environment=environment)


@dataclass(frozen=True)
class Line:
    """One line of the table: what was measured, its cost, and its ratio to a limit where there is one."""

    part: str
    what: str
    cost: Cost
    rows: int
    ratio: float | None = None
    ratio_of: str = ""
    target: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the target holds; None where there is none."""
        return None if self.target is None or self.ratio is None else self.ratio <= self.target


def ratio(value: float, limit: float) -> float:
    """Return value / limit, rounded for people."""
    return round(value / limit, 3) if limit else float("inf")


def table(lines: Sequence[Line]) -> str:
    """Return the lines as text for people."""
    head = ("part", "what", "rows", "wall s", "CPU s", "peak MB", "ratio", "target", "")
    rows = [head]
    for line in lines:
        shown = "" if line.ratio is None else f"{line.ratio:g} {line.ratio_of}"
        target = "" if line.target is None else f"<= {line.target:g}"
        met = {None: "", True: "met", False: "MISSED"}[line.is_met]
        cost = line.cost
        numbers = (f"{line.rows:,}", f"{cost.seconds:.1f}", f"{cost.cpu:.1f}", f"{cost.peak_mb:.0f}")
        rows.append((line.part, line.what, *numbers, shown, target, met))
    widths = [max(len(row[index]) for row in rows) for index in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def write(lines: Sequence[Line], file: Path, facts: Mapping[str, object]) -> None:
    """Write the lines and the facts about machine and sizes as JSON."""
    document = {"facts": dict(facts), "lines": [asdict(line) | {"is_met": line.is_met} for line in lines]}
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
