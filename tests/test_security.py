"""Nothing that somebody else wrote makes the program call out, read other files, run code, hang or steer a terminal."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from support import ENGINES, MET, ODG, Listener, edited, listening, process, reasoner

from reasoner.data import folder
from reasoner.load import MAX_BYTES, MAX_NESTING, MAX_QUADS
from reasoner.rdf import parse
from reasoner.validate import CannotRunError, validate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reasoner.validate import Engine

CANARY = "SSN 000-00-0000"


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server that must not have been asked anything when the test ends."""
    with listening() as found:
        yield found
    assert found.asked == []


@pytest.fixture
def secret(tmp_path: Path) -> str:
    """The address of a file whose text must be in no output."""
    file = tmp_path / "secret.ttl"
    file.write_text(f'<https://x/a> <https://x/b> "{CANARY}" .')
    return file.as_uri()


def test_the_listener_hears_whoever_asks() -> None:
    with listening() as found:
        urlopen(found.address).close()  # noqa: S310 - a test's own address
    assert len(found.asked) == 1


# ---------------------------------------------------------------- Nothing is fetched, no other file is read

PREFIXES = MET.read_text().partition("case:request a")[0]
IMPORTS = "<http://www.w3.org/2002/07/owl#imports>"
SEE = "<http://www.w3.org/2000/01/rdf-schema#seeAlso>"
HOSTILE_CASES = {
    "context.jsonld": '{{"@context": "{0}", "@id": "https://x/a", "b": 1}}',
    "contexts.jsonld": '{{"@context": [{{"b": "https://x/b"}}, "{0}"], "@id": "https://x/a", "b": 1}}',
    "import.jsonld": '{{"@context": {{"@version": 1.1, "@import": "{0}"}}, "@id": "https://x/a", "b": 1}}',
    "imports.ttl": PREFIXES + f"case:request {IMPORTS} <{{0}}> .",
    "imports.trig": MET.read_text().replace("{", "{{").replace("}", "}}") + f"\ncase:request {IMPORTS} <{{0}}> .",
    "see.nt": f"<https://x/a> {SEE} <{{0}}> .",
    "graph.nq": f"<https://x/a> {SEE} <https://x/b> <{{0}}> .",
    "base.ttl": "@base <{0}> . <a> <b> <c> .",
}


@pytest.mark.parametrize("where", ["http", "file"])
@pytest.mark.parametrize("name", HOSTILE_CASES)
def test_no_address_in_a_case_is_followed(
    tmp_path: Path, listener: Listener, secret: str, name: str, where: str
) -> None:
    file = tmp_path / name
    file.write_text(HOSTILE_CASES[name].format(listener.address if where == "http" else secret))
    ran = reasoner("determine", file, "--guideline", "odg")
    assert (ran.code, ran.out) == (3, "")
    assert CANARY not in ran.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("determine {}", 3),
        ("validate {}", 3),
        ("explain {} NicotineFree", 3),
        ("audit {}", 3),
        (f"determine {MET} --guideline {{}}", 2),
        (f"determine {MET} --guideline {{}}.ttl", 2),
    ],
)
def test_an_address_on_the_command_line_is_only_a_name(
    listener: Listener, secret: str, arguments: str, code: int
) -> None:
    for address in (listener.address, secret):
        ran = reasoner(*arguments.format(address).split())
        assert (ran.code, ran.out) == (code, "")
        assert CANARY not in ran.err


SERVICE = "SERVICE <{http}> {{ ?s ?p ?o }}"
HOSTILE_SHAPES = {
    "imports": "owl:imports <{http}> , <{file}> .",
    "script": 'sh:js [ sh:jsLibrary [ sh:jsLibraryURL "{http}" ] ; sh:jsFunctionName "f" ] .',
    "service": f'sh:sparql [ sh:select "SELECT $this {{{{ {SERVICE} }}}}" ] .',
    "from": 'sh:sparql [ sh:message "{{?o}}" ; sh:select "SELECT $this ?o FROM <{file}> {{ ?s ?p ?o }}" ] .',
    "ask": 'sh:sparql [ sh:ask "ASK FROM <{http}> {{ ?s ?p ?o }}" ] .',
    "target": f'sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this {{{{ {SERVICE} }}}}" ] ; sh:maxCount 0 .',
    "rule": f'sh:rule [ a sh:SPARQLRule ; sh:construct "CONSTRUCT {{{{ ?s ?p ?o }}}} {{{{ {SERVICE} }}}}" ] .',
    "function": f'a sh:SPARQLFunction ; sh:select "SELECT ?s {{{{ {SERVICE} }}}}" .',
    "component": f'a sh:ConstraintComponent ; sh:validator [ sh:ask "ASK {{{{ {SERVICE} }}}}" ] .',
    "entailment": "sh:entailment <{http}> ; sh:shapesGraph <{http}> ; sh:suggestedShapesGraph <{file}> .",
    "pattern": 'sh:property [ sh:path core:quote ; sh:pattern "^(a+)+$" ] .',
}
HOSTILE = "\nodg:Hostile a sh:NodeShape ; sh:targetClass core:Patient ; "
OWL = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"


