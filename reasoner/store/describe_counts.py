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
from typing import TYPE_CHECKING

from reasoner.ontology import load_ontology
from reasoner.rdf import Iri, Literal
from reasoner.store.describe_kinds import main_classes
from reasoner.terms import CORE, STORE, A

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reasoner.rdf import Graph, Quad

    Classes = dict[Iri, set[Iri]]

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


DOCUMENT = CORE.ChartDocument
"""What a graph of a case is if nothing else is said of it."""


def counted(
    quads: Sequence[Quad], space: str, kinds: Mapping[Iri, Iri], elsewhere: Iterable[Graph] = ()
) -> dict[str, int]:
    """The numbers of the quads of one case, whose own things begin with ``space``; ``kinds`` are those of its graphs.

    What is said of other things is looked up in ``elsewhere``, to know under which classes they are shown.
    """
    found: Counter[tuple[str, ...]] = Counter()
    classes = _classes(quads, kinds, found)
    for kind, things in classes.items():
        for thing, stated in things.items():
            _count_thing(kind, thing, stated, found, own=thing.startswith(space))
    _count_links(quads, _Shown(classes, list(elsewhere)), found)
    return {" ".join(name): found[name] for name in sorted(found)}


def _classes(quads: Sequence[Quad], kinds: Mapping[Iri, Iri], found: Counter[tuple[str, ...]]) -> dict[str, Classes]:
    """The classes of every thing of which something is said, in each kind of graph and in all; counts statements."""
    classes: dict[str, Classes] = {ALL: {}}
    everywhere = classes[ALL]
    for subject, predicate, value, graph in quads:
        kind = kinds.get(graph, DOCUMENT) if graph else DOCUMENT
        found[Count.TRIPLES, kind] += 1
        found[Count.PROPERTY, kind, predicate] += 1
        stated = classes.setdefault(kind, {}).setdefault(subject, set())
        stated_anywhere = everywhere.setdefault(subject, set())
        if predicate == A and not isinstance(value, Literal):
            stated.add(value)
            stated_anywhere.add(value)
    return classes


def _count_thing(kind: str, thing: Iri, stated: set[Iri], found: Counter[tuple[str, ...]], *, own: bool) -> None:
    names: list[tuple[str, ...]] = [(Count.SUBJECTS, kind), *((Count.CLASS, kind, each) for each in stated)]
    if stated:
        names.append((Count.ENTITIES, kind))
    for name in names:
        found[name if own else (Count.FOREIGN, *name, thing)] += 1


def _count_links(quads: Sequence[Quad], shown: _Shown, found: Counter[tuple[str, ...]]) -> None:
    for subject, predicate, value, _ in quads:
        if predicate == A:
            continue
        ends: tuple[str, ...] = (value.datatype,) if isinstance(value, Literal) else shown[value]
        name = Count.VALUE if isinstance(value, Literal) else Count.LINK
        for kind in shown[subject]:
            found[Count.USE, kind, predicate] += 1
            for end in ends:
                found[name, kind, predicate, end] += 1


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
