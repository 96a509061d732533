"""Whether the ontology is consistent, and what follows from it, by HermiT, which needs Java.

The only module that knows the OWL library (owlready2). It is handed N-Triples that we wrote, of logical
axioms alone: from a file of someone else's it would import Python modules and fetch web addresses.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.classify import contradictions
from reasoner.errors import KnowledgeBaseError, Problem, UsageError
from reasoner.rdf import Graph, Iri, Literal, Triple, ntriples, triples
from reasoner.terms import OWL, RDF, RDFS, A

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reasoner.ontology import Ontology

_OWLREADY = "http://www.lesfleursdunormal.fr/static/_downloads/owlready_ontology.owl#"
_HERE = "urn:guideline-reasoner:checked#"
_NO_AXIOM = frozenset({
    OWL.imports, OWL.versionIRI, OWL.versionInfo, OWL.priorVersion, OWL.backwardCompatibleWith,
    OWL.incompatibleWith, OWL.deprecated, RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy,
})  # fmt: skip
_TOP = frozenset({OWL.Thing, OWL.topObjectProperty, OWL.topDataProperty, OWL.ObjectProperty})


NO_JAVA = Problem(
    "no-java", "java", None,
    "There is no Java runtime in JAVA_HOME or on the PATH, and the HermiT reasoner needs one.",
    "Install one, for example Debian's default-jre-headless; everything else works without.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OntologyCheck:
    """HermiT's answer: classes that nothing can be of, and each named class's direct superclasses."""

    consistent: bool
    explanation: str
    unsatisfiable: tuple[Iri, ...]
    hierarchy: Mapping[Iri, tuple[Iri, ...]]
    java: str


def check(ontology_triples: Iterable[Triple]) -> OntologyCheck:
    """Consistency, unsatisfiable classes and inferred hierarchy; of an inconsistent ontology, of its classes.

    Raises `UsageError` where there is no Java, and `KnowledgeBaseError` where HermiT cannot read it.
    """
    axioms, java = logical(ontology_triples), _java()
    graph, explanation = _hermit(axioms, java), ""
    consistent = graph is not None
    if graph is None:
        graph = _hermit(_without_individuals(axioms), java)
        explanation = _explanation(axioms, classes_alone=graph is not None)
    above = _class_hierarchy(graph or Graph(()))
    nothing = tuple(sorted(kind for kind, kinds in above.items() if OWL.Nothing in kinds))
    hierarchy = {kind: _direct(kind, above) for kind in sorted(above)}
    return OntologyCheck(consistent, explanation, nothing, hierarchy, java)


def inferred_types(case_triples: Iterable[Triple], ontology: Ontology) -> frozenset[Triple]:
    """Types and super-property statements that HermiT finds for a case: what `classify` is held to.

    Raises `KnowledgeBaseError` where case and ontology together are inconsistent.
    """
    stated = frozenset(case_triples)
    graph = _hermit(logical(ontology.graph.triples | stated), _java())
    if graph is None:
        problem = Problem("inconsistent", "the case", None, "HermiT finds that no world fits the case.", "")
        raise KnowledgeBaseError(problem)
    subjects = {triple.subject for triple in stated}
    return frozenset(_followed_up([t for t in graph if t.subject in subjects], graph)) - stated


def _followed_up(triples: Iterable[Triple], graph: Graph) -> Iterator[Triple]:
    """Follow statements up the hierarchies, of which HermiT gives the lowest class and property only."""
    kinds, properties = _class_hierarchy(graph), _property_hierarchy(graph)
    for subject, predicate, value in triples:
        if predicate == A:
            yield from (Triple(subject, A, kind) for kind in kinds.get(_iri(value), ()))
        for higher in properties.get(predicate, ()):
            if higher != predicate:
                yield Triple(subject, higher, value)


def logical(triples: Iterable[Triple]) -> frozenset[Triple]:
    """Axioms, declarations and statements of declared properties: nothing that owlready2 would act on."""
    graph = Graph(triples)
    properties = {p for kind in (OWL.ObjectProperty, OWL.DatatypeProperty) for p in graph.subjects(A, kind)}
    return frozenset(t for t in graph if _is_logical(t, properties))


def _is_logical(triple: Triple, properties: set[Iri]) -> bool:
    predicate = triple.predicate
    if predicate == A:
        return triple.object not in {OWL.Ontology, OWL.AnnotationProperty}
    if predicate in _NO_AXIOM or predicate.startswith(_OWLREADY):
        return False
    return predicate in properties or any(predicate in namespace for namespace in (OWL, RDFS, RDF))


def _without_individuals(axioms: frozenset[Triple]) -> frozenset[Triple]:
    individuals = {t.subject for t in axioms if t.predicate == A and t.object == OWL.NamedIndividual}
    return frozenset(t for t in axioms if t.subject not in individuals)


def _explanation(axioms: frozenset[Triple], *, classes_alone: bool) -> str:
    if not classes_alone:
        return "HermiT finds that the classes contradict each other, whatever individuals there are."
    torn = ", ".join(f"<{thing}>" for thing in _torn(axioms))
    known = f"No world can hold {torn}." if torn else "Which of them clash is not known."
    return f"HermiT finds that the individuals contradict the classes, which alone are consistent. {known}"


def _torn(axioms: frozenset[Triple]) -> tuple[Iri, ...]:
    try:
        return contradictions(Graph(axioms))
    except KnowledgeBaseError:
        return ()


# ---------------------------------------------------------------- HermiT


def _java() -> str:
    """Find the Java runtime, in JAVA_HOME or on the PATH."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    found = found or shutil.which("java")
    if found is None:
        raise UsageError(NO_JAVA)
    return found


