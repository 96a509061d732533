"""The synthetic findings of an edition and what each answers, as a SHACL engine sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from reasoner.author.findings import Maker, fillers
from reasoner.author.scene import Placement, Scene, Sketch, case_of, quads, scene_of
from reasoner.author.ways import ways
from reasoner.classify import classify
from reasoner.derive import derive, facts
from reasoner.guideline.probes import CONTRADICTS, SUPPORTS, run
from reasoner.intake import problems
from reasoner.rdf import Graph, Iri
from reasoner.terms import BASE, CORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reasoner.guideline.edition import Edition
    from reasoner.ontology import Ontology
    from reasoner.rdf import Triple
    from reasoner.validate import Engine, Result

Atom = tuple[Iri, bool]
"""A criterion or caution, and whether a finding supports it or speaks against it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A synthetic finding, with what it and all that belongs to it answer."""

    sketch: Sketch
    atoms: frozenset[Atom]
    derived: frozenset[Atom]
    """What is answered by a finding that is derived from it, which has no site."""


@dataclass(frozen=True, slots=True, eq=False)
class Inventory:
    """Everything that a case of an edition can be synthesized from."""

    edition: Edition
    ontology: Ontology
    scene: Scene
    candidates: tuple[Candidate, ...]
    extents: Mapping[int, frozenset[Atom]] = field(hash=False)
    """What a request answers by its extent alone, by the number of its segments."""
    refused: Mapping[Sketch, str] = field(hash=False)
    """Sketches that intake refuses, and why."""

    def answering(self, atom: Atom) -> list[Candidate]:
        """The candidates that answer a criterion on one side and not on the other as well, smallest first."""
        other = (atom[0], not atom[1])
        return [c for c in self.candidates if atom in c.atoms | c.derived and other not in c.atoms | c.derived]


@cache
def inventory(edition: Edition, ontology: Ontology, engine: Engine) -> Inventory:
    """The candidates of an edition, each put before the engine by itself."""
    spare = fillers(edition, ontology)
    scene = scene_of(edition, ontology, spare[0])
    maker = Maker(edition, ontology, scene)
    made: dict[Sketch, None] = {}
    for criterion in (*edition.criteria.values(), *edition.cautions.values()):
        for shape in (criterion.supporting, criterion.contrary):
            for way in ways(shape, edition.graph, ontology) if shape else ():
                made.update(dict.fromkeys(maker.sketches(way, criterion.looks_for)))
    extents = sorted({s.segments for s in made if s.segments} | ({1, 2, 3} if scene.levels else {0}))
    stated = [s for s in made if not s.segments]
    refused = dict(_refused(stated, scene, ontology, engine))
    kept = [s for s in stated if s not in refused]
    candidates, bare = _screened(kept, extents, scene, edition, ontology, engine)
    return Inventory(edition, ontology, scene, candidates, bare, refused)


def _refused(sketches: list[Sketch], scene: Scene, ontology: Ontology, engine: Engine) -> Iterable[tuple[Sketch, str]]:
    """The sketches that intake refuses, found by halving."""
    if not sketches:
        return
    found = problems(case_of(scene, map(Placement, sketches), 1, ontology), ontology, engine)
    if not found:
        return
    if len(sketches) == 1:
        yield sketches[0], found[0].problem
        return
    half = len(sketches) // 2
    for part in (sketches[:half], sketches[half:]):
        yield from _refused(part, scene, ontology, engine)


def _screened(
    sketches: Sequence[Sketch],
    extents: Sequence[int],
    scene: Scene,
    edition: Edition,
    ontology: Ontology,
    engine: Engine,
) -> tuple[tuple[Candidate, ...], dict[int, frozenset[Atom]]]:
    """What each sketch answers, and each bare request: all in one run, each in a case of its own."""
    cases = [([Placement(s)], extents[0]) for s in sketches] + [([], count) for count in extents]
    statements: list[Triple] = []
    for number, (placements, count) in enumerate(cases):
        known = facts(quads(scene, placements, count, ontology, _case(number)), ontology, scene.day(CORE.asOf))
        statements += known.graph.plus(derive(known))
    graph = Graph(statements)
    own, derived = answered(run(edition, graph.plus(classify(graph, ontology)), engine), edition)
    candidates = [
        Candidate(s, own.get(_case(n), frozenset()), derived.get(_case(n), frozenset())) for n, s in enumerate(sketches)
    ]
    first = len(sketches)
    bare = {
        count: own.get(key, frozenset()) | derived.get(key, frozenset())
        for count, key in ((c, f"{_case(first + i)}bare/") for i, c in enumerate(extents))
    }
    return tuple(sorted((c for c in candidates if c.atoms | c.derived), key=lambda c: c.sketch.size)), bare


def _case(number: int) -> str:
    return f"{BASE}cases/synthetic-{number}/"


def answered(
    results: Iterable[Result], edition: Edition
) -> tuple[dict[str, frozenset[Atom]], dict[str, frozenset[Atom]]]:
    """What is answered in each case by stated and by derived findings; by the bare request under ``…/bare/``."""
    own: dict[str, set[Atom]] = {}
    derived: dict[str, set[Atom]] = {}
    known = {*edition.criteria, *edition.cautions}
    for result in results:
        for suffix, supports in ((SUPPORTS, True), (CONTRADICTS, False)):
            name = Iri(result.shape.removesuffix(suffix))
            if name in known and result.shape.endswith(suffix):
                case, local = _split(result.focus)
                bare = local.startswith("earlier-") or local == "request/derived/extent"
                where = derived if "/derived/" in local else own
                where.setdefault(f"{case}bare/" if bare else case, set()).add((name, supports))
    return {k: frozenset(v) for k, v in own.items()}, {k: frozenset(v) for k, v in derived.items()}


def _split(focus: str) -> tuple[str, str]:
    at = focus.index("/", len(f"{BASE}cases/")) + 1
    return focus[:at], focus[at:]
