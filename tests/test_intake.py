"""What intake refuses, on which line, and with which words."""

from __future__ import annotations

import pytest

from reasoner.data import folder
from reasoner.intake import problems
from reasoner.intake.faults import rules
from reasoner.load import Case, load_file, load_stream
from reasoner.ontology import load_ontology
from reasoner.rdf import Iri
from reasoner.terms import GUIDELINE, SH, local_name
from reasoner.validate import Engine
from reasoner.vocabulary import nearest, prefixed, undeclared

VALID = """\
@prefix case: <https://w3id.org/guideline-reasoner/cases/small/> .
@prefix core: <https://w3id.org/guideline-reasoner/core#> .
@prefix spine: <https://w3id.org/guideline-reasoner/spine#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
case:request a core:TreatmentRequest , spine:LumbarFusion ;
    core:patient case:patient ;
    core:requestedOn "2024-11-04"^^xsd:date ;
    core:plannedOn "2024-12-02"^^xsd:date ;
    core:revises case:fusion ;
    spine:fromVertebra spine:L4 ;
    spine:toVertebra spine:S1 .
case:part a core:TreatmentRequest , spine:LumbarFusion ;
    core:partOf case:request ; spine:fromVertebra spine:L4 ; spine:toVertebra spine:L5 .
case:patient a core:Patient ; core:age 48 ; core:injuredOn "2009"^^xsd:gYear .
case:ur a core:UtilizationReviewDecision ;
    core:decidedOn "2024-11-12"^^xsd:date ;
    core:decides case:request ; core:ground case:ground .
case:ground a core:Ground ; core:about spine:RadiographicInstability ;
    core:statement "No instability." .
case:appeal a core:Appeal ; core:appeals case:ur ; core:asksFor case:service .
case:service a core:AppealedService , spine:FusionExploration .
case:reviewer a core:Reviewer ; core:specialty core:OrthopedicSurgery .
case:choice a core:Adjudication ; core:prefers case:motion ; core:over case:still ;
    core:reason "Later films." ;
    core:adjudicatedBy case:reviewer ; core:adjudicatedOn "2024-12-01"^^xsd:date .
case:ct-study a spine:ComputedTomography .
case:op a core:OperativeReport ; rdfs:label "operation" ;
    dcterms:date "2022-05"^^xsd:gYearMonth ; core:authorRole core:Surgeon .
case:films a core:ImagingReport ; dcterms:date "2024-08-22"^^xsd:date ;
    core:authorRole core:Radiologist .
GRAPH case:op {
    case:fusion a spine:PriorFusion ; core:presence core:Present ;
        core:observedOn "2022-05-10"^^xsd:date ;
        core:site spine:L4-S1 ; core:page 1 ; core:quote "Fusion L4 to S1." .
}
GRAPH case:films {
    case:motion a spine:RadiographicInstability ; core:presence core:Present ;
        core:site spine:L4-L5 ; core:value 6 ; core:unit "mm" ;
        core:page 1 ; core:paraphrase "Moves six mm." .
    case:still a spine:RadiographicInstability ; core:presence core:Absent ;
        core:concerns case:ct-study ; core:page 2 ; core:quote "None at L5-S1." .
}
"""

