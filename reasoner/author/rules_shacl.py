"""The rules that SHACL can say: the shapes of shapes/lint.ttl, run on an edition's own statements."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.author.lint_rules import code_of, stated
from reasoner.guideline.probes import shacl_of
from reasoner.rdf import Iri, Literal, Triple
from reasoner.terms import GUIDELINE, RDFS, SH, A, local_name
from reasoner.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.author.lint_rules import Draft, Fault
    from reasoner.validate import Engine


def of_shapes(draft: Draft, engine: Engine) -> Iterator[Fault]:
    """What the shapes of lint.ttl find in an edition."""
    for result in validate([*draft.graph, *_known(draft)], _shapes(), engine):
        focus, path, value = Iri(result.focus), Iri(result.path), result.value
        words = {"focus": draft.name(focus), "name": local_name(focus), "property": draft.name(path) if path else ""}
        said = draft.name(Iri(value)) if ":" in value and " " not in value else value
        at = path if path and not path.startswith("_:") else Iri(value)
        yield draft.fault(_rule_of(result.shape), focus, at or None, value=said, **words)


@cache
def _shapes() -> tuple[Triple, ...]:
    """The shapes alone, without words and levels."""
    worded = (SH.message, SH.severity)
    return tuple(t for t in shacl_of(stated()) if t.predicate not in worded)


@cache
def _rule_of(shape: Iri) -> str:
    return code_of(stated().iri(shape, GUIDELINE.rule) or shape)


def _known(draft: Draft) -> Iterator[Triple]:
    """What the ontology says of the terms that the edition refers to: their classes, and all classes above them."""
    ontology = draft.ontology
    for term in sorted({t.object for t in draft.graph if not isinstance(t.object, Literal)}):
        for kind in ontology.graph.iris(term, A):
            yield from (Triple(term, A, above) for above in ontology.kinds_of(kind))
        if term in ontology.ancestors:
            yield from (Triple(term, RDFS.subClassOf, above) for above in ontology.all_above(term))
