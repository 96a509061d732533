"""What is read as a case, what is refused before it is understood, and on which line a term stands."""

from __future__ import annotations

import errno
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_intake import VALID

from reasoner import load
from reasoner.errors import InputRefusedError
from reasoner.intake import problems
from reasoner.lines import line_of, line_within, places
from reasoner.load import load_file, load_stream
from reasoner.ontology import load_ontology
from reasoner.validate import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE = b"<https://x/a> <https://x/b> <https://x/c> ."


def refused(content: bytes) -> tuple[str, int | None]:
    with pytest.raises(InputRefusedError) as raised:
        load_stream(content)
    (problem,) = raised.value.problems
    assert problem.fix
    return problem.code, problem.line


def refused_file(path: Path) -> str:
    with pytest.raises(InputRefusedError) as raised:
        load_file(path)
    return raised.value.problems[0].code


# ---------------------------------------------------------------- Files


def test_a_folder_holds_a_case_of_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "v99-small"
    folder.mkdir()
    (folder / "case.trig").write_text(VALID)
    assert load_file(folder).name == load_file(folder / "case.trig").name == "v99-small"


def test_a_folder_named_by_a_dot_has_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "v99-small"
    folder.mkdir()
    (folder / "case.trig").write_text(VALID)
    monkeypatch.chdir(folder)
    assert load_file(type(tmp_path)()).name == "v99-small"


def test_a_file_of_another_name_names_the_case(tmp_path: Path) -> None:
    (tmp_path / "other.ttl").write_bytes(ONE)
    assert load_file(tmp_path / "other.ttl").name == "other"


@pytest.mark.parametrize(
    ("name", "code"),
    [("none.trig", "no-such-file"), ("note.txt", "unknown-ending"), ("bare", "unknown-ending")],
)
def test_a_file_that_is_no_case_is_refused(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "note.txt").write_bytes(ONE)
    (tmp_path / "bare").write_bytes(ONE)
    assert refused_file(tmp_path / name) == code


def test_a_folder_without_a_case_is_refused(tmp_path: Path) -> None:
    assert refused_file(tmp_path) == "no-such-file"


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "case.trig")
    assert refused_file(tmp_path / "case.trig") == "unreadable"


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "case.trig"
    file.write_bytes(ONE)

    def denied(*_args: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    monkeypatch.setattr(Path, "read_bytes", denied)
    monkeypatch.setattr("builtins.open", denied)
    assert refused_file(file) == "unreadable"


# ---------------------------------------------------------------- Forms


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (ONE, ".trig"),
        (ONE[:-1] + b"<https://x/g> .", ".nq"),
        (b'{"@id": "https://x/a", "https://x/b": {"@id": "https://x/c"}}', ".jsonld"),
        (b'\n [{"@id": "https://x/a", "https://x/b": {"@id": "https://x/c"}}]', ".jsonld"),
        (b"{ " + ONE + b" }", ".trig"),
        (b"[] <https://x/b> <https://x/c> .", ".trig"),
        (b"# <<\n<https://x/b> <https://x/c> '<<' .", ".trig"),
        (b"\xef\xbb\xbf" + ONE, ".trig"),
    ],
)
def test_a_stream_is_read_in_the_form_it_has(content: bytes, ending: str) -> None:
    case = load_stream(content)
    assert (case.ending, len(case.quads), len(case.graph)) == (ending, 1, 1)


def test_the_hash_does_not_depend_on_order_or_repetition() -> None:
    other = b"<https://x/a> <https://x/b> <https://x/d> ."
    cases = [load_stream(b"\n".join(lines)) for lines in ((ONE, other), (other, ONE), (other, ONE, ONE))]
    assert len({case.sha256 for case in cases}) == 1
    assert load_stream(ONE).sha256 != cases[0].sha256


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "empty-case", None),
        (b"# nothing\n", "empty-case", None),
        (b"{}", "empty-case", None),
        (b"@prefix x: <https://x/> .\nx:a x:b .\n", "syntax", 2),
        (b'{"@id": "https://x/a",\n\n"https://x/b":}', "syntax", 3),
        (b'{"@id": "https://x/a", "https://x/b": 1, "https://x/b": 2}', "syntax", None),
        (ONE + b"\n\n\xff", "not-utf-8", 3),
        (b"<https://x/a> <https://x/b> <<( <https://x/a> <https://x/b> 1 )>> .", "triple-term", 1),
        (b'{"@context": "https://x/context", "@id": "https://x/a"}', "remote-context", None),
        (b"[" * 100_000, "too-nested", None),
        (b"<https://x/a> <https://x/b> " + b"(" * 100_000, "too-many-statements", None),
    ],
    ids=range(11),
)
def test_bytes_that_are_no_case_are_refused(content: bytes, code: str, line: int | None) -> None:
    assert refused(content) == (code, line)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (b'{"@id":"https://x/a","https://x/b":', b"}"),
        (b'{"@graph":[', b"]}"),
        (b'{"@context":{"b":{"@id":"https://x/b","@context":{}}},"b":', b"}"),
        (b'[{"@context":{}},', b"]"),
    ],
)
@pytest.mark.parametrize("times", [load.MAX_NESTING + 1, 900, 30_000])
def test_json_that_would_crash_the_parser_is_refused(start: bytes, end: bytes, times: int) -> None:
    assert refused(start * times + b"1" + end * times)[0] == "too-nested"


