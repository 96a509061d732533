"""Conflicts settled by an edition's policy or by a reviewer; waivers, conditions and exclusions end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from edits import G1, answers, as_json, criterion, determined, edited, local, packaged, verdict

from reasoner.data import folder

if TYPE_CHECKING:
    from pathlib import Path

    from reasoner.load import Case

ODG = folder("shapes") / "odg/lumbar-revision-fusion/as-stated.ttl"
EDITION = "<https://w3id.org/guideline-reasoner/odg/lumbar-revision-fusion/as-stated> "
LATER = f"{EDITION} guideline:conflictPolicy guideline:LaterPrevails ."
RADIOLOGIST = f"""{EDITION} guideline:conflictPolicy odg:ReadersOrder .
    odg:ReadersOrder a guideline:RolePrecedence ; rdfs:label "readers' order"@en ;
        guideline:roles ( core:Radiologist core:Surgeon ) ."""
SURGEON = RADIOLOGIST.replace("( core:Radiologist core:Surgeon )", "( core:Surgeon )")
LATER_READING = 'case:ct-by-surgeon core:observedOn "2024-10-20"^^xsd:date .'


@pytest.fixture
def edition(tmp_path: Path) -> Any:
    """Writes a copy of the ODG file with statements added and one text exchanged; gives its path."""

    def write(added: str = "", old: str = "", new: str = "") -> str:
        text, file = ODG.read_text(), tmp_path / "copy.ttl"
        assert old in text
        file.write_text(f"{text.replace(old, new, 1)}\n{added}\n")
        return str(file)

    return write


def v04(**changes: str) -> Case:
    return edited("v04-readers-disagree", **changes)


# ---------------------------------------------------------------- An edition's policy

POLICIES = [
    ("the later reading prevails", LATER, LATER_READING, "met"),
    ("readings of one day stay in conflict", LATER, "", "conflicting"),
    ("readings of a month and a day within it stay in conflict", LATER,
     'case:ct-by-surgeon core:observedOn "2024-08"^^xsd:gYearMonth .', "conflicting"),
    ("the radiologist prevails", RADIOLOGIST, "", "not met"),
    ("the radiologist prevails over a later surgeon", RADIOLOGIST, LATER_READING, "not met"),
    ("the surgeon prevails over a role that is not named", SURGEON, "", "met"),
    ("two of one role stay in conflict", RADIOLOGIST, "case:surgeon-note core:authorRole core:Radiologist .",
     "conflicting"),
    ("without a policy they stay in conflict", "", LATER_READING, "conflicting"),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "replace", "status"), [pytest.param(*row[1:], id=row[0]) for row in POLICIES])
def test_by_the_edition_s_policy(edition: Any, policy: str, replace: str, status: str) -> None:
    assert answers(v04(replace=replace), edition(policy))["FailedFusion"] == status


def test_a_policy_that_settles_the_conflict_decides_the_outcome(edition: Any) -> None:
    assert verdict(v04(), edition(RADIOLOGIST)) == ("not medically necessary", "not met", "upheld")
    assert verdict(v04(replace=LATER_READING), edition(LATER)) == ("medically necessary", None, "overturned")


def test_what_a_policy_overruled_is_said(edition: Any) -> None:
    found = as_json(determined(v04(), edition(RADIOLOGIST)))
    fusion = criterion(found, "FailedFusion")
    assert local(fusion["contrary"]) == {"ct-by-radiologist"}
    assert "ct-by-surgeon" not in local([*fusion["supporting"], *fusion["elsewhere"]])
    said = [s for s in found["rationale"] if s["kind"] == "criterion" and "overrul" in s["text"].lower()]
    assert [any(iri.endswith("/ct-by-surgeon") for iri in s["derived_from"]) for s in said] == [True]
    assert "no bridging bone at L4-5 and L5-S1" in said[0]["text"]


def test_a_policy_leaves_readings_at_different_levels_alone(edition: Any) -> None:
    apart = v04(replace="case:ct-by-surgeon core:site spine:L4-L5 . case:ct-by-radiologist core:site spine:L5-S1 .")
    found = criterion(as_json(determined(apart, edition(RADIOLOGIST))), "FailedFusion")
    assert found["by_segment"] == {"L4-L5": "met", "L5-S1": "not met"}


def test_both_readings_are_still_listed_as_a_discrepancy(edition: Any) -> None:
    found = as_json(determined(v04(), edition(RADIOLOGIST)))
    assert [d for d in found["discrepancies"] if "read two ways" in d["text"]]


# ---------------------------------------------------------------- A reviewer's adjudication

REVIEWER = """case:reviewer a core:Reviewer ; core:activePracticeYears 9 ; core:activePracticeHoursPerWeek 30 ;
    core:specialty core:OrthopedicSurgery ; core:licensedIn "California" .
    case:request core:reviewer case:reviewer ."""


def weighed(prefers: str, over: str, base: str = "v04-readers-disagree", add: str = "") -> Case:
    choice = f"""case:choice a core:Adjudication ; core:prefers {prefers} ; core:over {over} ;
        core:reason "thin slices show no bone across the disc space." ;
        core:adjudicatedBy case:reviewer ; core:adjudicatedOn "2024-12-01"^^xsd:date ."""
    return edited(base, add=REVIEWER + choice + add)


SURGEON_S, RADIOLOGIST_S = "case:ct-by-surgeon", "case:ct-by-radiologist"


@pytest.mark.parametrize(
    ("prefers", "over", "status", "outcome"),
    [
        (SURGEON_S, RADIOLOGIST_S, "met", "medically necessary"),
        (RADIOLOGIST_S, SURGEON_S, "not met", "not medically necessary"),
    ],
)
def test_an_adjudicated_conflict_decides(prefers: str, over: str, status: str, outcome: str) -> None:
    found = as_json(determined(weighed(prefers, over), G1))
    fusion = criterion(found, "FailedFusion")
    assert (fusion["status"], fusion["computed_status"]) == (status, "conflicting")
    assert [iri.rpartition("/")[2] for iri in fusion["adjudications"]] == ["choice"]
    assert found["outcome"] == outcome


def test_computed_and_adjudicated_status_are_both_said_with_the_reason() -> None:
    rationale = as_json(determined(weighed(SURGEON_S, RADIOLOGIST_S), G1))["rationale"]
    [said] = [s for s in rationale if any(iri.endswith("/choice") for iri in s["derived_from"])]
    assert "The findings conflict; on 12/01/2024 the reviewer believed" in said["text"]
    assert "because thin slices show no bone across the disc space. " in said["text"]
    assert said["text"].endswith("taken as met.")
    assert {iri.rpartition("/")[2] for iri in said["derived_from"]} >= {"ct-by-surgeon", "ct-by-radiologist"}


def test_both_findings_stay_on_record_after_an_adjudication() -> None:
    fusion = criterion(as_json(determined(weighed(SURGEON_S, RADIOLOGIST_S), G1)), "FailedFusion")
    assert (local(fusion["supporting"]), local(fusion["contrary"])) == ({"ct-by-surgeon"}, {"ct-by-radiologist"})


def test_an_adjudication_that_leaves_another_reading_unweighed_settles_nothing() -> None:
    third = """GRAPH case:films { case:third a spine:SolidFusion ; core:presence core:Present ; core:site spine:L4-S1 ;
        core:page 1 ; core:quote "Fused." . }"""
    assert answers(weighed(SURGEON_S, RADIOLOGIST_S, add=third), G1)["FailedFusion"] == "conflicting"
    both = weighed(SURGEON_S, f"{RADIOLOGIST_S} , case:third", add=third)
    assert answers(both, G1)["FailedFusion"] == "met"


IDLE = [
    ("where nothing conflicts", "v01-all-met", "case:quit", "case:smoker-before"),
    ("between findings of two criteria", "v04-readers-disagree", "case:motion-l4-l5", RADIOLOGIST_S),
    ("between findings on one side", "v04-readers-disagree", SURGEON_S, "case:fusion-2022"),
]


@pytest.mark.parametrize(("base", "prefers", "over"), [pytest.param(*row[1:], id=row[0]) for row in IDLE])
def test_an_adjudication_that_weighs_nothing_is_reported(base: str, prefers: str, over: str) -> None:
    found = as_json(determined(weighed(prefers, over, base), G1))
    assert [d for d in found["discrepancies"] if "changes nothing" in d["text"]]
    assert found["outcome"] == as_json(determined(packaged(base), G1))["outcome"]
    assert all(c.get("computed_status", c["status"]) == c["status"] for c in found["criteria"])


def test_an_adjudication_may_name_a_reading_that_does_not_count_yet() -> None:
    late = """case:late a core:ImagingReport ; <http://purl.org/dc/terms/date> "2025-01-10"^^xsd:date ;
        core:authorRole core:Radiologist .
        GRAPH case:late { case:late-ct a spine:SolidFusion ; core:presence core:Present ; core:site spine:L4-S1 ;
            core:page 1 ; core:quote "Fused." . }"""
    case = weighed(SURGEON_S, f"{RADIOLOGIST_S} , case:late-ct", add=late)
    assert answers(case, G1, "2024-12-01")["FailedFusion"] == "met"


# ---------------------------------------------------------------- unless, when, exclusion

EXTRA = """
odg:{name} a guideline:Criterion , sh:PropertyShape ; rdfs:label "{label}"@en ;
    dcterms:source odg:ReferenceDecision ; guideline:locator "of a test" ;
    guideline:verification guideline:ModellingChoice ; guideline:looksFor spine:{kind} ;
    sh:targetClass core:TreatmentRequest ; sh:path core:evidence ;
    sh:qualifiedValueShape odg:{name}Shown ; sh:qualifiedMinCount 1 ; guideline:contraryShape odg:{name}Denied ;
    guideline:phraseMet "It is shown."@en ; guideline:phraseNotMet "It is denied."@en ;
    guideline:phraseNotDocumented "The record is silent."@en ; guideline:phraseConflicting "It is disputed."@en .
