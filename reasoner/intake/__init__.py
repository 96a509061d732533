"""Whether a case may be judged: every problem with its line and how to mend it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.intake import ranges, structure, usage
from reasoner.intake.draft import Draft, above, draft, named, prepared, statements
from reasoner.intake.familiar import described, familiar
from reasoner.intake.faults import BLANK, INTAKE, Fault, problem_of, shapes
from reasoner.intake.screen import plain
from reasoner.rdf import Iri
from reasoner.shapes import Shapes
from reasoner.terms import SH
from reasoner.validate import hits, validate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.errors import Problem
    from reasoner.load import Case
    from reasoner.ontology import Ontology
    from reasoner.rdf import Graph, Quad
    from reasoner.validate import Engine, Result


def problems(case: Case, ontology: Ontology, engine: Engine) -> tuple[Problem, ...]:
    """Everything that is wrong with a case, in order of lines; a case without problems may be judged."""
    drafted = plain(case.quads, ontology)
    if drafted and _conforms(drafted, ontology, engine):
        return ()
    found = {problem_of(fault, case) for fault in _faults(case, ontology, engine)}
    return tuple(sorted(found, key=lambda p: (p.line or 0, p.code, p.problem, p.fix)))


def _conforms(drafted: Draft, ontology: Ontology, engine: Engine) -> bool:
    """Whether a case without faults of single statements passes the shapes, which are run where it has news."""
    told, memory = described(drafted), familiar(ontology, engine)
    if told is not None and memory.knows(told):
        return True
    conforms = not hits(statements(drafted), _compiled(), engine)
    if conforms and told is not None:
        memory.learn(told)
    return conforms


def _faults(case: Case, ontology: Ontology, engine: Engine) -> Iterator[Fault]:
    used = usage.check(named(case.quads), ontology)
    read = draft(used.quads, used.unsure, ontology)
    values = [(quad, fault) for quad, fault in ranges.faults(read) if not _is_blank(fault)]
    yield from used.faults
    yield from (fault for fault in structure.faults(read) if fault.rule == INTAKE.BlankNode or not _is_blank(fault))
    yield from (fault for _, fault in values)
    yield from _of_shapes(read, {quad for quad, _ in values}, engine)


def _of_shapes(read: Draft, faulty: set[Quad], engine: Engine) -> Iterator[Fault]:
    data = prepared(read, faulty)
    told = {
        (quad.subject, path)
        for quad in faulty
        for path in (quad.predicate, *above(read.ontology).get(quad.predicate, ()))
    }
    doubtful = {subject for subject, kinds in read.kinds.items() if not kinds} | read.unsure
    for result in validate(data, shapes(), engine):
        focus = Iri(result.focus)
        missing = focus == INTAKE.TheCase and doubtful and result.component == SH.MinCountConstraintComponent
        if (focus, result.path) in told or missing or {focus, result.value} & doubtful:
            continue
        fault = _of_case(result, data) if focus == INTAKE.TheCase else _of_node(result, data, read)
        if not _is_blank(fault):
            yield fault


def _of_case(result: Result, data: Graph) -> Fault:
    values = tuple(data.iris(INTAKE.TheCase, Iri(result.path)))
    return Fault(result.shape, terms=(("values", values),))


def _of_node(result: Result, data: Graph, read: Draft) -> Fault:
    focus, path = Iri(result.focus), Iri(result.path)
    below = [p for p, wider in above(read.ontology).items() if path in wider]
    fitting = tuple(p for p in below if usage.properties(read.ontology).get(p, frozenset()) & read.kinds[focus])
    used = [p for p in (path, *below) if p in data.predicates(focus)]
    terms = (
        ("value", Iri(result.value)),
        ("values", tuple(data.iris(focus, path))),
        ("properties", fitting or (path,)),
    )
    return Fault(result.shape, focus, used[-1] if used else path, terms)


def _is_blank(fault: Fault) -> bool:
    values = [value if isinstance(value, tuple) else (value,) for _, value in fault.terms]
    return any(str(term).startswith(BLANK) for term in (fault.subject, *(term for found in values for term in found)))


@cache
def _compiled() -> Shapes:
    return Shapes(shapes())
