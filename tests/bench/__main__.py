"""`python -m tests.bench`: measure speed and memory, part by part; table on the screen, JSON in a folder."""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.build import bench_build, bench_increments
from tests.bench.measure import Line, measure, measure_python, table, write
from tests.bench.sync import bench_sync
from tests.bench.trace import bench_trace
from tests.bench.vouchers import bench_vouchers

PARTS = ("sync", "build", "increments", "demo", "group", "vouchers", "trace")
POSTGRESQL = os.environ.get(
    "BRIDGEBOOK_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


def main() -> int:
    """Run the chosen parts; end with 1 if a target was missed."""
    asked = arguments()
    asked.output.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=asked.scratch))
    lines: list[Line] = []
    try:
        for line in measured(asked, folder):
            lines.append(line)
            print(table([line]).splitlines()[1], file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        write(lines, asked.output / "bench.json", facts(asked))
    print(table(lines))
    return 1 if any(line.is_met is False for line in lines) else 0


def measured(asked: argparse.Namespace, folder: Path) -> Iterator[Line]:
    """Yield the lines of every part that was asked for."""
    if "sync" in asked.parts:
        yield from bench_sync(asked.postgresql, folder, asked.rows)
    if "build" in asked.parts:
        for size in asked.lines:
            yield from bench_build(folder, size)
    if "increments" in asked.parts:
        yield from bench_increments(folder, min(asked.lines), asked.increments)
    if "demo" in asked.parts:
        yield bench_demo(folder)
    if "group" in asked.parts:
        yield bench_group(folder)
    if "vouchers" in asked.parts:
        yield from bench_vouchers(asked.postgresql, folder)
    if "trace" in asked.parts:
        yield from bench_trace(folder)


def bench_demo(folder: Path) -> Line:
    """Measure `make demo` in a clean clone; packages come from the installer's cache."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", ".", str(clone)], check=True)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("BRIDGEBOOK_", "VIRTUAL_ENV"))
    }
    cost = measure(["make", "-C", str(clone), "demo"], environment=kept)
    return Line("demo", "make demo from a clean clone", cost, 0, cost.seconds, "s", 180)


def bench_group(folder: Path) -> Line:
    """Measure how long the demo group takes to be written at scale 10, some 120,000 vouchers a month."""
    program = (
        "import sys; from pathlib import Path; from bridgebook.demo.group import write_group; "
        "write_group(Path(sys.argv[1]), scale=10)"
    )
    cost = measure_python(program, str(folder / "group"))
    shutil.rmtree(folder / "group", ignore_errors=True)
    return Line("group", "write the demo group at scale 10 (CPU)", cost, 0, cost.cpu, "s", 120)


def facts(asked: argparse.Namespace) -> dict[str, object]:
    """Return what the figures depend on."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "rows": asked.rows,
        "lines": asked.lines,
        "increments": asked.increments,
    }


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rows", type=int, default=5_000_000, help="rows of the synced table")
    parser.add_argument(
        "--lines", type=int, nargs="+", default=[1_000_000], help="journal lines, as many documents"
    )
    parser.add_argument(
        "--increments", type=int, default=100, help="small increments before the file is weighed"
    )
    parser.add_argument("--output", type=Path, default=Path("bench"), help="where bench.json goes")
    parser.add_argument(
        "--scratch", type=Path, default=None, help="where files of the measurement go meanwhile"
    )
    parser.add_argument("--postgresql", default=POSTGRESQL, help="SQLAlchemy URL of a database to work in")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
