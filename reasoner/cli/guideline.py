"""The commands for those who write guidelines."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from reasoner.cli.options import (
    Argument,
    EngineName,
    Exit,
    Option,
    Out,
    TableForm,
    TableFormat,
    commands,
    emit,
    prompt,
    tell,
)  # fmt: skip

app = commands("Write guidelines that can be trusted: lint, test, coverage, mutate, diff, export, doc, new.")


class LintForm(StrEnum):
    """The forms of what lint finds."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class TestForm(StrEnum):
    """The forms of a test run."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"


class PageForm(StrEnum):
    """The forms of what is a table or a page."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


Editions = Annotated[
    list[str] | None, Argument(metavar="EDITION...", help="Edition files or folders; all packaged ones if left out.")
]
EditionFile = Annotated[
    str, Argument(metavar="EDITION", help="An edition file, or a packaged edition's path or notation.")
]
MoreCases = Annotated[list[str] | None, Argument(metavar="[CASE...]", help="Cases, as after --cases.")]


@app.command()
def lint(
    editions: Editions = None,
    form: Annotated[LintForm, Option("--format", help="For people, for programs, or for code review.")] = LintForm.TEXT,
    rules: Annotated[bool, Option("--rules", help="Print what every rule asks, and why, instead.")] = False,
    engine: EngineName = None,
    out: Out = None,
) -> None:
    """Check that editions are well formed and mean what their shapes say.

    Example: reasoner guideline lint
    """
    from reasoner.author import commands as run

    text, code = run.linted(editions or [], form.value, run.engine(engine)) if not rules else (run.rules(), 0)
    emit(text, out)
    raise Exit(code)


@app.command("test")
def run_rows(
    editions: Editions = None,
    form: Annotated[TestForm, Option("--format", help="For people, for programs, or for CI.")] = TestForm.TEXT,
    synthesize: Annotated[int, Option(help="Also hold the law of synthesis on this many made-up cases.")] = 0,
    seed: Annotated[int, Option(help="What the made-up cases are drawn from.")] = 0,
    engine: EngineName = None,
    out: Out = None,
) -> None:
    """Run the hand-written rows of editions; with --synthesize also cases made from their own shapes.

    Example: reasoner guideline test
    """
    from reasoner.author import commands as run

    text, code = run.tested(editions or [], form.value, run.engine(engine), synthesize, seed)
    emit(text, out)
    raise Exit(code)


@app.command()
def check(
    edition: EditionFile,
    watch: Annotated[bool, Option("--watch", help="Run again whenever the edition or its rows are saved.")] = False,
    form: TableFormat = TableForm.TEXT,
    engine: EngineName = None,
) -> None:
    """Lint an edition and run its rows, once or on every save.

    Example: reasoner guideline check G1
    """
    from reasoner.author import commands as run

    code = run.checked(
        edition, run.engine(engine), as_json=form is TableForm.JSON, on_save=watch, say=lambda text: emit(text, None)
    )
    raise Exit(code)


@app.command()
def coverage(
    edition: EditionFile,
    more: MoreCases = None,
    cases: Annotated[
        list[str] | None, Option("--cases", metavar="CASE", help="A case that counts beside the rows; may be repeated.")
    ] = None,
    form: Annotated[PageForm, Option("--format", help="For people, for programs, or as a page.")] = PageForm.TEXT,
    engine: EngineName = None,
    out: Out = None,
) -> None:
    """Show which criteria, statuses, arms and phrases the rows and cases exercise, and which none does.

    Example: reasoner guideline coverage G1
    """
    from reasoner.author import commands as run

    emit(run.covered(edition, [*(cases or []), *(more or [])], form.value, run.engine(engine)), out)


@app.command()
def mutate(
    edition: EditionFile,
    seed: Annotated[int, Option(help="What a sample is drawn from.")] = 0,
    limit: Annotated[int | None, Option(help="Try a sample of this many changes.")] = None,
    form: TableFormat = TableForm.TEXT,
    engine: EngineName = None,
    out: Out = None,
) -> None:
    """Change one thing at a time and list the changes that no row notices.

    Example: reasoner guideline mutate G1 --limit 3
    """
    from reasoner.author import commands as run

    text, code = run.mutated(edition, run.engine(engine), seed, limit, as_json=form is TableForm.JSON)
    emit(text, out)
    raise Exit(code)


