"""What a person at the command line, or a program that calls it, can rely on."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer.main
from support import MET, ODG, REFERENCE, ROOT, edited, process, reasoner
from support_server import oxigraph
from typer.main import get_command

from reasoner import cases
from reasoner.cli import everything
from reasoner.data import folder
from reasoner.rdf import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click
    from support_server import Server

ODG_ON_MET = ("--guideline", "odg")
COMMANDS = (
    "determine", "validate", "explain", "audit", "case new", "case guide", "ontology check", "ontology find",
    "batch", "synthesize", "store build", "store add", "store remove", "store info", "store export",
    "store describe", "store push", "store serve", "query",
)  # fmt: skip
UNTIL_INTERRUPTED = {"store serve"}
GUIDELINE_COMMANDS = [
    f"guideline {name}" for name in ("lint", "test", "check", "coverage", "mutate", "diff", "export", "doc", "new")
]


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case that may not be judged."""
    return edited(MET, tmp_path_factory.mktemp("bad") / "case.trig", ("core:presence", "core:presense"))


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition that may not judge."""
    return edited(ODG, tmp_path_factory.mktemp("wrong") / "edition.ttl", ("sh:minCount", "sh:minCont"))


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of one case."""
    place = tmp_path_factory.mktemp("stored") / "store"
    assert reasoner("store", "build", place, MET.parent, *ODG_ON_MET, "--workers", 1).code == 0
    return place


# ---------------------------------------------------------------- Exit codes

NEW = "--procedure spine:LumbarFusion --from-level L4 --to-level S1 --requested-on 2024-11-04"
EXITS = [
    (0, "determine {case}"),
    (0, "determine {case} --guideline L37848 --as-of 2015-01-01"),
    (0, "determine {met} {met} --guideline odg"),
    (0, "validate {met} --guideline odg"),
    (0, "explain {case} NicotineFree"),
    (0, "explain {case} P5a"),
    (0, "case guide"),
    (0, f"case new {{folder}}/made {NEW}"),
    (0, "ontology find nonunion"),
    (0, "ontology find zork"),
    (0, "--help"),
    (1, "validate {case}"),
    (1, "validate {met} {case} --guideline odg"),
    (2, ""),
    (2, "zork"),
    (2, "determine"),
    (2, "determine {case} --zork"),
    (2, "determine {case} --format zork"),
    (2, "determine {case} --engine zork"),
    (2, "determine {case} --as-of 2024-13-01"),
    (2, "determine {case} --as-of soon"),
    (2, "determine {case} --guideline zork"),
    (2, "validate {case} --guideline shapes"),
    (2, "validate {case} --prepared /proc/none"),
    (2, "determine {case} --out {folder}/none/out.txt"),
    (2, "determine {case} --out {folder}"),
    (2, "explain {case} Zork"),
    (2, "explain {case}"),
    (2, "query"),
    (2, "query cases --store {folder}/none"),
    (2, "query zork --store {folder}/none"),
    (2, "store info {folder}/none"),
    (2, "store export {folder}/none"),
    (2, "store describe {folder}/none"),
    (2, "store push {folder}/none --endpoint http://127.0.0.1:1/"),
    (2, "store serve {folder}/none --port 0"),
    (2, "store remove {folder}/none v01-all-met"),
    (2, "store add {folder}/none {met} --guideline odg"),
    (2, "store build {folder}/none {folder}/none"),
    (3, "store build {folder}/refused {bad} --guideline odg"),
    (2, "case new {folder}/made --procedure zork --requested-on 2024-11-04"),
    (3, "determine {folder}/none.trig"),
    (3, "determine {bad} --guideline odg"),
    (3, "determine {met}"),
    (3, "determine {met} --guideline mtus"),
    (3, "determine {met} --guideline odg --as-of 1900-01-01"),
    (3, "validate {bad} {met} --guideline odg"),
    (3, "explain {bad} NicotineFree"),
    (3, "audit {folder}/none.trig"),
    (4, "determine {met} --guideline {wrong}"),
    (4, "validate {met} --guideline {wrong}"),
    (4, "explain {met} NicotineFree --guideline {wrong}"),
    (4, "audit {met}"),
    (4, "determine {bad} {met} --guideline {wrong}"),
]


