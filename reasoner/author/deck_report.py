"""The decks of editions run, and the result as text, JSON or JUnit XML."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from reasoner.author.deck import RowResult, deck_path, read_deck, run_row
from reasoner.data import folder, shown
from reasoner.errors import ExitCode, KnowledgeBaseError, Problem
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.ontology import load_ontology
from reasoner.tables import table, tracked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from reasoner.author.deck import Deck
    from reasoner.validate import Engine


@dataclass(frozen=True, slots=True)
class EditionRun:
    """What became of one edition's deck."""

    file: str
    """The edition's file."""
    deck: str
    results: tuple[RowResult, ...]
    problems: tuple[Problem, ...]
    """What kept the edition, its deck or some of its rows from being run."""

    @property
    def failed(self) -> tuple[RowResult, ...]:
        return tuple(result for result in self.results if not result.passed)


@dataclass(frozen=True, slots=True)
class TestRun:
    """What became of the decks of several editions."""

    __test__ = False
    editions: tuple[EditionRun, ...] = field(default=())

    @property
    def exit_code(self) -> ExitCode:
        """4 where something could not be run, 1 where a row failed, else 0."""
        if any(run.problems for run in self.editions):
            return ExitCode.KNOWLEDGE_BASE
        return ExitCode.CRITERION_NOT_MET if any(run.failed for run in self.editions) else ExitCode.DONE


def test_editions(paths: Sequence[Path], engine: Engine) -> TestRun:
    """The rows of the editions in these files, or of every packaged edition that has criteria."""
    return TestRun(tuple(run for path in paths or all_editions() if (run := _tested(path, engine))))


test_editions.__test__ = False  # type: ignore[attr-defined] # not a test of pytest's


def test_text(run: TestRun) -> str:
    """A table of the decks, and for each row that failed where it stands and what it got."""
    rows = [(e.file, str(len(e.results)), str(len(e.failed)), _could_not_run(e)) for e in run.editions]
    summary = table(("edition", "rows", "failed", "could not be run"), rows)
    failures = [_failure(result, e.deck) for e in run.editions for result in e.failed]
    problems = [str(problem) for e in run.editions for problem in e.problems]
    return "\n".join([summary, *(f"{text}\n" for text in (*problems, *failures))])


test_text.__test__ = False  # type: ignore[attr-defined]


def test_json(run: TestRun, synthesis: Sequence[Mapping[str, Any]] = ()) -> str:  # noqa: PT028 - no test
    """Every row with what was expected and what it got, and what was synthesized of which edition."""
    found = {"passed": run.exit_code == ExitCode.DONE, "editions": [_edition(e) for e in run.editions]}
    return json.dumps({**found, "synthesis": synthesis} if synthesis else found, indent=2, ensure_ascii=False) + "\n"


test_json.__test__ = False  # type: ignore[attr-defined]


def test_junit(run: TestRun, synthesis: Sequence[Mapping[str, Any]] = ()) -> str:  # noqa: PT028 - no test
    """JUnit XML: a suite for each edition, a case for each row, an error for what could not be run.

    Of what was synthesized, a suite for each edition with a case for the whole of it, or one for each failure.
    """
    wrong = [(found, list(_wrong(found))) for found in synthesis]
    suites = "".join([*(_suite(e) for e in run.editions), *(_synthetic(found, texts) for found, texts in wrong)])
    total = sum(len(e.results) + len(e.problems) for e in run.editions) + sum(len(t) or 1 for _, t in wrong)
    failures = sum(len(e.failed) for e in run.editions) + sum(len(texts) for _, texts in wrong)
    errors = sum(len(e.problems) for e in run.editions)
    head = f'<testsuites tests="{total}" failures="{failures}" errors="{errors}">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{suites}</testsuites>\n'


test_junit.__test__ = False  # type: ignore[attr-defined]


def deck_name(place: Path) -> str:
    """A deck's file as the project writes it, wherever the project stands."""
    root = folder("shapes").parent
    return str(place.relative_to(root) if place.is_relative_to(root) else place)


def _tested(path: Path, engine: Engine) -> EditionRun | None:
    """What became of an edition's deck; nothing for an edition that has no criterion to test."""
    place = deck_path(path)
    if not path.is_file():
        problem = Problem("no-such-file", shown(path), None, "There is no such file.", "Check the path.")
        return EditionRun(shown(path), deck_name(place), (), (problem,))
    try:
        edition = read_edition(path, load_ontology())
        if not edition.criteria and not place.is_file():
            return None
        results, problems = _run(read_deck(place, edition), engine)
    except KnowledgeBaseError as error:
        results, problems = [], list(error.problems)
    return EditionRun(shown(path), deck_name(place), tuple(results), tuple(dict.fromkeys(problems)))


