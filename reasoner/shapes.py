"""Shapes made ready once for many graphs, and a graph cut down to what the shapes can see.

An engine spends most of its time on statements that no shape reads and on long names. A graph is therefore handed
over with numbers for names and without the statements whose predicate the shapes do not mention and the kinds that
they do not ask for. Graphs state every kind of every node, as prepared graphs do, so that no kind is missed. Where a
shape looks at names or at all that is stated of a node, both are left as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reasoner.rdf import Graph, Iri, Literal, Term, Triple, ntriples, number_text
from reasoner.terms import OWL, RDF, RDFS, SH, XSD, A

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LOOKS_AT_NAMES = frozenset({SH.pattern, SH.minLength, SH.maxLength, SH.closed})
"""Constraints that a new name or a statement left out could turn."""
REACHES_ACROSS = frozenset({SH.inversePath, SH.targetNode, SH.targetObjectsOf, SH.sparql})
"""What could lead from one graph to another that names the same things, were both one graph."""
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
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
    mentioned, paths, numbers = shapes.mentioned, shapes.paths, _Numbers(shapes.written_names, first)
    kinds = None if A in mentioned else mentioned
    told: list[str] = []
    subjects: list[Iri] = []
    for subject, stated in graph.by_subject() if isinstance(graph, Graph) else _by_subject(graph):
        seen: list[str] = []
        for predicate, values in stated.items():
            if (path := paths.get(predicate)) is not None:
                seen += [f"{path} {number_text(v) if isinstance(v, Literal) else numbers[v]} .\n" for v in values]
            elif predicate == A:
                seen += [
                    f"{_IS_A} {numbers[v]} .\n"
                    for v in values
                    if not isinstance(v, Literal) and (kinds is None or v in kinds)
                ]
        if seen:
            subjects.append(subject)
            name = numbers[subject] + " "
            told.append(name + name.join(seen))
    apart = not numbers.blank and shapes.written_names.keys().isdisjoint(subjects)
    return Cut("".join(told).encode(), numbers.nodes, apart)


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