def _hermit(axioms: frozenset[Triple], java: str) -> Graph | None:
    """All that is stated and inferred, or nothing where it is inconsistent."""
    import owlready2  # noqa: PLC0415 - 76 ms that only this check should pay

    owlready2.JAVA_EXE = java
    with _own_temporary_folder():
        world = owlready2.World(filename=":memory:")
        try:
            ontology = world.get_ontology(_HERE)
            ontology.load(fileobj=io.BytesIO(ntriples(axioms)), format="ntriples")
            owlready2.sync_reasoner_hermit(
                world, infer_property_values=True, debug=0, ignore_unsupported_datatypes=True
            )
            return _saved(world)
        except owlready2.OwlReadyInconsistentOntologyError:
            return None
        except owlready2.OwlReadyJavaError as error:
            raise KnowledgeBaseError(_failed(str(error))) from None
        finally:
            world.close()


def _saved(world: object) -> Graph:
    output = io.BytesIO()
    world.save(output, format="ntriples")  # type: ignore[attr-defined]
    return Graph(triples(output.getvalue(), ".nt"))


def _failed(message: str) -> Problem:
    said = " ".join(line.strip() for line in message.splitlines()[1:3])
    return Problem(
        "hermit-failed", "ontology", None, f"HermiT cannot read the ontology: {said}",
        "Mend the statement that it names; HermiT reads OWL 2 DL only.",
    )  # fmt: skip


@contextlib.contextmanager
def _own_temporary_folder() -> Iterator[None]:
    """Keep the files that owlready2 leaves behind when HermiT fails where they are removed.

    HermiT is run there too: it makes an IRI of its folder and fails in the root.
    """
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="reasoner-") as path:
        tempfile.tempdir = path
        try:
            with contextlib.chdir(path):
                yield
        finally:
            tempfile.tempdir = before


# ---------------------------------------------------------------- Reading the answer


def _class_hierarchy(graph: Graph) -> dict[Iri, frozenset[Iri]]:
    alone = {kind: frozenset({kind}) for kind in graph.subjects(A, OWL.Class) if _is_named(kind)}
    return alone | _above(graph, RDFS.subClassOf, OWL.equivalentClass)


def _property_hierarchy(graph: Graph) -> dict[Iri, frozenset[Iri]]:
    return _above(graph, RDFS.subPropertyOf, OWL.equivalentProperty)


def _above(graph: Graph, sub: Iri, same: Iri) -> dict[Iri, frozenset[Iri]]:
    """Give every named class or property with itself and the named ones above it."""
    stated = [*graph.pairs(sub), *graph.pairs(same)]
    stated += [(_iri(upper), lower) for lower, upper in graph.pairs(same) if upper != OWL.Nothing]
    parents: dict[Iri, set[Iri]] = {}
    for lower, upper in stated:
        if _is_named(lower) and _is_named(upper) and lower not in OWL:
            parents.setdefault(lower, set()).add(_iri(upper))
    return {kind: _reach(kind, parents) for kind in parents}


def _reach(kind: Iri, parents: Mapping[Iri, set[Iri]]) -> frozenset[Iri]:
    seen, waiting = {kind}, [kind]
    while waiting:
        fresh = parents.get(waiting.pop(), set()) - seen
        seen |= fresh
        waiting.extend(fresh)
    return frozenset(seen) - _TOP


def _direct(kind: Iri, above: Mapping[Iri, frozenset[Iri]]) -> tuple[Iri, ...]:
    strict = {up for up in above[kind] if kind not in above.get(up, ())}
    implied = {higher for up in strict for higher in above.get(up, ()) if up not in above.get(higher, ())}
    return tuple(sorted(strict - implied))


def _is_named(term: object) -> bool:
    return isinstance(term, str) and not term.startswith("_:")


def _iri(term: object) -> Iri:
    return Iri("" if isinstance(term, Literal) else str(term))
