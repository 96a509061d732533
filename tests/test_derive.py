"""What is computed from a case: days, ended states, sites, care periods, what counts and as of when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from edits import (
    G1,
    G3,
    answers,
    as_json,
    case_of,
    criterion,
    determined,
    edited,
    findings,
    local,
    packaged,
    prepared,
)

from reasoner.derive import as_of_date
from reasoner.ontology import load_ontology
from reasoner.terms import CORE

if TYPE_CHECKING:
    from reasoner.load import Case

NICOTINE = "NicotineFree"


def unplanned(**changes: str) -> Case:
    """V01 without a planned day; as-of is then the day of the utilization review decision, 2024-11-12."""
    return case_of(q for q in edited(**changes).quads if q.predicate != CORE.plannedOn)


# ---------------------------------------------------------------- Days before each anchor
# V01: request 2024-11-04, decision (and so as-of) 2024-11-12, surgery 2024-12-02.

COUNTS = [
    ('"2024-07-01"^^xsd:date', True, (154, 154), (154, 154), (134, 134)),
    ('"2024-12-02"^^xsd:date', True, (0, 0), (0, 0), (-20, -20)),
    ('"2024-10"^^xsd:gYearMonth', True, (32, 62), (32, 62), (12, 42)),
    ('"2024-02"^^xsd:gYearMonth', True, (277, 305), (277, 305), (257, 285)),
    ('"2023"^^xsd:gYear', True, (337, 701), (337, 701), (317, 681)),
    ('"2024-07-01"^^xsd:date', False, (134, 134), (126, 126), (134, 134)),
    ('"2024-10"^^xsd:gYearMonth', False, (12, 42), (4, 34), (12, 42)),
    ('"2023"^^xsd:gYear', False, (317, 681), (309, 673), (317, 681)),
]


@pytest.mark.parametrize(("when", "planned", "surgery_as_of", "surgery_request", "as_of"), COUNTS)
def test_days_are_counted_to_each_anchor_from_both_ends_of_a_date(
    when: str, planned: bool, surgery_as_of: tuple[int, int], surgery_request: tuple[int, int], as_of: tuple[int, int]  # noqa: FBT001
) -> None:  # fmt: skip
    replace = f"case:quit core:observedOn {when} ."
    values = findings(edited(replace=replace) if planned else unplanned(replace=replace))["quit"].values
    for anchor, counts in (
        ("SurgeryElseAsOf", surgery_as_of), ("SurgeryElseRequest", surgery_request), ("AsOf", as_of),
    ):  # fmt: skip
        assert tuple(int(values[f"daysBefore{anchor}{end}"]) for end in ("AtLeast", "AtMost")) == counts


def test_an_undated_finding_has_no_days() -> None:
    undated = edited(
        drop="quit",
        add="""GRAPH case:pain-clinic { case:undated a spine:TobaccoCessation ;
        core:presence core:Present ; core:quote "Quit." . }""",
    )
    assert not [name for name in findings(undated)["undated"].values if "Before" in name]
    assert answers(undated, G1)[NICOTINE] == "not met"  # the use of March has no certainly later end


THRESHOLD = [
    ("41 days", '"2024-10-22"^^xsd:date', "not met"),
    ("42 days", '"2024-10-21"^^xsd:date', "met"),
    ("43 days", '"2024-10-20"^^xsd:date', "met"),
    ("on the day of surgery", '"2024-12-02"^^xsd:date', "not met"),
    ("a month before the threshold", '"2024-09"^^xsd:gYearMonth', "met"),
    ("a month across the threshold", '"2024-10"^^xsd:gYearMonth', "not documented"),
    ("a month after the threshold", '"2024-11"^^xsd:gYearMonth', "not met"),
    ("a year before the threshold", '"2023"^^xsd:gYear', "not met"),
    ("a year across the threshold", '"2024"^^xsd:gYear', "not met"),
]


@pytest.mark.parametrize(("when", "status"), [pytest.param(*row[1:], id=row[0]) for row in THRESHOLD])
def test_six_weeks_before_the_planned_surgery(when: str, status: str) -> None:
    """A year that begins before the smoking of March 2024 does not certainly end it."""
    assert answers(edited(replace=f"case:quit core:observedOn {when} ."), G1)[NICOTINE] == status


@pytest.mark.parametrize(("day", "status"), [("2024-10-01", "met"), ("2024-10-02", "not met")])
def test_six_weeks_are_counted_to_the_as_of_day_where_no_surgery_is_planned(day: str, status: str) -> None:
    assert answers(unplanned(replace=f'case:quit core:observedOn "{day}"^^xsd:date .'), G1)[NICOTINE] == status


def test_a_date_that_straddles_the_threshold_is_said_to_be_imprecise() -> None:
    found = as_json(determined(edited(replace='case:quit core:observedOn "2024-10"^^xsd:gYearMonth .'), G1))
    [said] = [s["text"] for s in found["rationale"] if "not precise enough" in s["text"]]
    assert "an end of tobacco use, 10/2024" in said
    assert local(criterion(found, NICOTINE)["not_decisive"]) >= {"quit"}


@pytest.mark.parametrize(
    ("when", "status"),
    [
        ('"2023-12-03"^^xsd:date', "met"),
        ('"2023-12-04"^^xsd:date', "not met"),
        ('"2023"^^xsd:gYear', "not documented"),
        ('"2022"^^xsd:gYear', "met"),
    ],
)
def test_one_year_since_the_earlier_surgery(when: str, status: str) -> None:
    assert answers(edited(replace=f"case:fusion-2022 core:observedOn {when} ."), G3)["TimeSinceSurgery"] == status


def test_a_year_since_surgery_is_counted_to_the_request_where_no_surgery_is_planned() -> None:
    days = {"2023-11-05": "met", "2023-11-06": "not met"}
    for day, status in days.items():
        case = unplanned(replace=f'case:fusion-2022 core:observedOn "{day}"^^xsd:date .')
        assert answers(case, G3)["TimeSinceSurgery"] == status


# ---------------------------------------------------------------- States that persist

TOBACCO = {"use": "TobaccoUse", "cessation": "TobaccoCessation"}
STATES = [
    ("use, then cessation", [("use", "Present", "2024-03-05"), ("cessation", "Present", "2024-07-01")], "met"),
    ("cessation, then relapse", [("cessation", "Present", "2024-07-01"), ("use", "Present", "2024-09-01")], "not met"),
    ("relapse, then a second cessation, in time",
     [("cessation", "Present", "2024-03-01"), ("use", "Present", "2024-05-01"), ("cessation", "Present", "2024-07-01")],
     "met"),
    ("relapse, then a second cessation, too late",
     [("cessation", "Present", "2024-03-01"), ("use", "Present", "2024-05-01"), ("cessation", "Present", "2024-11-01")],
     "not met"),
    ("use and cessation on one day", [("use", "Present", "2024-07-01"), ("cessation", "Present", "2024-07-01")],
     "conflicting"),
    ("use within the month of cessation", [("use", "Present", "2024-07-10"), ("cessation", "Present", "2024-07")],
     "conflicting"),
    ("use in a month before that of cessation", [("use", "Present", "2024-06"), ("cessation", "Present", "2024-07")],
     "met"),
    ("use denied long enough", [("use", "Absent", "2024-07-01")], "met"),
    ("use denied too late", [("use", "Absent", "2024-11-01")], "not documented"),
    ("use, then use denied", [("use", "Present", "2024-03-05"), ("use", "Absent", "2024-07-01")], "met"),
    ("use denied, then use", [("use", "Absent", "2024-07-01"), ("use", "Present", "2024-09-01")], "not met"),
    ("cessation denied", [("cessation", "Absent", "2024-07-01")], "not met"),
    ("cessation denied, then cessation",
     [("cessation", "Absent", "2024-05-01"), ("cessation", "Present", "2024-07-01")], "met"),
    ("use uncertain", [("use", "Uncertain", "2024-10-01")], "not documented"),
    ("use not assessed", [("use", "NotAssessed", "2024-10-01")], "not documented"),
]  # fmt: skip


def tobacco(states: list[tuple[str, str, str]]) -> str:
    kinds = {10: "date", 7: "gYearMonth", 4: "gYear"}
    return "\n".join(
        f'case:t{number} a spine:{TOBACCO[kind]} ; core:presence core:{presence} ; core:quote "..." ; '
        f'core:observedOn "{when}"^^xsd:{kinds[len(when)]} .'
        for number, (kind, presence, when) in enumerate(states)
    )


@pytest.mark.parametrize(("states", "status"), [pytest.param(*row[1:], id=row[0]) for row in STATES])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_state_of_tobacco_lasts_until_a_certainly_later_one(
    states: list[tuple[str, str, str]], status: str, backwards: bool  # noqa: FBT001
) -> None:  # fmt: skip
    """In whatever order the record tells it."""
    told = states[::-1] if backwards else states
    case = edited(drop="laboratory quit smoker-before", add=f"GRAPH case:pain-clinic {{ {tobacco(told)} }}")
    assert answers(case, G1)[NICOTINE] == status


def test_a_smoker_of_ten_years_ago_smokes_until_a_document_says_otherwise() -> None:
    case = edited("v02-only-smoking-unresolved", replace='case:smoker core:observedOn "2014-10-20"^^xsd:date .')
    assert answers(case, G1)[NICOTINE] == "not met"


@pytest.mark.parametrize(
    ("day", "presence", "status"),
    [
        ("2024-06-30", "Present", "met"),
        ("2024-07-01", "Present", "conflicting"),
        ("2024-09-01", "Present", "conflicting"),
        ("2024-09-01", "Absent", "met"),
        ("2024-09-01", "Uncertain", "met"),
    ],
)
def test_a_positive_cotinine_conflicts_only_after_the_day_of_quitting(day: str, presence: str, status: str) -> None:
    case = edited(replace=f'case:cotinine core:observedOn "{day}"^^xsd:date ; core:presence core:{presence} .')
    assert answers(case, G1)[NICOTINE] == status


def test_a_negative_cotinine_alone_is_no_proof_of_six_weeks() -> None:
    assert answers(edited(drop="quit smoker-before"), G1)[NICOTINE] == "not documented"


def test_an_ended_state_names_what_ended_it() -> None:
    known = findings(packaged("v01-all-met"))
    assert [iri.rpartition("/")[2] for iri in known["smoker-before"].ended_by] == ["quit"]
    assert not known["quit"].ended_by


# ---------------------------------------------------------------- Sites

PARTS = """
    case:part-upper a core:TreatmentRequest , spine:LumbarFusion ; core:partOf case:request ;
        core:revises case:fusion-2022 ; spine:fromVertebra spine:L4 ; spine:toVertebra spine:L5 .
    case:part-lower a core:TreatmentRequest , spine:LumbarFusion ; core:partOf case:request ;
        core:revises case:fusion-2022 ; spine:fromVertebra spine:L5 ; spine:toVertebra spine:S1 .
