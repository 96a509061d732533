"""The author's loop: lint and rows at each save, in little time."""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from reasoner.author.deck import deck_path, read_deck, run_deck
from reasoner.author.rerun import rerun_deck
from reasoner.author.watch import EVERY, check, check_json, check_text, watch
from reasoner.data import folder
from reasoner.errors import ExitCode
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.ontology import load_ontology
from reasoner.validate import default_engine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reasoner.author.deck import Deck
    from reasoner.author.rerun import Known
    from reasoner.author.watch import CheckRun

ODG = folder("shapes") / "odg" / "lumbar-revision-fusion" / "as-stated.ttl"
ROWS = """
base = "cases/v01-all-met/case.trig"

[[TwoLevelsOrFewer]]
name   = "Two levels are within the limit"
expect = "met"

[[TwoLevelsOrFewer]]
name    = "Three levels are not"
replace = 'case:request spine:fromVertebra spine:L3 .'
expect  = "not met"

[[FunctionalGain]]
name   = "A gain is expected"
expect = "met"
"""


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """A copy of ODG's edition with a deck of three rows, in a tree of its own."""
    file = tmp_path / "shapes" / ODG.relative_to(folder("shapes"))
    file.parent.mkdir(parents=True)
    shutil.copy(ODG, file)
    deck_path(file).parent.mkdir(parents=True)
    deck_path(file).write_text(ROWS)
    (tmp_path / "cases").symlink_to(folder("cases"))
    return file


def checked(edition: Path, known: Known | None = None) -> CheckRun:
    return check(edition, load_ontology(), default_engine(), known)


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


# ---------------------------------------------------------------- One run


def test_a_good_edition_is_said_to_be_good_with_the_number_of_its_rows(edition: Path) -> None:
    run = checked(edition)
    assert check_text(run) == "0 errors, 0 warnings\n3 rows, 0 failed\n"
    assert run.exit_code == ExitCode.DONE


def test_a_row_that_fails_is_named_with_its_line(edition: Path) -> None:
    change(edition, "sh:maxInclusive 2 ]", "sh:maxInclusive 3 ]")
    change(edition, "sh:minExclusive 2 ]", "sh:minExclusive 3 ]")
    run = checked(edition)
    line = ROWS.splitlines().index('name    = "Three levels are not"')
    assert (
        f"failed {deck_path(edition)}:{line}\n  TwoLevelsOrFewer: Three levels are not: met, not not met\n"
        in check_text(run)
    )
    assert check_text(run).endswith("3 rows, 1 failed\n")
    assert run.exit_code == ExitCode.CRITERION_NOT_MET


def test_rows_are_not_run_on_an_edition_with_an_error(edition: Path) -> None:
    change(edition, "sh:minExclusive 2 ]", "sh:minExclusive 3 ]")
    run = checked(edition)
    assert "error[threshold-gap]" in check_text(run)
    assert check_text(run).endswith("The rows were not run: mend the errors first.\n")
    assert (run.rows, run.exit_code) == ((), ExitCode.KNOWLEDGE_BASE)


def test_a_broken_deck_is_told_like_a_broken_edition(edition: Path) -> None:
    change(deck_path(edition), '"met"', '"mett"')
    run = checked(edition)
    assert str(deck_path(edition)) in {finding.file for finding in run.findings}
    assert run.exit_code == ExitCode.KNOWLEDGE_BASE


def test_an_edition_without_a_deck_is_said_to_have_none(edition: Path) -> None:
    deck_path(edition).unlink()
    assert check_text(checked(edition)).endswith(f"There are no rows: {deck_path(edition)} does not exist.\n")


def test_json_says_the_same(edition: Path) -> None:
    said = json.loads(check_json(checked(edition)))
    assert [row["passed"] for row in said["rows"]] == [True, True, True]
    assert said["findings"] == []


# ---------------------------------------------------------------- Again