# What is replaced, by what, and the errors: code@line.
EDITS = {
    # vocabulary
    "A misspelt property is one error": (
        "core:presence core:Absent",
        "core:presense core:Absent",
        "undeclared-property@42",
    ),
    "A misspelt property of one of three words": (
        "core:observedOn",
        "core:observedon",
        "undeclared-property@35",
    ),
    "An invented property": ("core:age 48", "core:shoeSize 48", "undeclared-property@16"),
    "A foreign property": ("core:age 48", "<http://schema.org/knows> case:ur", "undeclared-property@16"),
    "A misspelt class is one error": ("a spine:PriorFusion", "a spine:PriorFushion", "undeclared-class@34"),
    "An invented class hides no other error": ("a spine:PriorFusion", "a spine:Zzz", "undeclared-class@34"),
    "A foreign class": ("a core:Patient", "a <http://schema.org/Person>", "undeclared-class@16"),
    "A misspelt value": ("core:authorRole core:Surgeon", "core:authorRole core:Surgon", "undeclared-term@30"),
    "A misspelt namespace is one error": ("reasoner/core#>", "reasoner/cores#>", "unknown-namespace@2"),
    "A namespace with http": (
        "<https://w3id.org/guideline-reasoner/spine#>",
        "<http://w3id.org/guideline-reasoner/spine#>",
        "unknown-namespace@3",
    ),
    "An import": (
        "case:ct-study a",
        "case: <http://www.w3.org/2002/07/owl#imports> case:ct-study .\ncase:ct-study a",
        "schema-statement@28",
    ),
    "A shape": (
        "case:ct-study a spine:ComputedTomography",
        "case:ct-study a <http://www.w3.org/ns/shacl#NodeShape>",
        "schema-statement@28",
    ),
    "A class of the case's own": (
        "case:ct-study a spine:ComputedTomography",
        "case:ct-study a <http://www.w3.org/2002/07/owl#Class>",
        "schema-statement@28",
    ),
    "A statement about the ontology": (
        "case:ct-study a",
        "spine:L4-L5 core:upperLevel spine:L1 .\ncase:ct-study a",
        "ontology-subject@28",
    ),
    "A synonym of a vertebra": (
        "case:ct-study a",
        "spine:L4 a spine:MotionSegment .\ncase:ct-study a",
        "ontology-subject@28",
    ),
    "A property that derive writes": ("core:page 2", "core:daysBeforeAsOfAtLeast 2", "derived-property@43"),
    "A document claimed by hand": ("core:page 2", "core:reportedIn case:op", "derived-property@43"),
    "Evidence claimed by hand": (
        "core:plannedOn",
        "core:evidence case:still ; core:plannedOn",
        "derived-property@10",
    ),
    "A provenance claimed by hand": (
        "core:plannedOn",
        "<http://www.w3.org/ns/prov#wasDerivedFrom> case:still ; core:plannedOn",
        "derived-property@10",
    ),
    "An annotation of the ontology": ("core:page 2", 'core:saidPresent "x"', "undeclared-property@43"),
    "A derived finding": ("a spine:PriorFusion", "a core:RequestedExtent", "derived-class@34"),
    "A requested segment": (
        "case:ct-study a spine:ComputedTomography",
        "case:x a core:RequestedSegment",
        "derived-class@28 undescribed@43",
    ),
    "An inferred class": (
        "a spine:PriorFusion",
        "a spine:PriorFusion , spine:NonunionEvidence",
        "inferred-class@34",
    ),
    "A segment of the case's own": (
        "case:ct-study a spine:ComputedTomography",
        "case:ct-study a spine:MotionSegment",
        "class-outside-case@28",
    ),
    "A presence of the case's own": (
        "case:ct-study a",
        "case:maybe a core:Presence .\ncase:ct-study a",
        "class-outside-case@28",
    ),
    "A blank node": (
        "case:ct-study a spine:ComputedTomography",
        "[] a spine:Radiograph .\ncase:ct-study a spine:ComputedTomography",
        "blank-node@28",
    ),
    "A blank node for the patient": (
        "core:patient case:patient",
        "core:patient [ a core:Patient ]",
        "blank-node@8",
    ),
    "A labelled blank node": ("core:concerns case:ct-study", "core:concerns _:ct", "blank-node@43"),
    # kinds
    "A subject without a class": ("case:reviewer a core:Reviewer ;", "case:reviewer", "untyped-subject@24"),
    "A request without a class": (
        "case:request a core:TreatmentRequest , spine:LumbarFusion ;\n    core:patient",
        "case:request\n    core:patient",
        "untyped-subject@7",
    ),
    "A finding of no kind": ("a spine:PriorFusion", "a core:Finding", "kind-of-finding-missing@34"),
    "A finding of two kinds that exclude each other": (
        "a spine:PriorFusion",
        "a spine:PriorFusion , spine:SolidFusion",
        "disjoint-classes@34",
    ),
    "A patient who is a reviewer": (
        "a core:Patient",
        "a core:Patient , core:Reviewer",
        "disjoint-classes@16",
    ),
    "A reviewer in a document": (
        "case:still a",
        "case:second a core:Reviewer .\n    case:still a",
        "outside-default-graph@42",
    ),
    # values
    "A number in quotes": ("core:page 2", 'core:page "2"', "wrong-datatype@43"),
    "A date as text": ('"2024-11-04"^^xsd:date', '"2024-11-04"', "wrong-datatype@9"),
    "A date with a time": (
        '"2024-11-04"^^xsd:date',
        '"2024-11-04T10:00:00"^^xsd:dateTime',
        "wrong-datatype@9",
    ),
    "A year where a day is needed": ('"2024-11-04"^^xsd:date', '"2024"^^xsd:gYear', "wrong-datatype@9"),
    "A measured number with an exponent": ("core:value 6", "core:value 6e0", "wrong-datatype@40"),
    "A quote with a language": ('"Fusion L4 to S1."', '"Fusion L4 to S1."@en', "wrong-datatype@36"),
    "A day that does not exist": ("2024-11-04", "2025-02-30", "invalid-value@9"),
    "A day with a time zone": ("2024-11-04", "2024-11-04Z", "invalid-value@9"),
    "A day before 1900": ("2024-11-04", "1899-12-31", "invalid-value@9"),
    "A day after 2200": ("2024-11-04", "2201-01-01", "invalid-value@9"),
    "A year that is none": ('"2009"^^', '"09"^^', "invalid-value@16"),
    "A month that is none": ('"2022-05"^^', '"2022-13"^^', "invalid-value@30"),
    "A number that is none": ("core:age 48", 'core:age "old"^^xsd:integer', "invalid-value@16"),
    "A number with leading zeros": ("core:age 48", "core:age 048", "invalid-value@16"),
    "A number of many digits": ("core:value 6", "core:value 6666666666666666666", "invalid-value@40"),
    "Arabic digits": ("core:age 48", 'core:age "\u0664\u0668"^^xsd:integer', "invalid-value@16"),
    "An empty quote": ('"Fusion L4 to S1."', '" "', "invalid-value@36"),
    "A name where a date belongs": ('"2024-11-04"^^xsd:date', "case:monday", "value-expected@9"),
    "Text where a presence belongs": (
        "core:presence core:Absent",
        'core:presence "absent"',
        "name-expected@42",
    ),
    "A class as text": (
        "case:ct-study a spine:ComputedTomography",
        'case:ct-study a "CT"',
        "name-expected@28 untyped-subject@28",
    ),
    "A presence that is none": ("core:presence core:Absent", "core:presence core:Completed", "wrong-kind@42"),
    "A presence of nobody's": ("core:presence core:Absent", "core:presence case:maybe", "wrong-kind@42"),
    "A vertebra as a site": ("core:site spine:L4-L5", "core:site spine:L4", "wrong-kind@40"),
    "A document as a patient": ("core:patient case:patient", "core:patient case:op", "wrong-kind@8"),
    "A kind as a presence": ("core:presence core:Absent", "core:presence core:Presence", "wrong-kind@42"),
    "A segment as a level": (
        "spine:fromVertebra spine:L4 ;\n",
        "spine:fromVertebra spine:L4-L5 ;\n",
        "wrong-kind@12",
    ),
    "A ground about a thing": (
        "core:about spine:RadiographicInstability",
        "core:about spine:L4-L5",
        "wrong-kind@20",
    ),
    "A ground about a procedure": (
        "core:about spine:RadiographicInstability",
        "core:about spine:LumbarFusion",
        "ground-about-finding@20",
    ),
    "A patient whom nothing describes": (
        "core:patient case:patient",
        "core:patient case:somebody",
        "undescribed@8",
    ),
    "A finding whom nothing describes": (
        "core:revises case:fusion",
        "core:revises case:fusio",
        "undescribed@11",
    ),
    "A property on the wrong thing": ("core:age 48", 'core:asOf "2024-11-04"^^xsd:date', "wrong-subject@16"),
    "A unit of another kind": ('core:unit "mm"', 'core:unit "cm"', "wrong-unit@40"),
    "Levels from below to above": (
        "spine:fromVertebra spine:L4 ;\n    spine:toVertebra spine:S1",
        "spine:fromVertebra spine:S1 ;\n    spine:toVertebra spine:L4",
        "levels-reversed@12",
    ),
    "Levels that are one": (
        "spine:fromVertebra spine:L4 ;\n",
        "spine:fromVertebra spine:S1 ;\n",
        "levels-reversed@12",
    ),
    # the request
    "No procedure": (
        "case:request a core:TreatmentRequest , spine:LumbarFusion",
        "case:request a core:TreatmentRequest",
        "request-with-procedure@7",
    ),
    "No date of request": ('    core:requestedOn "2024-11-04"^^xsd:date ;\n', "", "request-dated@7"),
    "Two dates of request": (
        '"2024-11-04"^^xsd:date',
        '"2024-11-04"^^xsd:date , "2024-11-05"^^xsd:date',
        "request-dated@9",
    ),
    "No patient": ("    core:patient case:patient ;\n", "", "request-with-patient@7"),
    "Two planned days": (
        '"2024-12-02"^^xsd:date',
        '"2024-12-02"^^xsd:date , "2024-12-03"^^xsd:date',
        "single-planned-date@10",
    ),
    "No level to begin at": ("    spine:fromVertebra spine:L4 ;\n", "", "from-one-level@7"),
    "Two levels to end at": (
        "spine:toVertebra spine:S1",
        "spine:toVertebra spine:S1 , spine:L5",
        "to-one-level@13",
    ),
    "A second whole request": (
        "    core:partOf case:request ;",
        "   ",
        "request-dated@14 request-with-patient@14 single-request@14",
    ),
    "A part of a part": (
        "case:patient a",
        "case:piece a core:TreatmentRequest , spine:LumbarFusion ; core:partOf case:part ; spine:fromVertebra spine:L4 ; spine:toVertebra spine:L5 .\ncase:patient a",  # noqa: E501
        "part-of-whole@16",
    ),
    "A request that is part of itself": (
        "core:patient case:patient",
        "core:partOf case:request ; core:patient case:patient",
        "part-of-whole@15 part-of-whole@8 request-present@",
    ),
    # decision, ground, appeal
    "A decision without a date": ('    core:decidedOn "2024-11-12"^^xsd:date ;\n', "", "decision-dated@17"),
    "A decision on nothing": (
        "core:decides case:request ; core:ground",
        "core:ground",
        "decision-on-request@17",
    ),
    "Two decisions": (
        "case:ground a",
        'case:vr a core:UtilizationReviewDecision ; core:decidedOn "2024-11-12"^^xsd:date ; core:decides case:request .\ncase:ground a',  # noqa: E501
        "single-decision@20",
    ),
    "A ground that says nothing": (' ;\n    core:statement "No instability."', "", "ground-stated@20"),
    "A ground about nothing": ("core:about spine:RadiographicInstability ;", "", "ground-about-something@20"),
    "A ground of no decision": ("; core:ground case:ground", "", "ground-of-decision@20"),
    "An appeal of nothing": ("core:appeals case:ur ;", "", "appeal-of-decision@22"),
    # people
    "An impossible age": ("core:age 48", "core:age 480", "plausible-age@16"),
    "Two ages": ("core:age 48", "core:age 48 , 49", "plausible-age@16"),
    # documents
    "A document without a date": ('    dcterms:date "2022-05"^^xsd:gYearMonth ;', "   ", "document-dated@29"),
    "A document with two dates": (
        '"2022-05"^^xsd:gYearMonth',
        '"2022-05"^^xsd:gYearMonth , "2022"^^xsd:gYear',
        "document-dated@30",
    ),
    "A document without an author": (" ; core:authorRole core:Surgeon", "", "document-with-author@29"),
    "A graph that is no document": ("GRAPH case:films {", "GRAPH case:film {", "graph-of-document@38"),
    "A graph without a document of a class": (
        "case:films a core:ImagingReport",
        "case:films a core:Patient",
        "graph-of-document@31 wrong-subject@31 wrong-subject@32",
    ),
    # findings
    "A finding in the default graph": (
        "case:ct-study a",
        'case:loose a spine:PriorFusion ; core:presence core:Present ; core:quote "x" .\ncase:ct-study a',
        "finding-in-document@28",
    ),
    "A finding in two documents": (
        "case:still a",
        "case:fusion core:side core:Left .\n    case:still a",
        "finding-in-one-document@34",
    ),
    "A finding without presence": ("; core:presence core:Absent ;", ";", "presence-stated@42"),
    "A finding with two presences": (
        "core:presence core:Absent",
        "core:presence core:Absent , core:Present",
        "presence-stated@42",
    ),
    "A finding seen on two days": (
        '"2022-05-10"^^xsd:date',
        '"2022-05-10"^^xsd:date , "2022-05-11"^^xsd:date',
        "single-observation@35",
    ),
    "A page before the first": ("core:page 2", "core:page 0", "plausible-page@43"),
    "A finding that rests on nothing": (' ; core:quote "None at L5-S1."', "", "quote-or-paraphrase@42"),
    "A value without a unit": ('; core:unit "mm"', "", "value-with-unit@39"),
    "A unit without a value": ("core:value 6 ;", "", "unit-with-value@39"),
    "Negative visits": ("core:page 2", "core:visits -1", "plausible-visits@43"),
    # adjudication
    "An adjudication without a reason": ('core:reason "Later films." ;', "", "adjudication-with-reason@25"),
    "An adjudication by nobody": ("core:adjudicatedBy case:reviewer ;", "", "adjudication-by-reviewer@25"),
    "An adjudication without a date": (
        '; core:adjudicatedOn "2024-12-01"^^xsd:date',
        "",
        "adjudication-dated@25",
    ),
    "An adjudication of nothing over": ("; core:over case:still", "", "adjudication-over@25"),
    "An adjudication of a finding over itself": (
        "core:over case:still",
        "core:over case:motion",
        "adjudication-between-two@25",
    ),
}