@app.command()
def diff(
    old: Annotated[str, Argument(metavar="OLD", help="The edition that was.")],
    new: Annotated[str, Argument(metavar="NEW", help="The edition that is.")],
    more: MoreCases = None,
    cases: Annotated[
        list[str] | None, Option("--cases", metavar="CASE", help="A case to determine under both; may be repeated.")
    ] = None,
    form: TableFormat = TableForm.TEXT,
    engine: EngineName = None,
    out: Out = None,
) -> None:
    """Say what changed between two editions, and which determinations change.

    Example: reasoner guideline diff G4 G3 --cases cases/reference-decision
    """
    from reasoner.author import commands as run

    emit(
        run.compared(old, new, [*(cases or []), *(more or [])], run.engine(engine), as_json=form is TableForm.JSON), out
    )


@app.command()
def export(edition: EditionFile, out: Out = None) -> None:
    """Write an edition as one SHACL shape to which a prepared graph conforms just when the request is necessary.

    Example: reasoner guideline export G1
    """
    from reasoner.author import commands as run

    emit(run.exported(edition), out)


@app.command()
def doc(
    editions: Editions = None,
    out: Annotated[Path, Option("--out", metavar="DIR", help="The folder for the pages.")] = Path("guideline-pages"),
) -> None:
    """Write a page for each edition that a clinician can review, and an index.

    Example: reasoner guideline doc --out pages
    """
    from reasoner.author import commands as run

    emit(run.documented(editions or [], out), None)


@app.command()
def new(
    authority: Annotated[str | None, Option(metavar="NAME", help="Who issued it, as a folder's name.")] = None,
    guideline: Annotated[str | None, Option(metavar="NAME", help="Its name, as a folder's name.")] = None,
    edition: Annotated[str | None, Option(metavar="DATE", help="The day it took force, or as-stated.")] = None,
    title: Annotated[str | None, Option(help="The title under which it is cited.")] = None,
    issuer: Annotated[str | None, Option(help="The issuer in words.")] = None,
    source: Annotated[str | None, Option(help="The publication that was read, with its address.")] = None,
    locator: Annotated[str | None, Option(help="The section that the first criterion comes from.")] = None,
    procedure: Annotated[str | None, Option(help="What it is about, by label or term.")] = None,
    finding: Annotated[str | None, Option(help="The kind of finding its first criterion looks for.")] = None,
    in_force_from: Annotated[
        str | None, Option(metavar="DATE", help="The first day in force, where it is as-stated.")
    ] = None,
    in_force_until: Annotated[str | None, Option(metavar="DATE", help="The last day in force, where it ended.")] = None,
    requested_on: Annotated[str | None, Option(metavar="DATE", help="The day of the first case's request.")] = None,
    from_level: Annotated[str | None, Option(help="The upper level of that request, such as L4.")] = None,
    to_level: Annotated[str | None, Option(help="The lower level of that request, such as L5.")] = None,
    root: Annotated[
        Path | None, Option(metavar="DIR", help="Where shapes/, tests/ and cases/ stand; this project if left out.")
    ] = None,
) -> None:
    """Start a guideline: an edition that lints, rows that pass and a first case. Without options it asks.

    \b
    Example: reasoner guideline new --root scratch --authority acme --guideline trial --edition 2024-01-01 --title Trial
    """  # noqa: D301 - the mark keeps the example in one line
    from reasoner.author import commands as run

    answers = {
        "authority": authority, "guideline": guideline, "edition": edition, "title": title, "issuer": issuer,
        "source": source, "locator": locator, "procedure": procedure, "finding": finding,
        "in_force_from": in_force_from, "in_force_until": in_force_until, "requested_on": requested_on,
        "from_level": from_level, "to_level": to_level,
    }  # fmt: skip
    given = {name: answer for name, answer in answers.items() if answer is not None}
    emit(run.started(given, root) if given else run.asked(prompt, tell, root), None)
