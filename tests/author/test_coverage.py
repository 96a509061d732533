"""What rows and cases exercise of an edition is counted, and what nothing exercised is listed and marked."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from reasoner.author.coverage import coverage
from reasoner.author.coverage_parts import possible, unreachable
from reasoner.author.coverage_report import coverage_report
from reasoner.author.deck_file import NOT_RAISED, RAISED, deck_path, read_deck
from reasoner.data import folder
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.ontology import load_ontology
from reasoner.terms import GUIDELINE, local_name
from reasoner.validate import default_engine

if TYPE_CHECKING:
    from pathlib import Path

    from reasoner.author.coverage import Coverage, Item
    from reasoner.guideline.edition import Edition

ENGINE = default_engine()
ONTOLOGY = load_ontology()
ODG = folder("shapes") / "odg" / "lumbar-revision-fusion" / "as-stated.ttl"
L37848 = folder("shapes") / "cms" / "lumbar-fusion-l37848" / "2024-09-12.ttl"
EDITIONS = [read_edition(path, ONTOLOGY) for path in all_editions()]
JUDGING = [e for e in EDITIONS if e.logic]
CASES = [str(folder("cases") / name) for name in ("v01-all-met", "v03-five-weeks-abstinent", "v04-readers-disagree")]
ROWS = """base = "cases/v01-all-met/case.trig"
[[NicotineFree]]
name = "Quit early enough"
expect = "met"
[[NicotineFree]]
name = "Quit too late"
replace = 'case:quit core:observedOn "2024-10-22"^^xsd:date .'
expect = "not met"
[[RevisionWorthwhile]]
name = "No gain is stated"
drop = ["case:light-duty"]
expect = "not documented"
[[PainReliefCaution]]
name = "A gain is stated"
expect = "not raised"
"""


def beside(tmp_path: Path, rows: str = ROWS, *changes: tuple[str, str], source: Path = ODG) -> Path:
    text = source.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = tmp_path / "edition.ttl"
    path.write_text(text)
    path.with_suffix(".toml").write_text(rows)
    return path


def covered(path: Path, rows: str = ROWS) -> Coverage:
    edition = read_edition(path, ONTOLOGY)
    return coverage(edition, read_deck(deck_path(path), edition) if rows else None, [], ENGINE)


def item(found: Coverage, sort: str, subject: str, which: str) -> Item:
    (one,) = (i for i in found.of(sort, subject) if i.which == which)
    return one


# ---------------------------------------------------------------- What a row exercises

EXERCISED = {
    "the status of its criterion": ("status", "NicotineFree", "met", 1),
    "its other status": ("status", "NicotineFree", "not met", 1),
    "no status that it does not show": ("status", "NicotineFree", "conflicting", 0),
    "the phrase of its status": ("phrase", "NicotineFree", "phraseNotMet", 1),
    "the phrase of its witness": ("phrase", "NicotineFree", "SaysQuit", 2),
    "no phrase of a witness of another kind": ("phrase", "NicotineFree", "SaysUse", 0),
    "the remedy of what is not met": ("phrase", "NicotineFree", "QuitTobacco", 1),
    "the arm that accepts its witness": ("arm", "NicotineFree", "supporting: odg:QuitEarlyEnough", 1),
    "the contrary arm that accepts its witness": ("arm", "NicotineFree", "contrary: odg:QuitTooLate", 1),
    "no arm that accepts none": ("arm", "NicotineFree", "contrary: odg:CotininePositive", 0),
    "the value of its group": ("truth", "RevisionWorthwhile", "unknown", 1),
    "the values of the members of its group": ("truth", "FailedFusion", "true", 1),
    "the statuses of the members of its group": ("status", "FunctionalGain", "not documented", 1),
    "the member that decides its group": ("alternative", "RevisionWorthwhile", "FunctionalGain decides", 1),
    "nothing of a group above it": ("truth", "NicotineAbstinence", "true", 0),
    "a caution that is not raised": ("status", "PainReliefCaution", "not raised", 1),
    "no caution that is": ("status", "PainReliefCaution", "raised", 0),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Coverage:
    return covered(beside(tmp_path_factory.mktemp("small")))


@pytest.mark.parametrize("what", EXERCISED)
def test_a_row_exercises(small: Coverage, what: str) -> None:
    *which, count = EXERCISED[what]
    found = item(small, *which)  # type: ignore[arg-type]
    assert len(found.rows) == count
    assert found.exercised == (count > 0)
    assert (found in small.never) == (count == 0)


def test_a_member_decides_nothing_where_its_group_would_be_the_same_without_it(tmp_path: Path) -> None:
    edit = "case:light-duty core:presence core:Absent . case:ct-bridging core:presence core:Present ."
    row = f'[[RevisionWorthwhile]]\nname = "Both are not met"\nreplace = "{edit}"\nexpect = "not met"\n'
    rows = 'base = "cases/v01-all-met/case.trig"\n' + row
    found = covered(beside(tmp_path, rows))
    assert [(i.which, i.exercised) for i in found.of("alternative", "RevisionWorthwhile")] == [
        ("FailedFusion decides", False), ("FunctionalGain decides", False),
    ]  # fmt: skip


def test_what_was_never_exercised_is_listed_at_its_line(small: Coverage) -> None:
    never = item(small, "status", "NicotineFree", "conflicting")
    assert never in small.never
    assert ODG.read_text().splitlines()[(never.line or 0) - 1] == "odg:NicotineFree"
    assert [i.line for i in small.never] == sorted(i.line or 0 for i in small.never)


def test_cases_are_counted_apart_from_rows(tmp_path: Path) -> None:
    found = json.loads(coverage_report(str(beside(tmp_path)), CASES, ENGINE, "json"))
    items = {(i["sort"], i["of"], i["which"]): i for i in found["items"]}
    conflicting = items["status", "FailedFusion", "conflicting"]
    assert (conflicting["rows"], conflicting["cases"]) == ([], ["v04-readers-disagree"])
    assert found["cases"] == ["v01-all-met", "v03-five-weeks-abstinent", "v04-readers-disagree"]
    text = coverage_report(str(beside(tmp_path)), CASES, ENGINE, "text")
    assert re.search(r"^ *NicotineFree +1 \+ 2 +1 \+ 1 +never +never +-$", text, re.MULTILINE)
    assert re.search(r"exercised by cases, by no row.*^ *FailedFusion +conflicting$", text, re.MULTILINE | re.DOTALL)


def test_a_case_that_cannot_be_judged_stops_no_other(tmp_path: Path) -> None:
    broken = tmp_path / "broken.trig"
    broken.write_text("this is not TriG")
    found = json.loads(coverage_report(str(beside(tmp_path)), [str(broken), *CASES[:1]], ENGINE, "json"))
    assert [n["case"] for n in found["not_judged"]] == [str(broken)]
    assert found["cases"] == ["v01-all-met"]


def test_an_edition_without_a_deck_has_all_of_it_listed(tmp_path: Path) -> None:
    path = beside(tmp_path)
    path.with_suffix(".toml").unlink()
    found = json.loads(coverage_report(str(path), [], ENGINE, "json"))
    assert found["rows"] == 0
    assert found["never"] == len(found["items"]) > 150


# ---------------------------------------------------------------- What can be exercised


def test_a_status_that_the_edition_excludes_is_not_asked_for(small: Coverage) -> None:
    edition = small.edition
    by_name = {local_name(c): [str(s) for s in possible(c, edition)] for c in edition.criteria}
    assert "conflicting" not in by_name["ConfoundersAddressed"]
    assert by_name["TwoLevelsOrFewer"] == ["met", "not met"]
    assert [i.which for i in small.of("truth", "TwoLevelsOrFewer")] == ["true", "false"]
    assert "not applicable" not in by_name["NicotineFree"]


def test_a_waiver_makes_not_applicable_possible(tmp_path: Path) -> None:
    changes = (
        ("odg:NicotineFree odg:NicotineFreeHealing )", "odg:NicotineFree )"),
        ("guideline:contraryShape odg:NicotineUse ;", "guideline:contraryShape odg:NicotineUse ; guideline:unless odg:NicotineFreeHealing ;"),
    )  # fmt: skip
    rows = ROWS + '[[NicotineFree]]\nname = "Waived"\nreplace = \'case:quit core:observedOn "2024-10-22"^^xsd:date .\'\nexpect = "not applicable"\n'
    found = covered(beside(tmp_path, rows, *changes))
    waived = item(found, "status", "NicotineFree", "not applicable")
    assert "NicotineFree: Waived" in waived.rows
    assert item(found, "truth", "NicotineAbstinence", "not applicable")


@pytest.mark.parametrize("edition", JUDGING, ids=lambda e: e.label)
def test_hand_written_rows_expect_every_status_that_a_packaged_edition_can_give(edition: Edition) -> None:
    expected = {(row.criterion, row.expect) for row in read_deck(deck_path(_path(edition)), edition).rows}
    logic = {n.iri for n in edition.logic.below()} if edition.logic else set()
    asked = {(local_name(c), str(s)) for c in (*edition.criteria, *logic) for s in possible(c, edition)}
    asked |= {(local_name(c), s) for c in edition.cautions for s in (RAISED, NOT_RAISED)}
    assert sorted(asked - expected) == []


@pytest.mark.parametrize("edition", JUDGING, ids=lambda e: e.label)
def test_a_status_that_is_said_to_be_out_of_reach_has_a_reason_and_no_row(edition: Edition) -> None:
    expected = {(row.criterion, row.expect) for row in read_deck(deck_path(_path(edition)), edition).rows}
    said = {s for s, _ in edition.graph.pairs(GUIDELINE.unreachableStatus)}
    for iri in said:
        for status, reason in unreachable(iri, edition).items():
            assert status in {"met", "not met", "not documented", "conflicting"}
            assert len(reason) > 10
            assert (local_name(iri), status) not in expected


def test_the_smallest_packaged_deck_exercises_all_of_its_edition() -> None:
    edition = min(JUDGING, key=lambda e: len(read_deck(deck_path(_path(e)), e).rows))
    found = coverage(edition, read_deck(deck_path(_path(edition)), edition), [], ENGINE)
    assert [(i.sort, i.subject, i.which) for i in found.never] == []


def _path(edition: Edition) -> Path:
    return folder("shapes").parent / edition.file


# ---------------------------------------------------------------- The page


class Page(HTMLParser):
    """The elements of a page, which must close in the order in which they open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "link", "img", "br"}:
            self.open.append(tag)
        for name, value in attrs:
            if name in {"src", "srcset"} or tag in {"link", "script", "img"}:
                self.loads.append(f"{tag} {name} {value}")
            if name == "href":
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    return coverage_report(str(beside(tmp_path_factory.mktemp("page"))), CASES, ENGINE, "html")


