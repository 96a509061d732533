"""Many graphs handed to the engine as one: each gets the results that it has alone, and sees no other."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from reasoner.engines import fast
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.guideline.probes import compiled
from reasoner.judge import prepare, settled
from reasoner.load import load_content
from reasoner.ontology import load_ontology
from reasoner.rdf import Graph, Iri, Literal, Triple
from reasoner.shapes import REACHES_ACROSS, Shapes
from reasoner.synthetic.compose import compose
from reasoner.synthetic.stock import stocks
from reasoner.synthetic.words import words
from reasoner.terms import RDF, SH, A
from reasoner.validate import FEW, TOGETHER, CannotRunError, Engine, hits, hits_of_each

if TYPE_CHECKING:
    from reasoner.guideline.edition import Edition
    from reasoner.validate import Hit

pytestmark = pytest.mark.skipif(not fast.installed(), reason="the fast engine is not installed")


EX = "https://example.org/"
THING, KIND, PATH, KNOWN = (Iri(EX + name) for name in ("Thing", "Kind", "path", "known"))
SHAPE, OTHER = Iri(EX + "shape"), Iri(EX + "other")
INVERSE = Iri("_:inverse")


EDITIONS = [read_edition(path, load_ontology()) for path in all_editions()]


@cache
def judged(edition: Edition) -> tuple[Graph, ...]:
    ontology = load_ontology()
    own, said = stocks(ontology), words(ontology)
    found = []
    for number in range(1, 61):
        content = compose(number, 3, own, said).quads.encode()
        prepared = prepare(load_content(f"s{number}", "s", ".nq", content), ontology, Engine.FAST)
        found.append(settled(prepared, prepared.record(ontology), edition, ontology)[0])
    return tuple(found)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda e: e.iri)
def test_each_of_many_cases_has_the_hits_that_it_has_alone(edition: Edition) -> None:
    graphs, shapes = judged(edition), compiled(edition)
    alone = [hits(graph, shapes, Engine.FAST) for graph in graphs]
    assert hits_of_each(graphs, shapes, Engine.FAST) == alone
    assert len(set(alone)) > FEW


def test_the_hits_are_those_of_one_run_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = EDITIONS[0]
    graphs, runs = (judged(edition) * 2)[: TOGETHER + FEW], []
    together = fast.failures
    monkeypatch.setattr(fast, "failures", lambda *given: runs.append(1) or together(*given))
    monkeypatch.setattr(fast, "pairs", None)
    assert len(hits_of_each(graphs, compiled(edition), Engine.FAST)) == TOGETHER + FEW
    assert len(runs) == 2


def test_where_the_engine_cannot_take_them_together_each_is_taken_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = EDITIONS[0]
    graphs, shapes = judged(edition), compiled(edition)
    expected = hits_of_each(graphs, shapes, Engine.FAST)

    def fails(*_: object) -> None:
        raise fast.EngineFault

    monkeypatch.setattr(fast, "failures", fails)
    assert hits_of_each(graphs, shapes, Engine.FAST) == expected


def test_shapes_that_cannot_be_run_are_refused_together_as_alone() -> None:
    bad = Shapes(
        (Triple(SHAPE, A, SH.NodeShape), Triple(SHAPE, SH.targetClass, THING), Triple(SHAPE, SH.path, INVERSE))
    )
    with pytest.raises(CannotRunError):
        hits_of_each([Graph([Triple(Iri(EX + "a"), A, THING)])] * FEW, bad, Engine.FAST)


def asks(*more: Triple, path: Iri = PATH) -> Shapes:
    """Of every thing that what it leads to is of a kind; the shapes know the name of one such value."""
    return Shapes((
        Triple(SHAPE, A, SH.PropertyShape), Triple(SHAPE, SH.targetClass, THING),
        Triple(SHAPE, SH.path, path), Triple(SHAPE, SH["class"], KIND),
        Triple(OTHER, A, SH.NodeShape), Triple(OTHER, SH.targetClass, KIND), Triple(OTHER, SH.hasValue, KNOWN), *more,
    ))  # fmt: skip


def of_known(target: Iri, of: Iri) -> tuple[Triple, ...]:
    shape = Iri(EX + "of-known")
    return (Triple(shape, A, SH.NodeShape), Triple(shape, target, of), Triple(shape, SH["class"], KIND))


def a_thing(name: str, value: Iri, *more: Triple) -> Graph:
    node = Iri(EX + name)
    return Graph([Triple(node, A, THING), Triple(node, PATH, value), *more])


BACKWARDS = (Triple(SHAPE, SH.maxCount, Literal("1", Iri("http://www.w3.org/2001/XMLSchema#integer"))),)
BLANK = Iri("_:same")
ROWS = {
    "what one says of a thing that the shapes name": (asks(), KNOWN, Triple(KNOWN, A, KIND)),
    "what one says of a blank node called alike": (asks(), BLANK, Triple(BLANK, A, KIND)),
    "what one says of a thing called alike": (asks(), Iri(EX + "x"), Triple(Iri(EX + "x"), A, KIND)),
    "who leads to a thing that the shapes name": (
        Shapes((
            Triple(SHAPE, A, SH.PropertyShape), Triple(SHAPE, SH.targetClass, THING),
            Triple(SHAPE, SH.path, Iri("_:l")), Triple(Iri("_:l"), RDF.first, PATH),
            Triple(Iri("_:l"), RDF.rest, Iri("_:m")), Triple(Iri("_:m"), RDF.first, INVERSE),
            Triple(Iri("_:m"), RDF.rest, RDF.nil), Triple(INVERSE, SH.inversePath, PATH), *BACKWARDS,
            *(Triple(OTHER, p, o) for p, o in ((A, SH.NodeShape), (SH.targetClass, KIND), (SH.hasValue, KNOWN))),
        )),
        KNOWN,
        Triple(Iri(EX + "unseen"), Iri(EX + "says"), KNOWN),
    ),
    "a target that is named": (asks(*of_known(SH.targetNode, KNOWN)), KNOWN, Triple(KNOWN, A, KIND)),
    "a target that others lead to": (asks(*of_known(SH.targetObjectsOf, PATH)), KNOWN, Triple(KNOWN, A, KIND)),
}  # fmt: skip


def named(found: frozenset[Hit]) -> set[Hit]:
    """Without blank nodes, which an engine may call otherwise."""
    return {hit for hit in found if not hit.focus.startswith("_:")}


@pytest.mark.parametrize("row", ROWS)
def test_no_graph_sees(row: str) -> None:
    shapes, value, said = ROWS[row]
    graphs = [a_thing(f"t{n}", value, *([said] if n == 1 else [])) for n in range(FEW + 3)]
    alone = [hits(graph, shapes, Engine.FAST) for graph in graphs]
    assert hits_of_each(graphs, shapes, Engine.FAST) == alone
    reference = hits_of_each(graphs, shapes, Engine.REFERENCE)
    assert [named(found) for found in reference] == [named(found) for found in alone]


def test_no_graph_sees_what_another_says_of_a_blank_node_to_which_nothing_leads() -> None:
    values = [Iri(f"{EX}v{n}") for n in range(FEW + 3)]
    graphs = [Graph([Triple(BLANK, A, THING), Triple(BLANK, PATH, v), Triple(v, A, THING)]) for v in values]
    graphs[1] = graphs[1].plus([Triple(values[1], A, KIND)])
    found = hits_of_each(graphs, asks(), Engine.FAST)
    alone = [hits(graph, asks(), Engine.FAST) for graph in graphs]
    assert [sorted(hit.shape for hit in of) for of in found] == [sorted(hit.shape for hit in of) for of in alone]


def test_every_way_across_is_one_that_shapes_can_say() -> None:
    assert all(term in SH for term in REACHES_ACROSS)
