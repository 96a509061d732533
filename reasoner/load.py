"""A case from a file or a stream: bytes in, one frozen value out, and nothing else is ever opened."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from reasoner.data import shown
from reasoner.errors import InputRefusedError, Problem
from reasoner.lines import places
from reasoner.rdf import FORMATS, Graph, Literal, Quad, SyntaxFault, nquads, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_BYTES = 16 * 1024 * 1024
"""Larger than any case abstracted by hand; a few copies of it fit into the memory of a laptop."""
MAX_QUADS = 20_000
"""A hundred times an ordinary case; beyond it a graph costs seconds and hundreds of megabytes."""
MAX_LITERAL = 100_000
"""Characters of one literal: a finding rests on a sentence, and a book would drown the rationale."""

MAX_NESTING = 100
"""Depth of JSON-LD, its contexts, and statements about statements: pyoxigraph crashes on some thousands."""

NOWHERE = "https://undefined.invalid/"
"""What names in JSON-LD become that no context defines; the standard would drop them in silence."""

_NAMES = {".ttl": "Turtle", ".trig": "TriG", ".nt": "N-Triples", ".nq": "N-Quads", ".jsonld": "JSON-LD"}


@dataclass(frozen=True, eq=False)
class Case:
    """One case as it was read; ``graph`` is the union of its named graphs and the default graph."""

    name: str
    file: str
    ending: str
    content: bytes
    quads: tuple[Quad, ...]
    graph: Graph

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the case's sorted N-Quads, which no order or layout changes."""
        return hashlib.sha256(nquads(self.quads)).hexdigest()


def load_file(path: Path) -> Case:
    """The case in a file, or in the file ``case.trig`` of a folder.

    Raises `InputRefusedError` for a file that is absent, too large or not RDF.
    """
    try:
        file = path / "case.trig" if path.is_dir() else path
        content = _bytes(file)
    except OSError as error:
        words = f"The file cannot be read: {error.strerror or type(error).__name__}."
        _refuse("unreadable", shown(path), None, words, "Check its name and its permissions.")
    where, ending = shown(file), file.suffix.lower()
    name = Path(os.path.abspath(file)).parent.name if file.stem == "case" else file.stem  # noqa: PTH100
    return load_content(name, where, ending, content)


def load_content(name: str, file: str, ending: str, content: bytes) -> Case:
    """The case in bytes of the form that an ending names.

    Raises `InputRefusedError` for bytes that are too many or not RDF.
    """
    content = _checked(content, file)
    return _case(name, file, ending, content, _parsed(content, ending, file))


def load_stream(content: bytes, file: str = "-") -> Case:
    """The case in bytes of unnamed form: JSON-LD if they begin as JSON does, else TriG, else N-Quads.

    Raises `InputRefusedError` for bytes that are too many or not RDF.
    """
    content = _checked(content, file)
    first, second = (".jsonld", ".trig") if content.lstrip()[:1] in {b"{", b"["} else (".trig", ".nq")
    try:
        ending, quads = first, _parsed(content, first, file)
    except InputRefusedError as refused:
        if refused.problems[0].code != "syntax":
            raise
        try:
            ending, quads = second, _parsed(content, second, file)
        except InputRefusedError:
            raise refused from None
    return _case("stdin", file, ending, content, quads)


def _refuse(code: str, file: str, line: int | None, problem: str, fix: str) -> NoReturn:
    raise InputRefusedError(Problem(code, file, line, problem, fix))


def _bytes(file: Path) -> bytes:
    where = shown(file)
    if not file.exists():
        fix = "Check the path; a folder must hold case.trig."
        _refuse("no-such-file", where, None, "There is no such file.", fix)
    if not file.is_file():
        fix = "Give a case file, or a folder that holds case.trig."
        _refuse("unreadable", where, None, "This is not a file.", fix)
    if file.suffix.lower() not in FORMATS:
        known = ", ".join(f"{_NAMES[ending]} ({ending})" for ending in FORMATS)
        _refuse("unknown-ending", where, None, f"The ending {file.suffix!r} is not known.", f"Read are {known}.")
    with file.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _checked(content: bytes, where: str) -> bytes:
    if len(content) > MAX_BYTES:
        words = f"The file has more than {MAX_BYTES // 1024**2} MiB."
        fix = "Give one case a file, with its findings and not the documents' text."
        _refuse("too-large", where, None, words, fix)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        _refuse("not-utf-8", where, line, "The file is not UTF-8 text.", "Save it in the encoding UTF-8.")
    return content.removeprefix(b"\xef\xbb\xbf")


