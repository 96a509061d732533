"""A store changed without the command line, and what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.cases import Manner
from reasoner.store.build import add, build
from reasoner.store.extras import extra_graphs
from reasoner.store.holdings import export

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from reasoner.store.take import Change

ODG = Manner(guideline="odg")
ALSO = ("L33382", "L37848")
"""The other editions under which the cases of the tests' store are judged for comparison."""


class Nobody:
    """Who does not watch."""

    def reached(self, cases: int, fraction: float | None) -> None:
        pass


def made(
    root: Path,
    cases: Sequence[Path],
    manner: Manner = ODG,
    work: Callable[..., Change] = build,
    also: tuple[str, ...] = ALSO,
) -> Change:
    """A store built of some cases, in the manner of the tests' store."""
    return work(root, [str(case) for case in cases], manner, 1, Nobody(), also)


def added(root: Path, *cases: Path) -> Change:
    """Cases added to a store, in the manner of the tests' store."""
    return made(root, cases, work=add)


def exported(root: Path, *names: str) -> str:
    """The N-Quads of a store or of some of its cases."""
    return "".join(export(root, names))


def stated(root: Path) -> list[str]:
    """The N-Quads of a store, sorted, without the graphs that are made of all that it holds."""
    made_of_all = tuple(f"<{graph}> ." for graph in extra_graphs())
    return sorted(line for line in exported(root).splitlines() if not line.endswith(made_of_all))