def found(content: str | bytes, engine: Engine = Engine.FAST) -> list[str]:
    case = load_stream(content.encode() if isinstance(content, str) else content)
    return [f"{p.code}@{p.line or ''}" for p in problems(case, load_ontology(), engine)]


@pytest.mark.parametrize("engine", Engine)
def test_a_valid_case_has_no_problem(engine: Engine) -> None:
    assert found(VALID, engine) == []


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("name", EDITS)
def test_a_broken_case_names_the_error_and_its_line(name: str, engine: Engine) -> None:
    old, new, expected = EDITS[name]
    assert old in VALID, "the edit changes nothing"
    assert sorted(found(VALID.replace(old, new, 1), engine)) == sorted(expected.split())


@pytest.mark.parametrize("engine", Engine)
def test_every_case_in_the_repository_may_be_judged(engine: Engine) -> None:
    cases = sorted(folder("cases").glob("*/case.trig"))
    assert cases
    for file in cases:
        assert problems(load_file(file), load_ontology(), engine) == (), file


@pytest.mark.parametrize("engine", Engine)
def test_an_empty_record_is_not_judged(engine: Engine) -> None:
    request = VALID[: VALID.index("case:part a")].replace("    core:revises case:fusion ;\n", "")
    patient = "case:patient a core:Patient .\n"
    assert found(request + patient, engine) == ["document-present@", "finding-present@"]


