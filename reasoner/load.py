"""A case from a file or a stream: bytes in, one frozen value out, and nothing else is ever opened."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from reasoner.data import shown
from reasoner.errors import InputRefusedError, Problem
from reasoner.rdf import FORMATS, Graph, Iri, Literal, Quad, SyntaxFault, nquads, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BYTES = 16 * 1024 * 1024
"""Larger than any case abstracted by hand; a few copies of it fit into the memory of a laptop."""
MAX_QUADS = 200_000
"""A thousand times an ordinary case; beyond it a graph costs seconds and hundreds of megabytes."""
MAX_LITERAL = 100_000
"""Characters of one literal: a finding rests on a sentence, and a book in its place would drown the rationale."""

NOWHERE = "https://undefined.invalid/"
"""What names in JSON-LD become that no context defines; the standard would drop them in silence."""

_FORMS = "Turtle (.ttl), TriG (.trig), N-Triples (.nt), N-Quads (.nq) and JSON-LD (.jsonld)"


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One case as it was read; ``graph`` is the union of its named graphs and the default graph."""

    name: str
    file: str
    ending: str
    content: bytes
    quads: tuple[Quad, ...]
    graph: Graph

    @property
    def sha256(self) -> str:
        """SHA-256 of the case's sorted N-Quads, which no order or layout changes."""
        return hashlib.sha256(nquads(self.quads)).hexdigest()


def load_file(path: Path) -> Case:
    """The case in a file, or in the file ``case.trig`` of a folder.

    Raises `InputRefusedError` for a file that is absent, too large or not RDF.
    """
    file = path / "case.trig" if path.is_dir() else path
    where = shown(file)
    ending = file.suffix.lower()
    if not file.exists():
        _refuse(
            "no-such-file",
            where,
            None,
            "There is no such file.",
            "Check the path; a folder must hold case.trig.",
        )
    if ending not in FORMATS:
        _refuse(
            "unknown-ending",
            where,
            None,
            f"The ending {ending or '(none)'} is not known.",
            f"Read are {_FORMS}.",
        )
    name = Path(os.path.abspath(file)).parent.name if file.stem == "case" else file.stem  # noqa: PTH100
    content = _checked(_bytes(file, where), where)
    return _case(name, where, ending, content, _parsed(content, ending, where))


def load_stream(content: bytes, file: str = "-") -> Case:
    """The case in bytes of unnamed form: JSON-LD if they begin as JSON does, else TriG, else N-Quads.

    Raises `InputRefusedError` for bytes that are too many or not RDF.
    """
    content = _checked(content, file)
    first, second = (".jsonld", ".trig") if content.lstrip()[:1] in {b"{", b"["} else (".trig", ".nq")
    try:
        return _case("stdin", file, first, content, _parsed(content, first, file))
    except InputRefusedError as refused:
        if refused.problems[0].code != "syntax":
            raise
        try:
            quads = parse(content, second)
        except SyntaxFault:
            raise refused from None
        return _case("stdin", file, second, content, quads)


def _refuse(code: str, file: str, line: int | None, problem: str, fix: str) -> NoReturn:
    raise InputRefusedError(Problem(code, file, line, problem, fix))


def _bytes(file: Path, where: str) -> bytes:
    if not file.is_file():
        _refuse(
            "unreadable",
            where,
            None,
            "This is not a file.",
            "Give a case file, or a folder that holds case.trig.",
        )
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problem = Problem(
            "unreadable", where, None, f"The file cannot be read: {reason}.", "Check its permissions."
        )
        raise InputRefusedError(problem) from None


def _checked(content: bytes, where: str) -> bytes:
    if len(content) > MAX_BYTES:
        words = f"The file has more than {MAX_BYTES // 1024**2} MiB."
        _refuse(
            "too-large",
            where,
            None,
            words,
            "Give one case a file, with its findings and not the documents' text.",
        )
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        _refuse("not-utf-8", where, line, "The file is not UTF-8 text.", "Save it in the encoding UTF-8.")
    return content.removeprefix(b"\xef\xbb\xbf")


def _parsed(content: bytes, ending: str, where: str) -> list[Quad]:
    try:
        quads = parse(content, ending)
        return parse(_strict(content), ending, NOWHERE) if ending == ".jsonld" else quads
    except SyntaxFault as fault:
        raise InputRefusedError(_syntax_problem(fault, ending, where)) from None


def _syntax_problem(fault: SyntaxFault, ending: str, where: str) -> Problem:
    words = _printable(str(fault))
    if "LoadDocumentCallback" in words or "remote context" in words:
        problem = "The @context is an address; contexts must be inline, for nothing is fetched."
        fix = 'Copy the context into the file: "@context": { "core": "https://w3id.org/guideline-reasoner/core#" }'
        return Problem("remote-context", where, fault.line, problem, fix)
    form = {".ttl": "Turtle", ".trig": "TriG", ".nt": "N-Triples", ".nq": "N-Quads", ".jsonld": "JSON-LD"}[
        ending
    ]
    problem = f"This is not {form}: {words.rstrip('.')}."
    return Problem(
        "syntax", where, fault.line, problem, "Mend the statement at this line, or the one before it."
    )


def _strict(content: bytes) -> bytes:
    """JSON-LD whose undefined names become IRIs under `NOWHERE`, so that they are refused and not dropped."""
    try:
        found = json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise SyntaxFault(str(error), getattr(error, "lineno", None)) from None
    for item in found if isinstance(found, list) else [found]:
        if isinstance(item, dict):
            context = item.get("@context", [])
            own = context if isinstance(context, list) else [context]
            item["@context"] = [{"@vocab": NOWHERE}, *(part for part in own if part is not None)]
    return json.dumps(found).encode()


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "a JSON object says the same name twice"
        raise ValueError(message)
    return found


def _case(name: str, where: str, ending: str, content: bytes, found: list[Quad]) -> Case:
    quads = tuple(dict.fromkeys(found))
    if not quads:
        fix = (
            "Write the request, the chart documents and the findings; the guide to writing a case shows how."
        )
        _refuse("empty-case", where, None, "There is nothing in the case.", fix)
    if len(quads) > MAX_QUADS:
        words = f"The case makes more than {MAX_QUADS:,} statements."
        _refuse("too-many-statements", where, None, words, "Give one case a file.")
    for quad in quads:
        _check_terms(quad, where)
    return Case(name, where, ending, content, quads, Graph(quad.triple for quad in quads))


def _check_terms(quad: Quad, where: str) -> None:
    value = quad.object
    if isinstance(value, Literal):
        if len(value.value) > MAX_LITERAL:
            words = f"A text has more than {MAX_LITERAL:,} characters."
            _refuse("text-too-long", where, None, words, "Quote the sentence that the finding rests on.")
    elif _is_triple_term(value):
        _refuse(
            "triple-term",
            where,
            None,
            "A statement is about a statement (RDF 1.2).",
            "Write it as a finding.",
        )


def _is_triple_term(value: Iri) -> bool:
    return " " in value


def _printable(text: str) -> str:
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text))[:200].strip()
