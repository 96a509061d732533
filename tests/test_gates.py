"""Legal steps: which authority governs when, who may decide, and what a determination must have."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from edits import ENGINE, G3, as_json, case_of, determined, edited, packaged

import reasoner.select
from reasoner.cases import Manner, determine_case
from reasoner.data import folder
from reasoner.errors import ExitCode, InputRefusedError, KnowledgeBaseError, ReasonerError
from reasoner.guideline.ladder import read_ladder
from reasoner.ontology import load_ontology
from reasoner.rdf import Iri, Literal, Quad, nquads, parse, trig
from reasoner.reviewer import audit_determination
from reasoner.terms import BASE, CORE, DCTERMS, DETERMINATION, PROV, A

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reasoner.load import Case

REFERENCE = f"{BASE}cases/reference-decision/"


def reference(**changes: str) -> Case:
    return edited("reference-decision", **changes)


def decided(day: str, base: str = "reference-decision") -> Case:
    return edited(base, replace=f'case:ur core:decidedOn "{day}"^^xsd:date .')


def refusal(case: Case, guideline: str | None = None) -> ReasonerError:
    with pytest.raises(InputRefusedError) as refused:
        determined(case, guideline)
    return refused.value


def codes(error: ReasonerError) -> set[str]:
    return {problem.code for problem in error.problems}


# ---------------------------------------------------------------- T1: the law of the day


@pytest.mark.parametrize("day", ["2014-01-01", "2014-12-19", "2014-12-31"])
def test_a_decision_of_2014_is_reviewed_under_the_order_of_2013(day: str) -> None:
    found = as_json(determined(decided(day)))
    assert [step["answer"] for step in found["ladder"]] == ["silent", "governs"]
    assert "order of standards of 2013" in found["rationale"][0]["text"]
    assert not any("9792.21.1" in s["text"] for s in found["rationale"])


LATER = [
    ("2013-06-01", ["order of standards of 2013", "ODG as published before 2014"]),
    ("2015-03-01", ["order of standards of 2013", "ODG as published from 2015"]),
    ("2016-05-02", ["9792.21.1", "ACOEM or ODG", "ODG as published from 2015", "not known"]),
    ("2018-05-02", ["9792.21.1", "MTUS, low back: ACOEM of 2016-02-24", "not known"]),
    ("2020-05-04", ["9792.21.1", "MTUS, low back: ACOEM of 2019-03-07", "not known"]),
]


@pytest.mark.parametrize(("day", "words"), LATER)
def test_a_text_that_is_not_known_for_the_date_is_named_and_never_stretched(day: str, words: list[str]) -> None:
    error = refusal(decided(day))
    assert codes(error) == {"not-known-for-this-date"}
    assert all(word in str(error) for word in words)


def test_a_decision_of_2016_gets_past_the_silent_schedule_and_one_of_2018_does_not() -> None:
    assert "MTUS" not in str(refusal(decided("2016-05-02"))).partition("What was in force")[2]
    assert "ODG" not in str(refusal(decided("2018-05-02")))


def test_a_decision_before_every_ladder_is_refused() -> None:
    assert codes(refusal(decided("2012-12-31"))) == {"no-ladder"}


def test_a_request_without_jurisdiction_is_refused_unless_an_edition_is_named() -> None:
    error = refusal(packaged("v01-all-met"))
    assert codes(error) == {"no-jurisdiction"}
    assert "core:jurisdiction" in str(error)
    assert "--guideline" in str(error)


def test_a_ladder_keyed_on_a_decision_asks_for_its_date() -> None:
    undecided = reference(drop="ur appeal ground-instability ground-imaging ground-nicotine ground-exercise")
    error = refusal(undecided)
    assert codes(error) == {"no-key-date"}
    assert "core:decidedOn" in str(error)


@pytest.mark.parametrize(("day", "code"), [("2014-12-19", "not-encoded"), ("2018-05-02", "not-known-for-this-date")])
def test_a_primary_fusion_in_california_is_not_judged_by_odg(day: str, code: str) -> None:
    primary = edited("reference-decision", drop="fusion", replace=f'case:ur core:decidedOn "{day}"^^xsd:date .')
    error = refusal(primary)
    assert codes(error) == {code}
    assert "ODG" not in str(error)
    assert "Official Disability" not in str(error)


def test_a_primary_fusion_is_out_of_scope_of_odg_by_name() -> None:
    assert codes(refusal(reference(drop="fusion"), "odg")) == {"not-about-request"}


# ---------------------------------------------------------------- T2: L37848 in its time


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        ("2014-12-19", False), ("2019-05-05", False), ("2019-05-06", False), ("2024-09-11", False),
        ("2024-09-12", True), ("2024-11-12", True),
    ],
)  # fmt: skip
def test_l37848_is_in_force_from_its_own_day_only(day: str, in_force: bool) -> None:  # noqa: FBT001
    found = as_json(determined(decided(day, "v01-all-met"), G3))
    assert found["in_force"] is in_force
    assert found["ladder"][0]["answer"] == ("governs" if in_force else "not in force")
    conclusions = [s["text"] for s in found["rationale"] if s["kind"] == "conclusion"]
    assert any("contrast" in text for text in conclusions) is not in_force
    assert any("denial is overturned" in text for text in conclusions) is in_force


def test_without_a_decision_the_day_of_the_request_tells_whether_l37848_is_in_force() -> None:
    undecided = edited(drop="ur ground-instability ground-therapy")
    before = edited(drop="ur ground-instability ground-therapy",
                    replace='case:request core:requestedOn "2024-09-11"^^xsd:date .')  # fmt: skip
    assert [as_json(determined(c, G3))["in_force"] for c in (undecided, before)] == [True, False]


# ---------------------------------------------------------------- T3: what the appeal asks for

SAME = "case:appealed-service a core:AppealedService , spine:LumbarFusion ."
APPEALS = [
    ("as the real one", "", True),
    ("the same service", SAME, False),
    ("the same service at other levels", f"{SAME} case:appealed-service spine:fromVertebra spine:L5 .", True),
    ("only an exploration", "case:appealed-service a core:AppealedService , spine:FusionExploration .", True),
]


@pytest.mark.parametrize(("replace", "flagged"), [pytest.param(*row[1:], id=row[0]) for row in APPEALS])
def test_an_appeal_for_something_else_is_flagged_and_what_was_refused_is_determined(
    replace: str, flagged: bool  # noqa: FBT001
) -> None:  # fmt: skip
    found = as_json(determined(reference(replace=replace)))
    flags = ["What utilization review refused is determined here" in d["text"] for d in found["discrepancies"]]
    assert any(flags) is flagged
    assert found["treatment"] == "revision lumbar fusion at L4-S1"


# ---------------------------------------------------------------- T4: a record beyond the decision

LETTER = Quad(Iri(f"{REFERENCE}ur-letter"), A, CORE.UtilizationReviewLetter, None)


def on_letter_alone(*beside: str) -> bytes:
    """The reference case with all its findings in the letter of utilization review, but for those of some documents."""
    described = [
        LETTER, LETTER._replace(predicate=CORE.authorRole, object=CORE.UtilizationReviewer),
        LETTER._replace(predicate=DCTERMS.date, object=Literal("2014-12-19", Iri("http://www.w3.org/2001/XMLSchema#date"))),
    ]  # fmt: skip
    quads = packaged("reference-decision").quads
    documents = {q.graph for q in quads if q.graph} - {Iri(REFERENCE + name) for name in beside}
    kept = [q for q in quads if q.subject not in documents]
    return nquads([*described, *(q._replace(graph=LETTER.subject) if q.graph in documents else q for q in kept)])


def test_a_record_of_the_decision_alone_is_refused_under_the_regulation(tmp_path: Path) -> None:
    file = tmp_path / "letter.nq"
    file.write_bytes(on_letter_alone())
    ran = subprocess.run(
        [sys.executable, "-m", "reasoner", "determine", str(file)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == ExitCode.INPUT_REFUSED == 3
    assert "9792.10.6(b)(2)" in ran.stderr
    assert not ran.stdout


def test_one_finding_from_the_chart_opens_the_gate() -> None:
    opened = case_of(parse(on_letter_alone("x-ray"), ".nq"))
    assert determined(opened).determination.outcome == "not medically necessary"


# ---------------------------------------------------------------- T5: what a determination must have


def audited(quads: list[Quad]) -> set[str]:
    """The codes of what a determination lacks."""
    try:
        audit_determination(quads, load_ontology(), ENGINE)
    except KnowledgeBaseError as error:
        return codes(error)
    return set()


def test_silence_of_the_schedule_as_the_only_ground_is_no_determination(tmp_path: Path) -> None:
    file = tmp_path / "denied.trig"
    file.write_text(f"""
        @prefix determination: <{DETERMINATION.prefix}> . @prefix prov: <{PROV.prefix}> .
        @prefix dcterms: <{DCTERMS.prefix}> . @prefix x: <https://example.org/> .
        GRAPH x:d {{
            x:d a determination:Determination ; determination:determines x:request ; prov:wasGeneratedBy x:a ;
                determination:disputedTreatment "revision lumbar fusion" ;
                determination:outcome determination:NotMedicallyNecessary ;
                determination:utilizationReview determination:Upheld ;
                prov:wasDerivedFrom x:report , <{BASE}mtus/low-back/2007-06-15> ; determination:step x:step ;
                determination:sentence x:s1 , x:s2 , x:s3 .
            x:step a determination:LadderStep ; determination:reply "silent" ; determination:text "MTUS is silent." ;
                determination:authority <{BASE}mtus/low-back/2007-06-15> .
            x:s1 a determination:Sentence ; dcterms:type "document" ; determination:text "A report." ;
                prov:wasDerivedFrom x:report .
            x:s2 a determination:Sentence ; dcterms:type "presentation" ; determination:text "Back pain." ;
                prov:wasDerivedFrom x:report .
            x:s3 a determination:Sentence ; dcterms:type "conclusion" ; prov:wasDerivedFrom x:step ;
                determination:text "MTUS is silent, therefore the request is denied." .
        }}""")
    ran = subprocess.run(
        [sys.executable, "-m", "reasoner", "audit", str(file)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == ExitCode.KNOWLEDGE_BASE
    assert "9792.8(a)(2)" in ran.stderr
    assert audited(parse(file.read_bytes(), ".trig")) == {"cites-authority", "gives-reasons"}


def without(predicate: Iri) -> Callable[[Quad], bool]:
    return lambda quad: quad.predicate != predicate


def without_sentences(kind: str) -> Callable[[Quad], bool]:
    return lambda quad: not (quad.predicate == DCTERMS.type and quad.object == Literal(kind))


def first_sentence_bare(quad: Quad) -> bool:
    return not (quad.subject.endswith("/sentence/1") and quad.predicate == PROV.wasDerivedFrom)


def without_documents(quad: Quad) -> bool:
    of_determination = quad.subject.endswith("/determination") and quad.predicate == PROV.wasDerivedFrom
    return not (of_determination and "/cases/" in quad.object)


PARTS: dict[str, Callable[[Quad], bool]] = {
    "says-whether-necessary": without(DETERMINATION.outcome),
    "says-what-becomes-of-denial": without(DETERMINATION.utilizationReview),
    "states-treatment": without(DETERMINATION.disputedTreatment),
    "cites-authority": without(DETERMINATION.underEdition),
    "gives-reasons": without(DETERMINATION.status),
    "lists-documents": without_sentences("document"),
    "describes-condition": without_sentences("presentation"),
    "every-sentence-grounded": first_sentence_bare,
    "rests-on-record": without_documents,
    "no-determination": lambda _: False,
}


@pytest.mark.parametrize("part", PARTS)
def test_a_determination_that_lacks_a_part_fails_its_audit(part: str) -> None:
    whole = determined(packaged("reference-decision")).quads
    assert audited(whole) == set()
    assert audited([quad for quad in whole if PARTS[part](quad)]) == {part}


def test_the_audit_takes_the_printed_determination() -> None:
    printed = trig(determined(packaged("reference-decision")).quads, {})
    assert audited(parse(printed.encode(), ".trig")) == set()


# ---------------------------------------------------------------- Who may decide

UNFIT = [
    ("four years of practice", {"replace": "case:reviewer core:activePracticeYears 4 ."}, "practice-long-enough"),
    ("short of five years", {"replace": "case:reviewer core:activePracticeYears 4.9 ."}, "practice-long-enough"),
    ("23 hours a week", {"replace": "case:reviewer core:activePracticeHoursPerWeek 23 ."}, "practice-active-enough"),
    ("a dermatologist", {"replace": "case:reviewer core:specialty core:Dermatology ."}, "specialty-suits"),
    ("ties to the insurer", {"add": 'case:reviewer core:affiliatedWith "claims administrator" .'}, "unaffiliated"),
]
FIT = [
    ("the real reviewer", {}),
    ("a neurosurgeon", {"replace": "case:reviewer core:specialty core:NeurologicalSurgery ."}),
    ("one with a second specialty", {"add": "case:reviewer core:specialty core:Dermatology ."}),
    ("a decimal number of years", {"replace": "case:reviewer core:activePracticeYears 5.5 ."}),
]


@pytest.mark.parametrize(("changes", "code"), [pytest.param(*row[1:], id=row[0]) for row in UNFIT])
def test_a_reviewer_is_refused_for(changes: dict[str, str], code: str) -> None:
    assert codes(refusal(reference(**changes))) == {code}


@pytest.mark.parametrize("lacking", ["activePracticeYears", "activePracticeHoursPerWeek", "specialty", "licensedIn"])
def test_a_reviewer_of_whom_a_condition_is_not_stated_is_refused(lacking: str) -> None:
    quads = [q for q in packaged("reference-decision").quads if q.predicate != CORE[lacking]]
    assert len(codes(refusal(case_of(quads)))) == 1


@pytest.mark.parametrize("changes", [pytest.param(row[1], id=row[0]) for row in FIT])
def test_a_reviewer_is_accepted(changes: dict[str, str]) -> None:
    assert determined(reference(**changes)).determination.review == "upheld"


@pytest.mark.parametrize(
    ("written", "broken", "code"),
    [
        ("sh:qualifiedMinCount 1", "sh:qualifiedMinCont 1", "unevaluated-term"),
        ("core:reportedIn )", "core:reportedInn )", "undeclared-term"),
        ("sh:qualifiedValueShape ladder:OtherThanDecision", "sh:qualifiedValueShape ladder:Nothing", "undefined-shape"),
        ("guideline:keyedOn core:decidedOn ;", "", "missing-keyed-on"),
    ],
)
def test_a_broken_ladder_is_refused(written: str, broken: str, code: str) -> None:
    file = folder("shapes") / "ladders/california-imr/2013-01-01.ttl"
    content = file.read_text().replace(written, broken).encode()
    assert content != file.read_bytes()
    with pytest.raises(KnowledgeBaseError) as refused:
        read_ladder(content, "ladder.ttl", load_ontology())
    assert code in {problem.code for problem in refused.value.problems}


def test_a_gate_that_shuts_nobody_out_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder("shapes") / "ladders/california-imr/2013-01-01.ttl"
    content = file.read_text().replace("sh:qualifiedMinCount 1", "sh:qualifiedMinCount 0").encode()
    ladder = read_ladder(content, "ladder.ttl", load_ontology())
    monkeypatch.setattr(reasoner.select, "ladders", lambda _ontology: (ladder,))
    with pytest.raises(KnowledgeBaseError) as refused:
        determine_case("cases/reference-decision", Manner())
    assert [problem.code for problem in refused.value.problems] == ["open-gate"]
