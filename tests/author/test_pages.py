"""The pages say all of an edition, need nothing from outside, and let nothing in an edition become markup."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from reasoner.author.deck import Deck, deck_path, read_deck
from reasoner.author.equivalence import proven
from reasoner.author.mutate import Fate, mutate
from reasoner.author.mutations import mutations
from reasoner.author.page_proofs import proofs
from reasoner.author.pages import INDEX, page_name, pages, write_pages
from reasoner.author.shape_text import shapes_below
from reasoner.author.shape_words import Said, ShapeWords
from reasoner.data import PACKAGE, folder
from reasoner.errors import KnowledgeBaseError, UsageError
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.ontology import load_ontology
from reasoner.rdf import Iri, Literal
from reasoner.terms import GUIDELINE
from reasoner.validate import default_engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reasoner.guideline.edition import Criterion, Edition

ONTOLOGY = load_ontology()
PATHS = {page_name(read_edition(path, ONTOLOGY)): path for path in all_editions()}
EDITIONS = {name: read_edition(path, ONTOLOGY) for name, path in PATHS.items()}
VOID = {"meta", "br", "link", "img", "input", "hr"}
L33382 = "cms/lumbar-fusion-l33382/2019-01-08.html"

every_page = pytest.mark.parametrize("name", sorted(PATHS))
every_judging = pytest.mark.parametrize("name", sorted(n for n, e in EDITIONS.items() if e.logic))


@cache
def written() -> Mapping[str, str]:
    return pages(list(PATHS.values()), ONTOLOGY)


def said(name: str) -> str:
    """The page as a reader sees it: without markup, its white space folded."""
    text = re.sub(r"<(style|title)>.*?</\1>", " ", written()[name], flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def card(name: str, entry: str) -> str:
    """What the page says of one criterion, group or caution."""
    [found] = re.findall(rf'<article id="{entry}".*?</article>', written()[name], flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found)).split())


def folded(text: str) -> str:
    return " ".join(text.split())


class Markup(HTMLParser):
    """The names, links and unbalanced elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.unbalanced: list[str] = []
        self.elements: set[str] = set()
        self.feed(text)
        self.close()
        self.unbalanced += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        stated = dict(attrs)
        self.ids += [stated["id"] or ""] if "id" in stated else []
        self.links += [stated["href"] or ""] if "href" in stated else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.elements.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)


# ---------------------------------------------------------------- What it says


@every_page
def test_a_page_says_what_the_edition_is(name: str) -> None:
    edition, text = EDITIONS[name], said(name)
    own = (edition.label, edition.title, edition.file, edition.sha256, *edition.notes, *edition.notations)
    source = (edition.source.title, edition.source.locator, edition.graph.text(edition.iri, GUIDELINE.issuer))
    for stated in (*own, *source):
        assert folded(stated) in text
    for kind in (*edition.scope, *edition.excludes, *edition.silent_on):
        assert ONTOLOGY.label(kind) in text
    for item in edition.omissions:
        assert f"{item.locator} : {item.reason}" in text
    for recommendation in edition.recommendations:
        assert recommendation.phrase in text


@every_judging
def test_every_criterion_group_and_caution_has_one_card_with_its_own_words(name: str) -> None:
    edition = EDITIONS[name]
    ids = [i for i in Markup(written()[name]).ids if not i.startswith("section-")]
    stated = {s.name: s for s in (*edition.criteria.values(), *edition.groups.values(), *edition.cautions.values())}
    assert sorted(ids) == sorted(stated)
    for anchor, item in stated.items():
        text = card(name, anchor)
        assert item.label in text
        notes = [v.value for v in edition.graph.values(item.iri, GUIDELINE.note) if isinstance(v, Literal)]
        assert all(folded(note) in text for note in notes)


@every_judging
def test_a_card_tells_locator_verification_and_every_threshold(name: str) -> None:
    edition = EDITIONS[name]
    for criterion in (*edition.criteria.values(), *edition.cautions.values()):
        text = card(name, criterion.name)
        assert criterion.source.locator in text
        assert ONTOLOGY.label(GUIDELINE[criterion.source.verification]) in text
        for bound in criterion.bounds.values():
            assert re.search(rf"(Against|For) it: [^:]+: (more than |less than )?{bound}\b", text)
        for kind in criterion.looks_for:
            assert ONTOLOGY.label(kind) in text


@every_judging
def test_a_card_shows_every_row_of_the_deck_with_what_it_expects(name: str) -> None:
    deck = read_deck(deck_path(PATHS[name]), EDITIONS[name])
    assert deck.rows
    for row in deck.rows:
        segments = " ".join(f"{segment}: {status}." for segment, status in sorted(row.by_segment.items()))
        shown = folded(f"{row.name} {f'(as of {row.as_of})' if row.as_of else ''} {segments} {row.expect}")
        assert shown in card(name, row.criterion)


