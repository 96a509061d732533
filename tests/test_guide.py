"""The guide to writing a case is up to date, complete and right: what it shows passes intake."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from reasoner.data import PACKAGE
from reasoner.intake import problems
from reasoner.intake.usage import properties
from reasoner.load import load_stream
from reasoner.ontology import load_ontology
from reasoner.rdf import Iri, Literal, Triple
from reasoner.terms import BASE, CORE, OWL, RDFS, SCHEMA, SKOS, XSD, A
from reasoner.validate import default_engine
from reasoner.vocabulary import prefixed
from reasoner.writing import example
from reasoner.writing.case_new import example_case
from reasoner.writing.guide import guide

ROOT = Path(__file__).parent.parent
ONTOLOGY = load_ontology()
GUIDE = guide(ONTOLOGY)
KINDS = example.kinds_of_finding(ONTOLOGY)
BASE_CASE = example_case(ONTOLOGY)
OF_FINDINGS = re.findall(r"```turtle\n(.*?)```", GUIDE, re.DOTALL)
OF_DISPUTE = [block for block in re.findall(r"```trig\n(.*?)```", GUIDE, re.DOTALL) if "@prefix" not in block]


def found_by_intake(text: str) -> list[str]:
    return [str(problem) for problem in problems(load_stream(text.encode()), ONTOLOGY, default_engine())]


def with_finding(turtle: str) -> str:
    """The example case with more statements in its document's graph."""
    head, brace, tail = BASE_CASE.rpartition("}")
    return f"{head}{turtle}\n{brace}{tail}"


def section(title: str) -> str:
    """The guide's text under a heading, up to the next heading of the same or a higher rank."""
    (heading,) = re.findall(rf"^#+ {re.escape(title)}$", GUIDE, re.MULTILINE)
    rank = heading.index(" ")
    return re.split(rf"^#{{1,{rank}}} ", GUIDE.partition(heading + "\n")[2], flags=re.MULTILINE)[0]


def section_of(kind: Iri) -> str:
    (title,) = re.findall(rf"^#+ (.+: `{prefixed(kind, {})}`)$", GUIDE, re.MULTILINE)
    return section(title)


def test_the_guide_in_docs_is_the_one_made_from_the_ontology() -> None:
    written = (ROOT / "docs/writing-a-case.md").read_text(encoding="utf-8")
    assert written == GUIDE, "write it anew: python -m reasoner case guide > docs/writing-a-case.md"


def test_the_guide_is_the_same_each_time() -> None:
    assert guide(ONTOLOGY) == GUIDE


def test_the_whole_example_stands_in_the_guide_and_passes_intake() -> None:
    assert f"```trig\n{BASE_CASE}```" in GUIDE
    assert found_by_intake(BASE_CASE) == []


def test_there_is_an_example_for_every_kind_of_finding_and_no_fewer_than_fifty() -> None:
    assert len(KINDS) >= 50
    assert len(OF_FINDINGS) == len(KINDS)
    assert all(example.finding(kind, ONTOLOGY) in section_of(kind) for kind in KINDS)


@pytest.mark.parametrize("turtle", OF_FINDINGS, ids=[text.split()[2] for text in OF_FINDINGS])
def test_every_example_of_a_finding_passes_intake_within_the_whole_example(turtle: str) -> None:
    assert found_by_intake(with_finding(turtle)) == []


def test_all_examples_of_findings_together_pass_intake() -> None:
    assert found_by_intake(with_finding("\n".join(OF_FINDINGS))) == []


def test_a_misspelt_example_would_not_pass() -> None:
    assert found_by_intake(with_finding(OF_FINDINGS[0].replace("core:presence", "core:presense")))


def test_every_example_of_the_dispute_passes_intake_and_so_do_all_together() -> None:
    assert len(OF_DISPUTE) == 5
    for block in (*OF_DISPUTE, "\n".join(OF_DISPUTE)):
        assert found_by_intake(f"{BASE_CASE}\n{block}") == [], block


def test_every_property_that_a_case_may_use_is_explained() -> None:
    general = {CORE.fromLevel, CORE.toLevel}
    assert set(properties(ONTOLOGY)) >= general
    rows = set(re.findall(r"^\| `([a-z]+:\w+)` \|", GUIDE, re.MULTILINE))
    assert {prefixed(p, {}) for p in set(properties(ONTOLOGY)) - general} == rows


def test_a_property_that_intake_asks_for_is_marked_as_needed_and_no_other() -> None:
    needed = set(re.findall(r"^\| `([a-z]+:\w+)` \|.*\| needed \|$", GUIDE, re.MULTILINE))
    assert needed >= {"core:requestedOn", "core:presence", "dcterms:date", "spine:toVertebra"}
    assert not needed & {"core:plannedOn", "core:value", "core:unit", "core:quote", "core:age"}


@pytest.mark.parametrize("name", ["ChartDocument", "Role", "Segment", "Level", "Region", "Event"])
def test_every_document_author_place_and_event_is_listed(name: str) -> None:
    top = CORE[name]
    below = [kind for kind in ONTOLOGY.ancestors if ONTOLOGY.is_a(kind, top)]
    individuals = [one for kind in below for one in ONTOLOGY.graph.subjects(A, kind)]
    assert individuals or len(below) > 1
    for one in individuals or below:
        assert f"`{prefixed(one, {})}`" in GUIDE


