"""Contradictions between findings, and the edition's policy, if it has one, on which of two prevails."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from reasoner.rdf import Graph, Iri, Triple
from reasoner.terms import CORE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.guideline.edition import Policy
    from reasoner.ontology import Ontology
    from reasoner.record import Finding, Record

POLARITIES = frozenset({CORE.Present, CORE.Absent})


def contradict(one: Finding, other: Finding, ontology: Ontology) -> bool:
    """Whether two findings cannot both be right.

    The same kind found and not found, or two kinds that exclude each other found alike, at a site that they share
    or that neither states.
    """
    if {one.presence, other.presence} - POLARITIES or not _meet(one, other):
        return False
    if one.kind == other.kind:
        return one.presence != other.presence
    excludes = set(ontology.graph.iris(one.kind, CORE.contradicts)) & other.kinds
    return bool(excludes) and one.presence == other.presence


def _meet(one: Finding, other: Finding) -> bool:
    return bool(set(one.sites) & set(other.sites)) if one.sites and other.sites else one.sites == other.sites


def under(policy: Policy, graph: Graph, record: Record, ontology: Ontology) -> Graph:
    """A prepared graph in which what the policy overrules is marked so and counts as evidence of nothing."""
    overruled = list(_overruled(policy, record, ontology))
    losers = {triple.subject for triple in overruled}
    evidence = (CORE.evidence, CORE.possibleEvidence)
    kept = (t for t in graph if not (t.predicate in evidence and t.object in losers))
    return Graph([*kept, *overruled])


def _overruled(policy: Policy, record: Record, ontology: Ontology) -> Iterator[Triple]:
    findings = [record.findings[iri] for iri in sorted(record.findings) if record.findings[iri].document]
    for one, other in combinations(findings, 2):
        if contradict(one, other, ontology):
            for winner, loser in ((one, other), (other, one)):
                if _prevails(winner, loser, policy):
                    yield Triple(loser.iri, CORE.overruledBy, winner.iri)


def _prevails(one: Finding, other: Finding, policy: Policy) -> bool:
    if policy.later_prevails:
        return bool(one.observed and other.observed and one.observed.certainly_after(other.observed))
    return _rank(one, policy) < _rank(other, policy)


def _rank(finding: Finding, policy: Policy) -> int:
    role: Iri | None = finding.document.role_iri if finding.document else None
    return policy.roles.index(role) if role in policy.roles else len(policy.roles)