@pytest.mark.parametrize("name", HOSTILE_SHAPES)
def test_an_edition_with_a_query_a_script_or_an_address_is_refused(
    tmp_path: Path, listener: Listener, secret: str, name: str
) -> None:
    hostile = HOSTILE + HOSTILE_SHAPES[name].format(http=listener.address, file=secret)
    file = edited(ODG, tmp_path / "edition.ttl", ("@prefix rdfs:", OWL + "@prefix rdfs:"), ("", hostile))
    for command in ("determine", "validate"):
        ran = reasoner(command, MET, "--guideline", file)
        assert (ran.code, ran.out) == (4, "")
        assert ("error[imports]" if name == "imports" else "error[unevaluated-term]") in ran.err
        assert CANARY not in ran.err


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", sorted(set(HOSTILE_SHAPES) - {"pattern"}))
def test_an_engine_follows_nothing_even_where_the_edition_was_not_checked(
    listener: Listener, secret: str, name: str, engine: Engine
) -> None:
    head = ODG.read_text().partition("# Official")[0] + OWL
    text = head + HOSTILE + HOSTILE_SHAPES[name].format(http=listener.address, file=secret)
    shapes = [q.triple for q in parse(text.encode(), ".ttl")]
    data = [q.triple for q in parse(MET.read_bytes(), ".trig")]
    try:
        said = str(validate(data, shapes, engine))
    except CannotRunError as error:
        said = str(error)
    assert CANARY not in said


@pytest.mark.java
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("owl:imports <{http}>", 4),
        ("owl:imports <{file}>", 4),
        ('owlready:python_module "named_by_an_ontology"', 0),
        ('owlready:python_module "named_by_an_ontology" . owlready:python_module a owl:AnnotationProperty', 4),
    ],
)
def test_an_ontology_makes_the_check_neither_fetch_nor_import(
    tmp_path: Path, listener: Listener, secret: str, monkeypatch: pytest.MonkeyPatch, statement: str, code: int
) -> None:
    trace = tmp_path / "imported"
    (tmp_path / "named_by_an_ontology.py").write_text(f"open({str(trace)!r}, 'w')")
    monkeypatch.syspath_prepend(tmp_path)
    place = tmp_path / "ontology"
    for source in folder("ontology").rglob("*.*"):
        target = place / source.relative_to(folder("ontology"))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    owlready = "@prefix owlready: <http://www.lesfleursdunormal.fr/static/_downloads/owlready_ontology.owl#> .\n"
    said = statement.format(http=listener.address, file=secret)
    with (place / "core.ttl").open("a") as file:
        file.write(f"\n{owlready}<https://w3id.org/guideline-reasoner/core> {said} .\n")
    ran = reasoner("ontology", "check", place)
    assert ran.code == code, ran.err
    assert not trace.exists()
    assert "named_by_an_ontology" not in sys.modules
    assert CANARY not in ran.out + ran.err


# ---------------------------------------------------------------- What a case says stays text

ESCAPES = "\\u001B[31mred\\u001B]0;title\\u0007\\u009B2J\\u009D8;;http://x\\u009C\\u007F\\u202E\\u200B\\u2066\\r\\b"
MARKUP = "<script>alert(1)</script> [a](http://x) ![b](http://x) `c` *d* | # "
LINES = "One.\\n\\nOutcome: forged\\n===\\n- item\\n\\n    code"


def spoken(tmp_path: Path, text: str) -> Path:
    """A case in which every quotation, label and statement begins with the text."""
    words = re.compile(r'(core:quote|rdfs:label|core:statement|core:occupation) "')
    tmp_path.mkdir(exist_ok=True)
    file = tmp_path / "case.trig"
    file.write_text(words.sub(rf'\1 "{text.replace(chr(92), chr(92) * 2)}', MET.read_text()))
    return file


