"""What a batch costs: cases per second and core, memory and its growth, by stage, and beside other engines.

    python benchmarks/batch --quick
    python benchmarks/batch --scratch /tmp/bench --million --save 2026-11-22

Cost is CPU time, so that other work on the machine disturbs it less; nothing is asserted of time. What is compared is
measured in turn within one process (beside) or command after command (workers, rationale).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]  # the program beside this file, and not one that is installed

from beside import beside  # noqa: E402
from growth import growth, options  # noqa: E402
from inputs import Inputs  # noqa: E402
from measure import Results, results_stem  # noqa: E402
from plot import plot  # noqa: E402
from stages import stages  # noqa: E402
from tables import TABLES  # noqa: E402

SECTIONS = ("growth", "beside", "stages", "options")
SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000


def main() -> None:
    asked = arguments()
    with tempfile.TemporaryDirectory() as temporary:
        inputs = Inputs(Path(asked.scratch or temporary), asked.seed)
        results = Results(results_stem("batch", asked.save, inputs.folder), TABLES, plot)
        if "growth" in asked.only:
            for size in sizes(asked):
                results.add("growth", str(size), growth(inputs, size, asked.workers))
        if "beside" in asked.only:
            for found in beside(inputs, *((1, 6, 2) if asked.quick else (asked.rounds, 100, 6))):
                results.put("beside", found)
        if "stages" in asked.only:
            results.put("stages", stages(inputs, 30 if asked.quick else 2_000))
        if "options" in asked.only:
            results.put("options", options(inputs, *((60, 1) if asked.quick else (30_000, asked.pairs))))
    print(results.text())


def sizes(asked: argparse.Namespace) -> list[int]:
    found = [60] if asked.quick else asked.sizes
    return [*found, MILLION] if asked.million else found


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small numbers: whether everything runs")
    parser.add_argument("--million", action="store_true", help="a million cases, too (half an hour or more)")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES), help="other numbers of cases")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="some sections only")
    parser.add_argument("--rounds", type=int, default=10, help="rounds of engine beside engine (default 10)")
    parser.add_argument("--pairs", type=int, default=2, help="runs of each option, in turn (default 2)")
    parser.add_argument("--workers", type=int, default=2, help="processes that judge, for growth (default 2)")
    parser.add_argument("--seed", type=int, default=2026, help="what the cases are drawn from (default 2026)")
    parser.add_argument("--scratch", metavar="DIR", help="where the cases stand and stay; they are made if not there")
    parser.add_argument("--save", metavar="DATE", help="add what was measured to benchmarks/results/batch-DATE.*")
    return parser.parse_args()


if __name__ == "__main__":
    main()
