"""The questions that come with the program, and those of a file or a command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.cases import as_text
from reasoner.data import folder
from reasoner.errors import Problem, UsageError
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.ontology import load_ontology
from reasoner.store.question import question
from reasoner.tables import table
from reasoner.terms import BASE, DCTERMS, OWL, PROV, RDF, RDFS, SCHEMA, SKOS
from reasoner.vocabulary import prefixes as modules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reasoner.store.question import Question

MARKS = " \t\n{"
"""A text is a query and no name if it holds one of these."""


def library() -> dict[str, Path]:
    """The packaged queries by name."""
    return {path.stem: path for path in sorted((folder("ontology") / "queries").glob("*.rq"))}


def find_question(asked: str) -> Question:
    """The question of a name, a file or a text. Raises `UsageError`."""
    known = library()
    if asked in known:
        return question(asked, known[asked].read_text(encoding="utf-8"))
    if asked.endswith(".rq"):
        return question(asked, _read(Path(asked)))
    if any(mark in asked for mark in MARKS):
        return question("the query", asked)
    near = ", ".join(known)
    raise UsageError(Problem("no-such-query", asked, None, "There is no query of this name.", f"Name one of: {near}."))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        words = f"The query cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}."
        raise UsageError(Problem("unreadable", str(path), None, words, "Check the path.")) from None


def query_prefixes() -> Mapping[str, str]:
    """The prefixes that every query has without saying so: the ontology's, the standards', and each edition's."""
    ontology = load_ontology()
    standard = {
        "rdf": RDF.prefix, "rdfs": RDFS.prefix, "owl": OWL.prefix, "skos": SKOS.prefix, "dcterms": DCTERMS.prefix,
        "prov": PROV.prefix, "schema": SCHEMA.prefix, "case": BASE + "cases/",
    }  # fmt: skip
    editions = (read_edition(path, ontology) for path in all_editions())
    named = {notation.lower(): f"{edition.iri}/" for edition in editions for notation in edition.notations}
    return {**modules(ontology), **standard, **named}


def listed(*, as_json: bool) -> str:
    """Every packaged question with its parameters, as a table or JSON."""
    found = [question(name, path.read_text(encoding="utf-8")) for name, path in library().items()]
    if as_json:
        return as_text([
            {"name": q.name, "asks": q.asks,
             "parameters": [{"name": p.name, "type": p.type, "default": p.default, "says": p.says}
                            for p in q.parameters]}
            for q in found
        ])  # fmt: skip
    rows = [(q.name, q.asks, "\n".join(f"{p.name}={p.default or p.type}" for p in q.parameters)) for q in found]
    return table(("Query", "Question", "Parameters"), rows)
