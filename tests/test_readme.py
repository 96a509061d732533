"""What README.md and docs/ tell is so: commands run, shown output is real, paths exist, and nothing goes out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from test_command_line import HELP

from reasoner.data import folder
from reasoner.errors import ExitCode
from reasoner.rdf import Graph, Iri, parse
from reasoner.terms import SH

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = sorted((ROOT / "docs").glob("*.md"))
ENGINES = (ROOT / "docs/engines.md").read_text(encoding="utf-8")
BATCH = (ROOT / "docs/batch.md").read_text(encoding="utf-8")
CONTRACT = (ROOT / "docs/json.md").read_text(encoding="utf-8")

# A network connection ends the process with this code: the promise that nothing goes out.
WENT_OUT = 97
WATCHED = f"""
import os, sys
def watch(event, _):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
        os._exit({WENT_OUT})
sys.addaudithook(watch)
"""


def fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def shell_lines(text: str) -> list[str]:
    return [line for block in fenced(text, "sh") for line in block.splitlines() if line]


def in_table(text: str) -> list[str]:
    """The commands that a table gives as examples."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    code = [found.replace("\\|", "|") for row in rows for found in re.findall(r"`(reasoner [^`]+)`", row)]
    return [command for command in code if "COMMAND" not in command]


SET_UP = [line for line in shell_lines(README) if " -m venv " in line]
SHOWN = [*shell_lines(README), *in_table(README), *shell_lines(ENGINES), *shell_lines(BATCH)]
REACHING = ("reasoner store push ", "reasoner store serve ")
"""What speaks over a network, as "Nothing goes out" says; the tests of the command line run these examples."""
REACH = [command for command in SHOWN if command.startswith(REACHING)]
COMMANDS = list(dict.fromkeys(command for command in SHOWN if command not in {*SET_UP, *REACH}))
UNMET = [command for command in SHOWN if "prepared" in command]


@cache
def run(command: str, place: Path) -> subprocess.CompletedProcess[str]:
    """A line of shell, in a folder that has the cases and watches over the network."""
    if not (place / "cases").exists():
        shutil.copytree(folder("cases"), place / "cases")
        shutil.copytree(ROOT / "benchmarks", place / "benchmarks")
        (place / "sitecustomize.py").write_text(WATCHED)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": f"{place}{os.pathsep}{ROOT}"}
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=place, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme")


# ---------------------------------------------------------------- Commands


def test_there_are_two_set_up_lines_that_differ_in_how_they_end() -> None:
    first, second = (line.rpartition(" && ") for line in SET_UP)
    assert first[0] == second[0]
    assert (first[2], second[2]) == (".venv/bin/reasoner determine cases/reference-decision", ".venv/bin/pytest")


@pytest.mark.parametrize(
    "command", [pytest.param(c, marks=[pytest.mark.java] if "ontology check" in c else []) for c in COMMANDS]
)
def test_every_command_runs(command: str, place: Path) -> None:
    done = run(command, place)
    assert done.returncode != WENT_OUT, "a network connection"
    assert done.returncode == (ExitCode.CRITERION_NOT_MET if command in UNMET else ExitCode.DONE), done.stderr
    assert done.stdout


def listed() -> Iterator[list[str]]:
    """The commands of each row of the table of commands; the second of a group is told by its own word."""
    for first in re.findall(r"^\| (`[a-z`, ]+`) \|", README, re.MULTILINE):
        names = re.findall(r"`([a-z ]+)`", first)
        group = names[0].partition(" ")[0]
        yield [names[0], *(f"{group} {name}" for name in names[1:])]


def test_every_command_is_listed_with_an_example() -> None:
    rows = list(listed())
    assert sorted(name for row in rows for name in row) == sorted(HELP.keys() - {"(top)"})
    for row in rows:
        assert any(f"reasoner {name} " in f"{command} " for name in row for command in in_table(README))


def test_what_speaks_over_a_network_is_named_where_the_readme_says_that_nothing_goes_out(place: Path) -> None:
    told = README.partition("**Nothing goes out.**")[2].partition("\n\n")[0]
    assert len(REACH) == len(REACHING)
    for command, named in zip(REACH, REACHING, strict=True):
        assert command.startswith(named)
        assert f"`{named.removeprefix('reasoner ').strip()}" in told
        assert run(command, place).returncode == WENT_OUT


