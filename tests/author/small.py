"""A small edition of kinds that no packaged edition asks for, with every construct of the logic."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from reasoner.guideline.edition_file import read_edition
from reasoner.ontology import load_ontology

if TYPE_CHECKING:
    from reasoner.guideline.edition import Edition

PRESENT, ABSENT = ("sh:property [ sh:path core:presence ; sh:hasValue core:%s ]" % p for p in ("Present", "Absent"))  # noqa: UP031
SEGMENT = "sh:targetClass core:RequestedSegment ; guideline:holdsFor guideline:%s"
REQUEST = "sh:targetClass core:TreatmentRequest"


class Asked(NamedTuple):
    """A criterion: the kinds it looks for, its two shapes and what else is stated of it."""

    kinds: str
    supporting: str
    contrary: str
    more: str = REQUEST


CRITERIA = {
    # an exclusion, by sh:and
    "NoInfection": Asked(
        "spine:SpinalInfection", f"sh:class spine:SpinalInfection ; sh:and ( [ {ABSENT} ] [ sh:property [ sh:path core:page ; sh:minCount 1 ] ] )", f"sh:class spine:SpinalInfection ; {PRESENT}",
        f"{REQUEST} ; guideline:requirement guideline:Exclusion",
    ),
    # an exclusion asked of each segment
    "NoLooseHardware": Asked(
        "spine:HardwareFailure", f"sh:class spine:HardwareFailure ; {ABSENT}", f"sh:class spine:HardwareFailure ; {PRESENT}",
        f"{SEGMENT % 'EverySegment'} ; guideline:requirement guideline:Exclusion",
    ),
    # a kind below the one asked for, and days on both sides
    "OperatedLongAgo": Asked(
        "spine:PriorSurgery",
        f"sh:class spine:PriorSurgery ; {PRESENT} , [ sh:path core:daysBeforeAsOfAtLeast ; sh:minCount 1 ; sh:minInclusive 100 ]",
        f"sh:class spine:PriorSurgery ; {PRESENT} , [ sh:path core:daysBeforeAsOfAtMost ; sh:minCount 1 ; sh:maxExclusive 100 ]",
    ),
    # a number that is not whole
    "OutOfBalance": Asked(
        "spine:SagittalImbalance",
        f'sh:class spine:SagittalImbalance ; {PRESENT} , [ sh:path core:unit ; sh:hasValue "cm" ] , [ sh:path core:value ; sh:minCount 1 ; sh:minInclusive 2.5 ]',
        f'sh:class spine:SagittalImbalance ; {PRESENT} , [ sh:path core:unit ; sh:hasValue "cm" ] , [ sh:path core:value ; sh:minCount 1 ; sh:maxExclusive 2.5 ]',
    ),
    # a class that is defined by who wrote the document
    "BlockReadByRadiologist": Asked(
        "spine:HardwareBlock", f"sh:class spine:HardwareBlock ; sh:class core:ReadByRadiologist ; {PRESENT}", f"sh:class spine:HardwareBlock ; {ABSENT}",
    ),
    # a finding that needs another of a class of its own
    "ConfounderTreated": Asked(
        "spine:PsychosocialConfounder",
        f"sh:class spine:PsychosocialConfounder ; {PRESENT} , [ sh:path core:addressedBy ; sh:minCount 1 ; sh:class spine:PsychologicalTreatment ; sh:node small:Finished ]",
        f"sh:class spine:PsychosocialConfounder ; {PRESENT} , [ sh:path core:addressedBy ; sh:qualifiedValueShape small:Finished ; sh:qualifiedMaxCount 0 ]",
        f"{REQUEST} ; guideline:bothMeans guideline:Met",
    ),
    # sh:not and sh:in
    "DrugsInVain": Asked(
        "spine:DrugTreatment",
        f"sh:class spine:DrugTreatment ; {PRESENT} , [ sh:path core:response ; sh:minCount 1 ] ; sh:not [ sh:property [ sh:path core:response ; sh:hasValue core:Improved ] ]",
        f"sh:class spine:DrugTreatment ; {PRESENT} , [ sh:path core:response ; sh:minCount 1 ; sh:in ( core:Improved ) ]",
    ),
    # a state that has ended
    "TobaccoUseEnded": Asked(
        "spine:TobaccoUse",
        f"sh:class spine:TobaccoUse ; {PRESENT} , [ sh:path core:endedBy ; sh:minCount 1 ]",
        f"sh:class spine:TobaccoUse ; {PRESENT} , [ sh:path core:endedBy ; sh:maxCount 0 ]",
    ),
    # an individual of a class of the ontology, at any segment
    "CompressedSomehow": Asked(
        "spine:NeuralCompression",
        f"sh:class spine:NeuralCompression ; {PRESENT} , [ sh:path core:cause ; sh:minCount 1 ; sh:class spine:CompressionCause ]",
        f"sh:class spine:NeuralCompression ; {ABSENT}", SEGMENT % "AnySegment",
    ),
    # both means not met, at every segment
    "UnstableEverywhere": Asked(
        "spine:ClinicalInstability", f"sh:class spine:ClinicalInstability ; {PRESENT}", f"sh:class spine:ClinicalInstability ; {ABSENT}",
        f"{SEGMENT % 'EverySegment'} ; guideline:bothMeans guideline:NotMet",
    ),
    "InPain": Asked("spine:LowBackPain", f"sh:class spine:LowBackPain ; {PRESENT}", f"sh:class spine:LowBackPain ; {ABSENT}"),
    "Limited": Asked("spine:ActivityLimitation", f"sh:class spine:ActivityLimitation ; {PRESENT}", f"sh:class spine:ActivityLimitation ; {ABSENT}"),
}  # fmt: skip
"""One criterion for each thing that a shape can ask and synthesis must find an answer to."""

LOGIC = """
small:Root guideline:allOf ( small:NoInfection small:NoLooseHardware small:Signs small:Treatment small:NoneOfThese small:Waived ) .
small:Signs guideline:atLeast 2 ; guideline:of ( small:InPain small:OutOfBalance small:CompressedSomehow ) .
small:Treatment guideline:anyOf ( small:DrugsInVain small:ConfounderTreated ) ; guideline:when small:Limited .
small:NoneOfThese guideline:noneOf ( small:BlockReadByRadiologist small:UnstableEverywhere ) .
small:Waived guideline:allOf ( small:OperatedLongAgo ) ; guideline:unless small:TobaccoUseEnded .
"""
HEAD = """@prefix core: <https://w3id.org/guideline-reasoner/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix guideline: <https://w3id.org/guideline-reasoner/guideline#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix small: <https://w3id.org/guideline-reasoner/test/small/2020-01-01/> .
@prefix spine: <https://w3id.org/guideline-reasoner/spine#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/guideline-reasoner/test/small> a guideline:Guideline ; rdfs:label "A small guideline"@en .
<https://w3id.org/guideline-reasoner/test/small/2020-01-01> a guideline:Edition ; rdfs:label "A small edition"@en ;
    guideline:editionOf <https://w3id.org/guideline-reasoner/test/small> ; guideline:title "Small" ; guideline:issuer "a test" ;
    dcterms:source small:Source ; guideline:locator "all of it" ; guideline:verification guideline:Seen ;
    guideline:scope spine:RevisionSpineProcedure ; guideline:divisible false ; guideline:logic small:Root .
