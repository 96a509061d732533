"""Many cases, one after another: a bad one is told of and never stops the others."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from reasoner.errors import ExitCode, Problem, ReasonerError, UsageError
from reasoner.judge import decide, judge, prepare
from reasoner.load import Case, load_file, load_stream
from reasoner.ontology import load_ontology
from reasoner.output import make_folder, write_whole
from reasoner.rationale.explain import explain
from reasoner.rationale.trace import branch_json, trace
from reasoner.rationale.words import Words
from reasoner.render.data import Json, determination_json
from reasoner.render.graph import determination_quads, determination_trig
from reasoner.render.page import markdown, page, text
from reasoner.render.report import (
    all_met,
    assessment_json,
    judged_requests,
    prepared_files,
    rows,
    shacl_report,
    unevaluated,
)  # fmt: skip
from reasoner.reviewer import audit_determination, refuse_unfit_reviewer
from reasoner.tables import table, tree
from reasoner.validate import Engine, default_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from reasoner.determine import Determination
    from reasoner.judge import Assessment
    from reasoner.ontology import Ontology
    from reasoner.rationale.explain import Rationale
    from reasoner.rdf import Quad
    from reasoner.record import Request


Done = TypeVar("Done")


class Form(StrEnum):
    """The forms of a printed determination."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    TRIG = "trig"


@dataclass(frozen=True, slots=True)
class Manner:
    """How cases are to be judged: by which engine, as of which day, under which edition."""

    engine: Engine = field(default_factory=default_engine)
    as_of: date | None = None
    guideline: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Determined:
    """A case determined and explained."""

    assessment: Assessment
    determination: Determination
    rationale: Rationale
    quads: list[Quad]


class Refused(NamedTuple):
    """A case that was not judged, and why."""

    case: str
    error: ReasonerError


def read_case(argument: str) -> Case:
    """The case in a file or folder, or on standard input for ``-``."""
    return load_stream(sys.stdin.buffer.read()) if argument == "-" else load_file(Path(argument))


def assess_case(argument: str, manner: Manner) -> Assessment:
    """A case with every criterion of its edition answered."""
    ontology = load_ontology()
    prepared = prepare(read_case(argument), ontology, manner.engine, manner.as_of)
    refuse_unfit_reviewer(prepared, ontology, manner.engine)
    return judge(prepared, ontology, manner.engine, manner.guideline)


def determine_case(argument: str, manner: Manner) -> Determined:
    """A case determined, explained and audited."""
    ontology = load_ontology()
    assessment = assess_case(argument, manner)
    determined = decide(assessment)
    rationale = explain(assessment, determined, ontology)
    quads = determination_quads(assessment, determined, rationale, ontology)
    audit_determination(quads, ontology, manner.engine)
    return Determined(assessment, determined, rationale, quads)


def each(arguments: Iterable[str], work: Callable[[str], Done]) -> Iterator[Done | Refused]:
    """The work done on each case, or why it was refused."""
    for argument in arguments:
        try:
            yield work(argument)
        except ReasonerError as error:
            yield Refused(argument, error)


def exit_code(outcomes: Iterable[object]) -> ExitCode:
    """The gravest exit code of the cases that were refused, else done."""
    return max((o.error.exit_code for o in outcomes if isinstance(o, Refused)), default=ExitCode.DONE)


def printed(outcomes: list[Determined | Refused], form: Form, *, cite: bool) -> str:
    """The determinations in one form; JSON has an object for one case and a list for several."""
    ontology = load_ontology()
    done = [o for o in outcomes if isinstance(o, Determined)]
    if form is Form.JSON:
        objects = [_refusal(o) if isinstance(o, Refused) else _json(o, ontology) for o in outcomes]
        return as_text(objects if len(outcomes) > 1 else objects[0])
    if form is Form.TRIG:
        return determination_trig([quad for o in done for quad in o.quads])
    lay_out = text if form is Form.TEXT else markdown
    pages = (page(o.assessment, o.determination, o.rationale, ontology) for o in done)
    return "\n".join(lay_out(p, cite=cite) for p in pages)