@pytest.mark.parametrize(("code", "command"), EXITS, ids=[command or "nothing" for _, command in EXITS])
def test_a_command_ends_with_its_code(tmp_path: Path, bad: Path, wrong: Path, code: int, command: str) -> None:
    places = {"case": REFERENCE.parent, "met": MET.parent, "bad": bad, "wrong": wrong, "folder": tmp_path}
    ran = reasoner(*command.format(**places).split())
    assert ran.code == code
    assert bool(ran.err) == (code > 1)
    assert "Traceback" not in ran.err
    if ran.err and "Usage:" not in ran.err:
        assert re.match(r"error\[[a-z-]+\] \S.*\n  \S.*\n  \S", ran.err)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_bug_of_ours_is_told_as_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stored: Path, command: str
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    store = shutil.copytree(stored, tmp_path / "store")
    for module in ("cli", "cli.batch", "cli.synthesize", "cli.store", "cli.query"):
        monkeypatch.setattr(sys.modules[f"reasoner.{module}"], "emit", break_down)
    for work in ("ontology.report.check", "store.push.run.push", "workbench.serving.serve"):
        monkeypatch.setattr(f"reasoner.{work}", break_down)
    arguments = {
        "determine": [MET, *ODG_ON_MET], "validate": [MET, *ODG_ON_MET], "explain": [REFERENCE, "NicotineFree"],
        "case new": [tmp_path / "a", *NEW.split()],
        "batch": [MET, *ODG_ON_MET, "--out", tmp_path / "b"], "synthesize": [tmp_path / "s", "--cases", 1],
        "ontology find": ["nonunion"], "query": ["cases", "--store", store],
        "store build": [store, MET, *ODG_ON_MET], "store add": [store, MET.parent, *ODG_ON_MET],
        "store remove": [store, "v01-all-met"], "store info": [store], "store export": [store],
        "store describe": [store], "store push": [store, "--endpoint", "http://127.0.0.1:1/"], "store serve": [store],
    }  # fmt: skip
    monkeypatch.setattr(cases, "audited", break_down)
    ran = reasoner(*command.split(), *arguments.get(command, ["x"] if command == "audit" else []))
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith("error[our-bug] reasoner\n  ZeroDivisionError: \n  ")


def test_an_unknown_guideline_is_answered_with_the_known_ones() -> None:
    ran = reasoner("determine", MET, "--guideline", "zork")
    assert "cms/lumbar-fusion-l37848/2024-09-12" in ran.err
    assert "odg/lumbar-revision-fusion/as-stated" in ran.err
    assert "Traceback" not in ran.err


def test_an_error_names_its_line_on_the_error_stream(bad: Path) -> None:
    line = bad.read_text().splitlines().index(next(t for t in bad.read_text().splitlines() if "core:presense" in t)) + 1
    ran = process("determine", bad, *ODG_ON_MET)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(f"error[undeclared-property] {bad}:{line}\n")


# ---------------------------------------------------------------- Several cases, streams, files


def test_a_bad_case_does_not_stop_the_others(bad: Path) -> None:
    ran = reasoner("determine", MET, bad, REFERENCE, *ODG_ON_MET, "--format", "json")
    first, refused, last = json.loads(ran.out)
    assert ran.code == 3
    assert (first["case"], last["case"]) == ("v01-all-met", "reference-decision")
    assert refused["case"] == str(bad)
    assert {p["code"] for p in refused["problems"]} == {"undeclared-property"}
    assert all(p["file"] == str(bad) and p["line"] and p["fix"] for p in refused["problems"])
    assert "error[undeclared-property]" in ran.err
    alone = json.loads(reasoner("determine", MET, *ODG_ON_MET, "--format", "json").out)
    assert first == alone


@pytest.mark.parametrize("form", ["text", "markdown", "trig"])
def test_the_good_cases_are_determined_beside_a_bad_one(bad: Path, form: str) -> None:
    with_bad = reasoner("determine", bad, MET, *ODG_ON_MET, "--format", form)
    alone = reasoner("determine", MET, *ODG_ON_MET, "--format", form)
    assert (with_bad.code, alone.code) == (3, 0)
    assert with_bad.out == alone.out


def test_one_bad_case_has_its_problems_as_json(bad: Path) -> None:
    for command in ("determine", "validate"):
        ran = reasoner(command, bad, "--format", "json")
        assert ran.code == 3
        assert set(json.loads(ran.out)) == {"case", "problems"}


