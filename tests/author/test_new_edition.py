"""A new guideline lints, its rows pass and its first case is judged, as it stands; it is written all or nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from reasoner.author import commands
from reasoner.author.deck import deck_path, read_deck, run_deck
from reasoner.author.lint import lint
from reasoner.author.new_edition import questions, scaffold, start_guideline, write_scaffold
from reasoner.author.new_files import Options
from reasoner.cases import Manner, determine_case
from reasoner.errors import ExitCode, InputRefusedError, UsageError
from reasoner.guideline.edition_file import read_edition
from reasoner.guideline.probes import untrustworthy
from reasoner.ontology import load_ontology
from reasoner.validate import Engine, default_engine
from reasoner.vocabulary import prefixed
from reasoner.writing.example import kinds_of_finding, procedures

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ONTOLOGY = load_ontology()
GIVEN = {
    "authority": "lni", "guideline": "lumbar-fusion", "edition": "2016-03-07", "title": "Guideline for lumbar fusion",
    "procedure": "lumbar fusion", "finding": "tobacco use",
}  # fmt: skip
PLACE = "lni/lumbar-fusion/2016-03-07"


def start(root: Path, **changed: str) -> Path:
    """A new guideline below a folder; its edition's file."""
    told = start_guideline({**GIVEN, **changed}, root)
    return root / told.splitlines()[0].removeprefix(f"{root}/")


def refusal(**changed: str) -> str:
    with pytest.raises(UsageError) as refused:
        scaffold(Options(**{**GIVEN, **changed}), ONTOLOGY)
    assert refused.value.exit_code == ExitCode.USAGE
    return str(refused.value)


# ---------------------------------------------------------------- The files


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"edition": "as-stated", "in_force_from": "2014-01-01", "requested_on": "2024-11-04"},
        {"edition": "as-stated", "in_force_from": "2014-01-01", "in_force_until": "2014-12-31"},
        {"in_force_until": "2021-09-20"},
        {"authority": "core"},
        {"authority": "sh"},
        {"finding": ""},
        {"from_level": "L3", "to_level": "S1"},
        {"title": 'Back \\ "slash" and \'quote\' \u2013 # ^^xsd:date @en """', "issuer": 'O\'Neil "& Co" \\'},
        {"title": "Two\nlines\tand a tab", "locator": "Section <2>; see (3)"},
    ],
)
def test_a_new_guideline_lints_and_its_rows_pass_in_both_engines(changed: dict[str, str], tmp_path: Path) -> None:
    path = start(tmp_path, **changed)
    assert [str(finding) for finding in lint([path], ONTOLOGY)] == []
    edition = read_edition(path, ONTOLOGY)
    deck = read_deck(deck_path(path), edition)
    assert {row.expect for row in deck.rows} == {"met", "not met", "not documented", "conflicting"}
    for engine in Engine:
        assert [r.row.name for r in run_deck(deck, engine) if not r.passed] == []


@pytest.mark.parametrize("procedure", procedures(ONTOLOGY), ids=lambda p: p.rpartition("#")[2])
def test_the_first_case_is_determined_by_the_new_edition(procedure: str, tmp_path: Path) -> None:
    path = start(tmp_path, procedure=prefixed(procedure, {}))
    manner = Manner(default_engine(), None, str(path))
    done = determine_case(str(tmp_path / "cases" / "lumbar-fusion-first"), manner)
    assert done.assessment.selection.in_force
    assert done.rationale.sentences


def test_every_kind_of_finding_can_be_what_the_first_criterion_looks_for(tmp_path: Path) -> None:
    kinds = kinds_of_finding(ONTOLOGY)
    assert len(kinds) > 40
    for number, kind in enumerate(kinds):
        path = start(tmp_path / str(number), finding=prefixed(kind, {}))
        edition = read_edition(path, ONTOLOGY)
        assert untrustworthy(edition, ONTOLOGY, default_engine()) == frozenset()
        assert [
            r.row.name for r in run_deck(read_deck(deck_path(path), edition), default_engine()) if not r.passed
        ] == []