def test_only_rows_are_run_again_whose_answer_can_have_changed(edition: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known: Known = {}
    ran: list[str] = []
    monkeypatch.setattr("reasoner.author.rerun.run_deck", counting(ran))
    assert [r.passed for r in checked(edition, known).rows] == [True, True, True]
    assert len(ran) == 3
    change(edition, '"The surgeon expects a gain in function."', '"The surgeon expects more function."')
    assert len(checked(edition, known).rows) == 3
    assert len(ran) == 3
    change(edition, "sh:maxInclusive 2 ]", "sh:maxInclusive 3 ]")
    change(edition, "sh:minExclusive 2 ]", "sh:minExclusive 3 ]")
    assert [r.passed for r in checked(edition, known).rows] == [True, False, True]
    assert ran[3:] == ["Two levels are within the limit", "Three levels are not"]


def counting(ran: list[str]) -> Callable[..., object]:
    def run(deck, engine):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        ran.extend(row.name for row in deck.rows)
        return run_deck(deck, engine)

    return run


def test_a_changed_expectation_is_held_against_the_known_result(edition: Path) -> None:
    known: Known = {}
    assert checked(edition, known).failed == ()
    change(deck_path(edition), 'A gain is expected"\nexpect = "met"', 'A gain is expected"\nexpect = "not met"')
    (failed,) = checked(edition, known).failed
    assert (failed.row.expect, failed.got) == ("not met", "met")


@pytest.mark.parametrize("name", ["guideline:bothMeans", "guideline:looksFor"])
def test_what_stands_beside_the_shapes_counts_as_changed(
    edition: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: Known = {}
    ran: list[str] = []
    monkeypatch.setattr("reasoner.author.rerun.run_deck", counting(ran))
    checked(edition, known)
    changes = {
        "guideline:bothMeans": ("looksFor      spine:FunctionalGainExpected ;\n    sh:t", "looksFor      spine:FunctionalGainExpected ;\n    guideline:bothMeans guideline:NotMet ;\n    sh:t"),
        "guideline:looksFor": ("looksFor      spine:FunctionalGainExpected ;\n    sh:t", "looksFor      spine:FunctionalGainExpected , spine:PainReliefAim ;\n    sh:t"),
    }  # fmt: skip
    change(edition, *changes[name])
    checked(edition, known)
    assert "A gain is expected" in ran[3:]


GROUP_ROWS = """
[[RevisionWorthwhile]]
name   = "Both are met"
expect = "met"

[[RevisionFusionIndicated]]
name   = "All is met"
expect = "met"

[[PsychosocialReadiness]]
name   = "Screened and settled"
expect = "met"
"""


WAIVED = (
    ("odg:Instability odg:TwoLevelsOrFewer odg:Psych", "odg:TwoLevelsOrFewer odg:Psych"),
    ("( odg:FailedFusion odg:FunctionalGain )", "( odg:FailedFusion odg:FunctionalGain ) ; guideline:unless odg:Instability"),
)  # fmt: skip
ALTERNATIVE = (("allOf ( odg:FailedFusion", "anyOf ( odg:FailedFusion"),)


@pytest.mark.parametrize(
    ("changes", "again"),
    [
        (ALTERNATIVE, ["Both are met", "All is met"]),
        (WAIVED, re.findall('name += "(.*)"', ROWS + GROUP_ROWS)),
    ],
    ids=["a group", "a waiver"],
)
def test_a_change_of_logic_concerns_the_groups_above_it_and_a_waiver_every_row(
    edition: Path, changes: tuple[tuple[str, str], ...], again: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    known: Known = {}
    deck_path(edition).write_text(ROWS + GROUP_ROWS)
    rerun_deck(deck_of(edition), default_engine(), known)
    for old, new in changes:
        change(edition, old, new)
    monkeypatch.setattr("reasoner.author.rerun.run_deck", counting(ran))
    assert rerun_deck(deck_of(edition), default_engine(), known) == run_deck(deck_of(edition), default_engine())
    assert ran == again


def deck_of(edition: Path) -> Deck:
    return read_deck(deck_path(edition), read_edition(edition, load_ontology()))


@pytest.mark.parametrize("path", [p for p in all_editions() if deck_path(p).is_file()], ids=lambda p: p.parent.name)
def test_after_the_first_time_few_rows_of_a_packaged_edition_are_run(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "shapes" / path.relative_to(folder("shapes"))
    copy.parent.mkdir(parents=True)
    shutil.copy(path, copy)
    deck_path(copy).parent.mkdir(parents=True)
    shutil.copy(deck_path(path), deck_path(copy))
    (tmp_path / "cases").symlink_to(folder("cases"))
    known: Known = {}
    first = checked(copy, known)
    assert first.exit_code == ExitCode.DONE
    root = read_edition(copy, load_ontology()).logic
    assert root
    operator, other = ("allOf", "anyOf") if root.operator == "allOf" else ("anyOf", "allOf")
    for old, new, share in (
        ("The record disagrees", "This record disagrees", 0.0), (f"guideline:{operator}", f"guideline:{other}", 0.5),
    ):  # fmt: skip
        change(copy, old, new)
        ran: list[str] = []
        monkeypatch.setattr("reasoner.author.rerun.run_deck", counting(ran))
        again = checked(copy, known)
        assert len(ran) <= share * len(first.rows)
        assert len(again.rows) == len(first.rows) > 0


# ---------------------------------------------------------------- Watching


class Editor:
    """Stands in for the pauses of the watch: at each it does the next thing that an author does."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps = list(steps)

    def __call__(self, seconds: float) -> None:
        assert seconds in (0, EVERY)
        if seconds:
            if not self.steps:
                raise KeyboardInterrupt
            self.steps.pop(0)()


def saved(file: Path, text: str, at: int) -> Callable[[], None]:
    def save() -> None:
        file.write_text(text)
        os.utime(file, ns=(at, at))

    return save


def nothing() -> None:
    """No change."""


def runs(edition: Path, *steps: Callable[[], object]) -> list[str]:
    """The edition's text at each run of the watch, which Ctrl-C ends after the steps."""
    found: list[str] = []
    watch(edition, lambda: found.append(edition.read_text()), Editor(*steps))
    return found


def test_it_runs_at_once_and_ends_with_ctrl_c(edition: Path) -> None:
    assert runs(edition) == [edition.read_text()]


def test_it_runs_again_at_each_save_and_not_between(edition: Path) -> None:
    text = edition.read_text()
    assert runs(
        edition, nothing, saved(edition, "one", 1), nothing, nothing, nothing, saved(edition, "two", 2), nothing
    ) == [text, "one", "two"]


def test_it_runs_again_when_the_deck_is_saved_or_first_written(edition: Path) -> None:
    assert len(runs(edition, saved(deck_path(edition), "changed", 1), nothing)) == 2
    deck_path(edition).unlink()
    assert len(runs(edition, saved(deck_path(edition), "new", 2), nothing)) == 2


def test_it_waits_until_a_save_is_whole(edition: Path) -> None:
    half, whole = saved(edition, "half", 1), saved(edition, "whole", 2)
    assert runs(edition, half, whole, nothing, nothing)[1:] == ["whole"]


def test_it_waits_for_a_file_that_an_editor_has_moved_away(edition: Path) -> None:
    assert runs(edition, edition.unlink, nothing, nothing, saved(edition, "back", 1), nothing)[1:] == ["back"]


def test_ctrl_c_during_a_run_ends_it_too(edition: Path) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    watch(edition, interrupted, Editor())
