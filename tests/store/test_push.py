"""A server to which a store was sent holds this store, however often, and after whatever went wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from support import MET, ROOT, listening, reasoner
from support_server import JSON, NO, YES, Graphs, answered, oxigraph, reply, saying
from support_store import ODG, added, exported
from test_remote import SECRET, slow, told

from reasoner.remote.endpoint import endpoint
from reasoner.store.basis import Basis
from reasoner.store.build import remove
from reasoner.store.push.journal import PUSHED, Journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support_server import Heard, Server

SPACE = "https://w3id.org/guideline-reasoner/cases/"
OTHER = '<http://x/a> <http://x/b> "c" <http://x/{}> .\n'


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with oxigraph(tmp_path_factory.mktemp("server") / "data", "--union-default-graph") as server:
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    """A server that holds nothing."""
    running.delete()
    return running


@pytest.fixture
def root(store: Path, tmp_path: Path) -> Path:
    """A copy of the store that a test may change."""
    return shutil.copytree(store, tmp_path / "store")


def pushed(root: Path, address: str, *arguments: str) -> dict[str, int]:
    ran = reasoner("store", "push", root, "--endpoint", address, "--summary", "json", *arguments)
    assert (ran.code, ran.err) == (0, "")
    found: dict[str, int] = json.loads(ran.out)
    return found


def lines(root: Path) -> set[str]:
    return set(exported(root).splitlines())


def graphs(found: set[str]) -> set[str]:
    return {line.rsplit(" ", 2)[1][1:-1] for line in found}


# ---------------------------------------------------------------- What is there afterwards


def test_a_server_holds_the_statements_of_a_store_in_their_graphs(root: Path, server: Server) -> None:
    done = pushed(root, server.store)
    assert server.dump() == lines(root)
    assert (done["sent"], done["kept"], done["deleted"]) == (done["sent"], 0, 0)
    assert done["cases"] == json.loads(reasoner("store", "info", root, "--format", "json").out)["cases"]


def test_what_is_there_already_is_not_sent_again(root: Path, server: Server) -> None:
    first = pushed(root, server.store)
    again = pushed(root, server.store)
    assert (again["sent"], again["kept"], again["deleted"]) == (0, first["sent"], 0)
    assert pushed(root, server.store, "--all")["sent"] == first["sent"]
    assert server.dump() == lines(root)


def test_a_case_that_was_removed_is_deleted_on_the_server_and_not_noted_any_more(root: Path, server: Server) -> None:
    pushed(root, server.store)
    of_it = graphs(set(exported(root, "v01-all-met").splitlines()))
    remove(root, ["v01-all-met"])
    assert pushed(root, server.store)["deleted"] == len(of_it)
    assert server.dump() == lines(root)
    noted = b"".join(file.read_bytes() for file in (root / PUSHED).iterdir())
    assert b"v02-only-smoking" in noted
    assert b"v01-all-met" not in noted


def test_a_changed_case_takes_the_place_of_the_old_one_and_a_document_that_left_is_deleted(
    root: Path, server: Server, tmp_path: Path
) -> None:
    pushed(root, server.store)
    text = MET.read_text().replace("warehouse worker", "glazier").replace("case:ct ", "case:scan ")
    (tmp_path / "v01-all-met").mkdir()
    (tmp_path / "v01-all-met" / "case.trig").write_text(text.replace("case:ct,", "case:scan,"))
    change = added(root, tmp_path / "v01-all-met")
    assert (change.judged, change.refused) == (1, 0), change.told
    assert f"{SPACE}v01-all-met/ct" not in graphs(lines(root))
    done = pushed(root, server.store)
    assert done["sent"] >= 1
    assert done["deleted"] == 1
    assert server.dump() == lines(root)


def test_a_changed_graph_of_no_case_is_sent_again(root: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pushed(root, server.store)
    line = b'<https://x/a> <https://x/b> "changed" <https://w3id.org/guideline-reasoner/spine> .\n'
    monkeypatch.setattr(Basis, "knowledge", {**Basis(ODG).knowledge, f"{SPACE[:-7]}/spine": line})
    added(root, MET.parent)
    assert "changed" in exported(root)
    pushed(root, server.store)
    assert server.dump() == lines(root)


def test_what_somebody_else_deleted_is_sent_again(root: Path, server: Server) -> None:
    first = pushed(root, server.store)
    server.delete(f"{SPACE}v01-all-met/")
    assert pushed(root, server.store)["sent"] == 1
    server.delete()
    assert pushed(root, server.store)["sent"] == first["sent"]
    assert server.dump() == lines(root)


def test_graphs_that_are_not_of_the_store_are_left_alone_and_told_of(root: Path, server: Server) -> None:
    for name in "abcde":
        server.load(OTHER.format(name))
    ran = reasoner("store", "push", root, "--endpoint", server.store)
    assert "was not looked at" in ran.out
    ran = reasoner("store", "push", root, "--endpoint", server.store, "--query-endpoint", server.query)
    assert (ran.code, ran.err) == (0, "")
    assert "5 graphs that are not of the store" in ran.out
    assert "  http://x/a\n  http://x/b\n  http://x/c\n  ...\n" in ran.out
    assert pushed(root, server.store, "--query-endpoint", server.query)["other_graphs"] == 5
    assert len(server.dump()) == len(lines(root)) + 5


def test_graphs_that_are_not_of_the_store_are_deleted_where_that_is_asked_for(root: Path, server: Server) -> None:
    for name in "ab":
        server.load(OTHER.format(name))
    done = pushed(root, server.store, "--query-endpoint", server.query, "--exactly")
    assert done["other_graphs_deleted"] == 2
    assert server.dump() == lines(root)
    ran = reasoner("store", "push", root, "--endpoint", server.store, "--query-endpoint", server.query)
    assert "It holds no other graph." in ran.out


def test_a_store_that_lost_its_notes_finds_its_old_graphs_by_asking(root: Path, server: Server) -> None:
    pushed(root, server.store)
    remove(root, ["v01-all-met"])
    shutil.rmtree(root / PUSHED)
    assert pushed(root, server.store, "--query-endpoint", server.query, "--exactly")["other_graphs_deleted"] > 5
    assert server.dump() == lines(root)


def test_a_default_graph_that_is_not_the_union_is_told_of_when_a_store_is_sent(root: Path, tmp_path: Path) -> None:
    with oxigraph(tmp_path / "data") as server:
        ran = reasoner("store", "push", root, "--endpoint", server.store, "--query-endpoint", server.query)
        assert (ran.code, "error[not-the-union]" in ran.err) == (2, True)
        assert server.dump() == lines(root)


# ---------------------------------------------------------------- Interrupted


SLOWLY = """
import sys, time
from reasoner.remote.graph_store import GraphStore
put = GraphStore.put
GraphStore.put = lambda self, *given: (put(self, *given), time.sleep(0.02))
from reasoner.cli import main
main()
"""


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_ended_is_finished_by_the_next(root: Path, server: Server, ended_by: signal.Signals) -> None:
    command = [sys.executable, "-c", SLOWLY, "store", "push", str(root), "--endpoint", server.store]
    run = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while len(graphs(server.dump())) < 40 and time.monotonic() < deadline and run.poll() is None:
        time.sleep(0.01)
    os.killpg(run.pid, ended_by)
    said = run.communicate()[1].decode()
    assert "Traceback" not in said
    there = graphs(server.dump())
    assert 40 <= len(there) < len(graphs(lines(root)))
    gone = next(name for name in sorted(there) if name.startswith(SPACE)).removeprefix(SPACE).partition("/")[0]
    remove(root, [gone])
    done = pushed(root, server.store)
    assert done["kept"] > 0
    assert done["deleted"] > 0
    assert server.dump() == lines(root)


@pytest.mark.parametrize("number", [0, 1, 30, 100])
def test_a_run_that_the_server_ends_is_finished_by_the_next(root: Path, number: int) -> None:
    held, broken = Graphs(), [True]

    def answers(asked: Heard) -> list[bytes]:
        if broken[0] and asked.method == "PUT" and len(held) >= number:
            return [reply("full", status="507 Insufficient Storage")]
        return held(asked)

    with saying(answers) as (address, _):
        told(reasoner("store", "push", root, "--endpoint", address), "endpoint-failed", "status 507: full")
        assert len(held) == number
        remove(root, ["v01-all-met"])
        broken[0] = False
        pushed(root, address)
    assert set(held) == graphs(lines(root))


def test_two_runs_do_not_send_to_one_server_at_once(root: Path, server: Server) -> None:
    with Journal(root, endpoint(server.store, None)):
        told(reasoner("store", "push", root, "--endpoint", server.store), "in-use")
    pushed(root, server.store)


def test_a_store_is_sent_one_graph_at_a_time(root: Path) -> None:
    held = Graphs()
    with saying(held) as (address, heard):
        pushed(root, f"{address}/rdf?repository=a%20b")
    by_graph: dict[str, set[str]] = {}
    for line in lines(root):
        triple, graph, _ = line.rsplit(" ", 2)
        by_graph.setdefault(graph[1:-1], set()).add(f"{triple} .")
    assert {graph: set(body.decode().splitlines()) for graph, body in held.items()} == by_graph
    assert all(asked.target.startswith("/rdf?repository=a%20b&graph=https%3A%2F%2F") for asked in heard)
    assert {asked.headers.get("content-type") for asked in heard if asked.method == "PUT"} == {"text/turtle"}


def test_a_connection_that_the_server_closes_between_requests_is_opened_again(root: Path) -> None:
    held = Graphs()
    with saying(lambda asked: [*held(asked), b""]) as (address, _):
        pushed(root, address)
    assert set(held) == graphs(lines(root))


# ---------------------------------------------------------------- Servers of another kind


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (reply("<html>Welcome</html>", "text/html"), "no-graph-store"),
        (reply(), "no-graph-store"),
        (reply('<http://x/a> <http://x/b> "c" .\n', "application/n-triples"), "not-kept"),
        (reply("<html>", "application/n-triples"), "no-graph-store"),
        (reply("later", status="202 Accepted"), "endpoint-refuses"),
        (reply("no", status="405 Method Not Allowed"), "endpoint-refuses"),
        (reply(SECRET, status="401 Unauthorized"), "not-let-in"),
        (reply("x", status="502 Bad Gateway"), "endpoint-failed"),
        (reply(status="308 Permanent", Location="http://127.0.0.1:9/"), "moved"),
        (reply("\x1b[31m", status="409 Conflict"), "endpoint-refuses"),
        (b"", "no-connection"),
        (b"noise\r\n\r\n", "not-http"),
        (reply("x" * 90, status="507 Full")[:-20], "endpoint-failed"),
    ],
)
def test_a_server_that_does_not_keep_graphs_is_told_of(root: Path, sent: bytes, code: str) -> None:
    with saying(lambda _: [sent]) as (address, _):
        ran = reasoner("store", "push", root, "--endpoint", address)
    told(ran, code)
    assert "\x1b" not in ran.err


@pytest.mark.parametrize(
    ("begun", "piece"), [(b"", b""), (b"HTTP/1.1 200 OK\r\nX: ", b"y"), (reply("x" * 9_000)[:-8_000], b"y")]
)
def test_a_server_that_does_not_come_to_an_end_is_left(root: Path, begun: bytes, piece: bytes) -> None:
    before = signal.getsignal(signal.SIGALRM)
    with saying(slow(begun, piece)) as (address, _):
        told(reasoner("store", "push", root, "--endpoint", address, "--limit-seconds", 1), "out-of-time")
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_server_that_does_not_tell_all_of_its_graphs_is_not_believed(root: Path) -> None:
    def answers(asked: Heard) -> list[bytes]:
        if "COUNT" in asked.query:
            bound = '{"number": {"type": "literal", "value": "7"}}'
            return [reply(f'{{"head": {{"vars": ["number"]}}, "results": {{"bindings": [{bound}]}}}}', JSON)]
        if "DISTINCT" in asked.query:
            return [reply('{"head": {"vars": ["graph"]}, "results": {"bindings": []}}', JSON)]
        if asked.body and asked.method == "POST":
            return [NO if "NOT EXISTS" in asked.query else YES]
        return held(asked)

    held = Graphs()
    with saying(answers) as (address, _):
        ran = reasoner("store", "push", root, "--endpoint", address, "--query-endpoint", f"{address}/query")
    assert ran.code == 2
    assert ran.err.startswith("error[cut-list]")


def test_a_query_address_of_another_data_set_is_noticed(root: Path, server: Server) -> None:
    pushed(root, server.store)
    held = Graphs()

    def answers(asked: Heard) -> list[bytes]:
        if asked.method != "POST":
            return held(asked)
        headers = {"Accept": asked.headers["accept"], "Content-Type": asked.headers["content-type"]}
        return [reply(*answered("POST", server.query, asked.body, **headers))]

    server.delete(f"{SPACE}v01-all-met/")
    with saying(answers) as (address, _):
        ran = reasoner("store", "push", root, "--endpoint", address, "--query-endpoint", f"{address}/query")
    assert ran.code == 2
    assert ran.err.startswith("error[not-kept]")
    assert "1 of the" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], "usage"), (["--endpoint", "ftp://x/"], "bad-endpoint"), (["--endpoint", "http://me:x@y/"], "bad-endpoint"),
        (["--endpoint", "http://127.0.0.1:1/", "--exactly"], "no-endpoint"),
        (["--endpoint", "http://127.0.0.1:1/", "--query-endpoint", "http://127.0.0.1:2/"], "two-servers"),
        (["--endpoint", "http://127.0.0.1:1/", "--query-endpoint", "https://127.0.0.1:1/"], "two-servers"),
        (["--endpoint", "http://127.0.0.1:1/", "--header-from", "env:NONE"], "no-header"),
        (["--endpoint", "http://127.0.0.1:1/"], "no-connection"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_told_of(root: Path, arguments: list[str], code: str) -> None:
    ran = reasoner("store", "push", root, *arguments)
    if code == "usage":
        assert (ran.code, "--endpoint" in ran.err) == (2, True)
    else:
        told(ran, code)


def test_a_folder_that_is_no_store_is_not_sent(tmp_path: Path) -> None:
    with listening() as listener:
        told(reasoner("store", "push", tmp_path / "none", "--endpoint", listener.address), "no-store")
    assert listener.asked == []
    assert not (tmp_path / "none").exists()


def test_a_header_is_sent_with_every_graph(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADER", f"X-Key: {SECRET}")
    with saying(Graphs()) as (address, heard):
        done = reasoner("store", "push", root, "--endpoint", address, "--header-from", "env:HEADER")
    assert done.code == 0
    assert {asked.headers.get("x-key") for asked in heard} == {SECRET}
    noted = b"".join(file.read_bytes() for file in (root / PUSHED).iterdir())
    assert SECRET not in done.out + done.err
    assert SECRET.encode() not in noted
