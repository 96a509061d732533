"""The reference decision: what was published is reached, point by point, and what it passed over is said."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from edits import G3, as_json, as_text, determined, packaged, statuses

from reasoner.data import folder
from reasoner.terms import BASE

CASE = f"{BASE}cases/reference-decision/"
ODG = f"{BASE}odg/lumbar-revision-fusion/as-stated/"
GOLDEN = Path(__file__).parent / "golden"
PUBLISHED = Path(__file__).parents[2] / "shared" / "domain" / "reference-decision.txt"

STATUSES = {
    "FailedFusion": "conflicting",
    "FunctionalGain": "not documented",
    "TherapyCompleted": "not documented",
    "Instability": "not documented",
    "TwoLevelsOrFewer": "met",
    "PsychosocialScreening": "not documented",
    "ConfoundersAddressed": "not documented",
    "NicotineFree": "not met",
    "NicotineFreeHealing": "not documented",
}

# The published rationale, point by point: what a sentence of ours says, and what it must be derived from.
POINTS = [
    ("the schedule is silent on revision lumbar fusion",
     r"MTUS.*no specific recommendation on revision lumbar fusion", f"{BASE}mtus/low-back/2007-06-15"),
    ("revision is for a failed operation where function is expected to gain",
     r"failed operation.*function markedly better", f"{ODG}FunctionalGain"),
    ("revision for pain relief asks for great caution",
     r"relieve pain.*great caution.*fewer than half", f"{ODG}PainReliefCaution"),
    ("therapy, instability, two levels and a psychosocial screen come first",
     r"therapy.*instability.*two levels.*psychosocial", f"{ODG}TherapyCompleted"),
    ("six weeks without smoking, and until the fusion healed",
     r"six weeks.*heal", f"{ODG}NicotineFree"),
    ("the criteria are not met",
     r"guideline's criteria are not met", f"{ODG[:-1]}"),
    ("radicular back pain persists",
     r"[Pp]ersistent low back pain that radiates into the leg", f"{CASE}radicular-pain"),
    ("the fusion is almost five years old",
     r"earlier fusion at L4-5 and L5-S1, 2009, .*years before", f"{CASE}fusion"),
    ("a failed fusion is reported since 2010",
     r"Pseudarthrosis at L4-5 and L5-S1, 2010", f"{CASE}nonunion-2010"),
    ("a disc protrusion at L4-5 compresses nerve roots",
     r"Nerve root compression from a disc protrusion at L4-5", f"{CASE}root-compression"),
    ("there is no neurologic deficit",
     r"No neurologic deficit", f"{CASE}no-deficit"),
    ("the patient smokes, and no end of it is documented",
     r"current tobacco use, with no certainly later end of it on record", f"{CASE}smoker"),
    ("no psychosocial evaluation is on file",
     r"No psychosocial evaluation is on file", f"{ODG}PsychosocialScreening"),
    ("the request is not medically necessary at this time",
     r"Therefore.*revision lumbar fusion at L4-S1 is at this time not medically necessary", f"{CASE}request"),
]  # fmt: skip

BEYOND = [
    ("therapy is not answered", r"therapy completed: not documented", f"{ODG}ManualTherapyCompleted"),
    ("instability is not answered", r"Instability on X-ray: not documented", f"{ODG}Instability"),
    ("the two levels are met", r"Limited to two levels: met", f"{ODG}TwoLevelsOrFewer"),
    ("the surgeon's reading is cited", r"For it: .*appeal letter, surgeon", f"{CASE}no-bridge-by-surgeon"),
    ("the radiologist's reading is cited", r"Against it: .*CT report, radiologist", f"{CASE}fusion-by-radiologist"),
    ("the CT is read two ways", r"CT of September 2014 is read two ways", f"{CASE}ct-2014"),
    ("the appeal asks for something else", r"appeal of 12/29/2014 asks for .*exploration", f"{CASE}appealed-service"),
]  # fmt: skip

GROUNDS = {
    "ground-instability": ("sustained", ["Instability"]),
    "ground-imaging": ("in dispute", ["FailedFusion"]),
    "ground-nicotine": ("sustained", ["NicotineFree"]),
    "ground-exercise": ("not a criterion of the governing edition", []),
}

SIDES = ("supporting", "contrary")
ANSWERS = {"governs", "silent", "not in force", "out of scope"}
REQUIREMENTS = {"required", "exclusion", "documentation", "group"}
STATUS_WORDS = {"met", "not met", "not documented", "conflicting", "not applicable", "not evaluated"}
OUTCOMES = {"medically necessary", "not medically necessary", "modified", "needs adjudication"}
REVIEWS = {"upheld", "overturned", "partly overturned", "undecided"}
CONTRACT = {
    "case", "request", "outcome", "reason", "granted", "utilization_review", "edition", "in_force", "as_of",
    "ladder", "criteria", "cautions", "rationale", "discrepancies", "ur_grounds", "inputs",
}  # fmt: skip


def judged() -> dict[str, Any]:
    return as_json(determined(packaged("reference-decision")))


def name(iri: str) -> str:
    return iri.rpartition("/")[2]


def test_the_schedule_is_silent_and_odg_governs_under_the_law_of_2014() -> None:
    found = judged()
    assert [step["answer"] for step in found["ladder"]] == ["silent", "governs"]
    assert [step["authority"].partition(",")[0] for step in found["ladder"]] == ["MTUS", "ODG"]
    assert found["edition"] == ODG[:-1]
    assert found["in_force"] is True
    assert "order of standards of 2013" in found["rationale"][0]["text"]


def test_the_nine_statuses_are_those_of_the_record() -> None:
    found = statuses(judged()["criteria"], by="name")
    assert {n: status for n, status in found.items() if n in STATUSES} == STATUSES
    assert set(found) - set(STATUSES) == {"PhysicalTherapyCompleted", "ManualTherapyCompleted"}


def test_radiologist_and_surgeon_are_cited_for_the_conflict() -> None:
    [conflict] = [c for c in judged()["criteria"] if c["name"] == "FailedFusion"]
    supporting, contrary = ({(name(w["finding"]), name(w["document"])) for w in conflict[s]} for s in SIDES)
    assert contrary == {("fusion-by-radiologist", "ct-report")}
    assert ("no-bridge-by-surgeon", "appeal-letter") in supporting
    assert set(conflict["by_segment"].values()) == {"conflicting"}


def test_the_denial_is_upheld_because_a_criterion_is_not_met() -> None:
    found = judged()
    determined_as = found["outcome"], found["reason"], found["utilization_review"]
    assert determined_as == ("not medically necessary", "not met", "upheld")
    assert found["granted"] == []


@pytest.mark.parametrize(("pattern", "source"), [pytest.param(*row[1:], id=row[0]) for row in [*POINTS, *BEYOND]])
def test_the_rationale_states_that(pattern: str, source: str) -> None:
    said = [s for s in judged()["rationale"] if re.search(pattern, s["text"])]
    assert [s for s in said if source in s["derived_from"]], f"no sentence says {pattern} from {source}"


def test_the_points_stand_in_the_order_of_the_published_rationale() -> None:
    texts = [s["text"] for s in judged()["rationale"]]
    places = [next(i for i, text in enumerate(texts) if re.search(pattern, text)) for _, pattern, _ in POINTS]
    reordered = [places[POINTS.index(p)] for p in POINTS if p[0] not in OUT_OF_ORDER]
    assert reordered == sorted(reordered)


OUT_OF_ORDER = {"no psychosocial evaluation is on file", "the patient smokes, and no end of it is documented"}
"""The edition asks for the screen before it asks for abstinence; the decision names them the other way round."""


def test_two_events_are_dated_twice_and_no_others() -> None:
    dated = [d for d in judged()["discrepancies"] if " is dated " in d["text"]]
    assert {frozenset(map(name, d["findings"])) for d in dated} == {
        frozenset({"mri-performed", "root-compression"}), frozenset({"block-performed", "block-relief"}),
    }  # fmt: skip
    assert all(len(set(re.findall(r"\d\d/\d\d/2014", d["text"]))) == 2 for d in dated)


def test_the_appeal_is_listed_as_asking_for_another_service() -> None:
    [changed] = [d["text"] for d in judged()["discrepancies"] if "appeal" in d["text"] and "asks for" in d["text"]]
    assert re.search("fusion exploration.*where utilization review refused revision lumbar fusion", changed)


def test_each_ground_of_utilization_review_is_answered() -> None:
    found = {name(g["ground"]): g for g in judged()["ur_grounds"]}
    assert {n: g["answer"] for n, g in found.items()} == {n: answer for n, (answer, _) in GROUNDS.items()}
    for ground, (_, criteria) in GROUNDS.items():
        assert [name(i) for i in found[ground]["derived_from"]] == [ground, *criteria]


# ---------------------------------------------------------------- The contract of the JSON form


def test_the_json_form_has_the_keys_of_the_contract() -> None:
    found = judged()
    assert set(found) >= CONTRACT
    shapes = {
        "ladder": {"authority", "answer", "ground"},
        "criteria": {
            "criterion", "name", "label", "requirement", "status", "by_segment", "supporting", "contrary",
            "elsewhere", "searched",
        },
        "cautions": {"name", "raised", "supporting"},
        "rationale": {"text", "kind", "derived_from"},
        "discrepancies": {"text", "findings"},
        "ur_grounds": {"ground", "answer", "derived_from"},
    }  # fmt: skip
    for key, wanted in shapes.items():
        assert found[key]
        assert all(set(item) >= wanted for item in found[key])
    witnesses = [w for c in found["criteria"] for side in (*SIDES, "elsewhere") for w in c[side]]
    assert witnesses
    assert all(set(w) >= {"finding", "document", "quote"} for w in witnesses)


@pytest.mark.parametrize(("case", "guideline"), [("reference-decision", None), ("v07-three-levels", G3)])
def test_the_json_form_has_the_values_of_the_contract(case: str, guideline: str | None) -> None:
    found = as_json(determined(packaged(case), guideline))
    assert found["outcome"] in OUTCOMES
    assert found["utilization_review"] in REVIEWS
    assert found["reason"] in STATUS_WORDS | {None}
    assert {step["answer"] for step in found["ladder"]} <= ANSWERS
    criteria = [*found["criteria"], *(c for part in found["parts"] for c in part["criteria"])]
    assert {c["requirement"] for c in criteria} <= REQUIREMENTS
    assert {c["status"] for c in criteria} | {s for c in criteria for s in c["by_segment"].values()} <= STATUS_WORDS
    assert all(isinstance(c["raised"], bool) for c in found["cautions"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["as_of"])
    assert all(re.fullmatch("[0-9a-f]{64}", found["inputs"][key]) for key in ("case", "edition", "ontology"))


# ---------------------------------------------------------------- Whose words they are


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def runs(text: str, length: int = 8) -> set[tuple[str, ...]]:
    said = words(text)
    return {tuple(said[i : i + length]) for i in range(len(said) - length + 1)}


if PUBLISHED.is_file():

    def test_no_sentence_of_ours_repeats_eight_words_of_the_published_decision() -> None:
        published = runs(PUBLISHED.read_text())
        assert len(published) > 500
        for sentence in judged()["rationale"]:
            assert not runs(sentence["text"]) & published

    @pytest.mark.parametrize("kept", ["shapes", "ontology", "cases/reference-decision"])
    def test_no_file_of_ours_repeats_eight_words_of_the_published_decision(kept: str) -> None:
        published = runs(PUBLISHED.read_text())
        top, _, below = kept.partition("/")
        files = [f for f in (folder(top) / below).rglob("*") if f.suffix in {".ttl", ".trig", ".rq", ".md", ".txt"}]
        assert files
        for file in files:
            for text in re.findall(r'"([^"]*)"|# (.*)', file.read_text()):
                assert not runs(" ".join(text)) & published, file


# ---------------------------------------------------------------- The text, to be read as a diff


@pytest.mark.parametrize(
    ("case", "guideline"),
    [("reference-decision", None), ("v04-readers-disagree", G3), ("v07-three-levels", G3)],
)
def test_the_printed_determination_is_the_one_on_file(case: str, guideline: str | None) -> None:
    """Run this with REGENERATE=1 in the environment to write the files, and read the diff."""
    file, printed = GOLDEN / f"{case}.txt", as_text(determined(packaged(case), guideline))
    if os.environ.get("REGENERATE"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(printed)
    assert printed == file.read_text(), (
        "The wording changed. If it should: REGENERATE=1 pytest tests/test_reference_case.py, and read the diff."
    )