def test_many_contexts_are_refused() -> None:
    node = b'{"@id":"https://x/a","@context":{},"https://x/b":1}'
    assert load_stream(b"[" + b",".join([node] * load.MAX_NESTING) + b"]").quads
    assert refused(b"[" + b",".join([node] * (load.MAX_NESTING + 1)) + b"]")[0] == "too-nested"


def test_statements_about_statements_that_would_crash_the_parser_are_refused() -> None:
    start = b"<https://x/a> <https://x/b> "
    assert refused(start + (b"<<( " + start) * 60_000 + b"1" + b" )>>" * 60_000 + b" .")[0] == "too-nested"


# ---------------------------------------------------------------- Limits


def test_a_text_of_the_greatest_length_is_read_and_one_longer_refused() -> None:
    start, end = b'<https://x/a> <https://x/b> "', b'" .'
    assert load_stream(start + b"x" * load.MAX_LITERAL + end).quads
    assert refused(start + b"x" * (load.MAX_LITERAL + 1) + end)[0] == "text-too-long"


def test_a_file_of_too_many_bytes_is_refused(tmp_path: Path) -> None:
    content = ONE + b" " * (load.MAX_BYTES - len(ONE))
    assert load_stream(content).quads
    assert refused(content + b" ")[0] == "too-large"
    file = tmp_path / "case.trig"
    file.write_bytes(content + b" ")
    assert refused_file(file) == "too-large"


def test_a_case_of_too_many_statements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "MAX_QUADS", 3)
    start = b"<https://x/a> <https://x/b> "
    assert load_stream(start + b"1,2,3 .").quads
    assert refused(start + b"1,2,3,3 .")[0] == "too-many-statements"


# ---------------------------------------------------------------- Nothing else is read


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"@context": {}}')

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/context", seen
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "context",
    [
        '"{}"',
        '["{}"]',
        '{{"@import": "{}"}}',
        '[{{"@vocab": "https://x/"}}, "{}"]',
        '{{"b": {{"@id": "https://x/b", "@context": "{}"}}}}',
    ],
)
def test_a_remote_context_is_refused_and_never_fetched(listener: tuple[str, list[str]], context: str) -> None:
    address, seen = listener
    content = f'{{"@context": {context.format(address)}, "@id": "https://x/a", "b": {{"https://x/b": 1}}}}'
    json.loads(content)
    assert refused(content.encode())[0] == "remote-context"
    assert seen == []


@pytest.mark.parametrize(
    "verb", ["<http://www.w3.org/2002/07/owl#imports>", "<http://www.w3.org/2000/01/rdf-schema#seeAlso>"]
)
def test_an_address_in_a_case_is_never_fetched(listener: tuple[str, list[str]], verb: str) -> None:
    address, seen = listener
    case = load_stream(f"<https://x/a> {verb} <{address}> .".encode())
    for engine in Engine:
        assert problems(case, load_ontology(), engine)
    assert seen == []


def test_a_context_from_a_file_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.jsonld"
    secret.write_text('{"@context": {"b": "https://x/secret"}}')
    assert (
        refused(f'{{"@context": "{secret.as_uri()}", "@id": "https://x/a", "b": 1}}'.encode())[0]
        == "remote-context"
    )


# ---------------------------------------------------------------- Any bytes


_JSON = b'{"@context": {"core": "https://w3id.org/guideline-reasoner/core#"}, "@id": "https://x/a", "core:age": [1, "2"]}'  # noqa: E501


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    content = bytearray(draw(st.sampled_from([VALID.encode(), _JSON, ONE])))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        until = min(len(content), at + draw(st.integers(0, 30)))
        piece = st.one_of(st.binary(max_size=6), st.sampled_from(PIECES))
        content[at:until] = draw(piece)
    return bytes(content)


