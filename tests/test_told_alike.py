"""What is told without asking the engine for a report, or made once for many cases, is what is told in full."""

from __future__ import annotations

import random
import re
import sys
import textwrap
import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest
from edits import ENGINE, determined, packaged
from support import CASES, ENGINES, MET, ODG, assessed

from reasoner.assess import report
from reasoner.batch.core import determine_rows
from reasoner.batch.row import Asks, CaseText
from reasoner.cases import Manner
from reasoner.data import folder, shown
from reasoner.errors import KnowledgeBaseError
from reasoner.guideline.edition_file import all_editions, edition_of, read_edition
from reasoner.guideline.probes import run, seen, shacl_of
from reasoner.guideline.retold import retold
from reasoner.judge import decide, judge, prepare
from reasoner.load import load_content
from reasoner.ontology import load_ontology
from reasoner.rationale.explain import explain
from reasoner.rationale.forms import PLACEHOLDER, form
from reasoner.rationale.words import Sentence
from reasoner.rdf import Graph, Iri, Literal, Quad, Triple, nquads, parse
from reasoner.render.graph import determination_quads, determination_triples
from reasoner.render.page import Page, Section, clean, page, text
from reasoner.reviewer import audit_determination, shapes
from reasoner.synthetic.compose import compose
from reasoner.synthetic.stock import stocks
from reasoner.synthetic.words import words as words_of
from reasoner.terms import CORE, DCTERMS, DETERMINATION, PROV, RDFS, A, local_name
from reasoner.validate import Engine, validate

if TYPE_CHECKING:
    from collections.abc import Callable

    from reasoner.judge import Assessment

ONTOLOGY = load_ontology()
EDITIONS = [e.iri for e in (read_edition(path, ONTOLOGY) for path in all_editions()) if e.logic]
over_editions = pytest.mark.parametrize("edition", EDITIONS)


@cache
def synthetic(edition: str, number: int) -> tuple[Assessment, ...]:
    """So many synthetic cases, drawn from the criteria of an edition and judged by it."""
    own, said = [stock for stock in stocks(ONTOLOGY) if stock.path in edition], words_of(ONTOLOGY)
    contents = [compose(n, 7, own, said).quads.encode() for n in range(1, number + 1)]
    cases = [load_content(f"s{n}", "s", ".nq", content) for n, content in enumerate(contents)]
    return tuple(judge(prepare(case, ONTOLOGY, ENGINE), ONTOLOGY, ENGINE, edition) for case in cases)


# ---------------------------------------------------------------- The report of a dossier


def told(assessment: Assessment, engine: Engine) -> tuple[object, ...]:
    return retold(assessment.edition, assessment.judged, assessment.found, engine)


@over_editions
def test_a_report_told_from_what_was_found_is_the_engines_own(edition: str) -> None:
    for assessment in synthetic(edition, 25):
        assert told(assessment, ENGINE) == run(assessment.edition, assessment.judged, ENGINE) != ()


@pytest.mark.parametrize("edition", ["odg", "L37848", "L33382"])
@pytest.mark.parametrize("case", ["reference-decision", "v04-readers-disagree", "v07-three-levels"])
def test_a_report_told_from_what_was_found_is_that_of_the_reference_engine(case: str, edition: str) -> None:
    assessment = assessed(case, edition, ENGINE)
    assert told(assessment, ENGINE) == run(assessment.edition, assessment.judged, Engine.REFERENCE)


def test_a_report_is_told_without_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    assessment = assessed("v01-all-met", "odg", ENGINE)
    expected = run(assessment.edition, assessment.judged, ENGINE)
    monkeypatch.setattr("reasoner.guideline.retold.run", None)
    assert told(assessment, ENGINE) == expected


UNTOLD = [
    ("two constraints", "sh:minCount 99 ;", 1),
    ("a constraint on each value", "sh:in ( 1 ) ;", 3),
    ("two constraints of a kind", "sh:class spine:Scoliosis , spine:SpinalInfection ;", 3),
]


@pytest.mark.parametrize(("added", "results"), [pytest.param(*row[1:], id=row[0]) for row in UNTOLD])
def test_the_engine_is_asked_for_the_report_of_a_shape_with(added: str, results: int) -> None:
    """What was found does not tell how often such a shape was violated, or by which value."""
    old = "sh:qualifiedValueShape  odg:GainExpected ;"
    content = ODG.read_text().replace(old, old + added).encode()
    assert added.encode() in content
    graph = Graph(quad.triple for quad in parse(content, ".ttl"))
    edition = edition_of(graph, content, shown(ODG), ONTOLOGY)
    data = assessed("v02-only-smoking-unresolved", "odg", ENGINE).judged
    wanted = run(edition, data, ENGINE)
    of_shape = [result for result in wanted if local_name(result.shape) == "FunctionalGain"]
    assert len(of_shape) >= results
    assert retold(edition, data, report(seen(edition, data, ENGINE)), ENGINE) == wanted


