"""What one changed fact changes, and what no change of names, order or irrelevant facts may change."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from edits import CASES, G1, G3, answers, as_json, case_of, criterion, determined, edited, local, packaged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reasoner.ontology import load_ontology
from reasoner.rdf import Iri, Literal, Quad, Term
from reasoner.terms import BASE, CORE, RDFS, A, local_name

if TYPE_CHECKING:
    from reasoner.load import Case

# ---------------------------------------------------------------- One fact changed

QUIT = """GRAPH case:progress-report { case:quit a spine:TobaccoCessation ; core:presence core:Present ;
    core:observedOn "2014-10-01"^^xsd:date ; core:paraphrase "The patient stopped smoking in autumn." . }"""
GONE = [
    ("result", "The guideline's criteria are not met", {"request"}),
    ("presentation", "Current tobacco use", {"smoker"}),
    ("criterion", "Nicotine-free before surgery: not met", {"NicotineFree", "smoker"}),
    ("criterion", "On record: current tobacco use", {"NicotineFree", "smoker"}),
    ("missing", "Nicotine-free before surgery", {"NicotineFree"}),
    ("ground", "the patient depends on nicotine”: sustained", {"NicotineFree", "ground-nicotine"}),
    ("conclusion", "Therefore .* criteria are not met", {"request"}),
]
COME = [
    ("result", "does not document that the guideline's criteria are met", {"request"}),
    ("criterion", "Nicotine-free before surgery: met", {"NicotineFree", "quit"}),
    ("criterion", "On record: an end of tobacco use, 10/01/2014, 89 days before", {"NicotineFree", "quit"}),
    ("ground", "the patient depends on nicotine”: contradicted", {"NicotineFree", "ground-nicotine"}),
    ("discrepancy", "record contradicts a ground.*depends on nicotine", {"ground-nicotine", "quit"}),
    ("conclusion", "Therefore .* on this record", {"request"}),
]


def sentences(case: Case) -> list[dict[str, Any]]:
    return as_json(determined(case))["rationale"]


def test_one_changed_finding_changes_what_rests_on_it_and_not_a_byte_more() -> None:
    before = sentences(packaged("reference-decision"))
    after = sentences(edited("reference-decision", drop="smoker", add=QUIT))
    for these, those, listed in ((before, after, GONE), (after, before, COME)):
        changed = [s for s in these if s not in those]
        assert [s["kind"] for s in changed] == [kind for kind, _, _ in listed]
        for sentence, (_, words, sources) in zip(changed, listed, strict=True):
            assert re.search(words, sentence["text"])
            assert sources <= {local_name(iri) for iri in sentence["derived_from"]}
    kept = [s for s in before if s in after]
    assert kept == [s for s in after if s in before]
    assert len(kept) > 40


def test_a_changed_quote_changes_only_where_it_is_quoted() -> None:
    before, after = (sentences(case) for case in (
        case_with_jurisdiction(), case_with_jurisdiction('case:cotinine core:quote "Cotinine below 3 ng/mL." .')
    ))  # fmt: skip
    assert before == after  # a negative cotinine decides nothing, so nobody quotes it
    after = sentences(case_with_jurisdiction('case:light-duty core:quote "Back to light duty." .'))
    assert [s["text"].replace("Back to light duty.", "Return to light duty expected.") for s in after] == [
        s["text"] for s in before
    ]


def case_with_jurisdiction(replace: str = "") -> Case:
    """V01 as a dispute of California in 2014, ten years earlier than it was."""
    moved = case_of(q._replace(object=ten_years_earlier(q.object)) for q in edited(replace=replace).quads)
    stated = Quad(Iri(f"{BASE}cases/v01-all-met/request"), CORE.jurisdiction, CORE.California, None)
    return case_of([*moved.quads, stated])


def ten_years_earlier(term: Term) -> Term:
    if isinstance(term, Literal) and re.fullmatch(r"20\d\d(-\d\d){0,2}", term.value):
        return Literal(f"{int(term.value[:4]) - 10}{term.value[4:]}", term.datatype)
    return term


# ---------------------------------------------------------------- Names, order, and what is beside the point


def renamed(case: Case) -> Case:
    """Every name in a namespace of its own, in an order of its own, and every label another."""
    own = case.quads[0].subject.rpartition("/")[0] + "/"

    def name(term: Any) -> Any:
        if isinstance(term, Literal) or term is None or not term.startswith(own):
            return term
        return Iri("urn:renamed:n" + hashlib.sha256(term.encode()).hexdigest()[:12])

    def label(quad: Quad) -> Term:
        return Literal(f"thing {quad.subject[-4:]}") if quad.predicate == RDFS.label else name(quad.object)

    return case_of(Quad(name(q.subject), q.predicate, label(q), name(q.graph)) for q in case.quads)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("edition", [G1, G3])
def test_names_and_labels_decide_nothing(case: str, edition: str) -> None:
    before, after = (as_json(determined(c, edition)) for c in (packaged(case), renamed(packaged(case))))
    for key in ("outcome", "reason", "granted", "utilization_review", "edition", "as_of", "ladder"):
        assert before[key] == after[key]
    status = [[(c["name"], c["status"], c["by_segment"]) for c in found["criteria"]] for found in (before, after)]
    assert status[0] == status[1]
    assert [c["raised"] for c in before["cautions"]] == [c["raised"] for c in after["cautions"]]
    assert len(before["discrepancies"]) == len(after["discrepancies"])


@pytest.mark.parametrize("case", ["reference-decision", "v07-three-levels"])
def test_names_leave_no_trace_in_the_rationale(case: str) -> None:
    texts = [s["text"] for s in as_json(determined(renamed(packaged(case)), G3))["rationale"]]
    assert not [text for text in texts if "urn:" in text or re.search(r"\bn[0-9a-f]{12}\b", text)]


def irrelevant(edition: str) -> list[Iri]:
    """The kinds of finding that no criterion or caution of an edition looks for."""
    ontology, known = load_ontology(), determined(packaged("v01-all-met"), edition).assessment.edition
    sought = {k for c in (*known.criteria.values(), *known.cautions.values()) for k in c.looks_for}
    kinds = [k for k, _ in ontology.graph.pairs(CORE.saidAbsent) if ontology.is_a(k, CORE.Finding)]
    return [k for k in kinds if not any(ontology.is_a(k, s) or ontology.is_a(s, k) for s in sought)]


@pytest.mark.parametrize("edition", [G1, G3])
@pytest.mark.parametrize("case", ["v01-all-met", "reference-decision"])
def test_findings_that_no_criterion_looks_for_change_no_status(edition: str, case: str) -> None:
    kinds = irrelevant(edition)
    assert len(kinds) > 5
    told = "".join(
        f'case:beside-{n}-{presence} a <{kind}> ; core:presence core:{presence} ; core:quote "..." .'
        for n, kind in enumerate(kinds)
        for presence in ("Present", "Absent")
    )
    document = "case:appeal-letter" if case == "reference-decision" else "case:surgeon-note"
    assert answers(edited(case, add=f"GRAPH {document} {{ {told} }}"), edition) == answers(packaged(case), edition)


# ---------------------------------------------------------------- Taking findings away

SOUP = """
    GRAPH case:surgeon-note {
        case:relapse a spine:TobaccoUse ; core:presence core:Present ; core:observedOn "2024-09-01"^^xsd:date .
        case:no-gain a spine:FunctionalGainExpected ; core:presence core:Absent .
        case:no-plan a spine:AbstinencePlan ; core:presence core:Absent .
        case:no-relief a spine:PostoperativeRelief ; core:presence core:Absent .
        case:no-consent a spine:InformedConsent ; core:presence core:Absent .
        case:no-counsel a spine:RevisionCounselling ; core:presence core:Absent .
        case:decompression a spine:PriorDecompression ; core:presence core:Present ; core:site spine:L4-L5 ;
            core:observedOn "2024-06-01"^^xsd:date .
        case:declined a spine:PsychosocialEvaluation ; core:presence core:Absent .
        case:untreated a spine:PsychosocialConfounder ; core:presence core:Present .
        case:stopped a spine:PhysicalTherapyCourse ; core:presence core:Present ; core:completion core:StoppedEarly ;
            core:observedOn "2024-08-01"^^xsd:date .
        case:helped a spine:DrugTreatment ; core:presence core:Present ; core:response core:Improved .
        case:no-injection a spine:Injection ; core:presence core:Absent .
    }
    GRAPH case:laboratory { case:positive a spine:Cotinine ; core:presence core:Present ;
        core:observedOn "2024-10-20"^^xsd:date . }
    GRAPH case:films {
        case:stable a spine:RadiographicInstability ; core:presence core:Absent ; core:site spine:L4-L5 .
        case:healed a spine:SolidFusion ; core:presence core:Present ; core:site spine:L4-L5 .
        case:no-nonunion a spine:Pseudarthrosis ; core:presence core:Absent .
    }
