"""What the sealing core costs a ballot: `make bench-sealing`, or `python -m benchmarks.sealing N`.

Each step of a tally is run with one process and with two, on ballots sealed for the run.  Beside
each stands the bare cost of the group operations it needs: how many of each the step asked of the
arithmetic library, times what one of them costs when nothing else is done, measured in the same
run before and after.  Times are processor time over all processes, and time on the wall.

It ends with one line of JSON of all figures.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import repeat
from typing import Any

import numpy as np

from ballot.sealing import native
from ballot.sealing.batch import check_read_ballots, read_ballots
from ballot.sealing.box import Box
from ballot.sealing.bulk import seal_ballots
from ballot.sealing.ceremony import make_key
from ballot.sealing.codes import make_codes, secrets_of
from ballot.sealing.decoding import open_box
from ballot.sealing.generators import generators
from ballot.sealing.messages import Ceremony
from ballot.sealing.mix_check import check_mix
from ballot.sealing.mixing import mix
from ballot.sealing.opening import check_part, open_part, read_part
from ballot.sealing.rankings import RankingSpace
from ballot.sealing.setting import Setting
from ballot.sealing.shuffle import read_mix
from benchmarks.memory import PeakMemory

SPACE = RankingSpace(5, 5)
QUORUM = (1, 2, 3)  # of five
GOALS = {  # CPU µs a ballot at 506,438 ballots, from the requirement
    "check ballots": 20,
    "mix and prove": 120,
    "check a mix": 75,
    "one opening": 50,
    "check an opening": 12,
    "combine and decode": 11,
}
GOAL_SPEED_UP = 1.7
GOAL_PEAK_BYTES = 2 * 10**9


@dataclass
class Cost:
    """One step with so many processes: µs a ballot, and the bare cost of its operations."""

    step: str
    processes: int
    cpu_us: float
    wall_us: float
    bare_us: float


class Operations:
    """Counts what is asked of the arithmetic library in this process."""

    WATCHED = (
        "add_runs",
        "add_addressed",
        "try_points",
        "secret_times",
        "times",
        "points_from_stream",
        "sign_rows",
    )

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()

    @contextmanager
    def counting(self) -> Any:
        """Count while the block runs."""
        originals = {name: getattr(native, name) for name in self.WATCHED}
        for name, original in originals.items():
            setattr(native, name, self._watch(name, original))
        try:
            yield self
        finally:
            for name, original in originals.items():
                setattr(native, name, original)

    def _watch(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any) -> Any:
            self._count(name, arguments)
            return original(*arguments)

        return watched

    def _count(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name == "add_runs":
            points, starts, sizes, _ = arguments
            runs = len(starts)
            is_even = isinstance(sizes, repeat)
            self.done["addition"] += len(points) if is_even else sum(sizes)
            self.done["run"] += runs
        elif name == "add_addressed":
            self.done["addition"] += arguments[0].size
            self.done["run"] += len(arguments[0])
        elif name == "times":
            self.done["multiplication"] += 1
        else:
            what = {
                "try_points": "square root",
                "secret_times": "constant-time multiplication",
                "sign_rows": "key pair and signature",
            }
            count = len(arguments[1] if name == "points_from_stream" else arguments[0])
            self.done[what.get(name, "generator")] += count


def unit_costs(rows: int = 4_000) -> dict[str, float]:
    """Measure what one of each operation costs, in µs, with nothing around it."""
    points = np.tile(np.frombuffer(native.base_times(5), np.uint8), (rows, 1))
    points[::2] = np.frombuffer(native.base_times(7), np.uint8)
    out = np.zeros((rows, 64), np.uint8)
    wire = native.write_points(points)
    stream = os.urandom(64 * rows)
    secret = int.from_bytes(os.urandom(31), "big") + 1

    def cost(count: int, work: Callable[[], Any]) -> float:
        begun = time.process_time()
        work()
        return (time.process_time() - begun) / count * 1e6

    addition = cost(10 * rows, lambda: native.add_runs(points, [0] * 10, [rows] * 10, out))
    few = np.tile(np.frombuffer(secret.to_bytes(32, "big"), np.uint8), (rows // 8, 1))

    def sign() -> None:
        pairs, _ = native.make_keypairs(few)
        native.sign_rows(pairs, bytes(32 * len(few)), few)

    alone = cost(rows, lambda: native.add_runs(points, range(rows), repeat(1), out))
    return {
        "addition": addition,
        "run": alone - addition,
        "square root": cost(rows, lambda: native.try_points(wire, out)),
        "constant-time multiplication": cost(
            rows // 4, lambda: native.secret_times(points[: rows // 4], secret, out[: rows // 4])
        ),
        "multiplication": cost(
            rows // 20, lambda: [native.times(native.G, secret) for _ in range(rows // 20)]
        ),
        "key pair and signature": cost(rows // 8, sign),
        "generator": cost(rows, lambda: native.points_from_stream(stream, out)),
    }


class Bench:
    """One run of all steps, on ballots of its own."""

    def __init__(self, count: int, processes: list[int]) -> None:
        self.count = count
        self.processes = processes
        self.costs: list[Cost] = []
        self.operations: dict[str, Counter[str]] = {}
        self.unit: dict[str, float] = {}

    def run(self) -> None:
        """Measure every step with one process and with two, and check what comes out."""
        before = unit_costs()
        frame = Ceremony(bytes(16), tuple("abcde"), len(QUORUM))
        self.key, self.shares = make_key(frame, rng=os.urandom)
        self.setting = Setting(os.urandom(32), self.key.public_key)
        size = (self.count, 1)
        self.choices = np.random.default_rng().integers(0, SPACE.size, size, dtype=np.uint32)
        codes = make_codes(self.count, rng=os.urandom)
        self.secrets = secrets_of(codes, election_id=bytes(16), processes=2)
        del codes
        for processes in self.processes:
            if processes == self.processes[0]:
                self.step("make generators", processes, generators, self.count + 1)
            self.open(self.mix(self.cast(processes), processes), processes)
        unit = [before, unit_costs()]
        self.unit = {name: sum(one[name] for one in unit) / 2 for name in before}
        for cost in self.costs:
            done = self.operations.get(cost.step, Counter())
            cost.bare_us = sum(done[what] * self.unit[what] for what in done) / self.count

    def cast(self, processes: int) -> Box:
        """Seal, sign and check the ballots."""
        place = {"setting": self.setting, "contests": ["leader"], "section": "member"}
        drawn = {"rng": os.urandom, **place}
        secrets = {"secrets": self.secrets, **drawn}
        wire = self.step("seal and sign", processes, seal_ballots, self.choices, **secrets)
        read = self.step(
            "read ballots", processes, read_ballots, wire, contests=1, signatures=False
        )
        checked = self.step("check ballots", processes, check_read_ballots, read, **drawn)
        del read
        read = self.step("read ballots and signatures", processes, read_ballots, wire, contests=1)
        self.step("check ballots and signatures", processes, check_read_ballots, read, **drawn)
        box: Box = checked.box("leader")
        return box

    def mix(self, box: Box, processes: int) -> Box:
        """Mix the box once, and check the mix from its bytes."""
        named = {"setting": self.setting, "mixer": "bench", "rng": os.urandom}
        data = self.step("mix and prove", processes, mix, box, **named).to_bytes()
        made = self.step("read a mix", processes, read_mix, data, before=box)
        del data
        after: Box = self.step("check a mix", processes, check_mix, box, made, **named)
        return after

    def open(self, box: Box, processes: int) -> None:
        """Open the box with a quorum, and hold what it held against what was sealed."""
        named = {"setting": self.setting, "key": self.key}
        parts = []
        for number in QUORUM:
            one = {"share": self.shares[number - 1], "rng": os.urandom, **named}
            data = self.step("one opening", processes, open_part, box, **one).to_bytes()
            part = self.step("read an opening", processes, read_part, data, box=box)
            self.step("check an opening", processes, check_part, box, part, **named)
            parts.append(part)
        found = self.step(
            "combine and decode", processes, open_box, box, parts, key=self.key, space=SPACE
        )
        expected = Counter(self.choices[:, 0].tolist())
        if found.profile != expected or found.rejected:
            raise SystemExit("What was opened is not what was sealed.")

    def step(
        self, name: str, processes: int, work: Callable[..., Any], /, *args: Any, **named: Any
    ) -> Any:
        """Run a step, and note what it cost; repeats of a step are averaged."""
        operations = Operations()
        wall, cpu = time.perf_counter(), os.times()
        if processes == 1:
            with operations.counting():
                outcome = work(*args, processes=1, **named)
            self.operations.setdefault(name, operations.done)
        else:
            outcome = work(*args, processes=processes, **named)
        spent = sum(os.times()[:4]) - sum(cpu[:4])
        self.note(Cost(name, processes, spent, time.perf_counter() - wall, 0.0))
        print(f"  {name}, {processes}: {spent:.1f} s", file=sys.stderr, flush=True)
        return outcome

    def note(self, cost: Cost) -> None:
        """Keep a cost, a ballot; of a step done three times, the mean."""
        share = 1e6 / self.count / (len(QUORUM) if "opening" in cost.step else 1)
        for known in self.costs:
            if (known.step, known.processes) == (cost.step, cost.processes):
                known.cpu_us += cost.cpu_us * share
                known.wall_us += cost.wall_us * share
                return
        cost.cpu_us *= share
        cost.wall_us *= share
        self.costs.append(cost)

    def cost(self, step: str, processes: int) -> Cost | None:
        """Find a cost."""
        for cost in self.costs:
            if (cost.step, cost.processes) == (step, processes):
                return cost
        return None

    def table(self) -> str:
        """Draw the table: µs a ballot; the ratio is CPU with one process to the bare cost."""
        head = f"{'µs a ballot':30}{'goal':>6}{'CPU 1':>8}{'CPU 2':>8}{'bare':>8}{'ratio':>7}"
        lines = [head + f"{'wall 1':>9}{'wall 2':>9}{'faster':>8}"]
        for step in dict.fromkeys(cost.step for cost in self.costs):
            one, two = (self.cost(step, processes) for processes in (1, 2))
            known = one or two
            bare = known.bare_us if known is not None else 0.0
            cells = [
                f"{step:30}",
                f"≤ {GOALS[step]}".rjust(6) if step in GOALS else " " * 6,
                _cell(one and one.cpu_us, 8),
                _cell(two and two.cpu_us, 8),
                _cell(bare, 8),
                _cell(one and bare and one.cpu_us / bare, 7, 2),
                _cell(one and one.wall_us, 9),
                _cell(two and two.wall_us, 9),
                _cell(one and two and one.wall_us / two.wall_us, 7, 2),
            ]
            lines.append("".join(cells))
        return "\n".join(lines)


def _cell(figure: Any, width: int, places: int = 1) -> str:
    """Write a figure, or a dash where there is none."""
    return f"{figure:{width}.{places}f}" if figure else "–".rjust(width)


def main() -> None:
    """Run, print the table, and end with a line of JSON."""
    parser = argparse.ArgumentParser(description="What the sealing core costs a ballot.")
    parser.add_argument("ballots", type=int, nargs="?", default=20_000)
    parser.add_argument("--processes", type=int, nargs="+", choices=(1, 2), default=[1, 2])
    chosen = parser.parse_args()
    bench = Bench(chosen.ballots, sorted(set(chosen.processes)))
    with PeakMemory() as peak:
        bench.run()
    print(
        f"{bench.count:,} ballots, five candidates, three of five trustees, {os.cpu_count()} cores"
    )
    print(bench.table())
    costs = ", ".join(f"{name} {cost:.2f}" for name, cost in bench.unit.items())
    print(f"One operation, µs: {costs}")
    print(f"Most memory at once, workers and all: {peak.bytes / 1e6:,.0f} MB")
    print(f"Goals are for 506,438 ballots: CPU as shown, {GOAL_SPEED_UP} times faster with two")
    print(f"processes than with one, and at most {GOAL_PEAK_BYTES / 1e9:.0f} GB.")
    figures = {
        "bench": "sealing",
        "ballots": bench.count,
        "steps": [asdict(cost) for cost in bench.costs],
        "unit_us": bench.unit,
        "goals_cpu_us": GOALS,
        "peak_bytes": peak.bytes,
    }
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