def test_what_was_said_stands_in_the_edition(tmp_path: Path) -> None:
    path = start(
        tmp_path, issuer="Some department", source="Its page", locator="Part 4", in_force_until="2021-09-20",
        from_level="L4", to_level="L5",
    )  # fmt: skip
    edition = read_edition(path, ONTOLOGY)
    assert (edition.title, edition.source.title, edition.source.locator) == (GIVEN["title"], "Its page", "Part 4")
    assert [ONTOLOGY.label(k) for k in edition.scope] == ["lumbar fusion"]
    assert edition.in_force.first and edition.in_force.last  # noqa: PT018
    assert (str(edition.in_force.first.first), str(edition.in_force.last.last)) == ("2016-03-07", "2021-09-20")
    assert "Some department" in path.read_text()
    assert all(c.source.verification == "NotVerified" for c in edition.criteria.values())
    assert "spine:toVertebra spine:L5" in (tmp_path / "cases/lumbar-fusion-first/case.trig").read_text()


def test_what_is_to_be_replaced_is_marked_and_nothing_is_left_of_the_template(tmp_path: Path) -> None:
    path = start(tmp_path)
    for text in (path.read_text(), deck_path(path).read_text()):
        assert "EXAMPLE" in text
        assert not re.search(r"\{\{|\}\}|\{%|None|Undefined", text)


