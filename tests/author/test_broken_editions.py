"""Copies of the packaged editions with one mistake each: lint tells of every one, or the edition's own rows fail.

The mistakes stand in broken_editions.toml. To try another, add it there.
"""

from __future__ import annotations

import codecs
import tomllib
from pathlib import Path

import pytest

from reasoner.author import lint as linter
from reasoner.author.deck import read_deck, run_deck
from reasoner.author.deck_file import deck_path
from reasoner.author.lint import Finding, exit_code, lint, lint_text
from reasoner.author.lint_rules import Level, rules
from reasoner.data import folder
from reasoner.errors import ExitCode
from reasoner.guideline.edition_file import edition_of, read_edition
from reasoner.ontology import load_ontology
from reasoner.validate import default_engine

EDITIONS = {
    "odg": Path("odg/lumbar-revision-fusion/as-stated.ttl"),
    "l37848": Path("cms/lumbar-fusion-l37848/2024-09-12.ttl"),
    "l33382": Path("cms/lumbar-fusion-l33382/2019-01-08.ttl"),
}
ROWS = {
    row["name"]: row for row in tomllib.loads(Path(__file__).with_name("broken_editions.toml").read_text())["broken"]
}
DECK = "deck"
"""In place of a code: what is wrong is a matter of medicine, which only the edition's rows can tell."""
BY_LINT = [name for name, row in ROWS.items() if row["code"] != DECK]
BY_DECK = [name for name, row in ROWS.items() if row["code"] == DECK]
BY_ENGINE = {
    "both-sides", "canary", "impossible-value", "looked-for-in-vain", "not-looked-for", "partly-looked-for", "placeholder-unfilled",
    "presence-unasked", "presumed-where-it-decides", "said-in-vain", "silence-suffices", "threshold-gap",
    "uncertain-counts", "unsatisfiable-shape", "untried", "wrong-end",
}  # fmt: skip
"""The rules that are asked last, of an edition that can be read; only for these is the engine run here."""


def broken(name: str) -> str:
    """The text of an edition with one mistake."""
    row = ROWS[name]
    text = (folder("shapes") / EDITIONS[row["edition"]]).read_text()
    if not row["find"]:
        return f"{text}\n{row['replace']}\n"
    found = text.count(row["find"])
    assert found == 1 or (found and row.get("every")), f"found {found} times: {row['find']}"
    return text.replace(row["find"], row["replace"])


def findings(name: str, root: Path) -> tuple[Finding, ...]:
    file = root / "shapes" / EDITIONS[ROWS[name]["edition"]]
    file.parent.mkdir(parents=True)
    file.write_text(broken(name))
    return lint([file], load_ontology())


def test_there_are_many_mistakes_and_each_is_named_once() -> None:
    listed = tomllib.loads(Path(__file__).with_name("broken_editions.toml").read_text())["broken"]
    assert len(ROWS) == len(listed) > 280
    assert {row["code"] for row in listed} - {DECK} <= rules().keys()


@pytest.mark.parametrize("name", BY_LINT)
def test_lint_tells_of_the_mistake_with_its_line_and_its_mending(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = ROWS[name]["code"]
    if code not in BY_ENGINE:
        monkeypatch.setattr(linter, "_of_engine", lambda *_: ())
    found = findings(name, tmp_path)
    told = [finding for finding in found if finding.code == code]
    assert told, lint_text(found)
    assert all(finding.problem and finding.fix for finding in told)
    assert all(finding.line for finding in told) or code == "not-one-edition"
    grave = any(finding.level == Level.ERROR for finding in found)
    assert exit_code(found) == (ExitCode.KNOWLEDGE_BASE if grave else ExitCode.DONE)


@pytest.mark.parametrize("name", BY_DECK)
def test_what_lint_cannot_know_fails_the_rows_of_the_edition(name: str) -> None:
    real = read_edition(folder("shapes") / EDITIONS[ROWS[name]["edition"]], load_ontology())
    content = broken(name).encode()
    edition = edition_of(
        linter.draft(Path("x.ttl"), "x.ttl", content, load_ontology()).graph, content, real.file, load_ontology()
    )
    deck = read_deck(deck_path(folder("shapes") / EDITIONS[ROWS[name]["edition"]]), edition)
    assert any(not result.passed for result in run_deck(deck, default_engine()))


ODG = (folder("shapes") / EDITIONS["odg"]).read_bytes()
GROUP = b"( odg:FailedFusion odg:FunctionalGain ) ."
FILES = {
    "a byte order mark": (codecs.BOM_UTF8 + ODG, "syntax"),
    "UTF-16": (ODG.decode().encode("utf-16"), "syntax"),
    "Latin-1": (ODG.replace(b"ODG, as stated", b"ODG \xe9, as stated"), "syntax"),
    "nothing": (b"", "not-one-edition"),
    "a comment alone": (b"# An edition will stand here.\n", "not-one-edition"),
    "half a file": (ODG[: len(ODG) // 2], "syntax"),
    "JSON-LD": (b'{"@context": {"a": "http://x/"}, "@id": "a:b", "a:c": 1}', "syntax"),
    "RDF/XML": (b'<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "syntax"),
    "bytes": (bytes(range(256)), "syntax"),
    "a NUL in a text": (ODG.replace(b"ODG, as stated", b"ODG\x00, as stated"), "control-character"),
    "an escape sequence of a terminal": (ODG.replace(b'"The surgeon', b'"\\u001b[31mThe surgeon'), "control-character"),
    "a number that is none": (ODG.replace(b"sh:minExclusive 2 ]", b'sh:minExclusive "two"^^xsd:decimal ]'), "wrong-value"),
    "a superscript for a number": (ODG.replace(b"allOf " + GROUP, 'atLeast "²"^^xsd:integer ; guideline:of '.encode() + GROUP), "wrong-value"),
    "a thousand shapes in each other": (
        ODG + b"odg:Deep a sh:NodeShape ; " + b"sh:not [ " * 1000 + b"sh:class core:Finding " + b"] " * 1000 + b".\nodg:GainExpected sh:node odg:Deep .",
        "too-deep",
    ),
}  # fmt: skip
"""Files that are hardly editions at all, and the rule that tells of each."""


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_hardly_an_edition_is_told_and_nothing_breaks(name: str, tmp_path: Path) -> None:
    content, code = FILES[name]
    file = tmp_path / "edition.ttl"
    file.write_bytes(content)
    found = lint([file], load_ontology())
    assert code in {finding.code for finding in found}, lint_text(found)
    assert exit_code(found) == ExitCode.KNOWLEDGE_BASE


def test_a_file_of_ten_megabytes_is_linted(tmp_path: Path) -> None:
    file = tmp_path / "edition.ttl"
    file.write_bytes(
        ODG + b"# " + b"y" * 10_000_000 + b"\n" + b'odg:FunctionalGain guideline:note "' + b"x" * 100_000 + b'"@en .\n'
    )
    assert {finding.code for finding in lint([file], load_ontology())} == {"outside-shapes"}
