"""Which statuses of an edition can be synthesized, and which criteria no finding can tell apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from reasoner.author.plan import STATUSES, Plan, Stuck, planned, predicted
from reasoner.guideline.edition import Operator
from reasoner.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from reasoner.author.inventory import Inventory
    from reasoner.rdf import Iri

DRAWS = 40
"""How many joint statuses of criteria that are entangled are drawn until one can be synthesized."""
KINDNESS = (0.0, 0.8, 0.95, 1.0)
"""How often a criterion is simply as the request would wish: in each case one of these."""


@dataclass(frozen=True, slots=True)
class Entanglement:
    """A status that no finding gives to a criterion without answering others too, and the reason."""

    criterion: Iri
    status: Status
    others: Mapping[Iri, Status] = field(hash=False)
    reason: str


@dataclass(frozen=True, slots=True)
class Unattainable:
    """A status that no case gives to a criterion, and the reason."""

    criterion: Iri
    status: Status
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What can be chosen for the criteria of an edition."""

    stock: Inventory
    rest: Mapping[Iri, Status] = field(hash=False)
    """The status of each criterion in a case that says as little as it can."""
    attainable: Mapping[Iri, tuple[Status, ...]] = field(hash=False)
    entangled: tuple[Entanglement, ...]
    unattainable: tuple[Unattainable, ...]
    clusters: tuple[tuple[Iri, ...], ...]
    """The criteria in the least sets that are entangled with no other."""


@cache
def profile(stock: Inventory) -> Profile:
    """Every status of every criterion, tried beside as much silence as there can be."""
    criteria = sorted(stock.edition.criteria)
    bare = min((Plan(extent, ()) for extent in stock.extents), key=lambda p: _spoken(predicted(p, stock)))
    rest = predicted(bare, stock)
    attainable: dict[Iri, tuple[Status, ...]] = {}
    entangled: list[Entanglement] = []
    unattainable: list[Unattainable] = []
    for iri in criteria:
        reached = []
        for status in STATUSES:
            found = _alone(iri, status, rest, stock)
            if isinstance(found, Unattainable):
                unattainable.append(found)
            else:
                reached.append(status)
                entangled += [found] if found else []
        attainable[iri] = tuple(reached)
    return Profile(stock, rest, attainable, tuple(entangled), tuple(unattainable), _clusters(criteria, entangled))


def _spoken(statuses: Mapping[Iri, Status]) -> int:
    return sum(status is not Status.NOT_DOCUMENTED for status in statuses.values())


def _alone(
    iri: Iri, status: Status, rest: Mapping[Iri, Status], stock: Inventory
) -> Entanglement | Unattainable | None:
    """Nothing where a criterion can have a status and all others rest."""
    found = planned({**rest, iri: status}, stock, 0)
    if isinstance(found, Plan):
        return None
    besides = [p for p in (planned({iri: status}, stock, seed) for seed in range(DRAWS)) if isinstance(p, Plan)]
    if not besides:
        stuck = planned({iri: status}, stock, 0)
        return Unattainable(iri, status, stuck.reason if isinstance(stuck, Stuck) else "")
    least = min((predicted(p, stock) for p in besides), key=lambda s: sum(s[i] is not rest[i] for i in rest))
    others = {i: s for i, s in least.items() if i != iri and s is not rest[i]}
    return Entanglement(iri, status, others, found.reason)


def _clusters(criteria: list[Iri], entangled: list[Entanglement]) -> tuple[tuple[Iri, ...], ...]:
    home: dict[Iri, set[Iri]] = {iri: {iri} for iri in criteria}
    for entanglement in entangled:
        joined = {i for one in (entanglement.criterion, *entanglement.others) for i in home[one]}
        home.update(dict.fromkeys(joined, joined))
    return tuple(sorted({tuple(sorted(members)) for members in home.values()}))


def draw(known: Profile, random: Random) -> dict[Iri, Status]:
    """A status for every criterion, drawn at random among those that can be had together.

    In some cases nearly all are as the request would wish, for else few requests would be necessary.
    """
    wanted: dict[Iri, Status] = {}
    kindness, wishes = random.choice(KINDNESS), wishes_of(known)
    for cluster in known.clusters:
        wanted |= _drawn(cluster, {i: wishes[i] for i in cluster if random.random() < kindness}, known, random)
    return wanted


def wishes_of(known: Profile) -> dict[Iri, Status]:
    """The status of each criterion that helps the request, where the criterion can have it."""
    helps = dict.fromkeys(known.attainable, Status.MET)
    waiting = [(known.stock.edition.logic, True)]
    while waiting:
        node, wish = waiting.pop()
        if node is not None:
            helps[node.iri] = Status.MET if wish else Status.NOT_MET
            inner = wish is not (node.operator is Operator.NONE)
            waiting += [*((m, inner) for m in node.members), (node.unless, wish), (node.when, wish)]
    return {i: helps[i] if helps[i] in found else found[0] for i, found in known.attainable.items()}


def _drawn(
    cluster: tuple[Iri, ...], wishes: Mapping[Iri, Status], known: Profile, random: Random
) -> Mapping[Iri, Status]:
    for _ in range(DRAWS):
        chosen = {iri: wishes.get(iri) or random.choice(known.attainable[iri]) for iri in cluster}
        if len(cluster) == 1 or together(chosen, known):
            return chosen
    return {iri: known.rest[iri] for iri in cluster}


def together(chosen: Mapping[Iri, Status], known: Profile) -> bool:
    """Whether criteria can have these statuses while all others rest."""
    return _together(known, tuple(sorted(chosen.items())))


@cache
def _together(known: Profile, chosen: tuple[tuple[Iri, Status], ...]) -> bool:
    return isinstance(planned({**known.rest, **dict(chosen)}, known.stock, 0), Plan)


def moved(wanted: Mapping[Iri, Status], known: Profile, random: Random) -> dict[Iri, Status] | None:
    """The same statuses with that of one criterion changed; nothing where none can be changed alone."""
    order = list(wanted)
    random.shuffle(order)
    for iri in order:
        cluster = next(c for c in known.clusters if iri in c)
        others = [s for s in known.attainable[iri] if s is not wanted[iri]]
        random.shuffle(others)
        for status in others:
            if len(cluster) == 1 or together({**{i: wanted[i] for i in cluster}, iri: status}, known):
                return {**wanted, iri: status}
    return None
