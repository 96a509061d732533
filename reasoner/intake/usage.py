"""Which terms a case uses that it may not, and which ones were probably meant."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from reasoner.intake.faults import INTAKE, Fault, allowed
from reasoner.load import NOWHERE
from reasoner.rdf import Iri, Literal, Quad
from reasoner.terms import CORE, OWL, RDF, RDFS, SCHEMA, SH, A
from reasoner.vocabulary import is_ours, nearest, nearest_namespace, prefixed, split

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from reasoner.ontology import Ontology

MAX_TERMS = 500
"""Terms for which the one meant is sought: a case uses a tenth, a file of another kind thousands."""


class Usage(NamedTuple):
    """Faults of vocabulary, each term once; the case as it was probably meant; subjects of doubtful class."""

    faults: tuple[Fault, ...]
    quads: tuple[Quad, ...]
    unsure: frozenset[Iri]


def check(quads: Sequence[Quad], ontology: Ontology) -> Usage:
    """What a case's terms show, so that one misspelt term makes one error and not three."""
    namespaces = _namespaces_meant(quads, ontology)
    reader = _Reader(ontology, namespaces)
    meant = tuple(read for quad in quads if (read := reader.read(quad)))
    faults = (*(_namespace_fault(*pair) for pair in namespaces.items()), *reader.faults.values())
    return Usage(faults, meant, frozenset(reader.unsure))


@cache
def properties(ontology: Ontology) -> Mapping[Iri, frozenset[Iri]]:
    """The properties that a case may use, and the classes each is used on."""
    kinds = case_kinds(ontology)
    return {p: domain for p in _declared_properties(ontology) if (domain := _domain(p, ontology)) & kinds}


@cache
def classes(ontology: Ontology) -> frozenset[Iri]:
    """The classes that the ontology names."""
    return frozenset(kind for kind in ontology.graph.subjects(A, OWL.Class) if not kind.startswith("_:"))


@cache
def case_kinds(ontology: Ontology) -> frozenset[Iri]:
    """The kinds of thing that a case describes."""
    top = allowed(INTAKE.CaseClasses)
    return frozenset(kind for kind in classes(ontology) if ontology.kinds_of(kind) & top)


@cache
def _declared_properties(ontology: Ontology) -> frozenset[Iri]:
    return frozenset(p for kind in (OWL.ObjectProperty, OWL.DatatypeProperty) for p in ontology.graph.subjects(A, kind))


def _domain(term: Iri, ontology: Ontology) -> frozenset[Iri]:
    """The classes that the property is used on; none for what ``derive`` writes."""
    derived = ontology.definition(term).startswith("Derived:")
    return frozenset() if derived else frozenset(ontology.graph.iris(term, SCHEMA.domainIncludes))


class _Verdict(NamedTuple):
    """Which rule a use of a term breaks, the words for it, and the term that was meant."""

    rule: Iri | None
    meant: Iri | None
    words: tuple[tuple[str, str], ...] = ()


class _Reader:
    """Judges each term once, in each of its uses, and gives back the quads as they were meant."""

    def __init__(self, ontology: Ontology, namespaces: Mapping[str, str]) -> None:
        self.ontology = ontology
        self.namespaces = namespaces
        self.faults: dict[tuple[str, Iri], Fault] = {}
        self.unsure: set[Iri] = set()
        self._verdicts: dict[tuple[str, Iri], _Verdict] = {}

    def read(self, quad: Quad) -> Quad | None:
        """The quad as it was meant, or nothing where it may not be in a case."""
        if is_ours(quad.subject) or quad.subject in self.ontology.declared:
            self.faults.setdefault(("subject", quad.subject), Fault(INTAKE.OntologySubject, quad.subject))
            return None
        if quad.subject.startswith(NOWHERE):
            name = quad.subject.removeprefix(NOWHERE)
            fault = Fault(INTAKE.UndefinedName, Iri(name), words=(("name", name),))
            self.faults.setdefault(("subject", quad.subject), fault)
        predicate = self._judged("property", quad.predicate, quad)
        if predicate is None or isinstance(quad.object, Literal):
            return quad._replace(predicate=predicate) if predicate else None
        value = self._judged("class" if predicate == A else "object", quad.object, quad)
        if value is None and predicate == A:
            self.unsure.add(quad.subject)
            return quad._replace(object=INTAKE.Unknown)
        return quad._replace(predicate=predicate, object=value or quad.object)

    def _judged(self, use: str, term: Iri, quad: Quad) -> Iri | None:
        if (use, term) not in self._verdicts:
            namespace, local = split(term)
            respelt = Iri(self.namespaces.get(namespace, namespace) + local)
            verdict = _JUDGES[use](respelt, self.ontology, len(self._verdicts) < MAX_TERMS)
            self._verdicts[use, term] = verdict
            if verdict.rule:
                terms = (("term", respelt),)
                at = Iri(term.removeprefix(NOWHERE))
                self.faults[use, term] = Fault(verdict.rule, quad.subject, at, terms, verdict.words)
        return self._verdicts[use, term].meant


