"""Both engines give the same results: for every packaged case, and term by term for all that an edition may use."""

from __future__ import annotations

import pytest
from support import CASES, EDITIONS, assessed

from reasoner.assess import report
from reasoner.cases import Form, Manner, determine_case, printed
from reasoner.data import folder
from reasoner.guideline.check import evaluated_terms
from reasoner.guideline.probes import run
from reasoner.rdf import Graph, Literal, parse
from reasoner.terms import SH, local_name
from reasoner.validate import CannotRunError, Engine, validate

REFERENCE, FAST = Engine.REFERENCE, Engine.FAST


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("case", CASES)
def test_both_engines_give_the_same_results_for_a_case(case: str, edition: str) -> None:
    reference, fast = (assessed(case, edition, engine) for engine in (REFERENCE, FAST))
    assert reference.found == fast.found
    results = [run(a.edition, a.judged, engine) for a, engine in ((reference, REFERENCE), (fast, FAST))]
    assert results[0] == results[1] != ()
    assert reference.found == report(results[0])
    assert reference.answers == fast.answers


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("case", ["reference-decision", "v07-three-levels"])
def test_both_engines_give_the_same_determination(case: str, edition: str) -> None:
    place = str(folder("cases") / case)
    reference, fast = ([determine_case(place, Manner(engine, None, edition))] for engine in (REFERENCE, FAST))
    for form in Form:
        assert printed(list(reference), form, cite=True) == printed(list(fast), form, cite=True)


# ---------------------------------------------------------------- Term by term

