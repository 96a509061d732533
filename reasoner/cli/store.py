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
    HeaderFrom,
    Option,
    Out,
    TableForm,
    TableFormat,
    commands,
    day,
    emit,
    tell,
)  # fmt: skip
from reasoner.cli.serve import serve
from reasoner.errors import ExitCode, ReasonerError
from reasoner.store.description.form import DescriptionForm

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
Also = Annotated[
    list[str] | None,
    Option(
        "--also-under", metavar="EDITION", help="Another edition to judge each case by, for comparison; repeatable."
    ),
]
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
    also: Also = None,
) -> None:
    """Make a store of exactly these cases; what it holds already and has not changed is not judged again.

    Example: reasoner store build scratch/store cases --guideline G1
    """
    from reasoner.store.build import build

    _change(build, folder, inputs, (workers, as_of, guideline, engine), also or [], summary)


@app.command("add")
def store_add(
    folder: Folder,
    inputs: Inputs,
    workers: Workers = None,
    summary: Summary = TableForm.TEXT,
    as_of: AsOf = None,
    guideline: GuidelineName = None,
    engine: EngineName = None,
    also: Also = None,
) -> None:
    """Add cases to a store, or put them in the place of those of the same names.

    Example: reasoner store add scratch/store cases/v01-all-met --guideline G1
    """
    from reasoner.store.build import add

    _change(add, folder, inputs, (workers, as_of, guideline, engine), also or [], summary)


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


@app.command("describe")
def store_describe(
    folder: Folder,
    form: Annotated[
        DescriptionForm, Option("--format", help="Statistics and service description, or a picture of the classes.")
    ] = DescriptionForm.TURTLE,
    out: Out = None,
) -> None:
    """Tell what classes and properties a store holds and how many of each: as RDF (VoID), or as a picture.

    Example: reasoner store describe scratch/store --format svg --out schema.svg
    """
    from reasoner.store.description.show import described

    emit(described(folder, form), out)


@app.command("push")
def store_push(
    folder: Folder,
    endpoint: Annotated[
        str, Option("--endpoint", metavar="URL", help="The server's address for the Graph Store Protocol.")
    ],
    header_from: HeaderFrom = None,
    query_endpoint: Annotated[
        str | None,
        Option("--query-endpoint", metavar="URL", help="Its address for queries: see what else it holds."),
    ] = None,
    exactly: Annotated[
        bool, Option("--exactly", help="Delete every named graph of the server that is not of the store.")
    ] = False,
    everything: Annotated[bool, Option("--all", help="Send also what was sent before and has not changed.")] = False,
    limit: Annotated[
        float, Option("--limit-seconds", min=0.1, metavar="SECONDS", help="An answer that takes longer ends the run.")
    ] = 60.0,
    summary: Summary = TableForm.TEXT,
) -> None:
    """Send a store to another triple store, graph by graph; the next run sends what changed and deletes what left.

    Example: reasoner store push scratch/store --endpoint http://127.0.0.1:7878/store
    """
    from reasoner.remote.endpoint import pushed_to
    from reasoner.store.push.check import looked_at
    from reasoner.store.push.report import others_text, push_json, push_text
    from reasoner.store.push.run import push
    from reasoner.tables import counted

    server, asked = pushed_to(endpoint, header_from, query_endpoint, exactly=exactly)
    with counted("Sending") as told:
        done = push(folder, server, told, everything=everything, seconds=limit)
    as_text = summary is TableForm.TEXT
    if as_text:
        emit(push_text(done), None)
    found = looked_at(folder, server, asked, limit, exactly=exactly)
    emit(others_text(found) if as_text else push_json(done, found), None)


app.command("serve")(serve)


def _change(
    work: Callable[..., Change],
    folder: Path,
    inputs: list[str],
    how: tuple[int | None, str | None, str | None, str | None],
    also: list[str],
    summary: TableForm,
) -> None:
    from reasoner.batch.options import processes
    from reasoner.cases import manner
    from reasoner.tables import CaseProgress

    workers, as_of, guideline, engine = how
    judged = manner(engine, day(as_of), guideline)
    with CaseProgress() as progress:
        found = work(folder, inputs, judged, processes(workers), progress, tuple(also))
    _say(found, summary)
    if found.problems:
        tell(ReasonerError(*found.told))
        raise Exit(ExitCode.INPUT_REFUSED)


def _say(found: Change, summary: TableForm) -> None:
    from reasoner.store.report import change_json, change_text

    emit(change_json(found) if summary is TableForm.JSON else change_text(found), None)
