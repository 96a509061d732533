"""What each file of the ontology must hold: a label and a definition for every term, and known imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from reasoner.data import folder, shown
from reasoner.errors import KnowledgeBaseError, Problem
from reasoner.lines import line_of
from reasoner.ontology import DECLARATIONS
from reasoner.rdf import Graph, Iri, Literal, SyntaxFault, triples
from reasoner.terms import OWL, RDFS, SKOS, A, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CATALOG = "catalog-v001.xml"
_ENTRY = "{urn:oasis:names:tc:entity:xmlns:xml:catalog}uri"


class _Module(NamedTuple):
    file: Path
    content: bytes
    graph: Graph


def check_files(root: Path | None = None) -> tuple[Problem, ...]:
    """Problems of the packaged ontology, or of the one in a folder, in order of files and lines.

    Raises `KnowledgeBaseError` for a file that is not Turtle and for a catalog that is not XML.
    """
    root = root or folder("ontology")
    modules = [_module(file) for file in sorted(root.rglob("*.ttl"))]
    merged = Graph(triple for module in modules for triple in module.graph)
    catalog = _catalog(root)
    found = [problem for module in modules for problem in _undescribed(module, merged)]
    found += [problem for module in modules for problem in _unlisted(module, catalog)]
    found += _lost(root, catalog)
    return tuple(sorted(found, key=lambda problem: (problem.file, problem.line or 0, problem.code)))


# ---------------------------------------------------------------- Labels and definitions


def _undescribed(module: _Module, merged: Graph) -> Iterator[Problem]:
    """Give each term that the file declares and that has not exactly one label and one definition."""
    declared = {term for kind in (*DECLARATIONS, OWL.Ontology) for term in module.graph.subjects(A, kind)}
    for term in sorted(term for term in declared if not term.startswith("_:")):
        values = merged.values(term, RDFS.label)
        labels = [value for value in values if isinstance(value, Literal) and value.language == "en"]
        if len(labels) != 1:
            said = f"has {len(labels) or 'no'} English rdfs:label"
            yield _problem("missing-label", module, term, said, 'Give it exactly one: rdfs:label "..."@en .')
        definitions = merged.values(term, SKOS.definition)
        if len(definitions) != 1:
            said = f"has {len(definitions) or 'no'} skos:definition"
            fix = 'Give it exactly one sentence that says what it means: skos:definition "..."@en .'
            yield _problem("missing-definition", module, term, said, fix)


def _problem(code: str, module: _Module, term: Iri, said: str, fix: str) -> Problem:
    line = line_of(module.content, term)
    return Problem(code, shown(module.file), line, f"{local_name(term)} {said}.", fix)


# ---------------------------------------------------------------- Catalog


def _unlisted(module: _Module, catalog: Mapping[str, Path]) -> Iterator[Problem]:
    """Give each module and import of the file that Protégé would look for on the network."""
    for name in module.graph.subjects(A, OWL.Ontology):
        if catalog.get(name) != module.file:
            fix = f"Map <{name}> to this file in {CATALOG}."
            yield _problem("not-in-catalog", module, name, "is not mapped to its file by the catalog", fix)
        for imported in module.graph.iris(name, OWL.imports):
            if imported not in catalog:
                fix = f"Map <{imported}> to its file in {CATALOG}."
                yield _problem("not-in-catalog", module, imported, "is imported and not in the catalog", fix)


def _lost(root: Path, catalog: Mapping[str, Path]) -> list[Problem]:
    place = shown(root / CATALOG)
    return [
        Problem(
            "not-in-catalog", place, None, f"<{name}> is mapped to {shown(file)}, which does not exist.",
            "Correct the file's name, or take the entry out.",
        )
        for name, file in catalog.items() if not file.is_file()
    ]  # fmt: skip


def _catalog(root: Path) -> dict[str, Path]:
    """Read the OASIS XML catalog in which Protégé and ROBOT look up imports."""
    file = root / CATALOG
    try:
        entries = ET.fromstring(file.read_bytes()).iter(_ENTRY)  # noqa: S314 - a file of our own
    except (OSError, ET.ParseError) as error:
        problem = Problem("syntax", shown(file), None, f"Not a catalog: {error}", "Restore it.")
        raise KnowledgeBaseError(problem) from None
    return {entry.get("name", ""): root / entry.get("uri", "") for entry in entries}


def _module(file: Path) -> _Module:
    content = file.read_bytes()
    try:
        return _Module(file, content, Graph(triples(content, ".ttl")))
    except SyntaxFault as fault:
        said, fix = f"Not Turtle: {fault}", "Mend the statement at this line."
        raise KnowledgeBaseError(Problem("syntax", shown(file), fault.line, said, fix)) from None
