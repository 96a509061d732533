"""The workbench reads and nothing else, for whoever may ask."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from support import ROOT, Listener, listening, reasoner
from support_workbench import COUNT, ENDLESS, FORM, JSON, LINES, QUERY, UPDATE, served, stored

from reasoner.store.prologue import prologue
from reasoner.workbench import program as program_module
from reasoner.workbench.admission import admit
from reasoner.workbench.refusal import RefusedError
from reasoner.workbench.workbench import MAX_BODY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_workbench import Served


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 300 statements."""
    return stored(tmp_path_factory.mktemp("served") / "store", LINES)


@pytest.fixture(scope="module")
def open_store(root: Path) -> Iterator[Served]:
    with served(root) as found:
        yield found


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server that must not have been asked anything when the test ends."""
    with listening() as found:
        yield found
    assert found.asked == []


# ---------------------------------------------------------------- Answers


def test_a_query_is_answered_in_each_way_of_the_protocol(open_store: Served) -> None:
    for reply in open_store.ways(COUNT).values():
        assert (reply.status, reply.rows) == (200, [{"n": "300"}])


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        (COUNT, JSON, JSON),
        (COUNT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (COUNT, "text/csv", "text/csv; charset=utf-8"),
        (COUNT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle", "text/turtle"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples", "application/n-triples"),
        ("DESCRIBE <https://x/a>", "application/rdf+xml", "application/rdf+xml"),
    ],
)
def test_an_answer_has_the_form_that_was_asked_for(open_store: Served, query: str, accept: str, kind: str) -> None:
    reply = open_store.ask(query, accept)
    assert (reply.status, reply.headers["Content-Type"]) == (200, kind)


def test_a_form_that_there_is_not_is_refused(open_store: Served) -> None:
    reply = open_store.ask(COUNT, "image/png")
    assert (reply.status, reply.text.partition(" ")[0]) == (406, "error[no-such-form]")


def test_graphs_named_by_the_request_are_those_of_the_store_and_nothing_is_fetched(
    open_store: Served, listener: Listener
) -> None:
    for graph, number in (("https://x/g", "300"), ("https://x/none", "0"), (listener.address, "0")):
        for name, query in (("default", COUNT), ("named", "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")):
            target = "/sparql?" + urlencode({f"{name}-graph-uri": graph, "query": query})
            assert open_store.send("GET", target, Accept=JSON).rows == [{"n": number}]


def test_our_prefixes_need_not_be_declared(open_store: Served) -> None:
    assert open_store.ask("ASK { ?s rdf:type store:Case }").status == 200
    assert open_store.ask("ASK { ?s zork:type store:Case }").status == 400


def test_only_what_is_used_and_not_declared_is_declared() -> None:
    ours = {name: f"https://{name}/" for name in "abcd"}
    query = "# c:x\nPREFIX a: <https://other/>\nprefix # no\n d: <https://d/>\nASK { a:x b:y 'c:z', d:e }"
    assert prologue(query, ours) == "PREFIX b: <https://b/> "


def test_a_fault_is_told_with_the_line_and_column_of_the_query_as_it_was_sent(open_store: Served) -> None:
    for query, line, column in (("ASK { ?s rdf:type }", 1, 19), ("ASK {\n ?s rdf:type }", 2, 14)):
        reply = open_store.ask(query)
        assert reply.status == 400
        assert reply.text.startswith(f"error[syntax] the query:{line}\n")
        assert f"column {column}." in reply.text


# ---------------------------------------------------------------- What is refused

HOSTILE = {
    "SELECT * { SERVICE <{http}> { ?a ?b ?c } }": 403,
    "SELECT * { SERVICE SILENT <{http}> { ?a ?b ?c } }": 403,
    "PREFIX x: <{http}> SELECT * { SERVICEx: { ?a ?b ?c } }": 403,
    "SELECT * { ?a ?b 'c'SERVICE<{http}>{ ?a ?b ?c } }": 403,
    "SELECT * FROM <{http}> { ?a ?b ?c }": 403,
    "SELECT * FROM NAMED <{http}> { ?a ?b ?c }": 403,
    "LOAD <{http}>": 403,
    "INSERT DATA { <https://x/a> <https://x/b> 'c' }": 403,
    "DROP ALL": 403,
    "ASK { ?a ?b 'c }": 400,
    "ASK { ?a ?b": 400,
    "zork": 400,
    "": 400,
    "ASK {}" + " " * 100_000: 413,
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_query_that_does_more_than_read_is_refused_in_each_way(
    open_store: Served, listener: Listener, hostile: str
) -> None:
    for way, reply in open_store.ways(hostile.replace("{http}", listener.address)).items():
        # a GET of so many characters does not get as far as the guard
        assert reply.status == (414 if way == "get" and len(hostile) > 65_536 else HOSTILE[hostile])
        assert reply.headers["Content-Type"].startswith("text/plain")
    assert open_store.ask(COUNT).rows == [{"n": "300"}]


@pytest.mark.parametrize("query", ["ASK { 'SERVICE' ?p ?o } # LOAD", "ASK { <https://x/INSERT> ?p ?o }"])
def test_a_word_in_a_text_a_name_or_a_comment_is_no_keyword(open_store: Served, query: str) -> None:
    assert {reply.status for reply in open_store.ways(query).values()} == {200}


def test_an_update_is_refused_in_each_way(open_store: Served) -> None:
    text = "DROP ALL"
    for reply in (
        open_store.send("POST", "/sparql", text, Content_Type=UPDATE),
        open_store.send("POST", "/sparql", urlencode({"update": text}), Content_Type=FORM),
        open_store.send("POST", "/sparql?" + urlencode({"update": text}), "ASK {}", Content_Type=QUERY),
        open_store.send("GET", "/sparql?" + urlencode({"update": text})),
    ):
        assert (reply.status, reply.text.partition(" ")[0]) == (403, "error[writes]")
    assert open_store.ask(COUNT).rows == [{"n": "300"}]


HOSTS = {
    "127.0.0.1": True, "127.0.0.1:7878": True, "localhost:9": True, "LOCALHOST": True, "[::1]:7878": True,
    "10.1.2.3:80": True, "analysts:7878": True, "evil.example": False, "127.0.0.1.evil.example": False,
    "localhost.evil.example:7878": False, "evil.example:7878": False, "evil.example, 127.0.0.1": False,
    "": False, "2130706433": False, "127.0.0.1@evil.example": False,
}  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_a_request_is_for_this_machine_by_number_or_by_the_name_that_was_given(host: str) -> None:
    if HOSTS[host]:
        admit({"Host": host}, "Analysts", asks=True)
        return
    for asks in (True, False):
        with pytest.raises(RefusedError) as refusal:
            admit({"Host": host}, "Analysts", asks=asks)
        assert (refusal.value.status, refusal.value.problem.code) == (421, "wrong-host")


PAGES = [
    ({}, True),
    ({"Origin": "http://127.0.0.1:7878"}, True),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Origin": "http://evil.example"}, False),
    ({"Origin": "http://127.0.0.1:7879"}, False),
    ({"Origin": "null"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "http://127.0.0.1:7878", "Sec-Fetch-Site": "cross-site"}, False),
]


@pytest.mark.parametrize(("headers", "admitted"), PAGES)
def test_no_page_of_another_site_may_ask_though_it_may_link_here(headers: dict[str, str], *, admitted: bool) -> None:
    given = {"Host": "127.0.0.1:7878", **headers}
    admit(given, "127.0.0.1", asks=False)
    if admitted:
        admit(given, "127.0.0.1", asks=True)
        return
    with pytest.raises(RefusedError, match="other-site"):
        admit(given, "127.0.0.1", asks=True)


@pytest.mark.parametrize("path", ["/sparql?query=ASK%20%7B%7D", "/library.json", "/questions/describe", "/zork"])
def test_a_stranger_gets_nothing_of_the_store(open_store: Served, path: str) -> None:
    assert open_store.send("GET", path, Host="evil.example").status == 421
    assert open_store.send("GET", path, Sec_Fetch_Site="cross-site").status == 403
    assert open_store.send("GET", "/", Host="evil.example").status == 421
    assert open_store.send("GET", "/", Sec_Fetch_Site="cross-site").status == 200


MALFORMED = {
    "too large": (f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n", 413),
    "without end": ("POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + "9" * 5000 + "\r\n\r\n", 413),
    "no number": ("POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: +6\r\n\r\nASK {}", 400),
    "negative": ("POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
    "two lengths": ("POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    "in pieces": ("POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
    "two hosts": ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 421),
    "no host": ("GET / HTTP/1.1\r\n\r\n", 421),
    "many headers": ("GET / HTTP/1.1\r\n" + "A: b\r\n" * 200 + "\r\n", 431),
    "long line": ("GET /" + "a" * 70_000 + " HTTP/1.1\r\n\r\n", 414),
    "no HTTP": ("zork\r\n\r\n", 400),
    "no address": ("GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_badly_sent_is_refused_and_the_connection_closed(open_store: Served, name: str) -> None:
    sent, status = MALFORMED[name]
    with socket.create_connection(("127.0.0.1", open_store.port), timeout=30) as connection:
        connection.sendall(sent.encode())
        connection.shutdown(socket.SHUT_WR)
        said = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    assert re.match(rf"HTTP/1\.1 {status} ", said)
    assert len(re.findall(r"HTTP/1\.1 \d", said)) == 1
    assert "\r\n\r\nerror[" in said
    assert "<html" not in said.lower()


def test_a_body_that_is_cut_is_not_taken_for_a_shorter_query(open_store: Served) -> None:
    with socket.create_connection(("127.0.0.1", open_store.port), timeout=30) as connection:
        head = f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: {QUERY}\r\nContent-Length: 99\r\n\r\n"
        connection.sendall(head.encode() + b"ASK {}")
        connection.shutdown(socket.SHUT_WR)
        assert b" 400 " in connection.recv(65_536)


def test_more_parameters_than_anybody_needs_are_refused(open_store: Served) -> None:
    form = urlencode([("query", "ASK {}"), *[("default-graph-uri", "https://x/g")] * 1000])
    assert open_store.send("POST", "/sparql", form, Content_Type=FORM).status == 400


@pytest.mark.parametrize("path", ["/zork", "/../pyproject.toml", "/%2e%2e/server.py", "/server.py", "/query", "/store"])
def test_nothing_but_the_page_and_the_endpoint_is_there(open_store: Served, path: str) -> None:
    assert open_store.send("GET", path).status == 404
    assert open_store.send("POST", path, "x").status == 405


def test_every_reply_forbids_a_browser_what_is_not_needed(open_store: Served) -> None:
    page, missing = (open_store.send("GET", path) for path in ("/", "/zork"))
    for reply in (page, missing, open_store.ask(COUNT), open_store.ask("zork")):
        policy = reply.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; ")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in reply.headers


def test_nothing_of_a_query_is_written_down(open_store: Served, capfd: pytest.CaptureFixture[str]) -> None:
    for query in ("ASK { ?s ?p 'CANARY' }", "ASK { ?CANARY", "DROP GRAPH <https://x/CANARY>"):
        open_store.ways(query)
    assert capfd.readouterr() == ("", "")


# ---------------------------------------------------------------- The command


def reasoner_serve(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The command where it ends by itself."""
    command = [sys.executable, "-m", "reasoner", "store", "serve", str(root), "--port", "0", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)


