"""The commands that keep cases and determinations in a store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from reasoner.cli.options import (
    Argument,
    AsOf,
    EngineName,
    Exit,
    GuidelineName,
    Option,
    Out,
    TableForm,
    TableFormat,
    commands,
    day,
    emit,
    tell,
)  # fmt: skip
from reasoner.errors import ExitCode, ReasonerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from reasoner.store.take import Change

app = commands("Keep cases, reports and determinations in a store on disk, to ask questions with: reasoner query.")

Folder = Annotated[Path, Argument(metavar="DIR", help="The store's folder.")]
Inputs = Annotated[
    list[str],
    Argument(
        metavar="CASES...",
        help="Case folders, folders of them, files of one or many cases, Parquet tables; - reads N-Quads.",
    ),
]
Names = Annotated[list[str], Argument(metavar="NAME...", help="Cases by their names.")]
Workers = Annotated[int | None, Option("--workers", min=1, help="How many processes; one for each core.")]
Summary = Annotated[TableForm, Option("--summary", help="The summary for people or for programs.")]


@app.command("build")
def store_build(
    folder: Folder,
    inputs: Inputs,
    workers: Workers = None,
    summary: Summary = TableForm.TEXT,
    as_of: AsOf = None,
    guideline: GuidelineName = None,
    engine: EngineName = None,
) -> None:
    """Make a store of exactly these cases; what it holds already and has not changed is not judged again.

    Example: reasoner store build scratch/store cases --guideline G1
    """
    from reasoner.store.build import build

    _change(build, folder, inputs, (workers, as_of, guideline, engine), summary)


@app.command("add")
def store_add(
    folder: Folder,
    inputs: Inputs,
    workers: Workers = None,
    summary: Summary = TableForm.TEXT,
    as_of: AsOf = None,
    guideline: GuidelineName = None,
    engine: EngineName = None,
) -> None:
    """Add cases to a store, or put them in the place of those of the same names.

    Example: reasoner store add scratch/store cases/v01-all-met --guideline G1
    """
    from reasoner.store.build import add

    _change(add, folder, inputs, (workers, as_of, guideline, engine), summary)


@app.command("remove")
def store_remove(folder: Folder, names: Names, summary: Summary = TableForm.TEXT) -> None:
    """Remove cases from a store; nothing of them is left in it.

    Example: reasoner store remove scratch/store v01-all-met
    """
    from reasoner.store.build import remove

    _say(remove(folder, names), summary)


@app.command("info")
def store_info(folder: Folder, form: TableFormat = TableForm.TEXT) -> None:
    """Tell what a store holds, and how much of it is out of date.

    Example: reasoner store info scratch/store
    """
    from reasoner.store.holdings import info

    emit(info(folder, as_json=form is TableForm.JSON), None)


@app.command("export")
def store_export(
    folder: Folder,
    cases: Annotated[list[str] | None, Option("--case", metavar="NAME", help="Only this case; repeatable.")] = None,
    out: Out = None,
) -> None:
    """Write a store's named graphs as N-Quads, always in the same order.

    Example: reasoner store export scratch/store --case v01-all-met
    """
    from reasoner.output import write_whole_from
    from reasoner.store.holdings import export

    found = export(folder, cases or [])
    if out:
        write_whole_from(out, found)
        return
    for lines in found:
        emit(lines, None)


def _change(
    work: Callable[..., Change],
    folder: Path,
    inputs: list[str],
    how: tuple[int | None, str | None, str | None, str | None],
    summary: TableForm,
) -> None:
    from reasoner.batch.options import processes
    from reasoner.cases import manner
    from reasoner.tables import CaseProgress

    workers, as_of, guideline, engine = how
    judged = manner(engine, day(as_of), guideline)
    with CaseProgress() as progress:
        found = work(folder, inputs, judged, processes(workers), progress)
    _say(found, summary)
    if found.problems:
        tell(ReasonerError(*found.told))
        raise Exit(ExitCode.INPUT_REFUSED)


def _say(found: Change, summary: TableForm) -> None:
    from reasoner.store.report import change_json, change_text

    emit(change_json(found) if summary is TableForm.JSON else change_text(found), None)