def test_both_engines_say_the_same_of_everything_at_once() -> None:
    broken = VALID
    for old, new, _ in EDITS.values():
        if "blank" not in new and "cores#" not in new and "http://w3id" not in new:
            broken = broken.replace(old, new, 1)
    case = load_stream(broken.encode())
    fast, reference = (problems(case, load_ontology(), engine) for engine in (Engine.FAST, Engine.REFERENCE))
    assert fast == reference
    assert len(fast) > 30


def test_every_rule_has_words_a_fix_and_an_edit_that_breaks_it() -> None:
    worded = {local_name(rule) for rule, _ in rules().pairs(SH.message)}
    assert worded == {local_name(rule) for rule, _ in rules().pairs(GUIDELINE.fix)}
    codes = {part.partition("@")[0] for _, _, expected in EDITS.values() for part in expected.split()}
    unbroken = {rule for rule in worded if _code(rule) not in codes} - ELSEWHERE
    assert unbroken == set()


# Rules of one form with others in the table, or broken by a test of their own.
ELSEWHERE = {
    "DocumentPresent", "FindingPresent", "UndefinedName", "SingleAsOfDate", "PartOfOne", "PartDatedOnce", "PartPatientOnce",  # noqa: E501
    "AppealDatedOnce", "SingleInjuryDate", "PlausiblePageCount", "SingleQuote", "SingleValue", "SingleUnit", "SingleStart",  # noqa: E501
    "SingleEnd", "SingleCompletion", "SingleResponse", "PlausibleMonths", "SingleSide", "AdjudicationPrefers",
}  # fmt: skip


