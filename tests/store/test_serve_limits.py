"""What goes wrong with one query ends that query alone, and no answer is sent that is not whole."""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from support_workbench import COUNT, ENDLESS, FORM, JSON, LINES, impostor, served, stored

from reasoner.store.place import clear
from reasoner.workbench import engines as engines_module
from reasoner.workbench.program import program
from reasoner.workbench.watch import watched

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 300 statements."""
    return stored(tmp_path_factory.mktemp("limits") / "store", LINES)


# ---------------------------------------------------------------- Limits


def test_a_query_that_takes_too_long_is_stopped_and_the_others_are_not(root: Path) -> None:
    with served(root, seconds=2) as found:
        for reply in found.ways(ENDLESS).values():
            assert reply.status == 504
            assert "took longer than 2 seconds" in reply.text
        assert found.ask(COUNT).rows == [{"n": "300"}]


def test_a_stream_of_rows_that_does_not_end_is_stopped_and_nothing_of_it_is_sent(root: Path) -> None:
    with served(root, seconds=1) as found:
        reply = found.ask("SELECT ?a ?d WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", "text/csv")
        assert (reply.status, reply.text.partition(" ")[0]) == (504, "error[out-of-time]")


def test_an_answer_that_is_too_large_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reasoner.workbench.engine.ANSWER", 10_000)
    with served(root) as found:
        reply = found.ask("SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }")
        assert (reply.status, reply.text.partition(" ")[0]) == (500, "error[too-large]")
        assert found.ask(COUNT).rows == [{"n": "300"}]


def doubled(times: int) -> str:
    """A query whose one value has sixteen times two to this power characters."""
    steps = "".join(f" BIND (CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(times))
    return f"SELECT (STRLEN(?x{times}) AS ?n) WHERE {{ BIND ('sixteen letters.' AS ?x0){steps} }}"


@pytest.mark.parametrize("query", [doubled(28), "ASK " + "{" * 45_000 + "}" * 45_000], ids=["memory", "depth"])
def test_a_query_that_ends_its_engine_is_told_so_and_the_next_gets_a_new_one(root: Path, query: str) -> None:
    with served(root, memory=1 << 30) as found:
        assert found.ask(doubled(2)).rows == [{"n": "64"}]
        reply = found.ask(query)
        assert (reply.status, reply.text.partition(" ")[0]) == (500, "error[query-died]")
        assert "1,024 MiB" in reply.text
        assert found.ask(COUNT).rows == [{"n": "300"}]


def test_who_goes_away_takes_the_query_along(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines_module, "QUERIES", 1)
    with served(root, seconds=600) as found:
        with found.engines.one() as engine:
            process = engine._process  # noqa: SLF001 - the one that will be asked
        with socket.create_connection(("127.0.0.1", found.port)) as connection:
            body = urlencode({"query": ENDLESS})
            connection.sendall(
                f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
            )
            assert not select.select([connection], [], [], 1)[0], "it was answered"
        process.wait(60)
        assert found.ask(COUNT).rows == [{"n": "300"}]


def test_who_finds_no_engine_free_in_time_is_told_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines_module, "QUERIES", 1)
    with served(root, seconds=1) as found, found.engines.one():
        reply = found.ask(COUNT)
        assert (reply.status, reply.text.partition(" ")[0]) == (503, "error[busy]")


def test_what_is_done_in_time_is_not_stopped() -> None:
    stopped = threading.Event()
    with watched(stopped.set, 60, lambda: True) as watch:
        pass
    assert (watch.end, stopped.is_set()) == (None, False)


# ---------------------------------------------------------------- An engine that fails

HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\n"
CUT = {
    "pieces without an end": (HEAD + 'Transfer-Encoding: chunked\r\n\r\n8\r\n{"head":\r\n', "", "query-died"),
    "shorter than it says": (HEAD + 'Content-Length: 50\r\n\r\n{"head":', "", "cut-answer"),
    "no length at all": (HEAD + 'Connection: close\r\n\r\n{"head": {}, "boolean": true}', "", "cut-answer"),
    "an error in its midst": (
        HEAD + "Transfer-Encoding: chunked\r\n\r\n3\r\na,b\r\n5\r\nerror\r\n0\r\n\r\n",
        "Internal server error while streaming results: The SPARQL operation has been cancelled\n",
        "cut-answer",
    ),
    "nothing": ("", "", "query-died"),
    "no HTTP": ("zork\r\n\r\n", "", "query-died"),
}


@pytest.mark.parametrize("name", CUT)
def test_an_answer_that_is_not_whole_is_an_error(tmp_path: Path, name: str) -> None:
    answer, said, code = CUT[name]
    root = stored(tmp_path / "store", LINES)
    with served(root, engine=impostor(tmp_path, answer, said)) as found:
        for reply in found.ways(COUNT).values():
            assert (reply.status, reply.text.partition(" ")[0]) == (500, f"error[{code}]")


def test_the_impostor_is_believed_when_its_answer_is_whole(tmp_path: Path) -> None:
    body = '{"head": {}, "boolean": true}'
    root = stored(tmp_path / "store", LINES)
    with served(root, engine=impostor(tmp_path, HEAD + f"Content-Length: {len(body)}\r\n\r\n{body}")) as found:
        assert found.ask(COUNT) == (200, found.ask(COUNT).headers, body)


def test_the_real_engine_tells_on_its_error_stream_what_it_could_not_finish(root: Path, tmp_path: Path) -> None:
    """With a time limit of its own it writes the error into the answer, under status 200: what we must find out."""
    wrapper = tmp_path / "limited"
    wrapper.write_text(f'#!/bin/sh\nexec {program()} "$@" --timeout-s 1\n')
    wrapper.chmod(0o755)
    join = (
        "SELECT * WHERE { ?a ?b ?c OPTIONAL { ?d ?e ?f FILTER (STR(?c) <= STR(?f)) } "
        "OPTIONAL { ?g ?h ?i FILTER (STR(?i) < STR(?c)) } OPTIONAL { ?j ?k ?l FILTER (STR(?i) < STR(?l)) } }"
    )
    with served(root, seconds=60, engine=wrapper) as found:
        reply = found.ask(join, "text/csv")
    assert (reply.status, reply.text.partition(" ")[0]) == (500, "error[cut-answer]")


def test_an_engine_that_was_killed_comes_back(root: Path) -> None:
    with served(root) as found:
        for _ in range(3):
            assert found.ask(COUNT).rows == [{"n": "300"}]
            with found.engines.one() as engine:
                os.kill(engine._process.pid, signal.SIGKILL)  # noqa: SLF001 - as the system would
                os.waitid(os.P_PID, engine._process.pid, os.WEXITED | os.WNOWAIT)  # noqa: SLF001
        assert found.ask(COUNT).rows == [{"n": "300"}]
        [idle] = found.engines._idle  # noqa: SLF001
        idle.end()
        assert found.ask(COUNT).rows == [{"n": "300"}]


# ---------------------------------------------------------------- Generations


def test_a_new_generation_is_seen_by_the_next_query(tmp_path: Path) -> None:
    root = stored(tmp_path / "store", LINES)
    with served(root) as found:
        assert found.ask(COUNT).rows == [{"n": "300"}]
        stored(root, LINES + '<https://x/new> <https://x/p> "1" <https://x/g> .\n')
        assert found.ask(COUNT).rows == [{"n": "301"}]


def test_a_generation_is_kept_for_the_query_that_reads_it_and_no_longer(tmp_path: Path) -> None:
    root = stored(tmp_path / "store", LINES)
    first = root / "generations" / "1"
    with served(root) as found:
        with found.engines.one() as engine:
            stored(root, LINES)
            clear(root)
            assert first.exists()
            assert engine.generation.path == first
        found.engines.refresh()
        clear(root)
        assert not first.exists()
        assert found.ask(COUNT).rows == [{"n": "300"}]
