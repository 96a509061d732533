"""Every variant of guidelines.md, section 5, has under both editions the statuses and the outcome stated there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from edits import CASES, G1, G3, as_json, determined, packaged, statuses

DECK = tomllib.loads((Path(__file__).parent / "variants.toml").read_text())
EDITIONS = {"odg": G1, "L37848": G3}
ROWS = [
    pytest.param(v["case"], v.get("as_of"), name, v[name], id=f"{v['case'][:3]}-{v.get('as_of', 'now')}-{name}")
    for v in DECK["variant"]
    for name in EDITIONS
]


def leaves(criteria: list[dict[str, Any]]) -> dict[str, str]:
    """The leaves that guidelines.md names; ours that a leaf is made of have a comma in their notation."""
    return {notation: status for notation, status in statuses(criteria).items() if "," not in notation}


def expected(edition: str, row: dict[str, Any]) -> dict[str, str]:
    return DECK["all-met"][edition] | row.get("differs", {})


def judged(case: str, edition: str = G1, as_of: str | None = None) -> dict[str, Any]:
    return as_json(determined(packaged(case), edition, as_of))


def said(found: dict[str, Any], name: str) -> str:
    """What the rationale says from one criterion or caution, but for the recommendations."""
    return " ".join(
        s["text"]
        for s in found["rationale"]
        if s["kind"] != "recommendation" and any(iri.endswith(f"/{name}") for iri in s["derived_from"])
    )


def test_every_packaged_case_is_in_the_deck() -> None:
    assert sorted({variant["case"] for variant in DECK["variant"]}) == CASES


@pytest.mark.parametrize(("case", "as_of", "edition", "row"), ROWS)
def test_a_variant_has_exactly_the_stated_statuses(
    case: str, as_of: str | None, edition: str, row: dict[str, Any]
) -> None:
    found = judged(case, EDITIONS[edition], as_of)
    if "parts" not in row:
        assert leaves(found["criteria"]) == expected(edition, row)
    for part in found["parts"]:
        stated = row["parts"]["_".join(part["segments"])]
        assert leaves(part["criteria"]) == expected(edition, stated)
        assert (part["outcome"], part["reason"]) == (stated["outcome"], stated.get("reason"))
    assert len(found["parts"]) == len(row.get("parts", {}))


@pytest.mark.parametrize(("case", "as_of", "edition", "row"), ROWS)
def test_a_variant_has_the_stated_outcome(case: str, as_of: str | None, edition: str, row: dict[str, Any]) -> None:
    found = judged(case, EDITIONS[edition], as_of)
    necessary = row["outcome"] == "medically necessary"
    assert found["outcome"] == row["outcome"]
    assert found["reason"] == row.get("reason")
    assert found["utilization_review"] == row["review"]
    assert found["granted"] == row.get("granted", ["L4-L5", "L5-S1"] if necessary else [])
    assert [c["name"] for c in found["cautions"] if c["raised"]] == row.get("raised", [])


def test_instability_at_one_level_answers_odg_and_not_l37848() -> None:
    odg, lcd = judged("v01-all-met"), judged("v01-all-met", G3)
    by_segment = {c["notation"]: c["by_segment"] for c in [*odg["criteria"], *lcd["criteria"]]}
    assert by_segment["P2"] == {"L4-L5": "met", "L5-S1": "not met"}
    assert by_segment["I1"]["L5-S1"] == "not met"


def test_the_reference_decision_under_l37848_is_a_contrast() -> None:
    found = judged("reference-decision", G3)
    assert found["in_force"] is False
    assert [step["answer"] for step in found["ladder"]] == ["not in force"]
    assert "contrast" in found["rationale"][0]["text"]


def test_a_record_that_is_silent_of_the_mind_is_never_said_to_fail() -> None:
    found = judged("v06-no-psychosocial-evaluation")
    spoken = said(found, "PsychosocialScreening") + said(found, "ConfoundersAddressed")
    assert "No psychosocial evaluation is on file." in spoken
    assert not re.search(r"fail|not met|refus|declin|absent", spoken, re.IGNORECASE)


def test_five_weeks_are_said_to_be_a_week_short() -> None:
    assert "35 days before the planned surgery (12/02/2024), where 42 are asked for" in said(
        judged("v03-five-weeks-abstinent"), "NicotineFree"
    )


def test_a_never_smoker_is_answered_without_counting_days() -> None:
    spoken = said(judged("v15-never-smoker"), "NicotineFree")
    assert "no tobacco use ever" in spoken
    assert not re.search(r"\d+ days", spoken)


def test_a_never_smoker_has_no_remedy_and_a_smoker_of_unknown_status_has_one() -> None:
    never, unknown = ([s["kind"] for s in judged(case)["rationale"]] for case in CASES if case[:3] in {"v15", "v16"})
    assert "missing" not in never
    assert "missing" in unknown


@pytest.mark.parametrize(("edition", "name"), [(G1, "FailedFusion"), (G3, "ClearPseudarthrosis")])
def test_late_imaging_counts_and_is_said_to_have_been_unknown_to_utilization_review(edition: str, name: str) -> None:
    spoken = said(judged("v11-late-imaging", edition), name)
    assert "Utilization review did not have this: CT report, radiologist, 11/25/2024" in spoken


def test_as_of_utilization_review_the_late_report_is_named_as_not_counted() -> None:
    [late] = [d["text"] for d in judged("v11-late-imaging", as_of="2024-11-12")["discrepancies"]]
    assert late == "Not counted, because dated after the as-of date of 11/12/2024: CT report, radiologist, 11/25/2024."


@pytest.mark.parametrize("edition", [G1, G3])
@pytest.mark.parametrize("caution", ["OldFusionImaging", "OldInstabilityImaging"])
def test_old_imaging_is_cautioned_of_with_its_age(edition: str, caution: str) -> None:
    spoken = said(judged("v12-old-imaging", edition), caution)
    assert "over a year old" in spoken
    assert "radiologist, 12/2020" in spoken
    assert re.search(r"46\W47 months before the determination", spoken)


def test_the_days_since_a_young_fusion_are_said() -> None:
    spoken = said(judged("v13-under-one-year", G3), "TimeSinceSurgery")
    assert "276 days before the planned surgery (12/02/2024)" in spoken


def test_a_divisible_request_is_granted_where_its_part_is_necessary() -> None:
    found = judged("v07-three-levels", G3)
    conclusions = [s["text"] for s in found["rationale"] if s["kind"] == "conclusion"]
    assert [bool(re.search("L3-4 is .*not medically necessary", text)) for text in conclusions] == [True, False, False]
    assert "at L4-S1 is medically necessary" in conclusions[1]
    assert "partly overturned" in conclusions[2]
