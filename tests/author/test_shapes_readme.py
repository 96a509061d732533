"""shapes/README.md does what it says: its commands' options, its Turtle, its rows and its messages are tried here."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from reasoner.author.deck import deck_path, read_deck, run_deck
from reasoner.author.lint import lint
from reasoner.author.new_edition import questions, start_guideline
from reasoner.data import folder
from reasoner.guideline.edition_file import read_edition
from reasoner.ontology import load_ontology
from reasoner.ontology.report import find_report
from reasoner.terms import CORE
from reasoner.validate import Engine

ONTOLOGY = load_ontology()
README = (folder("shapes") / "README.md").read_text(encoding="utf-8")


def blocks(info: str) -> list[str]:
    return re.findall(rf"^```{info}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


@cache
def answers() -> dict[str, str]:
    """The options of the command that starts the walk."""
    command = blocks("sh")[0].replace("\\\n", " ").splitlines()[0]
    words = shlex.split(command)
    assert words[:3] == ["reasoner", "guideline", "new"]
    return {
        name.removeprefix("--").replace("-", "_"): value for name, value in zip(words[3::2], words[4::2], strict=True)
    }


def started(root: Path) -> Path:
    start_guideline({**{q.option: q.default for q in questions(ONTOLOGY)}, **answers()}, root)
    return root / "shapes" / answers()["authority"] / answers()["guideline"] / f"{answers()['edition']}.ttl"


def walked(root: Path) -> Path:
    """The edition as it stands after the walk."""
    path = started(root)
    text = path.read_text()
    [replacement], [added] = blocks("turtle replace"), blocks("turtle")
    for paragraph in re.split(r"(?<= \.)\n(?=cms:)", replacement.strip()):
        name = paragraph.split()[0]
        text, count = re.subn(rf"^{name} a .*?\.$", lambda _, new=paragraph: new, text, flags=re.DOTALL | re.MULTILINE)
        assert count == 1
    path.write_text(text + "\n" + added)
    deck = deck_path(path)
    deck.write_text(deck.read_text() + "\n" + "".join(blocks("toml")))
    return path


def test_the_first_command_runs_as_it_is_written(tmp_path: Path) -> None:
    command = blocks("sh")[0].replace("\\\n", " ").splitlines()[0].removeprefix("reasoner ")
    ran = subprocess.run(
        [sys.executable, "-m", "reasoner", *shlex.split(command), "--root", str(tmp_path)],
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert Path(ran.stdout.splitlines()[0]).read_text() == started(tmp_path / "again").read_text()


def test_a_name_of_the_walk_is_found_as_the_text_says() -> None:
    [word] = re.findall(r"`reasoner ontology find (\w+)`", README)
    assert answers()["finding"] in find_report(word, as_json=True)


def test_the_walk_starts_with_an_edition_that_lints_and_four_rows_that_pass(tmp_path: Path) -> None:
    path = started(tmp_path)
    assert [str(f) for f in lint([path], ONTOLOGY)] == []
    results = run_deck(read_deck(deck_path(path), read_edition(path, ONTOLOGY)), Engine.FAST)
    assert [r.passed for r in results] == [True] * 4


@pytest.mark.parametrize("engine", list(Engine))
def test_the_walk_ends_with_an_edition_that_lints_and_eight_rows_that_pass(engine: Engine, tmp_path: Path) -> None:
    path = walked(tmp_path)
    assert [str(f) for f in lint([path], ONTOLOGY)] == []
    results = run_deck(read_deck(deck_path(path), read_edition(path, ONTOLOGY)), engine)
    assert len(results) == 8
    assert [r.row.name for r in results if not r.passed] == []


def test_every_line_of_the_paragraph_that_is_told_of_stands_in_it(tmp_path: Path) -> None:
    text = started(tmp_path).read_text()
    table = README.partition("## 2.")[2].partition("## 3.")[0]
    told = re.findall(r"^\| (.*?) \|", table, flags=re.MULTILINE)[2:]
    assert len(told) > 8
    for line in told:
        for term in re.findall(r"`([a-z]+:\w+)", line):
            assert term in text
    for shape in re.findall(r"^    (cms:.*)$", table, flags=re.MULTILINE):
        assert shape in text


def test_every_count_that_is_told_of_exists() -> None:
    table = README.partition("| count |")[2].partition("To support")[0]
    counts = re.findall(r"core:(\w+)", table)
    assert len(counts) >= 5
    assert [c for c in counts if CORE[c] not in ONTOLOGY.declared] == []


SLIPS = {
    "unevaluated-term": ("sh:minInclusive 42", "sh:minInclusiv 42"),
    "undeclared-term": ("sh:class spine:TobaccoUse ", "sh:class spine:TobacoUse "),
    "undefined-shape": ("( cms:Smokes cms:QuitTooLate )", "( cms:Smoking cms:QuitTooLate )"),
    "any-kind": ("cms:Smokes a sh:NodeShape ; sh:class spine:TobaccoUse ;", "cms:Smokes a sh:NodeShape ;"),
    "vacuous-constraint": ("ElseAsOfAtLeast ; sh:minCount 1 ;", "ElseAsOfAtLeast ;"),
    "threshold-gap": ("sh:maxExclusive 42", "sh:maxExclusive 41"),
    "both-sides": ("sh:maxExclusive 42", "sh:maxInclusive 42"),
    "not-looked-for": ("spine:TobaccoCessation , spine:TobaccoUse ;", "spine:TobaccoCessation ;"),
    "outside-logic": ("Documented cms:AbstinentBeforeSurgery )", "Documented )"),
    "bound-unknown": ("{$daysBeforeSurgeryElseAsOfAtLeast:weeks} before", "{$daysBeforeSurgery:weeks} before"),
    "missing-phrase-conflicting": (
        'guideline:phraseConflicting   "The record disagrees on whether the patient stopped smoking in time."@en .',
        ".",
    ),
    "syntax": ('"Abstinent before surgery"@en ;', '"Abstinent before surgery"@en'),
}  # fmt: skip
SAID = dict(re.findall(r"^\| .*? \| `([a-z-]+)` \| (.*?) \|$", README, flags=re.MULTILINE))


def test_every_slip_that_is_told_of_is_tried() -> None:
    assert set(SAID) == set(SLIPS)


@pytest.mark.parametrize("code", SLIPS)
def test_a_slip_gets_the_message_that_is_told(code: str, tmp_path: Path) -> None:
    path = walked(tmp_path)
    old, new = SLIPS[code]
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    found = [f for f in lint([path], ONTOLOGY) if f.code == code]
    assert found, "another message comes instead"
    assert any(f.problem.startswith(SAID[code]) for f in found), [f.problem for f in found]
    assert all(f.line and f.fix for f in found)