def test_a_connection_would_be_noticed(place: Path) -> None:
    run("reasoner --help", place)
    assert run("python -c 'import socket; socket.create_connection((\"127.0.0.1\", 9))'", place).returncode == WENT_OUT


def test_shown_output_is_real(place: Path) -> None:
    (shown,) = fenced(README, "text")
    command = shell_lines(README)[0]
    output = run(command, place).stdout
    parts = [part.strip("\n") for part in re.split(r"^\.\.\.$", shown, flags=re.MULTILINE)]
    assert output.startswith(parts[0])
    for part in filter(None, parts):
        assert f"{part}\n" in output, f"write it anew from: {command}"
        output = output.partition(part)[2]


# ---------------------------------------------------------------- What is named


@pytest.mark.parametrize("file", [ROOT / "README.md", *DOCS], ids=lambda f: f.name)
def test_every_path_exists(file: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", file.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    tops = {path.name for path in ROOT.iterdir() if path.is_dir()} | {".ci", "docs"}
    named = set(re.findall(r"\]\(([^)#:]+)\)", text))
    named = {str((file.parent / link).resolve().relative_to(ROOT)) for link in named}
    for code in re.findall(r"`([^`]+)`", text):
        named |= {word for word in re.split(r"[\s=:]", code) if word.partition("/")[0] in tops and "/" in word}
    missing = sorted(name for name in named if not any(ROOT.glob(name.rstrip("/"))))
    assert missing == []


def test_the_name_of_another_project_is_only_warned_of() -> None:
    listed = ["git", "ls-files", "-co", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines():
        file = ROOT / name
        if not file.is_file() or file == Path(__file__):
            continue
        for found in re.finditer(rb"(.{0,40})pip3? install (?:-\S+ )*reasoner\b", file.read_bytes()):
            assert found[1].endswith(b"Do not `"), name


def test_exit_codes_are_all_told() -> None:
    assert [int(code) for code in re.findall(r"^\| (\d) \|", README, re.MULTILINE)] == sorted(ExitCode)


# ---------------------------------------------------------------- docs/json.md


def keys(value: object) -> set[str]:
    """The keys of all objects within, save where the keys are themselves data."""
    match value:
        case dict():
            return set(value).union(*(keys(v) for k, v in value.items() if k != "by_segment"))
        case list():
            return set().union(*map(keys, value))
    return set()


@pytest.mark.parametrize("heading", ["determine", "validate"])
def test_json_has_the_keys_that_the_contract_names(heading: str, place: Path) -> None:
    cases = "cases/reference-decision cases/v07-three-levels"
    commands = [f"reasoner {heading} {cases} --guideline {edition} --format json" for edition in ("odg", "L37848")]
    printed = [json.loads(run(command, place).stdout) for command in commands]
    refused = json.loads(run(f"reasoner {heading} cases/none --format json", place).stdout)
    named = {
        key
        for section in re.split(r"^## ", CONTRACT, flags=re.MULTILINE)
        if section.partition("\n")[0] not in {"determine", "validate"} - {heading}
        for key in re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    }
    assert keys([printed, refused]) == named


# ---------------------------------------------------------------- docs/engines.md


def results(turtle: str) -> set[tuple[tuple[str, ...], ...]]:
    """The results of a validation report, without messages and names."""
    graph = Graph(quad.triple for quad in parse(turtle.encode(), ".ttl"))
    parts = (SH.focusNode, SH.sourceShape, SH.value, SH.resultPath, SH.sourceConstraintComponent, SH.resultSeverity)
    nodes = [Iri(str(node)) for _, node in graph.pairs(SH.result)]
    return {tuple(tuple(map(str, graph.values(node, part))) for part in parts) for node in nodes}


def test_the_stock_engine_gives_the_report_on_file(place: Path) -> None:
    asked, stock = UNMET
    run(asked, place)
    printed = run(stock.replace("pyshacl ", "pyshacl -f turtle "), place)
    ours = results((place / "prepared/report.ttl").read_text(encoding="utf-8"))
    assert ours
    assert results(printed.stdout) == ours
