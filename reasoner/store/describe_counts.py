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
from reasoner.store.describe_kinds import main_classes
from reasoner.terms import CORE, STORE, A

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from reasoner.rdf import Graph, Quad

    Classes = Mapping[Iri, AbstractSet[Iri]]

ALL = "*"


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


_GRAPH_AND_PREDICATE = attrgetter("graph", "predicate")
DOCUMENT = CORE.ChartDocument
"""What a graph of a case is if nothing else is said of it."""


def counted(
    quads: Sequence[Quad], space: str, kinds: Mapping[Iri, Iri], elsewhere: Iterable[Graph] = ()
) -> dict[str, int]:
    """The numbers of the quads of one case, whose own things begin with ``space``; ``kinds`` are those of its graphs.

    What is said of other things is looked up in ``elsewhere``, to know under which classes they are shown.
    """
    found: Counter[tuple[str, ...]] = Counter()
    _count_statements(quads, kinds, found)
    classes = _classes(quads, kinds)
    for kind, things in classes.items():
        for thing, stated in things.items():
            _count_thing(kind, thing, stated, found, own=thing.startswith(space))
    _count_links(quads, _Shown(classes, list(elsewhere)), found)
    return {" ".join(name): found[name] for name in sorted(found)}


def _count_statements(quads: Sequence[Quad], kinds: Mapping[Iri, Iri], found: Counter[tuple[str, ...]]) -> None:
    for (graph, predicate), number in Counter(map(_GRAPH_AND_PREDICATE, quads)).items():
        kind = kinds.get(graph, DOCUMENT)
        found[Count.TRIPLES, kind] += number
        found[Count.PROPERTY, kind, predicate] += number


def _classes(quads: Sequence[Quad], kinds: Mapping[Iri, Iri]) -> Mapping[str, Classes]:
    """The classes of every thing of which something is said, in each kind of graph and in all."""
    stated: dict[Iri | None, dict[Iri, set[Iri]]] = {}
    for subject, predicate, value, graph in quads:
        here = stated.setdefault(graph, {}).setdefault(subject, set())
        if predicate == A and not isinstance(value, Literal):
            here.add(value)
    classes: dict[str, dict[Iri, AbstractSet[Iri]]] = {ALL: {}}
    for graph, things in stated.items():
        for kind in (kinds.get(graph, DOCUMENT) if graph else DOCUMENT, ALL):
            together = classes.setdefault(kind, {})
            for thing, found in things.items():
                together[thing] = together.get(thing, frozenset()) | found
    return classes


def _count_thing(
    kind: str, thing: Iri, stated: AbstractSet[Iri], found: Counter[tuple[str, ...]], *, own: bool
) -> None:
    names: list[tuple[str, ...]] = [(Count.SUBJECTS, kind), *((Count.CLASS, kind, each) for each in stated)]
    if stated:
        names.append((Count.ENTITIES, kind))
    for name in names:
        found[name if own else (Count.FOREIGN, *name, thing)] += 1


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

    def __init__(self, classes: Mapping[str, Classes], elsewhere: Sequence[Graph]) -> None:
        self._inferred: Classes = classes.get(STORE.InferredTypes, {})
        self._stated = [things for kind, things in classes.items() if kind not in {ALL, STORE.InferredTypes}]
        self._elsewhere, self._ontology = elsewhere, load_ontology()

    def __missing__(self, thing: Iri) -> tuple[Iri, ...]:
        stated = frozenset[Iri]().union(
            *(graph.iris(thing, A) for graph in self._elsewhere), *(things.get(thing, ()) for things in self._stated)
        )
        self[thing] = found = main_classes(stated, frozenset(self._inferred.get(thing, ())), self._ontology)
        return found
