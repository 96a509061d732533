"""A question reads the store and nothing else, ends in time, and a parameter is a value whatever is in it."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import Listener, listening, reasoner

from reasoner.errors import UsageError
from reasoner.rdf import DiskStore, Literal, SyntaxFault, term_text
from reasoner.store.answer import written
from reasoner.store.forms import Form
from reasoner.store.guard import guard
from reasoner.store.question import bound, question
from reasoner.store.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASE = "# param $name: text\nSELECT ?case WHERE { ?case dcterms:identifier $name }"
PREFIXES = {"ex": "https://x/", "store": "https://w3id.org/guideline-reasoner/store#"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> DiskStore:
    """A store of one statement."""
    place = tmp_path_factory.mktemp("small") / "quads"
    made = DiskStore(place, read_only=False)
    made.load(io.BytesIO(b'<https://x/a> <https://x/b> "c" <https://x/g> .\n'))
    return made


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with listening() as found:
        yield found
    assert found.asked == []


# ---------------------------------------------------------------- The guard

CALLS = [
    "SELECT * { SERVICE <http://x/> { ?a ?b ?c } }",
    "SELECT * { service<http://x/>{ ?a ?b ?c } }",
    "SELECT * { SERVICE SILENT <http://x/> { ?a ?b ?c } }",
    "SELECT * { SERVICEex:x { ?a ?b ?c } }",
    "SELECT * { SERVICESILENTex:x { ?a ?b ?c } }",
    "PREFIX : <http://x/> SELECT * { SERVICE:x { ?a ?b ?c } }",
    "SELECT * { ?a ?b 'c'SERVICE<http://x/>{ ?a ?b ?c } }",
    "SELECT * { ?a ?b trueSERVICE<http://x/>{ ?a ?b ?c } }",
    "SELECT * { ?a ?b 1SERVICE<http://x/>{ ?a ?b ?c } }",
    "SELECT * { ?a ?b ex:.SERVICE<http://x/>{ ?a ?b ?c } }",
    "SELECT * { ?a ex:a\\' ?c . SERVICE <http://x/> { ?a ex:b\\' ?c } }",
    "SELECT * { ?a <http://x/\\u0041#> ?c . SERVICE <http://x/> { ?a ?b ?c } }",
    "SELECT * { ?a <http://x/'> ?c . SERVICE <http://x/'> { ?a ?b ?c } }",
    "SELECT * { ?a ?b '''it's''' . SERVICE <http://x/'> { ?a ?b ?c } }",
    'SELECT * { ?a ?b """""" . SERVICE <http://x/> { ?a ?b """""" } }',
    "SELECT * { FILTER EXISTS { SERVICE <http://x/> { ?a ?b ?c } } }",
    "SELECT * # '\n{ SERVICE <http://x/'> { ?a ?b ?c } }",
    "SELECT * { ?a ?b ?c FILTER(?a<?b&&EXISTS{SERVICE?x{?a ?b ?c}}&&?c>?a) }",
    "SELECT * FROM <file:///etc/passwd> { ?a ?b ?c }",
    "SELECT * FROM NAMED <http://x/> { ?a ?b ?c }",
    "ASKFROM<http://x/>{ ?a ?b ?c }",
    "LOAD <file:///etc/passwd>",
    "LOAD SILENT <http://x/> INTO GRAPH <http://y/>",
]
WRITES = [
    "INSERT DATA { <http://x/a> <http://x/b> 1 }",
    "DELETE WHERE { ?a ?b ?c }",
    "CLEAR ALL",
    "DROP GRAPH <http://x/>",
    "SELECT * { ?a ?b ?c } ; DELETE WHERE { ?a ?b ?c }",
]
HARMLESS = [
    "SELECT * { ?a ?b 'SERVICE <http://x/> { }' }",
    'SELECT * { ?a ?b """FROM\n"LOAD" DELETE""" }',
    "SELECT * { ?service ?from $load } # SERVICE <http://x/> LOAD",
    "SELECT * { ?a a ex:AppealedService ; <http://x/SERVICE> ?c }",
    "SELECT * { ?a ex:fromLevel/ex:load ?c FILTER(?a < ?c && ?c > 1) }",
    "SELECT * { ?a ex:INSERT ?delete }",
]


@pytest.mark.parametrize("query", CALLS)
def test_a_query_that_would_call_out_or_read_files_is_refused(query: str) -> None:
    with pytest.raises(UsageError, match="calls-out"):
        guard(query, "query")


@pytest.mark.parametrize("query", WRITES)
def test_a_query_that_would_write_is_refused(query: str) -> None:
    with pytest.raises(UsageError, match="writes"):
        guard(query, "query")


@pytest.mark.parametrize("query", HARMLESS)
def test_words_in_texts_names_and_comments_are_no_keywords(query: str, small: DiskStore) -> None:
    guard(query, "query")
    small.query(query, PREFIXES)


PIECES = st.sampled_from([
    "SELECT", "*", "{", "}", "{ ?a ?b ?c }", "?a ?b ", "?c", " . ", ";", "SERVICE", "service", "SILENT", "FROM",
    "<{0}>", "ex:", "ex:a", ":x", "'", '"', "'''", '"""', "\\'", "\\u0027", "\\", "#", "\n", " ", "a", "true", "1", ".",
    "-", "_:b", "@en", "^^", "<", ">", "(", ")", "FILTER(", "EXISTS{", "<?b&&?c>", "VALUES ?x { <{0}> }", "?x", "$x",
    "%27", "\u00b7", "\u00b2", "\u00a0",
])  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PIECES, max_size=12))
def test_no_query_that_passes_the_guard_calls_out(small: DiskStore, listener: Listener, pieces: list[str]) -> None:
    query = "SELECT * { ?a ?b ?c . " + "".join(pieces).replace("{0}", listener.address)
    for end in ("}", "{ ?a ?b ?c } }"):
        try:
            guard(query + end, "query")
            list(written(small.query(query + end, {"ex": listener.address + "/"}), Form.CSV, {}))
        except (UsageError, SyntaxFault, OSError, RuntimeError, ValueError):
            continue
    assert listener.asked == []


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_the_tokens_of_a_text_put_together_are_the_text(text: str) -> None:
    assert "".join(token.text for token in tokens(text)) == text