def test_a_store_that_the_engine_cannot_read_is_told_of(tmp_path: Path) -> None:
    root = stored(tmp_path / "store", LINES)
    for file in (root / "generations" / "1" / "quads").glob("MANIFEST*"):
        file.write_bytes(b"zork")
    ran = reasoner_serve(root)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "error[no-engine]" in ran.stderr
    assert "Traceback" not in ran.stderr


@contextmanager
def running(root: Path, *python: str) -> Iterator[tuple[subprocess.Popen[str], str, int]]:
    """The command in a process of its own, what it says, and its port."""
    begin = python or ("-m", "reasoner", "store", "serve", str(root), "--port", "0")
    process = subprocess.Popen(
        [sys.executable, *begin], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        said = ""
        while not said.endswith("Ctrl-C ends it.\n"):
            line = process.stdout.readline() if process.stdout else ""
            assert line, process.communicate()[1]
            said += line
        yield process, said, int(re.search(r":(\d+)/\n", said)[1])  # type: ignore[index]
    finally:
        process.kill()
        process.communicate()


def asked(port: int, query: str) -> tuple[int, str]:
    """A query put to it."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", f"/sparql?query={quote(query)}", headers={"Accept": JSON})
    response = connection.getresponse()
    return response.status, response.read().decode()


def unanswered(port: int, query: str) -> None:
    """A query whose answer does not come."""
    with pytest.raises(ConnectionError):
        asked(port, query)


def stat(pid: str) -> list[str]:
    """What the system says of a process: its state, the process that began it, and more; nothing if it is gone."""
    with suppress(OSError):
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()
    return []


def engines_of(process: subprocess.Popen[str]) -> list[str]:
    """The processes that it began."""
    return [path.name for path in Path("/proc").iterdir() if stat(path.name)[1:2] == [str(process.pid)]]


def gone(pid: str) -> bool:
    """Whether a process ends soon; nobody may have fetched what became of it yet."""
    for _ in range(500):
        if stat(pid)[:1] in ([], ["Z"]):
            return True
        threading.Event().wait(0.02)
    return False


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, -15), (signal.SIGKILL, -9)])
def test_it_ends_at_once_in_the_midst_of_a_query_and_its_engines_with_it(root: Path, how: int, code: int) -> None:
    with running(root) as (process, said, port):
        assert said.startswith(f"The page   http://127.0.0.1:{port}/\nSPARQL     http://127.0.0.1:{port}/sparql\n")
        assert asked(port, COUNT)[0] == 200
        asking = threading.Thread(target=unanswered, args=(port, ENDLESS))
        asking.start()
        engines = engines_of(process)
        assert len(engines) == 2  # an engine, and who keeps it
        process.send_signal(how)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (code, "", "")
        asking.join()
        assert all(map(gone, engines))


def test_a_port_that_is_taken_is_told_of(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = reasoner("store", "serve", root, "--port", taken.getsockname()[1])
    assert (ran.code, ran.out) == (2, "")
    assert "error[cannot-listen]" in ran.err
    assert "already in use" in ran.err
    ran = reasoner("store", "serve", root, "--bind", "no-such-host.invalid")
    assert (ran.code, "error[cannot-listen]" in ran.err) == (2, True)


def test_no_store_and_no_engine_are_told_of(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = reasoner("store", "serve", tmp_path / "none")
    assert (ran.code, "error[no-store]" in ran.err) == (2, True)
    monkeypatch.setattr(program_module, "PACKAGE", "no-such-package")
    ran = reasoner("store", "serve", root)
    assert (ran.code, "error[no-engine]" in ran.err) == (2, True)
    assert ".[serve]" in ran.err


UNGUARDED = """
import sys, pathlib
from reasoner.workbench import fence, protocol
from reasoner.workbench.serving import serve
protocol.guard = lambda *_: None
if sys.argv[2] == "open":
    fence.enter = lambda: False
serve(pathlib.Path(sys.argv[1]), ("127.0.0.1", 0), 30, lambda words: print(words, end="", flush=True))
"""


@pytest.mark.parametrize("fence", ["closed", "open"])
def test_even_without_a_guard_the_engine_reaches_nobody_where_it_is_fenced_in(root: Path, fence: str) -> None:
    with listening() as listener, running(root, "-c", UNGUARDED, str(root), fence) as (_, said, port):
        status, _ = asked(port, f"SELECT * {{ SERVICE <{listener.address}> {{ ?s ?p ?o }} }}")
        fenced = "cannot be cut off" not in said
        assert fenced == (listener.asked == [])
        assert fenced <= (fence == "closed")
        assert status == 500
        assert asked(port, COUNT)[0] == 200