def test_the_same_answers_give_the_same_bytes() -> None:
    assert scaffold(Options(**GIVEN), ONTOLOGY) == scaffold(Options(**GIVEN), ONTOLOGY)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"authority": "LNI"}, "bad-name"),
        ({"authority": ""}, "bad-name"),
        ({"authority": "ladders"}, "bad-name"),
        ({"guideline": "../outside"}, "bad-name"),
        ({"guideline": "lumbar fusion"}, "bad-name"),
        ({"title": " "}, "no-title"),
        ({"title": "Fusion {2019}"}, "brace"),
        ({"edition": "March 2016"}, "not-a-day"),
        ({"edition": "2016-02-30"}, "not-a-day"),
        ({"edition": "2016-03-07", "in_force_from": "2016-03-08"}, "days-differ"),
        ({"in_force_until": "2015-01-01"}, "days-reversed"),
        ({"in_force_until": "later"}, "not-a-day"),
        ({"edition": "as-stated"}, "no-day"),
        ({"procedure": "knee surgery"}, "unknown-term"),
        ({"procedure": "tobacco use"}, "not-a-procedure"),
        ({"finding": "lumbar fusion"}, "not-a-finding"),
        ({"finding": "spine:NonoperativeCarePeriod"}, "not-a-finding"),
        ({"finding": "tobbaco use"}, "unknown-term"),
        ({"requested_on": "soon"}, "not-a-day"),
        ({"from_level": "S1", "to_level": "L4"}, "levels-reversed"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_by_name(changed: dict[str, str], code: str) -> None:
    assert refusal(**changed).startswith(f"error[{code}] the command line")


# ---------------------------------------------------------------- The dialogue


def test_there_is_a_question_for_every_option() -> None:
    asked = questions(ONTOLOGY)
    assert {q.option for q in asked} == {f.name for f in fields(Options)}
    assert all(q.words and not q.words.endswith("?") for q in asked)


def test_the_defaults_with_the_required_answers_make_a_guideline_that_lints(tmp_path: Path) -> None:
    answers = {q.option: q.default for q in questions(ONTOLOGY)} | {
        "authority": "lni", "guideline": "lumbar-fusion", "title": "A guideline", "in_force_from": "2016-05-02",
    }  # fmt: skip
    start_guideline(answers, tmp_path)
    assert lint([tmp_path / "shapes"], ONTOLOGY) == ()


def test_a_required_answer_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--title") as refused:
        start_guideline({**GIVEN, "title": "", "authority": ""}, tmp_path)
    assert "--authority" in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def dialogue(*answers: str) -> tuple[list[str], list[str], Callable[..., str]]:
    """Somebody who answers: the questions asked and the problems told grow as the dialogue goes on."""
    asked, left = [], list(answers)

    def ask(words: str, default: str | None, *, show_default: bool) -> str:
        assert show_default == bool(default)
        asked.append(words)
        answer = left.pop(0)
        return answer if answer or default is None else default

    return asked, left, ask


def test_an_answer_that_does_not_fit_is_asked_for_again_and_the_others_are_kept(tmp_path: Path) -> None:
    asked, left, ask = dialogue(
        "Acme Inc", "acme", "trial", "2024-13-01", "as-stated", "A {title}", "A title", "", "", "",
        "tobacco use", "lumbar fusion", "lumbar fusion", "tobacco use", "", "2024-02-02", "2020-01-01", "", "soon", "",
        "L9", "L4", "L5",
    )  # fmt: skip
    told: list[str] = []
    files = commands.asked(ask, lambda error: told.append(error.problems[0].code), tmp_path).splitlines()
    assert told == [
        "bad-name", "not-a-day", "brace", "not-a-procedure", "not-a-finding", "no-day", "days-reversed", "not-a-day",
        "unknown-term",
    ]  # fmt: skip
    assert (left, len(asked)) == ([], len(questions(ONTOLOGY)) + len(told))
    assert files[0] == str(tmp_path / "shapes/acme/trial/as-stated.ttl")
    assert lint([tmp_path / "shapes"], ONTOLOGY) == ()


def test_with_options_nothing_is_asked_and_the_rest_is_the_default(tmp_path: Path) -> None:
    given = {"authority": "acme", "guideline": "trial", "edition": "2024-01-01", "title": "Trial"}
    assert commands.started(given, tmp_path).splitlines()[0] == str(tmp_path / "shapes/acme/trial/2024-01-01.ttl")
    assert lint([tmp_path / "shapes"], ONTOLOGY) == ()
    with pytest.raises(UsageError, match="Nothing is said of: --authority, --title"):
        commands.started({"guideline": "trial"}, tmp_path)


def test_there_is_an_option_of_the_command_for_every_question() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "reasoner", "guideline", "new", "--help"], capture_output=True, check=True, text=True
    )
    options = set(re.findall(r"^  --([a-z-]+)", ran.stdout, re.MULTILINE))
    assert options == {q.option.replace("_", "-") for q in questions(ONTOLOGY)} | {"root", "help"}


# ---------------------------------------------------------------- Writing


FOLDERS = ("shapes/lni/lumbar-fusion", "tests/criteria/lni/lumbar-fusion", "cases/lumbar-fusion-first")


@pytest.mark.parametrize("standing", FOLDERS)
def test_a_folder_that_stands_is_left_alone_and_nothing_is_written(standing: str, tmp_path: Path) -> None:
    (tmp_path / standing).mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputRefusedError, match="folder-exists"):
        start(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("blocked", ["tests", "shapes/lni", "cases"])
def test_a_write_that_fails_midway_leaves_none_of_the_three(blocked: str, tmp_path: Path) -> None:
    (tmp_path / blocked).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / blocked).write_text("a file cannot be a folder")
    with pytest.raises(InputRefusedError, match="not-written"):
        start(tmp_path)
    assert not any((tmp_path / folder).is_dir() for folder in FOLDERS)
    assert not list(tmp_path.glob(".new-*"))


def test_the_names_of_the_written_files_are_told(tmp_path: Path) -> None:
    told = write_scaffold(tmp_path, scaffold(Options(**GIVEN), ONTOLOGY)).splitlines()
    assert told[:2] == [f"{tmp_path}/shapes/{PLACE}.ttl", f"{tmp_path}/tests/criteria/{PLACE}.toml"]
    assert len(told) == len([p for p in tmp_path.rglob("*") if p.is_file()])
