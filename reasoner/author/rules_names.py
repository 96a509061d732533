"""What an edition refers to: every name exists, is used, and is of the kind that belongs there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.author.lint_rules import LINT
from reasoner.guideline.form import authoring, named_members
from reasoner.rdf import Iri, Literal
from reasoner.terms import DCTERMS, GUIDELINE, OWL, RDF, RDFS, SCHEMA, SH, A
from reasoner.vocabulary import is_ours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.author.lint_rules import Draft, Fault

KINDS_OF_OTHERS = frozenset({SH.NodeShape, SH.PropertyShape, DCTERMS.BibliographicResource})
"""Classes that do not stand in the ontology."""
DESCRIBES = frozenset({RDFS.label, RDFS.comment, RDFS.seeAlso, RDF.first, RDF.rest, A})
KINDS_OF_THINGS = (
    GUIDELINE.Edition, GUIDELINE.Guideline, GUIDELINE.KnownEdition, GUIDELINE.Criterion, GUIDELINE.Group,
    GUIDELINE.Caution, GUIDELINE.Recommendation, GUIDELINE.Omission, GUIDELINE.Remedy, GUIDELINE.WitnessPhrase,
    GUIDELINE.ConflictPolicy, DCTERMS.BibliographicResource, SH.NodeShape,
)  # fmt: skip
"""What something in an edition can be; nothing is two of them."""
LISTS = (GUIDELINE.recommendations, GUIDELINE.presents, GUIDELINE.roles)
"""The lists of which each member counts once."""
_PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


def of_names(draft: Draft) -> Iterator[Fault]:
    """What is wrong with the names of an edition."""
    yield from _undefined(draft)
    yield from _unused(draft)
    yield from _outside(draft)
    yield from _schema(draft)
    yield from _classes(draft)
    yield from _unread(draft)
    yield from _two_kinds(draft)
    yield from _misplaced(draft)
    yield from _listed_twice(draft)


def _undefined(draft: Draft) -> Iterator[Fault]:
    """Names of the edition's own that nothing is stated about."""
    own = _bases(draft)
    for subject, predicate, value in sorted(draft.graph, key=str):
        if isinstance(value, Literal) or draft.graph.predicates(value):
            continue
        if value.startswith(own) and value not in own:
            yield draft.fault("undefined-name", subject, value, value=draft.name(value), property=draft.name(predicate))


def _bases(draft: Draft) -> tuple[str, ...]:
    guideline = draft.graph.iri(draft.edition, GUIDELINE.editionOf)
    return tuple(f"{base}/" for base in (draft.edition, guideline) if base)


def _unused(draft: Draft) -> Iterator[Fault]:
    """Named things that nothing leads to from the edition or its guideline."""
    guidelines = draft.graph.subjects(A, GUIDELINE.Guideline)
    seen, waiting = {draft.edition, *guidelines}, [draft.edition, *guidelines]
    while waiting:
        for values in draft.graph.predicates(waiting.pop()).values():
            fresh = [v for v in values if not isinstance(v, Literal) and v not in seen and draft.graph.predicates(v)]
            seen.update(fresh)
            waiting.extend(fresh)
    listed = draft.graph.iris(draft.edition, GUIDELINE.caution)
    seen -= {c for c in draft.graph.subjects(A, GUIDELINE.Caution) if c not in listed}
    for subject in draft.graph.all_subjects():
        in_logic = {GUIDELINE.Criterion, GUIDELINE.Edition}.intersection(draft.graph.iris(subject, A))
        if subject not in seen and not subject.startswith("_:") and not in_logic:
            yield draft.fault("unused", subject, focus=draft.name(subject))


def _outside(draft: Draft) -> Iterator[Fault]:
    for subject in draft.graph.all_subjects():
        if subject.startswith(("_:", f"{draft.edition}/")) or subject == draft.edition:
            continue
        if not is_ours(subject) and GUIDELINE.Guideline not in draft.graph.iris(subject, A):
            yield draft.fault("outside-edition", subject, focus=draft.name(subject), edition=draft.edition)


