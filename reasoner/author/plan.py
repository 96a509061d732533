"""From a status for every criterion to the findings that give exactly these, or to what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from random import Random
from typing import TYPE_CHECKING

from reasoner.author.scene import Placement, quads
from reasoner.derive import ended, facts
from reasoner.guideline.edition import SegmentRule
from reasoner.rdf import Iri
from reasoner.status import Status
from reasoner.terms import CORE, GUIDELINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reasoner.author.inventory import Candidate, Inventory
    from reasoner.guideline.edition import Criterion

MET, NOT_MET, SILENT, BOTH = Status.MET, Status.NOT_MET, Status.NOT_DOCUMENTED, Status.CONFLICTING
STATUSES = (MET, NOT_MET, SILENT, BOTH)
EACH = {MET: {MET}, NOT_MET: set(STATUSES), SILENT: {MET, SILENT, BOTH}, BOTH: {MET, BOTH}}
"""Of a criterion that must hold at every segment: what the others may be where one has the status of all."""
ANY = {MET: set(STATUSES), NOT_MET: {NOT_MET}, SILENT: {SILENT, NOT_MET}, BOTH: {BOTH, SILENT, NOT_MET}}
"""The same of a criterion that must hold at one."""
TRIES = 12
"""How often other findings are chosen, where those chosen end one another or do not fit together."""

Spot = tuple[Iri, bool, Iri | None]
"""A criterion, the side, and the segment at which it is asked, if it is asked of each."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The findings of a case, and the extent of its request."""

    extent: int
    chosen: tuple[tuple[Candidate, Placement], ...]

    @property
    def placements(self) -> tuple[Placement, ...]:
        """The findings, each at its segments."""
        return tuple(placement for _, placement in self.chosen)


@dataclass(frozen=True, slots=True)
class Stuck:
    """What cannot be answered as wanted, and why."""

    criterion: Iri
    reason: str


def seeded(*parts: object) -> Random:
    """A source of choices that are the same for the same parts, in every process."""
    return Random("|".join(map(str, parts)))  # noqa: S311 - nothing is kept secret by it


def planned(wanted: Mapping[Iri, Status], stock: Inventory, seed: int) -> Plan | Stuck:
    """A plan that gives these statuses, the same for the same seed; or the first thing that no choice can give."""
    stuck = Stuck(Iri(""), "")
    for attempt in range(TRIES):
        found = _attempt(wanted, stock, f"{seed}|{attempt}")
        if isinstance(found, Plan):
            return found
        stuck = found
    return stuck


def predicted(plan: Plan, stock: Inventory) -> dict[Iri, Status]:
    """The statuses that a plan should give, read off what its findings answered one by one."""
    spots = _of_extent(plan.extent, stock)
    segments = stock.scene.segments(plan.extent)
    for candidate, placement in plan.chosen:
        spots |= spots_of(candidate, placement.sites, segments, stock)
    return {iri: _status(c, spots, segments) for iri, c in stock.edition.criteria.items()}


def spots_of(candidate: Candidate, sites: tuple[Iri, ...], segments: tuple[Iri, ...], stock: Inventory) -> set[Spot]:
    """What a candidate answers at its sites; without a site it can only speak against a criterion of segments."""
    found: set[Spot] = set()
    for atoms, derived in ((candidate.atoms, False), (candidate.derived, True)):
        for iri, supports in atoms:
            criterion = stock.edition.criteria.get(iri)
            if criterion and criterion.holds_for is None:
                found.add((iri, supports, None))
            elif criterion and not derived:
                found.update((iri, supports, s) for s in sites or (() if supports else segments))
    return found


def _of_extent(extent: int, stock: Inventory) -> set[Spot]:
    asked = {iri for iri, c in stock.edition.criteria.items() if c.holds_for is None}
    return {(iri, supports, None) for iri, supports in stock.extents[extent] if iri in asked}


def _status(criterion: Criterion, spots: set[Spot], segments: tuple[Iri, ...]) -> Status:
    places = segments if criterion.holds_for else (None,)
    found = [status_at(criterion, *((criterion.iri, side, p) in spots for side in (True, False))) for p in places]
    spread = ANY if criterion.holds_for is SegmentRule.ANY else EACH
    return next(s for s in STATUSES if s in found and spread[s].issuperset(found))


