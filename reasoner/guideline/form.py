"""Whether every statement of an edition has the form that the engines and the reasoner read.

What is written in another form (two values where one is read, a count in quotes, a path without a constraint, a
term of another namespace) is passed over in silence by one engine or both. Which terms take what stands in the
ontology (``schema:rangeIncludes``) and, for SHACL, in shapes/authoring.ttl.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.data import folder
from reasoner.intake.ranges import is_valid
from reasoner.rdf import STRING, Graph, Iri, Literal, Triple, triples
from reasoner.terms import DCTERMS, GUIDELINE, OWL, RDF, RDFS, SCHEMA, SH, SKOS, XSD, A, local_name
from reasoner.vocabulary import is_ours, prefixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.ontology import Ontology
    from reasoner.rdf import Term

Fault = tuple[str, Iri, str, str]
"""A code, the subject at whose line it stands, what is wrong and how to fix it."""

NEEDS = (
    (SH.qualifiedValueShape, (SH.qualifiedMinCount, SH.qualifiedMaxCount)),
    (SH.qualifiedMinCount, (SH.qualifiedValueShape,)),
    (SH.qualifiedMaxCount, (SH.qualifiedValueShape,)),
    (GUIDELINE.of, (GUIDELINE.atLeast,)),
    (GUIDELINE.atLeast, (GUIDELINE.of,)),
)
"""What says nothing without one of the others."""
NO_CONSTRAINT = (SH.path, SH.targetClass, SH.severity, SH.message)
COMPARISONS = (SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive)
_PATHS = {SH.alternativePath, SH.inversePath}
_PATH_FIX = "Name a property, or use sh:alternativePath or sh:inversePath."
_DESCRIBE = (RDF.prefix, RDFS.prefix, DCTERMS.prefix, SKOS.prefix, SH.prefix)


@cache
def authoring() -> Graph:
    """Everything in shapes/authoring.ttl: which terms an edition may use, and what they take."""
    return Graph(triples((folder("shapes") / "authoring.ttl").read_bytes(), ".ttl"))


def form_faults(graph: Graph, ontology: Ontology) -> Iterator[Fault]:
    """Every statement of an edition that is not in the form in which it would be read."""
    yield from _foreign(graph, ontology)
    yield from _several(graph)
    for triple in sorted((t for t in graph if not _fits(t, graph, ontology)), key=str):
        yield (
            "wrong-value", triple.subject, f"{_said(triple.predicate)} has a value that it does not take.",
            f"It takes {' or '.join(map(_said, _takes(triple.predicate, ontology)))}.",
        )  # fmt: skip
    yield from _incomplete(graph)
    yield from _incomparable(graph, ontology)
    yield from _recursive(graph)


def _foreign(graph: Graph, ontology: Ontology) -> Iterator[Fault]:
    known = {RDF.nil, *graph.all_subjects(), *ontology.declared}
    for subject, predicate, value in graph:
        strange = [] if predicate.startswith(_DESCRIBE) or is_ours(predicate) else [predicate]
        if predicate in SH and not isinstance(value, Literal) and value not in known:
            strange += [] if is_ours(value) or value in SH or value in XSD else [value]
        for term in strange:
            fix = "Use a term of the ontology or of SHACL, in its own namespace."
            yield "foreign-term", subject, f"{_said(term)} is a term that nothing here reads.", fix


def _several(graph: Graph) -> Iterator[Fault]:
    single = authoring().subjects(GUIDELINE.single, Literal("true", XSD.boolean))
    for predicate in (*single, RDF.first, RDF.rest):
        for subject, _ in graph.pairs(predicate):
            if len(graph.values(subject, predicate)) > 1:
                yield "two-values", subject, f"{_said(predicate)} has several values here; one is read.", "Keep one."


@cache
def _takes(predicate: Iri, ontology: Ontology) -> list[Iri]:
    return authoring().iris(predicate, SCHEMA.rangeIncludes) or ontology.takes(predicate)


def _fits(triple: Triple, graph: Graph, ontology: Ontology) -> bool:
    takes, value = _takes(triple.predicate, ontology), triple.object
    if not takes:
        return True
    if isinstance(value, Literal):
        for counts, least in ((XSD.nonNegativeInteger, 0), (XSD.positiveInteger, 1)):
            if counts in takes and value.datatype == XSD.integer and is_valid(value.value, XSD.integer):
                return int(value.value) >= least
        datatype = STRING if value.language else value.datatype
        return datatype in takes and is_valid(value.value, datatype)
    if RDF.List in takes:
        return _is_list(value, graph, of_anything=triple.predicate == SH["in"])
    stated = {*graph.iris(value, A), *ontology.graph.iris(value, A)}
    return bool({above for kind in stated for above in ontology.kinds_of(kind)}.intersection(takes))


def _is_list(head: Iri, graph: Graph, *, of_anything: bool) -> bool:
    """Whether it is a list of at least one thing that ends; only some lists may hold numbers or text."""
    seen: list[Iri] = []
    members = graph.values if of_anything else graph.iris
    while head != RDF.nil and head not in seen and members(head, RDF.first):
        seen.append(head)
        head = graph.iri(head, RDF.rest) or head
    return head == RDF.nil and bool(seen)


def _incomplete(graph: Graph) -> Iterator[Fault]:
    for predicate, others in NEEDS:
        for subject, _ in graph.pairs(predicate):
            if not any(graph.values(subject, other) for other in others):
                wanted = " or ".join(map(_said, others))
                yield "incomplete", subject, f"{_said(predicate)} says nothing without {wanted}.", f"Add {wanted}."
    for subject, path in graph.pairs(SH.path):
        if isinstance(path, Literal) or (path.startswith("_:") and not _PATHS.intersection(graph.predicates(path))):
            yield "wrong-value", subject, "This sh:path is of no form that is evaluated here.", _PATH_FIX
        if not any(p in SH and p not in NO_CONSTRAINT for p in graph.predicates(subject)):
            yield "incomplete", subject, "A sh:path alone accepts everything.", "Say what its values must be."
    for subject, shape in graph.pairs(SH.property):
        if not isinstance(shape, Literal) and not graph.values(shape, SH.path):
            yield "incomplete", subject, "A sh:property has no sh:path.", "Add sh:path, or write sh:node."


def _incomparable(graph: Graph, ontology: Ontology) -> Iterator[Fault]:
    """Bounds of what is not a number: one engine finds a date below every number."""
    for subject in {s for bound in COMPARISONS for s, _ in graph.pairs(bound)}:
        takes = ontology.takes(graph.iri(subject, SH.path) or Iri(""))
        if not {XSD.integer, XSD.decimal}.issuperset(takes):
            fix = "Bound a property that takes numbers, such as a number of days."
            yield "not-a-number", subject, "What is bounded here is not always a number.", fix


def _recursive(graph: Graph) -> Iterator[Fault]:
    for shape in graph.all_subjects():
        if not shape.startswith("_:") and shape in _below(shape, graph):
            yield "recursive-shape", shape, f"{local_name(shape)} refers to itself.", "Break the circle."


def _below(shape: Iri, graph: Graph) -> set[Iri]:
    """Every shape that a shape refers to, at any depth."""
    seen: set[Iri] = set()
    waiting = [shape]
    while waiting:
        stated = graph.predicates(waiting.pop())
        values = {v for p, held in stated.items() if p in SH or p in (RDF.first, RDF.rest) for v in held}
        fresh = {v for v in values if not isinstance(v, Literal) and not is_ours(v)} - seen
        seen |= fresh
        waiting.extend(fresh)
    return seen


def _said(term: Iri) -> str:
    return "a list" if term == RDF.List else "a class" if term == OWL.Class else prefixed(term, {})


# ---------------------------------------------------------------- Words and lists that the checks share


def missing(subject: Iri, predicate: Iri) -> Iterator[Fault]:
    """That a subject lacks a property that it needs."""
    code = "missing-" + "".join(f"-{c.lower()}" if c.isupper() else c for c in local_name(predicate))
    said = prefixed(predicate, {})
    yield code, subject, f"{name_of(subject)} has no {said}.", f"Add {said} to it."


def name_of(iri: object) -> str:
    """The local name of a thing."""
    return local_name(str(iri)) if not str(iri).startswith("_:") else "an inline shape"


def named_members(graph: Graph, head: Term | None) -> list[Iri]:
    """The members of a list that are not text or numbers."""
    return [m for m in ([] if isinstance(head, Literal) else graph.members(head)) if not isinstance(m, Literal)]
