"""A question has the same answer on another server, or none; what a server sends steers nothing and breaks nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import ROOT, listening, reasoner
from support_server import CERTIFICATE, JSON, MIME, NO, YES, oxigraph, reply, saying
from support_store import exported
from test_library import answer, query_of
from test_query import CALLS

from reasoner.errors import UsageError
from reasoner.remote.endpoint import endpoint
from reasoner.remote.http import quoted
from reasoner.store.answer import written
from reasoner.store.forms import Form
from reasoner.store.library import library, query_prefixes
from reasoner.store.place import reading
from reasoner.store.remote import answering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support import Ran
    from support_server import Heard, Server

ROW = '{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "literal", "value": "told"}}]}}'
ALL = "SELECT ?a { ?a ?b ?c }"
SECRET = "dGVsbCBub2JvZHk"  # noqa: S105


@pytest.fixture(scope="module")
def union(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose default graph is the union of its graphs, as Oxigraph makes one: a statement once for each."""
    with oxigraph(tmp_path_factory.mktemp("union") / "data", "--union-default-graph") as server:
        server.load(exported(store))
        yield server


@pytest.fixture(scope="module")
def merge(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One whose default graph holds each statement of all graphs once, as the RDF merge that other servers make."""
    with oxigraph(tmp_path_factory.mktemp("merge") / "data") as server:
        server.load(exported(store))
        server.load("".join(line.rsplit(" ", 2)[0] + " .\n" for line in exported(store).splitlines()), "?default", "nt")
        yield server


@pytest.fixture(scope="module")
def apart(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One whose default graph holds nothing."""
    with oxigraph(tmp_path_factory.mktemp("apart") / "data") as server:
        server.load(exported(store))
        yield server


# ---------------------------------------------------------------- The same answer


@pytest.mark.parametrize("kind", ["union", "merge"])
@pytest.mark.parametrize("name", library())
def test_a_question_has_the_same_answer_on_another_server(
    store: Path, name: str, kind: str, request: pytest.FixtureRequest
) -> None:
    server = endpoint(request.getfixturevalue(kind).query, None)
    with answering(server, query_of(name), query_prefixes(), 60) as found:
        told = "".join(written(found, Form.CSV, {}))
    assert sorted(told.splitlines()) == sorted(answer(store, name).splitlines())


GRAPH = "CONSTRUCT { ?c a ?k ; dcterms:identifier ?n } { ?c a store:Case , ?k ; dcterms:identifier ?n }"


@pytest.mark.parametrize(
    "asked",
    [
        *((["cases-by-status", "--param", "criterion=g1:NicotineFree"], form) for form in Form if form != Form.TURTLE),
        *(([GRAPH], form) for form in Form),
        *((["ASK { ?a a store:Case }"], form) for form in (Form.TABLE, Form.JSON, Form.TURTLE)),
        *((["DESCRIBE g1:NicotineFree"], form) for form in (Form.TSV, Form.TURTLE)),
        (["SELECT ?x ?y { VALUES (?x ?y) { ('=a\\u001B[31m' UNDEF) ('b'@en 1.50) } }"], Form.TSV),
        (["PREFIX store: <http://x/> SELECT * { VALUES ?x { store:a <store:b> 'rdf:c' } } # owl:Class"], Form.CSV),
    ],
    ids=lambda asked: f"{asked[1]}-{asked[0][0][:12]}",
)
def test_an_answer_of_another_server_comes_in_every_form(
    store: Path, union: Server, asked: tuple[list[str], Form]
) -> None:
    question, form = asked
    here = reasoner("query", *question, "--format", form, "--store", store)
    there = reasoner("query", *question, "--format", form, "--endpoint", union.query)
    assert (here.code, here.err) == (0, "")
    assert there == here
    assert here.out


def test_a_question_is_sent_with_the_prefixes_that_it_uses_and_does_not_declare() -> None:
    asked = "# store:a\nprefix store: <http://x/>\nSELECT * { ?a a store:A , owl:Class , ex:A , 'skos:no' , <rdf:no> }"
    with saying(third(reply(ROW, JSON))) as (address, heard):
        assert reasoner("query", asked, "--endpoint", address).code == 0
    assert heard[-1].query == f"PREFIX owl: <http://www.w3.org/2002/07/owl#> {asked}"


def test_a_question_of_a_file_is_asked_of_another_server_and_its_answer_written(union: Server, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("# param $name: text\nSELECT ?c { ?c dcterms:identifier $name }")
    given = (tmp_path / "q.rq", "--param", "name=v01-all-met", "--out", tmp_path / "out.csv", "--format", "csv")
    assert reasoner("query", *given, "--endpoint", union.query).code == 0
    assert (tmp_path / "out.csv").read_text() == "c\nhttps://w3id.org/guideline-reasoner/cases/v01-all-met/\n"


# ---------------------------------------------------------------- Or none


def told(ran: Ran, code: str, *words: str) -> None:
    """An error and nothing else."""
    exit_code, out, err = ran
    assert (exit_code, out) == (2, ""), err
    assert err.startswith(f"error[{code}]"), err
    assert all(word in err for word in words), err
    assert "Traceback" not in err


def test_a_server_whose_default_graph_is_not_the_union_is_not_asked(apart: Server) -> None:
    told(reasoner("query", "cases", "--endpoint", apart.query), "not-the-union")
    reached = reasoner("query", "cases", "--endpoint", f"{apart.query}?union-default-graph")
    assert reached.code == 0, reached.err


@pytest.mark.parametrize("part", ["core> .", "request/determination> ."])
def test_a_default_graph_that_holds_some_of_the_graphs_is_not_taken_for_the_union(
    apart: Server, store: Path, part: str
) -> None:
    lines = [line.rsplit(" ", 2)[0] + " .\n" for line in exported(store).splitlines() if line.endswith(part)]
    assert lines
    apart.load("".join(lines), "?default", "nt")
    told(reasoner("query", "cases", "--endpoint", apart.query), "not-the-union")


def test_a_server_without_a_store_is_not_asked(tmp_path: Path) -> None:
    with oxigraph(tmp_path / "data", "--union-default-graph") as server:
        told(reasoner("query", "cases", "--endpoint", server.query), "no-store")
        server.load('<http://x/a> <http://x/b> "c" .\n', "?default", "nt")
        told(reasoner("query", "cases", "--endpoint", server.query), "no-store")


def test_a_query_that_the_server_does_not_understand_is_told_with_its_words(union: Server) -> None:
    told(reasoner("query", "SELECT * { ?a", "--endpoint", union.query), "endpoint-refuses", "400", "error at 1:")


@pytest.mark.parametrize("query", [*CALLS[:3], "DROP ALL "])
def test_a_query_that_may_not_be_asked_is_not_sent(query: str) -> None:
    with listening() as listener:
        assert reasoner("query", query, "--endpoint", listener.address).code == 2
    assert listener.asked == []


# ---------------------------------------------------------------- Servers of another kind


def third(hostile: bytes) -> Callable[[Heard], list[bytes]]:
    """A server that is what it should be until it is asked the question."""
    return lambda asked: [NO if "NOT EXISTS" in asked.query else YES if "ASK" in asked.query else hostile]


CHUNKS = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n"
OPEN = "HTTP/1.0 200 OK\r\nContent-Type: {}\r\n\r\n"
NTRIPLES = '<http://x/a> <http://x/b> "c" .\n'
HOSTILE = {
    "nothing": (b"", "no-connection"),
    "noise": (b"\x00\xff\x1b[31m noise\r\n\r\n", "not-http"),
    "another protocol": (b"SSH-2.0-OpenSSH_9\r\n", "not-http"),
    "a status that is none": (b"HTTP/1.1 abc OK\r\n\r\n", "not-http"),
    "endless headers": (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "not-http"),
    "a long header": (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", "not-http"),
    "a page": (reply("<html><b>Welcome</b></html>", "text/html"), "not-an-answer"),
    "a page as JSON": (reply("<html>Welcome</html>", JSON), "not-an-answer"),
    "other JSON": (reply("{}", JSON), "not-an-answer"),
    "a list": (reply("[" * 100_000, JSON), "not-an-answer"),
    "no JSON after a row": (reply(ROW[:-2] + "}", JSON), "not-an-answer"),
    "something after the end": (reply(ROW + ROW, JSON), "not-an-answer"),
    "no UTF-8": (reply(ROW.encode().replace(b"told", b"\xff"), JSON), "not-an-answer"),
    "packed": (reply(b"\x1f\x8b\x08" + b"\x00" * 50, JSON, Content_Encoding="gzip"), "not-an-answer"),
    "a statement as a term": (
        reply(ROW.replace('"literal"', '"triple"').replace('"told"', json.dumps({
            "subject": {"type": "uri", "value": "http://x/"}, "predicate": {"type": "uri", "value": "http://x/"},
            "object": {"type": "uri", "value": "http://x/"},
        })), JSON), "not-an-answer",
    ),
    "an IRI that steers": (
        reply(ROW.replace("literal", "uri").replace("told", "http://x/\\u001b[31m"), JSON), "not-an-answer"
    ),
    "a name that steers": (reply(ROW.replace('"a"', '"a\\u001b[31m"'), JSON), "not-an-answer"),
    "cut": (reply(ROW, JSON)[:-20], "cut-answer"),
    "cut in a chunk": (f"{CHUNKS}ff\r\n{ROW}".encode(), "cut-answer"),
    "cut between chunks": (f"{CHUNKS}{len(ROW):x}\r\n{ROW}\r\n".encode(), "cut-answer"),
    "a chunk of no length": (f"{CHUNKS}zz\r\n{ROW}\r\n0\r\n\r\n".encode(), "cut-answer"),
    "cut without a length": ((OPEN.format(JSON) + ROW[:-20]).encode(), "not-an-answer"),
    "a graph without a length": ((OPEN.format(MIME["nt"]) + NTRIPLES).encode(), "not-an-answer"),
    "a graph that is cut": (reply(NTRIPLES * 9, MIME["nt"])[:-40], "cut-answer"),
    "no graph": (reply("<html>", MIME["nt"]), "not-an-answer"),
    "401": (reply(f"who is {SECRET}?", status="401 Unauthorized"), "not-let-in"),
    "403": (reply("no", status="403 Forbidden"), "not-let-in"),
    "404": (reply("no\x1b[31m such\r\nerror[fine] page", status="404 Not Found"), "endpoint-refuses"),
    "500": (reply("<html>" * 9_000, "text/html", status="500 Internal Server Error"), "endpoint-failed"),
    "503": (reply("x" * 90_000, status="503 Service Unavailable"), "endpoint-failed"),
    "202": (reply("later", status="202 Accepted"), "endpoint-refuses"),
    "999": (reply("later", status="999 No"), "endpoint-refuses"),
}  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_no_answer_is_told_and_steers_nothing(hostile: str) -> None:
    sent, code = HOSTILE[hostile]
    with saying(third(sent)) as (address, _):
        ran = reasoner("query", ALL, "--endpoint", address)
    told(ran, code)
    assert not any(character in ran.err for character in "\x1b\x00\x07\r")
    assert len(ran.err) < 1_000
    assert len(ran.err.splitlines()) == 3


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_no_answer_to_our_first_question_is_an_error_too(hostile: str) -> None:
    sent, code = HOSTILE[hostile]
    with (
        saying(lambda _: [sent]) as (address, _),
        pytest.raises(UsageError) as error,
        answering(endpoint(address, None), ALL, {}, 60),
    ):
        pytest.fail("it was taken for an answer")
    codes = {problem.code for problem in error.value.problems}
    assert codes == {"not-an-answer" if hostile == "cut" else code}  # rows are no yes or no, cut or not


def test_rows_are_no_answer_to_a_yes_or_no_question_of_ours() -> None:
    with saying(lambda _: [reply(ROW, JSON)]) as (address, _):
        told(reasoner("query", ALL, "--endpoint", address), "not-an-answer")


def test_an_answer_of_any_other_server_is_read() -> None:
    for answered in (reply(ROW, "application/json; charset=utf-8"), (OPEN.format(JSON) + ROW).encode()):
        with saying(third(answered)) as (address, heard):
            ran = reasoner("query", ALL, "--endpoint", address, "--format", "csv")
        assert (ran.code, ran.out) == (0, "a\ntold\n"), ran.err
        assert heard[-1].headers["user-agent"].startswith("guideline-reasoner/")


def test_no_text_of_a_server_steers_a_terminal_or_is_a_formula() -> None:
    text = "=1\\u001b]0;title\\u0007\\u009b2J\\u202e"
    rows = ROW.replace("told", text)
    for form in ("table", "csv", "tsv", "json"):
        with saying(third(reply(rows, JSON))) as (address, _):
            ran = reasoner("query", ALL, "--endpoint", address, "--format", form)
        assert ran.code == 0
        assert not any(character in ran.out for character in "\x1b\x07\x9b\u202e")
        assert form != "csv" or "'=1" in ran.out


def test_an_iri_of_a_server_cannot_turn_the_line_around() -> None:
    rows = ROW.replace("literal", "uri").replace("told", "http://x/\\u202etxt")
    for form in ("table", "csv", "tsv", "json"):
        with saying(third(reply(rows, JSON))) as (address, _):
            ran = reasoner("query", ALL, "--endpoint", address, "--format", form)
        assert "\u202e" not in ran.out + ran.err


def test_an_answer_is_read_up_to_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reasoner.store.remote.MAX_ANSWER", 1_000)
    rows = ROW.replace("told", "x" * 1_000)
    with (
        saying(third(reply(rows, JSON))) as (address, _),
        pytest.raises(UsageError, match="too-large"),
        answering(endpoint(address, None), ALL, {}, 60) as found,
    ):
        "".join(written(found, Form.CSV, {}))


def slow(begun: bytes, piece: bytes) -> Callable[[Heard], Iterator[bytes]]:
    """A server that never comes to an end."""

    def answers(_: Heard) -> Iterator[bytes]:
        yield begun
        for _ in range(600):
            time.sleep(0.1)
            yield piece

    return answers


@pytest.mark.parametrize(
    ("begun", "piece"),
    [(b"", b""), (b"HTTP/1.1 200 OK\r\nX: ", b"y"), (reply(YES, JSON)[: -len(YES)], b" ")],
    ids=["silent", "a header byte by byte", "a body byte by byte"],
)
def test_a_server_that_does_not_come_to_an_end_is_left(begun: bytes, piece: bytes) -> None:
    with saying(slow(begun, piece)) as (address, _):
        told(reasoner("query", ALL, "--endpoint", address, "--limit-seconds", 1), "out-of-time", "1 seconds")


def test_a_query_that_takes_a_server_too_long_is_given_up(union: Server) -> None:
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    told(reasoner("query", runaway, "--endpoint", union.query, "--limit-seconds", 1), "out-of-time")


def test_a_server_that_cannot_be_reached_is_told_of() -> None:
    with saying(lambda _: []) as (address, _):
        pass
    told(reasoner("query", ALL, "--endpoint", address), "no-connection", address)


def test_a_server_whose_certificate_is_trusted_is_asked(monkeypatch: pytest.MonkeyPatch, header_from: str) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with saying(third(reply(ROW, JSON)), safely=True) as (address, heard):
        ran = reasoner("query", ALL, "--endpoint", address, "--header-from", header_from, "--format", "csv")
    assert (ran.code, ran.out) == (0, "a\ntold\n"), ran.err
    assert heard[-1].headers["authorization"] == f"Basic {SECRET}"


def test_a_server_whose_certificate_is_not_trusted_or_is_for_another_name_is_told_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with saying(lambda _: [YES], safely=True) as (address, heard):
        told(reasoner("query", ALL, "--endpoint", address), "not-trusted", "self-signed")
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        told(
            reasoner("query", ALL, "--endpoint", address.replace("127.0.0.1", "localhost")), "not-trusted", "localhost"
        )
    assert heard == []


def test_a_server_that_does_not_speak_https_is_told_nothing() -> None:
    with saying(lambda _: [YES]) as (address, heard):
        told(reasoner("query", ALL, "--endpoint", address.replace("http:", "https:")), "no-connection")
    assert not any(asked.query for asked in heard)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_no_redirect_is_followed(status: str) -> None:
    with listening() as other:
        moved = reply(status=status, Location=f"{other.address}?key={SECRET}")
        with saying(lambda _: [moved]) as (address, heard):
            ran = reasoner("query", ALL, "--endpoint", address)
        told(ran, "moved", other.address)
        assert len(heard) == 1
        assert SECRET not in ran.err
    assert other.asked == []


def test_no_proxy_is_used(union: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        assert reasoner("query", "cases", "--endpoint", union.query).code == 0
    assert proxy.asked == []


# ---------------------------------------------------------------- Addresses and headers


@pytest.mark.parametrize(
    "address",
    [
        "ftp://x/query", "file:///etc/passwd", "x/query", "//x/query", "http:///query", "http://", "http://x:99999/",
        "http://x:0/", "http://x/a b", "http://x/\r\nX: y", "http://x/ä", "http://[::1/", "http://x/#part", "",
        "http://me:word@x/query", "https://me@x/query", "HTTP//x", "http://x\\y/", "unix:/run/x",
    ],
)  # fmt: skip
def test_an_address_that_is_not_a_plain_one_is_refused(address: str) -> None:
    told(reasoner("query", ALL, "--endpoint", address), "bad-endpoint")


def test_an_address_is_sent_as_it_was_given_and_shown_without_its_query_string() -> None:
    with saying(lambda _: [reply("no", status="404 No")]) as (address, heard):
        ran = reasoner("query", ALL, "--endpoint", f"{address}/a%20b/q?key={SECRET}&union")
    assert heard[0].target == f"/a%20b/q?key={SECRET}&union"
    assert f"{address}/a%20b/q\n" in ran.err
    assert SECRET not in ran.err


def test_a_question_goes_to_one_place(tmp_path: Path) -> None:
    told(reasoner("query", ALL, "--endpoint", "http://127.0.0.1:1", "--store", tmp_path), "two-places")
    told(reasoner("query", ALL, "--header-from", "env:X"), "no-endpoint")


@pytest.fixture(params=["a file", "a variable"])
def header_from(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where a header is."""
    if request.param == "a variable":
        monkeypatch.setenv("HEADER", f"Authorization: Basic {SECRET}")
        return "env:HEADER"
    (tmp_path / "header").write_text(f"Authorization: Basic {SECRET}\n")
    return str(tmp_path / "header")


def test_a_header_is_sent_with_every_request_and_nobody_else_sees_it(header_from: str) -> None:
    seen: list[bytes] = []

    def answers(asked: Heard) -> list[bytes]:
        seen.extend(path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline"))
        return [*third(reply(ROW, JSON))(asked)]

    with saying(answers) as (address, heard):
        ran = reasoner("query", ALL, "--endpoint", address, "--header-from", header_from, "--format", "csv")
    assert (ran.code, ran.out) == (0, "a\ntold\n")
    assert [asked.headers.get("authorization") for asked in heard] == [f"Basic {SECRET}"] * 3
    assert seen
    assert not any(SECRET.encode() in line for line in seen)


@pytest.mark.parametrize("status", ["400 Bad", "401 Unauthorized", "404 Not Found", "500 Failed"])
def test_a_server_that_repeats_the_header_does_not_get_it_printed(header_from: str, status: str) -> None:
    for said in (f"Authorization: Basic {SECRET}", f"key {SECRET}!", SECRET * 9_000, "x" * 65_530 + SECRET):
        with saying(lambda _, said=said: [reply(said, status=status)]) as (address, _):
            ran = reasoner("query", ALL, "--endpoint", address, "--header-from", header_from)
        assert ran.code == 2
        assert SECRET[:6] not in ran.out + ran.err


def test_no_piece_of_a_long_header_is_left_at_the_end_of_what_a_server_says(tmp_path: Path) -> None:
    value = "ab12" * 2_000
    (tmp_path / "header").write_text(f"X-Key: {value}")
    with saying(lambda _: [reply(value * 20, status="400 Bad")]) as (address, _):
        ran = reasoner("query", ALL, "--endpoint", address, "--header-from", tmp_path / "header")
    told(ran, "endpoint-refuses", "(the header)")
    assert "ab12" not in ran.err


def test_a_servers_words_are_one_harmless_line() -> None:
    said = quoted("one\r\n\x1b[31mtwo\u2028\u202e  three\x85" + "x" * 900, endpoint("http://x/", None))
    assert said.startswith("one [31mtwo  three xxx")
    assert len(said) < 400


def test_a_header_does_not_leave_this_machine_in_the_clear(header_from: str) -> None:
    elsewhere = ("--endpoint", "http://server.example/")
    told(reasoner("query", ALL, *elsewhere, "--header-from", header_from), "readable-header")
    for address in ("http://localhost:1/", "http://127.0.0.9:1/", "http://[::1]:1/"):
        told(reasoner("query", ALL, "--endpoint", address, "--header-from", header_from), "no-connection")
    assert endpoint("https://server.example/", header_from).header == ("Authorization", f"Basic {SECRET}")
    assert SECRET not in repr(endpoint("https://server.example/", header_from))


@pytest.mark.parametrize(
    "content",
    [
        "", "Bearer x", "A: x\nB: y", "A: x\r\nB: y", "A: \x1b", "A:", "A : x", "Ä: x", "Host: x", "content-length: 5",
        "A: " + "x" * 20_000,
    ],
)  # fmt: skip
def test_what_is_not_one_header_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "header").write_text(content)
    ran = reasoner("query", ALL, "--endpoint", "http://127.0.0.1:1", "--header-from", tmp_path / "header")
    assert ran.code == 2
    assert ran.err.startswith(("error[bad-header]", "error[no-header]"))
    told(reasoner("query", ALL, "--endpoint", "http://127.0.0.1:1", "--header-from", "env:NONE"), "no-header")
    told(reasoner("query", ALL, "--endpoint", "http://127.0.0.1:1", "--header-from", tmp_path / "none"), "no-header")


# ---------------------------------------------------------------- Nothing is sent unless an endpoint is named


def test_only_what_an_endpoint_was_named_for_may_send() -> None:
    code = {file: file.read_text() for file in (ROOT / "reasoner").rglob("*.py")}
    sends = {file.relative_to(ROOT / "reasoner").as_posix() for file, text in code.items() if "remote.http" in text}
    assert sends == {
        "remote/graph_store.py", "remote/refusal.py", "store/remote.py", "store/push/run.py", "store/push/check.py",
    }  # fmt: skip
    named = {file.relative_to(ROOT / "reasoner").as_posix() for file, text in code.items() if '"--endpoint"' in text}
    assert named == {"cli/query.py", "cli/store.py", "remote/endpoint.py"}


def test_no_question_to_a_store_in_a_folder_loads_what_sends(store: Path) -> None:
    program = (
        "import sys; from reasoner.store import asked; asked._found({'store': sys.argv[1], 'query': 'ASK {}',"
        " 'prefixes': {}}).__enter__(); sys.exit('reasoner.remote.http' in sys.modules)"
    )
    with reading(store) as generation:
        subprocess.run([sys.executable, "-c", program, generation.quads], cwd=ROOT, check=True)
