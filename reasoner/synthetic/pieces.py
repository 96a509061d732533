"""The ways to answer each cluster of criteria, and the ways to claim that a request is necessary."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from typing import TYPE_CHECKING

from reasoner.author.plan import STATUSES, Plan, planned, predicted, seeded
from reasoner.guideline.edition import Node, Operator
from reasoner.rdf import Iri
from reasoner.synthetic.model import Cluster, Piece, Placed
from reasoner.terms import CORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from random import Random

    from reasoner.author.inventory import Inventory
    from reasoner.author.profile import Profile
    from reasoner.status import Status
    from reasoner.synthetic.words import Words

WAYS, OPTIONS, STORIES = 5, 40, 48
"""How many choices of findings are kept for one option, options for one cluster, and ways to claim necessity."""


def clusters(known: Profile, extent: int, wishes: Mapping[Iri, Status], words: Words) -> tuple[Cluster, ...]:
    """Every cluster with the options that it has in a request of this extent."""
    stock = known.stock
    one = replace(stock, extents={extent: stock.extents[extent]})
    rest = predicted(Plan(extent, ()), one)
    return tuple(_cluster(members, one, rest, wishes, words) for members in known.clusters)


def _cluster(
    members: tuple[Iri, ...], stock: Inventory, rest: Mapping[Iri, Status], wishes: Mapping[Iri, Status], words: Words
) -> Cluster:
    found: list[tuple[tuple[Status, ...], tuple[Piece, ...]]] = []
    still = tuple(rest[iri] for iri in members)
    for statuses in _options(members, still, seeded(*members)):
        wanted = {**rest, **dict(zip(members, statuses, strict=True))}
        plans = _plans(wanted, stock) if statuses != still else [Plan(min(stock.extents), ())]
        if plans:
            found.append((statuses, tuple(dict.fromkeys(_piece(plan, members, stock) for plan in plans))))
    wish = tuple(wishes[iri] for iri in members)
    order = list(stock.edition.criteria)
    return Cluster(
        wished=max(range(len(found)), key=lambda n: sum(a is b for a, b in zip(found[n][0], wish, strict=True))),
        rest=next(n for n, (statuses, _) in enumerate(found) if statuses == still),
        weights=_sums(_weight(statuses, words) for statuses, _ in found),
        options=tuple(pieces for _, pieces in found),
        lacking=tuple(
            tuple(order.index(i) for i, s, w in zip(members, statuses, wish, strict=True) if s is not w)
            for statuses, _ in found
        ),
    )


def _options(members: tuple[Iri, ...], still: tuple[Status, ...], random: Random) -> Iterable[tuple[Status, ...]]:
    """The joint statuses that are tried: all, or as many as are worth while."""
    every = list(product(STATUSES, repeat=len(members)))
    return [still, *(s for s in (random.sample(every, OPTIONS) if len(every) > OPTIONS else every) if s != still)]


def _plans(wanted: Mapping[Iri, Status], stock: Inventory) -> list[Plan]:
    first = planned(wanted, stock, 0)
    if not isinstance(first, Plan):
        return []
    return [first, *(p for seed in range(1, WAYS) if isinstance(p := planned(wanted, stock, seed), Plan))]


def _piece(plan: Plan, members: tuple[Iri, ...], stock: Inventory) -> Piece:
    """What of a plan answers these criteria; to others it may have given some segments an answer by chance."""
    segments = stock.scene.segments(plan.extent)
    chosen = [(c, p) for c, p in plan.chosen if any(iri in members for iri, _ in c.atoms | c.derived)]
    both = len({placement.document for _, placement in chosen}) > 1
    numbers = {id(c): n for n, c in enumerate(stock.candidates)}
    return tuple(
        Placed(
            numbers[id(candidate)],
            tuple(segments.index(s) for s in placement.sites) if _is_sited(candidate.sketch.kind, stock) else (),
            both and placement.document.endswith("against"),
        )
        for candidate, placement in chosen
    )


def _is_sited(kind: Iri, stock: Inventory) -> bool:
    """Whether a kind is asked for at segments, or is somewhere in the body."""
    graph, ontology = stock.ontology.graph, stock.ontology
    if any(graph.text(k, CORE.located) == "true" for k in ontology.kinds_of(kind)):
        return True
    asked = (c for c in stock.edition.criteria.values() if c.holds_for)
    return any(ontology.is_a(kind, k) for c in asked for k in c.looks_for)


def _weight(statuses: tuple[Status, ...], words: Words) -> float:
    weight = 1.0
    for status in statuses:
        weight *= words.rate(status.value.replace(" ", "-"))
    return weight


def _sums(weights: Iterable[float]) -> tuple[float, ...]:
    found: list[float] = []
    for weight in weights:
        found.append((found[-1] if found else 0.0) + weight)
    return tuple(found)


def stories(known: Profile) -> tuple[tuple[bool, ...], ...]:
    """For each way to claim that the logic holds, which clusters it claims; what no way needs is always claimed."""
    logic = known.stock.edition.logic
    if logic is None:
        return ()
    ways = list(dict.fromkeys(_claims(logic)))
    if len(ways) > STORIES:
        ways = seeded("stories").sample(ways, STORIES)
    named = {node.iri for node in logic.below()}
    return tuple(tuple(any(i in way or i not in named for i in members) for members in known.clusters) for way in ways)


def _claims(node: Node) -> list[frozenset[Iri]]:
    return [
        own | other
        for own in [*_own(node), *(_claims(node.unless) if node.unless else ())]
        for other in (_claims(node.when) if node.when else [frozenset()])
    ]


def _own(node: Node) -> Iterator[frozenset[Iri]]:
    if node.operator is None:
        yield frozenset({node.iri})
        return
    members = [_claims(member) for member in node.members]
    least = {Operator.ANY: 1, Operator.AT_LEAST: node.count}.get(node.operator, len(members))
    for some in combinations(members, least):
        for chosen in product(*some):
            yield frozenset[Iri]().union(*chosen)
