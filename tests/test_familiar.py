"""Intake finds the same, whatever it has seen before."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING

import pytest
from support import CASES

from reasoner.data import folder
from reasoner.intake import _conforms, _faults, problems
from reasoner.intake.familiar import _is_foreseen, _sight, described, familiar
from reasoner.intake.faults import problem_of, shapes
from reasoner.intake.screen import plain
from reasoner.load import Case, _case, load_file
from reasoner.ontology import load_ontology
from reasoner.rdf import Graph, Iri, Literal, Quad, Triple, nquads
from reasoner.terms import CORE, DCTERMS, SH, XSD, A, Namespace
from reasoner.validate import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from reasoner.errors import Problem

ONTOLOGY = load_ontology()
CHANGES = 1_500


@cache
def packaged() -> list[Case]:
    return [load_file(folder("cases") / name) for name in CASES]


def of(quads: list[Quad]) -> Case:
    return _case("changed", "changed.nq", ".nq", nquads(quads), quads)


def in_full(case: Case) -> tuple[Problem, ...]:
    """What intake finds without any memory."""
    found = {problem_of(fault, case) for fault in _faults(case, ONTOLOGY, Engine.FAST)}
    return tuple(sorted(found, key=lambda p: (p.line or 0, p.code, p.problem, p.fix)))


def _dropped(quads: list[Quad], draw: random.Random) -> list[Quad]:
    at = draw.randrange(len(quads))
    return quads[:at] + quads[at + 1 :]


def _without_subject(quads: list[Quad], draw: random.Random) -> list[Quad]:
    gone = draw.choice(quads).subject
    return [quad for quad in quads if quad.subject != gone]


def _second_value(quads: list[Quad], draw: random.Random) -> list[Quad]:
    one = draw.choice(quads)
    others = [q.object for q in quads if q.predicate == one.predicate and q.object != one.object]
    return [*quads, one._replace(object=draw.choice(others))] if others else quads


def _other_value(quads: list[Quad], draw: random.Random) -> list[Quad]:
    at = draw.randrange(len(quads))
    others = [q.object for q in quads if q.predicate == quads[at].predicate]
    return [*quads[:at], quads[at]._replace(object=draw.choice(others)), *quads[at + 1 :]]


def _other_number(quads: list[Quad], draw: random.Random) -> list[Quad]:
    numbers = [i for i, q in enumerate(quads) if isinstance(q.object, Literal) and q.object.datatype == XSD.integer]
    at = draw.choice(numbers)
    value = Literal(draw.choice(["-1", "0", "1", "131", "01", "x"]), XSD.integer)
    return [*quads[:at], quads[at]._replace(object=value), *quads[at + 1 :]]


def _other_place(quads: list[Quad], draw: random.Random) -> list[Quad]:
    at = draw.randrange(len(quads))
    graph = draw.choice([None, *(q.graph for q in quads)])
    return [*quads[:at], quads[at]._replace(graph=graph), *quads[at + 1 :]]


def _of_another(quads: list[Quad], draw: random.Random) -> list[Quad]:
    at = draw.randrange(len(quads))
    return [*quads[:at], quads[at]._replace(subject=draw.choice(quads).subject), *quads[at + 1 :]]


def _pointed_elsewhere(quads: list[Quad], draw: random.Random) -> list[Quad]:
    pointers = [i for i, q in enumerate(quads) if not isinstance(q.object, Literal) and q.predicate != A]
    at = draw.choice(pointers)
    return [*quads[:at], quads[at]._replace(object=draw.choice(quads).subject), *quads[at + 1 :]]


CHANGE: list[Callable[[list[Quad], random.Random], list[Quad]]] = [
    _dropped, _without_subject, _second_value, _other_value, _other_number, _other_place, _of_another,
    _pointed_elsewhere,
]  # fmt: skip


def test_changed_cases_have_the_same_problems_with_a_memory_as_without() -> None:
    draw = random.Random(4)  # noqa: S311 - repeatable draws, no secrets
    outcomes = set()
    for number in range(CHANGES):
        quads = list(draw.choice(packaged()).quads)
        for _ in range(draw.choice([1, 1, 2])):
            quads = draw.choice(CHANGE)(quads, draw)
        if not quads:
            continue
        case = of(quads)
        found = problems(case, ONTOLOGY, Engine.FAST)
        assert found == in_full(case), number
        outcomes.add(bool(found))
    assert outcomes == {True, False}


def test_whole_cases_are_described_and_known_the_second_time() -> None:
    for case in packaged():
        drafted = plain(case.quads, ONTOLOGY)
        assert drafted
        told = described(drafted)
        if not any(quad.predicate == CORE.prefers for quad in case.quads):
            assert told
            assert _conforms(drafted, ONTOLOGY, Engine.FAST)
            assert familiar(ONTOLOGY, Engine.FAST).knows(told)


def test_every_shape_of_intake_is_foreseen() -> None:
    graph = Graph(shapes())
    assert [shape for shape in graph.all_subjects() if not _is_foreseen(shape, graph)] == []
    assert _sight(ONTOLOGY).foreseen


_S = Namespace("https://example.org/shapes#")


@pytest.mark.parametrize(
    "more",
    [
        [Triple(_S.shape, SH.pattern, Literal("x"))],
        [Triple(_S.shape, SH["or"], _S.list)],
        [Triple(_S.shape, SH.targetObjectsOf, CORE.site)],
        [Triple(_S.shape, SH.targetClass, CORE.Finding), Triple(_S.shape, SH.nodeKind, SH.IRI)],
        [Triple(_S.shape, SH.path, _S.path), Triple(_S.path, SH.zeroOrMorePath, CORE.partOf)],
        [Triple(_S.shape, SH.path, DCTERMS.date), Triple(_S.shape, SH.lessThan, CORE.requestedOn)],
        [Triple(_S.shape, SH.path, CORE.about), Triple(_S.shape, SH.qualifiedValueShape, _S.other)],
    ],
)
def test_a_constraint_that_is_not_foreseen_turns_the_memory_off(more: list[Triple]) -> None:
    graph = Graph([*shapes(), *more])
    assert not all(_is_foreseen(shape, graph) for shape in graph.all_subjects())


def test_values_that_are_compared_are_left_to_the_engine() -> None:
    case = next(c for c in packaged() if plain(c.quads, ONTOLOGY))
    finding = next(q.subject for q in case.quads if q.graph)
    choice = Iri("https://example.org/case/choice")
    begun = [*case.quads, Quad(choice, A, CORE.Adjudication, None)]
    plainly, compared = plain(begun, ONTOLOGY), plain([*begun, Quad(choice, CORE.prefers, finding, None)], ONTOLOGY)
    assert plainly
    assert compared
    assert described(plainly) is not None
    assert described(compared) is None
