"""What an engine is given of a graph is enough: it finds there what the reference finds in the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reasoner.cut import Cut, cut
from reasoner.engines import fast
from reasoner.rdf import Graph, Iri, Literal, Triple
from reasoner.shapes import Shapes
from reasoner.terms import RDF, SH, XSD, A
from reasoner.validate import Engine, hits

if TYPE_CHECKING:
    from reasoner.validate import Hit

pytestmark = pytest.mark.skipif(not fast.installed(), reason="the fast engine is not installed")

EX = "https://example.org/"
THING, KIND, OTHER, TO, ON, KNOWN = (Iri(EX + name) for name in ("Thing", "Kind", "Other", "to", "on", "known"))
SHAPE, VALUE, ARM, FURTHER, LIST, REST, BACK = (
    Iri(EX + n) for n in ("shape", "value", "arm", "further", "list", "rest", "back")
)
ONE, TWO, TRUE = Literal("1", XSD.integer), Literal("2", XSD.integer), Literal("true", XSD.boolean)


def shapes(*more: tuple[Iri, Iri, Iri | Literal], path: Iri = TO) -> Shapes:
    """Of every thing that at least one value is as ``VALUE`` says."""
    return Shapes((
        Triple(SHAPE, A, SH.PropertyShape), Triple(SHAPE, SH.targetClass, THING), Triple(SHAPE, SH.path, path),
        Triple(SHAPE, SH.qualifiedValueShape, VALUE), Triple(SHAPE, SH.qualifiedMinCount, ONE),
        *(Triple(*one) for one in more),
    ))  # fmt: skip


def either(first: Iri, join: Iri) -> tuple[tuple[Iri, Iri, Iri], ...]:
    """Arms of which the second asks for a kind."""
    arms = ((VALUE, join, LIST), (LIST, RDF.first, first), (LIST, RDF.rest, REST), (REST, RDF.first, ARM))
    return (*arms, (REST, RDF.rest, RDF.nil), (ARM, SH["class"], KIND), *((s, A, SH.NodeShape) for s in {first, ARM}))


KINDED = (VALUE, SH["class"], KIND)
WITH = ((FURTHER, SH.property, BACK), (BACK, SH.path, ON))
MARKED, KNOWING = (*WITH, (BACK, SH.hasValue, OTHER)), (*WITH, (BACK, SH.hasValue, KNOWN))
APART = {
    "a kind": shapes(KINDED),
    "a kind at most once": shapes(KINDED, (SHAPE, SH.qualifiedMaxCount, ONE)),
    "a kind by another shape": shapes((VALUE, SH.node, ARM), (ARM, A, SH.NodeShape), (ARM, SH["class"], KIND)),
    "one of two kinds": shapes(*either(FURTHER, SH["or"]), (FURTHER, SH["class"], OTHER)),
    "a kind and a value": shapes(*either(FURTHER, SH["and"]), *KNOWING),
    "a value": shapes((VALUE, SH.property, BACK), *MARKED[1:]),
    "a value or a kind": shapes(*either(FURTHER, SH["or"]), *MARKED),
    "a value and a kind, by another shape": shapes(
        (VALUE, SH.node, ARM), (ARM, A, SH.NodeShape), (ARM, SH["class"], KIND), (VALUE, SH.property, BACK), *MARKED[1:]
    ),
    "a kind that leads on": shapes(KINDED, (VALUE, SH.property, BACK), (BACK, SH.path, ON), (BACK, SH.hasValue, KNOWN)),
}  # fmt: skip
"""Shapes that regard no value that is of no kind and has no value of those that they know."""
ANY = {
    "a kind or a value": shapes(*either(FURTHER, SH["or"]), *KNOWING),
    "any value": shapes((VALUE, SH.property, BACK), (BACK, SH.path, ON), (BACK, SH.minCount, ONE)),
    "a value, of several": shapes((VALUE, SH.property, BACK), *KNOWING[1:], (BACK, SH.minCount, TWO)),
    "not a kind": shapes((VALUE, SH["not"], ARM), (ARM, A, SH.NodeShape), (ARM, SH["class"], KIND)),
    "a kind, which is not asked": shapes(KINDED, (VALUE, SH.deactivated, TRUE)),
    "a kind of what it leads to": shapes(KINDED, (VALUE, A, SH.PropertyShape), (VALUE, SH.path, ON)),
    "a kind, and of all how many there are": shapes(KINDED, (SHAPE, SH.maxCount, ONE)),
    "a kind, and elsewhere whether there are any": shapes(
        KINDED, (ARM, A, SH.PropertyShape), (ARM, SH.targetClass, KIND), (ARM, SH.path, TO), (ARM, SH.minCount, ONE)
    ),
    "a kind, of what is led to in two steps": shapes(
        KINDED, (LIST, RDF.first, TO), (LIST, RDF.rest, REST), (REST, RDF.first, TO), (REST, RDF.rest, RDF.nil),
        (ARM, A, SH.PropertyShape), (ARM, SH.targetClass, KIND), (ARM, SH.path, TO),
        (ARM, SH.qualifiedValueShape, VALUE), (ARM, SH.qualifiedMinCount, ONE), path=LIST,
    ),
    "a kind, of what leads here": shapes(
        KINDED, (BACK, SH.inversePath, ON), (ARM, A, SH.PropertyShape), (ARM, SH.targetClass, KIND),
        (ARM, SH.path, BACK), (ARM, SH.minCount, ONE),
    ),
    "a kind, and of all that lead on": shapes(
        KINDED, (ARM, A, SH.NodeShape), (ARM, SH.targetSubjectsOf, ON), (ARM, SH["class"], KIND)
    ),
    "a kind, and of a name": shapes(
        KINDED, (ARM, A, SH.NodeShape), (ARM, SH.targetNode, Iri(EX + "n2")), (ARM, SH["class"], KIND)
    ),
}  # fmt: skip
"""Shapes that regard some value that is neither."""


def asking(*more: tuple[Iri, Iri, Iri | Literal]) -> Shapes:
    """Something of every thing's values."""
    return Shapes((
        Triple(SHAPE, A, SH.PropertyShape), Triple(SHAPE, SH.targetClass, THING), Triple(SHAPE, SH.path, TO),
        *(Triple(*one) for one in more),
    ))  # fmt: skip