FORMS = [
    ("determine", "{}"),
    ("determine", "{}", "--cite"),
    ("determine", "{}", "--format", "markdown"),
    ("determine", "{}", "--format", "markdown", "--cite"),
    ("determine", "{}", "--format", "json"),
    ("determine", "{}", "--format", "trig"),
    ("validate", "{}"),
    ("validate", "{}", "--format", "json"),
    ("validate", "{}", "--report"),
    ("explain", "{}", "NicotineFree"),
    ("explain", "{}", "FailedFusion"),
]


@pytest.mark.parametrize("form", FORMS)
def test_no_control_character_of_a_case_reaches_the_terminal(tmp_path: Path, form: tuple[str, ...]) -> None:
    file = spoken(tmp_path, ESCAPES)
    ran = reasoner(*(part.format(file) for part in form), "--guideline", "odg")
    assert (ran.code, ran.err) == (0, "")
    assert "red" in ran.out or form[0] == "validate"
    assert [c for c in ran.out if c not in "\n\t" and not c.isprintable()] == []


def test_no_control_character_of_a_case_reaches_the_terminal_in_an_error(tmp_path: Path) -> None:
    bad = edited(MET, tmp_path / "case.trig", ("a spine:SolidFusion", "a <https://x/\u009b2J\u202e>"))
    ran = reasoner("determine", bad, tmp_path / "none\x1b[31m.trig")
    assert ran.code == 3
    assert [c for c in ran.err if c != "\n" and not c.isprintable()] == []


def test_markup_of_a_case_stays_text_in_markdown(tmp_path: Path) -> None:
    ran = reasoner("determine", spoken(tmp_path, MARKUP), "--guideline", "odg", "--format", "markdown")
    assert (ran.code, ran.err) == (0, "")
    assert "\\<script\\>" in ran.out
    assert re.findall(r"(?<!\\)(?:<|`|\[|\|)|(?<!\\)>", ran.out) == []


def test_a_line_break_of_a_case_starts_no_line_of_the_rationale(tmp_path: Path) -> None:
    plain, broken = (spoken(tmp_path / name, text) for name, text in (("a", LINES.replace("\\n", " ")), ("b", LINES)))
    for form in ("text", "markdown"):
        told, forged = (reasoner("determine", f, "--guideline", "odg", "--format", form).out for f in (plain, broken))
        assert "forged" in forged
        assert forged.count("\n") == told.count("\n")
        assert form == "text" or not re.search(r"^\W*(Outcome: forged|===|item)", forged, re.MULTILINE)


# ---------------------------------------------------------------- Nothing hangs