def _run(deck: Deck, engine: Engine) -> tuple[list[RowResult], list[Problem]]:
    results: list[RowResult] = []
    problems: list[Problem] = []
    for row in tracked(deck.rows, f"Running the rows of {deck.edition.label}"):
        try:
            results.append(run_row(row, deck.edition, engine))
        except KnowledgeBaseError as error:
            problems.extend(error.problems)
    return results, problems


def _could_not_run(run: EditionRun) -> str:
    return str(len(run.problems)) if run.problems else ""


def _failure(result: RowResult, deck: str) -> str:
    row = result.row
    lines = [f"failed {deck}:{row.line}", f"  {row.criterion}: {row.name}", f"  {_difference(result)}"]
    return "\n".join(lines)


def _difference(result: RowResult) -> str:
    row = result.row
    wrong = {s: got for s, expected in row.by_segment.items() if (got := result.got_by_segment.get(s)) != expected}
    said = [f"Expected {row.expect}, got {result.got}."] if row.expect != result.got else []
    for segment, got in wrong.items():
        said.append(f"At {segment} expected {row.by_segment[segment]}, got {got or 'nothing: it is not requested'}.")
    return " ".join(said)


def _edition(run: EditionRun) -> dict[str, Any]:
    return {
        "edition": run.file, "deck": run.deck, "rows": len(run.results), "failed": len(run.failed),
        "results": [_result(result) for result in run.results],
        "problems": [{n: getattr(p, n) for n in ("code", "file", "line", "problem", "fix")} for p in run.problems],
    }  # fmt: skip


def _result(result: RowResult) -> dict[str, Any]:
    row = result.row
    return {
        "criterion": row.criterion, "name": row.name, "line": row.line, "passed": result.passed,
        "expected": row.expect, "got": result.got,
        "expected_by_segment": dict(row.by_segment), "got_by_segment": dict(result.got_by_segment),
    }  # fmt: skip


def _suite(run: EditionRun) -> str:
    cases = "".join((*(_passed_or_failed(r, run) for r in run.results), *(_errors(run))))
    counts = f'tests="{len(run.results) + len(run.problems)}" failures="{len(run.failed)}" errors="{len(run.problems)}"'
    return f"  <testsuite name={_attribute(run.file)} {counts}>\n{cases}  </testsuite>\n"


def _wrong(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Whatever keeps the synthesis of an edition from being well: in short, and in full."""
    for failure in found["failures"]:
        yield failure["what"], json.dumps(failure, indent=2, ensure_ascii=False)
    for one in found["unattainable"]:
        if one["status"] in ("met", "not met"):
            yield f"{one['criterion']} is never {one['status']}", one["reason"]


def _synthetic(found: Mapping[str, Any], wrong: Sequence[tuple[str, str]]) -> str:
    name, words = _attribute(f"synthesis of {found['edition']}"), f"{found['cases']} cases by seed {found['seed']}"
    cases = [f'    <testcase classname="synthesis" name={_attribute(words)}></testcase>\n'] if not wrong else [
        f'    <testcase classname="synthesis" name={_attribute(what)}>{_told("failure", what, text)}</testcase>\n'
        for what, text in wrong
    ]  # fmt: skip
    counts = f'tests="{len(cases)}" failures="{len(wrong)}" errors="0"'
    return f"  <testsuite name={name} {counts}>\n{''.join(cases)}  </testsuite>\n"


def _passed_or_failed(result: RowResult, run: EditionRun) -> str:
    row = result.row
    told = "" if result.passed else _told("failure", _difference(result), _failure(result, run.deck))
    names = f"classname={_attribute(row.criterion)} name={_attribute(row.name)}"
    return f'    <testcase {names} file={_attribute(run.deck)} line="{row.line}">{told}</testcase>\n'


def _errors(run: EditionRun) -> Iterator[str]:
    for problem in run.problems:
        told = _told("error", problem.problem, str(problem))
        name = _attribute(f"{problem.code} {problem.file}:{problem.line or 1}")
        yield f"    <testcase classname={_attribute(problem.code)} name={name}>{told}</testcase>\n"


def _told(kind: str, message: str, text: str) -> str:
    return f"<{kind} message={_attribute(message)}>{escape(_NOT_XML.sub('?', text))}</{kind}>"


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("?", text))


_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
