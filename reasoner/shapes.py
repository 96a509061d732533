"""Shapes made ready once for many graphs, and a graph cut down to what the shapes can see.

An engine spends most of its time on statements that no shape reads and on long names. A graph is therefore handed
over with numbers for names and without the statements whose predicate the shapes do not mention, the kinds that they
do not ask for, and the nodes and values that they do not come to. Graphs state every kind of every node, as prepared
graphs do, so that no kind is missed. Where a shape looks at names or at all that is stated of a node, both are left as
they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reasoner.rdf import Graph, Iri, Literal, Term, Triple, ntriples, number_text
from reasoner.terms import OWL, RDF, RDFS, SH, XSD, A

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Mapping

LOOKS_AT_NAMES = frozenset({SH.pattern, SH.minLength, SH.maxLength, SH.closed})
"""Constraints that a new name or a statement left out could turn."""
REACHES_ACROSS = frozenset({SH.inversePath, SH.targetNode, SH.targetObjectsOf, SH.sparql})
"""What could lead from one graph to another that names the same things, were both one graph."""
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_INERT = frozenset({A, SH.path, SH.targetClass, SH.severity, SH.message, SH.name, SH.description})
"""What a shape may say beside its constraints without asking anything of a value."""
_QUALIFIED = frozenset({SH.qualifiedValueShape, SH.qualifiedMinCount, SH.qualifiedMaxCount})
_MANY = 1_000_000
"""More values than a node of any case has."""
_STANDARD = (RDF, RDFS, OWL, XSD, SH)


@dataclass(frozen=True, eq=False)
class Shapes:
    """The statements of shapes graphs that an engine reads."""

    triples: tuple[Triple, ...]

    @cached_property
    def as_they_are(self) -> bool:
        """Whether graphs must be handed over whole."""
        return any(t.predicate in LOOKS_AT_NAMES for t in self.triples)

    @cached_property
    def reach_across(self) -> bool:
        """Whether graphs that name the same things cannot be one graph to an engine."""
        return not REACHES_ACROSS.isdisjoint(self.mentioned | {t.predicate for t in self.triples})

    @cached_property
    def content(self) -> bytes:
        """The shapes as N-Triples, by their short names."""
        return self._written(self.triples)

    @cached_property
    def marked(self) -> bytes:
        """The same, each shape with a mark of its own."""
        return self._written((*self.triples, *_marks(self.triples)))

    def _written(self, triples: Iterable[Triple]) -> bytes:
        return ntriples(
            Triple(self._short(s), self._short(p), o if isinstance(o, Literal) else self._short(o))
            for s, p, o in _asking_for_types(triples)
        )

    @cached_property
    def names(self) -> Mapping[Iri, Iri]:
        """A short name for every name that the shapes use, but for those of the standards themselves."""
        own = [t for t in sorted(self._used) if not t.startswith("_:") and not _is_standard(t)]
        return {name: Iri(f"s:{number}") for number, name in enumerate(own)}

    @property
    def _used(self) -> set[Iri]:
        return {t for triple in self.triples for t in triple if not isinstance(t, Literal)}

    @cached_property
    def full_names(self) -> Mapping[str, Iri]:
        """The name that each short name stands for."""
        return {short: name for name, short in self.names.items()}

    @cached_property
    def mentioned(self) -> frozenset[Iri]:
        """Whatever the shapes refer to: paths, kinds and values."""
        return frozenset(t.object for t in self.triples if not isinstance(t.object, Literal))

    @cached_property
    def paths(self) -> Mapping[Iri, str]:
        """The properties that the shapes may look at, kinds apart, as N-Triples writes them."""
        written = self.written_names
        return {name: written[name] for name in self.mentioned if name in written and name != A}

    @cached_property
    def by_kind(self) -> bool:
        """Whether the shapes begin at nodes of kinds that they mention, and go on from these to their values only."""
        elsewhere = any(t.predicate in {SH.targetSubjectsOf, SH.target} for t in self.triples)
        return not (elsewhere or self.reach_across or A in self.mentioned)

    @cached_property
    def of_kinds(self) -> frozenset[Iri]:
        """The properties of which the shapes regard no value that is of none of the kinds that they mention.

        Such a property is only asked how many of its values are as a shape says that asks for a kind.
        """
        return frozenset(p for p, shapes in self._asking.items() if all(_counts_kinds(s, self._stated) for s in shapes))

    @cached_property
    def enough(self) -> Mapping[Iri, int]:
        """How many values are enough of a property of which the shapes ask only whether there are so many."""
        stated = self._stated
        return {p: max(int(stated.text(s, SH.minCount) or 0) for s in of) for p, of in self._asked_only(SH.minCount)}

    @cached_property
    def sought(self) -> Mapping[Iri, frozenset[Term]]:
        """The values that the shapes look for among those of a property, where that is all that they ask of it."""
        stated = self._stated
        asked = self._asked_only(SH.hasValue)
        return {p: frozenset(v for s in of for v in stated.values(s, SH.hasValue)) for p, of in asked}

    @cached_property
    def narrowed(self) -> frozenset[Iri]:
        """The properties of which the shapes need not be given all values."""
        return self.of_kinds | self.enough.keys() | self.sought.keys()

    def _asked_only(self, constraint: Iri) -> Iterator[tuple[Iri, list[Iri]]]:
        """The properties of which shapes ask this and nothing else, each with these shapes."""
        only = _INERT | {constraint}
        for path, shapes in self._asking.items():
            if all(self._stated.predicates(shape).keys() <= only for shape in shapes):
                yield path, shapes

    @cached_property
    def _asking(self) -> Mapping[Iri, list[Iri]]:
        """The shapes that look at each property, of those that are named as the path of shapes and nowhere else."""
        used = {t.object for t in self.triples if t.predicate != SH.path}
        asking: dict[Iri, list[Iri]] = {}
        for shape, path in self._stated.pairs(SH.path):
            if path in self.paths and path not in used and not isinstance(path, Literal):
                asking.setdefault(path, []).append(shape)
        return asking

    @cached_property
    def _stated(self) -> Graph:
        return Graph(self.triples)

    def name_of(self, node: str) -> Iri:
        """The name of a node without a number, as an engine writes it."""
        return self.full_names.get(node[1:-1], Iri(node.strip("<>")))

    def _short(self, name: Iri) -> Iri:
        return self.names.get(name, name)

    @cached_property
    def written_names(self) -> Mapping[Iri, str]:
        """What is called alike in every graph, as N-Triples writes it: the short names, and those of the standards."""
        standard = {name: f"<{name}>" for name in self._used if _is_standard(name)}
        return {**standard, **{name: f"<{short}>" for name, short in self.names.items()}}


def _marks(triples: Iterable[Triple]) -> Iterator[Triple]:
    """For each shape with a target a condition of its own that always holds.

    An engine that compiles shapes takes two that ask the same for one, and one way to ask it for results names only
    one of the two.
    """
    stated = Graph(triples)
    targeted = {s for target in _TARGETS for s, _ in stated.pairs(target)}
    for number, shape in enumerate(sorted(targeted)):
        if stated.values(shape, SH.path) and not stated.values(shape, SH.maxCount):
            yield Triple(shape, SH.maxCount, Literal(str(_MANY + number), XSD.integer))
        else:
            mark = Iri(f"m:{number}")
            yield from (Triple(shape, SH["not"], mark), Triple(mark, A, SH.NodeShape), Triple(mark, SH.hasValue, mark))


def _asking_for_types(triples: Iterable[Triple]) -> Iterator[Triple]:
    """The same shapes, which look for a kind among the types of a node.

    An engine that is asked for the class goes through all kinds above each type; here they are stated.
    """
    asked: dict[Term, Iri] = {}
    for triple in triples:
        if triple.predicate == SH["class"]:
            yield Triple(triple.subject, SH.property, asked.setdefault(triple.object, Iri(f"k:{len(asked)}")))
        else:
            yield triple
    for kind, shape in asked.items():
        yield from (Triple(shape, A, SH.PropertyShape), Triple(shape, SH.path, A), Triple(shape, SH.hasValue, kind))


def _counts_kinds(shape: Iri, stated: Graph) -> bool:
    """Whether all that is asked of a property is how many of its values are of some kind, among other things."""
    qualified = stated.iris(shape, SH.qualifiedValueShape)
    return (
        stated.predicates(shape).keys() <= _INERT | _QUALIFIED
        and bool(qualified)
        and all(_asks_for_kind(q, stated) for q in qualified)
    )


def _asks_for_kind(shape: Iri, stated: Graph, above: tuple[Iri, ...] = ()) -> bool:
    """Whether a shape accepts only nodes of some kind that it names; not where that is not plain."""
    if shape in above or stated.values(shape, SH.path) or stated.values(shape, SH.deactivated):
        return False
    if stated.iris(shape, SH["class"]):
        return True

    def of_each(predicate: Iri) -> list[list[bool]]:
        heads = stated.iris(shape, predicate)
        return [
            [not isinstance(m, Literal) and _asks_for_kind(m, stated, (*above, shape)) for m in stated.members(head)]
            for head in heads
        ]

    joined = [_asks_for_kind(node, stated, (*above, shape)) for node in stated.iris(shape, SH.node)]
    either = [bool(arms) and all(arms) for arms in of_each(SH["or"])]
    return any(joined) or any(either) or any(map(any, of_each(SH["and"])))


def _is_standard(name: Iri) -> bool:
    return any(name in vocabulary for vocabulary in _STANDARD)


class Cut(NamedTuple):
    """A graph as an engine is given it, and the nodes that are numbered in it, in order of their numbers."""

    content: bytes
    nodes: list[Iri]
    apart: bool
    """Whether all that it says is said of numbered nodes, so that no other numbers' graph can add to it."""