def _json(done: Determined, ontology: Ontology) -> Json:
    return determination_json(done.assessment, done.determination, done.rationale, ontology)


def _refusal(refused: Refused) -> Json:
    return {
        "case": refused.case,
        "problems": [
            {"code": p.code, "file": p.file, "line": p.line, "problem": p.problem, "fix": p.fix}
            for p in refused.error.problems
        ],
    }


def manner(engine: str | None, as_of: date | None, guideline: str | None) -> Manner:
    """How to judge, from what the command line names. Raises `UsageError` for an engine that is not installed."""
    if engine == Engine.FAST and default_engine() is not Engine.FAST:
        raise UsageError(
            Problem(
                "no-such-engine",
                "--engine",
                None,
                "The fast engine is not installed.",
                "Install the extra: pip install '.[fast]'.",
            )
        )
    return Manner(Engine(engine) if engine else default_engine(), as_of, guideline)


def tables(outcomes: list[Assessment | Refused], *, as_json: bool) -> str:
    """The criteria of each case and part: a table each, or JSON."""
    ontology = load_ontology()
    if as_json:
        objects = [_refusal(o) if isinstance(o, Refused) else assessment_json(o, ontology) for o in outcomes]
        return as_text(objects if len(outcomes) > 1 else objects[0])
    done = [o for o in outcomes if not isinstance(o, Refused)]
    return "\n".join(_table(request, o, ontology) for o in done for request in judged_requests(o))


def _table(request: Request, assessment: Assessment, ontology: Ontology) -> str:
    words = Words(ontology, assessment.record)
    title = f"{assessment.record.case}, {words.levels(request.segments)}: {assessment.edition.label}"
    return table(("", "Criterion", "Status", "Witnesses"), rows(request, assessment, ontology), title)


def reports(outcomes: list[Assessment | Refused], engine: Engine) -> str:
    """The SHACL validation report of each case."""
    return "\n".join(shacl_report(o, load_ontology(), engine) for o in outcomes if not isinstance(o, Refused))


def write_prepared(outcomes: list[Assessment | Refused], folder: Path, engine: Engine) -> None:
    """Write what the engine was given for each case; with several cases, each into a folder of its own."""
    done = [o for o in outcomes if not isinstance(o, Refused)]
    for assessment in done:
        place = folder / assessment.record.case if len(outcomes) > 1 else folder
        make_folder(place)
        for name, content in prepared_files(assessment, load_ontology(), engine).items():
            write_whole(place / name, content)


def criteria_exit_code(outcomes: list[Assessment | Refused]) -> ExitCode:
    """Done where every criterion of every case is met."""
    done = [o for o in outcomes if not isinstance(o, Refused)]
    if any(unevaluated(o) for o in done):
        return ExitCode.KNOWLEDGE_BASE
    return ExitCode.DONE if all(all_met(o) for o in done) else ExitCode.CRITERION_NOT_MET


def traced(argument: str, criterion: str, manner: Manner, *, as_json: bool) -> str:
    """Why one criterion of one case is answered as it is: a tree, or JSON."""
    found = trace(assess_case(argument, manner), criterion, load_ontology())
    return as_text(branch_json(found)) if as_json else tree(found)


def audited(argument: str, manner: Manner) -> str:
    """One line for a determination that has every part. Raises `KnowledgeBaseError` for one that lacks some."""
    given = read_case(argument)
    audit_determination(given.quads, load_ontology(), manner.engine, given.file)
    return f"{given.file}: complete\n"


def as_text(value: object) -> str:
    """A value as JSON text, in which no character can steer a terminal."""
    written = json.dumps(value, indent=2, ensure_ascii=False)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in written) + "\n"
