"""Every sentence is grounded, every criterion answered, and all of it is written for a clinician."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from edits import CASES, G1, G3, determined, edited, packaged
from test_hidden_shapes_of_cases import CASES as HIDDEN

from reasoner.ontology import load_ontology
from reasoner.rationale.explain import audit
from reasoner.terms import local_name

if TYPE_CHECKING:
    from reasoner.cases import Determined

ALL = [("reference-decision", None), *((case, edition) for case in CASES for edition in (G1, G3))]
over_all = pytest.mark.parametrize(("case", "edition"), ALL)


@cache
def judged(case: str, edition: str | None) -> Determined:
    return determined(edited(**HIDDEN[case][0]) if case in HIDDEN else packaged(case), edition)


# ---------------------------------------------------------------- Grounds


@over_all
def test_every_criterion_duty_and_caution_is_answered_where_it_belongs(case: str, edition: str | None) -> None:
    """A recommendation that names a criterion is no answer to it."""
    done = judged(case, edition)
    answered = {i for s in done.rationale.sentences if s.section in {"criterion", "caution"} for i in s.derived_from}
    asked = done.assessment.edition
    assert not {*asked.criteria, *asked.cautions} - answered


@over_all
def test_whatever_a_sentence_was_derived_from_exists(case: str, edition: str | None) -> None:
    done = judged(case, edition)
    selection, prepared = done.assessment.selection, done.assessment.prepared
    editions = [selection.edition, *(step.edition for step in selection.steps if step.edition)]
    graphs = [prepared.graph, *(e.graph for e in editions), *([selection.ladder.graph] if selection.ladder else [])]
    known = {*load_ontology().declared, *(s for graph in graphs for s in graph.all_subjects())}
    cited = {iri for s in done.rationale.sentences for iri in s.derived_from}
    assert cited
    assert not cited - known


@over_all
def test_no_sentence_is_said_twice(case: str, edition: str | None) -> None:
    """One finding may be evidence for two criteria; each answer is then followed by it."""
    sentences = judged(case, edition).rationale.sentences
    openings = [s.text for s in sentences if not s.continues]
    assert len({(s.text, s.derived_from) for s in sentences}) == len(sentences)
    assert len(set(openings)) == len(openings)


def test_the_audit_refuses_a_sentence_without_a_ground() -> None:
    done = judged("reference-decision", None)
    bare = replace(done.rationale.sentences[0], derived_from=())
    with pytest.raises(AssertionError, match="unsupported"):
        audit(replace(done.rationale, sentences=(bare, *done.rationale.sentences[1:])), done.assessment)


@pytest.mark.parametrize("name", ["NicotineFree", "ManualTherapyCompleted", "OldFusionImaging"])
def test_the_audit_refuses_a_rationale_that_leaves_a_criterion_unanswered(name: str) -> None:
    done = judged("reference-decision", None)
    kept = tuple(
        s for s in done.rationale.sentences
        if s.section not in {"criterion", "caution"} or name not in {local_name(i) for i in s.derived_from}
    )  # fmt: skip
    audit(done.rationale, done.assessment)
    with pytest.raises(AssertionError, match=name):
        audit(replace(done.rationale, sentences=kept), done.assessment)


# ---------------------------------------------------------------- Words


@cache
def words(case: str, edition: str | None) -> list[str]:
    """Each sentence of ours, without what it quotes and without the names of sources, which are as published."""
    done = judged(case, edition)
    selection = done.assessment.selection
    known = [selection.edition, *(step.edition for step in selection.steps if step.edition)]
    names = [n for e in known for n in (e.title, e.label, e.source.title)]
    texts = [re.sub("“[^”]*”", "“”", s.text) for s in done.rationale.sentences]
    return [re.sub("|".join(map(re.escape, sorted(names, key=len, reverse=True))), "[source]", text) for text in texts]


SLIPS = [
    ("an IRI", r"://|urn:|w3id"),
    ("a name from the program", r"\b[a-z]+[A-Z]\w*|\b[A-Z][a-z]+[A-Z]\w*|\w_\w|\b(core|spine|guideline|case):\w"),
    ("an unfilled placeholder", r"[{}]"),
    ("a date not written as clinicians do", r"\d{4}-\d\d|\b\d{1,2}\.\d{1,2}\.\d{4}"),
    ("a level not written as clinicians do", r"\b([CTL])\d+-\1\d|\b[CTL]\d+/"),
    ("an empty name or value", r"\(\)|\( |None|, ,|;\s*;|: *\.|,,|\.\.| \.| ,"),
    ("one of many", r"\b1 (days|weeks|months|years|levels)\b"),
]


@pytest.mark.parametrize("pattern", [pytest.param(pattern, id=name) for name, pattern in SLIPS])
@over_all
def test_no_text_shows(case: str, edition: str | None, pattern: str) -> None:
    assert not [text for text in words(case, edition) if re.search(pattern, text)]


@pytest.mark.parametrize("case", HIDDEN)
@pytest.mark.parametrize("edition", [G1, G3])
def test_an_unusual_case_is_said_as_well(case: str, edition: str) -> None:
    for name, pattern in SLIPS:
        assert not [text for text in words(case, edition) if re.search(pattern, text)], name


@over_all
def test_every_text_is_a_sentence(case: str, edition: str | None) -> None:
    for text in words(case, edition):
        assert re.match(r"[A-Z\d“\[]", text), text
        assert text.endswith("."), text
        assert text.count("(") == text.count(")"), text


@over_all
def test_dates_are_said_month_first(case: str, edition: str | None) -> None:
    dates = [found for text in words(case, edition) for found in re.findall(r"\b\d\d/\d\d/\d{4}\b", text)]
    assert dates
    assert all(int(date[:2]) <= 12 for date in dates)
