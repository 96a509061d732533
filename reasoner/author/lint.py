"""Whether an edition is well formed and can mean what its author intends, without judging anybody by it.

The rules stand in shapes/lint.ttl, with their words: the shapes among them are run by our own validation, the
others are checked in the modules ``rules_*``. What an edition must be before it may judge (guideline/check.py) and
the canaries are rules too.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from reasoner.author.lint_rules import Draft, Fault, Level, draft, filled, rules
from reasoner.author.rules_constraints import of_constraints
from reasoner.author.rules_files import of_dates, of_place, siblings
from reasoner.author.rules_findings import of_findings
from reasoner.author.rules_logic import of_logic, of_silence
from reasoner.author.rules_names import of_names
from reasoner.author.rules_shacl import of_shapes
from reasoner.author.rules_texts import of_texts
from reasoner.author.rules_words import of_values, of_words
from reasoner.author.trials import trials
from reasoner.data import shown
from reasoner.errors import ExitCode, KnowledgeBaseError, Problem, UsageError
from reasoner.guideline.check import check_edition
from reasoner.guideline.edition_file import all_editions, not_turtle, read_edition
from reasoner.guideline.probes import untrustworthy
from reasoner.lines import line_of, line_within, places
from reasoner.rdf import SyntaxFault
from reasoner.terms import GUIDELINE, A
from reasoner.validate import CannotRunError, Engine, default_engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from reasoner.ontology import Ontology


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule of one edition, where it stands and how to mend it."""

    code: str
    level: str
    file: str
    line: int | None
    problem: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{self.level}[{self.code}] {place}\n  {self.problem}\n  {self.fix}".rstrip()


def lint(paths: Sequence[Path], ontology: Ontology, engine: Engine | None = None) -> tuple[Finding, ...]:
    """Every broken rule of the editions in files and folders, sorted; of every packaged edition where none is given.

    Raises `UsageError` for a path that does not exist and for a folder without editions.
    """
    found: set[Finding] = set()
    read: list[Draft] = []
    for path in editions_in(paths):
        try:
            read.append(draft(path, shown(path), path.read_bytes(), ontology))
        except SyntaxFault as fault:
            found.add(_of_problem(not_turtle(path.read_bytes(), shown(path), fault)))
    for each in read:
        found.update(_of_draft(each, read, engine or default_engine()))
    return tuple(sorted(found, key=lambda f: (f.file, f.line or 0, f.code, f.problem, f.fix)))


def exit_code(findings: Iterable[Finding]) -> ExitCode:
    """The exit code that the findings mean: an error is one of the knowledge base, a warning is none."""
    return ExitCode.KNOWLEDGE_BASE if any(f.level == Level.ERROR for f in findings) else ExitCode.DONE


def editions_in(paths: Sequence[Path]) -> list[Path]:
    """The files of editions that the paths name, each once."""
    found: list[Path] = []
    for path in paths or all_editions():
        if path.is_dir():
            below = sorted(p for p in path.rglob("*.ttl") if "ladders" not in p.parts and p.parent.name != "shapes")
            if not below:
                raise UsageError(Problem("no-edition", str(path), None, "No edition stands in this folder.", _NAME_ONE))
            found += below
        elif path.is_file():
            found.append(path)
        else:
            raise UsageError(Problem("no-such-file", str(path), None, "There is no such file.", _NAME_ONE))
    return list(dict.fromkeys(found))


_NAME_ONE = "Name the file of an edition, or a folder of editions."


def _of_draft(read: Draft, given: list[Draft], engine: Engine) -> list[Finding]:
    unsafe = check_edition(read.graph, read.content, read.file, read.ontology)
    too_deep = any(problem.code == "too-deep" for problem in unsafe)
    if too_deep or len(read.graph.subjects(A, GUIDELINE.Edition)) != 1:
        return [_of_problem(problem) for problem in unsafe]
    faults = [*of_shapes(read, engine), *of_names(read), *of_constraints(read), *of_logic(read), *of_words(read)]
    faults += of_texts(read)
    faults += of_place(read)
    faults += of_dates(read, [*given, *(siblings(read) if read.inside_shapes else ())])
    worded = [_of_fault(fault, read) for fault in faults]
    told = {(finding.code, finding.line) for finding in worded}
    worded += [_of_problem(problem) for problem in unsafe if (problem.code, problem.line) not in told]
    return worded if unsafe else [*worded, *_of_engine(read, engine)]


def _of_engine(read: Draft, engine: Engine) -> Iterator[Finding]:
    """What only an engine can tell, of an edition that has nothing wrong with its form."""
    try:
        edition = read_edition(read.path, read.ontology)
        for criterion in sorted(untrustworthy(edition, read.ontology, engine)):
            yield _of_fault(read.fault("canary", criterion, None, focus=read.name(criterion)), read)
        yield from (_of_fault(fault, read) for fault in of_silence(read, edition))
        tried = trials(edition, read.ontology, engine)
    except KnowledgeBaseError as error:
        yield from map(_of_problem, error.problems)
    except CannotRunError as error:
        yield _of_fault(read.fault("shape-cannot-run", read.edition, None, reason=str(error)), read)
    else:
        yield from (_of_fault(fault, read) for fault in (*of_findings(read, tried), *of_values(read, tried)))


def _of_fault(fault: Fault, read: Draft) -> Finding:
    rule, words = rules()[fault.code], dict(fault.words)
    line = line_within(read.content, fault.subject, fault.at) if fault.at else line_of(read.content, fault.subject)
    if line is None and fault.subject.startswith("_:"):
        line = places(read.content).blank
    return Finding(
        fault.code, rule.level, read.file, line, _printable(filled(rule.message, words)),
        _printable(filled(rule.fix, words)),
    )  # fmt: skip


def _of_problem(problem: Problem) -> Finding:
    rule = rules().get(problem.code)
    level = rule.level if rule else Level.ERROR
    words = _printable(problem.problem), _printable(problem.fix)
    return Finding(problem.code, level, problem.file, problem.line, *words)


def _printable(text: str) -> str:
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


def lint_text(findings: Sequence[Finding]) -> str:
    """The findings for people, and how many there are."""
    errors = sum(f.level == Level.ERROR for f in findings)
    told = "".join(f"{finding}\n\n" for finding in findings)
    return f"{told}{_counted(errors, 'error')}, {_counted(len(findings) - errors, 'warning')}\n"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def lint_json(findings: Sequence[Finding]) -> str:
    """The findings for programs."""
    return json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False) + "\n"
