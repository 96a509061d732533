"""Decks of hand-written rows, read from their files: each row an edited case and the status expected of it."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from reasoner.author.deck_edit import EditError, edited
from reasoner.data import folder, shown
from reasoner.errors import InputRefusedError, KnowledgeBaseError, Problem
from reasoner.load import load_file
from reasoner.status import Status
from reasoner.terms import local_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from reasoner.guideline.edition import Edition
    from reasoner.load import Case

RAISED, NOT_RAISED = "raised", "not raised"
STATUSES = tuple(str(s) for s in Status if s is not Status.NOT_EVALUATED)
KEYS = ("name", "base", "drop", "replace", "add", "as_of", "expect", "by_segment")
EXAMPLE = (
    '[[<Criterion>]]\nname = "<what the row shows>"\n'
    "replace = 'case:<finding> core:presence core:Absent .'\nexpect = \"not met\""
)
"""What a row looks like, for messages."""


@dataclass(frozen=True, slots=True)
class Row:
    """A case, edited from a base, and the status that a criterion, group or caution must have in it."""

    criterion: str
    name: str
    expect: str
    by_segment: Mapping[str, str] = field(hash=False)
    as_of: date | None
    case: Case
    """Its file is the deck's, so that whatever is wrong with it names the deck."""
    line: int


@dataclass(frozen=True, slots=True)
class Deck:
    """The rows of one edition, in the order of their file."""

    file: str
    edition: Edition
    rows: tuple[Row, ...]


def deck_path(edition_path: Path) -> Path:
    """Where an edition's deck stands: under ``tests/criteria`` as the edition under ``shapes``, else beside it."""
    for above in edition_path.parents:
        if above.name == "shapes":
            return above.parent / "tests" / "criteria" / edition_path.relative_to(above).with_suffix(".toml")
    return edition_path.with_suffix(".toml")


def read_deck(path: Path, edition: Edition) -> Deck:
    """The deck in a file. Raises `KnowledgeBaseError` with every problem found, each with its line."""
    file = shown(path)
    if not path.is_file():
        fix = f"Write one, with rows such as:\n{EXAMPLE}"
        raise KnowledgeBaseError(Problem("no-deck", file, None, f"{edition.label} has no deck.", fix))
    reader = _Reader(path, file, path.read_text(encoding="utf-8"), edition)
    rows = tuple(reader.rows())
    if reader.problems:
        raise KnowledgeBaseError(*sorted(reader.problems, key=lambda p: p.line or 0))
    return Deck(file, edition, rows)


_HEADER = re.compile(
    r'"{3}.*?"{3}|\'{3}.*?\'{3}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|^[ \t]*\[\[\s*"?([^\]"]+?)"?\s*\]\]',
    re.DOTALL | re.MULTILINE,
)


def _headers(text: str) -> dict[str, list[int]]:
    """Where each row begins in the text, by its criterion."""
    found: dict[str, list[int]] = {}
    for match in _HEADER.finditer(text):
        if match[1]:
            found.setdefault(match[1], []).append(match.start())
    return found


