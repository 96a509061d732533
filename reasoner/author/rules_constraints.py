"""Constraints that say nothing, or something that no finding can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.author.asked import is_count
from reasoner.author.lint_rules import LINT, stated
from reasoner.guideline.form import COMPARISONS
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
    yield from _twice_negated(draft)


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
        if not domain:
            on_findings = path in stated().members(stated().iri(LINT.DerivedProperties, GUIDELINE.lists))
        if not set(_PROPERTIES).intersection(ontology.graph.iris(path, A)) or not on_findings:
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
        takes = _takes(path, draft)
        wanted = [v for head in draft.graph.iris(subject, SH["in"]) for v in draft.graph.members(head)]
        for value in (*draft.graph.values(subject, SH.hasValue), *wanted):
            if not _can_be(value, takes, draft):
                yield _impossible(draft, subject, path, value)
        for comparison in COMPARISONS:
            for bound in draft.graph.values(subject, comparison):
                if not isinstance(bound, Literal) or not _comparable(bound.datatype, takes):
                    yield _impossible(draft, subject, path, bound)
                elif takes == [XSD.integer] and bound.value.startswith("-"):
                    words = {"property": draft.name(path), "value": bound.value}
                    yield draft.fault("negative-count", subject, comparison, **words)


def _can_be(value: Term, takes: list[Iri], draft: Draft) -> bool:
    classes = [kind for kind in takes if is_ours(kind)]
    if isinstance(value, Literal):
        return not classes and (not takes or value.datatype in takes)
    kinds = {k for stated in draft.ontology.graph.iris(value, A) for k in draft.ontology.kinds_of(stated)}
    return bool(kinds.intersection(classes))


def _takes(path: Iri, draft: Draft) -> list[Iri]:
    """What a property's values are; what ``derive`` counts are whole numbers."""
    return [XSD.integer] if is_count(path, draft.ontology) else draft.ontology.takes(path)


def _comparable(datatype: Iri, takes: list[Iri]) -> bool:
    """Whether numbers are compared with numbers and days with days; what is counted is whole."""
    return datatype in takes or (datatype == XSD.integer and XSD.decimal in takes)


def _impossible(draft: Draft, subject: Iri, path: Iri, value: Term) -> Fault:
    takes = _takes(path, draft) or [CORE.Finding]
    said = value.value if isinstance(value, Literal) else draft.name(value)
    words = {"value": said, "property": draft.name(path), "range": " or ".join(map(draft.name, takes))}
    return draft.fault("impossible-value", subject, None if isinstance(value, Literal) else value, **words)


def _strange(draft: Draft) -> Iterator[Fault]:
    """Datatypes and severities that are none, and paths of one alternative."""
    for predicate, known in ((SH.datatype, DATATYPES), (SH.severity, SEVERITIES)):
        for subject, value in draft.graph.pairs(predicate):
            of_criterion = predicate == SH.severity and GUIDELINE.Criterion in draft.graph.iris(subject, A)
            takes = (SH.Violation,) if of_criterion else known
            if value not in takes:
                said = value.value if isinstance(value, Literal) else draft.name(value)
                choices = " or ".join(draft.name(term) for term in takes)
                words = {"property": draft.name(predicate), "value": said, "choices": choices}
                yield draft.fault("strange-value", subject, None, **words)
    for path, head in draft.graph.pairs(SH.alternativePath):
        if isinstance(head, Literal) or len(draft.graph.members(head)) < 2:  # noqa: PLR2004 - an alternative to another
            yield draft.fault("lone-alternative", path)


def _twice_negated(draft: Draft) -> Iterator[Fault]:
    """Shapes that say nothing but sh:not, under a sh:not."""
    for subject, inner in draft.graph.pairs(SH["not"]):
        stated = {} if isinstance(inner, Literal) else draft.graph.predicates(inner)
        if [p for p in stated if p in SH] == [SH["not"]]:
            yield draft.fault("double-negation", subject, SH["not"], shape=draft.name(draft.owner(subject)))


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