# ---------------------------------------------------------------- Parameters

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXTS | st.sampled_from(['" } #', "'", "\\", "$name", "\n"]))
def test_a_parameter_stays_one_value_whatever_is_in_it(small: DiskStore, value: str) -> None:
    asked = question("query", "# param $name: text\nSELECT (STR($name) AS ?said) WHERE { }")
    query = bound(asked, [f"name={value}"], PREFIXES)
    guard(query, "query")
    found = small.query(query, PREFIXES)
    assert not isinstance(found, bool | list)
    assert list(found.rows) == [(Literal(value),)]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("iri", "https://x/> } #"), ("iri", "a b"), ("iri", "nothing"), ("iri", ""), ("date", "2024-13-01"),
        ("integer", "1.5"), ("integer", "1 }"), ("integer", "\u0663"), ("decimal", "1e5"), ("boolean", "yes"),
    ],
)  # fmt: skip
def test_a_value_that_is_not_of_its_type_is_refused(kind: str, value: str) -> None:
    asked = question("query", f"# param $x: {kind}\nSELECT * {{ ?a ?b $x }}")
    with pytest.raises(UsageError, match="bad-value"):
        bound(asked, [f"x={value}"], PREFIXES)


def test_values_of_each_type_become_terms() -> None:
    for kind, value, term in (
        ("iri", "ex:a", "<https://x/a>"), ("iri", "<https://y/b>", "<https://y/b>"), ("text", 'a"', r'"a\""'),
        ("date", "2024-11-04", '"2024-11-04"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("integer", "-7", '"-7"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    ):  # fmt: skip
        asked = question("query", f"# param $x: {kind}\nASK {{ ?a ?b $x }} # $x")
        assert bound(asked, [f"x={value}"], PREFIXES).endswith(f"ASK {{ ?a ?b  {term}  }} # $x")


@pytest.mark.parametrize(
    ("query", "given_values", "code"),
    [
        (CASE, [], "no-parameter"),
        (CASE, ["other=1"], "no-such-parameter"),
        (CASE, ["name"], "no-such-parameter"),
        ("SELECT * { ?a ?b $x }", ["x=1"], "no-such-parameter"),
        ("# param $x: thing\nASK { ?a ?b $x }", ["x=1"], "bad-parameter"),
        ("# param x = 1\nASK { ?a ?b $x }", ["x=1"], "bad-parameter"),
    ],
)
def test_a_parameter_that_is_not_sound_is_told_of(query: str, given_values: list[str], code: str) -> None:
    with pytest.raises(UsageError, match=code):
        bound(question("query", query), given_values, PREFIXES)


def test_a_literal_with_control_characters_is_one_token() -> None:
    assert len(list(tokens(term_text(Literal("a\x00\x1b\r\n\u2028'\"\\"))))) == 1


# ---------------------------------------------------------------- The command


def asked(store: Path, *arguments: object) -> str:
    ran = reasoner("query", "--store", store, *arguments)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def test_a_query_that_takes_too_long_is_stopped(store: Path) -> None:
    start = time.monotonic()
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    ran = reasoner("query", runaway, "--store", store, "--limit-seconds", 1)
    assert time.monotonic() - start < 60
    assert (ran.code, ran.out) == (2, "")
    assert "error[out-of-time]" in ran.err


def test_a_query_that_breaks_its_process_is_told_of(store: Path) -> None:
    ran = reasoner("query", "SELECT * { ?a ?b ?c FILTER(" + "(" * 40_000 + "1" + ")" * 40_000 + ") }", "--store", store)
    assert (ran.code, ran.out) == (2, "")
    assert "error[" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["zork"], "no-such-query"), (["none.rq"], "unreadable"), (["SELECT * {"], "syntax"), ([], "no-query"),
        (["SELECT * { ?a ?b ?c }", "--format", "turtle"], "no-graph"), (["DROP ALL "], "writes"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told_with_a_remedy(store: Path, arguments: list[str], code: str) -> None:
    ran = reasoner("query", "--store", store, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error[{code}]")
    assert "Traceback" not in ran.err


def test_an_answer_comes_in_every_form(store: Path, tmp_path: Path) -> None:
    one = (*("--param", "name=v01-all-met"), CASE)
    iri = "https://w3id.org/guideline-reasoner/cases/v01-all-met/"
    assert asked(store, *one, "--format", "csv") == f"case\n{iri}\n"
    assert asked(store, *one, "--format", "tsv") == f"?case\n<{iri}>\n"
    found = json.loads(asked(store, *one, "--format", "json"))
    assert found == {"head": {"vars": ["case"]}, "results": {"bindings": [{"case": {"type": "uri", "value": iri}}]}}
    assert "case:v01-all-met/" in asked(store, *one)
    graph = asked(store, "CONSTRUCT { ?c a ?k } { ?c a store:Case , ?k }", "--format", "turtle")
    assert graph.count("a store:Case") > 10
    assert json.loads(asked(store, "ASK { ?a ?b ?c }", "--format", "json"))["boolean"] is True
    (tmp_path / "q.rq").write_text(CASE)
    asked(store, tmp_path / "q.rq", "--param", "name=x", "--out", tmp_path / "out.csv", "--format", "csv")
    assert (tmp_path / "out.csv").read_text() == "case\n"


def test_no_text_of_a_case_is_a_formula_or_steers_a_terminal(small: DiskStore) -> None:
    query = "SELECT ?a { VALUES ?a { '=HYPERLINK(1)' '-1' -1 '\\u001B[31m' } }"
    forms = (Form.CSV, Form.TSV, Form.TABLE, Form.JSON)
    said = {form: "".join(written(small.query(query, {}), form, {})) for form in forms}
    assert [row["a"] for row in csv.DictReader(io.StringIO(said[Form.CSV]))] == ["'=HYPERLINK(1)", "'-1", "-1", "[31m"]
    assert not any("\x1b" in text for text in said.values())
    assert json.loads(said[Form.JSON])["results"]["bindings"][3]["a"]["value"] == "\x1b[31m"
