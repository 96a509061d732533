"""A store changed without the command line, and what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.cases import Manner
from reasoner.store.build import add, build
from reasoner.store.holdings import export

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from reasoner.store.take import Change

ODG = Manner(guideline="odg")


class Nobody:
    """Who does not watch."""

    def reached(self, cases: int, fraction: float | None) -> None:
        pass


def made(root: Path, cases: Sequence[Path], manner: Manner = ODG, work: Callable[..., Change] = build) -> Change:
    """A store built of some cases."""
    return work(root, [str(case) for case in cases], manner, 1, Nobody())


def added(root: Path, *cases: Path) -> Change:
    """Cases added to a store."""
    return made(root, cases, work=add)


def exported(root: Path, *names: str) -> str:
    """The N-Quads of a store or of some of its cases."""
    return "".join(export(root, names))
