"""What a large store costs: building it, and every question of the library, also beside rdflib in memory.

    python benchmarks/queries --quick
    python benchmarks/queries --cases 100000 --scratch /tmp/benchq --save 2026-11-22

Nothing is asserted of time; what takes longer than it may is marked. Cases and stores stay in the scratch folder and
are used again, also after a failure: a build that was interrupted goes on. Results are written after each question.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]  # the program beside this file, and not one that is installed

from asking import cross_join, questions  # noqa: E402
from building import Stores, held, say  # noqa: E402
from measure import Results, results_stem  # noqa: E402
from rdflib_beside import beside  # noqa: E402
from tables import TABLES  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

SECTIONS = ("rdflib", "builds", "questions", "cross")
"""In this order: what may fail last."""


def main() -> None:
    asked = arguments()
    with tempfile.TemporaryDirectory() as temporary:
        stores = Stores(Path(asked.scratch or temporary), asked.seed, asked.workers)
        results = Results(results_stem("queries", asked.save, stores.folder), TABLES)
        root = Path(asked.store) if asked.store else stores.place(asked.cases)
        sections: dict[str, Callable[[], None]] = {
            "rdflib": lambda: results.put("rdflib", beside(stores, asked.rdflib_cases, asked.rdflib_seconds)),
            "builds": lambda: builds(stores, results, asked, root),
            "questions": lambda: all_questions(results, root, asked),
            "cross": lambda: results.put("cross_join", cross_join(root, 2.0)),
        }
        failed = [name for name in SECTIONS if name in asked.only and not done(name, sections[name])]
        print(results.text())
    if failed:
        sys.exit(f"Not done: {', '.join(failed)}.")


def done(name: str, section: Callable[[], None]) -> bool:
    """Whether a section ran to its end; the others are tried in any case."""
    say(f"section {name}")
    try:
        section()
    except Exception:  # noqa: BLE001 - a run of hours keeps what it has measured
        traceback.print_exc()
        return False
    return True


def builds(stores: Stores, results: Results, asked: argparse.Namespace, root: Path) -> None:
    """Builds from small to large, so that growth is seen."""
    found: list[dict[str, Any]] = []
    for number in sorted({*asked.sizes, asked.cases}):
        found.append(stores.built(number, root if number == asked.cases else None))
        results.put("builds", found)


def all_questions(results: Results, root: Path, asked: argparse.Namespace) -> None:
    told: dict[str, Any] = {**held(root), "asked": []}
    for found in questions(root, asked.repetitions, asked.limit_seconds):
        told["asked"].append(found)
        results.put("questions", told)
        say(f"{found['name']}: {found.get('command', {}).get('wall_s', {}).get('median', '-')} s")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small numbers: whether everything runs")
    parser.add_argument("--cases", type=int, default=100_000, help="cases of the store that is asked (100,000)")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 5_000], help="other builds (1,000 and 5,000)")
    parser.add_argument("--store", metavar="DIR", help="the store that is asked; it is built if it is not there")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="some sections only")
    parser.add_argument("--repetitions", type=int, default=3, help="of each question in each way (3)")
    parser.add_argument("--limit-seconds", type=float, default=300.0, help="for each question (300)")
    parser.add_argument("--rdflib-cases", type=int, default=100, help="cases that rdflib holds (100)")
    parser.add_argument("--rdflib-seconds", type=float, default=60.0, help="for each question in rdflib (60)")
    parser.add_argument("--workers", type=int, default=2, help="processes that judge (2)")
    parser.add_argument("--seed", type=int, default=2026, help="what the cases are drawn from (2026)")
    parser.add_argument("--scratch", metavar="DIR", help="where cases and stores stand and stay")
    parser.add_argument("--save", metavar="DATE", help="add what was measured to benchmarks/results/queries-DATE.*")
    asked = parser.parse_args()
    if asked.quick:
        asked.cases, asked.sizes, asked.rdflib_cases = 60, [30], 10
        asked.repetitions, asked.rdflib_seconds = 1, 2.0
    return asked


if __name__ == "__main__":
    main()
