"""Nothing is ever met by mistake: not by an edition with an error, not by an empty record, not without a witness."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from support import CASES, EDITIONS, ENGINES, MET, ODG, assessed, edited, reasoner

from reasoner.assess import assess, report
from reasoner.errors import KnowledgeBaseError
from reasoner.guideline.edition_file import read_edition
from reasoner.guideline.probes import run
from reasoner.ontology import load_ontology
from reasoner.rdf import Graph, Iri
from reasoner.status import Status
from reasoner.validate import default_engine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from reasoner.assess import Answer
    from reasoner.judge import Assessment
    from reasoner.validate import Engine

GAINED = "spine:FunctionalGainExpected"
GAIN, CLASS = "odg:GainExpected a sh:NodeShape ; ", f"sh:class {GAINED}"
PRESENT = "sh:property [ sh:path core:presence ; sh:hasValue core:Present ]"
NO_GAIN = "odg:NoGainExpected a sh:NodeShape ;"
SHAPE = f"{GAIN}{CLASS} ; {PRESENT} ."
ROUND = "odg:Round a sh:NodeShape ; sh:not odg:GainExpected"
FIRST, REST = (f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}>" for name in ("first", "rest"))
LOGIC = "guideline:logic odg:RevisionFusionIndicated ;"
GROUP = "guideline:allOf ( odg:FailedFusion odg:FunctionalGain ) ."
SUPPORT = "sh:qualifiedValueShape  odg:GainExpected ;\n    sh:qualifiedMinCount    1 ;"
CONTRARY = "guideline:contraryShape odg:NoGainExpected ;"
PATH = "sh:path                 core:evidence ;"
TARGET = f"sh:targetClass          core:TreatmentRequest ;\n    {PATH}\n    {SUPPORT}"
LOOKS = f"guideline:looksFor      {GAINED} ;\n    sh:targetClass"
ANY = "guideline:holdsFor      guideline:AnySegment ;"
BOTH = "guideline:bothMeans     guideline:NotMet ;"
NAMESPACE = "@prefix sh:        <http://www.w3.org/ns/shacl#>"
DAYS = "sh:minCount 1 ; sh:minInclusive 42 ] .\nodg:NotUsing"
ENDED = "[ sh:path core:endedBy ; sh:maxCount 0 ]"
TREATED = "sh:qualifiedValueShape odg:TookPlace ; sh:qualifiedMinCount 1"


def shape(constraints: str) -> tuple[str, str]:
    """The supporting shape of odg:FunctionalGain with other constraints."""
    return SHAPE, f"{GAIN}{constraints} ."


WRONG = {
    "a misspelt constraint": ("unevaluated-term", (DAYS, DAYS.replace("minCount", "minCont"))),
    "a constraint misspelt by its case": ("unevaluated-term", (DAYS, DAYS.replace("minInclusive", "mininclusive"))),
    "a constraint of SHACL 1.2": ("unevaluated-term", shape(f"{CLASS} ; {PRESENT} ; sh:singleLine true")),
    "a constraint of another namespace": (
        "foreign-term", (DAYS, DAYS.replace("sh:minInclusive", "<https://www.w3.org/ns/shacl#minInclusive>")),
    ),
    "https for the SHACL namespace": ("foreign-term", (NAMESPACE, NAMESPACE.replace("http:", "https:"))),
    "a path of another namespace": ("foreign-term", (ENDED, ENDED.replace("core:endedBy", "<https://x/endedBy>"))),
    "a class of another namespace": ("foreign-term", shape(f"{CLASS} ; {PRESENT} ; sh:not [ sh:class <https://x/A> ]")),
    "a misspelt path": ("undeclared-term", shape(f"{CLASS} ; {PRESENT.replace('presence', 'presense')}")),
    "a misspelt value": ("undeclared-term", shape(f"{CLASS} ; {PRESENT.replace('Present', 'Pressent')}")),
    "a misspelt class": ("undeclared-term", shape(f"{CLASS.replace('Expected', 'Expectd')} ; {PRESENT}")),
    "an undefined supporting shape": ("undefined-shape", (SHAPE, "")),
    "an undefined shape below": ("undefined-shape", shape(f"{CLASS} ; {PRESENT} ; sh:node odg:Nowhere")),
    "an undefined contrary shape": (
        "undefined-shape", (NO_GAIN, NO_GAIN.replace("Expected", "")),
    ),
    "an empty supporting shape": ("undefined-shape", (SHAPE, "odg:GainExpected a sh:NodeShape .")),
    "a supporting shape that is no shape": ("undefined-shape", (GAIN, "odg:GainExpected ")),
    "text for a shape": ("undefined-shape", shape(f"{CLASS} ; {PRESENT} ; sh:node 'odg:NoGainExpected'")),
    "a shape without a class": ("any-kind", shape(PRESENT)),
    "an alternative without a class": ("any-kind", shape(f"sh:or ( [ {CLASS} ] [ {PRESENT} ] )")),
    "text for a class": ("wrong-value", shape(f"sh:class 'spine:FunctionalGainExpected' ; {PRESENT}")),
    "text among alternatives": ("wrong-value", shape(f"{CLASS} ; sh:or ( [ {PRESENT} ] 'b' )")),
    "no alternatives": ("wrong-value", shape(f"{CLASS} ; {PRESENT} ; sh:or ( )")),
    "alternatives that are no list": ("wrong-value", shape(f"{CLASS} ; {PRESENT} ; sh:and odg:NoGainExpected")),
    "a list that bites its tail": (
        "wrong-value", shape(f"{CLASS} ; {PRESENT} ; sh:or _:l .\n_:l {FIRST} odg:AimedAtPain ; {REST} _:l"),
    ),
    "a count in quotes": ("wrong-value", (DAYS, DAYS.replace("minCount 1", "minCount '1'"))),
    "a count below nothing": ("wrong-value", (DAYS, DAYS.replace("minCount 1", "minCount -1"))),
    "a bound in quotes": ("wrong-value", (DAYS, DAYS.replace("42", "'42'"))),
    "a bound that is a name": ("wrong-value", (DAYS, DAYS.replace("42", "core:Present"))),
    "a bound of a day": ("wrong-value", (DAYS, DAYS.replace("42", "'2024-01-01'^^xsd:date"))),
    "a bound of what is not a number": (
        "not-a-number", shape(f"{CLASS} ; {PRESENT} ; sh:property [ sh:path core:observedOn ; sh:maxInclusive 2 ]"),
    ),
    "two bounds": ("two-values", (DAYS, DAYS.replace("42", "42 , 10"))),
    "two paths below": ("two-values", (ENDED, ENDED.replace("core:endedBy", "core:endedBy , core:addressedBy"))),
    "a sequence of paths": ("wrong-value", (ENDED, ENDED.replace("core:endedBy", "( core:endedBy core:presence )"))),
    "a path without a constraint": ("incomplete", (ENDED, "[ sh:path core:endedBy ]")),
    "a constraint without its path": ("incomplete", shape(f"{CLASS} ; sh:property [ sh:hasValue core:Present ]")),
    "a counted shape without its count": ("incomplete", (TREATED, "sh:qualifiedValueShape odg:TookPlace")),
    "a count without its shape": ("incomplete", (TREATED, "sh:qualifiedMinCount 1")),
    "a deactivated criterion": ("unevaluated-term", (SUPPORT, SUPPORT + " sh:deactivated true ;")),
    "a deactivated shape": ("unevaluated-term", shape(f"{CLASS} ; {PRESENT} ; sh:deactivated true")),
    "a recursive shape": ("recursive-shape", shape(f"{CLASS} ; sh:node odg:GainExpected")),
    "a recursive shape without a class": ("recursive-shape", shape("sh:node odg:GainExpected")),
    "a shape recursive by another": (
        "recursive-shape", shape(f"{CLASS} ; {PRESENT} ; sh:or ( odg:Round [ {PRESENT} ] ) .\n{ROUND}"),
    ),
    "no path": ("not-on-evidence", (TARGET, TARGET.replace(PATH, ""))),
    "another path": ("not-on-evidence", (TARGET, TARGET.replace("core:evidence", "core:revises"))),
    "two paths": ("not-on-evidence", (TARGET, TARGET.replace("core:evidence", "core:evidence , core:revises"))),
    "a misspelt count": ("unevaluated-term", (SUPPORT, SUPPORT.replace("MinCount", "MinCont"))),
    "no count": ("not-on-evidence", (SUPPORT, SUPPORT.replace("sh:qualifiedMinCount    1 ;", ""))),
    "a count of two": ("not-on-evidence", (SUPPORT, SUPPORT.replace(" 1 ;", " 2 ;"))),
    "a count of none": ("not-on-evidence", (SUPPORT, SUPPORT.replace(" 1 ;", " 0 ;"))),
    "two counts": ("two-values", (SUPPORT, SUPPORT.replace(" 1 ;", " 1 , 2 ;"))),
    "no supporting shape": ("missing-qualified-value-shape", (SUPPORT, "sh:qualifiedMinCount    1 ;")),
    "two supporting shapes": ("two-values", (SUPPORT, SUPPORT.replace(" ;", " , odg:AimedAtPain ;", 1))),
    "two contrary shapes": ("two-values", (CONTRARY, CONTRARY.replace(" ;", " , odg:AimedAtPain ;"))),
    "no contrary shape": ("missing-contrary-shape", (CONTRARY, "")),
    "a misspelt target class": ("undeclared-term", (TARGET, TARGET.replace("Request ;", "Reqest ;"))),
    "another target class": ("target", (TARGET, TARGET.replace("TreatmentRequest", "ChartDocument"))),
    "two target classes": ("two-values", (TARGET, TARGET.replace("Request ;", "Request , core:RequestedSegment ;"))),
    "segments without a rule for several": ("target", (TARGET, TARGET.replace("TreatmentRequest", "RequestedSegment"))),
    "a rule for several that is none": ("wrong-value", (ANY, ANY.replace("AnySegment", "NotMet"))),
    "two rules for several": ("two-values", (ANY, ANY.replace("AnySegment", "AnySegment , guideline:EverySegment"))),
    "a requirement that is none": ("wrong-value", (SUPPORT, SUPPORT + " guideline:requirement guideline:NotMet ;")),
    "a meaning in quotes": ("wrong-value", (BOTH, BOTH.replace("guideline:NotMet", "'NotMet'"))),
    "looking for what is not a finding": ("not-a-finding", (LOOKS, LOOKS.replace(GAINED, "core:ChartDocument"))),
    "looking for nothing": ("missing-looks-for", (LOOKS, "sh:targetClass")),
    "circular logic": ("circular-logic", (GROUP, GROUP.replace("( ", "( odg:RevisionFusionIndicated "))),
    "a criterion outside the logic": ("outside-logic", (GROUP, GROUP.replace("odg:FunctionalGain ", ""))),
    "a criterion twice in the logic": ("named-twice", (GROUP, GROUP.replace("( ", "( odg:FunctionalGain "))),
    "an undefined member of the logic": ("not-in-logic", (GROUP, GROUP.replace("( ", "( odg:Nowhere "))),
    "text in the logic": ("wrong-value", (GROUP, GROUP.replace("( ", "( 'odg:Instability' "))),
    "a waiver in quotes": ("wrong-value", (SUPPORT, SUPPORT + " guideline:unless 'odg:Instability' ;")),
    "an empty group": ("empty-group", (GROUP, "guideline:allOf ( ) .")),
    "a group of two lists": ("two-values", (GROUP, GROUP.replace(" .", " , ( odg:FunctionalGain ) ."))),
    "a group joined in two ways": (
        "not-in-logic", (GROUP, GROUP.replace(" .", " ; guideline:anyOf ( odg:FunctionalGain ) .")),
    ),
    "at least none of a group": ("wrong-value", (GROUP, GROUP.replace("allOf", "atLeast 0 ; guideline:of"))),
    "at least a word of a group": ("wrong-value", (GROUP, GROUP.replace("allOf", "atLeast 'two' ; guideline:of"))),
    "at least nothing said of a group": ("incomplete", (GROUP, GROUP.replace("allOf", "of"))),
    "no logic": ("missing-logic", (LOGIC, "")),
    "two roots of the logic": ("two-values", (LOGIC, LOGIC.replace(" ;", " , odg:NicotineAbstinence ;"))),
    "a day that no calendar has": ("wrong-value", ('From "2014-01-01"', 'From "2014-13-01"')),
    "no criterion": ("no-criterion", ("a guideline:Criterion , sh:P", "a sh:P"), (LOGIC, "")),
    "two editions": ("not-one-edition", ("", "\nodg:Second a guideline:Edition .\n")),
    "not Turtle": ("syntax", (LOGIC, LOGIC + " ;; <")),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_an_edition_with_an_error_is_refused_at_its_line(tmp_path: Path, wrong: str) -> None:
    code, *changes = WRONG[wrong]
    file = edited(ODG, tmp_path / "edition.ttl", *changes)
    with pytest.raises(KnowledgeBaseError) as raised:
        read_edition(file, load_ontology())
    assert code in {problem.code for problem in raised.value.problems if problem.line}
    assert {(problem.file, bool(problem.fix)) for problem in raised.value.problems} == {(str(file), True)}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("command", ["determine", "validate"])
def test_an_edition_with_an_error_judges_nobody(tmp_path: Path, command: str, engine: Engine) -> None:
    for wrong in ("a misspelt constraint", "a recursive shape", "not Turtle"):
        code, *changes = WRONG[wrong]
        file = edited(ODG, tmp_path / "edition.ttl", *changes)
        ran = reasoner(command, MET, "--guideline", file, "--engine", engine)
        assert (ran.code, ran.out) == (4, "")
        assert re.search(rf"^error\[{code}\] {re.escape(str(file))}:\d+$", ran.err, re.MULTILINE), ran.err


def test_a_file_without_an_edition_judges_nobody(tmp_path: Path) -> None:
    file = edited(ODG, tmp_path / "edition.ttl", ("as-stated> a guideline:Edition ;", "as-stated> a guideline:Group ;"))
    for command in ("determine", "validate"):
        ran = reasoner(command, MET, "--guideline", file)
        assert (ran.code, ran.out) == (4, "")
        assert f"error[not-one-edition] {file}\n" in ran.err


UNSAFE = {
    "the kind alone": shape(CLASS),
    "what is not absent": shape(f"{CLASS} ; sh:not [ {PRESENT.replace('Present', 'Absent')} ]"),
    "at most one value": shape(f"{CLASS} ; sh:property [ sh:path core:presence ; sh:maxCount 1 ]"),
    "values of a list, were there any": shape(f"{CLASS} ; sh:property [ sh:path core:presence ; sh:in ( 1 ) ]"),
    "an alternative that is the kind alone": shape(f"sh:or ( [ {CLASS} ] [ {CLASS} ; {PRESENT} ] )"),
    "any finding": shape("sh:class core:Finding"),
    "another kind": shape(f"sh:class spine:AbstinencePlan ; {PRESENT}"),
    "a kind against": (NO_GAIN, f"{NO_GAIN} {CLASS} .\nodg:Old a sh:NodeShape ;"),
    "evidence of one kind only": (SUPPORT, f"{SUPPORT} {CLASS} ;"),
    "no evidence at all": (SUPPORT, f"{SUPPORT} sh:maxCount 0 ;"),
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("accepted", UNSAFE)
def test_a_criterion_that_its_canary_or_its_witnesses_belie_is_not_evaluated(
    tmp_path: Path, accepted: str, engine: Engine
) -> None:
    file = edited(ODG, tmp_path / "edition.ttl", UNSAFE[accepted])
    ran = reasoner("validate", MET, "--guideline", file, "--engine", engine, "--format", "json")
    found = {item["name"]: item["status"] for item in json.loads(ran.out)["criteria"]}
    assert (ran.code, found["FunctionalGain"]) == (4, "not evaluated")
    ran = reasoner("determine", MET, "--guideline", file)
    assert (ran.code, ran.out) == (4, "")
    assert re.search(rf"^error\[not-evaluated\] {re.escape(str(file))}:\d+$", ran.err, re.MULTILINE), ran.err


# ---------------------------------------------------------------- Cases

CASE = MET.read_text()
GRAPHS = re.compile(r"(GRAPH case:[\w-]+ {).*?\n}\n", re.DOTALL)
LISTED = re.compile(r"^case:[\w-]+ a core:\w+(?:Report|Note) ;.*?\.\n", re.DOTALL | re.MULTILINE)
SPINE = "<https://w3id.org/guideline-reasoner/spine#>"
IS = "core:presence core:Present"
RECORDS = {
    "nothing": ("empty-case", ""),
    "no document": ("document-present", LISTED.sub("", GRAPHS.sub("", CASE))),
    "no finding": ("finding-present", GRAPHS.sub(r"\1 }\n", CASE)),
    "a misspelt property": ("undeclared-property", CASE.replace("core:presence", "core:presense", 1)),
    "a property of another name": ("undeclared-property", CASE.replace(IS, "<https://x/presence> core:Present", 1)),
    "a misspelt value": ("undeclared-term", CASE.replace(IS, "core:presence core:Pressent", 1)),
    "a misspelt class": ("undeclared-class", CASE.replace("a spine:SolidFusion", "a spine:SolidFuson")),
    "a fact outside any document": ("finding-in-document", CASE.replace("GRAPH case:ct {", "{")),
    "a fact in a document that is not listed": ("graph-of-document", CASE.replace("GRAPH case:ct ", "GRAPH case:ctt ")),
    "a finding of unstated class": ("kind-of-finding-missing", CASE.replace("a spine:SolidFusion", "a core:Finding")),
    "a finding of no class": ("untyped-subject", CASE.replace("a spine:SolidFusion ;", "")),
    "a finding whose presence is not stated": ("presence-stated", CASE.replace("core:presence core:Absent ;", "", 1)),
    "a presence in quotes": ("name-expected", CASE.replace(IS, "core:presence 'Present'", 1)),
    "https for the namespace": ("unknown-namespace", CASE.replace(SPINE, SPINE.replace("https", "http"))),
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("record", RECORDS)
def test_a_record_with_an_error_is_not_judged(record: str, engine: Engine) -> None:
    code, text = RECORDS[record]
    ran = reasoner("validate", "-", "--guideline", "odg", "--engine", engine, stdin=text.encode())
    assert (ran.code, ran.out) == (3, "")
    assert f"error[{code}] -" in ran.err


# ---------------------------------------------------------------- Witnesses


def again(given: Assessment, gone: frozenset[Iri], engine: Engine) -> dict[Iri, dict[Iri, Status]]:
    """The statuses where the engine is given a graph without some findings."""
    kept = Graph(t for t in given.judged if t.subject not in gone and t.object not in gone)
    found = report(run(given.edition, kept, engine))
    return {
        r.iri: {iri: a.status for iri, a in assess(r, given.edition, found, given.record, given.untrustworthy).items()}
        for r in given.record.requests
    }


def met(given: Assessment) -> Iterable[tuple[Iri, Answer]]:
    return [(r, a) for r, answers in given.answers.items() for a in answers.values() if a.status is Status.MET]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("case", CASES)
def test_no_criterion_is_met_once_its_witnesses_are_gone(case: str, edition: str, engine: Engine) -> None:
    given = assessed(case, edition, engine)
    assert all(answer.supporting for _, answer in met(given))
    gone = frozenset[Iri]().union(*(answer.supporting for _, answer in met(given)))
    found = again(given, gone, engine)
    assert [a.criterion for request, a in met(given) if found[request][a.criterion] is Status.MET] == []


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("case", CASES)
def test_no_criterion_is_met_without_its_own_witnesses(case: str, edition: str) -> None:
    engine = default_engine()
    given = assessed(case, edition, engine)
    for request, answer in met(given):
        assert again(given, answer.supporting, engine)[request][answer.criterion] is not Status.MET


def test_every_criterion_of_one_edition_and_several_of_the_other_are_met_somewhere() -> None:
    kinds = {e: {a.criterion for c in CASES for _, a in met(assessed(c, e, default_engine()))} for e in EDITIONS}
    assert kinds["odg"] == set(assessed(CASES[0], "odg", default_engine()).edition.criteria)
    assert len(kinds["L37848"]) >= 8
