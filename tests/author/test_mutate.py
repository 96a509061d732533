"""A change of one thing in an edition is noticed by a row, refused, shown to change nothing, or listed as a survivor."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest
import small

from reasoner.author.deck_file import Deck, deck_path, read_deck
from reasoner.author.equivalence import proven
from reasoner.author.mutate import Fate, chosen_of, mutate
from reasoner.author.mutation_report import mutation_report
from reasoner.author.mutations import mutations
from reasoner.data import folder
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.ontology import load_ontology
from reasoner.terms import local_name
from reasoner.validate import default_engine

if TYPE_CHECKING:
    from pathlib import Path

    from reasoner.author.mutate import Trial
    from reasoner.author.mutation import Mutation
    from reasoner.guideline.edition import Edition

ENGINE = default_engine()
ONTOLOGY = load_ontology()
ODG = folder("shapes") / "odg" / "lumbar-revision-fusion" / "as-stated.ttl"
JUDGING = [path for path in all_editions() if read_edition(path, ONTOLOGY).logic]
SAMPLE = os.environ.get("REASONER_MUTATIONS", "25")
"""How many mutations of each packaged edition are tried here; .ci/thorough tries them all."""
HEAD = 'base = "cases/v01-all-met/case.trig"\n'
LATE = 'case:quit core:observedOn "2024-10-22"^^xsd:date .'
IN_TIME = 'case:quit core:observedOn "2024-10-21"^^xsd:date .'


def row(criterion: str, expect: str, replace: str = "", drop: str = "") -> str:
    name = f"{criterion} {expect} {len(replace + drop)}"
    edits = (f"replace = '{replace}'\n" if replace else "") + (f"drop = {drop}\n" if drop else "")
    return f'[[{criterion}]]\nname = "{name}"\n{edits}expect = "{expect}"\n'


def beside(tmp_path: Path, rows: str, *changes: tuple[str, str]) -> Path:
    """A copy of an edition, with changes, and a deck beside it."""
    text = ODG.read_text()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (tmp_path / "as-stated.toml").write_text(HEAD + rows)
    path = tmp_path / "as-stated.ttl"
    path.write_text(text)
    return path


def tried(path: Path, where: str, change: str) -> Trial:
    """One mutation, tried against the deck beside its edition."""
    edition = read_edition(path, ONTOLOGY)
    (chosen,) = (m for m in mutations(edition, ONTOLOGY) if m.words.startswith(where) and m.words.endswith(f": {change}"))
    return mutate(read_deck(deck_path(path), edition), ONTOLOGY, ENGINE, [chosen])


def fate(path: Path, where: str, change: str) -> str:
    return str(tried(path, where, change).tried[0].fate)


# ---------------------------------------------------------------- What is noticed

NOTICED = {
    "a threshold one day lower": ("odg:QuitEarlyEnough, core:days", "sh:minInclusive 42 becomes 41", row("NicotineFree", "not met", LATE)),
    "a threshold one day higher": ("odg:QuitEarlyEnough, core:days", "sh:minInclusive 42 becomes 43", row("NicotineFree", "met", IN_TIME)),
    "an inclusive bound made exclusive": ("odg:QuitEarlyEnough, core:days", "sh:minInclusive becomes sh:minExclusive", row("NicotineFree", "met", IN_TIME)),
    "a class made wider": ("odg:GainExpected", "sh:class spine:FunctionalGainExpected becomes core:Finding", row("FunctionalGain", "not documented", "", '["case:light-duty"]')),
    "a constraint dropped": ("odg:CourseCompleted", "sh:property [ sh:path core:response ; sh:minCount 1 ] dropped", row("PhysicalTherapyCompleted", "not documented", "", '["case:physical-therapy"]') + '[[PhysicalTherapyCompleted]]\nname = "No response"\ndrop = ["case:physical-therapy"]\nadd = { "case:surgeon-note" = \'case:course a spine:PhysicalTherapyCourse ; core:presence core:Present ; core:completion core:Completed ; core:quote "Done." .\' }\nexpect = "not documented"\n'),
    "an arm dropped": ("odg:NicotineUse", "sh:or loses odg:QuitTooLate", row("NicotineFree", "not met", LATE)),
    "an individual made another": ("odg:NoGainExpected, core:presence", "sh:hasValue core:Absent becomes core:Uncertain", row("FunctionalGain", "not met", "case:light-duty core:presence core:Absent .")),
    "the sides swapped": ("odg:FunctionalGain", "supporting and contrary shape swapped", row("FunctionalGain", "met")),
    "any segment made every segment": ("odg:Instability", "guideline:holdsFor guideline:AnySegment becomes guideline:EverySegment", row("Instability", "met")),
    "what both mean dropped": ("odg:ConfoundersAddressed", "guideline:bothMeans guideline:NotMet dropped", '[[ConfoundersAddressed]]\nname = "One of two"\nadd = { "case:psychology" = \'case:fear a spine:PsychosocialConfounder ; core:presence core:Present ; core:quote "Fear." .\' }\nexpect = "not met"\n'),
    "a requirement made an exclusion": ("odg:FunctionalGain", "requirement Required becomes Exclusion", row("RevisionWorthwhile", "not documented", "", '["case:light-duty"]')),
    "all made any": ("odg:RevisionWorthwhile", "guideline:allOf becomes guideline:anyOf", row("RevisionWorthwhile", "not documented", "", '["case:light-duty"]')),
    "a member dropped": ("odg:RevisionWorthwhile", "guideline:allOf loses odg:FunctionalGain", row("RevisionWorthwhile", "not documented", "", '["case:light-duty"]')),
    "a kind not looked for": ("odg:NicotineFree", "guideline:looksFor spine:TobaccoCessation dropped", row("NicotineFree", "not met", LATE)),
}  # fmt: skip


@pytest.mark.parametrize("change", NOTICED)
def test_a_change_is_noticed_by_the_row_that_shows_its_boundary_and_by_no_other(tmp_path: Path, change: str) -> None:
    where, words, rows = NOTICED[change]
    assert fate(beside(tmp_path, rows), where, words) == "noticed"
    assert fate(beside(tmp_path, row("OldFusionImaging", "not raised")), where, words) == "survived"


WAIVED = ("guideline:contraryShape odg:NoGainExpected ;", "guideline:contraryShape odg:NoGainExpected ; guideline:unless odg:PainWaiver ;")
GROUP = ("guideline:allOf ( odg:FailedFusion odg:FunctionalGain ) .", "guideline:allOf ( odg:FailedFusion odg:FunctionalGain ) ; guideline:when odg:AsksAlways .")
CRITERION = """
odg:{name} a guideline:Criterion , sh:PropertyShape ; rdfs:label "{name}"@en ; dcterms:source odg:ReferenceDecision ; guideline:locator "x" ;
    guideline:verification guideline:Seen ; guideline:looksFor spine:{kind} ; sh:targetClass core:TreatmentRequest ; sh:path core:evidence ;
    sh:qualifiedValueShape odg:{name}Yes ; sh:qualifiedMinCount 1 ; guideline:contraryShape odg:{name}No ;
    guideline:phraseMet "a"@en ; guideline:phraseNotMet "b"@en ; guideline:phraseNotDocumented "c"@en ; guideline:phraseConflicting "d"@en .
