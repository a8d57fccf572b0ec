"""What the verifier takes a ballot: `make bench-verifier`, or `python -m benchmarks.verifier N`.

A contest of N papers is rehearsed, with two mixes and two of three trustees, and its bundle is
given to `python -m verifier` with one process and with two. Each check is timed from outside, by
the line with which it ends; beside the sum stands what Helios takes to verify one ballot.

Labour's contest of 2016 in full: `make rehearse` with `--bundle all.zip` as README says, then
`make bench-verifier OPTIONS="506438 --bundle all.zip --jobs 2"`.

It ends with one line of JSON of all figures.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.installation import installation

ROOT: Final = Path(__file__).resolve().parent.parent
NAMES: Final = ("Ash", "Birch", "Cedar", "Elm", "Oak")
JOBS: Final = (1, 2)
GOAL_S: Final = 120
GOAL_BALLOTS: Final = 10_000
# One five-candidate approval ballot, verified by Helios's own code on two such cores.
HELIOS_MS: Final = (158, 228)
CHECK: Final = re.compile(r" ?(\d+)  (.+?) +(PASS|FAIL|NOT MADE)\b")


@dataclass
class Run:
    """One run of the verifier: seconds of each check, and of all on the wall and of processors.

    peak_mb: the most memory that one of its processes held.
    """

    jobs: int
    seconds: dict[str, float] = field(default_factory=dict)
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: int = 0
    passed: bool = False


def profile_of(papers: int) -> str:
    """A BLT file of papers that rank one to five candidates, always the same."""
    rng = random.Random(papers)  # noqa: S311 - papers of a bench need no secrecy.
    ranked = Counter(
        tuple(rng.sample(range(1, len(NAMES) + 1), rng.randint(1, len(NAMES))))
        for _ in range(papers)
    )
    lines = [f"{number} {' '.join(map(str, ranking))} 0" for ranking, number in ranked.items()]
    named = [f'"{name}"' for name in (*NAMES, "The verifier's bench")]
    return "\n".join([f"{len(NAMES)} 1", *lines, "0", *named]) + "\n"


def rehearse(papers: int, bundle: Path) -> None:
    """Write the bundle of a rehearsed contest."""
    with installation() as (folder, _):
        profile = folder / "bench.blt"
        profile.write_text(profile_of(papers), encoding="utf-8")
        options = ["--bundle", str(bundle), "--trustees", "2/3", "--mixers", "2"]
        subprocess.run(  # noqa: S603 - our own command.
            [sys.executable, "manage.py", "rehearse", str(profile), *options],
            cwd=ROOT,
            check=True,
            stdout=sys.stderr,
        )


def verify(bundle: Path, jobs: int) -> Run:
    """Run the verifier, and time each check by when its line comes."""
    run, begun = Run(jobs), time.perf_counter()
    command = [sys.executable, "-m", "verifier", str(bundle), "--jobs", str(jobs)]
    process = subprocess.Popen(  # noqa: S603 - our own command.
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    ended = begun
    for line in process.stdout or ():
        if check := CHECK.match(line):
            now = time.perf_counter()
            run.seconds[check[2]], ended = now - ended, now
    # Not process.wait(): this tells what the process and all that it started have used, too.
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    run.wall_s = time.perf_counter() - begun
    run.cpu_s = used.ru_utime + used.ru_stime
    run.peak_mb = used.ru_maxrss // 1024
    run.passed = process.returncode == 0
    return run


def show(papers: int, runs: list[Run]) -> None:
    """Print a table: a check a line, and for each number of processes s and µs a ballot."""
    heads = "".join(f"{f'{run.jobs} job(s), s':>14}{'µs a ballot':>14}" for run in runs)
    print(f"{'':<18}{heads}")
    for name in runs[0].seconds:
        print(f"{name:<18}" + "".join(_figures(run.seconds[name], papers) for run in runs))
    print(f"{'all, on the wall':<18}" + "".join(_figures(run.wall_s, papers) for run in runs))
    print(f"{'all, processors':<18}" + "".join(_figures(run.cpu_s, papers) for run in runs))
    goal = GOAL_S * papers / GOAL_BALLOTS
    print(f"Goal: {goal:,.0f} s on two cores ({GOAL_S} s for {GOAL_BALLOTS:,} ballots).")
    low, high = (ms * papers / 1000 for ms in HELIOS_MS)
    print(
        f"Helios verifies one ballot in {HELIOS_MS[0]} to {HELIOS_MS[1]} ms on such a core: "
        f"{low:,.0f} to {high:,.0f} s for {papers:,}, without a mix."
    )


def _figures(seconds: float, papers: int) -> str:
    return f"{seconds:>14.2f}{seconds / papers * 1e6:>14,.0f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", type=int, nargs="?", default=GOAL_BALLOTS)
    parser.add_argument("--bundle", type=Path, help="keep it here; if it is there, use it again")
    parser.add_argument("--jobs", type=int, nargs="+", default=JOBS, help="numbers of processes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bundle = given.bundle or Path(folder) / "bench.zip"
        if not bundle.exists():
            rehearse(given.papers, bundle)
        runs = [verify(bundle, jobs) for jobs in given.jobs]
        size = bundle.stat().st_size
    show(given.papers, runs)
    figures = {
        "papers": given.papers,
        "bundle_bytes_a_ballot": size // given.papers,
        "goal_s": GOAL_S * given.papers / GOAL_BALLOTS,
        "helios_ms_a_ballot": HELIOS_MS,
        "runs": [asdict(run) for run in runs],
    }
    print(json.dumps(figures))
    return 0 if all(run.passed for run in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