@every_judging
def test_no_placeholder_is_left_in_a_phrase(name: str) -> None:
    assert re.findall(r"\{[?$]?\w+(?::\w+)?\}", written()[name]) == []


def test_a_phrase_is_filled_from_a_packaged_case_and_says_which() -> None:
    text = card(L33382, "ConservativeCareFailed")
    assert (
        "met Conservative care failed over 102 days; 90 are asked for. As said of the case l33382-smoker-counselled."
        in text
    )


def test_where_no_case_has_the_status_the_value_stands_by_its_name() -> None:
    assert "not met The conservative care that failed lasted [duration] days; 90 are asked for. not" in card(
        L33382, "ConservativeCareFailed"
    )


def test_a_clause_names_the_anchor_that_it_counts_to() -> None:
    assert "[days before surgery, else as-of] days before [the planned surgery, else the as-of date]" in card(
        L33382, "NonSmoker"
    )


@every_judging
def test_a_change_proven_equivalent_by_its_author_is_listed_with_the_reason(name: str) -> None:
    stated = [v.value for _, v in EDITIONS[name].graph.pairs(GUIDELINE.equivalentMutation) if isinstance(v, Literal)]
    assert stated
    for text in stated:
        change, _, reason = text.rpartition(": ")
        assert folded(f"{change} {reason[:1].upper()}{reason[1:]}. said by its author") in said(name)


@every_judging
def test_a_change_proven_equivalent_by_a_rule_is_listed_with_what_it_would_change(name: str) -> None:
    edition = EDITIONS[name]
    possible = mutations(edition, ONTOLOGY)
    shown = {m: reason for m in possible if (reason := proven(m, edition, ONTOLOGY))}
    assert shown
    for mutation, reason in shown.items():
        told = folded(f"{mutation.words} {reason[:1].upper()}{reason[1:]}. shown by a rule")
        using = [
            c for c in (*edition.criteria.values(), *edition.cautions.values()) if uses(c, mutation.subject, edition)
        ]
        assert using
        assert all(told in card(name, c.name) for c in using)
    assert f"There are {len(possible)} ways to change one thing" in said(name)


def uses(criterion: Criterion, shape: Iri, edition: Edition) -> bool:
    roots = (criterion.iri, criterion.supporting, criterion.contrary)
    return any(root and shape in shapes_below(root, edition.graph) for root in roots)


def test_a_proof_of_the_pages_is_what_mutate_proves() -> None:
    """Those that no row can notice, tried against no row at all: what is left of a trial is proven or survives."""
    edition = EDITIONS[L33382]
    told = proofs(edition, ONTOLOGY)
    wanted = {p.change for p in told.every}
    chosen = [m for m in mutations(edition, ONTOLOGY) if m.words in wanted]
    trial = mutate(Deck("no.toml", edition, ()), ONTOLOGY, default_engine(), chosen)
    assert {(t.mutation.words, t.by) for t in trial.of(Fate.EQUIVALENT)} == {(p.change, p.reason) for p in told.every}
    assert {p.by_author for p in told.every} == {True, False}


def test_every_other_edition_of_the_guideline_is_told_of_in_order_of_its_days() -> None:
    text = said(L33382)
    days = [text.index(d) for d in ("01/01/2013 to 09/30/2015", "10/01/2015 to 01/07/2019", "this edition")]
    assert days == sorted(days)


def test_an_edition_on_a_ladder_tells_its_place() -> None:
    assert "1 of 2, the Medical Treatment Utilization Schedule (MTUS)" in said("mtus/low-back/2007-06-15.html")
    assert "On no ladder that is encoded here" in said(L33382)


def test_every_term_that_a_shape_names_is_explained() -> None:
    text = said(L33382)
    for term in ("tobacco cessation", "ended by", "days before surgery, else as-of, at least", "planned"):
        found = next(t for t in ONTOLOGY.declared if ONTOLOGY.label(t) == term and "guideline#" not in t)
        assert f"{term} {ONTOLOGY.definition(found)}" in text


# ---------------------------------------------------------------- Shapes in words


def words(edition: Edition, shape: str) -> Said:
    return ShapeWords(edition.graph, ONTOLOGY).say(Iri(f"{edition.iri}/{shape}"))


def flat(statement: Said, depth: int = 0) -> list[str]:
    return ["  " * depth + statement.text, *(line for part in statement.parts for line in flat(part, depth + 1))]


def test_a_shape_is_said_as_a_list_of_what_must_be_so() -> None:
    assert flat(words(EDITIONS[L33382], "SmokesOrStoppedLately")) == [
        "all of these",
        "  ended by: none",
        "  any of these",
        "    current tobacco use",
        "    an end of tobacco use",
        "      days before surgery, else as-of, at most: less than 42",
        "    no end of tobacco use",
        "    a positive cotinine test",
    ]