odg:{name}Shown a sh:NodeShape ; sh:class spine:{kind} ;
    sh:property [ sh:path core:presence ; sh:hasValue core:{yes} ] .
odg:{name}Denied a sh:NodeShape ; sh:class spine:{kind} ;
    sh:property [ sh:path core:presence ; sh:hasValue core:{no} ] .
"""
PRESENT, ABSENT = {"yes": "Present", "no": "Absent"}, {"yes": "Absent", "no": "Present"}
COUNSELLED = EXTRA.format(name="Counselled", label="Counselled on tobacco", kind="CessationCounselling", **PRESENT)
WAIVER = f"{COUNSELLED} odg:NicotineFree guideline:unless odg:Counselled ."
CONDITION = f"{COUNSELLED} odg:NicotineFree guideline:when odg:Counselled ."
NO_INFECTION = EXTRA.format(name="NoInfection", label="No active infection", kind="SpinalInfection", **ABSENT)
EXCLUSION = f"{NO_INFECTION} odg:NoInfection guideline:requirement guideline:Exclusion ."


def recorded(base: str, kind: str, *presences: str) -> Case:
    told = "".join(
        f'case:extra-{number} a spine:{kind} ; core:presence core:{presence} ; core:page 1 ; core:quote "..." .'
        for number, presence in enumerate(presences)
    )
    return edited(base, add=f"GRAPH case:surgeon-note {{ {told} }}")


SMOKER = "v02-only-smoking-unresolved"
BESIDE = [
    ("a smoker whose waiver is met", WAIVER, SMOKER, ("Present",), "not applicable"),
    ("a smoker whose waiver is silent", WAIVER, SMOKER, (), "not met"),
    ("a smoker whose waiver is denied", WAIVER, SMOKER, ("Absent",), "not met"),
    ("one who quit, whose waiver is met", WAIVER, "v01-all-met", ("Present",), "met"),
    ("a smoker where the condition holds", CONDITION, SMOKER, ("Present",), "not met"),
    ("a smoker where the condition fails", CONDITION, SMOKER, ("Absent",), "not applicable"),
    ("one who quit, where the condition fails", CONDITION, "v01-all-met", ("Absent",), "not applicable"),
]


@pytest.mark.parametrize(
    ("added", "base", "presences", "status"), [pytest.param(*row[1:], id=row[0]) for row in BESIDE]
)
def test_nicotine_of(edition: Any, added: str, base: str, presences: tuple[str, ...], status: str) -> None:
    found = as_json(determined(recorded(base, "CessationCounselling", *presences), edition(added)))
    assert criterion(found, "NicotineFree")["status"] == status
    said = [s["text"] for s in found["rationale"] if s["text"].startswith("Nicotine-free before surgery: ")]
    assert said[0].startswith(f"Nicotine-free before surgery: {status}")
    if status == "not applicable":
        assert "(Counselled on tobacco)" in said[0]


@pytest.mark.parametrize(
    ("added", "presences", "found"),
    [
        (CONDITION, ("Absent",), ("medically necessary", None, "overturned")),
        (CONDITION, (), ("not medically necessary", "not documented", "upheld")),
        (CONDITION, ("Present", "Absent"), ("needs adjudication", "conflicting", "undecided")),
        (WAIVER, ("Present",), ("medically necessary", None, "overturned")),
        (WAIVER, ("Present", "Absent"), ("needs adjudication", "conflicting", "undecided")),
        (WAIVER, ("Absent",), ("not medically necessary", "not met", "upheld")),
    ],
)
def test_the_outcome_turns_on_waiver_and_condition(
    edition: Any, added: str, presences: tuple[str, ...], found: tuple[str, str | None, str]
) -> None:
    smoker = recorded(SMOKER, "CessationCounselling", *presences)
    only = edition(f"{added} odg:NicotineFreeHealing guideline:requirement guideline:Exclusion .")
    assert verdict(smoker, only) == found


INFECTIONS = [
    ("silent", (), "not documented", "medically necessary"),
    ("ruled out", ("Absent",), "met", "medically necessary"),
    ("found", ("Present",), "not met", "not medically necessary"),
    ("in dispute", ("Present", "Absent"), "conflicting", "needs adjudication"),
]


@pytest.mark.parametrize(("presences", "status", "outcome"), [pytest.param(*row[1:], id=row[0]) for row in INFECTIONS])
def test_an_excluded_infection_that_is(edition: Any, presences: tuple[str, ...], status: str, outcome: str) -> None:
    file = edition(EXCLUSION, "( odg:RevisionWorthwhile ", "( odg:NoInfection odg:RevisionWorthwhile ")
    found = as_json(determined(recorded("v01-all-met", "SpinalInfection", *presences), file))
    assert (criterion(found, "NoInfection")["status"], found["outcome"]) == (status, outcome)
    assert criterion(found, "NoInfection")["requirement"] == "exclusion"
    presumed = [s for s in found["rationale"] if "presumed and does not block" in s["text"]]
    assert bool(presumed) is (status == "not documented")