DEEP = 60_000
START = PREFIXES + "case:a core:x "
BOMBS = {
    "lists.trig": ("too-many-statements", START + "(" * DEEP + ")" * DEEP + " ."),
    "brackets.trig": ("too-many-statements", START + "[ core:y " * DEEP + "1" + "]" * DEEP + " ."),
    "unclosed.trig": ("too-many-statements", START + "(" * 400_000),
    "terms.trig": ("too-nested", START + "<<( case:a core:x " * DEEP + "1" + " )>>" * DEEP + " ."),
    "text.trig": ("text-too-long", START + f'"{"x" * 15_000_000}" .'),
    "bytes.trig": ("too-large", PREFIXES + "#" * MAX_BYTES),
    "escapes.trig": ("syntax", START + '"' + "\\n" * 7_000_000),
    "iri.trig": ("undeclared-property", START + f"<https://x/{'x' * 15_000_000}> ."),
    "many.trig": ("too-many-statements", PREFIXES + "".join(f"case:a{n} core:x 1 .\n" for n in range(MAX_QUADS + 1))),
    "arrays.jsonld": ("too-nested", '{"@graph":[' * DEEP + "]}" * DEEP),
    "objects.jsonld": ("too-nested", '{"https://x/b":' * 900 + "1" + "}" * 900),
    "contexts.jsonld": ("too-nested", '{"@context":[' + ",".join(['{"@context":{}}'] * (MAX_NESTING + 1)) + "]}"),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_seconds(tmp_path: Path, name: str) -> None:
    code, content = BOMBS[name]
    (tmp_path / name).write_text(content)
    ran = process("determine", tmp_path / name, seconds=15)
    assert (ran.code, ran.out) == (3, "")
    assert f"error[{code}]" in ran.err
    assert "Traceback" not in ran.err


def test_an_error_repeats_nothing_but_the_name_of_its_subject(tmp_path: Path) -> None:
    broken = edited(
        MET, tmp_path / "case.trig",
        ("core:age 48", f'core:age "{CANARY}"'), ("warehouse worker", CANARY), ("2024-11-12", CANARY),
        ("core:page 1 ;", f'core:page "{CANARY}" ;'), ("Posterior fusion L4 to S1.", CANARY),
        ("core:revises case:fusion-2022", f'core:revises "{CANARY}"'),
    )  # fmt: skip
    for form in ("text", "json"):
        ran = reasoner("determine", broken, "--format", form)
        assert ran.code == 3
        assert "error[" in ran.err
        assert CANARY not in ran.out + ran.err


# ---------------------------------------------------------------- The code itself

CODE = sorted((folder("shapes").parent / "reasoner").rglob("*.py"))
TEMPLATES = sorted((folder("shapes").parent / "reasoner").rglob("*.j2"))
OWNED = {
    "pyshacl": "engines/reference.py",
    "rdflib": "engines/reference.py",
    "shifty": "engines/fast.py",
    "pyoxigraph": "rdf.py",
    "owlready2": "ontology/check.py",
    "typer": "cli/options.py",
    "jinja2": "writing/templating.py",
    "rich": "tables.py",
    "pandas": "store/python/frame.py",
    "pyarrow": "batch/arrow.py",
    "pyspark": "batch/spark.py",
    "py4j": "batch/spark.py",
}
NETWORK = {
    "urllib.request", "urllib.error", "http", "socket", "socketserver", "ssl", "requests", "httpx", "aiohttp",
    "asyncio", "ftplib", "smtplib", "telnetlib", "webbrowser", "xmlrpc",
}  # fmt: skip
REACHES = {
    "remote/http.py": {"http.client", "ssl"},  # only to the address that --endpoint gives: tests/store/test_remote.py
    # The workbench listens where --bind says and asks the engine that it began: tests/store/test_serve.py
    "workbench/engine.py": {"http.client"},
    "workbench/fence.py": {"socket"},  # to bring up the loopback of a network that has nothing else
    "workbench/server.py": {"socket", "socketserver", "http.server", "http.server.BaseHTTPRequestHandler"},
}
"""What a module that talks over a network needs for it; no other may."""
CODE_RUNNERS = {"eval", "exec", "compile", "__import__", "pickle", "marshal", "shelve", "os.system"}
QUERY = re.compile(r"\b(SELECT|CONSTRUCT|DESCRIBE|INSERT|DELETE|ASK)\b.*(\{|WHERE)", re.DOTALL)
CLINICAL = re.compile(
    r"\b(smok|nicotin|tobacco|fusion|pseud|lumbar|spine\b|spinal|psycho|odg|mtus|acoem|medicare|l37848|california|radiolog)",
    re.IGNORECASE,
)  # fmt: skip


def imported(file: Path) -> set[str]:
    """The modules that a file imports anywhere, and what it loads by name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
        elif isinstance(node, ast.Call) and re.search(r"find_spec|import_module|FileLoader", ast.unparse(node.func)):
            found.update(a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))
    return found


def within(modules: set[str], names: set[str]) -> set[str]:
    return {module for module in modules if any(module == name or module.startswith(name + ".") for name in names)}


def place(file: Path) -> str:
    return file.as_posix().rpartition("/reasoner/")[2]


@pytest.mark.parametrize("file", CODE, ids=place)
def test_no_module_can_reach_a_network(file: Path) -> None:
    assert within(imported(file), NETWORK) == REACHES.get(place(file), set())


@pytest.mark.parametrize("library", OWNED)
def test_each_outside_library_is_imported_by_one_module(library: str) -> None:
    assert [place(file) for file in CODE if within(imported(file), {library})] == [OWNED[library]]


def test_every_outside_library_has_its_module() -> None:
    used = {name.partition(".")[0] for file in CODE for name in imported(file)}
    assert used - set(sys.stdlib_module_names) - {"reasoner"} == set(OWNED)


@pytest.mark.parametrize("file", CODE, ids=place)
def test_no_module_builds_a_query_or_runs_a_text(file: Path) -> None:
    tree = ast.parse(file.read_text())
    built = [ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr | ast.BinOp)]
    assert [text for text in built if QUERY.search(text)] == []
    calls = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert (calls | imported(file)) & CODE_RUNNERS == set()


@pytest.mark.parametrize("file", [*CODE, *TEMPLATES], ids=place)
def test_no_code_knows_a_clinical_word(file: Path) -> None:
    assert CLINICAL.findall(file.read_text()) == []


def test_there_is_code_to_look_at() -> None:
    assert len(CODE) > 40
    assert TEMPLATES
