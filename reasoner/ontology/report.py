"""What the ontology commands print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reasoner.errors import KnowledgeBaseError, Problem, UsageError
from reasoner.ontology import load_ontology
from reasoner.ontology.check import check
from reasoner.ontology.files import check_files
from reasoner.ontology.find import find
from reasoner.rationale.trace import Branch
from reasoner.rdf import Graph, Iri, parse
from reasoner.tables import table, tree
from reasoner.vocabulary import prefixed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def find_report(word: str, *, as_json: bool) -> str:
    """The terms that a word names, as a table or JSON."""
    matches = find(word, load_ontology())
    if as_json:
        found = [
            {
                "term": m.term,
                "name": m.name,
                "kind": m.kind,
                "label": m.label,
                "definition": m.definition,
                "codes": list(m.codes),
                "matched": m.matched,
            }
            for m in matches
        ]
        return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    if not matches:
        return f"No term is called {word!r}.\n"
    return table(
        ("Term", "Label", "Codes", "Definition"), [(m.name, m.label, ", ".join(m.codes), m.definition) for m in matches]
    )


def check_report(folder: Path | None, *, as_json: bool) -> str:
    """HermiT's answer and the inferred hierarchy. Raises `KnowledgeBaseError` where the ontology is not sound."""
    if folder and not folder.is_dir():
        fix = "Name a folder of ontology modules."
        raise UsageError(Problem("no-such-folder", str(folder), None, "There is no such folder.", fix))
    problems = list(check_files(folder))
    triples = load_ontology().graph if folder is None else _merged(folder)
    answer = check(triples)
    if not answer.consistent:
        problems.append(
            Problem("inconsistent", "ontology", None, answer.explanation, "Mend the axioms that contradict each other.")
        )
    problems += [
        Problem(
            "unsatisfiable-class",
            "ontology",
            None,
            f"Nothing can be a {prefixed(c, {})}.",
            "Mend its definition or the disjointness above it.",
        )
        for c in answer.unsatisfiable
    ]
    if problems:
        raise KnowledgeBaseError(*problems)
    if as_json:
        hierarchy = {c: list(parents) for c, parents in sorted(answer.hierarchy.items())}
        return json.dumps({"consistent": True, "unsatisfiable": [], "hierarchy": hierarchy}, indent=2) + "\n"
    count = len(answer.hierarchy)
    return f"HermiT: consistent, no unsatisfiable class among {count}. The inferred hierarchy:\n\n" + tree(
        _hierarchy(answer.hierarchy)
    )


def _merged(folder: Path) -> Graph:
    return Graph(quad.triple for file in sorted(folder.rglob("*.ttl")) for quad in parse(file.read_bytes(), ".ttl"))


def _hierarchy(parents: Mapping[Iri, tuple[Iri, ...]]) -> Branch:
    children: dict[Iri, list[Iri]] = {}
    for kind, above in parents.items():
        for parent in [a for a in above if a in parents] or [Iri("")]:
            children.setdefault(parent, []).append(kind)

    def grow(kind: Iri, name: str) -> Branch:
        return Branch(name, tuple(grow(c, prefixed(c, {})) for c in sorted(children.get(kind, []))))

    return grow(Iri(""), "everything")