ELSEWHERE = ((ARM, A, SH.PropertyShape), (ARM, SH.targetClass, KIND), (ARM, SH.path, TO))
FEW = {
    "at least two": asking((SHAPE, SH.minCount, TWO)),
    "at least two, and elsewhere one": asking((SHAPE, SH.minCount, ONE), *ELSEWHERE, (ARM, SH.minCount, TWO)),
    "a value": asking((SHAPE, SH.hasValue, KNOWN)),
    "a number": asking((SHAPE, SH.hasValue, ONE)),
    "values, of which one elsewhere": asking((SHAPE, SH.hasValue, KNOWN), *ELSEWHERE, (ARM, SH.hasValue, ONE)),
}
"""Shapes for which two values are enough, whatever there is."""
ALL = {
    "of each value, that it has no two": asking((SHAPE, SH["not"], ARM), *ELSEWHERE[::2], (ARM, SH.minCount, TWO)),
    "at least two and at most two": asking((SHAPE, SH.minCount, TWO), (SHAPE, SH.maxCount, TWO)),
    "at least two, and elsewhere at most": asking((SHAPE, SH.minCount, TWO), *ELSEWHERE, (ARM, SH.maxCount, ONE)),
    "at least one, of a kind": asking((SHAPE, SH.minCount, ONE), (SHAPE, SH["class"], KIND)),
    "a value, and how many": asking((SHAPE, SH.hasValue, KNOWN), (SHAPE, SH.maxCount, TWO)),
    "a value, and elsewhere how many": asking((SHAPE, SH.hasValue, KNOWN), *ELSEWHERE, (ARM, SH.minCount, TWO)),
    "as many as another": asking((SHAPE, SH.minCount, ONE), (ARM, A, SH.PropertyShape), (ARM, SH.targetClass, KIND),
                                 (ARM, SH.path, ON), (ARM, SH.equals, TO)),
}  # fmt: skip
"""Shapes for which they are not."""