def _property(term: Iri, ontology: Ontology, guess: bool) -> _Verdict:  # noqa: FBT001
    if term in properties(ontology) or term in allowed(INTAKE.OutsideProperties):
        return _Verdict(None, term)
    if term in _declared_properties(ontology) and not _domain(term, ontology):
        return _Verdict(INTAKE.DerivedProperty, None)
    return _other(INTAKE.UndeclaredProperty, term, ontology, properties(ontology) if guess else ())


def _class(term: Iri, ontology: Ontology, guess: bool) -> _Verdict:  # noqa: FBT001
    if term not in classes(ontology):
        return _other(INTAKE.UndeclaredClass, term, ontology, case_kinds(ontology) if guess else ())
    if CORE.DerivedFinding in ontology.kinds_of(term) or term == CORE.RequestedSegment:
        return _Verdict(INTAKE.DerivedClass, None)
    if ontology.graph.values(term, OWL.equivalentClass):
        return _Verdict(INTAKE.InferredClass, None, (("definition", ontology.definition(term)),))
    if term not in case_kinds(ontology):
        return _Verdict(INTAKE.ClassOutsideCase, None)
    return _Verdict(None, term)


def _object(term: Iri, ontology: Ontology, guess: bool) -> _Verdict:  # noqa: FBT001
    if term in ontology.declared or not (is_ours(term) or term.startswith(NOWHERE)):
        return _Verdict(None, term)
    return _other(INTAKE.UndeclaredTerm, term, ontology, ontology.declared if guess else ())


_JUDGES: Mapping[str, Callable[[Iri, Ontology, bool], _Verdict]] = {
    "property": _property, "class": _class, "object": _object,
}  # fmt: skip


def _other(rule: Iri, term: Iri, ontology: Ontology, among: Collection[Iri]) -> _Verdict:
    if term.startswith(NOWHERE):
        return _Verdict(INTAKE.UndefinedName, None, (("name", term.removeprefix(NOWHERE)),))
    if any(term in namespace for namespace in (OWL, SH, RDF, RDFS)):
        return _Verdict(INTAKE.SchemaStatement, None)
    meant = nearest(term, ontology, among) if among else None
    hint = f"Did you mean {prefixed(meant, {})}?" if meant else "Look the term up in the ontology, or leave it out."
    return _Verdict(rule, meant, (("hint", hint),))


@cache
def individuals(kind: Iri, ontology: Ontology) -> tuple[Iri, ...]:
    """The individuals of a kind that the ontology names."""
    below = [k for k in classes(ontology) if kind in ontology.kinds_of(k)]
    return tuple(sorted({one for k in below for one in ontology.graph.subjects(A, k)}))


def _namespaces_meant(quads: Sequence[Quad], ontology: Ontology) -> dict[str, str]:
    own = {split(quad.subject)[0] for quad in quads}
    used = {split(quad.predicate)[0] for quad in quads}
    used |= {split(quad.object)[0] for quad in quads if not isinstance(quad.object, Literal)}
    return {ns: near for ns in sorted(used - own)[:MAX_TERMS] if (near := nearest_namespace(ns, ontology))}


def _namespace_fault(wrong: str, right: str) -> Fault:
    return Fault(INTAKE.UnknownNamespace, None, Iri(wrong), (), (("namespace", wrong), ("nearest", right)))
