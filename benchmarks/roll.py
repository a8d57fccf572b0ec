"""What is done with a membership list once it is there: how long, how much memory, how well.

    make bench-roll [OPTIONS="--rows 130000 --only search"]

Starts a PostgreSQL of its own with fsync on, makes a synthetic list in which it is known who
stands in it twice (members.known_doubles), imports it by the jobs that a worker runs, and then
measures each section on it in a process of its own, so that its peak memory is its own. A section
is a module benchmarks.roll_… with `measure(ground)`, named in SECTIONS. Prints each figure beside
its goal, the processor's seconds of the worker and of the database below, and, last, one line of
JSON.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.installation import installation

if TYPE_CHECKING:
    from benchmarks.meter import Meter

ROOT: Final = Path(__file__).resolve().parent.parent
SECTIONS: Final = {
    "duplicates": "benchmarks.roll_duplicates",
    "search": "benchmarks.roll_search",
    "rules": "benchmarks.roll_rules",
    "contacts": "benchmarks.roll_contacts",
}
WHOLE: Final = 654_006
"""The size at which the goals hold; at another they are not shown."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a section measures on: the imported list, and who is known to stand in it twice."""

    rows: int
    doubles: int
    seed: int
    folder: Path

    @property
    def listing(self) -> Path:
        return self.folder / "list.csv"

    @property
    def key(self) -> Path:
        return self.folder / "doubles.csv"

    def scaled(self, count: int) -> int:
        """What is so many of the whole list, of a smaller one."""
        return round(count * self.rows / WHOLE)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. goal: in words, "< 90 s"; met: whether it is reached."""

    name: str
    value: float
    unit: str = ""
    goal: str = ""
    met: bool = True


def taken(name: str, meter: Meter, *, below_s: float | None = None) -> list[Figure]:
    """How long something took, beside its goal, and whose processor seconds those were."""
    return [
        Figure(name, meter.wall_s, "s", f"< {below_s:g} s" if below_s else "",
               below_s is None or meter.wall_s < below_s),
        Figure(f"  {name}: processor, worker", meter.worker_s, "s"),
        Figure(f"  {name}: processor, database", meter.database_s, "s"),
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roll", description=__doc__)
    parser.add_argument("--only", action="append", choices=SECTIONS, help="may be given again")
    parser.add_argument("--rows", type=int, default=WHOLE)
    parser.add_argument("--doubles", type=int, help="6,000 of 654,006 if left out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.doubles is None:
        given.doubles = max(round(6_000 * given.rows / WHOLE), 1)
    if given.child:
        return _as_a_child(given)
    began = time.perf_counter()
    with installation() as (folder, _):
        told = _measure(given, folder)
    told["whole run, s"] = round(time.perf_counter() - began)
    print(json.dumps({"benchmark": "roll", "rows": given.rows, "cores": os.cpu_count(), **told}))
    return 0


def _measure(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    ground = Ground(given.rows, given.doubles, given.seed, folder)
    print(f"Making and importing a list of {given.rows:,} rows …", flush=True)
    size = ("--rows", str(given.rows), "--doubles", str(given.doubles), "--seed", str(given.seed))
    _run("-m", "members.known_doubles", *size, "--out", str(ground.listing), "--key",
         str(ground.key))  # fmt: skip
    _run("manage.py", "migrate", "--verbosity", "0")
    told: dict[str, Any] = {}
    for section in ("import", *(name for name in SECTIONS if name in (given.only or SECTIONS))):
        load = os.getloadavg()[0]
        out = _run("-m", "benchmarks.roll", "--child", section, "--in", str(folder), *size)
        figures = [Figure(**figure) for figure in json.loads(out.splitlines()[-1])]
        _print(section, load, figures, is_whole=given.rows == WHOLE)
        told[section] = {figure.name.strip(): round(figure.value, 3) for figure in figures}
    return told


def _print(section: str, load: float, figures: list[Figure], *, is_whole: bool) -> None:
    print(f"\n{section}, begun at a load of {load:.1f}")
    for figure in figures:
        value = f"{figure.value:,.0f}" if figure.value >= 1000 else f"{figure.value:,.2f}"
        goal = f"goal {figure.goal}{'' if figure.met else '   MISSED'}"
        print(f"  {figure.name:60}{value:>12} {figure.unit:10}"
              f"{goal if is_whole and figure.goal else ''}", flush=True)  # fmt: skip


def _run(*arguments: str) -> str:
    """Run a program of our own and return what it printed; its complaints are seen at once."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603
    return done.stdout


# --- the child's side ---------------------------------------------------------------------------


def _as_a_child(given: argparse.Namespace) -> int:
    import django  # noqa: PLC0415 - the environment is set by now.

    django.setup()
    from benchmarks.meter import backend_peak_mb  # noqa: PLC0415

    ground = Ground(given.rows, given.doubles, given.seed, given.folder)
    figures = _import(ground) if given.child == "import" else list(
        importlib.import_module(SECTIONS[given.child]).measure(ground))  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figures.append(Figure("peak memory of the worker", peak, "MB", "< 500 MB", peak < 500))
    figures.append(Figure("peak memory of its database process", backend_peak_mb(), "MB"))
    print(json.dumps([asdict(figure) for figure in figures]))
    return 0


def _import(ground: Ground) -> list[Figure]:
    """Import the list as the pages do. How long that takes is `make bench-import`'s to say."""
    from django.utils import timezone  # noqa: PLC0415

    from benchmarks.meter import Meter  # noqa: PLC0415
    from members import services  # noqa: PLC0415

    with Meter() as meter:
        with ground.listing.open("rb") as file:
            batch = services.upload_import(
                iter(lambda: file.read(1 << 16), b""), file_name="list.csv", scope="whole",
                by=None, now=timezone.now(),
            )  # fmt: skip
        services.preview_import(batch, now=timezone.now())
        services.request_apply(batch, by=None, now=timezone.now())
        services.apply_import(batch, now=timezone.now())
    return taken("preview and apply", meter)


if __name__ == "__main__":
    sys.exit(main())