class _Reader:
    """Reads one file and gathers what is wrong with it."""

    def __init__(self, path: Path, file: str, text: str, edition: Edition) -> None:
        self.path, self.file, self.text, self.edition = path, file, text, edition
        self.problems: list[Problem] = []
        self.names = {local_name(iri): STATUSES for iri in (*edition.criteria, *edition.groups)}
        self.names |= {local_name(iri): (RAISED, NOT_RAISED) for iri in edition.cautions}
        self.segmental = {local_name(c.iri) for c in edition.criteria.values() if c.holds_for}

    def rows(self) -> Iterator[Row]:
        """Each row that is well formed; what is wrong with the others goes to the problems."""
        try:
            stated = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"line (\d+)", str(error))
            line = int(at[1]) if at else self.text.count("\n") + 1
            self._problem("syntax", line, f"Not TOML: {error}.", "Mend the text at this line or just before it.")
            return
        headers, base = _headers(self.text), stated.pop("base", None)
        for criterion, listed in stated.items():
            places = headers.get(criterion, [])
            if not isinstance(listed, list) or len(places) != len(listed):
                fix = f"Begin each row with a line of its own:\n{EXAMPLE}"
                self._problem("not-a-row", self._line_of(criterion), f"{criterion} is no row of a deck.", fix)
                continue
            yield from self._rows_of(criterion, base, tuple(zip(listed, places, strict=True)))

    def _rows_of(self, criterion: str, base: Any, listed: Sequence[tuple[dict[str, Any], int]]) -> Iterator[Row]:
        if criterion not in self.names:
            self._unknown_criterion(criterion, self._line_at(listed[0][1]))
            return
        names: set[str] = set()
        for stated, start in listed:
            line = self._line_at(start)
            if self._well_formed(criterion, stated, line, names):
                case = self._case(stated.get("base", base), stated, start)
                if case:
                    yield Row(criterion, stated["name"], stated["expect"], stated.get("by_segment", {}),
                              _day(stated.get("as_of")), case, line)  # fmt: skip

    def _well_formed(self, criterion: str, stated: dict[str, Any], line: int, names: set[str]) -> bool:
        before, allowed = len(self.problems), self.names[criterion]
        name, expected = stated.get("name"), stated.get("expect")
        for key in stated.keys() - set(KEYS):
            self._problem("unknown-key", line, f"A row has no {key!r}.", f"It may have {', '.join(KEYS)}.")
        if not isinstance(name, str) or not name.strip():
            fix = 'Say in a sentence what it shows: name = "The day of the threshold is enough"'
            self._problem("no-name", line, "The row has no name.", fix)
        elif name in names:
            self._problem("same-name", line, f"{criterion} has two rows named {name!r}.", "Say how they differ.")
        names.add(str(name))
        if expected not in allowed:
            words = f"{expected!r} is no status of {criterion}." if expected else "The row expects nothing."
            self._problem("unknown-status", line, words, f"Expect one of: {', '.join(allowed)}.")
        self._check_segments(criterion, stated.get("by_segment", {}), line)
        if _day(stated.get("as_of")) is None and "as_of" in stated:
            self._problem("not-a-day", line, f"{stated['as_of']!r} is no day.", 'Write it so: as_of = "2024-12-01"')
        return len(self.problems) == before

    def _check_segments(self, criterion: str, expected: Any, line: int) -> None:
        if expected and criterion not in self.segmental:
            fix = "Leave by_segment out: only a criterion with guideline:holdsFor is asked of each segment."
            self._problem("no-segments", line, f"{criterion} is not asked of each segment.", fix)
        wrong = not isinstance(expected, dict) or any(status not in STATUSES for status in expected.values())
        if wrong:
            fix = f"Write for each segment one of: {', '.join(STATUSES)}."
            self._problem("unknown-status", line, f"{expected!r} is not a status for each segment.", fix)

    def _case(self, base: Any, stated: dict[str, Any], start: int) -> Case | None:
        line = self._line_at(start)
        source = self._base(base)
        if source is None:
            words = f"There is no case {base!r} to edit." if base else "The deck does not say which case its rows edit."
            self._problem("no-base", line, words, 'Name one above all rows: base = "cases/v01-all-met/case.trig"')
            return None
        try:
            edits = {key: stated[key] for key in ("drop", "replace", "add") if key in stated}
            return _edited(_loaded(source), self.file, json.dumps(edits, default=str))
        except EditError as error:
            self._problem(error.code, self._line_in(error, start) or line, str(error), error.fix)
            return None
        except InputRefusedError as error:
            self.problems.extend(error.problems)
            return None

    def _base(self, base: Any) -> Path | None:
        if not isinstance(base, str):
            return None
        roots = [above.parent for above in self.path.parents if above.name == "tests"]
        places = (*roots, self.path.parent, folder("cases").parent)
        return next((place / base for place in places if (place / base).exists()), None)

    def _unknown_criterion(self, criterion: str, line: int) -> None:
        meant = get_close_matches(criterion, self.names, 1)
        fix = f"Did you mean {meant[0]}?" if meant else f"It has {', '.join(sorted(self.names))}."
        words = f"{self.edition.label} has no criterion, group or caution {criterion}."
        self._problem("unknown-criterion", line, words, fix)

    def _line_in(self, error: EditError, start: int) -> int | None:
        """The line at fault within the Turtle of a row, where the deck has that Turtle as it is."""
        quoted = re.compile(r"['\"]\n?(?=" + re.escape(error.turtle) + ")").search(self.text, start)
        return self.text.count("\n", 0, quoted.end()) + (error.line or 1) if quoted and error.turtle else None

    def _line_of(self, text: str) -> int:
        return self._line_at(max(self.text.find(text), 0))

    def _line_at(self, position: int) -> int:
        stripped = len(self.text[position:]) - len(self.text[position:].lstrip())
        return self.text.count("\n", 0, position + stripped) + 1

    def _problem(self, code: str, line: int, problem: str, fix: str) -> None:
        self.problems.append(Problem(code, self.file, line, problem, fix))


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


@lru_cache(maxsize=2048)
def _edited(base: Case, file: str, edits: str) -> Case:
    """The same value for the same edit, so that it is made ready once."""
    return replace(edited(base, **json.loads(edits)), file=file)


@cache
def _read(path: Path, modified: int) -> Case:  # noqa: ARG001 - a changed file is read again
    return load_file(path)


def _loaded(path: Path) -> Case:
    return _read(path, (path / "case.trig" if path.is_dir() else path).stat().st_mtime_ns)
