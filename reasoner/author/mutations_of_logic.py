"""The mutations of what a criterion is and of how criteria are joined: sides, segments, meanings, groups, waivers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reasoner.author.mutation import changed, dropped, moved, without_each
from reasoner.guideline.edition import Operator
from reasoner.rdf import Iri, Literal, Triple
from reasoner.terms import CORE, GUIDELINE, SH, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.author.mutation import Mutation, Source
    from reasoner.guideline.edition import Node
    from reasoner.rdf import Graph

OPERATORS = {GUIDELINE.allOf: GUIDELINE.anyOf, GUIDELINE.anyOf: GUIDELINE.allOf, GUIDELINE.noneOf: GUIDELINE.allOf}
MEMBERS = (GUIDELINE.allOf, GUIDELINE.anyOf, GUIDELINE.noneOf, GUIDELINE.of)
OTHER_RULE = {GUIDELINE.AnySegment: GUIDELINE.EverySegment, GUIDELINE.EverySegment: GUIDELINE.AnySegment}
OTHER_MEANING = {GUIDELINE.Met: GUIDELINE.NotMet, GUIDELINE.NotMet: GUIDELINE.Met}
RAISED_BY, SUPPORTED_BY, CONTRARY = GUIDELINE.raisedBy, SH.qualifiedValueShape, GUIDELINE.contraryShape


def _sides(source: Source) -> Iterator[Mutation]:
    cautions = source.edition.cautions
    for criterion in (*source.edition.criteria.values(), *cautions.values()):
        iri, first = criterion.iri, RAISED_BY if criterion.iri in cautions else SUPPORTED_BY
        if criterion.contrary is None:
            continue
        was = [Triple(iri, first, criterion.supporting), Triple(iri, CONTRARY, criterion.contrary)]
        now = [Triple(iri, first, criterion.contrary), Triple(iri, CONTRARY, criterion.supporting)]
        yield source.mutation("sides", iri, "supporting and contrary shape swapped", was, now, criterion.supporting)
        if iri in cautions:
            yield dropped(source, "constraint", was[1])


def _segments(source: Source) -> Iterator[Mutation]:
    for iri, criterion in source.edition.criteria.items():
        target = Triple(iri, SH.targetClass, criterion.target)
        for rule in source.graph.iris(iri, GUIDELINE.holdsFor):
            old = Triple(iri, GUIDELINE.holdsFor, rule)
            yield changed(source, "segments", old, old.predicate, OTHER_RULE[rule])
            of_request, words = (
                target._replace(object=CORE.TreatmentRequest),
                "asked of the request, not of its segments",
            )
            yield source.mutation("segments", iri, words, [old, target], [of_request], rule)
        if criterion.holds_for is None:
            of_each = target._replace(object=CORE.RequestedSegment)
            now = [Triple(iri, GUIDELINE.holdsFor, GUIDELINE.EverySegment), of_each]
            yield source.mutation("segments", iri, "asked of every requested segment", [target], now, SH.targetClass)


def _meanings(source: Source) -> Iterator[Mutation]:
    for iri, criterion in source.edition.criteria.items():
        old = Triple(iri, GUIDELINE.bothMeans, criterion.both_means or GUIDELINE.NotMet)
        if criterion.both_means in OTHER_MEANING:
            yield dropped(source, "both means", old)
            yield changed(source, "both means", old, old.predicate, OTHER_MEANING[Iri(str(criterion.both_means))])
        elif criterion.both_means is None:
            words = f"{source.text.write(old.predicate)} {source.text.write(old.object)} added"
            yield source.mutation("both means", iri, words, [], [old])


def _requirements(source: Source) -> Iterator[Mutation]:
    """Required becomes exclusion and the reverse, within the logic; elsewhere it decides nothing."""
    for node in _nodes(source):
        if node.operator is None:
            stated = source.graph.iri(node.iri, GUIDELINE.requirement)
            other = GUIDELINE.Required if stated == GUIDELINE.Exclusion else GUIDELINE.Exclusion
            old = [Triple(node.iri, GUIDELINE.requirement, stated)] if stated else []
            words = f"requirement {local_name(stated) if stated else 'Required'} becomes {local_name(other)}"
            now = [Triple(node.iri, GUIDELINE.requirement, other)]
            yield source.mutation("requirement", node.iri, words, old, now, stated)


def _groups(source: Source) -> Iterator[Mutation]:
    for node in _nodes(source):
        for predicate in MEMBERS:
            for head in source.graph.values(node.iri, predicate):
                old = Triple(node.iri, predicate, head)
                if predicate in OPERATORS and (len(node.members) > 1 or predicate == GUIDELINE.noneOf):
                    yield changed(source, "operator", old, OPERATORS[predicate], head)
                for made in without_each(source, "member", old):
                    yield _kept_as_duties(made, source)
        if node.operator is Operator.AT_LEAST:
            yield from _counts(node, source)


def _counts(node: Node, source: Source) -> Iterator[Mutation]:
    for count in source.graph.values(node.iri, GUIDELINE.atLeast):
        for step in (-1, 1):
            if isinstance(count, Literal) and 1 <= node.count + step <= len(node.members):
                old = Triple(node.iri, GUIDELINE.atLeast, count)
                yield changed(source, "at least", old, old.predicate, moved(count, step))


def _waivers(source: Source) -> Iterator[Mutation]:
    for node in _nodes(source):
        for predicate, kind in ((GUIDELINE.unless, "waiver"), (GUIDELINE.when, "condition")):
            for value in source.graph.iris(node.iri, predicate):
                yield _kept_as_duties(dropped(source, kind, Triple(node.iri, predicate, value)), source)


def _nodes(source: Source) -> list[Node]:
    return list(source.edition.logic.below()) if source.edition.logic else []


def _kept_as_duties(made: Mutation, source: Source) -> Mutation:
    """The criteria that a change takes out of the logic become duties, so that the edition is still whole."""
    nodes, duties = _nodes(source), set(source.edition.duties)
    left = _reached(nodes[0].iri, made.graph(source.graph))
    lost = [n.iri for n in nodes if n.operator is None and n.iri not in left and n.iri not in duties]
    return replace(made, added=made.added | {Triple(source.edition.iri, GUIDELINE.duty, c) for c in lost})


def _reached(iri: Iri, graph: Graph) -> set[Iri]:
    members = [m for p in MEMBERS for head in graph.iris(iri, p) for m in graph.members(head)]
    below = [*members, *graph.iris(iri, GUIDELINE.unless), *graph.iris(iri, GUIDELINE.when)]
    return {iri}.union(*(_reached(b, graph) for b in below if not isinstance(b, Literal)))


def _policies(source: Source) -> Iterator[Mutation]:
    for policy in source.graph.iris(source.edition.iri, GUIDELINE.conflictPolicy):
        yield dropped(source, "policy", Triple(source.edition.iri, GUIDELINE.conflictPolicy, policy))


LOGIC = (_sides, _segments, _meanings, _requirements, _groups, _waivers, _policies)
