"""What changed between two editions is told as its author would tell it, with the cases that it changes."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
import small

from reasoner.author.diff import diff, diff_report
from reasoner.author.mutations import mutations
from reasoner.data import folder
from reasoner.errors import KnowledgeBaseError
from reasoner.guideline.edition_file import all_editions, edition_of, read_edition
from reasoner.ontology import load_ontology
from reasoner.rdf import Literal, Triple
from reasoner.validate import default_engine

if TYPE_CHECKING:
    from pathlib import Path

    from reasoner.author.diff_change import Change
    from reasoner.guideline.edition import Edition

ENGINE = default_engine()
ONTOLOGY = load_ontology()
ODG = folder("shapes") / "odg" / "lumbar-revision-fusion" / "as-stated.ttl"
L37848 = folder("shapes") / "cms" / "lumbar-fusion-l37848" / "2024-09-12.ttl"
OLD = read_edition(ODG, ONTOLOGY)
EDITIONS = [read_edition(path, ONTOLOGY) for path in all_editions()]
DAYS = "core:daysBeforeSurgeryElseAsOfAtLeast, core:daysBeforeSurgeryElseAsOfAtMost"


def edited(tmp_path: Path, *changes: tuple[str, str], source: Path = ODG) -> Path:
    text = source.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = tmp_path / "new.ttl"
    path.write_text(text)
    return path


def told(tmp_path: Path, *changes: tuple[str, str]) -> tuple[Change, ...]:
    return diff(OLD, read_edition(edited(tmp_path, *changes), ONTOLOGY))


LIMIT = (
    ("sh:minInclusive 42", "sh:minInclusive 84"), ("sh:maxExclusive 42", "sh:maxExclusive 84"),
)  # fmt: skip
NEW_CRITERION = (
    "odg:FailedFusion odg:FunctionalGain )", "odg:FailedFusion odg:FunctionalGain odg:PainKnown )",
), ("odg:AgreeToAbstain a guideline:Remedy", """odg:PainKnown a guideline:Criterion , sh:PropertyShape ; rdfs:label "Pain known"@en ; dcterms:source odg:ReferenceDecision ;
    guideline:locator "x" ; guideline:verification guideline:Seen ; guideline:looksFor spine:LowBackPain ; sh:targetClass core:TreatmentRequest ;
    sh:path core:evidence ; sh:qualifiedValueShape odg:Pain ; sh:qualifiedMinCount 1 ; guideline:contraryShape odg:NoPain ;
    guideline:phraseMet "a"@en ; guideline:phraseNotMet "b"@en ; guideline:phraseNotDocumented "c"@en ; guideline:phraseConflicting "d"@en .
