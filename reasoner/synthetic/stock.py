"""The stock of one edition: its findings in every wording, and when, where and how requests reach it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from reasoner.author.findings import fillers, findable
from reasoner.author.inventory import inventory
from reasoner.author.plan import seeded
from reasoner.author.profile import profile, wishes_of
from reasoner.author.scene import Sketch
from reasoner.dates import Interval
from reasoner.errors import KnowledgeBaseError, Problem, ReasonerError
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.guideline.ladder import ladders
from reasoner.rdf import Iri
from reasoner.select import Asked, by_ladder
from reasoner.status import Status
from reasoner.synthetic.model import Extent, Stock, Variant
from reasoner.synthetic.pieces import clusters, stories
from reasoner.synthetic.screen import numbered, screened
from reasoner.synthetic.variants import Writer, quoted
from reasoner.synthetic.words import Words, words
from reasoner.terms import CORE
from reasoner.validate import default_engine

if TYPE_CHECKING:
    from reasoner.author.inventory import Inventory
    from reasoner.author.profile import Profile
    from reasoner.author.scene import Scene
    from reasoner.guideline.edition import Edition
    from reasoner.guideline.ladder import Ladder
    from reasoner.ontology import Ontology


def stocks(ontology: Ontology) -> tuple[Stock, ...]:
    """A stock for each packaged edition that has logic, in order of their paths."""
    editions = (read_edition(path, ontology) for path in all_editions())
    return tuple(stock_of(edition, ontology) for edition in editions if edition.logic)


@cache
def stock_of(edition: Edition, ontology: Ontology) -> Stock:
    """The stock of an edition, the same in every process."""
    known = profile(inventory(edition, ontology, default_engine()))
    inventoried, told = known.stock, words(ontology)
    scene = inventoried.scene
    requested = scene.day(CORE.requestedOn)
    writer = Writer(requested, ontology, told)
    variants, clashes = _variants(writer, inventoried, told)
    extents = [e for e in sorted(inventoried.extents) if _places(e, scene, told, ontology)]
    wishes = wishes_of(known)
    jurisdiction, first, last = _reach(edition, scene, told, ontology)
    path = edition.file.removeprefix("shapes/").removesuffix(".ttl")
    return Stock(
        folder=(edition.notations[-1] if edition.notations else path.replace("/", "-")).lower(),
        path=path, notation=edition.notations[-1] if edition.notations else path, label=edition.label,
        jurisdiction=jurisdiction, first=first, last=last,
        days=tuple((f"<{p}> ", (d - requested).days) for p, d in scene.days if p != CORE.decidedOn),
        as_of=(scene.day(CORE.asOf) - requested).days,
        procedure=scene.procedure, levels=scene.levels,
        named=tuple((f"<{p}> ", writer.variant(s, -1, seeded(p))) for p, s in scene.named),
        extents=tuple(_extent(e, known, wishes, told) for e in extents),
        extent_weights=_sums([told.request["extents"][n] if n < len(told.request["extents"]) else 1
                              for n in range(len(extents))]),
        stories=stories(known), variants=variants, derived=_derived(inventoried),
        movable=tuple(n for n, ways in enumerate(variants) if _movable(n, ways, inventoried)),
        irrelevant=_irrelevant(writer, edition, inventoried, told), clashes=frozenset(clashes),
        grounds=_grounds(writer, inventoried, wishes, told),
        sites={s: (ontology.clinical_name(s), *_ends(s, s, ontology)) for s in scene.chain},
    )  # fmt: skip


def _variants(
    writer: Writer, stock: Inventory, told: Words
) -> tuple[tuple[tuple[Variant, ...], ...], set[tuple[int, int]]]:
    """The ways of each candidate that answer what it answers; the barest first."""
    made = [v for n, c in enumerate(stock.candidates) for v in writer.variants(c.sketch, n, seeded(c.sketch))]
    kept, clashes = numbered(screened(made, stock, told), stock, told)
    ways: dict[int, list[Variant]] = {}
    for variant in kept:
        ways.setdefault(variant.candidate, []).append(variant)
    lost = [c.sketch for n, c in enumerate(stock.candidates) if n not in ways]
    if lost:
        said = f"A synthetic finding of {len(lost)} answers otherwise when it is written: {lost[0]}"
        fix = "Derivation or classification may turn on more than the finding itself; look there."
        raise KnowledgeBaseError(Problem("answers-otherwise", stock.edition.file, None, said, fix))
    return tuple(tuple(ways.get(n, ())) for n in range(len(stock.candidates))), clashes


def _irrelevant(writer: Writer, edition: Edition, stock: Inventory, told: Words) -> tuple[Variant, ...]:
    """Findings of kinds that no criterion looks for, and that answer none."""
    kinds = fillers(edition, stock.ontology)
    sketches = [Sketch(k, ((CORE.presence, p),)) for k in kinds for p in (CORE.Present, CORE.Absent)]
    made = [writer.variants(s, -1, seeded(s))[-1] for s in sketches]
    return tuple(screened(made, stock, told))


def _movable(number: int, ways: tuple[Variant, ...], stock: Inventory) -> bool:
    found = stock.candidates[number]
    return bool(ways) and ways[0].located and not found.derived and all(v.state < 0 for v in ways)


def _derived(stock: Inventory) -> tuple[int, ...]:
    sorts = sorted({tuple(sorted(c.derived)) for c in stock.candidates} - {()})
    return tuple(sorts.index(tuple(sorted(c.derived))) + 1 if c.derived else 0 for c in stock.candidates)


# ---------------------------------------------------------------- Where


def _extent(count: int, known: Profile, wishes: dict[Iri, Status], told: Words) -> Extent:
    stock = known.stock
    places = _places(count, stock.scene, told, stock.ontology)
    return Extent(
        count, tuple(place for place, _ in places), _sums([weight for _, weight in places]),
        clusters(known, count, wishes, told),
    )  # fmt: skip


Place = tuple[str, str, tuple[str, ...], tuple[str, ...]]


def _places(count: int, scene: Scene, told: Words, ontology: Ontology) -> list[tuple[Place, float]]:
    """Where a request of so many segments can lie; as the scene has it, where the words name no segments of it."""
    if not scene.levels or not count:
        return [(("", "", (), ()), 1.0)]
    listed = tuple(told.segments)
    chain = listed if scene.chain[-len(listed) :] == listed else scene.chain
    found: list[tuple[Place, float]] = []
    for end in range(count, len(chain) + 1):
        segments = chain[end - count : end]
        weight = told.segments.get(segments[-1], 1.0 if end == len(chain) else 0.0)
        place = (*_ends(segments[0], segments[-1], ontology), segments, tuple(s for s in chain if s not in segments))
        found += [(place, weight)] if weight else []
    return found


def _ends(first: Iri, last: Iri, ontology: Ontology) -> tuple[str, str]:
    """Where a run of segments begins and ends."""
    graph = ontology.graph
    return str(graph.iri(first, CORE.upperLevel)), str(graph.iri(last, CORE.lowerLevel))


# ---------------------------------------------------------------- When, and under which law


def _reach(edition: Edition, scene: Scene, told: Words, ontology: Ontology) -> tuple[str, int, int]:
    """The jurisdiction whose ladder leads to the edition, if one does, and the first and last day of decisions."""
    first = edition.in_force.first.last if edition.in_force.first else scene.day(CORE.decidedOn)
    last = edition.in_force.last.first if edition.in_force.last else first + timedelta(days=told.request["days"])
    for ladder in ladders(ontology):
        span = ladder.in_force
        start = max(first, span.first.last) if span.first else first
        end = min(last, span.last.first) if span.last else last
        if start <= end and all(_leads(ladder, day, edition, scene, ontology) for day in (start, end)):
            return ladder.jurisdiction, start.toordinal(), end.toordinal()
    return "", first.toordinal(), last.toordinal()


def _leads(ladder: Ladder, day: date, edition: Edition, scene: Scene, ontology: Ontology) -> bool:
    if ladder.keyed_on != CORE.decidedOn:
        return False
    kinds = frozenset[Iri]().union(*(ontology.all_above(k) for k in (*edition.scope, *scene.procedure)))
    on = Interval(day, day)
    asked = Asked("", ladder.jurisdiction, kinds, {CORE.decidedOn: on}, on)
    try:
        return by_ladder(asked, ontology).edition.iri == edition.iri
    except ReasonerError:
        return False


# ---------------------------------------------------------------- Why it was denied


def _grounds(
    writer: Writer, stock: Inventory, wishes: dict[Iri, Status], told: Words
) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """For each criterion what a denial may say of it: what is lacking, and what stands in the way."""
    known = set(findable(stock.ontology))
    return tuple(
        tuple(
            (f"<{CORE.about}> <{kind}>", f"<{CORE.statement}> {quoted(template.replace('{said}', said))}")
            for supports, templates in ((True, told.said["lacking"]), (False, told.said["in-the-way"]))
            for kind, said in _said(iri, supports == (wishes[iri] is Status.MET), writer, stock)[:3]
            if kind in known
            for template in templates
        )
        for iri in stock.edition.criteria
    )


def _said(iri: Iri, supports: bool, writer: Writer, stock: Inventory) -> list[tuple[Iri, str]]:  # noqa: FBT001
    found = (dict(c.sketch.values).get(CORE.presence) and c.sketch for c in stock.answering((iri, supports)))
    kinds = ((s.kind, writer.said(s.kind, dict(s.values)[CORE.presence])) for s in found if s)
    return list(dict.fromkeys(kinds))


def _sums(weights: list[float]) -> tuple[float, ...]:
    return tuple(sum(weights[: n + 1]) for n in range(len(weights)))
