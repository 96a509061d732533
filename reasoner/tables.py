"""Tables and trees on the terminal: the only module that knows the library that draws them (rich)."""

from __future__ import annotations

import io
import os
import shutil
import sys
from typing import TYPE_CHECKING

from reasoner.render.page import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from reasoner.rationale.trace import Branch


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> str:
    """A table that fits the terminal, without colour where there is none."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(clean(cell)) for cell in row))
    return _drawn(drawn)


def tree(branch: Branch) -> str:
    """A tree, its lines folded to the terminal's width."""
    from rich.text import Text
    from rich.tree import Tree

    def grow(node: Branch) -> Tree:
        drawn = Tree(Text(clean(node.text)))
        for below in node.below:
            drawn.children.append(grow(below))
        return drawn

    return _drawn(grow(branch))


def tracked(items: Sequence[str], what: str) -> Iterator[str]:
    """The items, with a progress bar where there are many and a person watches."""
    if len(items) < 2 or not sys.stderr.isatty():  # noqa: PLR2004
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description=what, console=Console(stderr=True), transient=True)


def _drawn(renderable: RenderableType) -> str:
    from rich.console import Console

    output = io.StringIO()
    colored = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    console = Console(
        file=output, width=shutil.get_terminal_size((100, 24)).columns, force_terminal=colored, no_color=not colored,
        highlight=False, markup=False, emoji=False, legacy_windows=False,
    )  # fmt: skip
    console.print(renderable)
    return "\n".join(line.rstrip() for line in output.getvalue().splitlines()).strip("\n") + "\n"
