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

    emit(run.covered(edition, cases or [], form.value, run.engine(engine)), out)


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
    cases: Annotated[
        list[str] | None, Option("--cases", metavar="CASE", help="A case to determine under both; may be repeated.")
    ] = None,
    form: TableFormat = TableForm.TEXT,
    engine: EngineName = None,
    out: Out = None,
) -> None:
    """Say what changed between two editions, and which determinations change.

    Example: reasoner guideline diff G1 G1 --cases cases/reference-decision
    """
    from reasoner.author import commands as run

    emit(run.compared(old, new, cases or [], run.engine(engine), as_json=form is TableForm.JSON), out)


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
    answer: Annotated[
        list[str] | None, Option("--set", metavar="NAME=ANSWER", help="An answer; the rest is asked for.")
    ] = None,
    defaults: Annotated[bool, Option("--defaults", help="Ask nothing: take the defaults for what is not set.")] = False,
    root: Annotated[
        Path | None, Option("--root", metavar="DIR", help="Where shapes/, tests/ and cases/ stand.")
    ] = None,
) -> None:
    """Start a guideline: an edition that lints, rows to fill and a first case.

    Example: reasoner guideline new --defaults --root scratch --set authority=acme --set guideline=trial
    --set edition=2024-01-01 --set title=Trial
    """
    from reasoner.author import commands as run

    emit(run.started(answer or [], root, None if defaults else prompt), None)