def _parsed(content: bytes, ending: str, where: str) -> list[Quad]:
    try:
        if ending == ".jsonld":
            return parse(_strict(content, where), ending, NOWHERE, MAX_QUADS + 1)
        nested = content.count(b"<<")
        if nested > MAX_NESTING:
            _refuse_nesting(where)
        if nested and (line := places(content).triple_term):
            problem = "A statement is about a statement (RDF 1.2), which a case does not need."
            _refuse("triple-term", where, line, problem, "Write what it says as a finding.")
        return parse(content, ending, limit=MAX_QUADS + 1)
    except SyntaxFault as fault:
        raise InputRefusedError(_syntax_problem(fault, ending, where)) from None


def _refuse_nesting(where: str) -> NoReturn:
    words = f"The case nests or repeats its statements or contexts more than {MAX_NESTING} times."
    _refuse("too-nested", where, None, words, "Write one statement after another, with one @context.")


def _syntax_problem(fault: SyntaxFault, ending: str, where: str) -> Problem:
    words = _printable(str(fault))
    if "LoadDocumentCallback" in words or "remote context" in words:
        problem = "The @context is an address; contexts must be inline, for nothing is fetched."
        fix = 'Copy it into the file: "@context": { "core": "https://w3id.org/guideline-reasoner/core#" }'
        return Problem("remote-context", where, fault.line, problem, fix)
    problem = f"This is not {_NAMES[ending]}: {words.rstrip('.')}."
    return Problem("syntax", where, fault.line, problem, "Mend the statement at this line or just before it.")


def _strict(content: bytes, where: str) -> bytes:
    """JSON-LD whose undefined names become IRIs under `NOWHERE`, so that they are refused and not dropped."""
    try:
        found = json.loads(content, object_pairs_hook=_once)
    except RecursionError:
        _refuse_nesting(where)
    except ValueError as error:
        raise SyntaxFault(str(error), getattr(error, "lineno", None)) from None
    if _too_nested(found):
        _refuse_nesting(where)
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


def _too_nested(found: Any) -> bool:
    """Whether JSON is deeper, or has more contexts, than the parser can take without harm."""
    depth = contexts = 0
    level = [found]
    while level and depth <= MAX_NESTING and contexts <= MAX_NESTING:
        depth += 1
        contexts += sum("@context" in item for item in level if isinstance(item, dict))
        level = [inner for item in level for inner in _inside(item)]
    return bool(level) or contexts > MAX_NESTING


def _inside(item: Any) -> Iterable[Any]:
    if isinstance(item, dict):
        return item.values()
    return item if isinstance(item, list) else ()


def _case(name: str, where: str, ending: str, content: bytes, found: list[Quad]) -> Case:
    if not found:
        fix = "Write the request, the chart documents and the findings, as the guide to writing a case shows."
        _refuse("empty-case", where, None, "There is nothing in the case.", fix)
    if len(found) > MAX_QUADS:
        words = f"The case makes more than {MAX_QUADS:,} statements."
        _refuse("too-many-statements", where, None, words, "Give one case a file.")
    quads = tuple(dict.fromkeys(found))
    if len(content) > MAX_LITERAL and any(
        len(q.object.value) > MAX_LITERAL for q in quads if isinstance(q.object, Literal)
    ):
        words = f"A text has more than {MAX_LITERAL:,} characters."
        _refuse("text-too-long", where, None, words, "Quote the sentence that the finding rests on.")
    return Case(name, where, ending, content, quads, Graph(quads))


def _printable(text: str) -> str:
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text))[:200].strip()