# ---------------------------------------------------------------- The audit


@cache
def whole(edition: str, number: int) -> tuple[Quad, ...]:
    """The determination of a synthetic case."""
    assessment = synthetic(edition, 25)[number]
    found = decide(assessment)
    return tuple(determination_quads(assessment, found, explain(assessment, found, ONTOLOGY), ONTOLOGY))


def audited(quads: list[Quad], engine: Engine = ENGINE) -> set[str]:
    """The codes of what the audit says that a determination lacks."""
    try:
        audit_determination(quads, ONTOLOGY, engine)
    except KnowledgeBaseError as error:
        return {problem.code for problem in error.problems}
    return set()


def audited_in_full(quads: list[Quad], engine: Engine = ENGINE) -> set[str]:
    """The same, read from the whole validation report of the whole graph."""
    stated = [quad.triple for quad in quads]
    typed = [(s, o) for s, p, o in stated if p == A and not isinstance(o, Literal)]
    kinds = [Triple(s, A, kind) for s, o in typed for kind in ONTOLOGY.kinds_of(o)]
    results = validate([*stated, *kinds], shacl_of(shapes()), engine)
    found = {re.sub("(?<!^)([A-Z])", r"-\1", local_name(result.shape)).lower() for result in results}
    return found or (set() if any(t.predicate == PROV.wasGeneratedBy for t in stated) else {"no-determination"})


SEEN = [
    A, DETERMINATION.outcome, DETERMINATION.utilizationReview, DETERMINATION.disputedTreatment, DCTERMS.type,
    DETERMINATION.underEdition, DETERMINATION.answer, DETERMINATION.criterion, DETERMINATION.status,
    DETERMINATION.sentence, PROV.wasDerivedFrom, PROV.wasGeneratedBy,
]  # fmt: skip


def maimed(quads: tuple[Quad, ...], draw: random.Random) -> list[Quad]:
    """A determination of which something that the audit looks at was taken out, put twice, or given to another."""
    predicate = draw.choice(SEEN)
    of_it = [quad for quad in quads if quad.predicate == predicate]
    one, other = draw.choice(of_it), draw.choice(quads)
    ways: list[Callable[[], list[Quad]]] = [
        lambda: [q for q in quads if q != one],
        lambda: [q for q in quads if (q.subject, q.predicate) != one[:2]],
        lambda: [q for q in quads if q.predicate != predicate],
        lambda: [q for q in quads if q.subject != one.subject],
        lambda: [*quads, one._replace(object=other.object)],
        lambda: [q._replace(object=other.object) if q == one else q for q in quads],
        lambda: [q._replace(subject=other.subject) if q == one else q for q in quads],
        lambda: [q._replace(subject=Iri("_:it")) if q.subject == one.subject else q for q in quads],
    ]
    return draw.choice(ways)()


@over_editions
def test_the_audit_says_of_a_maimed_determination_what_the_whole_report_says(edition: str) -> None:
    draw, said = random.Random(edition), Counter[str]()  # noqa: S311
    for number in range(25):
        assert audited(list(whole(edition, number))) == audited_in_full(list(whole(edition, number))) == set()
        for _ in range(5):
            quads = maimed(whole(edition, number), draw)
            found = audited(quads)
            assert found == audited_in_full(quads)
            said.update(found or {"complete"})
    assert len(said) > 7, said


@over_editions
def test_the_audit_says_of_a_maimed_determination_what_the_reference_engine_says(edition: str) -> None:
    draw = random.Random(edition)  # noqa: S311
    for number in range(3):
        quads = maimed(whole(edition, number), draw)
        assert audited(quads) == audited(quads, Engine.REFERENCE) == audited_in_full(quads, Engine.REFERENCE)


