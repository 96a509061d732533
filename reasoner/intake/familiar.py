"""What the shapes of intake have passed before, so that an engine is asked only about what is new.

The shapes judge a node by few things: its kinds, how many values each property has, and of some properties what these
values are. A case of which every node is, in these respects, like nodes that conformed conforms too. This holds for
the constraints that are foreseen here; shapes with any other are always run.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.intake.draft import above, own_statements
from reasoner.intake.faults import INTAKE, shapes
from reasoner.intake.usage import individuals
from reasoner.rdf import Graph, Iri, Literal, Term
from reasoner.terms import RDF, SH, A

if TYPE_CHECKING:
    from reasoner.intake.draft import Draft
    from reasoner.ontology import Ontology
    from reasoner.validate import Engine

MAX_DESCRIPTIONS = 100_000
"""More than the shapes can tell apart in ordinary cases, so that cases of strangers do not fill the memory."""

_FORM = frozenset({A, SH.property, SH.targetClass, SH.targetNode, SH.targetSubjectsOf})
_COUNTS = frozenset({SH.minCount, SH.maxCount})
_FLAT = frozenset({SH["class"], SH["in"], SH.hasValue, SH.minInclusive, SH.maxInclusive})
"""Constraints that a value's name, number or kinds decide."""
_DEEP = frozenset({SH.node, SH["not"]})
"""Constraints that hand a value to another shape."""


class Familiar:
    """Descriptions of nodes that conformed."""

    def __init__(self) -> None:
        self._known: set[object] = set()

    def knows(self, described: set[object]) -> bool:
        """Whether all that is described conformed before."""
        return described <= self._known

    def learn(self, described: set[object]) -> None:
        """Keep what conformed."""
        if len(self._known) > MAX_DESCRIPTIONS:
            self._known.clear()
        self._known |= described


@cache
def familiar(ontology: Ontology, engine: Engine) -> Familiar:  # noqa: ARG001 - a memory for each
    """What conformed under an ontology, by an engine."""
    return Familiar()


def described(case: Draft) -> set[object] | None:
    """All that the shapes can tell apart in a case; nothing where they might see more than is foreseen here."""
    sight = _sight(case.ontology)
    return _nodes(case, sight) if sight.foreseen else None


class _Sight:
    """What the shapes can see."""

    def __init__(self, ontology: Ontology) -> None:
        graph = Graph(shapes())
        counted = {path for _, path in graph.pairs(SH.path)} | {p for _, p in graph.pairs(SH.targetSubjectsOf)}
        for _, head in graph.pairs(SH.alternativePath):
            counted.update(graph.members(head if not isinstance(head, Literal) else None))
        self.backwards = {path for _, path in graph.pairs(SH.inversePath)}
        self.read, self.followed, self.compared = set[Term](), set[Term](), {v for _, v in graph.pairs(SH.disjoint)}
        for shape, path in graph.pairs(SH.path):
            asked = graph.predicates(shape).keys()
            self.read |= {path} if asked & (_FLAT | _DEEP) and SH.disjoint not in asked else set()
            self.followed |= {path} if any(_goes_on(s, graph) for p in _DEEP for s in graph.iris(shape, p)) else set()
            self.compared |= {path} if SH.disjoint in asked else set()
        limits = [int(v.value) for p in _COUNTS for _, v in graph.pairs(p) if isinstance(v, Literal)]
        self.enough = 1 + max(limits, default=0)
        """A number of values beyond which no more are told apart."""
        targets = [kind for _, kind in graph.pairs(SH.targetClass) if not isinstance(kind, Literal)]
        self.foreseen = all(_is_foreseen(shape, graph) for shape in graph.all_subjects()) and not any(
            individuals(kind, ontology) for kind in targets
        )
        self.properties = _Properties(counted | self.compared, ontology)
        self.kinds = _Kinds({t.object for t in graph})


