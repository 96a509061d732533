"""What a query gave, written row by row: a table for people, SPARQL's CSV, TSV and JSON, or Turtle."""

from __future__ import annotations

import csv
import io
import json
from itertools import islice
from typing import TYPE_CHECKING

from reasoner.errors import Problem, UsageError
from reasoner.rdf import STRING, Iri, Literal, Selection, Term, Triple, safe_text, term_text, turtle
from reasoner.render.page import clean
from reasoner.store.forms import Form
from reasoner.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reasoner.rdf import Found

MAX_ROWS = 1_000
"""Rows of a table for people: who needs more has a program to read them with."""
FORMULA = tuple("=+-@\t\r")
"""What a spreadsheet would take for the beginning of a formula."""
TRIPLE = ("subject", "predicate", "object")


def written(found: Found, form: Form, prefixes: Mapping[str, str]) -> Iterator[str]:
    """The pieces of a text. Raises `UsageError` for rows that are asked for as Turtle."""
    if isinstance(found, bool):
        return iter([json.dumps({"head": {}, "boolean": found}) + "\n" if form is Form.JSON else f"{found}\n".lower()])
    if form is Form.TURTLE:
        if isinstance(found, Selection):
            fix = "Ask with CONSTRUCT or DESCRIBE, or take another --format."
            raise UsageError(Problem("no-graph", "--format", None, "Rows cannot be written as Turtle.", fix))
        return iter([turtle(found, _used(found, prefixes))])
    selection = found if isinstance(found, Selection) else Selection(TRIPLE, iter(found))
    return _WRITERS[form](selection, prefixes)


def _used(triples: list[Triple], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes of which something begins with their namespace."""
    iris = {term for triple in triples for term in triple if not isinstance(term, Literal)}
    return {prefix: space for prefix, space in prefixes.items() if any(iri.startswith(space) for iri in iris)}


def _table(found: Selection, prefixes: Mapping[str, str]) -> Iterator[str]:
    rows = list(islice(found.rows, MAX_ROWS + 1))
    short = sorted(((namespace, prefix) for prefix, namespace in prefixes.items()), key=lambda p: -len(p[0]))
    yield table(found.names, ([_short(term, short) for term in row] for row in rows[:MAX_ROWS]))
    if len(rows) > MAX_ROWS:
        yield f"There are more than {MAX_ROWS:,} rows; the others are in --format csv, tsv or json.\n"


def _short(term: Term | None, prefixes: list[tuple[str, str]]) -> str:
    if term is None or isinstance(term, Literal):
        return term.value if term else ""
    fits = (f"{prefix}:{term[len(namespace) :]}" for namespace, prefix in prefixes if term.startswith(namespace))
    return next(fits, term)


def _csv(found: Selection, _: Mapping[str, str]) -> Iterator[str]:
    """SPARQL 1.1 Query Results CSV, in which no text is a formula to a spreadsheet or steers a terminal."""
    yield _line(found.names)
    for row in found.rows:
        yield _line([_cell(term) for term in row])


def _line(cells: tuple[str, ...] | list[str]) -> str:
    output = io.StringIO()
    csv.writer(output, lineterminator="\n").writerow(cells)
    return output.getvalue()


def _cell(term: Term | None) -> str:
    if not isinstance(term, Literal):
        return term or ""
    text = clean(term.value)
    return "'" + text if term.value.startswith(FORMULA) and (term.datatype == STRING or term.language) else text


def _tsv(found: Selection, _: Mapping[str, str]) -> Iterator[str]:
    """SPARQL 1.1 Query Results TSV: every term as Turtle writes it."""
    yield "\t".join(f"?{name}" for name in found.names) + "\n"
    for row in found.rows:
        yield "\t".join("" if term is None else _escaped(term) for term in row) + "\n"


def _escaped(term: Term) -> str:
    return safe_text(term_text(term).replace("\t", "\\t"))


def _json(found: Selection, _: Mapping[str, str]) -> Iterator[str]:
    """SPARQL 1.1 Query Results JSON, one row a line."""
    yield f'{{"head": {json.dumps({"vars": found.names})}, "results": {{"bindings": [\n'
    for number, row in enumerate(found.rows):
        bound = {name: _bound(term) for name, term in zip(found.names, row, strict=True) if term is not None}
        yield (",\n" if number else "") + json.dumps(bound)
    yield "\n]}}\n"


def _bound(term: Term) -> dict[str, str]:
    if not isinstance(term, Literal):
        blank = term.startswith("_:")
        return {"type": "bnode" if blank else "uri", "value": Iri(term[2:]) if blank else term}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    kind = {} if term.datatype == STRING else {"datatype": str(term.datatype)}
    return {"type": "literal", "value": term.value, **kind}


_WRITERS = {Form.TABLE: _table, Form.CSV: _csv, Form.TSV: _tsv, Form.JSON: _json}
