"""Whoever installs the extra for tests can run them, and requirements.lock pins all that the extras ask for."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from support import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
NOT_EVERYBODYS = {"pyspark"}
"""What .ci/run adds; without it tests are deselected."""
ASKED = re.compile(r"([A-Za-z0-9._-]+)(?:\[([a-z,]+)\])?")


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked(lines: list[str]) -> set[str]:
    """The packages that requirements name; an extra of this project stands for its own."""
    found = set()
    for name, extras in (match.groups() for match in map(ASKED.match, lines) if match):
        if name == PROJECT["name"]:
            found |= asked([line for extra in extras.split(",") for line in PROJECT["optional-dependencies"][extra]])
        else:
            found.add(plain(name))
    return found


def imported(tree: ast.AST) -> set[str]:
    """The libraries that a module imports when it runs."""
    found = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        found |= imported(node)
    return found


def test_the_extra_for_tests_has_every_library_that_a_test_imports() -> None:
    files = sorted((ROOT / "tests").rglob("*.py"))
    own = {file.stem for file in files} | {"reasoner"} | set(sys.stdlib_module_names)
    used = set().union(*(imported(ast.parse(file.read_text(encoding="utf-8"))) for file in files)) - own
    packages = packages_distributions()
    needed = {plain(name) for library in used for name in packages[library]}
    assert {"pytest", "pandas", "playwright", "nbclient"} <= needed
    assert needed - NOT_EVERYBODYS <= asked([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]])


def test_the_extra_for_tests_has_the_server_that_they_start() -> None:
    assert "oxigraph" in asked(PROJECT["optional-dependencies"]["test"])
    assert Path(sys.executable).with_name("oxigraph").exists()


@pytest.mark.parametrize("extra", sorted(set(PROJECT["optional-dependencies"]) - {"spark"}))
def test_every_package_that_an_extra_asks_for_is_pinned(extra: str) -> None:
    assert asked([*PROJECT["dependencies"], *PROJECT["optional-dependencies"][extra]]) <= PINNED
