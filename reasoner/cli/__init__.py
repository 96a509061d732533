"""The command line. It parses, calls and prints; nothing is decided here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

from reasoner.cli.options import (
    Argument,
    AsOf,
    Cases,
    EngineName,
    Exit,
    FormChoice,
    GuidelineName,
    Option,
    Out,
    TableForm,
    TableFormat,
    carry_out,
    commands,
    day,
    emit,
    tell,
)  # fmt: skip
from reasoner.errors import ExitCode, Problem, ReasonerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reasoner.cli.options import Typer

app = commands("Those of this module, which are asked for most.")
case_app = commands("Start a case, or read how one is written.")
ontology_app = commands("Check the ontology, or find a term in it.")
app.add_typer(case_app, name="case")
app.add_typer(ontology_app, name="ontology")


def everything() -> Typer:
    """All commands; those of other modules are loaded when one of them, or help, is asked for."""
    from reasoner.cli.batch import batch
    from reasoner.cli.guideline import app as guideline_app
    from reasoner.cli.query import query
    from reasoner.cli.store import app as store_app
    from reasoner.cli.synthesize import synthesize

    every = commands(
        "Determine medical necessity over a knowledge graph, and say why.\n\n"
        "Example: reasoner determine cases/reference-decision"
    )
    every.command()(synthesize)
    every.command()(batch)
    every.command()(query)
    every.registered_commands += app.registered_commands
    every.registered_groups += app.registered_groups
    every.add_typer(guideline_app, name="guideline")
    every.add_typer(store_app, name="store")
    return every


@app.command()
def determine(
    cases: Cases,
    form: Annotated[
        FormChoice, Option("--format", help="For people, for programs, or for the graph.")
    ] = FormChoice.TEXT,
    cite: Annotated[bool, Option("--cite", help="Show after each sentence what it was derived from.")] = False,
    as_of: AsOf = None,
    guideline: GuidelineName = None,
    engine: EngineName = None,
    out: Out = None,
) -> None:
    """Determine each case, with a rationale whose every sentence is traced.

    Example: reasoner determine cases/reference-decision --cite
    """
    from reasoner import cases as run
    from reasoner.tables import tracked

    manner = run.manner(engine, day(as_of), guideline)
    outcomes = list(run.each(tracked(cases, "Determining"), lambda argument: run.determine_case(argument, manner)))
    emit(run.printed(outcomes, run.Form(form), cite=cite), out)
    _finish(outcomes)


@app.command()
def validate(
    cases: Cases,
    form: TableFormat = TableForm.TEXT,
    report: Annotated[bool, Option("--report", help="Print the SHACL validation report as Turtle.")] = False,
    prepared: Annotated[
        Path | None,
        Option("--prepared", metavar="DIR", help="Write the prepared graph and the shapes with probes there."),
    ] = None,
    as_of: AsOf = None,
    guideline: GuidelineName = None,
    engine: EngineName = None,
    out: Out = None,
) -> None:
    """Answer every criterion of the governing edition, in a table.

    Example: reasoner validate cases/v01-all-met --guideline G1
    """
    from reasoner import cases as run
    from reasoner.tables import tracked

    manner = run.manner(engine, day(as_of), guideline)
    outcomes = list(run.each(tracked(cases, "Validating"), lambda argument: run.assess_case(argument, manner)))
    if prepared:
        run.write_prepared(outcomes, prepared, manner.engine)
    emit(run.reports(outcomes, manner.engine) if report else run.tables(outcomes, as_json=form is TableForm.JSON), out)
    _finish(outcomes)
    raise Exit(run.criteria_exit_code(outcomes))


@app.command()
def explain(
    case: Annotated[str, Argument(metavar="CASE", help="A case file or folder; - reads standard input.")],
    criterion: Annotated[str, Argument(metavar="CRITERION", help="A criterion's name or notation, such as P5a.")],
    form: TableFormat = TableForm.TEXT,
    as_of: AsOf = None,
    guideline: GuidelineName = None,
    engine: EngineName = None,
) -> None:
    """Show why a criterion is answered as it is: shapes, witnesses, documents, quotes, inferred types.

    Example: reasoner explain cases/reference-decision R1a
    """
    from reasoner import cases as run

    emit(run.traced(case, criterion, run.manner(engine, day(as_of), guideline), as_json=form is TableForm.JSON), None)


@app.command()
def audit(
    determination: Annotated[str, Argument(metavar="FILE", help="A determination in TriG; - reads standard input.")],
    engine: EngineName = None,
) -> None:
    """Check that a determination has every part that the law asks for.

    Example: reasoner determine cases/reference-decision --format trig | reasoner audit -
    """
    from reasoner import cases as run

    emit(run.audited(determination, run.manner(engine, None, None)), None)


@case_app.command("new")
def case_new(
    folder: Annotated[Path, Argument(help="The folder to make.")],
    requested_on: Annotated[str, Option(metavar="DATE", help="The day of the request.")],
    procedure: Annotated[
        str | None, Option(help="What is requested, by its label or term; an example where left out.")
    ] = None,
    from_level: Annotated[str | None, Option(help="The upper level, such as L4.")] = None,
    to_level: Annotated[str | None, Option(help="The lower level, such as S1.")] = None,
    jurisdiction: Annotated[str | None, Option(help="Whose law orders the authorities, by its name.")] = None,
) -> None:
    """Start a case: a folder with a case file to fill in and its first chart document.

    Example: reasoner case new my-case --requested-on 2024-11-04
    """
    from reasoner.writing.case_new import start

    start(folder, procedure, from_level, to_level, requested_on, jurisdiction)
    emit(f"{folder / 'case.trig'}\n", None)


@case_app.command("guide")
def case_guide() -> None:
    """Print the guide to writing a case, made from the ontology.

    Example: reasoner case guide > writing-a-case.md
    """
    from reasoner.ontology import load_ontology
    from reasoner.writing.guide import guide

    emit(guide(load_ontology()), None)


@ontology_app.command("check")
def ontology_check(
    path: Annotated[
        Path | None,
        Argument(metavar="FOLDER", help="A folder of ontology modules; the packaged one if left out."),
    ] = None,
    form: TableFormat = TableForm.TEXT,
) -> None:
    """Check consistency with HermiT (needs Java), and show the inferred hierarchy.

    Example: reasoner ontology check
    """
    from reasoner.ontology.report import check_report

    emit(check_report(path, as_json=form is TableForm.JSON), None)


@ontology_app.command("find")
def ontology_find(
    word: Annotated[str, Argument(help="A label, synonym or code, such as M96.0.")],
    form: TableFormat = TableForm.TEXT,
) -> None:
    """Find a term by label, synonym or code.

    Example: reasoner ontology find M96.0
    """
    from reasoner.ontology.report import find_report

    emit(find_report(word, as_json=form is TableForm.JSON), None)


def main() -> NoReturn:
    """Run the command line; every error is told on stderr, without a traceback, by its exit code."""
    try:
        carry_out(app, everything)
    except ReasonerError as error:
        tell(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(ExitCode.DONE)
    except Exception as error:  # noqa: BLE001 - the last resort: a bug of ours, told as one
        tell(
            ReasonerError(
                Problem(
                    "our-bug",
                    "reasoner",
                    None,
                    f"{type(error).__name__}: {error}",
                    "This is our mistake. Please report it with the command that you gave.",
                )
            )
        )
        sys.exit(ExitCode.OUR_BUG)
    sys.exit(ExitCode.DONE)


def _finish(outcomes: Sequence[object]) -> None:
    from reasoner import cases as run

    for outcome in outcomes:
        if isinstance(outcome, run.Refused):
            tell(outcome.error)
    code = run.exit_code(outcomes)
    if code:
        raise Exit(code)
