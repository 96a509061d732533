"""Every hand-written row of every packaged edition's deck holds, and no deck loses what it covers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from reasoner.author.deck import Deck, Row, deck_path, read_deck, run_row, statuses
from reasoner.author.deck_file import NOT_RAISED, RAISED
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.ontology import load_ontology
from reasoner.rdf import Literal
from reasoner.terms import GUIDELINE, local_name
from reasoner.validate import Engine, default_engine

if TYPE_CHECKING:
    from reasoner.guideline.edition import Edition, Node

ENGINE = default_engine()
PLACES = {str(path.relative_to(path.parents[2]).with_suffix("")): path for path in all_editions()}
EDITIONS = {name: read_edition(path, load_ontology()) for name, path in PLACES.items()}
JUDGING = [name for name, edition in EDITIONS.items() if edition.criteria]

LEAST_ROWS = {
    "cms/lumbar-fusion-l33382/2019-01-08": 165,
    "cms/lumbar-fusion-l37848/2024-09-12": 319,
    "odg/lumbar-revision-fusion/as-stated": 255,
}
"""A deck may grow; whoever lets it shrink says so here."""


@cache
def deck(name: str) -> Deck:
    return read_deck(deck_path(PLACES[name]), EDITIONS[name])


ROWS = [
    pytest.param(name, row, id=f"{name.split('/')[1]}-{row.criterion}-{row.name}")
    for name in JUDGING
    for row in deck(name).rows
]


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_a_row_gets_what_its_author_expects(name: str, row: Row) -> None:
    found = run_row(row, EDITIONS[name], ENGINE)
    assert found.got == row.expect
    assert {segment: found.got_by_segment.get(segment) for segment in row.by_segment} == row.by_segment
    assert found.passed


def one_a_criterion(name: str) -> list[Row]:
    """The last row of each criterion, which is seldom the plain one."""
    return list({row.criterion: row for row in deck(name).rows}.values())


@pytest.mark.parametrize("name", JUDGING)
def test_a_row_run_alone_answers_as_the_whole_edition_does(name: str) -> None:
    for row in one_a_criterion(name):
        whole = statuses(row.case, EDITIONS[name], ENGINE, row.as_of)
        assert whole[row.criterion] == row.expect, row.name


@pytest.mark.parametrize("name", JUDGING)
def test_the_other_engine_answers_alike(name: str) -> None:
    for row in one_a_criterion(name)[::3]:
        assert run_row(row, EDITIONS[name], Engine.REFERENCE).got == row.expect, row.name


# ---------------------------------------------------------------- no deck shrinks


def test_every_edition_with_criteria_has_a_deck() -> None:
    assert sorted(LEAST_ROWS) == sorted(JUDGING)
    assert JUDGING


@pytest.mark.parametrize("name", JUDGING)
def test_no_deck_shrinks(name: str) -> None:
    assert len(deck(name).rows) >= LEAST_ROWS[name]


@pytest.mark.parametrize("name", JUDGING)
def test_every_criterion_group_and_caution_has_a_row_of_each_status_it_can_have(name: str) -> None:
    covered = {(row.criterion, row.expect) for row in deck(name).rows}
    missing = reachable(EDITIONS[name]) - unreachable(EDITIONS[name]) - covered
    assert not missing, "write a row for each, or say by guideline:unreachableStatus why there can be none"


@pytest.mark.parametrize("name", JUDGING)
def test_no_status_is_called_unreachable_that_a_row_reaches(name: str) -> None:
    assert not unreachable(EDITIONS[name]) & {(row.criterion, row.expect) for row in deck(name).rows}
    assert unreachable(EDITIONS[name]) <= reachable(EDITIONS[name])


@pytest.mark.parametrize("name", JUDGING)
def test_every_row_has_a_name_of_its_own(name: str) -> None:
    named = [(row.criterion, row.name) for row in deck(name).rows]
    assert all(text.strip() for _, text in named)
    assert len(set(named)) == len(named)


def reachable(edition: Edition) -> set[tuple[str, str]]:
    """The criteria, groups and cautions by name, each with every status that a record could give it."""
    open_to_conflict = {c for c, stated in edition.criteria.items() if stated.contrary and not stated.both_means}
    found = {(local_name(c), status) for c in edition.criteria for status in ("met", "not met", "not documented")}
    found |= {(local_name(c), "conflicting") for c in open_to_conflict}
    found |= {(local_name(c), status) for c in edition.cautions for status in (RAISED, NOT_RAISED)}
    for node in edition.logic.below() if edition.logic else ():
        if node.operator and (edition.groups[node.iri].phrases or node is edition.logic):
            found |= {(local_name(node.iri), status) for status in ("met", "not met", "not documented")}
            found |= {(local_name(node.iri), "conflicting") for n in node.below() if n.iri in open_to_conflict}
        if node.unless or node.when:
            found |= {(local_name(n.iri), "not applicable") for n in members(node)}
    return found


def unreachable(edition: Edition) -> set[tuple[str, str]]:
    """What the edition itself says that no record can give, each as "<status>: <reason>"."""
    stated = edition.graph.pairs(GUIDELINE.unreachableStatus)
    return {(local_name(iri), str(v.value).partition(":")[0]) for iri, v in stated if isinstance(v, Literal)}


def members(node: Node) -> list[Node]:
    """A node and its members all the way down, without its waiver and condition."""
    return [node, *(n for member in node.members for n in members(member))]
