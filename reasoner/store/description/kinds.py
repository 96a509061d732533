"""Under which class a thing is shown: the most general one of which the ontology says what it is described with."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from reasoner.terms import SCHEMA

if TYPE_CHECKING:
    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri


@lru_cache(maxsize=4096)
def main_classes(stated: frozenset[Iri], inferred: frozenset[Iri], ontology: Ontology) -> tuple[Iri, ...]:
    """Of the classes of one thing those that none of the others is above; nothing where it has no class.

    A request is a request, a procedure, and evidence of this and that. So that it is not shown as several things, only
    classes that a property of the ontology is used on or takes are looked at, and of those that are left only what was
    stated and not inferred: each time, if there is one.
    """
    classes = stated | inferred
    classes = classes & _described(ontology) or classes
    topmost = _topmost(classes, ontology) or classes
    return tuple(sorted(topmost & stated or topmost))


@lru_cache(maxsize=4)
def _described(ontology: Ontology) -> frozenset[Iri]:
    pairs = (*ontology.graph.pairs(SCHEMA.domainIncludes), *ontology.graph.pairs(SCHEMA.rangeIncludes))
    return frozenset(kind for _, kind in pairs)  # type: ignore[misc]  # classes and datatypes, which are IRIs


def _topmost(classes: frozenset[Iri], ontology: Ontology) -> frozenset[Iri]:
    return frozenset(kind for kind in classes if not ontology.all_above(kind) & (classes - {kind}))
