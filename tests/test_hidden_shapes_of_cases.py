"""Cases that no packaged one is like, answered as a careful reader of the criteria would answer them.

Each is V01 with what is said changed; its row states what differs from V01 under ODG and L37848.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pyoxigraph
import pytest
from edits import G1, G3, answers, as_json, case_of, criterion, determined, edited, packaged, verdict

from reasoner.load import load_file, load_stream
from reasoner.terms import BASE

NECESSARY, REFUSED, OPEN = "medically necessary", "not medically necessary", "needs adjudication"
MET, NOT_MET, SILENT, CONFLICT = "met", "not met", "not documented", "conflicting"
Row = dict[str, Any]


def site(segments: str, *findings: str) -> str:
    return " ".join(f"case:{finding} core:site {segments} ." for finding in findings)


def note(document: str, *findings: str) -> str:
    quoted = "".join(f'case:{finding} ; core:page 1 ; core:quote "..." .' for finding in findings)
    return f"GRAPH case:{document} {{ {quoted} }}"


def course(name: str, kind: str, completion: str, when: str) -> str:
    return f"""{name} a spine:{kind} ; core:presence core:Present ; core:completion core:{completion} ;
        core:response core:Failed ; core:observedOn "{when}"^^xsd:date"""


def observed(year: str, *findings: str) -> str:
    return "".join(f'case:{finding} core:observedOn "{year}"^^xsd:gYear . ' for finding in findings)


NO_USE = 'no-use a spine:TobaccoUse ; core:presence core:Absent ; core:observedOn "{}"^^xsd:date'
NO_RELIEF = "case:relief core:presence core:Absent ."
UNSTABLE = """core:presence core:Present ; core:value 5 ; core:unit "mm" ; core:cause spine:Iatrogenic ."""

CASES: dict[str, tuple[dict[str, str], Row, Row]] = {
    "a fusion of L3 to L5, with its findings there": (
        {"replace": "case:request spine:fromVertebra spine:L3 ; spine:toVertebra spine:L5 ."
         + site("spine:L3-L5", "fusion-2022", "ct-bridging") + site("spine:L3-L4", "motion-l5-s1")},
        {"outcome": NECESSARY},
        {"outcome": NECESSARY},
    ),
    "a fusion of L2 to L4, with findings at other levels only": (
        {"replace": "case:request spine:fromVertebra spine:L2 ; spine:toVertebra spine:L4 ."},
        {"outcome": REFUSED, "reason": SILENT, "FailedFusion": SILENT, "Instability": SILENT},
        {"outcome": REFUSED, "reason": SILENT, "InstabilityAtEveryLevel": SILENT, "TimeSinceSurgery": SILENT,
         "ClearPseudarthrosis": SILENT},
    ),
    "a single level, L5-S1, that is stable": (
        {"replace": "case:request spine:fromVertebra spine:L5 ."},
        {"outcome": REFUSED, "reason": NOT_MET, "Instability": NOT_MET},
        {"outcome": NECESSARY},
    ),
    "a single level, L4-5, that is unstable": (
        {"replace": "case:request spine:toVertebra spine:L5 ."},
        {"outcome": NECESSARY},
        {"outcome": NECESSARY, "InstabilityAtEveryLevel": SILENT},
    ),
    "three levels of which only two are written as a part": (
        {"replace": "case:request spine:fromVertebra spine:L3 .",
         "add": """case:part a core:TreatmentRequest , spine:LumbarFusion ; core:partOf case:request ;
            core:revises case:fusion-2022 ; spine:fromVertebra spine:L4 ; spine:toVertebra spine:S1 ."""},
        {"outcome": REFUSED, "reason": NOT_MET, "TwoLevelsOrFewer": NOT_MET},
        {"outcome": REFUSED, "reason": SILENT, "ClearPseudarthrosis": SILENT},
    ),
    "dates that are years": (
        {"replace": observed("2022", "fusion-2022", "smoker-before") + observed("2023", "quit")
         + observed("2024", "ct-bridging", "evaluation")},
        {"outcome": NECESSARY},
        {"outcome": NECESSARY},
    ),
    "a year of quitting that reaches into the six weeks": (
        {"replace": observed("2024", "quit") + observed("2023", "smoker-before")},
        {"outcome": REFUSED, "reason": SILENT, "NicotineFree": SILENT},
        {"outcome": NECESSARY},
    ),
    "a former smoker, told by a note of no use": (
        {"drop": "quit laboratory", "add": note("surgeon-note", NO_USE.format("2024-10-20"))},
        {"outcome": NECESSARY},
        {"outcome": NECESSARY},
    ),
    "a former smoker, told so a day too late": (
        {"drop": "quit laboratory", "add": note("surgeon-note", NO_USE.format("2024-10-22"))},
        {"outcome": REFUSED, "reason": SILENT, "NicotineFree": SILENT},
        {"outcome": NECESSARY},
    ),
    "a never-smoker of whom a note says that he smokes": (
        {"drop": "quit laboratory smoker-before", "add": note("surgeon-note",
            'never a spine:NeverUsedTobacco ; core:presence core:Present ; core:observedOn "2024-07-15"^^xsd:date',
            'smokes a spine:TobaccoUse ; core:presence core:Present ; core:observedOn "2024-10-20"^^xsd:date')},
        {"outcome": OPEN, "reason": CONFLICT, "NicotineFree": CONFLICT},
        {"outcome": NECESSARY},
    ),
    "therapy stopped early, and completed a year later": (
        {"add": note("pain-clinic", course("stopped", "PhysicalTherapyCourse", "StoppedEarly", "2023-05-02"))},
        {"outcome": NECESSARY},
        {"outcome": NECESSARY},
    ),
    "therapy completed, and stopped early since": (
        {"add": note("pain-clinic", course("stopped", "PhysicalTherapyCourse", "StoppedEarly", "2024-07-10"))},
        {"outcome": OPEN, "reason": CONFLICT, "TherapyCompleted": CONFLICT, "PhysicalTherapyCompleted": CONFLICT},
        {"outcome": NECESSARY},
    ),
    "therapy that is only planned": (
        {"drop": "physical-therapy", "add": note("pain-clinic", """planned a spine:PhysicalTherapyCourse ;
            core:presence core:Present ; core:completion core:Planned ; core:observedOn "2024-07-10"^^xsd:date""")},
        {"outcome": REFUSED, "reason": NOT_MET, "TherapyCompleted": NOT_MET, "PhysicalTherapyCompleted": NOT_MET},
        {"outcome": REFUSED, "reason": NOT_MET, "ConservativeCareExhausted": NOT_MET, "TherapyExhausted": NOT_MET,
         "CareRecorded": SILENT, "TherapyRecorded": SILENT},
    ),
    "therapy planned once, and completed since": (
        {"add": note("pain-clinic", """planned a spine:PhysicalTherapyCourse ; core:presence core:Present ;
            core:completion core:Planned ; core:observedOn "2024-01-10"^^xsd:date""")},
        {"outcome": NECESSARY},
        {"outcome": NECESSARY},
    ),
    "one confounder treated, another not": (
        {"add": note("psychology", "second a spine:PsychosocialConfounder ; core:presence core:Present")},
        {"outcome": REFUSED, "reason": NOT_MET, "ConfoundersAddressed": NOT_MET},
        {"outcome": NECESSARY},
    ),
    "a confounder whose treatment is only planned": (
        {"add": "GRAPH case:psychology { case:counselling-course core:completion core:Planned . }"},
        {"outcome": REFUSED, "reason": NOT_MET, "ConfoundersAddressed": NOT_MET},
        {"outcome": NECESSARY},
    ),
    "a screen that found nothing": (
        {"drop": "counselling-course", "replace": "case:adjustment core:presence core:Absent ."},
        {"outcome": NECESSARY},
        {"outcome": NECESSARY},
    ),
    "a screen that was declined": (
        {"drop": "adjustment counselling-course", "replace": "case:evaluation core:presence core:Absent ."},
        {"outcome": REFUSED, "reason": NOT_MET, "PsychosocialScreening": NOT_MET, "ConfoundersAddressed": SILENT},
        {"outcome": NECESSARY},
    ),
    "hardware that failed, and nothing on the fusion": (
        {"replace": "case:ct-bridging a spine:HardwareFailure ; core:presence core:Present ; core:site spine:L5-S1 ."},
        {"outcome": NECESSARY},
        {"outcome": REFUSED, "reason": SILENT, "ClearPseudarthrosis": SILENT},
    ),
    "a report of fusion that does not say where, against nonunion at both levels": (
        {"add": note("films", "fused a spine:SolidFusion ; core:presence core:Present")},
        {"outcome": OPEN, "reason": CONFLICT, "FailedFusion": CONFLICT},
        {"outcome": OPEN, "reason": CONFLICT, "ClearPseudarthrosis": CONFLICT},
    ),
    "one level healed, the other not": (
        {"replace": site("spine:L4-L5", "ct-bridging"),
         "add": note("ct", "healed a spine:SolidFusion ; core:presence core:Present ; core:site spine:L5-S1")},
        {"outcome": NECESSARY},
        {"outcome": REFUSED, "reason": NOT_MET, "ClearPseudarthrosis": NOT_MET},
    ),
    "an uncertain reading": (
        {"replace": "case:ct-bridging core:presence core:Uncertain ."},
        {"outcome": REFUSED, "reason": SILENT, "FailedFusion": SILENT},
        {"outcome": REFUSED, "reason": SILENT, "ClearPseudarthrosis": SILENT},
    ),
    "instability with its cause at every level, and no relief ever": (
        {"replace": f"{NO_RELIEF} case:motion-l4-l5 {UNSTABLE} case:motion-l5-s1 {UNSTABLE}"},
        {"outcome": NECESSARY},
        {"outcome": NECESSARY, "InstabilityAtEveryLevel": MET, "ReliefAfterInitialSurgery": NOT_MET},
    ),
    "instability at every level, with a cause at one, and no relief ever": (
        {"replace": f"{NO_RELIEF} case:motion-l5-s1 {UNSTABLE}"},
        {"outcome": NECESSARY},
        {"outcome": REFUSED, "reason": SILENT, "InstabilityAtEveryLevel": SILENT, "ReliefAfterInitialSurgery": NOT_MET},
    ),
    "a drug that was not suitable, with the reason": (
        {"replace": 'case:drugs core:presence core:Absent ; core:reasonNotDone "renal failure" ; core:page 1 .'},
        {"outcome": NECESSARY},
        {"outcome": NECESSARY},
    ),
    "a drug that was not tried, without a reason": (
        {"replace": "case:drugs core:presence core:Absent ."},
        {"outcome": NECESSARY},
        {"outcome": REFUSED, "reason": NOT_MET, "ConservativeCareExhausted": NOT_MET, "DrugsExhausted": NOT_MET,
         "CareRecorded": NOT_MET, "DrugsRecorded": NOT_MET},
    ),
    "exercise failed in place of physical therapy": (
        {"replace": "case:physical-therapy a spine:ExerciseProgram ."},
        {"outcome": REFUSED, "reason": SILENT, "TherapyCompleted": SILENT, "PhysicalTherapyCompleted": SILENT},
        {"outcome": NECESSARY},
    ),
    "an epidural as the injection": (
        {"replace": "case:epidurals a spine:EpiduralInjection ."},
        {"outcome": NECESSARY},
        {"outcome": NECESSARY},
    ),
    "consent refused": (
        {"replace": "case:consent core:presence core:Absent ."},
        {"outcome": NECESSARY},
        {"outcome": REFUSED, "reason": NOT_MET, "ConsentGiven": NOT_MET},
    ),
    "a second operation half a year ago": (
        {"add": note("surgeon-note", """revision-2024 a spine:PriorDecompression ; core:presence core:Present ;
            core:observedOn "2024-06-01"^^xsd:date ; core:site spine:L4-L5""")},
        {"outcome": NECESSARY},
        {"outcome": REFUSED, "reason": NOT_MET, "TimeSinceSurgery": NOT_MET},
    ),
}  # fmt: skip
ROWS = [
    pytest.param(changes, edition, row, id=f"{name}, {edition}")
    for name, (changes, odg, lcd) in CASES.items()
    for edition, row in ((G1, odg), (G3, lcd))
]


@pytest.mark.parametrize(("changes", "edition", "row"), ROWS)
def test_the_statuses_and_the_outcome_of(changes: dict[str, str], edition: str, row: Row) -> None:
    found = as_json(determined(edited(**changes), edition))
    as_before = answers(packaged("v01-all-met"), edition)
    differs = {name: status for name, status in row.items() if name not in {"outcome", "reason"}}
    assert {c["name"]: c["status"] for c in found["criteria"]} == as_before | differs
    assert (found["outcome"], found["reason"]) == (row["outcome"], row.get("reason"))
    assert bool(found["granted"]) is (row["outcome"] == NECESSARY)


def test_parts_that_leave_a_level_out_grant_nothing_by_themselves() -> None:
    changes, _, _ = CASES["three levels of which only two are written as a part"]
    found = as_json(determined(edited(**changes), G3))
    assert (found["parts"], found["granted"]) == ([], [])


def test_parts_that_make_up_the_request_are_each_determined() -> None:
    halves = "".join(
        f"""case:part-{a} a core:TreatmentRequest , spine:LumbarFusion ; core:partOf case:request ;
            core:revises case:fusion-2022 ; spine:fromVertebra spine:{a} ; spine:toVertebra spine:{b} ."""
        for a, b in (("L4", "L5"), ("L5", "S1"))
    )
    half_healed, _, _ = CASES["one level healed, the other not"]
    found = as_json(determined(edited(replace=half_healed["replace"], add=half_healed["add"] + halves), G3))
    assert (found["outcome"], found["granted"]) == ("modified", ["L4-L5"])
    assert found["utilization_review"] == "partly overturned"


def test_a_part_that_needs_adjudication_leaves_the_whole_undecided() -> None:
    parts = edited("v07-three-levels", add=note("films", """fused a spine:SolidFusion ; core:presence core:Present ;
        core:site spine:L5-S1"""))  # fmt: skip
    found = as_json(determined(parts, G3))
    assert (found["outcome"], found["utilization_review"], found["granted"]) == (OPEN, "undecided", [])


# ---------------------------------------------------------------- The measures of a deformity

MEASURES = [
    ("SagittalImbalance", "SagittalImbalance", "5", "cm", MET),
    ("SagittalImbalance", "SagittalImbalance", "4.9", "cm", NOT_MET),
    ("CoronalImbalance", "CoronalImbalance", "5.1", "cm", MET),
    ("DeformityProgressing", "DeformityProgression", "10", "deg", MET),
    ("DeformityProgressing", "DeformityProgression", "9.9", "deg", NOT_MET),
    ("MarkedScoliosis", "Scoliosis", "30", "deg", NOT_MET),
    ("MarkedScoliosis", "Scoliosis", "30.1", "deg", MET),
]
DEFORMITY = """limited a spine:ActivityLimitation ; core:presence core:Present"""


@pytest.mark.parametrize(("name", "kind", "value", "unit", "status"), MEASURES)
def test_a_measured_deformity_carries_the_request_from_its_threshold_on(
    name: str, kind: str, value: str, unit: str, status: str
) -> None:
    measured = f'measured a spine:{kind} ; core:presence core:Present ; core:value {value} ; core:unit "{unit}"'
    year = """GRAPH case:pain-clinic { case:drugs core:startedOn "2023-01-01"^^xsd:date ;
        core:endedOn "2024-01-01"^^xsd:date . }"""
    case = edited(drop="ct", add=note("films", measured) + note("surgeon-note", DEFORMITY) + year)
    assert answers(case, G3)[name] == status
    outcome, reason = (NECESSARY, None) if status == MET else (REFUSED, SILENT)
    assert verdict(case, G3)[:2] == (outcome, reason)


@pytest.mark.parametrize("kind", ["SagittalImbalance", "DeformityProgression", "Scoliosis"])
@pytest.mark.parametrize(("presence", "status"), [("Absent", NOT_MET), ("Uncertain", SILENT), ("Present", SILENT)])
def test_a_deformity_without_a_measure(kind: str, presence: str, status: str) -> None:
    name = {"DeformityProgression": "DeformityProgressing", "Scoliosis": "MarkedScoliosis"}.get(kind, kind)
    case = edited(add=note("films", f"unmeasured a spine:{kind} ; core:presence core:{presence}"))
    assert answers(case, G3)[name] == status


# ---------------------------------------------------------------- The forms of a case

CASE = packaged("v01-all-met")
FORMS = {
    ".trig": pyoxigraph.RdfFormat.TRIG, ".nq": pyoxigraph.RdfFormat.N_QUADS, ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
}  # fmt: skip


def written(form: str) -> bytes:
    quads = pyoxigraph.parse(CASE.content, format=pyoxigraph.RdfFormat.TRIG)
    return pyoxigraph.serialize(quads, format=FORMS[form])


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_case_gives_the_same_determination(form: str, tmp_path: Any) -> None:
    file = tmp_path / f"v01-all-met{form}"
    file.write_bytes(written(form))
    read = load_file(file)
    assert read.sha256 == CASE.sha256
    assert as_json(determined(read, G1)) == as_json(determined(CASE, G1))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_case_is_known_from_standard_input(form: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "reasoner", "determine", "-", "--guideline", "L37848", "--format", "json"],
        input=written(form), capture_output=True, check=True,
    )  # fmt: skip
    expected = as_json(determined(CASE, G3))
    assert json.loads(ran.stdout) == expected | {"case": "stdin"}


def test_turtle_has_no_chart_documents_and_is_refused_with_what_to_do() -> None:
    turtle = b"\n".join(line for line in CASE.content.splitlines() if b"GRAPH" not in line and line != b"}")
    with pytest.raises(Exception, match="GRAPH"):
        determined(load_stream(turtle), G1)


def test_the_order_of_statements_and_of_documents_does_not_matter() -> None:
    assert as_json(determined(case_of(CASE.quads[::-1]), G3)) == as_json(determined(case_of(CASE.quads), G3))


def test_a_case_of_another_namespace_is_judged_alike() -> None:
    elsewhere = CASE.content.replace(f"{BASE}cases/v01-all-met/".encode(), b"urn:example:")
    assert answers(load_stream(elsewhere), G3) == answers(CASE, G3)


def test_the_reading_of_a_region_is_the_reading_of_its_segments() -> None:
    region = edited(replace=site("spine:L4-S1", "ct-bridging", "fusion-2022"))
    for edition in (G1, G3):
        assert answers(region, edition) == answers(CASE, edition)
    pseudarthrosis = criterion(as_json(determined(region, G3)), "ClearPseudarthrosis")
    assert pseudarthrosis["by_segment"] == {"L4-L5": MET, "L5-S1": MET}