def cut(graph: Iterable[Triple], shapes: Shapes, first: int = 0) -> Cut:
    """What the shapes can see of a graph, as N-Triples; its nodes are numbered from ``first`` on."""
    stated = dict(graph.by_subject() if isinstance(graph, Graph) else _by_subject(graph))
    given = _Given(shapes, first)
    roots = given.roots(stated)
    for subject in roots:
        given.tell(subject, stated[subject])
    for node in given.numbers.nodes:  # which are more with each that is told
        if node in stated and node not in roots:
            given.tell(node, stated[node])
    return given.cut()


class _Given:
    """What an engine is given of a graph, while it is written."""

    def __init__(self, shapes: Shapes, first: int) -> None:
        self.shapes, self.numbers = shapes, _Numbers(shapes.written_names, first)
        self._kinds = None if A in shapes.mentioned else shapes.mentioned
        self._kinded: Container[Term] = ()
        self._narrowed: Container[Iri] = ()
        self._told: list[str] = []
        self._subjects: list[Iri] = []

    def roots(self, stated: Mapping[Iri, Mapping[Iri, list[Term]]]) -> Collection[Iri]:
        """The nodes that an engine can come to by itself: those of a kind that it looks for, and those it may know."""
        if not self.shapes.by_kind:
            return stated
        kinds, known = self.shapes.mentioned, self.shapes.written_names
        kinded = {s for s, values in stated.items() if not kinds.isdisjoint(values.get(A, ()))}
        self._kinded = kinded
        self._narrowed = self.shapes.narrowed
        return kinded | {s for s in stated if s in known or s.startswith("_:")}

    def tell(self, subject: Iri, stated: Mapping[Iri, list[Term]]) -> None:
        """Write what the shapes can see of a node."""
        paths, kinds, numbers = self.shapes.paths, self._kinds, self.numbers
        seen: list[str] = []
        for predicate, values in stated.items():
            if (path := paths.get(predicate)) is not None:
                regarded = self._regarded(predicate, values) if predicate in self._narrowed else values
                seen += [f"{path} {number_text(v) if isinstance(v, Literal) else numbers[v]} .\n" for v in regarded]
            elif predicate == A:
                seen += [
                    f"{_IS_A} {numbers[v]} .\n"
                    for v in values
                    if not isinstance(v, Literal) and (kinds is None or v in kinds)
                ]
        if seen:
            self._subjects.append(subject)
            name = numbers[subject] + " "
            self._told.append(name + name.join(seen))

    def _regarded(self, predicate: Iri, values: list[Term]) -> list[Term]:
        """The values that the shapes need to be given of a property of which they do not need all."""
        shapes = self.shapes
        if predicate in shapes.enough:
            return list(dict.fromkeys(values))[: shapes.enough[predicate]]
        wanted = shapes.sought.get(predicate, self._kinded)
        return [v for v in values if v in wanted]

    def cut(self) -> Cut:
        """All that was written."""
        apart = not self.numbers.blank and self.shapes.written_names.keys().isdisjoint(self._subjects)
        return Cut("".join(self._told).encode(), self.numbers.nodes, apart)


def _by_subject(triples: Iterable[Triple]) -> Iterable[tuple[Iri, dict[Iri, list[Term]]]]:
    """What is stated of each subject, by predicate; in no order, and what is said twice twice."""
    found: dict[Iri, dict[Iri, list[Term]]] = {}
    for subject, predicate, value in triples:
        found.setdefault(subject, {}).setdefault(predicate, []).append(value)
    return found.items()


_IS_A = f"<{A}>"


class _Numbers(dict[Iri, str]):
    """Numbers for the names that no shape uses; blank nodes keep their labels."""

    def __init__(self, known: Mapping[Iri, str], first: int) -> None:
        super().__init__(known)
        self.nodes: list[Iri] = []
        self.first, self.blank = first, False

    def __missing__(self, name: Iri) -> str:
        if name.startswith("_:"):
            self.blank = True
            return name
        self[name] = written = f"<n:{self.first + len(self.nodes)}>"
        self.nodes.append(name)
        return written