def status_at(criterion: Criterion, supported: bool, opposed: bool) -> Status:  # noqa: FBT001 - two sides of one thing
    """The status of a criterion at one place."""
    """The status of a criterion at one place."""
    if supported and opposed:
        return {GUIDELINE.Met: MET, GUIDELINE.NotMet: NOT_MET}.get(criterion.both_means or Iri(""), BOTH)
    return MET if supported else NOT_MET if opposed else SILENT


def _sides(status: Status, criterion: Criterion) -> tuple[set[bool], set[bool]] | None:
    """The sides that a status needs and those that it allows; nothing where the criterion cannot have it."""
    means = criterion.both_means
    if status is BOTH:
        return None if means in {GUIDELINE.Met, GUIDELINE.NotMet} else ({True, False}, {True, False})
    needed = {MET: {True}, NOT_MET: {False}}.get(status, set())
    either = (status, means) in {(MET, GUIDELINE.Met), (NOT_MET, GUIDELINE.NotMet)}
    return needed, {True, False} if either else needed


def _attempt(wanted: Mapping[Iri, Status], stock: Inventory, seed: str) -> Plan | Stuck:
    extent = _extent(wanted, stock, seeded(seed, "extent"))
    if isinstance(extent, Stuck):
        return extent
    segments = stock.scene.segments(extent)
    needed: list[Spot] = []
    allowed: set[Spot] = set()
    for iri in sorted(wanted):
        goal = _goal(stock.edition.criteria[iri], wanted[iri], segments, seeded(seed, iri))
        if goal is None:
            return Stuck(iri, "the edition says what findings for and against it together mean")
        needed += sorted(goal[0], key=str)
        allowed |= goal[1]
    free = {iri for iri in stock.edition.criteria if iri not in wanted}
    return _covered(needed, allowed, free, extent, stock, seed)


def _extent(wanted: Mapping[Iri, Status], stock: Inventory, random: Random) -> int | Stuck:
    """An extent of the request that answers nothing otherwise than wanted."""
    fitting, stuck = [], Stuck(Iri(""), "")
    for extent in stock.extents:
        spots = _of_extent(extent, stock)
        wrong = [i for i, supports, _ in spots if i in wanted and supports not in _allowed(wanted[i], i, stock)]
        fitting += [extent] if not wrong else []
        stuck = Stuck(min(wrong), "the extent of every request answers it") if wrong else stuck
    lacking = {
        (iri, side)
        for iri, status in wanted.items()
        for side in (_sides(status, stock.edition.criteria[iri]) or (set(),))[0]
        if not stock.answering((iri, side))
    }
    full = [e for e in fitting if lacking <= {(i, supports) for i, supports, _ in _of_extent(e, stock)}]
    if full:
        return random.choice(full)
    if fitting:
        iri = min(iri for iri, _ in lacking)
        return Stuck(iri, f"neither a finding nor the extent of a request was found that makes it {wanted[iri].value}")
    return stuck


def _allowed(status: Status, iri: Iri, stock: Inventory) -> set[bool]:
    sides = _sides(status, stock.edition.criteria[iri])
    return sides[1] if sides else set()


def _goal(
    criterion: Criterion, status: Status, segments: tuple[Iri, ...], random: Random
) -> tuple[set[Spot], set[Spot]] | None:
    """The spots that a status needs and those that it allows, with a choice of what each segment is to be."""
    chosen: Iterable[tuple[Iri | None, Status]] = ((None, status),)
    if criterion.holds_for:
        mixed = (EACH if criterion.holds_for is SegmentRule.EVERY else ANY)[status]
        others = [s for s in STATUSES if s in mixed and _sides(s, criterion)]
        first = random.randrange(len(segments)) if segments else 0
        chosen = [(s, status if i == first else random.choice(others)) for i, s in enumerate(segments) if others]
    needed: set[Spot] = set()
    allowed: set[Spot] = set()
    for place, at in chosen:
        sides = _sides(at, criterion)
        if sides is None:
            return None
        needed |= {(criterion.iri, side, place) for side in sides[0]}
        allowed |= {(criterion.iri, side, place) for side in sides[1]}
    return needed, allowed