PIECES = [
    b"case:", b"core:", b" a ", b"[]", b"()", b"_:x", b'"', b'"""', b"'", b"#", b"<", b">", b".", b";", b",", b"{", b"}", b"GRAPH",  # noqa: E501
    b"\\u0000", b"\\u202E", b"@en", b"^^xsd:date", b"^^", b"1e9", b"-0", b"<<( case:a a case:b )>>", b"BASE <https://y/>", b"%00",  # noqa: E501
    b"case:films", b"core:Finding", b"spine:L4", b"@base <x> .", b"PREFIX core: <https://x/>", "\u0660".encode(), b"\r", b"\x0c",  # noqa: E501
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(mutations())
@example(b'<https://x/a> <https://x/b> "\\u0000"@en--ltr .')
@example(b'{"@id": "https://x/a", "@type": ["a b", 1, null]}')
@example(b'{"@context": null, "@id": "_:a b", "@graph": [[]]}')
def test_whatever_the_bytes_are_they_are_read_or_refused(content: bytes) -> None:
    try:
        case = load_stream(content)
    except InputRefusedError as error:
        assert error.problems  # noqa: PT017 - a refusal is one of two good ends
        return
    assert len(case.sha256) == 64
    problems(case, load_ontology(), Engine.FAST)


@settings(max_examples=25, deadline=None)
@given(mutations())
def test_both_engines_refuse_the_same_mutations(content: bytes) -> None:
    try:
        case = load_stream(content)
    except InputRefusedError:
        return
    fast, reference = (problems(case, load_ontology(), engine) for engine in (Engine.FAST, Engine.REFERENCE))
    assert fast == reference


# ---------------------------------------------------------------- Lines

TEXT = b'''# case:ct is not here
@prefix case: <https://x/> . # nor case:ct
@prefix other: <https://y/> .
case:ct-bridging case:b "case:ct" , """
case:ct a case:Trap .
""" , 'case:ct' , 'it\\'s case:ct' ;
    case:see case:ct ; case:n 1.5 .
GRAPH case:ct {
    case:ct.1 case:b case:c .
    <https://x/full> case:b 1 .
}
case:ct case:b case:c .
other:ct case:late case:e\\-f .
PREFIX case: <https://z/>
case:ct case:b <#fragment> .
case:graph { case:in case:b case:c . case:after case:b case:c }
{ case:plain case:b case:c }
'''


@pytest.mark.parametrize(
    ("iri", "line"),
    [
        ("https://x/ct-bridging", 4),
        ("https://x/ct", 12),
        ("https://x/ct.1", 9),
        ("https://x/full", 10),
        ("https://y/ct", 13),
        ("https://x/e-f", 13),
        ("https://x/see", 7),
        ("https://z/ct", 15),
        ("https://z/graph", 16),
        ("https://z/in", 16),
        ("https://z/after", 16),
        ("https://z/plain", 17),
        ("https://x/Trap", None),
        ("https://x/c", 9),
        ("https://x/absent", None),
    ],
)
def test_a_term_is_found_on_the_line_where_it_is_a_subject(iri: str, line: int | None) -> None:
    assert line_of(TEXT, iri) == line


def test_a_term_is_found_within_the_statements_of_its_subject() -> None:
    assert line_within(TEXT, "https://x/ct-bridging", "https://x/see") == 7
    assert line_within(TEXT, "https://x/ct", "https://x/b") == 12
    assert line_within(TEXT, "https://x/ct", "https://x/absent") == 12


def test_lines_are_found_in_n_quads_and_json() -> None:
    assert line_of(b"\n" + ONE + b"\n<https://x/c> <https://x/b> 1 <https://x/g> .", "https://x/c") == 3
    content = b"""{"@context": {"case": "https://x/"}, "@graph": [
      {"@id": "case:a", "case:b": {"@id": "case:c"}, "case:t": "case:d"},
      {"@id": "https://x/c",
       "case:b": "\\"@id\\": \\"case:d\\""},
      {"@id": "case:d", "@type": "case:T"}]}"""
    assert [line_of(content, f"https://x/{name}") for name in "acd"] == [2, 3, 5]
    assert line_within(content, "https://x/c", "https://x/b") == 4


def test_a_base_is_followed() -> None:
    assert line_of(b"@base <https://x/y/> .\n\n<a> <b> <../c> .", "https://x/y/a") == 3
    assert line_of(b"@base <https://x/y/> .\n\n<a> <b> <../c> .", "https://x/c") == 3


@settings(max_examples=200, deadline=None)
@given(mutations())
def test_lines_are_sought_in_any_bytes_without_an_error(content: bytes) -> None:
    assert places(content)
