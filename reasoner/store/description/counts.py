"""What is counted of one case for the description of a store: numbers that can be added up and taken away again.

A number has a name of words with blanks between them; a graph is named by its kind, ``*`` is all graphs of the case:

triples KIND                   statements, each in the graph in which it stands
subjects KIND                  things of the case of which something is said
entities KIND                  those of them that have a class
class KIND CLASS               things of the case that are of a class
property KIND PROPERTY         statements with a property
use CLASS PROPERTY             statements with a property about things that are shown under a class
link CLASS PROPERTY CLASS      those that lead to things that are shown under another
value CLASS PROPERTY DATATYPE  those that give a literal
foreign ... THING              any of the first four for a thing that is not the case's own, so that it counts once
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING

from reasoner.ontology import load_ontology
from reasoner.rdf import Iri, Literal
from reasoner.store.description.kinds import main_classes
from reasoner.terms import CORE, STORE, A

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reasoner.rdf import Graph, Quad

ALL = Iri("*")


class Count(StrEnum):
    """What is counted: the first word of a number's name."""

    TRIPLES = "triples"
    SUBJECTS = "subjects"
    ENTITIES = "entities"
    CLASS = "class"
    PROPERTY = "property"
    USE = "use"
    LINK = "link"
    VALUE = "value"
    FOREIGN = "foreign"


_WHERE, _HOW = attrgetter("graph", "subject"), attrgetter("graph", "predicate")
DOCUMENT = CORE.ChartDocument
"""What a graph of a case is if nothing else is said of it."""


def counted(
    quads: Sequence[Quad], space: str, kinds: Mapping[Iri, Iri], elsewhere: Iterable[Graph] = ()
) -> dict[str, int]:
    """The numbers of the quads of one case, whose own things begin with ``space``; ``kinds`` are those of its graphs.

    What is said of other things is looked up in ``elsewhere``, to know under which classes they are shown.
    """
    graphs = {graph: kinds.get(graph, DOCUMENT) if graph else DOCUMENT for graph in {quad.graph for quad in quads}}
    typed = {
        (graphs[graph], subject, value)
        for subject, predicate, value, graph in quads
        if predicate == A and not isinstance(value, Literal)
    }
    found: Counter[tuple[str, ...]] = Counter()
    _count_statements(quads, graphs, found)
    _count_things({(graphs[graph], subject) for graph, subject in set(map(_WHERE, quads))}, typed, space, found)
    _count_links(quads, _Shown(typed, space, list(elsewhere)), found)
    return {" ".join(name): found[name] for name in sorted(found)}


def _count_statements(quads: Sequence[Quad], graphs: Mapping[Iri | None, Iri], found: Counter[tuple[str, ...]]) -> None:
    for (graph, predicate), number in Counter(map(_HOW, quads)).items():
        kind = graphs[graph]
        found[Count.TRIPLES, kind] += number
        found[Count.PROPERTY, kind, predicate] += number


def _count_things(
    said: set[tuple[Iri, Iri]], typed: set[tuple[Iri, Iri, Iri]], space: str, found: Counter[tuple[str, ...]]
) -> None:
    """Things and their classes, in each kind of graph and in all."""
    things = said | {(ALL, thing) for _, thing in said}
    classes = typed | {(ALL, thing, stated) for _, thing, stated in typed}
    numbers: list[tuple[tuple[str, ...], Iri]] = [
        *(((Count.SUBJECTS, kind), thing) for kind, thing in things),
        *(((Count.ENTITIES, kind), thing) for kind, thing in {(kind, thing) for kind, thing, _ in classes}),
        *(((Count.CLASS, kind, stated), thing) for kind, thing, stated in classes),
    ]
    found.update(name if thing.startswith(space) else (Count.FOREIGN, *name, thing) for name, thing in numbers)


def _count_links(quads: Sequence[Quad], shown: _Shown, found: Counter[tuple[str, ...]]) -> None:
    links = Counter(
        (shown[subject], predicate, value.datatype if isinstance(value, Literal) else shown[value])
        for subject, predicate, value, _ in quads
        if predicate != A
    )
    for (starts, predicate, ends), number in links.items():
        name, several = (Count.VALUE, (ends,)) if isinstance(ends, str) else (Count.LINK, ends)
        for start in starts:
            found[Count.USE, start, predicate] += number
            for end in several:
                found[name, start, predicate, end] += number


class _Shown(dict["Iri", "tuple[Iri, ...]"]):
    """The classes under which each thing is shown, worked out once."""

    def __init__(self, typed: set[tuple[Iri, Iri, Iri]], space: str, elsewhere: Sequence[Graph]) -> None:
        self._stated: dict[Iri, set[Iri]] = {}
        self._inferred: dict[Iri, set[Iri]] = {}
        for kind, thing, stated in typed:
            known = self._inferred if kind == STORE.InferredTypes else self._stated
            known.setdefault(thing, set()).add(stated)
        self._space, self._elsewhere, self._ontology = space, elsewhere, load_ontology()

    def __missing__(self, thing: Iri) -> tuple[Iri, ...]:
        stated = frozenset(self._stated.get(thing, ()))
        if not thing.startswith(self._space):
            stated = stated.union(*(graph.iris(thing, A) for graph in self._elsewhere))
        self[thing] = found = main_classes(stated, frozenset(self._inferred.get(thing, ())), self._ontology)
        return found
