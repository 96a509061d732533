"""Nothing is ever met by mistake: not by an edition with an error, not by an empty record, not without a witness."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support import CASES, EDITIONS, ENGINES, MET, ODG, assessed, edited, reasoner

from reasoner.assess import assess, report
from reasoner.guideline.probes import run
from reasoner.rdf import Graph
from reasoner.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from reasoner.judge import Assessment
    from reasoner.rdf import Iri
    from reasoner.validate import Engine

GAIN = "odg:GainExpected a sh:NodeShape ; "
PRESENT = "sh:property [ sh:path core:presence ; sh:hasValue core:Present ]"
SHAPE = GAIN + "sh:class spine:FunctionalGainExpected ; " + PRESENT + " ."
LOGIC = "guideline:logic odg:RevisionFusionIndicated ;"
GROUP = "guideline:allOf ( odg:FailedFusion odg:FunctionalGain ) ."
SUPPORT = "sh:qualifiedValueShape  odg:GainExpected ;\n    sh:qualifiedMinCount    1 ;"
TARGET = "sh:targetClass          core:TreatmentRequest ;\n    sh:path                 core:evidence ;\n    " + SUPPORT
LOOKS = "guideline:looksFor      spine:FunctionalGainExpected ;\n    sh:targetClass"
NAMESPACE = "@prefix sh:        <http://www.w3.org/ns/shacl#>"
EDITION = "<https://w3id.org/guideline-reasoner/odg/lumbar-revision-fusion/as-stated> a guideline:Edition ;"
DAYS = "sh:minCount 1 ; sh:minInclusive 42 ] .\nodg:NotUsing"


def shape(constraints: str) -> tuple[str, str]:
    """The supporting shape of odg:FunctionalGain with other constraints."""
    return SHAPE, f"{GAIN}{constraints} ."


WRONG = {
    "a misspelt constraint": ("unevaluated-term", (DAYS, DAYS.replace("minCount", "minCont"))),
    "a constraint misspelt by its case": ("unevaluated-term", (DAYS, DAYS.replace("minInclusive", "mininclusive"))),
    "a constraint of another namespace": (
        "undeclared-term", (DAYS, DAYS.replace("sh:minInclusive", "<https://www.w3.org/ns/shacl#minInclusive>")),
    ),
    "a constraint of SHACL 1.2": ("unevaluated-term", shape("sh:class spine:FunctionalGainExpected ; sh:singleLine true")),
    "a misspelt path": ("undeclared-term", shape(PRESENT.replace("presence", "presense"))),
    "a misspelt value": ("undeclared-term", shape(PRESENT.replace("Present", "Pressent"))),
    "a misspelt class": ("undeclared-term", shape("sh:class spine:FunctionalGainExpectd")),
    "a path of another namespace": (
        "undeclared-term", shape("sh:class spine:FunctionalGainExpected ; sh:property [ sh:path <https://w3id.org/guideline-reasoner/cor#presence> ; sh:maxCount 0 ]"),
    ),
    "a class of another namespace": ("undeclared-term", shape("sh:not [ sh:class <https://example.org/Anything> ]")),
    "an undefined supporting shape": ("undefined-shape", (SHAPE, "")),
    "an undefined shape below": ("undefined-shape", shape("sh:class spine:FunctionalGainExpected ; sh:node odg:Nowhere")),
    "an undefined contrary shape": ("undefined-shape", ("odg:NoGainExpected a sh:NodeShape ;", "odg:NoGain a sh:NodeShape ;")),
    "an empty supporting shape": ("undefined-shape", (SHAPE, "odg:GainExpected a sh:NodeShape .")),
    "a supporting shape that is no shape": ("undefined-shape", (GAIN, "odg:GainExpected ")),
    "a shape without a class": ("any-kind", shape(PRESENT)),
    "an alternative without a class": ("any-kind", shape(f"sh:or ( [ sh:class spine:FunctionalGainExpected ] [ {PRESENT} ] )")),
    "https for the SHACL namespace": ("undeclared-term", (NAMESPACE, NAMESPACE.replace("http:", "https:"))),
    "a deactivated criterion": ("unevaluated-term", (SUPPORT, SUPPORT + " sh:deactivated true ;")),
    "a deactivated shape": ("unevaluated-term", shape("sh:class spine:FunctionalGainExpected ; sh:deactivated true")),
    "a recursive shape": ("recursive-shape", shape("sh:class spine:FunctionalGainExpected ; sh:node odg:GainExpected")),
    "a shape recursive by another": (
        "recursive-shape", shape(f"sh:class spine:FunctionalGainExpected ; {PRESENT} ; sh:or ( odg:Round [ {PRESENT} ] ) .\nodg:Round a sh:NodeShape ; sh:not odg:GainExpected"),
    ),
    "no path": ("not-on-evidence", (TARGET, TARGET.replace("sh:path                 core:evidence ;", ""))),
    "another path": ("not-on-evidence", (TARGET, TARGET.replace("core:evidence", "core:revises"))),
    "two paths": ("not-on-evidence", (TARGET, TARGET.replace("core:evidence", "core:evidence , core:revises"))),
    "a misspelt count": ("unevaluated-term", (SUPPORT, SUPPORT.replace("MinCount", "MinCont"))),
    "no count": ("not-on-evidence", (SUPPORT, SUPPORT.replace("sh:qualifiedMinCount    1 ;", ""))),
    "a count of two": ("not-on-evidence", (SUPPORT, SUPPORT.replace(" 1 ;", " 2 ;"))),
    "a count of none": ("not-on-evidence", (SUPPORT, SUPPORT.replace(" 1 ;", " 0 ;"))),
    "two counts": ("not-on-evidence", (SUPPORT, SUPPORT.replace(" 1 ;", " 1 , 2 ;"))),
    "no supporting shape": ("missing-qualified-value-shape", (SUPPORT, "sh:qualifiedMinCount    1 ;")),
    "two supporting shapes": ("two-values", (SUPPORT, SUPPORT.replace("odg:GainExpected", "odg:GainExpected , odg:NoGainExpected"))),
    "a misspelt target class": ("undeclared-term", (TARGET, TARGET.replace("Request ;", "Reqest ;"))),
    "another target class": ("target", (TARGET, TARGET.replace("TreatmentRequest", "ChartDocument"))),
    "segments without a rule for several": ("target", (TARGET, TARGET.replace("TreatmentRequest", "RequestedSegment"))),
    "two target classes": ("target", (TARGET, TARGET.replace("Request ;", "Request , core:RequestedSegment ;"))),
    "looking for what is not a finding": ("not-a-finding", (LOOKS, LOOKS.replace("spine:FunctionalGainExpected", "core:ChartDocument"))),
    "looking for nothing": ("missing-looks-for", (LOOKS, "sh:targetClass")),
    "circular logic": ("circular-logic", (GROUP, GROUP.replace("odg:FailedFusion", "odg:FailedFusion odg:RevisionFusionIndicated"))),
    "a criterion outside the logic": ("outside-logic", (GROUP, GROUP.replace("odg:FunctionalGain ", ""))),
    "an undefined member of the logic": ("not-in-logic", (GROUP, GROUP.replace("odg:FunctionalGain ", "odg:FunctionalGain odg:Nowhere "))),
    "an empty group": ("empty-group", (GROUP, "guideline:allOf ( ) .")),
    "a group of two lists": ("not-in-logic", (GROUP, "guideline:allOf ( odg:FailedFusion ) ; guideline:anyOf ( odg:FunctionalGain ) .")),
    "no logic": ("missing-logic", (LOGIC, "")),
    "two roots of the logic": ("two-values", (LOGIC, LOGIC.replace(" ;", " , odg:NicotineAbstinence ;"))),
    "no criterion": ("no-criterion", ("a guideline:Criterion , sh:PropertyShape ;", "a sh:PropertyShape ;"), (LOGIC, "")),
    "no edition": ("not-one-edition", (EDITION, EDITION.replace("Edition ;", "Guideline ;"))),
    "two editions": ("not-one-edition", ("", "\nodg:Second a guideline:Edition .\n")),
    "not Turtle": ("syntax", (LOGIC, LOGIC + " ;; <")),
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("wrong", WRONG)
def test_an_edition_with_an_error_judges_nobody(tmp_path: Path, wrong: str, engine: Engine) -> None:
    code, *changes = WRONG[wrong]
    file = edited(ODG, tmp_path / "edition.ttl", *changes)
    for command in ("determine", "validate"):
        ran = reasoner(command, MET, "--guideline", file, "--engine", engine)
        assert (ran.code, ran.out) == (4, "")
        assert re.search(rf"^error\[{code}\] {re.escape(str(file))}:\d+$", ran.err, re.MULTILINE), ran.err