odg:{name}Yes a sh:NodeShape ; sh:class spine:{kind} ; sh:property [ sh:path core:presence ; sh:hasValue core:Present ] .
odg:{name}No a sh:NodeShape ; sh:class spine:{kind} ; sh:property [ sh:path core:presence ; sh:hasValue core:Absent ] .
"""
END = ("odg:AgreeToAbstain a guideline:Remedy", CRITERION.format(name="PainWaiver", kind="PostoperativeRelief") + CRITERION.format(name="AsksAlways", kind="InformedConsent") + "odg:AgreeToAbstain a guideline:Remedy")


def test_a_waiver_and_a_condition_that_are_dropped_are_noticed(tmp_path: Path) -> None:
    silent = '["case:light-duty"]'
    rows = row("FunctionalGain", "not applicable", "", silent) + row("RevisionWorthwhile", "not applicable", "case:consent core:presence core:Absent .")
    path = beside(tmp_path, rows, WAIVED, GROUP, END)
    assert fate(path, "odg:FunctionalGain", "guideline:unless odg:PainWaiver dropped") == "noticed"
    assert fate(path, "odg:RevisionWorthwhile", "guideline:when odg:AsksAlways dropped") == "noticed"


def test_every_construct_is_changed_in_some_way() -> None:
    kinds = {m.kind for m in mutations(small.edition(), ONTOLOGY)}
    assert kinds == {
        "threshold", "inclusive", "count", "class", "constraint", "arm", "value", "sides", "segments", "both means",
        "requirement", "operator", "member", "at least", "waiver", "condition",
    }  # fmt: skip


def test_a_deck_without_rows_notices_nothing_and_judges_every_change_of_every_construct() -> None:
    edition = small.edition()
    trial = mutate(Deck("none", edition, ()), ONTOLOGY, ENGINE, mutations(edition, ONTOLOGY))
    assert not trial.of(Fate.NOTICED)
    assert len(trial.of(Fate.SURVIVED)) > 200
    assert {t.by for t in trial.of(Fate.REFUSED)} <= {"any-kind", "canary", "undefined-shape", "foreign-term", "wrong-value"}


# ---------------------------------------------------------------- What is told of each change


@pytest.fixture(scope="module", params=JUDGING, ids=lambda path: path.parent.name)
def edition(request: pytest.FixtureRequest) -> Edition:
    return read_edition(request.param, ONTOLOGY)


def test_each_change_has_words_of_its_own_and_the_line_where_it_is_made(edition: Edition) -> None:
    made = mutations(edition, ONTOLOGY)
    lines = edition.content.decode().splitlines()
    assert len({m.words for m in made}) == len(made) > 300
    for mutation in made:
        assert mutation.line, mutation.words
        start = edition.line_of(mutation.subject) or 0
        assert start <= mutation.line
        assert lines[start - 1].partition(" ")[0].endswith(f":{local_name(mutation.subject)}")
        assert not any(line.startswith(("odg:", "lcd:")) for line in lines[start : mutation.line]), mutation.words


def test_a_threshold_is_told_at_its_own_line() -> None:
    edition = read_edition(ODG, ONTOLOGY)
    lines = edition.content.decode().splitlines()
    moved = [m for m in mutations(edition, ONTOLOGY) if m.kind == "threshold"]
    assert moved
    for mutation in moved:
        number = re.search(r" (\d+) becomes", mutation.words)
        assert number
        assert number[1] in lines[(mutation.line or 0) - 1]


def test_the_same_edition_is_changed_in_the_same_ways(edition: Edition) -> None:
    assert mutations(edition, ONTOLOGY) == mutations(edition, ONTOLOGY)


def test_a_sample_is_drawn_by_its_seed() -> None:
    made = mutations(read_edition(ODG, ONTOLOGY), ONTOLOGY)
    assert chosen_of(made, 1, 20) == chosen_of(made, 1, 20) != chosen_of(made, 2, 20)
    assert len(chosen_of(made, 1, 20)) == 20
    assert chosen_of(made, 1, None) == made


# ---------------------------------------------------------------- Reasons

GAIN, BOTH, SWAP = "odg:FunctionalGain", "guideline:bothMeans guideline:NotMet added", "supporting and contrary shape swapped"
BESIDE = "guideline:contraryShape odg:NoGainExpected ;"


def reason(words: str) -> tuple[str, str]:
    return BESIDE, f'{BESIDE} guideline:equivalentMutation "{GAIN}: {words}: nobody says both" ;'


def test_a_reason_beside_what_is_changed_makes_a_survivor_equivalent(tmp_path: Path) -> None:
    trial = tried(beside(tmp_path, row("FunctionalGain", "met"), reason(BOTH)), GAIN, BOTH)
    assert [(str(t.fate), t.by) for t in trial.tried] == [("equivalent", "nobody says both")]
    assert trial.to_mend == 0


@pytest.mark.parametrize("words", [SWAP, "guideline:bothMeans added"])
def test_a_reason_for_what_is_noticed_or_cannot_be_made_is_needless(tmp_path: Path, words: str) -> None:
    path = beside(tmp_path, row("FunctionalGain", "met"), reason(words))
    trial = tried(path, GAIN, SWAP)
    assert [stale for _, stale in trial.stale] == [f"{GAIN}: {words}"]
    assert trial.to_mend == 1


def test_no_row_notices_what_is_proven_to_change_nothing(edition: Edition) -> None:
    made = [m for m in mutations(edition, ONTOLOGY) if proven(m, edition, ONTOLOGY)]
    assert len(made) > 3
    path = folder("shapes").parent / edition.file
    trial = mutate(read_deck(deck_path(path), edition), ONTOLOGY, ENGINE, made[::4])
    assert {str(t.fate) for t in trial.tried} == {"equivalent"}


def test_a_supporting_shape_is_never_proven_alike_with_a_wider_class() -> None:
    edition = read_edition(ODG, ONTOLOGY)
    supporting = {c.supporting for c in edition.criteria.values()}
    widened = [m for m in mutations(edition, ONTOLOGY) if m.kind == "class" and m.subject in supporting]
    assert widened
    assert not any(proven(m, edition, ONTOLOGY) for m in widened)


# ---------------------------------------------------------------- The report


def test_a_row_that_fails_before_any_change_notices_nothing_and_is_told(tmp_path: Path) -> None:
    path = beside(tmp_path, row("FunctionalGain", "not met"))
    trial = tried(path, GAIN, SWAP)
    assert [str(t.fate) for t in trial.tried] == ["survived"]
    assert trial.failing == ("FunctionalGain: FunctionalGain not met 0",)


def test_a_row_whose_case_fails_intake_stops_nothing(tmp_path: Path) -> None:
    path = beside(tmp_path, row("FunctionalGain", "met", "case:request spine:toVertebra spine:L1 ."))
    assert tried(path, GAIN, SWAP).to_mend == 2


def test_the_report_lists_survivors_with_file_line_and_change(tmp_path: Path) -> None:
    path, seen = beside(tmp_path, row("FunctionalGain", "met")), []
    text, to_mend = mutation_report(str(path), ENGINE, seed=3, limit=8, progress=lambda *done: seen.append(done))
    found = json.loads(mutation_report(str(path), ENGINE, seed=3, limit=8, as_json=True)[0])
    assert seen == [(n, 8) for n in range(1, 9)]
    survived = [m for m in found["mutations"] if m["fate"] == "survived"]
    assert len(survived) == to_mend == found["counts"]["survived"] > 0
    assert sum(found["counts"].values()) == 8 < found["possible"]
    unfolded = re.sub(r"\s+", "", text)
    for mutation in survived:
        assert f"as-stated.ttl:{mutation['line']}" in unfolded
        assert re.sub(r"\s+", "", mutation["change"])[:12] in unfolded


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    path = str(beside(tmp_path, row("NicotineFree", "met")))
    assert mutation_report(path, ENGINE, seed=5, limit=15) == mutation_report(path, ENGINE, seed=5, limit=15)


# ---------------------------------------------------------------- The packaged editions


def test_a_packaged_edition_has_no_survivor_without_proof(edition: Edition) -> None:
    path = folder("shapes").parent / edition.file
    made = mutations(edition, ONTOLOGY)
    chosen: tuple[Mutation, ...] = chosen_of(made, int(os.environ.get("REASONER_SEED") or "0", 36), None if SAMPLE == "all" else int(SAMPLE))
    trial = mutate(read_deck(deck_path(path), edition), ONTOLOGY, ENGINE, chosen)
    assert [f"{edition.file}:{t.mutation.line} {t.mutation.words}" for t in trial.of(Fate.SURVIVED)] == []
    assert (trial.failing, trial.stale) == ((), ())
