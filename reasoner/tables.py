"""Tables, trees and progress on the terminal: the only module that knows the library that draws them (rich)."""

from __future__ import annotations

import io
import os
import shutil
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Self, TypeVar

from reasoner.render.page import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.console import RenderableType
    from rich.progress import Progress

    from reasoner.rationale.trace import Branch

T = TypeVar("T")


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


def tracked(items: Sequence[T], what: str) -> Iterator[T]:
    """The items, with a progress bar where there are many and a person watches."""
    if len(items) < 2:  # noqa: PLR2004
        yield from items
        return
    with counted(what) as tell:
        for done, item in enumerate(items):
            tell(done, len(items))
            yield item


class Tracked(tuple[T, ...]):  # noqa: SLOT001 - a tuple has no slot for what it is called
    """Items that show a progress bar wherever they are gone through."""

    what: str

    def __new__(cls, items: Iterable[T], what: str) -> Self:
        made = super().__new__(cls, items)
        made.what = what
        return made

    def __iter__(self) -> Iterator[T]:
        return tracked(self[:], self.what)


@contextmanager
def counted(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error that is told how many of how many are done; untold, it shows that work goes on.

    Nothing is drawn where nobody watches: into a pipe, a file or a terminal that cannot move its cursor.
    """
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Column

    said = Column(ratio=1, no_wrap=True, overflow="ellipsis")
    columns = (
        TextColumn("{task.description}", markup=False, table_column=said), BarColumn(20),
        TextColumn("{task.fields[so_far]}"), TimeElapsedColumn(),
    )  # fmt: skip
    console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    with Progress(*columns, console=console, transient=True, expand=True) as bar:
        task = bar.add_task(clean(what), total=None, so_far="")
        yield lambda done, total: bar.update(task, completed=done, total=total, so_far=f"{done} of {total}")


class CaseProgress:
    """A bar with the cases done, their rate and the time left, where a person watches; else nothing."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._start = 0.0
        self._before: int | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = _case_bar()
            self._bar.start()
            self._task = self._bar.add_task("Judging", total=None, cases="0", rate="", left="")
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def reached(self, cases: int, fraction: float | None) -> None:
        """So many cases are judged, and that much of the input is read; the first call tells where a run begins."""
        if not self._bar:
            return
        if self._before is None:
            self._before, self._start = cases, time.monotonic()
        rate = (cases - self._before) / max(time.monotonic() - self._start, 0.001)
        left = cases * (1 / fraction - 1) / rate if fraction and rate > 0 else None
        self._bar.update(
            self._task, total=1.0 if fraction is not None else None, completed=fraction or 0.0,
            cases=f"{cases:,}", rate=f"{rate:,.0f}/s",
            left="" if left is None else f"{timedelta(seconds=round(left))} left",
        )  # fmt: skip

    def verified(self, cases: int, number: int) -> None:
        """So many cases of a number are verified."""
        if self._bar:
            self._bar.update(
                self._task, description="Verifying", total=number, completed=cases, cases=f"{cases:,} of {number:,}",
                rate="", left="",
            )  # fmt: skip


def _case_bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = ("{task.description}", "{task.fields[cases]} cases", "{task.fields[rate]}", "{task.fields[left]}")
    described, *told = (TextColumn(text) for text in columns)
    return Progress(described, BarColumn(), *told, console=Console(stderr=True), transient=True)


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