odg:Pain a sh:NodeShape ; sh:class spine:LowBackPain ; sh:property [ sh:path core:presence ; sh:hasValue core:Present ] .
odg:NoPain a sh:NodeShape ; sh:class spine:LowBackPain ; sh:property [ sh:path core:presence ; sh:hasValue core:Absent ] .
odg:AgreeToAbstain a guideline:Remedy""")  # fmt: skip
CHANGES = {
    "a threshold moved on both sides": (LIMIT, f"Nicotine-free before surgery: threshold moved ({DAYS}; supporting and contrary) from 42 days to 84 days"),
    "a criterion added": (NEW_CRITERION, "Pain known: criterion PainKnown added, a member of RevisionWorthwhile"),
    "a label": ((('"Nicotine-free before surgery"', '"Tobacco-free before surgery"'),), "Tobacco-free before surgery: label from Nicotine-free before surgery to Tobacco-free before surgery"),
    "a phrase": ((("X-rays show instability at a requested level.", "Films show it."),), "Instability on X-ray: phrase met reworded from X-rays show instability at a requested level. to Films show it."),
    "kinds looked for": (((" , spine:AbstinencePlan , spine:IntendedTobaccoUse", " , spine:AbstinencePlan"), ("odg:WillNotAbstain a sh:NodeShape ; sh:or ( odg:RefusesToAbstain odg:IntendsToUse )", "odg:WillNotAbstain a sh:NodeShape ; sh:or ( odg:RefusesToAbstain )")), "Nicotine-free while the fusion heals: kinds looked for from spine:AbstinencePlan , spine:IntendedTobaccoUse , spine:NeverUsedTobacco to spine:AbstinencePlan , spine:NeverUsedTobacco"),
    "segments": ((("guideline:holdsFor      guideline:AnySegment ;\n    sh:path                 core:evidence ;\n    sh:qualifiedValueShape  odg:Unstable", "guideline:holdsFor      guideline:EverySegment ;\n    sh:path                 core:evidence ;\n    sh:qualifiedValueShape  odg:Unstable"),), "Instability on X-ray: segments it must hold for from guideline:AnySegment to guideline:EverySegment"),
    "what both mean": ((("guideline:bothMeans     guideline:NotMet", "guideline:bothMeans     guideline:Met"),), "Confounding issues addressed: meaning of findings for and against from guideline:NotMet to guideline:Met"),
    "a requirement": ((("guideline:contraryShape odg:NoGainExpected ;", "guideline:contraryShape odg:NoGainExpected ; guideline:requirement guideline:Exclusion ;"),), "Functional gain expected: requirement, guideline:Exclusion added"),
    "a member moved": ((("odg:FailedFusion odg:FunctionalGain )", "odg:FailedFusion )"), ("odg:TherapyCompleted odg:Instability", "odg:TherapyCompleted odg:FunctionalGain odg:Instability")), "Functional gain expected: moved from a member of RevisionWorthwhile to a member of RevisionFusionIndicated"),
    "an operator": ((("guideline:allOf ( odg:FailedFusion odg:FunctionalGain )", "guideline:anyOf ( odg:FailedFusion odg:FunctionalGain )"),), "Failed operation with functional gain in prospect: members joined by from allOf to anyOf"),
    "a waiver": ((("odg:NicotineFree odg:NicotineFreeHealing )", "odg:NicotineFree )"), ("guideline:contraryShape odg:NicotineUse ;", "guideline:contraryShape odg:NicotineUse ; guideline:unless odg:NicotineFreeHealing ;")), "Nicotine-free while the fusion heals: moved from a member of NicotineAbstinence to the waiver of NicotineFree"),
    "a constraint dropped": (((" ,\n                [ sh:path core:response ; sh:minCount 1 ] .", " ."),), "Physical therapy completed: supporting shape > core:response: number of values, at least, 1 dropped"),
    "an arm dropped": (((" odg:HasNotQuit odg:CotininePositive", " odg:CotininePositive"),), "Nicotine-free before surgery: contrary shape: one of, HasNotQuit dropped"),
    "a shape renamed is no change, a value in it is": ((("odg:AimedAtPain", "odg:MeantForPain"), ("odg:MeantForPain a sh:NodeShape ; sh:class spine:PainReliefAim ; sh:property [ sh:path core:presence ; sh:hasValue core:Present ]", "odg:MeantForPain a sh:NodeShape ; sh:class spine:PainReliefAim ; sh:property [ sh:path core:presence ; sh:hasValue core:Uncertain ]")), "Revision for pain relief: raising shape > core:presence: value from core:Present to core:Uncertain"),
    "a scope": ((("guideline:scope spine:RevisionLumbarFusion", "guideline:scope spine:LumbarFusion"),), "the edition: scope from spine:RevisionLumbarFusion to spine:LumbarFusion"),
    "a day in force": ((('"2014-12-31"^^xsd:date ;\n    guideline:verification', '"2015-06-30"^^xsd:date ;\n    guideline:verification'),), "the edition: in force until from 2014-12-31 to 2015-06-30"),
    "a caution removed": (((" , odg:OldInstabilityImaging ;", " ;"),), "Old imaging of stability: moved, a caution dropped"),
    "a remedy": ((("guideline:takesDays 42", "guideline:takesDays 84"),), "remedy QuitTobacco: takes days from 42 to 84"),
    "a note": ((("Counts the motion segments of the request (modelling choice).", "Counts them."),), "Limited to two levels: note reworded from Counts the motion segments of the request (modelling choice). to Counts them."),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_told_in_its_authors_words_and_nothing_beside_it(tmp_path: Path, change: str) -> None:
    edits, words = CHANGES[change]
    found = told(tmp_path, *edits)
    assert words in [c.words for c in found]
    assert len({c.subject for c in found}) <= 2, [c.words for c in found]


def test_what_was_renamed_is_known_again_and_compared(tmp_path: Path) -> None:
    found = told(tmp_path, ("odg:FunctionalGain ", "odg:BetterFunction "), ("odg:FunctionalGain\n", "odg:BetterFunction\n"), ("The surgeon expects a gain in function.", "Gain."))
    assert {(c.kind, c.subject) for c in found} == {("renamed", "BetterFunction"), ("wording", "BetterFunction")}


def test_what_was_removed_is_told_with_its_place() -> None:
    found = {c.words for c in diff(next(e for e in EDITIONS if "l37848" in e.file), OLD)}
    assert "Informed consent given: criterion ConsentGiven removed, a member of PseudarthrosisIndication" in found


def test_an_edition_differs_in_nothing_from_itself_nor_from_one_laid_out_otherwise(tmp_path: Path) -> None:
    assert all(diff(e, e) == () for e in EDITIONS)
    remarked = edited(tmp_path, ("odg:FunctionalGain\n", "# a remark\n\nodg:FunctionalGain\n"))
    assert "Nothing changed." in diff_report(str(ODG), str(remarked), [], ENGINE, as_json=False)


@pytest.mark.parametrize("old", [*(e for e in EDITIONS if e.logic), small.edition()], ids=lambda e: e.label)
def test_every_change_that_can_decide_is_told_as_one(old: Edition) -> None:
    for mutation in mutations(old, ONTOLOGY)[::7]:
        try:
            new = edition_of(mutation.graph(old.graph), old.content, old.file, ONTOLOGY)
        except KnowledgeBaseError:
            continue
        assert any(change.decides for change in diff(old, new)), mutation.words


def test_no_text_of_an_edition_changes_unsaid() -> None:
    texts = [t for t in OLD.graph if isinstance(t.object, Literal) and t.object.language and not t.subject.startswith("_:")]
    assert len(texts) > 100
    for old in sorted(texts)[::6]:
        new = Triple(*old[:2], Literal(old.object.value + " indeed", old.object.datatype, "en"))  # type: ignore[union-attr]
        graph = OLD.graph.__class__((OLD.graph.triples - {old}) | {new})
        assert len(diff(OLD, edition_of(graph, OLD.content, OLD.file, ONTOLOGY))) == 1, old


def test_a_wording_decides_nothing() -> None:
    for change in diff(OLD, EDITIONS[0]):
        assert change.decides == (change.kind not in {"wording", "label", "notation", "source", "statement", "renamed", "remedy", "scope", "in force"})


# ---------------------------------------------------------------- Cases

CASES = [str(folder("cases") / name) for name in ("v01-all-met", "v03-five-weeks-abstinent", "v09-pain-relief-only")]
SHORTER = (("sh:minInclusive 42", "sh:minInclusive 28"), ("sh:maxExclusive 42", "sh:maxExclusive 28"))


def test_a_case_tells_what_becomes_of_it_and_through_which_change(tmp_path: Path) -> None:
    found = json.loads(diff_report(str(ODG), str(edited(tmp_path, *SHORTER)), CASES, ENGINE, as_json=True))
    same, changed, other = found["cases"]
    assert (same["changed"], other["changed"]) == (False, False)
    assert (changed["before"], changed["after"]) == ("not medically necessary (not met)", "medically necessary")
    answers = {a["name"]: (a["before"], a["after"], a["because"]) for a in changed["answers"]}
    because = [f"Nicotine-free before surgery: threshold moved ({DAYS}; supporting and contrary) from 42 days to 28 days"]
    assert answers == dict.fromkeys(("NicotineFree", "NicotineAbstinence", "RevisionFusionIndicated"), ("not met", "met", because))


def test_a_group_changes_through_what_left_it(tmp_path: Path) -> None:
    new = edited(tmp_path, *CHANGES["a member moved"][0])
    found = json.loads(diff_report(str(ODG), str(new), CASES[2:], ENGINE, as_json=True))
    (answer,) = found["cases"][0]["answers"]
    assert (answer["name"], answer["before"], answer["after"]) == ("RevisionWorthwhile", "not met", "met")
    assert answer["because"] == [CHANGES["a member moved"][1]]


def test_a_case_that_cannot_be_judged_stops_no_other(tmp_path: Path) -> None:
    broken = tmp_path / "broken.trig"
    broken.write_text("this is not TriG")
    shutil.copy(folder("cases") / "v01-all-met" / "case.trig", tmp_path / "gone.trig")
    cases = [str(broken), str(tmp_path / "nowhere"), CASES[1]]
    new = str(edited(tmp_path, *SHORTER))
    found = json.loads(diff_report(str(ODG), new, cases, ENGINE, as_json=True))["cases"]
    assert [c["before"] for c in found] == ["refused", "refused", "not medically necessary (not met)"]
    assert all(c["problems"] for c in found[:2])
    text = diff_report(str(ODG), new, cases, ENGINE, as_json=False)
    assert "error[syntax]" in text
    assert "error[no-such-file]" in text


def test_a_case_that_one_edition_is_not_about_is_refused_by_it_alone(tmp_path: Path) -> None:
    new = edited(tmp_path, ("guideline:scope spine:RevisionLumbarFusion", "guideline:scope spine:CervicalFusion"))
    (case,) = json.loads(diff_report(str(ODG), str(new), CASES[:1], ENGINE, as_json=True))["cases"]
    assert (case["before"], case["after"]) == ("medically necessary", "refused")
    assert "not-about-request" in case["problems"][0]


def test_two_guidelines_can_be_set_side_by_side() -> None:
    text = diff_report(str(ODG), str(L37848), CASES, ENGINE, as_json=False)
    assert "medically necessary" in text
    assert text == diff_report(str(ODG), str(L37848), CASES, ENGINE, as_json=False)


def test_json_gives_both_editions_and_each_change_with_its_lines(tmp_path: Path) -> None:
    found = json.loads(diff_report(str(ODG), str(edited(tmp_path, *LIMIT)), [], ENGINE, as_json=True))
    assert "cases" not in found
    assert found["old"]["sha256"] != found["new"]["sha256"]
    (change,) = (c for c in found["changes"] if c["kind"] == "threshold")
    assert (change["subject"], change["from"], change["to"]) == ("NicotineFree", "42 days", "84 days")
    lines = ODG.read_text().splitlines()
    assert lines[change["old_line"] - 1].startswith("odg:NicotineFree")
