"""A deck says of each row what its case answers, and of each mistake in it where it stands and how to mend it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from reasoner.author import deck_report
from reasoner.author.deck import deck_path, read_deck, run_deck, run_row, segment_statuses, statuses
from reasoner.author.deck_edit import EditError, edited
from reasoner.data import folder
from reasoner.dates import interval
from reasoner.errors import ExitCode, InputRefusedError, KnowledgeBaseError
from reasoner.guideline.edition_file import read_edition
from reasoner.load import load_file
from reasoner.ontology import load_ontology
from reasoner.rdf import Iri
from reasoner.terms import CORE
from reasoner.validate import Engine, default_engine

if TYPE_CHECKING:
    from pathlib import Path

    from reasoner.author.deck import Deck
    from reasoner.errors import Problem

ENGINE = default_engine()
ODG = folder("shapes") / "odg" / "lumbar-revision-fusion" / "as-stated.ttl"
MTUS = folder("shapes") / "mtus" / "low-back" / "2007-06-15.ttl"
EDITION = read_edition(ODG, load_ontology())
BASE = load_file(folder("cases") / "v01-all-met")
CASE = "https://w3id.org/guideline-reasoner/cases/v01-all-met/"
HEAD = 'base = "cases/v01-all-met/case.trig"\n\n'
QUIT_LATE = """replace = 'case:quit core:observedOn "2024-10-28"^^xsd:date .'\n"""


def row(criterion: str, expect: str, edit: str = "", name: str = "A") -> str:
    return f'[[{criterion}]]\nname = "{name}"\n{edit}expect = "{expect}"\n'


def deck(folder_: Path, text: str) -> Deck:
    path = folder_ / "as-stated.toml"
    path.write_text(text, encoding="utf-8")
    return read_deck(path, EDITION)


def refusal(folder_: Path, text: str) -> Problem:
    with pytest.raises(KnowledgeBaseError) as raised:
        deck(folder_, text)
    (problem,) = raised.value.problems
    assert problem.fix
    assert problem.file.endswith("as-stated.toml")
    return problem


# ---------------------------------------------------------------- rows


def test_a_row_that_gets_what_it_expects_passes(tmp_path: Path) -> None:
    (result,) = run_deck(deck(tmp_path, HEAD + row("NicotineFree", "not met", QUIT_LATE)), ENGINE)
    assert (result.passed, result.got, result.row.line) == (True, "not met", 3)


def test_a_row_that_gets_another_status_fails(tmp_path: Path) -> None:
    (result,) = run_deck(deck(tmp_path, HEAD + row("NicotineFree", "met", QUIT_LATE)), ENGINE)
    assert (result.passed, result.got) == (False, "not met")


@pytest.mark.parametrize(
    ("expected", "passed"),
    [
        ('"L4-L5" = "met", "L5-S1" = "not met"', True),
        ('"L5-S1" = "not met"', True),
        ('"L5-S1" = "met"', False),
        ('"L1-L2" = "not documented"', False),
    ],
)
def test_a_row_may_expect_a_status_at_each_segment(tmp_path: Path, expected: str, passed: bool) -> None:  # noqa: FBT001
    text = f'{HEAD}[[Instability]]\nname = "One"\nexpect = "met"\nby_segment = {{ {expected} }}\n'
    (result,) = run_deck(deck(tmp_path, text), ENGINE)
    assert result.got_by_segment == {"L4-L5": "met", "L5-S1": "not met"}
    assert result.passed is passed


@pytest.mark.parametrize("day", ['"2025-08-21"', "2025-08-21"])
def test_a_row_is_judged_as_of_its_own_day(tmp_path: Path, day: str) -> None:
    text = f'{HEAD}[[OldFusionImaging]]\nname = "Old"\nas_of = {day}\nexpect = "raised"\n'
    (result,) = run_deck(deck(tmp_path, text), ENGINE)
    assert result.passed
    assert result.row.as_of == date(2025, 8, 21)


def test_a_row_may_name_a_base_of_its_own(tmp_path: Path) -> None:
    text = '[[TwoLevelsOrFewer]]\nname = "Three"\nbase = "cases/v07-three-levels/case.trig"\nexpect = "not met"\n'
    assert run_deck(deck(tmp_path, text), ENGINE)[0].passed


def test_a_base_may_stand_beside_the_deck(tmp_path: Path) -> None:
    (tmp_path / "mine.trig").write_bytes(BASE.content)
    text = 'base = "mine.trig"\n[[NicotineFree]]\nname = "Base"\nexpect = "met"\n'
    assert run_deck(deck(tmp_path, text), ENGINE)[0].passed


def test_equal_edits_are_made_ready_once(tmp_path: Path) -> None:
    text = HEAD + "".join(row(name, "not met", QUIT_LATE) for name in ("NicotineFree", "NicotineAbstinence"))
    one, other = deck(tmp_path, text).rows
    assert one.case is other.case
    assert deck(tmp_path, text).rows[0].case is one.case


def test_a_row_whose_case_fails_intake_is_an_error_at_its_line(tmp_path: Path) -> None:
    wrong = 'add = { "case:ct" = \'case:x a spine:SolidFusion ; core:quote "No presence." .\' }\n'
    text = HEAD + row("FunctionalGain", "met") + "\n" + row("FailedFusion", "met", wrong, "Bad")
    with pytest.raises(KnowledgeBaseError) as raised:
        run_deck(deck(tmp_path, text), ENGINE)
    (problem,) = raised.value.problems
    assert (problem.code, problem.line) == ("row-fails-intake", 7)
    assert problem.file.endswith("as-stated.toml")
    assert "'Bad'" in problem.problem
    assert "core:presence" in problem.fix


@pytest.mark.parametrize("engine", Engine)
def test_both_engines_answer_a_row_alike(tmp_path: Path, engine: Engine) -> None:
    found = deck(tmp_path, f'{HEAD}[[RevisionFusionIndicated]]\nname = "Late"\n{QUIT_LATE}expect = "not met"\n')
    assert run_row(found.rows[0], EDITION, engine).passed


def test_statuses_hold_every_criterion_group_and_caution() -> None:
    found = statuses(BASE, EDITION, ENGINE)
    terms = [*EDITION.criteria, *EDITION.groups, *EDITION.cautions]
    assert sorted(found) == sorted(iri.rpartition("/")[2] for iri in terms)
    assert found["RevisionFusionIndicated"] == "met"
    assert found["PainReliefCaution"] == "not raised"


def test_statuses_ask_neither_ladder_nor_dates_in_force() -> None:
    decided = BASE.graph.literal(Iri(CASE + "ur"), CORE.decidedOn)
    assert decided
    assert not EDITION.in_force.covers(interval(decided))
    assert statuses(BASE, EDITION, ENGINE)["NicotineFree"] == "met"


def test_segment_statuses_hold_only_what_is_asked_of_segments() -> None:
    assert segment_statuses(BASE, EDITION, ENGINE) == {
        "FailedFusion": {"L4-L5": "met", "L5-S1": "met"},
        "Instability": {"L4-L5": "met", "L5-S1": "not met"},
    }


def test_statuses_refuse_a_case_that_fails_intake() -> None:
    with pytest.raises(InputRefusedError):
        statuses(edited(BASE, drop=["case:patient"]), EDITION, ENGINE)


# ---------------------------------------------------------------- edits


def test_a_replaced_value_stands_where_the_old_one_stood() -> None:
    found = edited(BASE, replace='case:quit core:observedOn "2024-10-28"^^xsd:date .')
    quit_on = (CASE + "quit", CORE.observedOn)
    old, new = ([q for q in case.quads if q[:2] == quit_on] for case in (BASE, found))
    assert [q.object.value for q in new] == ["2024-10-28"]  # type: ignore[union-attr]
    assert {q.graph for q in new} == {q.graph for q in old} == {CASE + "pain-clinic"}
    assert len(found.quads) == len(BASE.quads)


def test_what_is_dropped_takes_along_what_points_at_it() -> None:
    found = edited(BASE, drop=["case:counselling-course"])
    assert not [q for q in found.quads if CASE + "counselling-course" in (q.subject, q.object)]
    assert len(found.quads) == len(BASE.quads) - 6


def test_a_dropped_document_takes_its_findings_along() -> None:
    found = edited(BASE, drop=["case:ct"])
    assert not [q for q in found.quads if CASE + "ct" in (q.subject, q.graph)]


def test_what_is_added_stands_in_its_document() -> None:
    turtle = 'case:x a spine:TobaccoUse ; core:presence core:Absent ; core:quote "None." .'
    found = edited(BASE, add={"case:pain-clinic": turtle, "": "case:patient core:age 50 ."})
    assert {q.graph for q in found.quads if q.subject == CASE + "x"} == {CASE + "pain-clinic"}
    assert {q.graph for q in found.quads if q.subject == CASE + "patient"} == {None}


def test_the_base_is_left_as_it_was() -> None:
    before = BASE.quads
    edited(BASE, drop=["case:quit"])
    assert BASE.quads is before


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ({"drop": ["case:nobody"]}, "unknown-subject"),
        ({"drop": ["nobody"]}, "unknown-subject"),
        ({"drop": "case:quit"}, "not-an-edit"),
        ({"add": ["case:ct"]}, "not-an-edit"),
        ({"add": {"case:ct": 3}}, "not-an-edit"),
        ({"add": {"ct": "case:x a core:Finding ."}}, "unknown-subject"),
        ({"replace": "case:nobody core:presence core:Absent ."}, "unknown-subject"),
        ({"replace": "case:quit core:presence"}, "syntax"),
        ({"replace": "other:quit core:presence core:Absent ."}, "syntax"),
        ({"drop": ["case:quit"], "replace": "case:quit core:presence core:Absent ."}, "unknown-subject"),
    ],
)
def test_an_edit_that_cannot_be_made_is_refused(edit: dict[str, object], code: str) -> None:
    with pytest.raises(EditError) as raised:
        edited(BASE, **edit)
    assert raised.value.code == code
    assert raised.value.fix


# ---------------------------------------------------------------- mistakes in a deck

ROW = 'name = "A"\nexpect = "met"\n'


@pytest.mark.parametrize(
    ("text", "code", "line", "word"),
    [
        (f'{HEAD}[[NicotineFree]]\nname = "A\nexpect = "met"\n', "syntax", 4, "TOML"),
        (f"{HEAD}[[NicotineFre]]\n{ROW}", "unknown-criterion", 3, "NicotineFree"),
        (f"{HEAD}[[NicotineFree]]\n{ROW}\n[[Zzz]]\n{ROW}", "unknown-criterion", 7, "Zzz"),
        (f"{HEAD}[NicotineFree]\n{ROW}", "not-a-row", 3, "row"),
        (f"{HEAD}NicotineFree = 3\n", "not-a-row", 3, "row"),
        (f'{HEAD}[[NicotineFree]]\nname = "A"\nexpect = "fulfilled"\n', "unknown-status", 3, "not documented"),
        (f'{HEAD}[[NicotineFree]]\nname = "A"\nexpect = "raised"\n', "unknown-status", 3, "not met"),
        (f'{HEAD}[[PainReliefCaution]]\nname = "A"\nexpect = "met"\n', "unknown-status", 3, "not raised"),
        (f'{HEAD}[[NicotineFree]]\nname = "A"\n', "unknown-status", 3, "expects nothing"),
        (f'{HEAD}[[NicotineFree]]\nexpect = "met"\n', "no-name", 3, "name"),
        (f"{HEAD}[[NicotineFree]]\n{ROW}[[NicotineFree]]\n{ROW}", "same-name", 6, "'A'"),
        (f"{HEAD}[[NicotineFree]]\n{ROW}dropped = []\n", "unknown-key", 3, "drop"),
        (f'{HEAD}[[NicotineFree]]\n{ROW}as_of = "yesterday"\n', "not-a-day", 3, "yesterday"),
        (f'{HEAD}[[NicotineFree]]\n{ROW}by_segment = {{ "L4-L5" = "met" }}\n', "no-segments", 3, "holdsFor"),
        (f'{HEAD}[[Instability]]\n{ROW}by_segment = {{ "L4-L5" = "good" }}\n', "unknown-status", 3, "segment"),
        (f"{HEAD}[[NicotineFree]]\n{ROW}drop = ['case:nobody']\n", "unknown-subject", 3, "nobody"),
        (f"{HEAD}[[NicotineFree]]\n{ROW}replace = 'case:quit core:presence'\n", "syntax", 6, "Turtle"),
        (f"{HEAD}[[NicotineFree]]\n{ROW}replace = '''\ncase:quit a core:X .\ncase:quit a'''\n", "syntax", 8, "Turtle"),
        (f"{HEAD}[[NicotineFree]]\n{ROW}replace = 'case:no core:page 1 .'\n", "unknown-subject", 6, "added"),
        (f"[[NicotineFree]]\n{ROW}", "no-base", 1, "base"),
        (f'base = "cases/nowhere.trig"\n[[NicotineFree]]\n{ROW}', "no-base", 2, "nowhere"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, code: str, line: int, word: str) -> None:
    problem = refusal(tmp_path, text)
    assert (problem.code, problem.line) == (code, line)
    assert word in f"{problem.problem} {problem.fix}"


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseError) as raised:
        deck(tmp_path, f'{HEAD}[[Zzz]]\n{ROW}\n[[NicotineFree]]\nexpect = "odd"\n')
    assert [p.code for p in raised.value.problems] == ["unknown-criterion", "no-name", "unknown-status"]


def test_a_row_is_found_below_brackets_in_texts_and_comments(tmp_path: Path) -> None:
    text = f"""{HEAD}# [[NicotineFree]]