"""


def segments(case: Case) -> dict[str, list[str]]:
    requests = prepared(case).record(load_ontology()).requests
    return {r.iri.rpartition("/")[2]: [s.rpartition("#")[2] for s in r.segments] for r in requests}


def test_a_request_and_its_parts_cover_the_segments_between_their_vertebrae() -> None:
    assert segments(edited(add=PARTS)) == {
        "request": ["L4-L5", "L5-S1"], "part-upper": ["L4-L5"], "part-lower": ["L5-S1"],
    }  # fmt: skip
    wide = edited(replace="case:request spine:fromVertebra spine:T12 .")
    assert segments(wide) == {"request": ["T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"]}


def test_the_extent_of_a_request_is_a_finding_derived_from_it() -> None:
    known = findings(packaged("v07-three-levels"))
    assert known["extent"].values["value"] in {"1", "2", "3"}
    [extent] = criterion(as_json(determined(packaged("v07-three-levels"), G1)), "TwoLevelsOrFewer")["contrary"]
    assert extent["derived_from"] == [packaged("v07-three-levels").quads[0].subject.rpartition("/")[0] + "/request"]
    assert extent["document"] is None


def test_parts_have_the_dates_of_the_whole() -> None:
    found = as_json(determined(edited(add=PARTS), G3))
    assert [criterion(part, "TimeSinceSurgery")["status"] for part in found["parts"]] == ["met", "met"]


@pytest.mark.parametrize(
    ("site", "statuses"),
    [
        ("spine:L4-S1", {"L4-L5": "met", "L5-S1": "met"}),
        ("spine:L4-L5 , spine:L5-S1", {"L4-L5": "met", "L5-S1": "met"}),
        ("spine:L3-S1", {"L4-L5": "met", "L5-S1": "met"}),
        ("spine:L3-L5", {"L4-L5": "met", "L5-S1": "not documented"}),
        ("spine:L2-L4", {"L4-L5": "not documented", "L5-S1": "not documented"}),
        ("spine:L3-L4", {"L4-L5": "not documented", "L5-S1": "not documented"}),
    ],
)
def test_a_region_counts_for_its_segments_and_a_shared_vertebra_does_not(site: str, statuses: dict[str, str]) -> None:
    found = as_json(determined(edited(replace=f"case:ct-bridging core:site {site} ."), G3))
    assert criterion(found, "ClearPseudarthrosis")["by_segment"] == statuses


def test_a_finding_at_another_site_is_told_and_does_not_count() -> None:
    found = as_json(determined(edited(drop="motion-l5-s1", replace="case:motion-l4-l5 core:site spine:L2-L3 ."), G1))
    instability = criterion(found, "Instability")
    assert instability["status"] == "not documented"
    assert local(instability["elsewhere"]) == {"motion-l4-l5"}
    [said] = [s["text"] for s in found["rationale"] if "Documented, but not at the requested L4-S1" in s["text"]]
    assert "instability on X-ray at L2-3" in said


def test_an_operation_elsewhere_says_nothing_of_the_time_since_surgery_here() -> None:
    found = criterion(
        as_json(determined(edited(replace="case:fusion-2022 core:site spine:L1-L4 ."), G3)), "TimeSinceSurgery"
    )
    assert (found["status"], local(found["elsewhere"])) == ("not documented", {"fusion-2022"})


def test_a_finding_at_another_site_is_told_where_the_requested_site_speaks_against() -> None:
    """Instability at L4-5 is no instability of L5-S1, and whoever asks for L5-S1 should hear of it."""
    found = as_json(determined(edited(replace="case:request spine:fromVertebra spine:L5 ."), G1))
    assert criterion(found, "Instability")["status"] == "not met"
    assert local(criterion(found, "Instability")["elsewhere"]) == {"motion-l4-l5"}


UNSITED = [
    ("support without a site does not show a segment", "Absent", "ct-bridging", "not documented"),
    ("a denial without a site counts against each segment", "Present", "", "conflicting"),
    ("a denial without a site is enough by itself", "Present", "ct-bridging", "not met"),
]


@pytest.mark.parametrize(("presence", "drop", "status"), [pytest.param(*row[1:], id=row[0]) for row in UNSITED])
@pytest.mark.parametrize(("edition", "name"), [(G1, "FailedFusion"), (G3, "ClearPseudarthrosis")])
def test_a_finding_that_does_not_say_where(presence: str, drop: str, status: str, edition: str, name: str) -> None:
    case = edited(
        drop=drop,
        add=f"""GRAPH case:films {{ case:unsited a spine:SolidFusion ;
        core:presence core:{presence} ; core:quote "The fusion." . }}""",
    )
    found = criterion(as_json(determined(case, edition)), name)
    assert (found["status"], found["by_segment"]) == (status, {"L4-L5": status, "L5-S1": status})


# ---------------------------------------------------------------- Courses of care

CARE = [
    ("364 days", [("drugs", "2023-01-01", "2023-12-31")], "not met"),
    ("365 days", [("drugs", "2023-01-01", "2024-01-01")], "met"),
    ("365 days over two courses",
     [("drugs", "2023-01-01", "2023-03-01"), ("epidurals", "2023-11-01", "2024-01-01")], "met"),
    ("364 days over two courses",
     [("drugs", "2023-01-02", "2023-03-01"), ("epidurals", "2023-11-01", "2024-01-01")], "not met"),
    ("years across the limit", [("drugs", "2023", "2024")], "not documented"),
    ("years beyond the limit", [("drugs", "2021", "2023")], "met"),
    ("a start without an end", [("drugs", "2021", "")], "not documented"),
]  # fmt: skip


@pytest.mark.parametrize(("courses", "status"), [pytest.param(*row[1:], id=row[0]) for row in CARE])
def test_a_year_of_care_runs_from_the_first_start_to_the_last_end_of_what_failed(
    courses: list[tuple[str, str, str]], status: str
) -> None:
    kinds = {10: "date", 4: "gYear"}
    add = "".join(
        f'case:{course} core:{name} "{day}"^^xsd:{kinds[len(day)]} .'
        for course, *days in courses
        for name, day in zip(("startedOn", "endedOn"), days, strict=True)
        if day
    )
    assert answers(edited(add=f"GRAPH case:pain-clinic {{ {add} }}"), G3)["ProlongedCareFailed"] == status


def test_care_that_helped_is_no_part_of_the_care_that_failed() -> None:
    dates = """GRAPH case:pain-clinic { case:drugs core:startedOn "2022-01-01"^^xsd:date ;
        core:endedOn "2024-01-01"^^xsd:date . }"""
    helped = edited(replace="case:drugs core:response core:Improved .", add=dates)
    failed = edited(add=dates)
    assert [answers(c, G3)["ProlongedCareFailed"] for c in (helped, failed)] == ["not met", "met"]


def test_the_period_of_care_names_the_courses_that_it_spans() -> None:
    known = findings(
        edited(
            add="""GRAPH case:pain-clinic { case:drugs core:startedOn "2023"^^xsd:gYear ;
        core:endedOn "2024"^^xsd:gYear . }"""
        )
    )
    period = known["NonoperativeCarePeriod"]
    assert "drugs" in {iri.rpartition("/")[2] for iri in period.derived_from}
    assert (period.values["durationAtLeast"], period.values["durationAtMost"]) == ("1", "730")


# ---------------------------------------------------------------- What counts, as of when


def test_the_as_of_day_is_the_latest_recorded_one_and_not_the_planned_surgery() -> None:
    assert as_of_date(packaged("v01-all-met").graph) == date(2024, 11, 12)
    assert as_of_date(packaged("v03-five-weeks-abstinent").graph) == date(2024, 11, 20)
    assert as_of_date(packaged("v11-late-imaging").graph) == date(2024, 11, 27)
    assert as_of_date(packaged("reference-decision").graph) == date(2014, 12, 29)


def test_a_case_may_state_its_as_of_day_and_the_command_line_overrules_it() -> None:
    case = edited("v11-late-imaging", add='case:request core:asOf "2024-11-26"^^xsd:date .')
    assert prepared(case).as_of == date(2024, 11, 26)
    assert prepared(case, "2024-11-13").as_of == date(2024, 11, 13)


@pytest.mark.parametrize(
    ("when", "as_of"),
    [
        ('"2024-12-05"^^xsd:date', date(2024, 12, 5)),
        ('"2024-12"^^xsd:gYearMonth', date(2024, 12, 1)),
        ('"2025"^^xsd:gYear', date(2025, 1, 1)),
        ('"2024-11"^^xsd:gYearMonth', date(2024, 11, 12)),
    ],
)
def test_by_default_every_document_of_the_case_counts_however_imprecise_its_date(when: str, as_of: date) -> None:
    case = edited(replace=f"case:ct <http://purl.org/dc/terms/date> {when} .")
    assert prepared(case).as_of == as_of
    assert not prepared(case).late
    assert answers(case, G1)["FailedFusion"] == "met"


@pytest.mark.parametrize(
    ("as_of", "status"), [("2024-11-24", "not documented"), ("2024-11-25", "met"), ("2024-11-26", "met")]
)
def test_a_document_counts_from_its_own_day(as_of: str, status: str) -> None:
    assert answers(packaged("v11-late-imaging"), G1, as_of)["FailedFusion"] == status


def test_a_document_of_a_month_counts_from_its_first_day() -> None:
    old = edited(replace='case:ct <http://purl.org/dc/terms/date> "2024-11"^^xsd:gYearMonth .')
    assert [answers(old, G1, day)["FailedFusion"] for day in ("2024-10-31", "2024-11-01")] == ["not documented", "met"]


def test_only_documents_certainly_after_the_decision_are_marked_so() -> None:
    known = findings(edited(replace='case:ct <http://purl.org/dc/terms/date> "2024-11"^^xsd:gYearMonth .'))
    assert not known["ct-bridging"].document.after_decision  # type: ignore[union-attr]
    known = findings(packaged("v11-late-imaging"))
    assert known["ct-bridging"].document.after_decision  # type: ignore[union-attr]
    assert not known["motion-l4-l5"].document.after_decision  # type: ignore[union-attr]