def _schema(draft: Draft) -> Iterator[Fault]:
    """Statements about classes and properties, which no engine is handed."""
    for subject, predicate, value in sorted(draft.graph, key=str):
        declares = predicate == A and isinstance(value, str) and (value in OWL or value in RDFS or value in RDF)
        axiom = (predicate in RDFS or predicate in RDF) and predicate not in DESCRIBES
        if declares or axiom or is_ours(subject):
            at = Iri(value) if declares and not isinstance(value, Literal) else predicate
            yield draft.fault("schema-statement", subject, at, focus=draft.name(subject), property=draft.name(at))


def _classes(draft: Draft) -> Iterator[Fault]:
    for subject, kind in draft.graph.pairs(A):
        ours = kind in draft.ontology.ancestors and str(kind) in GUIDELINE
        known = not isinstance(kind, Literal) and (ours or kind in KINDS_OF_OTHERS)
        if not known and (isinstance(kind, Literal) or not (kind in OWL or kind in RDFS or kind in RDF)):
            said = kind.value if isinstance(kind, Literal) else draft.name(kind)
            yield draft.fault("not-a-class", subject, None, focus=draft.name(subject), value=said)


def _unread(draft: Draft) -> Iterator[Fault]:
    """Statements with a property that nobody reads in an edition."""
    outside = authoring().members(authoring().iri(LINT.OutsideProperties, GUIDELINE.lists))
    for subject, predicate, _ in sorted(draft.graph, key=str):
        told = predicate in OWL or (is_ours(predicate) and predicate not in draft.ontology.declared)
        kinds = draft.ontology.graph.iris(predicate, A)
        ours = predicate in GUIDELINE and bool(set(_PROPERTIES).intersection(kinds))
        if not told and not ours and predicate not in SH and predicate not in outside:
            yield draft.fault("unread-property", subject, predicate, property=draft.name(predicate))


def _two_kinds(draft: Draft) -> Iterator[Fault]:
    """Things that are two kinds of thing, of which each is read in its own way."""
    for subject in draft.graph.all_subjects():
        kinds = [k for k in KINDS_OF_THINGS if k in draft.graph.iris(subject, A)]
        if len(kinds) > 1:
            words = {"focus": draft.name(subject), "kinds": " and ".join(map(draft.name, kinds))}
            yield draft.fault("two-kinds", subject, None, **words)


def _misplaced(draft: Draft) -> Iterator[Fault]:
    """Properties that stand where nobody reads them."""
    for subject, predicate, _ in sorted(draft.graph, key=str):
        belongs = _belongs(predicate, draft) if predicate in GUIDELINE else []
        kinds = {above for kind in draft.graph.iris(subject, A) for above in draft.ontology.kinds_of(kind)}
        if belongs and kinds and not kinds.intersection(belongs):
            names = " or ".join(map(draft.name, belongs))
            words = {"focus": draft.name(subject), "property": draft.name(predicate), "classes": names}
            yield draft.fault("wrong-subject", subject, predicate, **words)


def _belongs(predicate: Iri, draft: Draft) -> list[Iri]:
    """The classes of what a property describes, as shapes/authoring.ttl has them, else the ontology."""
    stated = authoring().iris(predicate, SCHEMA.domainIncludes)
    return stated or draft.ontology.graph.iris(predicate, SCHEMA.domainIncludes)


def _listed_twice(draft: Draft) -> Iterator[Fault]:
    for predicate in LISTS:
        for subject, head in draft.graph.pairs(predicate):
            members = named_members(draft.graph, head)
            for twice in sorted({member for member in members if members.count(member) > 1}):
                words = {"value": draft.name(twice), "property": draft.name(predicate)}
                yield draft.fault("listed-twice", subject, predicate, **words)