UNKINDED = [(Iri(EX + "n0"), TO, Iri(EX + "n1")), (Iri(EX + "n1"), ON, KNOWN)]
LIKE = [(Iri(EX + n), p, Iri(EX + v)) for n in ("n0", "n1", "n2") for p, v in ((TO, "n3"), (TO, "n2"), (A, "Thing"))]
MANY = [(Iri(EX + "n0"), TO, value) for value in (ONE, TWO, KNOWN, *(Iri(f"{EX}n{number}") for number in range(4)))]
IN_TWO_STEPS = [(Iri(EX + "n0"), TO, Iri(EX + "n1")), (Iri(EX + "n1"), TO, KNOWN), (KNOWN, A, KIND)]
BY_NAME = [(Iri(EX + "n0"), TO, KNOWN), (KNOWN, ON, KNOWN)]
WITHOUT_NAME = [(Iri(EX + "n0"), TO, Iri("_:b")), (Iri("_:b"), ON, KNOWN)]
NODES = st.sampled_from([*(Iri(f"{EX}n{number}") for number in range(4)), KNOWN])
KINDS = st.sampled_from([THING, KIND, OTHER, Iri(EX + "Unasked")])
STATED = st.lists(
    st.tuples(NODES, st.just(A), KINDS) | st.tuples(NODES, st.sampled_from([TO, ON]), NODES | st.just(ONE)), max_size=9
)


EVERY = {**APART, **ANY, **{f"{name}!": asked for name, asked in {**FEW, **ALL}.items()}}


def a_graph(stated: list[tuple[Iri, Iri, Iri]]) -> Graph:
    return Graph([Triple(Iri(EX + "n0"), A, THING), *(Triple(*one) for one in stated)])


def named(found: frozenset[Hit]) -> set[Hit]:
    """Without blank nodes, which an engine may call otherwise."""
    return {hit for hit in found if not hit.focus.startswith("_:")}


@pytest.mark.parametrize("name", EVERY)
@given(STATED)
@example(MANY)
@example(UNKINDED)
@example(LIKE)
@example(IN_TWO_STEPS)
@example(BY_NAME)
@example(WITHOUT_NAME)
@settings(max_examples=60, deadline=None)
def test_the_fast_engine_finds_what_the_reference_finds(name: str, stated: list[tuple[Iri, Iri, Iri]]) -> None:
    asked = EVERY[name]
    found, expected = (hits(a_graph(stated), asked, engine) for engine in (Engine.FAST, Engine.REFERENCE))
    assert named(found) == named(expected)


@pytest.mark.parametrize("name", APART)
def test_a_value_of_no_kind_is_not_handed_over(name: str) -> None:
    assert cut(a_graph(UNKINDED), APART[name]).nodes == [Iri(EX + "n0")]


@pytest.mark.parametrize("name", ANY)
def test_a_value_is_handed_over_where_one_of_no_kind_is_regarded(name: str) -> None:
    assert Iri(EX + "n1") in cut(a_graph(UNKINDED), ANY[name]).nodes


@pytest.mark.parametrize("name", FEW)
def test_no_more_values_are_handed_over_than_are_enough(name: str) -> None:
    assert 1 <= cut(a_graph(MANY), FEW[name]).content.count(b"\n") - 1 <= 2


@pytest.mark.parametrize("name", ALL)
def test_all_values_are_handed_over_where_they_are_counted_or_looked_at(name: str) -> None:
    assert cut(a_graph(MANY), ALL[name]).content.count(b"\n") - 1 == len(MANY)


@pytest.mark.parametrize("name", EVERY)
def test_of_nodes_of_which_the_same_is_said_one_is_handed_over_if_nothing_refers_to_it(name: str) -> None:
    given = cut(a_graph(LIKE), EVERY[name])
    referred = {node for node in given.nodes if f"> {written(node, given)} ." in given.content.decode()}
    assert bool(given.alike) == EVERY[name].by_kind
    assert given.alike.keys().isdisjoint(given.nodes)
    assert referred.isdisjoint(given.alike.values())


def written(node: Iri, given: Cut) -> str:
    """How a node is written."""
    return f"<n:{given.nodes.index(node)}>"