BARE, OWN, OTHER = Iri("https://example.org/bare"), Iri("https://example.org/Own"), Iri("https://example.org/Other")
SENTENCES = {
    "of a name of its own": [Triple(BARE, A, DETERMINATION.Sentence)],
    "without a name": [Triple(Iri("_:bare"), A, DETERMINATION.Sentence)],
    "by a class of the file": [Triple(BARE, A, OWN), Triple(OWN, RDFS.subClassOf, DETERMINATION.Sentence)],
    "by a class below a class of the file": [
        Triple(BARE, A, OWN), Triple(OWN, RDFS.subClassOf, OTHER), Triple(OTHER, RDFS.subClassOf, OWN),
        Triple(OTHER, RDFS.subClassOf, DETERMINATION.Sentence),
    ],
    "by a name that is the engine's": [Triple(Iri("n:0"), A, DETERMINATION.Sentence)],
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_no_sentence_without_a_ground_gets_past_the_audit(sentence: str, engine: Engine) -> None:
    """Whatever an author calls it: `reasoner audit` takes anybody's file."""
    quads = [*whole(EDITIONS[0], 0), *(Quad(*triple, None) for triple in SENTENCES[sentence])]
    assert audited(quads, engine) == audited_in_full(quads, engine) == {"every-sentence-grounded"}


# ---------------------------------------------------------------- A batch


@pytest.mark.parametrize("edition", ["odg", "L37848"])
def test_a_batch_tells_of_a_case_what_determine_tells(edition: str) -> None:
    """In any order, and whether or not it is asked for words."""
    asked, manner = Asks(determination=True, rationale=True), Manner(ENGINE, None, edition)
    given = [CaseText(n, n, ".trig", (folder("cases") / n / "case.trig").read_bytes()) for n in CASES]
    rows = determine_rows([*given, *reversed(given)], manner, asked)
    assert rows[: len(CASES)] == rows[: len(CASES) - 1 : -1]
    assert [r._replace(determination=None, rationale=None) for r in rows[: len(CASES)]] == determine_rows(
        given, manner, Asks()
    )
    for name, row in zip(CASES, rows, strict=False):
        done = determined(packaged(name), edition)
        assert row.determination == nquads(done.quads).decode()
        assert row.rationale == text(page(done.assessment, done.determination, done.rationale, ONTOLOGY))


@pytest.mark.parametrize("asks", [Asks(rationale=True), Asks(determination=True), Asks(dossier=True)])
def test_a_batch_tells_nothing_of_a_determination_that_its_audit_refuses(
    asks: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def groundless(*given: object) -> set[Triple]:
        return {t for t in determination_triples(*given) if t.predicate != PROV.wasDerivedFrom}  # type: ignore[arg-type]

    monkeypatch.setattr("reasoner.batch.core.determination_triples", groundless)
    given = CaseText("v01-all-met", "v01-all-met", ".trig", MET.read_bytes())
    (row,) = determine_rows([given], Manner(ENGINE, None, "odg"), asks)
    assert (row.outcome, row.determination, row.rationale) == (None, None, None)
    assert {problem.code for problem in row.problems} == {"every-sentence-grounded", "rests-on-record"}


# ---------------------------------------------------------------- Words


@pytest.mark.parametrize(
    "words",
    ["One two-three. ", "One two three. ", "One\ttwo\nthree ", "A -- b\u00a0c ", "Six \u2014 half-a-dozen ", "x" * 70],
)
def test_the_same_words_are_laid_out_where_they_stand(words: str) -> None:
    said = Sentence("Recommends", "recommendation", words * 20, (DETERMINATION.Form,))
    sections = tuple(Section("Of it", itemized, ((said,),)) for itemized in (True, False))
    expected = [
        *wrapped(said.text, "Case  ", "      "), "", "OF IT", *wrapped(said.text, "- ", "  "),
        "", "OF IT", *wrapped(said.text, "", ""),
    ]  # fmt: skip
    for _ in range(2):
        assert text(Page((("Case", said.text),), sections)).splitlines() == expected


def wrapped(said: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(said, 100, initial_indent=first, subsequent_indent=rest)


def test_a_form_is_filled_as_its_pattern_says() -> None:
    forms = ONTOLOGY.graph.subjects(A, DETERMINATION.Form)
    assert len(forms) > 50
    for node in forms:
        pattern = ONTOLOGY.graph.text(node, DETERMINATION.pattern)
        values = {name: f"<{name}>" for _, name, _ in PLACEHOLDER.findall(pattern)}
        filled = form(local_name(node), ONTOLOGY).filled(values)
        assert filled == PLACEHOLDER.sub(lambda match, given=values: given[match[2]], pattern)  # type: ignore[misc]
        if values:
            with pytest.raises(KeyError):
                form(local_name(node), ONTOLOGY).filled({})


def test_no_control_character_is_left_in_a_text() -> None:
    """Of all that there are, each beside a letter."""
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        kept = character in "\n\t" or unicodedata.category(character)[0] != "C"
        assert clean("a" + character) == ("a" + character if kept else "a")


# ---------------------------------------------------------------- Answers


def test_the_findings_that_settle_nothing_are_those_looked_for_that_speak_on_no_side() -> None:
    silent = 0
    for assessment in (one for edition in EDITIONS for one in synthetic(edition, 40)):
        record = assessment.record
        for request in record.requests:
            for answer in assessment.answers[request.iri].values():
                criterion = assessment.edition.criteria[answer.criterion]
                if criterion.target != CORE.RequestedSegment:
                    looked_for = record.of_kinds(criterion.looks_for) & request.evidence
                    assert answer.in_vain == looked_for - answer.supporting - answer.contrary
                    silent += bool(answer.in_vain) and not answer.supporting and not answer.contrary
    assert silent
