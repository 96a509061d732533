"""What a case's things are by the ontology: said in sentences, rule by rule, and against HermiT."""

from __future__ import annotations

import re
import shutil
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support import CASES

from reasoner.classify import _all_that_follows, _memory, classify
from reasoner.data import folder
from reasoner.errors import InputRefusedError, KnowledgeBaseError
from reasoner.load import load_file
from reasoner.ontology import Ontology, load_ontology
from reasoner.ontology.check import inferred_types
from reasoner.rdf import Graph, Iri, Literal, Triple, parse
from reasoner.terms import CORE, OWL, A, Namespace, local_name

CASE = Namespace("https://example.org/case/")
SPINE = Namespace("https://w3id.org/guideline-reasoner/spine#")
RULES = sorted(file.stem for file in (folder("ontology") / "entailment").glob("*.rq"))
PREFIXES = """
    @prefix : <https://example.org/case/> .
    @prefix core: <https://w3id.org/guideline-reasoner/core#> .
    @prefix spine: <https://w3id.org/guideline-reasoner/spine#> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
needs_java = [
    pytest.mark.java,
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java runtime"),
]


def turtle(text: str) -> frozenset[Triple]:
    return frozenset(quad.triple for quad in parse((PREFIXES + text).encode(), ".trig"))


def ontology_of(text: str) -> Ontology:
    return Ontology(Graph(turtle(text)), frozenset(), {}, "")


def types(text: str, subject: Iri) -> set[str]:
    new = classify(turtle(text), load_ontology())
    return {local_name(t.object) for t in new if t.subject == subject and t.predicate == A}


# ---------------------------------------------------------------- In sentences

FUSION = ":request a core:TreatmentRequest , spine:LumbarFusion . :request core:revises :earlier . "
SENTENCES = [
    ("a lumbar fusion that revises an earlier fusion is a revision lumbar fusion",
     FUSION + ":earlier a spine:PriorFusion .", "request", "RevisionLumbarFusion", True),
    ("it is a revision spine procedure too",
     FUSION + ":earlier a spine:PriorFusion .", "request", "RevisionSpineProcedure", True),
    ("a lumbar fusion that revises an earlier decompression is no revision lumbar fusion",
     FUSION + ":earlier a spine:PriorDecompression .", "request", "RevisionLumbarFusion", False),
    ("it is a revision spine procedure still",
     FUSION + ":earlier a spine:PriorDecompression .", "request", "RevisionSpineProcedure", True),
    ("a request that revises nothing is not a revision",
     ":request a spine:LumbarFusion . :earlier a spine:PriorFusion .",
     "request", "RevisionLumbarFusion", False),
    ("a request stated to be a revision lumbar fusion is a revision spine procedure",
     ":request a spine:RevisionLumbarFusion .", "request", "RevisionSpineProcedure", True),
    ("no bridging bone is evidence of nonunion",
     ":ct a spine:SolidFusion ; core:presence core:Absent .", "ct", "NonunionEvidence", True),
    ("evidence of nonunion is evidence of a failed operation",
     ":ct a spine:SolidFusion ; core:presence core:Absent .", "ct", "FailedOperationEvidence", True),
    ("pseudarthrosis is evidence of nonunion",
     ":ct a spine:Pseudarthrosis ; core:presence core:Present .", "ct", "NonunionEvidence", True),
    ("no pseudarthrosis is evidence of union",
     ":ct a spine:Pseudarthrosis ; core:presence core:Absent .", "ct", "UnionEvidence", True),
    ("no pseudarthrosis is no evidence of nonunion",
     ":ct a spine:Pseudarthrosis ; core:presence core:Absent .", "ct", "NonunionEvidence", False),
    ("an uncertain union is no evidence of nonunion",
     ":ct a spine:SolidFusion ; core:presence core:Uncertain .", "ct", "NonunionEvidence", False),
    ("an uncertain union is no evidence of union",
     ":ct a spine:SolidFusion ; core:presence core:Uncertain .", "ct", "UnionEvidence", False),
    ("a presence that is not stated is evidence of nothing",
     ":ct a spine:Pseudarthrosis .", "ct", "NonunionEvidence", False),
    ("therapy without lasting benefit is failed care",
     ":pt a spine:PhysicalTherapyCourse ; core:presence core:Present ; core:response core:Failed .",
     "pt", "FailedCare", True),
    ("therapy that was not tried is no failed care",
     ":pt a spine:PhysicalTherapyCourse ; core:presence core:Absent ; core:response core:Failed .",
     "pt", "FailedCare", False),
    ("a finding in a radiologist's document is a radiologist's reading",
     ":f a spine:SolidFusion ; core:reportedIn :ct . :ct core:authorRole core:Radiologist .",
     "f", "ReadByRadiologist", True),
    ("a finding in a surgeon's document is no radiologist's reading",
     ":f a spine:SolidFusion ; core:reportedIn :note . :note core:authorRole core:Surgeon .",
     "f", "ReadByRadiologist", False),
    ("a request that is part of another is a part",
     ":p a core:TreatmentRequest ; core:partOf :r . :r a core:TreatmentRequest .", "p", "PartRequest", True),
    ("the whole is no part",
     ":p a core:TreatmentRequest ; core:partOf :r . :r a core:TreatmentRequest .", "r", "PartRequest", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "thing", "kind", "expected"), [s[1:] for s in SENTENCES], ids=[s[0] for s in SENTENCES]
)
def test_sentence(text: str, thing: str, kind: str, expected: bool) -> None:  # noqa: FBT001
    assert (kind in types(text, getattr(CASE, thing))) is expected


def test_a_statement_holds_by_the_properties_above() -> None:
    new = classify(turtle(":request a spine:LumbarFusion ; spine:fromVertebra spine:L4 ."), load_ontology())
    assert Triple(CASE.request, CORE.fromLevel, SPINE.L4) in new


def test_only_the_case_gets_types_and_only_named_ones_that_are_new() -> None:
    case = turtle(FUSION + ":earlier a spine:PriorFusion , core:Finding ; core:presence core:Present .")
    new = classify(case, load_ontology())
    assert new
    assert {triple.subject for triple in new} <= {CASE.request, CASE.earlier}
    assert all(t.object in load_ontology().declared for t in new if t.predicate == A)
    assert not any(t.object.startswith("_:") for t in new if not isinstance(t.object, Literal))
    assert not new & case


def test_what_follows_from_what_follows_is_there_already() -> None:
    for case in cases():
        assert classify(case | classify(case, load_ontology()), load_ontology()) == frozenset()


def test_a_thing_of_kinds_that_share_no_member_is_refused() -> None:
    case = turtle(":x a spine:PriorFusion , spine:TobaccoUse .")
    with pytest.raises(InputRefusedError, match=r"case/x.*prior fusion.*tobacco use"):
        classify(case, load_ontology())


def test_kinds_that_may_share_members_are_not_refused() -> None:
    assert "Finding" in types(":x a spine:Pseudarthrosis , spine:RadicularPain .", CASE.x)


# ---------------------------------------------------------------- Rule by rule

RULE_ROWS = {
    "cax-adc": ("[] a owl:AllDisjointClasses ; owl:members ( :A :B :C ) .", ":x a :A , :C .", None),
    "cax-eqc1": (":A owl:equivalentClass :B .", ":x a :A .", ":x a :B ."),
    "cax-eqc2": (":A owl:equivalentClass :B .", ":x a :B .", ":x a :A ."),
    "cax-sco": (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", ":x a :A .", ":x a :B , :C ."),
    "cls-int1": (
        ":A owl:intersectionOf ( :B :C :D ) .",
        ":x a :B , :C , :D . :y a :B , :C . :z a :C , :D .", ":x a :A ."),
    "cls-int2": (":A owl:intersectionOf ( :B :C :D ) .", ":x a :A .", ":x a :B , :C , :D ."),
    "cls-uni": (":A owl:unionOf ( :B :C ) .", ":x a :B . :y a :C . :z a :D .", ":x a :A . :y a :A ."),
    "cls-svf1": (
        ":A owl:onProperty :p ; owl:someValuesFrom :B .",
        ":x :p :y . :y a :B . :z :p :w . :w a :C .", ":x a :A ."),
    "cls-hv1": (
        ":A owl:onProperty :p ; owl:hasValue :v . :p rdfs:subPropertyOf :q .", ":x a :A .", ":x :q :v ."),
    "cls-hv2": (":A owl:onProperty :p ; owl:hasValue :v .", ":x :p :v . :y :p :w .", ":x a :A ."),
    "prp-spo1": (":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .", ":x :p :y .", ":x :q :y ; :r :y ."),
    "scm-svf1": (
        """:A owl:onProperty :p ; owl:someValuesFrom :C . :B owl:onProperty :p ; owl:someValuesFrom :E .
        :F owl:onProperty :q ; owl:someValuesFrom :E . :C rdfs:subClassOf :D . :D rdfs:subClassOf :E .""",
        ":x a :A . :y a :B .", ":x a :B ."),
}  # fmt: skip


def test_each_rule_has_a_row() -> None:
    assert sorted(RULE_ROWS) == RULES


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str) -> None:
    axioms, case, expected = RULE_ROWS[rule]
    if expected is None:
        with pytest.raises(InputRefusedError):
            classify(turtle(case), ontology_of(axioms))
    else:
        assert classify(turtle(case), ontology_of(axioms)) == turtle(expected)


@pytest.mark.parametrize("rule", RULES)
def test_rule_file_names_its_rule_and_where_it_comes_from(rule: str) -> None:
    first, second = (folder("ontology") / "entailment" / f"{rule}.rq").read_text().splitlines()[:2]
    assert re.fullmatch(rf"# {rule}: [A-Z].+\.", first)
    assert second == (
        "# https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules"
    )


UNCOVERED = {
    "complementOf": ":A owl:equivalentClass [ owl:complementOf :B ] .",
    "allValuesFrom": ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :B ] .",
    "minCardinality": ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:minCardinality 1 ] .",
    "qualifiedCardinality": ":A rdfs:subClassOf [ owl:onProperty :p ; owl:qualifiedCardinality 2 ] .",
    "oneOf": ":A owl:equivalentClass [ a owl:Class ; owl:unionOf ( :B [ owl:oneOf ( :x ) ] ) ] .",
    "inverseOf": ":A owl:inverseOf :B .",
    "hasSelf": ":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasSelf true ] .",
    "propertyChainAxiom": ":A owl:propertyChainAxiom ( :p :q ) .",
    "TransitiveProperty": ":A a owl:TransitiveProperty .",
    "disjointWith": ":A owl:disjointWith :B .",
    "domain": ":A rdfs:domain :B .",
    "Thing": ":A owl:equivalentClass [ owl:onProperty :p ; owl:someValuesFrom owl:Thing ] .",
}


@pytest.mark.parametrize("construct", UNCOVERED)
def test_a_construct_that_no_rule_covers_is_refused(construct: str) -> None:
    with pytest.raises(KnowledgeBaseError) as raised:
        classify(turtle(":x a :B ."), ontology_of(UNCOVERED[construct]))
    [problem] = raised.value.problems
    assert problem.code == "construct-not-covered"
    assert re.search(rf":{construct} is used for A,", problem.problem)


@pytest.mark.parametrize("construct", ["unionOf ( :B :C )", "onProperty :p ; owl:someValuesFrom :B"])
@pytest.mark.parametrize("above", ["[ owl:{} ]", "[ owl:intersectionOf ( :D [ owl:{} ] ) ]"])
def test_an_alternative_above_a_class_is_refused(construct: str, above: str) -> None:
    with pytest.raises(KnowledgeBaseError, match="above A"):
        classify(turtle(":x a :A ."), ontology_of(":A rdfs:subClassOf " + above.format(construct) + " ."))


def test_labels_and_annotations_are_no_constructs() -> None:
    ontology = ontology_of(
        ":o a owl:Ontology ; owl:versionInfo '1' ; rdfs:comment 'c' . :takes a owl:AnnotationProperty ."
        ":A a owl:Class ; rdfs:label 'a'@en ; rdfs:subClassOf :B ; :takes owl:Thing ."
    )
    assert classify(turtle(":x a :A ."), ontology) == turtle(":x a :B .")


# ---------------------------------------------------------------- Against HermiT


@cache
def cases() -> tuple[frozenset[Triple], ...]:
    found = tuple(
        frozenset(quad.triple for quad in parse(file.read_bytes(), ".trig"))
        for file in sorted(folder("cases").glob("*/case.trig"))
    )
    assert found
    return found


def agree(case: frozenset[Triple]) -> None:
    ours, theirs = classify(case, load_ontology()), inferred_types(case, load_ontology())
    assert sorted(ours - theirs, key=str) == []
    assert sorted(theirs - ours, key=str) == []


class TestAgainstHermit:
    pytestmark = needs_java

    def test_packaged_cases(self) -> None:
        agree(frozenset(triple for case in cases() for triple in case))

    @pytest.mark.parametrize("case", [s[1] for s in SENTENCES[::4]], ids=[s[0] for s in SENTENCES[::4]])
    def test_sentences(self, case: str) -> None:
        agree(turtle(case))

    @settings(max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.data())
    def test_random_records(self, data: st.DataObject) -> None:
        """Take twenty-five records at a time: Java takes longer to start than to judge them."""
        triples = [t for n in range(25) for t in data.draw(records(f"{n}-"))]
        agree(frozenset(triples))


def below(*tops: Iri) -> list[Iri]:
    """Kinds under any of these, and kinds with a definition that is no union."""
    ontology = load_ontology()
    kinds = [k for k in ontology.ancestors if not k.startswith("_:") and ontology.kinds_of(k) & set(tops)]
    return sorted(k for k in kinds if not _is_union(k))


def defined(genus: Iri) -> list[Iri]:
    """Kinds that are defined, by an intersection, as some of the genus or of what is below it."""
    graph, ontology = load_ontology().graph, load_ontology()
    parts = {
        kind: graph.members(graph.iri(body, OWL.intersectionOf))
        for kind, body in graph.pairs(OWL.equivalentClass)
    }
    return sorted(kind for kind, members in parts.items() if any(ontology.is_a(m, genus) for m in members))


def _is_union(kind: Iri) -> bool:
    graph = load_ontology().graph
    return any(graph.values(body, OWL.unionOf) for body in graph.iris(kind, OWL.equivalentClass))


def individuals(kind: Iri) -> list[Iri]:
    ontology = load_ontology()
    return sorted(t.subject for t in ontology.graph if t.predicate == A and ontology.is_a(t.object, kind))


@st.composite
def records(draw: st.DrawFn, name: str) -> list[Triple]:
    """A request, a document and two findings, each with kinds and values at random or left out."""
    request, whole, document, findings = CASE.r, CASE.w, CASE.d, (CASE.f, CASE.g)
    triples: list[Triple] = [Triple(document, A, CORE.ImagingReport)]

    def perhaps(subject: Iri, predicate: Iri, values: list[Iri]) -> None:
        value = draw(st.none() | st.sampled_from(values))
        if value is not None:
            triples.append(Triple(subject, predicate, value))

    perhaps(document, CORE.authorRole, individuals(CORE.Role))
    for finding in findings:
        perhaps(finding, A, below(CORE.Finding) + defined(CORE.Finding))
        perhaps(finding, CORE.presence, individuals(CORE.Presence))
        perhaps(finding, CORE.cause, individuals(CORE.Cause))
        perhaps(finding, CORE.response, individuals(CORE.Response))
        perhaps(finding, CORE.completion, individuals(CORE.Completion))
        perhaps(finding, CORE.reportedIn, [document])
        perhaps(finding, CORE.addressedBy, list(findings))
    perhaps(request, A, [CORE.TreatmentRequest])
    perhaps(request, A, below(CORE.Procedure) + defined(CORE.Procedure))
    perhaps(request, CORE.revises, list(findings))
    perhaps(request, CORE.partOf, [whole])
    perhaps(request, SPINE.fromVertebra, individuals(SPINE.Vertebra))
    perhaps(whole, A, [CORE.TreatmentRequest])
    renamed = {
        thing: Iri(CASE.prefix + name + local_name(thing)) for thing in (request, whole, document, *findings)
    }
    return [Triple(renamed[s], p, renamed.get(v, v)) for s, p, v in triples]


def test_random_records_reach_every_kind_that_is_defined_without_a_union() -> None:
    kinds = {
        *below(CORE.Finding),
        *defined(CORE.Finding),
        *defined(CORE.Procedure),
        *defined(CORE.TreatmentRequest),
    }
    graph = load_ontology().graph
    assert {kind for kind, _ in graph.pairs(OWL.equivalentClass) if not _is_union(kind)} <= kinds


# ---------------------------------------------------------------- What is remembered

PRESENCES = ("core:Present", "core:Absent", "core:Uncertain", "core:NotAssessed")
KINDS = ("spine:SolidFusion", "spine:Pseudarthrosis", "spine:PriorFusion", "spine:PhysicalTherapyCourse")


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(PRESENCES), st.booleans()), min_size=1, max_size=6))
def test_what_followed_for_one_thing_is_taken_over_only_for_things_of_the_same_description(
    findings: list[tuple[str, str, bool]],
) -> None:
    text = "core:Present a core:Presence . core:Absent a core:Presence . :ct a core:ImagingReport .\n" + "".join(
        f":f{n} a {kind} ; core:presence {presence} {'; core:reportedIn :ct' if reported else ''} .\n"
        for n, (kind, presence, reported) in enumerate(findings)
    )
    case, ontology = turtle(text), load_ontology()
    assert classify(case, ontology) == _all_that_follows(case, ontology)


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_cases_does_not_matter(order: int) -> None:
    _memory.cache_clear()
    ontology = load_ontology()
    for case in CASES[::order]:
        stated = load_file(folder("cases") / case).graph.triples
        assert classify(stated, ontology) == _all_that_follows(stated, ontology)
