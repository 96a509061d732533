"""Constraints that say nothing, or something that no finding can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.rdf import Iri, Literal
from reasoner.terms import CORE, GUIDELINE, OWL, RDF, SCHEMA, SH, XSD, A
from reasoner.vocabulary import is_ours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.author.lint_rules import Draft, Fault
    from reasoner.rdf import Graph, Term

CRITERION_SAYS = frozenset({
    SH.targetClass, SH.path, SH.qualifiedValueShape, SH.qualifiedMinCount, SH.severity, SH.message,
})  # fmt: skip
"""The SHACL terms that stand at a criterion itself; every other belongs into its shapes."""
COMPARISONS = (SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive)
ON_VALUES = (*COMPARISONS, SH["in"], SH["class"], SH.datatype, SH.node, SH["or"], SH["and"], SH["not"])
SEVERITIES = (SH.Info, SH.Violation)
DATATYPES = (
    XSD.string, XSD.integer, XSD.decimal, XSD.boolean, XSD.date, XSD.gYearMonth, XSD.gYear, RDF.langString,
)  # fmt: skip
_PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty)


def of_constraints(draft: Draft) -> Iterator[Fault]:
    """What is wrong with the constraints of an edition's shapes, one by one."""
    yield from _extra_constraints(draft)
    yield from _paths(draft)
    yield from _values(draft)
    yield from _strange(draft)
    yield from _vacuous(draft)


def _extra_constraints(draft: Draft) -> Iterator[Fault]:
    criteria = draft.graph.subjects(A, GUIDELINE.Criterion)
    for criterion in criteria:
        for predicate in draft.graph.predicates(criterion):
            if predicate in SH and predicate not in CRITERION_SAYS:
                words = {"focus": draft.name(criterion), "property": draft.name(predicate)}
                yield draft.fault("extra-constraint", criterion, predicate, **words)
    for subject, _ in draft.graph.pairs(SH.targetClass):
        if subject not in criteria:
            yield draft.fault("stray-target", subject, SH.targetClass, focus=draft.name(subject))


def _paths(draft: Draft) -> Iterator[Fault]:
    """Paths that no finding has."""
    ontology = draft.ontology
    for subject, path in _steps(draft):
        if path not in ontology.declared:
            continue
        domain = ontology.graph.iris(path, SCHEMA.domainIncludes)
        on_findings = any(ontology.is_a(kind, CORE.Finding) for kind in domain)
        if not set(_PROPERTIES).intersection(ontology.graph.iris(path, A)) or (domain and not on_findings):
            yield draft.fault("not-of-a-finding", subject, path, value=draft.name(path))


def _steps(draft: Draft) -> Iterator[tuple[Iri, Iri]]:
    criteria = draft.graph.subjects(A, GUIDELINE.Criterion)
    for subject, path in draft.graph.pairs(SH.path):
        if isinstance(path, Literal) or subject in criteria:
            continue
        head = draft.graph.iri(path, SH.alternativePath)
        steps = draft.graph.members(head) if head else [path]
        yield from ((subject, step) for step in steps if not isinstance(step, Literal))


def _values(draft: Draft) -> Iterator[Fault]:
    """Values that the property at which they are asked for never has, and bounds that it is never compared with."""
    for subject, path in _steps(draft):
        takes = draft.ontology.takes(path)
        wanted = [v for head in draft.graph.iris(subject, SH["in"]) for v in draft.graph.members(head)]
        for value in (*draft.graph.values(subject, SH.hasValue), *wanted):
            if not _can_be(value, takes, draft):
                yield _impossible(draft, subject, path, value)
        for comparison in COMPARISONS:
            for bound in draft.graph.values(subject, comparison):
                if not isinstance(bound, Literal) or not _comparable(bound.datatype, takes):
                    yield _impossible(draft, subject, path, bound)


def _can_be(value: Term, takes: list[Iri], draft: Draft) -> bool:
    classes = [kind for kind in takes if is_ours(kind)]
    if isinstance(value, Literal):
        return not classes
    kinds = {k for stated in draft.ontology.graph.iris(value, A) for k in draft.ontology.kinds_of(stated)}
    return bool(kinds.intersection(classes))


def _comparable(datatype: Iri, takes: list[Iri]) -> bool:
    """Whether numbers are compared with numbers and days with days; what derive counts are whole numbers."""
    numbers = {XSD.integer, XSD.decimal}
    return datatype in takes or (datatype in numbers and (not takes or bool(numbers.intersection(takes))))


def _impossible(draft: Draft, subject: Iri, path: Iri, value: Term) -> Fault:
    takes = draft.ontology.takes(path) or [XSD.integer]
    said = value.value if isinstance(value, Literal) else draft.name(value)
    words = {"value": said, "property": draft.name(path), "range": " or ".join(map(draft.name, takes))}
    return draft.fault("impossible-value", subject, None if isinstance(value, Literal) else value, **words)


def _strange(draft: Draft) -> Iterator[Fault]:
    """Datatypes and severities that are none, and paths of one alternative."""
    for predicate, known in ((SH.datatype, DATATYPES), (SH.severity, SEVERITIES)):
        for subject, value in draft.graph.pairs(predicate):
            if value not in known:
                said = value.value if isinstance(value, Literal) else draft.name(value)
                choices = " or ".join(draft.name(term) for term in known)
                words = {"property": draft.name(predicate), "value": said, "choices": choices}
                yield draft.fault("strange-value", subject, None, **words)
    for path, head in draft.graph.pairs(SH.alternativePath):
        if isinstance(head, Literal) or len(draft.graph.members(head)) < 2:  # noqa: PLR2004 - an alternative to another
            yield draft.fault("lone-alternative", path)


def _vacuous(draft: Draft) -> Iterator[Fault]:
    """Constraints on values that a finding without any value meets."""
    for subject, path in _steps(draft):
        stated = draft.graph.predicates(subject)
        counted = draft.graph.text(subject, SH.minCount) not in ("", "0") or SH.hasValue in stated
        asks = any(predicate in stated for predicate in ON_VALUES)
        if asks and not counted and not _negated(subject, draft.graph, ()):
            words = {"shape": draft.name(draft.owner(subject)), "property": draft.name(path)}
            yield draft.fault("vacuous-constraint", subject, path, **words)


def _negated(shape: Iri, graph: Graph, above: tuple[Iri, ...]) -> bool:
    """Whether a shape stands under a sh:not, where a finding that meets it is refused."""
    linked = (SH.property, SH.node, SH["or"], SH["and"], SH["not"], SH.qualifiedValueShape, RDF.first, RDF.rest)
    for predicate in linked:
        for holder in graph.subjects(predicate, shape):
            if holder not in above and (predicate == SH["not"] or _negated(holder, graph, (*above, shape))):
                return True
    return False