class _Properties(dict[Iri, tuple[Iri, ...]]):
    """Of each property and those above it, the ones that are seen."""

    def __init__(self, seen: set[Term], ontology: Ontology) -> None:
        super().__init__()
        self._seen, self._above = seen, above(ontology)

    def __missing__(self, predicate: Iri) -> tuple[Iri, ...]:
        every = (predicate, *self._above.get(predicate, ()))
        found = self[predicate] = tuple(p for p in every if p in self._seen)
        return found


class _Kinds(dict[frozenset[Iri], frozenset[Iri]]):
    """Of some kinds the ones that are seen."""

    def __init__(self, seen: set[Term]) -> None:
        super().__init__()
        self._seen = seen

    def __missing__(self, kinds: frozenset[Iri]) -> frozenset[Iri]:
        found = self[kinds] = kinds & self._seen
        return found


_sight = cache(_Sight)


def _is_foreseen(shape: Iri, graph: Graph) -> bool:
    """Whether what the shape asks of a node is seen in the descriptions."""
    asked = graph.predicates(shape).keys() - _FORM
    path = graph.iri(shape, SH.path)
    if path is None:
        is_target = bool(graph.predicates(shape).keys() & {SH.targetClass, SH.targetNode, SH.targetSubjectsOf})
        inside = {SH.inversePath, SH.alternativePath, RDF.first, RDF.rest}
        return asked <= ({SH["class"]} if is_target else _FLAT | inside)
    if graph.values(path, SH.alternativePath):
        return asked <= {SH.path, SH.minCount} and graph.text(shape, SH.minCount) in {"", "1"}
    if graph.predicates(path):
        return asked <= {SH.path, *_COUNTS} and set(graph.predicates(path)) == {SH.inversePath}
    return asked <= {SH.path, SH.disjoint} | _COUNTS | _FLAT | _DEEP


def _goes_on(shape: Iri, graph: Graph) -> bool:
    """Whether the shape looks beyond the value that it is given."""
    return bool(graph.predicates(shape).keys() - {A, SH["in"], SH["class"]})


def _nodes(case: Draft, sight: _Sight) -> set[object] | None:
    """How many values each node has of each property, and what those are that the shapes read."""
    kinds, held = _stated(case, sight)
    counts: dict[Iri, list[tuple[Iri, int]]] = {subject: [] for subject in kinds}
    found: set[object] = set()
    for (subject, predicate), values in held.items():
        number = 1
        if len(values) > 1:
            if any(isinstance(value, Literal) for value in values):
                return None  # which an engine may take for one value
            number = min(len(set(values)), sight.enough)
        counts[subject].append((predicate, number))
        if predicate in sight.read:
            if predicate in sight.followed and any(value in kinds for value in values):
                return None
            forms = frozenset(value if isinstance(value, Literal) else kinds.get(value, value) for value in values)
            found.add((kinds[subject], predicate, forms))
        elif predicate in sight.compared:
            return None
    found.update((kinds[subject], frozenset(counted)) for subject, counted in counts.items())
    return found


def _stated(case: Draft, sight: _Sight) -> tuple[dict[Iri, frozenset[Iri]], dict[tuple[Iri, Iri], list[Term]]]:
    """The kinds of each node that are seen, and the values of its properties that are, intake's own included."""
    seen_kinds, properties, backwards = sight.kinds, sight.properties, sight.backwards
    kinds = {subject: seen_kinds[found] for subject, found in case.kinds.items()}
    kinds[INTAKE.TheCase] = frozenset({INTAKE.TheCase})
    held: dict[tuple[Iri, Iri], list[Term]] = {}
    for subject, predicate, value, _ in case.quads:
        for seen in properties[predicate]:
            if (values := held.get((subject, seen))) is None:
                held[subject, seen] = [value]
            else:
                values.append(value)
        if predicate in backwards and value in kinds and not isinstance(value, Literal):
            held.setdefault((value, Iri("^" + predicate)), []).append(subject)
    for subject, predicate, value in own_statements(case):
        if predicate == A and not isinstance(value, Literal):
            kinds[subject] |= {value}
        else:
            held.setdefault((subject, predicate), []).append(value)
    return kinds, held
