"""What the guideline commands print, and their exit codes."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.author import deck_report, lint_guide, sarif, watch
from reasoner.author.coverage_report import coverage_report
from reasoner.author.diff import diff_report
from reasoner.author.export import export_turtle
from reasoner.author.lint import exit_code, lint, lint_json, lint_text
from reasoner.author.mutation_report import mutation_report
from reasoner.author.new_edition import check_answer, questions, start_guideline
from reasoner.author.pages import write_pages
from reasoner.author.synthesis_report import synthesis_report
from reasoner.cases import manner
from reasoner.data import folder
from reasoner.dates import interval
from reasoner.errors import ExitCode, UsageError
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.ontology import load_ontology
from reasoner.rdf import Literal
from reasoner.select import find_edition
from reasoner.tables import Tracked, counted
from reasoner.terms import XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reasoner.author.rerun import Known
    from reasoner.errors import ReasonerError
    from reasoner.validate import Engine

Told = tuple[str, ExitCode]


def engine(name: str | None) -> Engine:
    """The engine of that name, else the default. Raises `UsageError` for one that is not installed."""
    return manner(name, None, None).engine


def linted(paths: Sequence[str], form: str, engine: Engine) -> Told:
    """What lint finds, as text, JSON or SARIF."""
    with counted("Linting"):
        findings = lint([edition_path(p) for p in paths], load_ontology(), engine)
    write = {"json": lint_json, "sarif": sarif.lint_sarif}.get(form, lint_text)
    return write(findings), exit_code(findings)


def rules() -> str:
    """What every rule of lint asks, and why."""
    return lint_guide.lint_guide()


def tested(paths: Sequence[str], form: str, engine: Engine, synthesize: int, seed: int) -> Told:
    """The rows of editions, and what the law of synthesis says of made-up cases."""
    files = [edition_path(p) for p in paths]
    run = deck_report.test_editions(files, engine)
    told, code = [], run.exit_code
    for file in (files or all_editions()) if synthesize else ():
        edition = read_edition(file, load_ontology())
        if edition.logic:
            with counted(f"Judging {synthesize} synthetic cases of {edition.label}"):
                text, well = synthesis_report(edition, seed, synthesize, engine, as_json=form != "text")
            told.append(text)
            code = max(code, ExitCode.DONE if well else ExitCode.CRITERION_NOT_MET)
    if form == "text":
        return "\n".join([deck_report.test_text(run), *told]), code
    write = {"json": deck_report.test_json, "junit": deck_report.test_junit}[form]
    return write(run, [json.loads(text) for text in told]), code


def checked(path: str, engine: Engine, *, as_json: bool, on_save: bool, say: Callable[[str], None]) -> ExitCode:
    """Lint and the rows of one edition, said once or on every save until interrupted."""
    file = edition_path(path)
    known: Known = {}
    code = ExitCode.DONE

    def once() -> None:
        nonlocal code
        run = watch.check(file, load_ontology(), engine, known)
        code = run.exit_code
        began = f"--- {time.strftime('%H:%M:%S')}\n" if on_save and not as_json else ""
        say(watch.check_json(run) if as_json else began + watch.check_text(run))

    if on_save:
        watch.watch(file, once)
    else:
        once()
    return code


def covered(path: str, cases: Sequence[str], form: str, engine: Engine) -> str:
    """What the rows and cases exercise of an edition."""
    return coverage_report(str(edition_path(path)), cases, engine, form)


def mutated(path: str, engine: Engine, seed: int, limit: int | None, *, as_json: bool) -> Told:
    """What no row notices; exit code 1 where there is something to mend."""
    with counted("Trying mutations") as tell:
        text, left = mutation_report(
            str(edition_path(path)), engine, seed=seed, limit=limit, as_json=as_json, progress=tell
        )
    return text, ExitCode.CRITERION_NOT_MET if left else ExitCode.DONE


def compared(old: str, new: str, cases: Sequence[str], engine: Engine, *, as_json: bool) -> str:
    """What changed from one edition to another, and for cases."""
    watched = Tracked(cases, "Determining")
    return diff_report(str(edition_path(old)), str(edition_path(new)), watched, engine, as_json=as_json)


def exported(path: str) -> str:
    """An edition as one self-contained shape."""
    return export_turtle(read_edition(edition_path(path), load_ontology()))


def documented(paths: Sequence[str], folder: Path) -> str:
    """Pages for editions, written into a folder; their names."""
    return write_pages(folder, [edition_path(path) for path in paths])


def started(given: Mapping[str, str], root: Path | None) -> str:
    """A new guideline from what is said of it, and from the defaults."""
    return start_guideline({**{q.option: q.default for q in questions(load_ontology())}, **given}, root)


def asked(ask: Callable[..., str], tell: Callable[[ReasonerError], None], root: Path | None) -> str:
    """A new guideline from a dialogue; an answer that does not fit is asked for again."""
    ontology = load_ontology()
    given: dict[str, str] = {}
    for question in questions(ontology):
        default = question.default or (None if question.required else "")
        while True:
            answer = ask(question.words, default=default, show_default=bool(default))
            try:
                check_answer(question.option, given, answer, ontology)
            except UsageError as error:
                tell(error)
            else:
                given[question.option] = answer
                break
    return start_guideline(given, root)


def edition_path(name: str) -> Path:
    """The file of an edition named by its file, or of a packaged one by part of its path or its notation."""
    if Path(name).exists():
        return Path(name)
    today = interval(Literal("9999", XSD.gYear))
    edition = find_edition(name, today, load_ontology())
    return folder("shapes") / Path(edition.file).relative_to("shapes")