def test_a_dash_reads_a_case_from_the_input() -> None:
    given = MET.read_bytes()
    piped, read = (reasoner("determine", name, *ODG_ON_MET, stdin=given).out for name in ("-", MET))
    assert piped.partition("\n")[2] == read.partition("\n")[2]
    assert reasoner("explain", "-", "NicotineFree", *ODG_ON_MET, stdin=given).code == 0
    assert reasoner("validate", "-", MET, *ODG_ON_MET, stdin=given).code == 0


def test_a_determination_in_trig_passes_its_audit_and_loses_it_with_a_part() -> None:
    determination = reasoner("determine", REFERENCE, "--format", "trig").out
    assert parse(determination.encode(), ".trig")
    assert reasoner("audit", "-", stdin=determination.encode()).code == 0
    without = re.sub(r"determination:outcome \S+ ;", "", determination)
    assert without != determination
    ran = reasoner("audit", "-", stdin=without.encode())
    assert ran.code == 4
    assert "error[says-whether-necessary]" in ran.err


@pytest.mark.parametrize("form", ["text", "markdown", "json", "trig"])
def test_a_file_is_written_as_it_would_be_printed(tmp_path: Path, form: str) -> None:
    file = tmp_path / "out"
    ran = reasoner("determine", REFERENCE, "--format", form, "--out", file)
    assert (ran.code, ran.out) == (0, "")
    assert file.read_text() == reasoner("determine", REFERENCE, "--format", form).out
    assert [f.name for f in tmp_path.iterdir()] == ["out"]


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    old = tmp_path / "out"
    old.write_text("as it was")
    monkeypatch.setattr(Path, "replace", full)
    ran = reasoner("determine", REFERENCE, "--out", old)
    assert (ran.code, ran.out) == (2, "")
    assert "error[cannot-write]" in ran.err
    assert [(f.name, f.read_text()) for f in tmp_path.iterdir()] == [("out", "as it was")]


@pytest.mark.parametrize("form", ["text", "markdown", "trig"])
def test_a_case_that_is_refused_does_not_replace_a_file(tmp_path: Path, bad: Path, form: str) -> None:
    old = tmp_path / "out"
    old.write_text("as it was")
    assert reasoner("determine", bad, "--format", form, "--out", old).code == 3
    assert reasoner("validate", bad, "--out", old).code == 3
    assert old.read_text() == "as it was"


def test_a_reader_who_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m reasoner case guide | head -c 10"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


# ---------------------------------------------------------------- The terminal


def on_terminal(*arguments: str, **environment: str) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm-256color", **environment}
    command = [sys.executable, "-m", "reasoner", *arguments]
    child = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
    os.close(theirs)
    found = b""
    try:
        while piece := os.read(ours, 65536):
            found += piece
    except OSError:  # Linux: the other end was closed
        pass
    os.close(ours)
    child.wait(timeout=20)
    return found.decode()


TABLE = ("validate", str(MET), *ODG_ON_MET)


def test_only_a_terminal_that_wants_them_gets_escape_codes() -> None:
    assert "\x1b[" in on_terminal(*TABLE)
    assert "\x1b" not in on_terminal(*TABLE, NO_COLOR="1")
    assert "\x1b" not in process(*TABLE, TERM="xterm-256color").out
    assert "\x1b" not in on_terminal("determine", str(REFERENCE))


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_tables_and_trees_fit_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    commands = [TABLE, ("explain", str(REFERENCE), "FailedFusion"), ("ontology", "find", "nonunion")]
    for command in commands:
        out = reasoner(*command).out
        assert out
        assert max(map(len, out.splitlines())) <= columns


def test_the_width_of_a_pipe_is_always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert max(map(len, reasoner(*TABLE).out.splitlines())) <= 100


# ---------------------------------------------------------------- Help