def _code(rule: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in rule).lstrip("-")


SAID_TWICE = {
    "single-as-of-date": ("case:request a", 'core:asOf "2024-12-01"^^xsd:date , "2024-12-02"^^xsd:date'),
    "part-of-one": ("case:part a", "core:partOf case:part"),
    "part-dated-once": ("case:part a", 'core:requestedOn "2024-12-01"^^xsd:date , "2024-12-02"^^xsd:date'),
    "part-patient-once": ("case:part a", "core:patient case:patient , case:twin"),
    "appeal-dated-once": ("case:appeal a", 'core:appealedOn "2024-12-01"^^xsd:date , "2024-12-02"^^xsd:date'),
    "single-injury-date": ("case:patient a", 'core:injuredOn "2010"^^xsd:gYear'),
    "plausible-page-count": ("case:op a", "core:pageCount 0"),
    "single-quote": ("case:still a", 'core:quote "a" , "b"'),
    "single-value": ("case:motion a", "core:value 6.5"),
    "single-unit": ("case:fusion a", 'core:value 1 ; core:unit "a" , "b"'),
    "single-start": ("case:still a", 'core:startedOn "2010"^^xsd:gYear , "2011"^^xsd:gYear'),
    "single-end": ("case:still a", 'core:endedOn "2010"^^xsd:gYear , "2011"^^xsd:gYear'),
    "single-completion": ("case:still a", "core:completion core:Completed , core:Planned"),
    "single-response": ("case:still a", "core:response core:Failed , core:Improved"),
    "plausible-months": ("case:still a", "core:months -0.5"),
    "single-side": ("case:still a", "core:side core:Left , core:Right"),
}


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("code", SAID_TWICE)
def test_what_holds_once_may_not_be_said_twice(code: str, engine: Engine) -> None:
    start, said = SAID_TWICE[code]
    subject = start.removesuffix(" a")
    broken = VALID.replace(start, f"{subject} {said} ; a", 1)
    broken = broken.replace("case:ct-study a", "case:twin a core:Patient .\ncase:ct-study a")
    assert code in {entry.partition("@")[0] for entry in found(broken, engine)}


