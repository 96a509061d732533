"""Shapes made ready once for many graphs, and what they ask of a graph, by which it is cut."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reasoner.rdf import Graph, Iri, Literal, Term, Triple, ntriples
from reasoner.terms import OWL, RDF, RDFS, SH, XSD, A

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
_STANDARD = (RDF.prefix, RDFS.prefix, OWL.prefix, XSD.prefix, SH.prefix)


Mark = tuple[Iri, Term]
"""A property and a value of it, such as a kind, by which a node is known."""


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

    @cached_property
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
    def marks(self) -> Mapping[Iri, frozenset[Mark]]:
        """The properties of which the shapes regard no value that has none of some marks that are not kinds alone."""
        return {p: marks for p, marks in self._marks_asked.items() if _beside_kinds(marks)}

    @cached_property
    def _marks_asked(self) -> Mapping[Iri, frozenset[Mark]]:
        """The properties of which the shapes regard no value that has none of some marks.

        Such a property is only asked how many of its values are as a shape says that asks for one of these.
        """
        counted = ((p, [_marks_counted(s, self._stated) for s in of]) for p, of in self._asking.items())
        return {p: frozenset().union(*found) for p, found in counted if all(found)}

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
        return frozenset(self._marks_asked.keys() | self.enough.keys() | self.sought.keys())

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


def _marks_counted(shape: Iri, stated: Graph) -> frozenset[Mark]:
    """The marks of values where all that is asked of a property is how many are of these, among other things."""
    qualified = stated.iris(shape, SH.qualifiedValueShape)
    if not stated.predicates(shape).keys() <= _INERT | _QUALIFIED:
        return frozenset()
    return _of_all([_marks_of(q, stated) for q in qualified])


def _marks_of(shape: Iri, stated: Graph, above: tuple[Iri, ...] = ()) -> frozenset[Mark]:
    """Marks of which every node has one that a shape accepts; none where that is not plain."""
    if shape in above or stated.values(shape, SH.path) or stated.values(shape, SH.deactivated):
        return frozenset()
    beside = (*above, shape)

    def of_each(predicate: Iri) -> list[list[frozenset[Mark]]]:
        arms = [stated.members(head) for head in stated.iris(shape, predicate)]
        return [
            [frozenset() if isinstance(a, Literal) else _marks_of(a, stated, beside) for a in some] for some in arms
        ]

    found = [
        frozenset((A, kind) for kind in stated.iris(shape, SH["class"])),
        *(_marks_of(node, stated, beside) for node in stated.iris(shape, SH.node)),
        *(_of_all(arms) for arms in of_each(SH["or"])),
        *(marks for arms in of_each(SH["and"]) for marks in arms),
        *(_value_mark(node, stated) for node in stated.iris(shape, SH.property)),
    ]
    return min(filter(None, found), key=_beside_kinds, default=frozenset())


def _beside_kinds(marks: frozenset[Mark]) -> int:
    return sum(path != A for path, _ in marks)


def _value_mark(shape: Iri, stated: Graph) -> frozenset[Mark]:
    """The value that a shape asks a property for, if it asks for nothing else."""
    if not stated.predicates(shape).keys() <= _INERT | {SH.hasValue}:
        return frozenset()
    paths = [path for path in stated.iris(shape, SH.path) if not path.startswith("_:")]
    return frozenset((path, value) for path in paths for value in stated.values(shape, SH.hasValue)[:1])


def _of_all(found: list[frozenset[Mark]]) -> frozenset[Mark]:
    return frozenset().union(*found) if all(found) else frozenset()


def _is_standard(name: Iri) -> bool:
    return name.startswith(_STANDARD)