def _covered(
    needed: list[Spot], allowed: set[Spot], free: set[Iri], extent: int, stock: Inventory, seed: str
) -> Plan | Stuck:
    """Findings that answer all that is needed and nothing that is not allowed."""
    segments, spots = stock.scene.segments(extent), _of_extent(extent, stock)
    chosen: list[tuple[Candidate, Placement]] = []
    for spot in needed:
        if spot in spots:
            continue
        random = seeded(seed, spot)
        fitting = [
            (candidate, sites, found)
            for candidate, sites in _offers(spot, needed, segments, stock)
            if spot in (found := spots_of(candidate, sites, segments, stock))
            and all(s in allowed or s[0] in free for s in found)
        ]
        if not fitting:
            return Stuck(spot[0], _why(spot, allowed, free, stock))
        candidate, sites, found = random.choice(fitting)
        spots |= found
        chosen.append((candidate, Placement(candidate.sketch, sites, "record-for" if spot[1] else "record-against")))
    plan = Plan(extent, tuple(chosen))
    clash = _clash(plan, stock)
    return Stuck(clash, "the findings chosen for it end one another or add up to one period") if clash else plan


def _offers(
    spot: Spot, needed: list[Spot], segments: tuple[Iri, ...], stock: Inventory
) -> Iterator[tuple[Candidate, tuple[Iri, ...]]]:
    """The candidates for a spot, each with the sites at which it may be put."""
    iri, supports, place = spot
    together = tuple(s for s in segments if (iri, supports, s) in needed)
    sites: list[tuple[Iri, ...]] = [together, (place,)] if place else [(), *((s,) for s in segments)]
    for candidate, at in product(stock.answering((iri, supports)), dict.fromkeys(sites)):
        if not any(dict(candidate.sketch.values).get(p) for p in (CORE.startedOn,)) or not at or place:
            yield candidate, at


def _why(spot: Spot, allowed: set[Spot], free: set[Iri], stock: Inventory) -> str:
    """Why no candidate may answer a spot: what those that could answer besides."""
    found = stock.answering(spot[:2])
    word = "supports" if spot[1] else "speaks against"
    if not found:
        return f"no finding was found that {word} it alone"
    may = {(iri, side) for iri, side, _ in allowed} | {(iri, side) for iri in free for side in (True, False)}
    criteria = stock.edition.criteria
    besides = [{a for a in c.atoms | c.derived if a not in may and a[0] in criteria} for c in found]
    always = sorted(set.intersection(*besides))
    if always:
        told = ", ".join(f"{'supports' if side else 'speaks against'} {criteria[i].name}" for i, side in always)
        return f"every finding that {word} it also {told}"
    answered = sorted(set.intersection(*({criteria[i].name for i, _ in atoms} for atoms in besides)))
    if answered:
        return f"every finding that {word} it also answers {', '.join(answered)}"
    return f"no finding that {word} it fits beside the others"


def _clash(plan: Plan, stock: Inventory) -> Iri | None:
    """A criterion whose findings do to one another what they did not do alone: end one, or derive one from all."""
    criteria = stock.edition.criteria
    periods = sorted({tuple(sorted(c.derived)) for c, _ in plan.chosen if c.derived})
    if len(periods) > 1:
        return next((iri for period in periods for iri, _ in period if iri in criteria), Iri(""))
    scene = stock.scene
    known = facts(quads(scene, plan.placements, plan.extent, stock.ontology), stock.ontology, scene.day(CORE.asOf))
    for triple in ended(known):
        earlier, later = (_place(str(t)) for t in (triple.subject, triple.object))
        if earlier != later:
            return next((iri for iri, _ in sorted(plan.chosen[earlier][0].atoms) if iri in criteria), Iri(""))
    return None


def _place(finding: str) -> int:
    """The place of a finding, or of one that belongs to it, among those chosen."""
    name, number = finding.rpartition("/")[2].split("-")[:2]
    return int(number) - 1 if name == "finding" else -1
