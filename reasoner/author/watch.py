"""The author's loop: an edition linted and its rows run, again at each save."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from reasoner.author.deck import deck_path, read_deck
from reasoner.author.deck_report import deck_name
from reasoner.author.lint import Finding, exit_code, lint, lint_text
from reasoner.author.lint_rules import Level
from reasoner.author.rerun import Known, rerun_deck
from reasoner.data import shown
from reasoner.errors import ExitCode, KnowledgeBaseError
from reasoner.guideline.edition_file import read_edition

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reasoner.author.deck import RowResult
    from reasoner.ontology import Ontology
    from reasoner.validate import Engine

EVERY = 0.2
"""Seconds between two looks at the files."""


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What became of one edition and its rows."""

    edition: str
    deck: str
    findings: tuple[Finding, ...]
    rows: tuple[RowResult, ...]
    tried: bool
    """Whether there were rows that could be run."""

    @property
    def failed(self) -> tuple[RowResult, ...]:
        """The rows that did not answer as their author expects."""
        return tuple(result for result in self.rows if not result.passed)

    @property
    def exit_code(self) -> ExitCode:
        """An error of the edition or deck first, then a row that failed."""
        return exit_code(self.findings) or (ExitCode.CRITERION_NOT_MET if self.failed else ExitCode.DONE)


def check(path: Path, ontology: Ontology, engine: Engine, known: Known | None = None) -> CheckRun:
    """An edition linted, and where it has no error the rows of its deck run.

    A caller that checks again and again hands in the same ``known``, an empty dictionary at first: then only rows
    are run whose answer can have changed.
    """
    findings, file = lint([path], ontology, engine), deck_path(path.resolve())
    unfit = any(finding.level == Level.ERROR for finding in findings)
    if unfit or not file.is_file():
        return CheckRun(shown(path), deck_name(file), findings, (), tried=False)
    try:
        deck = read_deck(file, read_edition(path, ontology))
        rows = rerun_deck(deck, engine, {} if known is None else known)
    except KnowledgeBaseError as error:
        broken = (Finding(p.code, Level.ERROR, p.file, p.line, p.problem, p.fix) for p in error.problems)
        return CheckRun(shown(path), deck_name(file), (*findings, *broken), (), tried=False)
    return CheckRun(shown(path), deck_name(file), findings, rows, tried=True)


def check_text(run: CheckRun) -> str:
    """The findings, each row that failed, and how many rows there are."""
    told = [f"failed {run.deck}:{r.row.line}\n  {_failure(r)}\n\n" for r in run.failed]
    if run.tried:
        told.append(f"{_counted(len(run.rows))}, {len(run.failed)} failed\n")
    elif exit_code(run.findings):
        told.append("The rows were not run: mend the errors first.\n")
    else:
        told.append(f"There are no rows: {run.deck} does not exist.\n")
    return lint_text(run.findings) + "".join(told)


def _counted(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"


def _failure(result: RowResult) -> str:
    row = result.row
    places = {s: result.got_by_segment.get(s, "nothing") for s, e in row.by_segment.items()}
    wrong = [f"{s} {places[s]}, not {e}" for s, e in sorted(row.by_segment.items()) if places[s] != e]
    whole = [] if result.got == row.expect else [f"{result.got}, not {row.expect}"]
    return f"{row.criterion}: {row.name}: {'; '.join([*whole, *wrong])}"


def check_json(run: CheckRun) -> str:
    """The same for programs."""
    rows = [
        {
            "criterion": r.row.criterion, "name": r.row.name, "line": r.row.line, "expect": r.row.expect, "got": r.got,
            "got_by_segment": dict(r.got_by_segment), "passed": r.passed,
        }
        for r in run.rows
    ]  # fmt: skip
    said = {
        "edition": run.edition, "deck": run.deck, "findings": [asdict(f) for f in run.findings],
        "tried": run.tried, "rows": rows,
    }  # fmt: skip
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


Stamp = tuple[tuple[int, int] | None, ...]


def watch(path: Path, once_changed: Callable[[], None], pause: Callable[[float], None] = time.sleep) -> None:
    """Call a function now and after each save of an edition or its deck, until Ctrl-C.

    A save is taken up once the files have stopped changing and the edition exists.
    """
    with suppress(KeyboardInterrupt):
        seen: Stamp | None = None
        while True:
            stamp = _stamp(path)
            if stamp != seen and stamp[0] is not None:
                pause(EVERY if seen else 0)
                if _stamp(path) != stamp:
                    continue
                once_changed()
                seen = stamp
            pause(EVERY)


def _stamp(path: Path) -> Stamp:
    return tuple(_changed(file) for file in (path, deck_path(path.resolve())))


def _changed(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