@pytest.mark.parametrize("engine", Engine)
def test_an_adjudication_says_what_it_prefers(engine: Engine) -> None:
    assert found(VALID.replace("core:prefers case:motion ;", ""), engine) == ["adjudication-prefers@25"]


def test_an_error_is_said_in_plain_words_with_a_way_to_mend_it() -> None:
    case = load_stream(
        VALID.replace("spine:L4-L5 ; core:value", "spine:L4 ; core:value").encode(), "small.trig"
    )
    (problem,) = problems(case, load_ontology(), Engine.FAST)
    assert str(problem) == (
        "error[wrong-kind] small.trig:40\n"
        "  core:site of case:motion is spine:L4; it takes core:Region or core:Segment.\n"
        "  Name one, such as spine:L3-L4 or spine:L4-L5."
    )


def test_a_misspelt_property_asks_what_was_meant() -> None:
    case = load_stream(VALID.replace("core:presence core:Absent", "core:presense core:Absent").encode())
    (problem,) = problems(case, load_ontology(), Engine.FAST)
    assert problem.fix == "Did you mean core:presence?"


def test_no_error_repeats_the_words_of_the_record() -> None:
    canary = "Jane Roe 555-0100"
    broken = VALID.replace('"Fusion L4 to S1."', f'"{canary}"@en').replace(
        "core:age 48", f'core:age "{canary}"'
    )
    broken = broken.replace('core:unit "mm"', f'core:unit "{canary}"').replace(
        "core:page 2", f'core:page "{canary}"^^xsd:integer'
    )
    found_problems = problems(load_stream(broken.encode()), load_ontology(), Engine.FAST)
    assert len(found_problems) == 4
    assert canary not in "\n".join(map(str, found_problems))


