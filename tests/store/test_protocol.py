"""The tests that the W3C has of the SPARQL 1.1 Protocol, on our endpoint, judged by the status of the reply.

https://github.com/w3c/rdf-tests/tree/main/sparql/sparql11/protocol: 34 tests, of which 26 are passed. The other eight
are refused on purpose, each for the reason that stands in its row. What an ASK must find is looked at too, where the
suite says it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import pytest
from support_workbench import FORM, JSON, QUERY, UPDATE, served, stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_workbench import Served

ONE, TWO, THREE = (f"http://kasei.us/2009/09/sparql/data/data{number}.rdf" for number in (1, 2, 3))
DOCUMENT = "http://xmlns.com/foaf/0.1/Document"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
DATA = "".join(f"<{each}> <{TYPE}> <{DOCUMENT}> <{each}> .\n" for each in (ONE, TWO, THREE))
NONE = "default-graph-uri=" + quote("http://kasei.us/2009/09/sparql/data/data0.rdf", safe="")
READ_ONLY = "an update is refused: a store is changed by reasoner store, and only read here"
NO_FROM = "FROM is refused in every query of ours; named-graph-uri and default-graph-uri do the same"


def parameters(**graphs: str) -> str:
    """Graphs as parameters of an address: ``default``, ``named`` and so on, each with names that blanks part."""
    pairs = [(kind, name) for kind, names in graphs.items() for name in names.split()]
    return "&".join(f"{kind.replace('_', '-')}-graph-uri={quote(name, safe='')}" for kind, name in pairs)


class Row(NamedTuple):
    """A request of the suite, the kind of status that the suite expects, and why ours is another one."""

    method: str
    target: str
    kind: str | None
    body: str | bytes | None
    expected: int
    ours: str = ""
    found: bool | None = None


def get(target: str, expected: int = 2, *, found: bool | None = None) -> Row:
    return Row("GET", f"/sparql/?{target}", None, None, expected, found=found)


def post(
    target: str, kind: str | None, body: str | bytes, expected: int = 2, ours: str = "", *, found: bool | None = None
) -> Row:
    return Row("POST", f"/sparql/{target and '?'}{target}", kind, body, expected, ours, found)


def both(*graphs: str) -> str:
    return " ".join(f"<{graph}> a ?type ." for graph in graphs)


NAMED = f"GRAPH ?g1 {{ <{ONE}> a ?type }} GRAPH ?g2 {{ <{TWO}> a ?type }}"
ROWS = {
    "query_post_form": post(NONE, FORM, "query=ASK%20%7B%7D", found=True),
    "query_dataset_default_graphs_get": get(
        f"query={quote('ASK {' + both(ONE, TWO) + '}')}&{parameters(default=f'{ONE} {TWO}')}", found=True
    ),
    "query_dataset_default_graphs_post": post(
        parameters(default=f"{ONE} {TWO}"), QUERY, f"ASK {{ {both(ONE, TWO)} }}", found=True
    ),
    "query_dataset_named_graphs_post": post(parameters(named=f"{ONE} {TWO}"), QUERY, f"ASK {{ {NAMED} }}", found=True),
    "query_dataset_named_graphs_get": get(
        f"query={quote('ASK {' + NAMED + '}')}&{parameters(named=f'{ONE} {TWO}')}", found=True
    ),
    "query_dataset_full": post(
        parameters(default=THREE, named=f"{ONE} {TWO}"), QUERY, f"ASK {{ {both(THREE)} {NAMED} }}", found=True
    ),
    "query_multiple_dataset": post(
        parameters(named=f"{ONE} {TWO}"), QUERY, f"ASK FROM <{THREE}> {{ {NAMED} }}", ours=NO_FROM
    ),
    "query_get": get(f"query=ASK%20%7B%7D&{NONE}", found=True),
    "query_content_type_select": post(NONE, QUERY, "SELECT (1 AS ?value) {}"),
    "query_content_type_ask": post(NONE, QUERY, "ASK {}"),
    "query_content_type_describe": post(NONE, QUERY, "DESCRIBE <http://example.org/>"),
    "query_content_type_construct": post(NONE, QUERY, "CONSTRUCT { <s> <p> 1 } WHERE {}"),
    "update_dataset_default_graph": post(parameters(using=ONE), UPDATE, "CLEAR ALL", ours=READ_ONLY),
    "update_dataset_default_graphs": post(parameters(using=f"{ONE} {TWO}"), UPDATE, "DROP ALL", ours=READ_ONLY),
    "update_dataset_named_graphs": post(parameters(using_named=f"{ONE} {TWO}"), UPDATE, "DROP ALL", ours=READ_ONLY),
    "update_dataset_full": post(parameters(using=ONE, using_named=TWO), UPDATE, "DROP ALL", ours=READ_ONLY),
    "update_post_form": post("", FORM, "update=CLEAR+ALL", ours=READ_ONLY),
    "update_post_direct": post("", UPDATE, "CLEAR ALL", ours=READ_ONLY),
    "update_base_uri": post("", UPDATE, "CLEAR GRAPH <http://example.org/protocol-base-test/>", ours=READ_ONLY),
    "query_post_direct": post("", QUERY, "ASK {}", found=True),
    "bad_query_method": Row("PUT", f"/sparql/?query=ASK%20%7B%7D&{NONE}", FORM, "", 4),
    "bad_multiple_queries": get("query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D", 4),
    "bad_query_wrong_media_type": post("", "text/plain", "ASK {}", 4),
    "bad_query_missing_form_type": post("", None, "query=ASK%20%7B%7D", 4),
    "bad_query_missing_direct_type": post("", None, "ASK {}", 4),
    "bad_query_non_utf8": post("", f"{QUERY}; charset=UTF-16", "ASK {}".encode("utf-16"), 4),
    "bad_query_syntax": get("query=ASK%20%7B", 4),
    "bad_update_get": get("update=CLEAR%20ALL", 4),
    "bad_multiple_updates": post("", FORM, "update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", 4),
    "bad_update_wrong_media_type": post("", "text/plain", "CLEAR NAMED", 4),
    "bad_update_missing_form_type": post("", None, "update=CLEAR%20NAMED", 4),
    "bad_update_non_utf8": post("", f"{UPDATE}; charset=UTF-16", "CLEAR NAMED".encode("utf-16"), 4),
    "bad_update_syntax": post("", FORM, "update=CLEAR%20XYZ", 4),
    "bad_update_dataset_conflict": post(
        parameters(using_named="http://example/people"), UPDATE, "WITH <http://example/a> DELETE WHERE { ?a ?b ?c }", 4
    ),
}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(stored(tmp_path_factory.mktemp("protocol") / "store", DATA)) as found:
        yield found


@pytest.mark.parametrize("name", ROWS)
def test_the_endpoint_does_as_the_protocol_says_or_as_is_explained(endpoint: Served, name: str) -> None:
    row = ROWS[name]
    headers = {"Accept": f"{JSON}, text/turtle;q=0.5"} | ({"Content_Type": row.kind} if row.kind else {})
    reply = endpoint.send(row.method, row.target, row.body, **headers)
    assert reply.status // 100 == (4 if row.ours else row.expected)
    if row.found is not None:
        assert json.loads(reply.text)["boolean"] is row.found


def test_the_whole_suite_is_here() -> None:
    assert len(ROWS) == 34
    assert sum(1 for row in ROWS.values() if row.ours) == 8


def test_what_is_not_in_utf8_or_says_so_is_refused(endpoint: Served) -> None:
    reply = endpoint.send("POST", "/sparql/", "ASK {}".encode("utf-16"), Content_Type=QUERY)
    assert (reply.status, reply.text.partition(" ")[0]) == (400, "error[not-utf-8]")
    assert endpoint.send("POST", "/sparql/", "ASK {}", Content_Type=f"{QUERY}; charset=latin-1").status == 415
    assert endpoint.send("POST", "/sparql/", "ASK {}", Content_Type=f'{QUERY}; charset="UTF-8"').status == 200
    assert endpoint.send("GET", "/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%22%FF%22%20%7D").status == 400
