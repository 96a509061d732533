"""L33382's verified part: what it answers to every packaged case, and where it differs from the other editions."""

from __future__ import annotations

from datetime import date

import pytest

from reasoner.author.deck import statuses
from reasoner.author.deck_edit import edited
from reasoner.data import PACKAGE, folder
from reasoner.dates import Interval
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.load import load_file
from reasoner.ontology import load_ontology
from reasoner.terms import BASE, GUIDELINE
from reasoner.validate import Engine

EDITIONS = {path.parent.name: read_edition(path, load_ontology()) for path in all_editions()}
L33382, ODG, L37848 = (EDITIONS[f] for f in ("lumbar-fusion-l33382", "lumbar-revision-fusion", "lumbar-fusion-l37848"))
CASES = sorted(path.parent.name for path in folder("cases").glob("*/case.trig"))

V01 = {
    "FusionPrepared": "not documented", "ConservativeCareFailed": "not documented",
    "SmokingAddressed": "met", "NonSmoker": "not documented", "AbstinentBeforeSurgery": "met",
    "CessationSupported": "not documented", "CessationCounselled": "not documented",
    "CessationTreatmentSettled": "not documented", "CessationTreatmentGiven": "not documented",
    "CessationTreatmentDeclined": "not documented",
    "PsychologicalFactorsAddressed": "met", "PsychologicalFactorsAssessed": "met", "PsychologicalFactorsTreated": "met",
    "RecordComplete": "not documented", "TherapyCourseRecorded": "not documented", "InjectionsRecorded": "met",
    "AnatomicFactorsRecorded": "met", "IatrogenicInstabilityRecorded": "not documented",
    "SeveralLevels": "raised", "ExcessWeight": "not raised", "IndicationsNotJudged": "raised",
}  # fmt: skip
"""Its courses of care are undated, so that their length is not documented; two levels are asked for."""
SMOKES = {"NonSmoker": "not met", "AbstinentBeforeSurgery": "not met", "SmokingAddressed": "not documented"}
DIFFERS = {
    "l33382-smoker-counselled": {
        "FusionPrepared": "met", "ConservativeCareFailed": "met", "NonSmoker": "not met",
        "AbstinentBeforeSurgery": "not met", "CessationSupported": "met", "CessationCounselled": "met",
        "CessationTreatmentSettled": "met", "CessationTreatmentGiven": "met", "CessationTreatmentDeclined": "not met",
        "RecordComplete": "met", "TherapyCourseRecorded": "met",
        "SeveralLevels": "not raised", "ExcessWeight": "raised",
    },
    "reference-decision": {
        **SMOKES, "PsychologicalFactorsAddressed": "not documented", "PsychologicalFactorsAssessed": "not documented",
        "PsychologicalFactorsTreated": "not documented", "InjectionsRecorded": "not documented",
    },
    "v02-only-smoking-unresolved": SMOKES,
    "v03-five-weeks-abstinent": SMOKES,
    "v06-no-psychosocial-evaluation": {
        "PsychologicalFactorsAddressed": "not documented", "PsychologicalFactorsAssessed": "not documented",
        "PsychologicalFactorsTreated": "not documented",
    },
    "v15-never-smoker": {"NonSmoker": "met", "AbstinentBeforeSurgery": "not documented"},
    "v16-tobacco-unrecorded": {"AbstinentBeforeSurgery": "not documented", "SmokingAddressed": "not documented"},
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("engine", list(Engine))
def test_every_packaged_case_has_the_stated_statuses_in_both_engines(case: str, engine: Engine) -> None:
    assert dict(statuses(load_file(folder("cases") / case), L33382, engine)) == V01 | DIFFERS.get(case, {})


def counselled() -> dict[str, dict[str, str]]:
    """V02, the smoker, with counselling, acceptance and treatment, under every edition that judges it."""
    note = """
        case:told a spine:CessationCounselling ; core:presence core:Present ; core:observedOn "2024-10-20"^^xsd:date ;
            core:page 1 ; core:quote "Counselled on smoking." .
        case:accepts a spine:CessationAcceptance ; core:presence core:Present ; core:observedOn "2024-10-20"^^xsd:date ;
            core:page 1 ; core:quote "Accepts treatment." .
        case:treated a spine:CessationTreatment ; core:presence core:Present ; core:observedOn "2024-10-20"^^xsd:date ;
            core:page 1 ; core:quote "On varenicline." ."""
    base = load_file(folder("cases") / "v02-only-smoking-unresolved")
    case = edited(base, add={"case:surgeon-note": note})
    return {e.notations[-1]: dict(statuses(case, e, Engine.REFERENCE)) for e in (L33382, ODG, L37848)}


def test_a_smoker_who_accepted_counselling_passes_here_and_fails_as_the_reference_decision_states_it() -> None:
    found = counselled()
    assert found["L33382"]["SmokingAddressed"] == "met"
    assert found["G1"]["NicotineFree"] == "not met"


def test_counselling_changes_nothing_of_abstinence_and_nothing_where_smoking_is_not_asked_about() -> None:
    before, after = load_file(folder("cases") / "v02-only-smoking-unresolved"), counselled()
    for edition in (ODG, L37848):
        assert dict(statuses(before, edition, Engine.REFERENCE)) == after[edition.notations[-1]]
    spoken_of = {kind for c in L37848.criteria.values() for kind in c.looks_for}
    assert not [kind for kind in spoken_of if "Tobacco" in kind or "Cessation" in kind]


@pytest.mark.parametrize(
    ("day", "held"),
    [("2015-10-01", False), ("2019-01-07", False), ("2019-01-08", True), ("2024-03-28", True), ("2024-03-29", False)],
)
def test_it_is_in_force_from_the_revision_that_was_seen_to_the_day_it_was_retired(day: str, held: bool) -> None:  # noqa: FBT001
    asked = date.fromisoformat(day)
    assert L33382.in_force.covers(Interval(asked, asked)) is held


def test_the_years_before_are_known_and_not_encoded() -> None:
    known = L33382.graph.iris(L33382.guideline, GUIDELINE.unencodedEdition)
    assert sorted(L33382.graph.text(k, GUIDELINE.inForceFrom) for k in known) == ["2013-01-01", "2015-10-01"]
    assert max(L33382.graph.text(k, GUIDELINE.inForceUntil) for k in known) == "2019-01-07"


def test_what_was_not_seen_is_listed_and_cautioned_of() -> None:
    assert any("diagnosis" in o.locator and "Not seen" in o.reason for o in L33382.omissions)
    assert {statuses(load_file(folder("cases") / c), L33382, Engine.FAST)["IndicationsNotJudged"] for c in CASES} == {
        "raised"
    }


def test_the_duties_seen_only_in_a_copy_of_the_predecessor_are_marked_so() -> None:
    marks = {c.name: c.source.verification for c in L33382.criteria.values()}
    unsure = {name for name, mark in marks.items() if mark != "Seen"}
    assert unsure == {
        "TherapyCourseRecorded",
        "InjectionsRecorded",
        "AnatomicFactorsRecorded",
        "IatrogenicInstabilityRecorded",
    }
    assert {marks[name] for name in unsure} == {"SeenInSummary"}


def test_no_module_or_template_knows_of_the_edition() -> None:
    sources = [p for pattern in ("*.py", "*.j2") for p in PACKAGE.rglob(pattern)]
    assert len(sources) > 50
    assert [p.name for p in sources if "33382" in p.read_text(encoding="utf-8")] == []


def test_its_iri_mirrors_its_path() -> None:
    assert f"shapes/{L33382.iri.removeprefix(BASE)}.ttl" == L33382.file
