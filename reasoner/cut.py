"""A graph cut down to what shapes can see of it.

An engine spends most of its time on statements that no shape reads and on long names. A graph is therefore handed
over with numbers for names and without the statements whose predicate the shapes do not mention, the kinds that they
do not ask for, and the nodes and values that they do not come to; and of nodes of which the same is said, one is
enough where nothing refers to them. Graphs state every kind of every node, as prepared graphs do, so that no kind is
missed. Where a shape looks at names or at all that is stated of a node, both are left as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reasoner.rdf import Graph, Iri, Literal, Term, Triple, number_text
from reasoner.terms import A

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Mapping

    from reasoner.shapes import Mark, Shapes


class Cut(NamedTuple):
    """A graph as an engine is given it, and the nodes that are numbered in it, in order of their numbers."""

    content: bytes
    nodes: list[Iri]
    apart: bool
    """Whether all that it says is said of numbered nodes, so that no other numbers' graph can add to it."""
    alike: Mapping[Iri, Iri]
    """The nodes that are left out since the same is said of another, each with that other, which is numbered."""


def cut(graph: Iterable[Triple], shapes: Shapes, first: int = 0) -> Cut:
    """What the shapes can see of a graph, as N-Triples; its nodes are numbered from ``first`` on."""
    stated = dict((graph if isinstance(graph, Graph) else Graph(graph)).by_subject())
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
        self._marked: Mapping[Iri, Container[Term]] = {}
        self._narrowed: Container[Iri] = ()
        self._enough: Mapping[Iri, int] = {}
        self._told: list[tuple[Iri, list[str]]] = []

    def roots(self, stated: Mapping[Iri, Mapping[Iri, list[Term]]]) -> Collection[Iri]:
        """The nodes that an engine can come to by itself: those of a kind that it looks for, and those it may know."""
        if not self.shapes.by_kind:
            return stated
        kinds, known = self.shapes.mentioned, self.shapes.written_names
        kinded = {s for s, values in stated.items() if not kinds.isdisjoint(values.get(A, ()))}
        self._kinded = kinded
        self._marked = {path: _having(marks, stated) for path, marks in self.shapes.marks.items()}
        self._narrowed, self._enough = self.shapes.narrowed, self.shapes.enough
        return kinded | {s for s in stated if s in known or s.startswith("_:")}

    def tell(self, subject: Iri, stated: Mapping[Iri, list[Term]]) -> None:
        """Write what the shapes can see of a node."""
        paths, kinds, numbers = self.shapes.paths, self._kinds, self.numbers
        seen: list[str] = []
        for predicate, values in stated.items():
            if predicate in self._enough:  # they are counted, so that it is no matter what they are
                seen += [f"{paths[predicate]} <c:{n}> .\n" for n in range(min(self._enough[predicate], len(values)))]
            elif (path := paths.get(predicate)) is not None:
                regarded = self._regarded(predicate, values) if predicate in self._narrowed else values
                seen += [f"{path} {number_text(v) if isinstance(v, Literal) else numbers[v]} .\n" for v in regarded]
            elif predicate == A:
                seen += [
                    f"{_IS_A} {numbers[v]} .\n"
                    for v in values
                    if not isinstance(v, Literal) and (kinds is None or v in kinds)
                ]
        if seen:
            self._told.append((subject, seen))

    def _regarded(self, predicate: Iri, values: list[Term]) -> list[Term]:
        """The values that the shapes need to be given of a property of which they do not need all."""
        wanted = self.shapes.sought.get(predicate, self._marked.get(predicate, self._kinded))
        return [v for v in values if v in wanted]

    def cut(self) -> Cut:
        """All that was written; of nodes of which the same is said, and to which nothing refers, the first."""
        numbers, known = self.numbers, self.shapes.written_names
        alike = self._alike() if self.shapes.by_kind else {}
        names = ((numbers[subject] + " ", seen) for subject, seen in self._told if subject not in alike)
        content = "".join([name + name.join(seen) for name, seen in names])
        apart = not numbers.blank and not any(subject in known for subject, _ in self._told)
        return Cut(content.encode(), numbers.nodes, apart, alike)

    def _alike(self) -> dict[Iri, Iri]:
        first: dict[tuple[str, ...], Iri] = {}
        alone = [(s, seen) for s, seen in self._told if s not in self.numbers and not s.startswith("_:")]
        found = ((subject, first.setdefault(tuple(sorted(seen)), subject)) for subject, seen in alone)
        return {subject: other for subject, other in found if subject != other}


def _having(marks: frozenset[Mark], stated: Mapping[Iri, Mapping[Iri, list[Term]]]) -> set[Iri]:
    """The nodes that have one of these values of a property."""
    return {s for s, values in stated.items() if any(value in values.get(path, ()) for path, value in marks)}


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
