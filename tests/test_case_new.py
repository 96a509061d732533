"""A new case is valid as it stands and stays valid as its writer takes up what it offers."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reasoner.errors import ExitCode, InputRefusedError, UsageError
from reasoner.intake import problems
from reasoner.load import load_file, load_stream
from reasoner.ontology import load_ontology
from reasoner.rdf import Iri, Triple
from reasoner.terms import BASE, CORE, OWL, RDFS, A
from reasoner.validate import default_engine
from reasoner.writing.case_new import new_case, term, write_case
from reasoner.writing.example import example, level_properties, procedures

if TYPE_CHECKING:
    from pathlib import Path

ONTOLOGY = load_ontology()
SPINE = BASE + "spine#"
FUSION, L4, S1 = (Iri(SPINE + name) for name in ("LumbarFusion", "L4", "S1"))


def files(**changed: object) -> dict[str, str]:
    options: dict[str, object] = {
        "name": "late-imaging", "procedure": FUSION, "from_level": L4, "to_level": S1,
        "requested_on": "2024-11-04", "jurisdiction": CORE.California,
    }  # fmt: skip
    return dict(new_case(**{**options, **changed}, ontology=ONTOLOGY))  # type: ignore[arg-type]


def found_by_intake(text: str) -> list[str]:
    return [str(problem) for problem in problems(load_stream(text.encode()), ONTOLOGY, default_engine())]


def refusal(**changed: object) -> str:
    with pytest.raises(UsageError) as refused:
        files(**changed)
    assert refused.value.exit_code == ExitCode.USAGE
    return str(refused.value)


# ---------------------------------------------------------------- The files


@pytest.mark.parametrize("procedure", procedures(ONTOLOGY), ids=lambda p: p.rpartition("#")[2])
@pytest.mark.parametrize("jurisdiction", [None, CORE.California])
def test_a_new_case_passes_intake_as_it_stands(procedure: Iri, jurisdiction: Iri | None) -> None:
    has_levels = level_properties(procedure, ONTOLOGY) is not None
    levels = {"from_level": L4, "to_level": S1} if has_levels else {"from_level": None, "to_level": None}
    text = files(procedure=procedure, jurisdiction=jurisdiction, **levels)["case.trig"]
    assert found_by_intake(text) == []
    assert found_by_intake(text.replace("#: ", "")) == []


def test_each_paragraph_that_is_ready_for_use_can_be_taken_up_by_itself() -> None:
    text = files(jurisdiction=None)["case.trig"]
    offered = re.findall(r"(?:^ *#: .*\n)+", text, re.MULTILINE)
    assert len(offered) >= 4
    for paragraph in offered:
        assert found_by_intake(text.replace(paragraph, paragraph.replace("#: ", ""))) == [], paragraph


def test_a_new_case_says_what_its_options_say() -> None:
    graph = load_stream(files()["case.trig"].encode()).graph
    request = Iri(BASE + "cases/late-imaging/request")
    assert set(graph.iris(request, A)) == {CORE.TreatmentRequest, FUSION}
    assert graph.iris(request, Iri(SPINE + "fromVertebra")) == [L4]
    assert graph.iris(request, Iri(SPINE + "toVertebra")) == [S1]
    assert graph.iris(request, CORE.jurisdiction) == [CORE.California]
    assert graph.text(request, CORE.requestedOn) == "2024-11-04"


def test_a_new_case_states_nothing_of_the_dispute_that_nobody_said() -> None:
    graph = load_stream(files(jurisdiction=None)["case.trig"].encode()).graph
    for name in ("decidedOn", "plannedOn", "age", "jurisdiction", "revises", "statement", "asOf"):
        predicate = CORE[name]
        assert graph.pairs(predicate) == []


def test_the_example_finding_is_marked_and_rests_on_a_line_of_its_document() -> None:
    written = files()
    graph = load_stream(written["case.trig"].encode()).graph
    (quote,) = (graph.text(finding, CORE.quote) for finding, _ in graph.pairs(CORE.quote))
    assert quote in written["documents/progress-note.md"].splitlines()
    assert all("EXAMPLE, invented" in text for text in written.values())


def test_every_document_of_a_new_case_is_named_and_has_a_file() -> None:
    written = files()
    graph = load_stream(written["case.trig"].encode()).graph
    documents = [document for document, _ in graph.pairs(CORE.authorRole)]
    assert {f"documents/{d.rpartition('/')[2]}.md" for d in documents} == set(written) - {"case.trig"}
    assert all(graph.text(document, RDFS.label) for document in documents)
    assert all(text.startswith("# ") and text.endswith("\n") for text in written.values())


def test_the_same_options_give_the_same_bytes() -> None:
    assert files() == files()


def test_no_line_of_a_new_case_is_empty_of_its_value() -> None:
    for text in files(jurisdiction=None).values():
        assert not re.search(r"None|\{\{|\{%|[;,] *[;,.]", text)


def test_the_suggested_procedure_is_one_that_the_ontology_defines_by_what_it_revises() -> None:
    suggested = example(ONTOLOGY)
    assert suggested.procedure == FUSION
    assert suggested.kind == Iri(SPINE + "PriorFusion")
    assert example(ONTOLOGY, Iri(SPINE + "LumbarDecompression")).kind == Iri(SPINE + "PriorSurgery")


def test_a_procedure_without_levels_is_requested_without_them_and_refused_with_them() -> None:
    repair = Iri(BASE + "knee#Repair")
    added = [Triple(repair, A, OWL.Class), Triple(repair, RDFS.subClassOf, CORE.Procedure)]
    more = replace(
        ONTOLOGY, graph=ONTOLOGY.graph.plus(added), declared=ONTOLOGY.declared | {repair},
        ancestors={**ONTOLOGY.ancestors, repair: frozenset({repair, CORE.Procedure})},
    )  # fmt: skip
    text = new_case("knee", repair, None, None, "2024-11-04", None, more)["case.trig"]
    for written in (text, text.replace("#: ", "")):
        assert problems(load_stream(written.encode()), more, default_engine()) == ()
    assert "revises" not in text
    with pytest.raises(UsageError, match="no-levels"):
        new_case("knee", repair, L4, S1, "2024-11-04", None, more)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": "Jane Doe"}, "bad-name"),
        ({"name": "../outside"}, "bad-name"),
        ({"name": ""}, "bad-name"),
        ({"name": "late imaging"}, "bad-name"),
        ({"procedure": CORE.Finding}, "not-a-procedure"),
        ({"procedure": Iri(SPINE + "RevisionLumbarFusion")}, "not-a-procedure"),
        ({"from_level": None}, "levels-missing"),
        ({"to_level": None}, "levels-missing"),
        ({"from_level": S1, "to_level": L4}, "levels-reversed"),
        ({"to_level": L4}, "levels-reversed"),
        ({"procedure": CORE.Procedure}, "not-a-procedure"),
        ({"requested_on": "4 November 2024"}, "not-a-day"),
        ({"requested_on": "2024-02-30"}, "not-a-day"),
        ({"requested_on": "20241104"}, "not-a-day"),
        ({"requested_on": "0024-11-04"}, "not-a-day"),
        ({"jurisdiction": CORE.Surgeon}, "not-a-jurisdiction"),
    ],
)
def test_options_that_do_not_fit_are_refused_by_name(changed: dict[str, object], code: str) -> None:
    assert refusal(**changed).startswith(f"error[{code}] the command line")


# ---------------------------------------------------------------- Names


NAMES_OF_ONE = ("spine:LumbarFusion", "LumbarFusion", "lumbar fusion", "Lumbar  Fusion", "lumbarfusion")


@pytest.mark.parametrize("name", NAMES_OF_ONE)
def test_a_term_is_found_by_prefixed_name_local_name_or_label(name: str) -> None:
    assert term(name, ONTOLOGY) == FUSION


@pytest.mark.parametrize(("name", "meant"), [("L4", L4), ("s1", S1), ("core:California", CORE.California)])
def test_a_level_or_jurisdiction_is_found_too(name: str, meant: Iri) -> None:
    assert term(name, ONTOLOGY) == meant


def test_a_name_written_exactly_wins_over_one_that_differs_in_capitals() -> None:
    assert term("presence", ONTOLOGY) == CORE.presence
    assert term("Presence", ONTOLOGY) == CORE.Presence


def test_a_name_of_two_terms_is_refused_with_both() -> None:
    with pytest.raises(UsageError, match="ambiguous-term") as refused:
        term("PRESENCE", ONTOLOGY)
    assert "core:Presence, core:presence" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "meant"), [("lumbr fusion", "spine:LumbarFusion"), ("laminectomy", "spine:LumbarDecompression")]
)
def test_an_unknown_name_is_refused_with_those_that_come_near(name: str, meant: str) -> None:
    with pytest.raises(UsageError, match="unknown-term") as refused:
        term(name, ONTOLOGY)
    assert meant in refused.value.problems[0].fix


def test_a_name_that_nothing_resembles_is_refused_without_a_guess() -> None:
    for name in ("qqqqqqq", ""):
        with pytest.raises(UsageError, match="unknown-term") as refused:
            term(name, ONTOLOGY)
        assert "Did you mean" not in str(refused.value)


# ---------------------------------------------------------------- Writing


def test_the_files_are_written_below_the_folder_and_read_back_as_a_case(tmp_path: Path) -> None:
    write_case(tmp_path / "deep" / "late-imaging", files())
    case = load_file(tmp_path / "deep" / "late-imaging")
    assert case.name == "late-imaging"
    assert (tmp_path / "deep/late-imaging/documents/progress-note.md").read_text(encoding="utf-8")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["late-imaging"]


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_what_stands_there_already_is_left_alone(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "late-imaging"
    if kind == "folder":
        place.mkdir()
    elif kind == "file":
        place.write_text("mine", encoding="utf-8")
    else:
        place.symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputRefusedError, match="folder-exists"):
        write_case(place, files())
    assert [path.name for path in tmp_path.iterdir()] == ["late-imaging"]
    assert not place.is_dir() or not list(place.iterdir())


def test_a_write_that_fails_midway_leaves_nothing(tmp_path: Path) -> None:
    broken = {**files(), "case.trig/impossible": "a file cannot be a folder"}
    with pytest.raises(InputRefusedError, match="not-written"):
        write_case(tmp_path / "late-imaging", broken)
    assert list(tmp_path.iterdir()) == []


def test_a_new_folder_can_be_read_by_whoever_may_read_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "neighbour").mkdir()
    write_case(tmp_path / "late-imaging", files())
    assert (tmp_path / "late-imaging").stat().st_mode == (tmp_path / "neighbour").stat().st_mode