"""
RANK = {"not met": 0, "not documented": 1, "conflicting": 2, "met": 3}


@cache
def soup() -> Case:
    """V01 with a finding against almost every criterion."""
    quads = edited(add=SOUP).quads
    quoted = {q.subject for q in quads if q.predicate in (CORE.quote, CORE.paraphrase)}
    bare = [q for q in quads if q.graph and q.predicate == CORE.presence and q.subject not in quoted]
    return case_of([*quads, *(q._replace(predicate=CORE.quote, object=Literal("...")) for q in bare)])


def without(case: Case, names: set[str]) -> Case:
    return case_of(q for q in case.quads if not {local_name(q.subject), local_name(str(q.object))} & names)


@pytest.mark.parametrize("edition", [G1, G3])
def test_a_finding_against_taken_away_never_worsens_and_one_for_it_never_betters(edition: str) -> None:
    before = as_json(determined(soup(), edition))
    touched = {w for c in before["criteria"] for side in ("supporting", "contrary") for w in local(c[side])}
    for finding in sorted(touched - {"extent", "fusion-2022"}):
        after = as_json(determined(without(soup(), {finding}), edition))
        for was in before["criteria"]:
            now = RANK[criterion(after, was["name"])["status"]] - RANK[was["status"]]
            assert now >= 0 or finding not in local(was["contrary"]), f"{was['name']} without {finding}"
            assert now <= 0 or finding not in local(was["supporting"]), f"{was['name']} without {finding}"


FINDINGS = sorted({local_name(q.subject) for q in soup().quads if q.graph and q.predicate == A} - {"fusion-2022"})


@given(st.sets(st.sampled_from(FINDINGS)), st.sampled_from([G1, G3]))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_missing_every_answer_rests_on_what_is_there(missing: set[str], edition: str) -> None:
    found = as_json(determined(without(soup(), missing), edition))
    assert not missing & {w for c in found["criteria"] for side in ("supporting", "contrary") for w in local(c[side])}
    for item in found["criteria"]:
        witnesses = bool(item["supporting"]), bool(item["contrary"])
        if item["requirement"] != "group":
            assert item["status"] != "met" or item["supporting"], item["name"]
            assert item["status"] != "not met" or item["contrary"], item["name"]
            assert item["status"] != "conflicting" or all(witnesses), item["name"]
        if item["status"] == "met":
            assert item["supporting"], item["name"]


@given(st.sets(st.sampled_from(FINDINGS), min_size=len(FINDINGS) - 2))
@settings(max_examples=10, deadline=None)
def test_an_almost_empty_record_is_never_enough(missing: set[str]) -> None:
    for edition in (G1, G3):
        assert as_json(determined(without(soup(), missing), edition))["outcome"] == "not medically necessary"