[[FunctionalGain]]
name = "Brackets [[NicotineFree]]"
replace = '''
[[NicotineFree]]'''
expect = "met"
"""
    assert refusal(tmp_path, text).line == 7


def test_an_edition_without_a_deck_is_told_what_a_row_looks_like(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseError, match=r"no-deck(.|\n)*\[\[<Criterion>\]\]"):
        read_deck(tmp_path / "none.toml", EDITION)


def test_a_deck_mirrors_its_edition(tmp_path: Path) -> None:
    assert deck_path(ODG).parts[-5:] == ("tests", "criteria", "odg", "lumbar-revision-fusion", "as-stated.toml")
    assert deck_path(tmp_path / "shapes/a/b/c.ttl") == tmp_path / "tests/criteria/a/b/c.toml"
    assert deck_path(tmp_path / "c.ttl") == tmp_path / "c.toml"


# ---------------------------------------------------------------- reports


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> deck_report.TestRun:
    """A deck with a row that passes, two that fail and one whose case fails intake."""
    place = tmp_path_factory.mktemp("mixed")
    (place / "as-stated.ttl").write_bytes(ODG.read_bytes())
    (place / "as-stated.toml").write_text(
        f"""{HEAD}[[NicotineFree]]
name = "Good"
expect = "met"
[[NicotineFree]]
name = "Bad <&\\"\\u0001"
expect = "not met"
[[Instability]]
name = "Level"
expect = "met"
by_segment = {{ "L5-S1" = "met", "L1-L2" = "met" }}
[[FailedFusion]]
name = "Refused"
drop = ["case:patient"]
expect = "met"
""",
        encoding="utf-8",
    )
    return deck_report.test_editions([place / "as-stated.ttl"], ENGINE)


def test_text_tells_where_each_failed_row_stands_and_what_it_got(mixed: deck_report.TestRun) -> None:
    told = deck_report.test_text(mixed)
    assert "as-stated.toml:6" in told
    assert "Expected not met, got met." in told
    assert "At L5-S1 expected met, got not met. At L1-L2 expected met, got nothing: it is not requested." in told
    assert "error[row-fails-intake]" in told
    assert "Good" not in told


def test_json_tells_every_row(mixed: deck_report.TestRun) -> None:
    told = json.loads(deck_report.test_json(mixed))
    (edition,) = told["editions"]
    assert told["passed"] is False
    assert (edition["rows"], edition["failed"]) == (3, 2)
    assert [(r["name"][:5], r["line"], r["passed"], r["got"]) for r in edition["results"]] == [
        ("Good", 3, True, "met"), ("Bad <", 6, False, "met"), ("Level", 9, False, "met"),
    ]  # fmt: skip
    assert {p["code"] for p in edition["problems"]} == {"row-fails-intake"}


def test_junit_tells_every_row(mixed: deck_report.TestRun) -> None:
    told = ET.fromstring(deck_report.test_junit(mixed))  # noqa: S314 - our own
    (suite,) = told
    cases = list(suite)
    assert suite.attrib["failures"] == told.attrib["failures"] == "2"
    assert int(suite.attrib["tests"]) == len(cases)
    assert [case.attrib["classname"] for case in cases[:3]] == ["NicotineFree", "NicotineFree", "Instability"]
    assert cases[1].attrib["name"] == 'Bad <&"?'
    assert [child.tag for case in cases for child in case][:2] == ["failure", "failure"]
    assert {child.tag for case in cases[3:] for child in case} == {"error"}


@pytest.mark.parametrize("write", [deck_report.test_text, deck_report.test_json, deck_report.test_junit])
def test_a_run_that_tested_nothing_can_be_written(write: object) -> None:
    assert callable(write)
    assert write(deck_report.TestRun())


def test_the_exit_code_tells_failed_rows_from_what_could_not_be_run(mixed: deck_report.TestRun, tmp_path: Path) -> None:
    assert mixed.exit_code == ExitCode.KNOWLEDGE_BASE
    (tmp_path / "e.ttl").write_bytes(ODG.read_bytes())
    for expected, code in (("met", ExitCode.DONE), ("not met", ExitCode.CRITERION_NOT_MET)):
        (tmp_path / "e.toml").write_text(f'{HEAD}[[NicotineFree]]\nname = "A"\nexpect = "{expected}"\n')
        assert deck_report.test_editions([tmp_path / "e.ttl"], ENGINE).exit_code == code


def test_an_edition_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("not turtle")
    (tmp_path / "good.ttl").write_bytes(ODG.read_bytes())
    (tmp_path / "good.toml").write_text(f"{HEAD}[[NicotineFree]]\n{ROW}")
    run = deck_report.test_editions([tmp_path / "none.ttl", tmp_path / "bad.ttl", tmp_path / "good.ttl"], ENGINE)
    assert [[p.code for p in e.problems] for e in run.editions] == [["no-such-file"], ["syntax"], []]
    assert len(run.editions[2].results) == 1


def test_an_edition_without_criteria_needs_no_deck() -> None:
    assert deck_report.test_editions([MTUS], ENGINE).editions == ()
