"""Rows run again only where something changed that their answer follows from."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from reasoner.author.deck import run_deck
from reasoner.author.extract import extract
from reasoner.rdf import Graph, Iri, Literal
from reasoner.terms import SH, local_name
from reasoner.validate import Engine

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import date

    from reasoner.author.deck import Deck, Row, RowResult
    from reasoner.guideline.edition import Edition, Node
    from reasoner.load import Case
    from reasoner.rdf import Term

Known = dict[tuple["Case", "date | None", "Hashable", Engine], "RowResult"]
"""Results by all that they follow from: the case, its day, and what the row's criterion depends on."""


def rerun_deck(deck: Deck, engine: Engine, known: Known) -> tuple[RowResult, ...]:
    """What became of each row; a result that nothing has changed for is taken from the known ones, which grow.

    Raises `KnowledgeBaseError` with every row whose case fails intake.
    """
    keys = [(row.case, row.as_of, depends_on(deck.edition, row.criterion), engine) for row in deck.rows]
    changed = replace(deck, rows=tuple(r for r, key in zip(deck.rows, keys, strict=True) if key not in known))
    run = {id(result.row): result for result in run_deck(changed, engine)}
    found = []
    for row, key in zip(deck.rows, keys, strict=True):
        known[key] = run[id(row)] if id(row) in run else known[key]
        found.append(_read_anew(known[key], row))
    return tuple(found)


def _read_anew(result: RowResult, row: Row) -> RowResult:
    """The result of the same criterion on the same case, held against what a row expects now."""
    passed = result.got == row.expect and all(result.got_by_segment.get(s) == e for s, e in row.by_segment.items())
    return replace(result, row=row, passed=passed)


@lru_cache(maxsize=512)
def depends_on(edition: Edition, name: str) -> Hashable:
    """What a criterion's, group's or caution's status follows from, alike for two editions that agree in it."""
    part = extract(edition, name)
    graph = Graph(part.shapes)
    shapes = frozenset((s, p, _form(v, graph)) for s, p, v in graph if not s.startswith("_:") and p != SH.message)
    asked = (*part.edition.criteria.values(), *part.edition.cautions.values())
    read = tuple((c.iri, c.requirement, c.looks_for, c.target, c.holds_for, c.both_means) for c in asked)
    return name, shapes, read, _logic(edition, name), edition.policy


def _logic(edition: Edition, name: str) -> Node | None:
    """The logic that an answer follows from: what stands below; all of it where something may drop out of it."""
    nodes = tuple(edition.logic.below()) if edition.logic else ()
    if any(node.unless or node.when for node in nodes):
        return edition.logic
    return next((node for node in nodes if local_name(node.iri) == name), None)


def _form(value: Term, graph: Graph) -> Hashable:
    """A value, with a blank node said by what is stated about it: its label changes with every save."""
    if isinstance(value, Literal) or not value.startswith("_:"):
        return value
    return frozenset((p, _form(v, graph)) for p, values in graph.predicates(Iri(value)).items() for v in values)