def test_no_error_carries_control_characters() -> None:
    broken = VALID.replace(
        "case:patient a", '<https://x/\u202e31m> a core:Patient ; core:quote "x" .\ncase:patient a'
    )
    said = "\n".join(str(p) for p in problems(load_stream(broken.encode()), load_ontology(), Engine.FAST))
    assert "https://x/31m" in said
    assert all(c.isprintable() or c == "\n" for c in said)


@pytest.mark.parametrize("ending", [".nq", ".ttl", ".jsonld"])
def test_other_forms_are_checked_alike(ending: str) -> None:
    content = {".nq": NQUADS, ".ttl": TURTLE, ".jsonld": JSONLD}[ending]
    case = Case("x", f"x{ending}", ending, content, load_stream(content).quads, load_stream(content).graph)
    got = {f"{p.code}@{p.line}" for p in problems(case, load_ontology(), Engine.FAST)}
    assert {"undeclared-property@3", "single-planned-date@4"} <= got


_START = b"<https://x/r> "
NQUADS = b"\n".join(
    _START + line
    for line in (
        b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/guideline-reasoner/core#TreatmentRequest> .",  # noqa: E501
        b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/guideline-reasoner/spine#LumbarFusion> .",
        b"<https://w3id.org/guideline-reasoner/core#shoeSize> <https://x/r> .",
        b'<https://w3id.org/guideline-reasoner/core#plannedOn> "2024-12-01"^^<http://www.w3.org/2001/XMLSchema#date> .',
        b'<https://w3id.org/guideline-reasoner/core#plannedOn> "2024-12-02"^^<http://www.w3.org/2001/XMLSchema#date> .',
    )
)
TURTLE = b"""@prefix core: <https://w3id.org/guideline-reasoner/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://x/r> a core:TreatmentRequest , <https://w3id.org/guideline-reasoner/spine#LumbarFusion> ;
    core:shoeSize <https://x/r> ;
    core:plannedOn "2024-12-01"^^xsd:date , "2024-12-02"^^xsd:date .
"""  # noqa: E501
JSONLD = b"""{"@context": {"core": "https://w3id.org/guideline-reasoner/core#", "date": "http://www.w3.org/2001/XMLSchema#date"},
 "@id": "https://x/r", "@type": ["core:TreatmentRequest", "https://w3id.org/guideline-reasoner/spine#LumbarFusion"],
 "core:shoeSize": {"@id": "https://x/r"},
 "core:plannedOn": [{"@value": "2024-12-01", "@type": "date"}, {"@value": "2024-12-02", "@type": "date"}]}
"""


def test_a_name_that_a_json_context_does_not_define_is_refused() -> None:
    content = JSONLD.replace(b'"core:shoeSize"', b'"shoeSize"')
    assert "undefined-name@3" in found(content)


def test_terms_that_are_not_declared_are_listed_and_likened() -> None:
    ontology = load_ontology()
    core = "https://w3id.org/guideline-reasoner/core#"
    terms = [Iri(core + name) for name in ("presence", "presense", "Zzz")]
    assert [prefixed(term, {}) for term in undeclared(terms, ontology)] == ["core:Zzz", "core:presense"]
    assert nearest(terms[1], ontology) == terms[0]
    assert nearest(terms[2], ontology) is None
