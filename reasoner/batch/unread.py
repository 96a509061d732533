"""What cannot be handed on for judging: a case or a file, and why."""

from __future__ import annotations

from typing import NamedTuple

from reasoner.batch.row import CaseText, ProblemRow, Row
from reasoner.errors import Problem
from reasoner.load import MAX_BYTES


class Unread(NamedTuple):
    """A case that is not judged, or with no name a file that could not be read, and why."""

    name: str | None
    file: str
    problem: Problem


Item = CaseText | Unread
"""What a source gives, one after another."""


def unread_row(unread: Unread) -> Row:
    """The row of what is not judged."""
    p = unread.problem
    return Row(unread.name, unread.file, problems=(ProblemRow(p.code, p.file, p.line, p.problem, p.fix),))


def too_large(name: str, file: str, line: int | None = None) -> Unread:
    """A case of more bytes than any is allowed."""
    words = f"The case has more than {MAX_BYTES // 1024**2} MiB."
    fix = "Give a case its findings and not the documents' text."
    return Unread(name, file, Problem("too-large", file, line, words, fix))


def scattered(name: str, file: str, line: int | None = None) -> Unread:
    """Statements of a case that come after those of another."""
    words = f"Statements about {name} stand apart from the others, behind another case."
    fix = "Sort the file, so that a case's statements stand together; what was judged of this case is not all of it."
    return Unread(name, file, Problem("scattered-case", file, line, words, fix))


def cut_off(name: str, file: str) -> Unread:
    """A case in whose midst a file breaks off."""
    return Unread(name, file, Problem("cut-off", file, None, "The file breaks off within this case.", "Mend the file."))


def unreadable(file: str, fault: Exception | str, line: int | None = None) -> Unread:
    """A file that cannot be read, or not to its end."""
    words = getattr(fault, "strerror", None) or str(fault) or type(fault).__name__
    printed = "".join(c if c.isprintable() else " " for c in words)[:200].strip().rstrip(".")
    fix = "Mend or replace the file; the cases before this place are judged."
    return Unread(None, file, Problem("unreadable", file, line, f"The file cannot be read: {printed}.", fix))


def no_case(file: str) -> Unread:
    """A file without any statement about a case."""
    words = "There is no case in the file."
    return Unread(None, file, Problem("empty-file", file, None, words, "Give a file with cases, or leave it out."))