def test_counted_values_negations_and_lists_are_said() -> None:
    assert flat(words(EDITIONS[L33382], "FoundAndTreated")) == [
        "all of these",
        "  presence: present",
        "  addressed by: at least 1 such that",
        "    all of these",
        "      presence: present",
        "      not this",
        "        completion: one of planned, not started",
    ]


def test_a_defined_class_is_said_with_its_definition() -> None:
    [text] = flat(words(EDITIONS["cms/lumbar-fusion-l37848/2024-09-12.html"], "Nonunion"))
    assert text == "a finding of the kind: evidence of nonunion (A reading of pseudarthrosis, or of no bridging bone)"


def test_a_comparison_that_asks_for_no_value_is_said_to_hold_where_none_is_stated(tmp_path: Path) -> None:
    text = PATHS[L33382].read_text().replace("core:durationAtLeast ; sh:minCount 1 ;", "core:durationAtLeast ;")
    copy = tmp_path / "2019-01-08.ttl"
    copy.write_text(text)
    assert "duration at least: 90 or more, if stated" in flat(words(read_edition(copy, ONTOLOGY), "LongCare"))[-1]


# ---------------------------------------------------------------- The picture


def drawn(name: str) -> ET.Element:
    [svg] = re.findall(r"<svg.*?</svg>", written()[name], flags=re.DOTALL)
    return ET.fromstring(svg)  # noqa: S314 - made here


@every_judging
def test_the_picture_has_a_box_for_every_node_of_the_logic_and_none_overlaps(name: str) -> None:
    edition, svg = EDITIONS[name], drawn(name)
    assert edition.logic
    boxes = [r for r in svg.iter("rect") if str(r.get("class")).startswith("box")]
    nodes = list(edition.logic.below())
    assert len(boxes) == len(nodes)
    assert len(list(svg.iter("path"))) == len(nodes) - 1
    width, height = map(int, str(svg.get("viewBox")).split()[2:])
    edges = [tuple(float(str(r.get(k))) for k in ("x", "y", "width", "height")) for r in boxes]
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in edges)
    assert all(above[1] + above[3] < below[1] for above, below in pairwise(edges))
    shown = folded(" ".join("".join(t.itertext()) for t in svg.iter("text")))
    for node in nodes:
        stated = edition.criteria.get(node.iri) or edition.groups[node.iri]
        assert folded(stated.label) in shown


def test_the_picture_names_each_operator_and_marks_alternatives() -> None:
    svg = drawn(L33382)
    kinds = [str(p.get("class")).split()[1] for p in svg.iter("path")]
    assert kinds.count("anyOf") == 5
    assert kinds.count("allOf") == len(kinds) - 5
    gates = [t.text for t in svg.iter("text") if t.get("class") == "gate"]
    assert sorted(set(gates)) == ["all of", "any of"]


# ---------------------------------------------------------------- Static, escaped, repeatable


@pytest.mark.parametrize("name", [INDEX, *sorted(PATHS)])
def test_a_page_is_well_formed_and_needs_nothing_from_outside(name: str) -> None:
    markup = Markup(written()[name])
    assert markup.unbalanced == []
    assert not markup.elements & {"script", "link", "img", "iframe", "table", "object", "embed", "form"}
    assert not re.search(r"@import|url\(|\bsrc=|\bon\w+=", written()[name])
    assert 'name="viewport"' in written()[name]
    assert "@media print" in written()[name]


@pytest.mark.parametrize("name", [INDEX, *sorted(PATHS)])
def test_a_page_can_be_heard_and_printed_as_well_as_seen(name: str) -> None:
    page = written()[name]
    assert '<html lang="en">' in page
    assert re.search(r"<title>[^<]+</title>", page)
    assert page.count("<main>") == page.count("<h1>") == 1
    assert '<meta name="color-scheme" content="light">' in page
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
    assert levels[0] == 1
    assert all(lower <= upper + 1 for upper, lower in pairwise(levels)), "no level of heading is left out"
    assert 'role="img"' not in page, "what has links within must not be an image"


@every_judging
def test_the_contents_name_every_section(name: str) -> None:
    markup = Markup(written()[name])
    sections = [i for i in markup.ids if i.startswith("section-")]
    assert len(sections) == written()[name].count("<h2")
    assert [link[1:] for link in markup.links if link.startswith("#section-")] == sections


@pytest.mark.parametrize("name", [INDEX, *sorted(PATHS)])
def test_every_link_leads_somewhere(name: str) -> None:
    markup, place = Markup(written()[name]), Path("/") / name
    for link in markup.links:
        target, _, anchor = link.partition("#")
        page = str((place.parent / target).resolve().relative_to("/")) if target else name
        assert page in written()
        assert not anchor or anchor in Markup(written()[page]).ids
    assert len(markup.ids) == len(set(markup.ids))


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;"


