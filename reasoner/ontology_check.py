"""Whether the ontology is right: by HermiT, which needs Java, and by what each file must hold.

The only module that knows the OWL library (owlready2). It is handed N-Triples that we wrote, of logical
axioms alone: from a file of someone else's it would import Python modules and fetch web addresses.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.errors import KnowledgeBaseError, Problem, UsageError
from reasoner.rdf import Graph, Iri, Literal, Triple, ntriples, parse
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
_NO_KIND = frozenset({OWL.Thing, OWL.NamedIndividual})


@dataclass(frozen=True, slots=True)
class OntologyCheck:
    """HermiT's answer: classes that nothing can be of, and each named class's direct superclasses."""

    consistent: bool
    explanation: str
    unsatisfiable: tuple[Iri, ...]
    hierarchy: Mapping[Iri, tuple[Iri, ...]]
    java: str


def check(ontology_triples: Iterable[Triple]) -> OntologyCheck:
    """Consistency, unsatisfiable classes and the inferred hierarchy. Raises `UsageError` without Java."""
    axioms, java = logical(ontology_triples), _java()
    graph = _hermit(axioms, java)
    if graph is None:
        said = f"HermiT finds that no world fits the {len(axioms)} logical statements, and does not say which clash."
        return OntologyCheck(False, said, (), {}, java)  # noqa: FBT003 - the field is named consistent
    above = _above(graph)
    nothing = tuple(sorted(kind for kind, kinds in above.items() if OWL.Nothing in kinds))
    return OntologyCheck(True, "", nothing, {kind: _direct(kind, above) for kind in sorted(above)}, java)  # noqa: FBT003


def inferred_types(case_triples: Iterable[Triple], ontology: Ontology) -> frozenset[Triple]:
    """What HermiT finds that `classify` should: new named types and super-property statements.

    Raises `KnowledgeBaseError` where case and ontology together are inconsistent.
    """
    stated = frozenset(case_triples)
    graph = _hermit(logical(ontology.graph.triples | stated), _java(), values=True)
    if graph is None:
        problem = Problem("inconsistent", "the case", None, "HermiT finds that no world fits the case.", "")
        raise KnowledgeBaseError(problem)
    above, subjects = _above(graph), {triple.subject for triple in stated}
    super_properties = {value for _, value in ontology.graph.pairs(RDFS.subPropertyOf)}
    types = {Triple(s, A, up) for s, kind in graph.pairs(A) if s in subjects for up in above.get(_iri(kind), ())}
    values = {t for t in graph if t.predicate in super_properties and t.subject in subjects}
    return frozenset(types | values) - stated


def logical(triples: Iterable[Triple]) -> frozenset[Triple]:
    """Declarations, axioms and statements of declared properties; nothing that owlready2 would act on."""
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


# ---------------------------------------------------------------- HermiT


def _java() -> str:
    """Find the Java runtime, in JAVA_HOME or on the PATH."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    found = found or shutil.which("java")
    if found is None:
        raise UsageError(
            Problem(
                "no-java", "java", None,
                "There is no Java runtime in JAVA_HOME or on the PATH, and the HermiT reasoner needs one.",
                "Install one, for example Debian's default-jre-headless; everything else works without.",
            )  # fmt: skip
        )
    return found


def _hermit(axioms: frozenset[Triple], java: str, *, values: bool = False) -> Graph | None:
    """All that is stated and inferred, or nothing where it is inconsistent."""
    import owlready2  # noqa: PLC0415 - 76 ms that only this check should pay

    owlready2.JAVA_EXE = java
    with _own_temporary_folder():
        world = owlready2.World(filename=":memory:")
        try:
            ontology = world.get_ontology(_HERE)
            ontology.load(fileobj=io.BytesIO(ntriples(axioms)), format="ntriples")
            owlready2.sync_reasoner_hermit(
                world, infer_property_values=values, debug=0, ignore_unsupported_datatypes=True
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
    return Graph(quad.triple for quad in parse(output.getvalue(), ".nt"))


def _failed(message: str) -> Problem:
    said = " ".join(line.strip() for line in message.splitlines()[1:3])
    return Problem(
        "hermit-failed", "ontology", None, f"HermiT cannot read the ontology: {said}",
        "Mend the statement that it names; HermiT reads OWL 2 DL only.",
    )  # fmt: skip


@contextmanager
def _own_temporary_folder() -> Iterator[None]:
    """Keep the files that owlready2 leaves behind when HermiT fails where they are removed."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="reasoner-") as path:
        tempfile.tempdir = path
        try:
            yield
        finally:
            tempfile.tempdir = before


# ---------------------------------------------------------------- Reading the answer


def _above(graph: Graph) -> dict[Iri, frozenset[Iri]]:
    """Give every named class with itself and the named classes above it."""
    parents: dict[Iri, set[Iri]] = {kind: set() for kind in graph.subjects(A, OWL.Class) if _is_named(kind)}
    for lower, upper in [*graph.pairs(RDFS.subClassOf), *graph.pairs(OWL.equivalentClass)]:
        if _is_named(lower) and _is_named(upper):
            parents.setdefault(lower, set()).add(_iri(upper))
    for lower, upper in graph.pairs(OWL.equivalentClass):
        if _is_named(lower) and _is_named(upper) and upper != OWL.Nothing:
            parents.setdefault(_iri(upper), set()).add(lower)
    return {kind: _reach(kind, parents) for kind in parents}


def _reach(kind: Iri, parents: Mapping[Iri, set[Iri]]) -> frozenset[Iri]:
    seen, waiting = {kind}, [kind]
    while waiting:
        fresh = parents.get(waiting.pop(), set()) - seen
        seen |= fresh
        waiting.extend(fresh)
    return frozenset(seen) - _NO_KIND


def _direct(kind: Iri, above: Mapping[Iri, frozenset[Iri]]) -> tuple[Iri, ...]:
    strict = {up for up in above[kind] if kind not in above.get(up, ())}
    implied = {higher for up in strict for higher in above.get(up, ()) if up not in above.get(higher, ())}
    return tuple(sorted(strict - implied))


def _is_named(term: object) -> bool:
    return isinstance(term, str) and not term.startswith("_:")


def _iri(term: object) -> Iri:
    return Iri("" if isinstance(term, Literal) else str(term))