def test_every_synonym_and_code_of_a_kind_stands_in_its_section() -> None:
    for kind in KINDS:
        for predicate in (SKOS.altLabel, CORE.icd10cm, CORE.saidPresent, CORE.saidAbsent):
            for value in ONTOLOGY.graph.values(kind, predicate):
                assert isinstance(value, Literal)
                assert value.value in section_of(kind)


def test_a_kind_says_what_it_has_from_the_kinds_above_it() -> None:
    assert "say where with `core:site`" in section_of(Iri(BASE + "spine#PriorFusion"))
    assert "`core:completion`" in section_of(Iri(BASE + "spine#EpiduralInjection"))


def test_a_kind_stands_under_its_parent() -> None:
    parent = section_of(Iri(BASE + "spine#NonoperativeCare"))
    assert "#### Injection: `spine:Injection`" in parent
    assert "##### Epidural steroid injection: `spine:EpiduralInjection`" in parent


def test_what_ends_what_is_said_of_both_kinds() -> None:
    use, cessation = (section_of(Iri(f"{BASE}spine#Tobacco{name}")) for name in ("Use", "Cessation"))
    assert "It is ended by a later tobacco cessation (`spine:TobaccoCessation`)." in use
    assert "It ends an earlier" in cessation


def test_no_term_that_is_never_written_is_offered_as_a_kind_or_property() -> None:
    refused = section("8. What is never written")
    for term in (CORE.evidence, CORE.DerivedFinding, CORE.RequestedSegment, CORE.reportedIn):
        assert f"`{prefixed(term, {})}`" in refused
    inferred = [kind for kind, _ in ONTOLOGY.graph.pairs(OWL.equivalentClass)]
    assert inferred
    for kind in inferred:
        assert f"`{prefixed(kind, {})}`" in refused
        assert kind not in KINDS


def test_each_mistake_shows_the_error_that_intake_gives() -> None:
    shown = re.findall(r"```text\n(.*?)```", section("9. Frequent mistakes"), re.DOTALL)
    assert len(shown) >= 10
    assert all(block.startswith("error[") and "case.trig:" in block for block in shown)
    assert len(set(shown)) == len(shown)


def test_a_kind_added_to_the_ontology_gets_a_section_and_an_example() -> None:
    kind, home = Iri(BASE + "knee#Laxity"), ONTOLOGY.graph
    added = [
        Triple(kind, A, OWL.Class), Triple(kind, RDFS.subClassOf, CORE.Finding),
        Triple(kind, RDFS.label, Literal("laxity of the knee")), Triple(kind, CORE.inUnit, Literal("mm")),
    ]  # fmt: skip
    more = replace(
        ONTOLOGY, graph=home.plus(added), declared=ONTOLOGY.declared | {kind},
        ancestors={**ONTOLOGY.ancestors, kind: frozenset({kind, CORE.Finding})},
    )  # fmt: skip
    assert "### Laxity of the knee: `knee:Laxity`" in guide(more)
    assert "case:laxity-of-the-knee a knee:Laxity" in guide(more)
    assert 'core:value 6 ; core:unit "mm"' in example.finding(kind, more)


def test_an_example_that_the_ontology_gives_is_taken_as_it_is() -> None:
    own = "case:own a core:EventRecord ; core:presence core:Present ."
    started = 'core:startedOn "2023-02"^^xsd:gYearMonth'
    pairs = ((CORE.EventRecord, own), (CORE.startedOn, started))
    added = [Triple(subject, SKOS.example, Literal(text)) for subject, text in pairs]
    more = replace(ONTOLOGY, graph=ONTOLOGY.graph.plus(added))
    assert example.finding(CORE.EventRecord, more) == own
    assert started in example.finding(Iri(BASE + "spine#Injection"), more)


def test_every_date_that_may_be_imprecise_is_shown_as_day_month_and_year() -> None:
    imprecise = [p for p in properties(ONTOLOGY) if XSD.gYear in ONTOLOGY.graph.iris(p, SCHEMA.rangeIncludes)]
    assert imprecise
    for predicate in imprecise:
        row = next(line for line in GUIDE.splitlines() if line.startswith(f"| `{prefixed(predicate, {})}` |"))
        assert row.index("xsd:date`") < row.index("xsd:gYearMonth`") < row.index("xsd:gYear`")


def test_the_templates_name_no_term_of_one_part_of_the_body() -> None:
    words = {ONTOLOGY.label(term).lower() for term in ONTOLOGY.declared if term.startswith(BASE + "spine#")}
    for template in ("writing-a-case.md.j2", "case.trig.j2", "progress-note.md.j2"):
        text = (PACKAGE / "writing" / "templates" / template).read_text(encoding="utf-8")
        assert "spine:" not in text
        assert [word for word in sorted(words) if re.search(rf"\b{re.escape(word)}\b", text.lower())] == []


def test_the_guide_has_no_trace_of_a_template_and_no_gap() -> None:
    for trace in ("{%", "{{", "None", "Undefined", "\n\n\n\n", "``,"):
        assert trace not in GUIDE