def test_nothing_that_an_edition_says_becomes_markup(tmp_path: Path) -> None:
    quoted = HOSTILE.replace('"', '\\"')
    text, said_texts = re.subn(r'(?<=[ (])"[^"\\\n]*"(?=@en)', f'"{quoted}"', PATHS[L33382].read_text())
    text = re.sub(r'(guideline:(?:locator|issuer|title) +)"[^"]*"', lambda m: f'{m[1]}"{quoted}"', text)
    text = re.sub(r'skos:notation +"P1c?"', f'skos:notation "{quoted}"', text)
    assert said_texts > 100
    copy = tmp_path / "2019-01-08.ttl"
    copy.write_text(text)
    for page in pages([copy], ONTOLOGY).values():
        markup = Markup(page)
        assert markup.unbalanced == []
        assert not markup.elements & {"script", "img"}
        assert "&lt;script&gt;" in page
        for svg in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL):
            ET.fromstring(svg)  # noqa: S314 - made here


def test_the_same_files_give_the_same_bytes_whatever_the_hash_seed() -> None:
    program = (
        "import sys; from pathlib import Path; from reasoner.author.pages import pages; "
        "from reasoner.ontology import load_ontology; "
        "sys.stdout.write(''.join(pages([Path(sys.argv[1])], load_ontology()).values()))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program, str(PATHS[L33382])],
            capture_output=True, check=True, env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": "/usr/bin:/bin"},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Pacific/Auckland"))
    }  # fmt: skip
    assert len(seen) == 1
    assert len(seen.pop()) > 20000


def test_the_pages_are_written_below_a_folder(tmp_path: Path) -> None:
    told = write_pages(tmp_path / "deep", [PATHS[L33382]])
    assert told.splitlines() == [str(tmp_path / "deep" / name) for name in (INDEX, L33382)]
    assert all(Path(line).read_text(encoding="utf-8").startswith("<!DOCTYPE html>") for line in told.splitlines())


def test_an_edition_named_twice_is_refused(tmp_path: Path) -> None:
    copy = shutil.copy(PATHS[L33382], tmp_path)
    with pytest.raises(UsageError, match="same-edition"):
        pages([PATHS[L33382], Path(copy)], ONTOLOGY)


def test_an_edition_that_fails_its_checks_gets_no_page(tmp_path: Path) -> None:
    copy = tmp_path / "2019-01-08.ttl"
    copy.write_text(PATHS[L33382].read_text().replace("sh:minInclusive 90", "sh:minInclusiv 90"))
    with pytest.raises(KnowledgeBaseError, match="unevaluated-term"):
        pages([copy], ONTOLOGY)


def test_an_edition_without_a_deck_says_so(tmp_path: Path) -> None:
    page = pages([Path(shutil.copy(PATHS[L33382], tmp_path))], ONTOLOGY)[L33382]
    assert "No deck of hand-written rows stands at" in page


def test_the_templates_name_no_term_of_one_part_of_the_body() -> None:
    spine = {ONTOLOGY.label(t).lower() for t in ONTOLOGY.declared if "/spine#" in t}
    for template in (
        "edition.html.j2",
        "edition-index.html.j2",
        "edition-style.html.j2",
        "edition.ttl.j2",
        "deck.toml.j2",
    ):
        text = (PACKAGE / "writing" / "templates" / template).read_text(encoding="utf-8").lower()
        assert "spine:" not in text
        assert [word for word in sorted(spine) if re.search(rf"\b{re.escape(word)}\b", text)] == []


# ---------------------------------------------------------------- In a browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
@pytest.mark.parametrize("width", [320, 375, 900])
@every_page
def test_a_page_fits_the_width_of_a_phone_and_of_a_desk(name: str, width: int, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(written()[name], encoding="utf-8")
    (tmp_path / "frame.html").write_text(
        f'<iframe src="page.html" style="width:{width}px;height:900px;border:0"></iframe><p></p><script>'
        "onload = () => document.querySelector('p').textContent = 'wide '"
        " + document.querySelector('iframe').contentDocument.documentElement.scrollWidth</script>",
        encoding="utf-8",
    )
    shown = subprocess.run(
        [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom",
         f"--user-data-dir={tmp_path}/profile", (tmp_path / "frame.html").as_uri()],
        capture_output=True, check=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    [measured] = re.findall(r"<p>wide (\d+)</p>", shown)
    assert int(measured) <= width


def test_the_folder_of_cases_is_not_empty() -> None:
    assert len(list(folder("cases").glob("*/case.trig"))) > 10