small:Source a dcterms:BibliographicResource ; rdfs:label "A test"@en .
small:Finished a sh:NodeShape ; sh:property [ sh:path core:completion ; sh:hasValue core:Completed ] .
"""


def written(criteria: dict[str, Asked], logic: str) -> str:
    """The Turtle of an edition."""
    groups = "".join(
        f'{line.split()[0]} a guideline:Group ; rdfs:label "Group"@en .\n' for line in logic.split("\n") if line
    )
    return HEAD + logic + groups + "".join(_criterion(name, asked) for name, asked in criteria.items())


def _criterion(name: str, asked: Asked) -> str:
    phrases = "".join(f' guideline:phrase{p} "{name}"@en ;' for p in ("Met", "NotMet", "NotDocumented", "Conflicting"))
    return (
        f'small:{name} a guideline:Criterion , sh:PropertyShape ; rdfs:label "{name}"@en ; dcterms:source small:Source ;\n'
        f'    guideline:locator "somewhere" ; guideline:verification guideline:Seen ; guideline:looksFor {asked.kinds} ;{phrases}\n'
        f"    {asked.more} ; sh:path core:evidence ; sh:qualifiedValueShape small:{name}For ; sh:qualifiedMinCount 1 ;\n"
        f"    guideline:contraryShape small:{name}Against .\n"
        f"small:{name}For a sh:NodeShape ; {asked.supporting} .\nsmall:{name}Against a sh:NodeShape ; {asked.contrary} .\n"
    )


@cache
def edition(criteria: tuple[tuple[str, Asked], ...] = tuple(CRITERIA.items()), logic: str = LOGIC) -> Edition:
    """The edition, read and checked like any other."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "2020-01-01.ttl"
        path.write_text(written(dict(criteria), logic))
        return read_edition(path, load_ontology())