DATA = """
    :a a :Thing ; :n 1 ; :to :b ; :day "2024-01-01"^^xsd:date .
    :b a :Thing , :Kind ; :n 2 ; :to :a , :c ; :day "2024-01-02"^^xsd:date .
    :c a :Thing ; :n 3 ; :text "x" ; :day "2024"^^xsd:gYear .
    :d a :Other .
"""
ROWS = {
    # of each term: a shape that uses it, and the things for which the shape has a result
    "NodeShape": (":S a sh:NodeShape ; sh:targetClass :Thing ; sh:class :Kind .", "a c"),
    "PropertyShape": (":S a sh:PropertyShape ; sh:targetClass :Thing ; sh:path :to ; sh:class :Kind .", "b"),
    "targetClass": (":S a sh:NodeShape ; sh:targetClass :Other ; sh:class :Kind .", "d"),
    "path": (":S sh:targetClass :Thing ; sh:path :text ; sh:minCount 1 .", "a b"),
    "alternativePath": (
        ":S sh:targetClass :Thing ; sh:not [ sh:path [ sh:alternativePath ( :to :text ) ] ; sh:minCount 2 ] .", "b",
    ),
    "inversePath": (":S sh:targetClass :Thing ; sh:not [ sh:path [ sh:inversePath :to ] ; sh:hasValue :a ] .", "b"),
    "property": (":S sh:targetClass :Thing ; sh:not [ sh:property [ sh:path :n ; sh:hasValue 2 ] ] .", "b"),
    "node": (":S sh:targetClass :Thing ; sh:node :T . :T a sh:NodeShape ; sh:class :Kind .", "a c"),
    "and": (":S sh:targetClass :Thing ; sh:and ( [ sh:class :Kind ] [ sh:class :Thing ] ) .", "a c"),
    "or": (":S sh:targetClass :Thing ; sh:or ( [ sh:class :Kind ] [ sh:path :text ; sh:minCount 1 ] ) .", "a"),
    "not": (":S sh:targetClass :Thing ; sh:not [ sh:class :Kind ] .", "b"),
    "class": (":S sh:targetClass :Thing ; sh:class :Kind .", "a c"),
    "datatype": (":S sh:targetClass :Thing ; sh:path :day ; sh:datatype xsd:date .", "c"),
    "hasValue": (":S sh:targetClass :Thing ; sh:path :to ; sh:hasValue :b .", "b c"),
    "in": (":S sh:targetClass :Thing ; sh:path :n ; sh:in ( 1 2 ) .", "c"),
    "minCount": (":S sh:targetClass :Thing ; sh:path :to ; sh:minCount 2 .", "a c"),
    "maxCount": (":S sh:targetClass :Thing ; sh:path :to ; sh:maxCount 1 .", "b"),
    "minInclusive": (":S sh:targetClass :Thing ; sh:path :n ; sh:minInclusive 2 .", "a"),
    "maxInclusive": (":S sh:targetClass :Thing ; sh:path :n ; sh:maxInclusive 2.0 .", "c"),
    "minExclusive": (":S sh:targetClass :Thing ; sh:path :n ; sh:minExclusive 2 .", "a b"),
    "maxExclusive": (":S sh:targetClass :Thing ; sh:path :n ; sh:maxExclusive 2 .", "b c"),
    "qualifiedValueShape": (
        ":S sh:targetClass :Thing ; sh:path :to ; sh:qualifiedValueShape [ sh:class :Kind ] ; sh:qualifiedMinCount 1 .",
        "b c",
    ),
    "qualifiedMinCount": (
        ":S sh:targetClass :Thing; sh:path :to ; sh:qualifiedValueShape [ sh:class :Thing ] ; sh:qualifiedMinCount 2 .",
        "a c",
    ),
    "qualifiedMaxCount": (
        ":S sh:targetClass :Thing ; sh:path :to ; sh:qualifiedMaxCount 0 ; sh:qualifiedValueShape [ sh:class :Kind ] .",
        "a",
    ),
    "severity": (":S sh:targetClass :Thing ; sh:class :Kind ; sh:severity sh:Info .", "a/Info c/Info"),
    "Info": (":S sh:targetClass :Thing ; sh:path :n ; sh:maxInclusive 2 ; sh:severity sh:Info .", "c/Info"),
    "Violation": (":S sh:targetClass :Thing ; sh:class :Kind ; sh:severity sh:Violation .", "a c"),
    "message": (":S sh:targetClass :Thing ; sh:class :Kind ; sh:message 'No kind.'@en .", "a c"),
}  # fmt: skip
PREFIXES = """
    @prefix : <https://x/> .
    @prefix sh: <http://www.w3.org/ns/shacl#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SILENT = {"NodeShape", "PropertyShape", "Violation", "message"}
"""Terms that name or describe: a result has them or it has not, but what they are left out of has the same foci."""


def triples(text: str) -> Graph:
    return Graph(quad.triple for quad in parse((PREFIXES + text).encode(), ".ttl"))


def found(shapes: str, engine: Engine) -> set[str]:
    """The things with a result, by name; with the severity where it is not a violation."""
    results = validate(triples(DATA), triples(shapes), engine)
    assert {result.shape for result in results} <= {"https://x/S"}
    return {local_name(r.focus) + ("" if r.severity == SH.Violation else f"/{local_name(r.severity)}") for r in results}


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("term", ROWS)
def test_a_term_is_evaluated(term: str, engine: Engine) -> None:
    shapes, expected = ROWS[term]
    assert found(shapes, engine) == set(expected.split())


@pytest.mark.parametrize("term", ROWS)
def test_a_term_is_reported_alike(term: str) -> None:
    reference, fast = (validate(triples(DATA), triples(ROWS[term][0]), engine) for engine in (REFERENCE, FAST))
    assert reference == fast != ()


@pytest.mark.parametrize("term", sorted(set(ROWS) - SILENT))
def test_a_row_would_show_a_term_that_is_not_evaluated(term: str) -> None:
    shapes, expected = ROWS[term]
    for engine in Engine:
        try:
            without = found(shapes.replace(f"sh:{term} ", f"sh:{term}Misspelt "), engine)
        except CannotRunError:
            continue
        assert without != set(expected.split())


def test_every_term_that_an_edition_may_use_has_a_row() -> None:
    assert {local_name(term) for term in evaluated_terms()} == set(ROWS)
    assert not any(isinstance(term, Literal) for term in evaluated_terms())