def test_the_page_is_whole_and_loads_nothing(text: str) -> None:
    page = Page(text)
    assert page.open == []
    assert page.loads == []
    assert "url(" not in text
    assert "@import" not in text
    assert set(page.links) <= {f"#{name}" for name in page.ids}


def test_the_page_marks_what_was_never_exercised(text: str) -> None:
    body = text.partition("<h2>Logic</h2>")[2]
    assert re.search(r'class="chip never" title="never exercised">conflicting <b>never</b>', body)
    assert re.search(r'<section class="card never" id="NicotineFreeHealing">', body)
    assert re.search(r'class="chip cases" title="case: v04-readers-disagree">conflicting <b>0 \+ 1</b>', body)
    assert re.search(r'class="chip" title="row: NicotineFree: Quit early enough', body)


def test_the_page_can_be_read_on_a_phone_and_printed(text: str) -> None:
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    assert "@media print" in text


def test_what_an_author_writes_is_escaped_on_the_page(tmp_path: Path) -> None:
    path = beside(tmp_path, ROWS.replace("Quit too late", "<b>Quit</b> & late"), ("Nicotine-free before surgery", "<script>x</script>"))
    found = coverage_report(str(path), [], ENGINE, "html")
    assert "<script>" not in found
    assert "&lt;script&gt;" in found
    assert "<b>Quit" not in found


def test_two_runs_write_the_same_bytes(tmp_path: Path, text: str) -> None:
    path = str(beside(tmp_path))
    assert coverage_report(path, CASES[:1], ENGINE, "html") == coverage_report(path, CASES[:1], ENGINE, "html") != text


def test_an_edition_without_criteria_has_nothing_to_exercise() -> None:
    silent = next(e for e in EDITIONS if not e.logic)
    assert coverage(silent, None, [], ENGINE).items == ()