def commands_of(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its name."""
    below = getattr(command, "commands", {})
    for each, inner in below.items():
        yield from commands_of(inner, f"{name} {each}".strip())
    if not below:
        yield name, command


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A triple store of somebody's own."""
    with oxigraph(tmp_path_factory.mktemp("server") / "data") as found:
        yield found


EXAMPLE_SERVER = "http://127.0.0.1:7878"
HELP = {name: command.help or "" for name, command in commands_of(get_command(everything()))}
HELP["(top)"] = get_command(everything()).help or ""


def test_every_command_is_known_here() -> None:
    assert set(HELP) == {*COMMANDS, *GUIDELINE_COMMANDS, "(top)"}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.java] if n == "ontology check" else []) for n in HELP]
)
def test_the_example_in_the_help_runs(tmp_path: Path, stored: Path, name: str, request: pytest.FixtureRequest) -> None:
    example = re.search(r"Example: (reasoner .*)", HELP[name], re.DOTALL)
    assert example
    command = " ".join(example[1].split())
    assert name == "(top)" or command.startswith(f"reasoner {name}") or name == "audit"
    if name == "store serve":
        command += " --port 0"  # somebody may listen on the usual one
    if name == "store push":
        server = request.getfixturevalue("server")
        assert command.endswith(f" {EXAMPLE_SERVER}/store")
        command = command.replace(EXAMPLE_SERVER, server.address)
    shutil.copytree(folder("cases"), tmp_path / "cases")
    if "scratch/store" in command and name != "store build":
        shutil.copytree(stored, tmp_path / "scratch" / "store")
    program = tmp_path / "bin" / "reasoner"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reasoner "$@"\n')
    program.chmod(0o755)
    env = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    shell = ["bash", "-o", "pipefail", "-c", command]
    with subprocess.Popen(shell, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        first = b""
        if name in UNTIL_INTERRUPTED and running.stdout:
            first = running.stdout.readline()
            running.send_signal(signal.SIGINT)
        try:
            out, err = running.communicate(timeout=180)
        finally:
            running.kill()
    assert (running.returncode, err) == (0, b"")
    assert first + out or [f for f in tmp_path.iterdir() if f.name not in {"cases", "bin"}]


@pytest.mark.parametrize("name", HELP)
def test_help_describes_every_option(name: str) -> None:
    ran = reasoner(*name.replace("(top)", "").split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    bare = re.findall(r"^  (?:--[a-z-]+(?: \S+)?|[A-Z]\S*)\s*$\n(?! {10})", ran.out, re.MULTILINE)
    assert bare == []


@pytest.mark.parametrize("name", [*COMMANDS, *GUIDELINE_COMMANDS])
def test_a_command_that_is_built_alone_speaks_as_among_all(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    build = typer.main.get_command_from_info
    monkeypatch.setattr(typer.main, "get_command_from_info", lambda **info: built.append(name) or build(**info))
    alone = [reasoner(*name.split(), word) for word in ("--help", "--no-such-option")]
    assert len(built) == len(alone)
    monkeypatch.setattr("reasoner.cli.options._alone", lambda _, __: None)
    assert [reasoner(*name.split(), word) for word in ("--help", "--no-such-option")] == alone
    assert len(built) > 10


def test_a_mistyped_command_is_answered_with_the_one_that_was_meant() -> None:
    assert "Did you mean 'determine'" in reasoner("determin").err
    assert "Did you mean 'lint'" in reasoner("guideline", "lin").err


HEAVY = {"rdflib", "pyshacl", "pyoxigraph", "owlready2", "jinja2", "shifty", "json", "reasoner.cases", "reasoner.rdf"}


@pytest.mark.parametrize("arguments", [["--help"], ["determine", "--help"], ["ontology", "check", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "reasoner", *arguments],
        cwd=ROOT, capture_output=True, timeout=20, check=True,
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines()}
    assert "reasoner.cli" in loaded
    assert loaded & HEAVY == set()
    assert ("reasoner.cli.batch" in loaded) == (arguments == ["--help"]), "a command loads those of other modules"


SHELLS = "import sys; sys.argv = ['reasoner']; from reasoner.cli import main; main()"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion(shell: str) -> None:
    env = {**os.environ, "_REASONER_COMPLETE": f"source_{shell}"}
    done = subprocess.run([sys.executable, "-c", SHELLS], env=env, cwd=ROOT, capture_output=True, check=False)
    assert b"_REASONER_COMPLETE=complete_" + shell.encode() in done.stdout
    assert done.stderr == b""


def test_a_shell_completes_a_command() -> None:
    env = {**os.environ, "_REASONER_COMPLETE": "complete_bash", "COMP_WORDS": "reasoner det", "COMP_CWORD": "1"}
    done = subprocess.run([sys.executable, "-c", SHELLS], env=env, cwd=ROOT, capture_output=True, check=False)
    assert done.stdout.split() == [b"determine"]
